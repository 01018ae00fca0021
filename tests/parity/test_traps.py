"""Every mistake of a naive port is caught, and at the rung that tells what it is."""

import pytest

from docs import make_traps
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
    "repeated words": "one step",
    "other batches": "one step",
    "output dropout": "dropout",
    "one mask for all steps": "dropout",
    "recurrent dropout": "dropout",
    "dropout at evaluation": "dropout",
}


def test_every_trap_has_its_rung():
    assert [trap.name for trap in TRAPS] == list(RUNGS)


def is_the_same_row(said, found):
    """Whether two rows of docs/traps.md say the same, their two last columns within a tenth: they have two digits."""
    *words, size, bound = said.split("|")[1:-1]
    *found_words, found_size, found_bound = found.split("|")[1:-1]
    if words != found_words or not bound.strip():
        return (words, size, bound) == (found_words, found_size, found_bound)
    numbers = [float(text) for text in (size, bound)]
    return numbers == pytest.approx([float(text) for text in (found_size, found_bound)], rel=0.1)


def test_a_stale_row_is_found():
    row = "| a trap | naive | faithful | logits | 0.54 | 1.5e-06 |"
    assert is_the_same_row(row, row.replace("1.5", "1.6"))
    for stale in (row.replace("0.54", "0.27"), row.replace("naive", "old"), row.replace("1.5e-06", "")):
        assert not is_the_same_row(stale, row)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_naive_port_is_caught(trap):
    rung = trap.run()
    assert not rung.same and rung.name == RUNGS[trap.name]
    assert rung.difference is None or rung.difference > 2 * rung.bound
    [said] = [
        row for row in make_traps.PAGE.read_text(encoding="utf-8").splitlines() if row.startswith(f"| {trap.name} |")
    ]
    assert is_the_same_row(said, make_traps.row(trap, rung)), "`python docs/make_traps.py` writes docs/traps.md again"
