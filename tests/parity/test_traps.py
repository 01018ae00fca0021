"""Every mistake of a naive port is caught, and at the rung that tells what it is."""

import pytest

from parity.traps import TRAPS

RUNGS = {
    "gate order": "logits",
    "forget bias": "logits",
    "two kernels' start": "initial weights",
    "start of projection and readout": "initial weights",
    "separate layers": "names and shapes",
    "last layer": "logits",
    "c for h": "logits",
    "Bidirectional": "logits",
    "probabilities": "logits",
    "reshape": "logits",
    "Adam's epsilon": "one step",
    "other batches": "one step",
    "output dropout": "dropout",
    "one mask for all steps": "dropout",
    "recurrent dropout": "dropout",
    "dropout at evaluation": "dropout",
}


def test_every_trap_has_its_rung():
    assert [trap.name for trap in TRAPS] == list(RUNGS)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_naive_port_is_caught(trap):
    rung = trap.run()
    assert not rung.same and rung.name == RUNGS[trap.name]
    assert rung.difference is None or rung.difference > 2 * rung.bound
