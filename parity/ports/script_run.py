"""The rung that compares the port with the losses that the script itself computed, and its limits."""

import dataclasses

import numpy as np

from parity import ladder

_VARIABLES = ("VariableV2", "Variable", "VarHandleOp")


def compare(capture, curves, own_noise, diverged=False):
    """Return the Rung that compares the captured losses with the port's.

    Where the port's losses diverge from the graph's by rounding (`diverged`), they are compared with the graph's.

    A script may train other variables between the captured steps, as the two networks of a GAN are trained in turn.
    Then neither the port nor the graph can reproduce more than the first loss, and only that one is compared.

    Args:
      capture: the Capture.
      curves: {side: losses of the captured steps} of both sides.
      own_noise: an OwnNoise of the graph.
      diverged: whether the steps of the two sides were judged from equal weights.
    """
    ours = curves[ladder.LEFT if diverged else ladder.RIGHT]

    def rung(count, *noise):
        limits = [limit[:count] for limit in noise]
        found = ladder.compare_losses("captured losses", capture.losses[:count], ours[:count], 0, *limits)
        again = "; the captured graph's, run again" if diverged else ""
        return dataclasses.replace(found, where=found.where + again)

    everything = ladder.compare_with_fallbacks(
        lambda *noise: rung(len(ours), *noise), lambda: own_noise.losses(len(ours)), max_excess=ladder.MAX_EXCESS
    )
    others = trained_elsewhere(capture)
    if everything.same or not others or _repeats(capture, curves[ladder.LEFT]):
        return everything
    first = rung(1)
    named = f"{others[0]} and others" if len(others) > 1 else others[0]
    reason = f"the script trains other variables between the captured steps, {len(others)} of them: {named}"
    return ladder.Rung(first.name, first.same, first.difference, first.bound, f"step 0 alone; {reason}")


def trained_elsewhere(capture):
    """Return the sorted names of the variables that the loss depends on and only other train ops update."""
    nodes = {node.name: node for node in capture.meta.graph_def.node}
    trained = set()
    for node in nodes.values():
        if "Apply" in node.op and node.input and nodes[_owner(node.input[0])].op in _VARIABLES:
            trained.add(_owner(node.input[0]))
    found, waiting = set(), [_owner(capture.about["loss"])]
    while waiting:
        name = waiting.pop()
        if name not in found and name in nodes:
            found.add(name)
            waiting += [_owner(given) for given in nodes[name].input if not given.startswith("^")]
    return sorted((trained & found) - set(capture.about["trainable"]))


def _repeats(capture, losses):
    """Whether the captured graph, trained again from its checkpoint, reproduces the script's losses."""
    return ladder.compare_losses("", capture.losses[: len(losses)], np.asarray(losses)).same


def _owner(tensor):
    return tensor.lstrip("^").split(":")[0]
