"""The losses that the script computed: compared as far as the graph can repeat them, and no farther."""

import types

import numpy as np
import pytest
import tensorflow as tf

from parity import ladder
from parity.ports import script_run

LOSSES = [3.0, 2.0, 1.5]


def capture(trains=("ApplyAdam",)):
    """A loss that reads `own` and `other`; optimizers train `own`, `apart` and, with `trains`, `other`."""
    graph = tf.compat.v1.GraphDef()
    for name in ("own", "other", "apart"):
        graph.node.add(name=name, op="VariableV2")
        graph.node.add(name=f"{name}/read", op="Identity", input=[name])
    graph.node.add(name="loss", op="AddV2", input=["own/read", "other/read"])
    for number, op in enumerate(trains):
        graph.node.add(name=f"train_{number}", op=op, input=["other", "loss"])
    graph.node.add(name="train_own", op="ApplyGradientDescent", input=["own", "loss"])
    graph.node.add(name="train_apart", op="ApplyGradientDescent", input=["apart", "loss"])
    return types.SimpleNamespace(
        meta=types.SimpleNamespace(graph_def=graph), about={"loss": "loss:0", "trainable": ["own"]}, losses=LOSSES
    )


def rung(of, left, right=None):
    quiet = types.SimpleNamespace(losses=lambda steps: (np.zeros(steps) for _ in "1"))
    return script_run.compare(of, {ladder.LEFT: left, ladder.RIGHT: left if right is None else right}, quiet)


def test_what_another_optimizer_trains_ends_the_comparison_after_the_first_step():
    found = rung(capture(), [3.0, 2.2, 2.0])
    assert found.same and found.where.startswith("step 0 alone; the script trains other variables")
    assert "1 of them: other" in found.where
    assert not rung(capture(), [3.1, 2.2, 2.0]).same


def test_a_port_that_alone_differs_is_not_excused():
    assert not rung(capture(), LOSSES, [3.0, 2.2, 2.0]).same


def test_all_steps_are_compared_where_they_can_be_repeated():
    assert rung(capture(), LOSSES).where.startswith("3 steps")


@pytest.mark.parametrize("trains", [(), ("Assign",)])
def test_without_another_optimizer_every_difference_counts(trains):
    assert not rung(capture(trains), [3.0, 2.2, 2.0]).same
