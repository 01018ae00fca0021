"""The ladder: compares two models in steps, up to the first that differs.

Names and shapes, weights, logits, gradients, one optimizer step, many steps, accuracy. A difference on
a low rung explains the differences above it, so the climb stops there, and the rung names the place:
variable, gate, row, step.
"""

import contextlib
import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from parity import graph_optimizer, tolerances
from parity.comparisons import (
    Rung,
    compare_accuracy,
    compare_arrays,
    compare_gradients,
    compare_losses,
    compare_names,
    compare_updates,
    compare_weights,
)

MAX_EXCESS = 10  # the noise of several runs is far less than ten times that of the first: no use measuring on
LEFT, RIGHT = "TF 1 graph", "Keras 3"


@dataclasses.dataclass(frozen=True)
class Report:
    """The rungs climbed, from the first to the last or to the first that differs.

    Attributes:
      rungs: the Rungs.
      curves: {side: losses of the training steps}, as far as they were trained; sides are LEFT and RIGHT.
      seconds: {side: seconds since its training began, after each step}.
    """

    rungs: tuple[Rung, ...]
    curves: dict
    seconds: dict

    @property
    def same(self) -> bool:
        """Whether every rung held."""
        return all(rung.same for rung in self.rungs)

    @property
    def verdict(self) -> str:
        """The whole in a few words."""
        return "same" if self.same else f"differs at {self.rungs[-1].name}"

    def __str__(self):
        return "\n".join([f"{LEFT} against {RIGHT}: {self.verdict}", *(f"  {rung}" for rung in self.rungs)])


def climb(
    left: Any,
    right: Any,
    batches: Sequence[tuple],
    test: tuple | None = None,
    progress: Callable | None = None,
    first_step: int = 0,
    own_noise: Any = None,
    pair: Any = None,
) -> Report:
    """Compare two sides rung by rung, up to the first that differs; returns the Report.

    Args:
      left, right: the sides, a legacy_graph.graph_model.GraphModel and a parity.sides.KerasSide, or
        any two with their methods. Dropout must be off. The weights rung needs equal weights: call
        `copy_state(left, right)` before.
      batches: list of (inputs, labels), in whatever structure the sides take; each side takes one training
        step on each, in order.
      test: (inputs, labels), one-hot or class numbers, for the accuracy rung after training; None omits it.
      progress: function of a side's name that returns a context manager with a method `step`, such as
        mnist_training.Progress; shows the progress of training.
      first_step: the number of the first step in the report.
      own_noise: what the left side's own rounding does, a parity.ports.own_noise.OwnNoise; asked where a rung
        differs, and the bounds are then the wider ones. None: the bounds are those of parity.tolerances.
      pair: how the two sides are run, a parity.ports.pair.Pair; None: one after the other, the logits on the first
        batch only, and training on all of them.
    """
    pair = pair or _InTurn(left, right, progress)
    curves, seconds = {}, {}

    def forward_passes():
        outputs = pair.logits(batches)
        found = [_by_batch(of_side) for of_side in outputs]
        return compare_with_fallbacks(
            lambda *noise: compare_arrays("logits", *found, tolerances.FORWARD, (), *noise),
            own_noise and (lambda: own_noise.logits(len(outputs[0]))),
        )

    def all_gradients():
        found = pair.both(lambda side: side.gradients(*batches[0]))
        return compare_with_fallbacks(
            lambda *noise: compare_gradients(*found, *noise), own_noise and own_noise.gradients
        )

    def one_step():
        start, right_start = left.weights(), right.weights()
        for name, trained in zip((LEFT, RIGHT), pair.train(batches[:1])):
            curves[name], seconds[name] = trained
        ends = left.weights(), right.weights(), right_start, offsets_of(right)
        return compare_with_fallbacks(
            lambda *noise: compare_updates(start, *ends, *noise), own_noise and own_noise.undecided
        )

    def all_steps():
        for name, (losses, times) in zip((LEFT, RIGHT), pair.train(batches[1:], shown=True)):
            curves[name] += losses
            seconds[name] += [seconds[name][0] + later for later in times]

        def compare(*noise):
            return compare_losses("losses", curves[LEFT], curves[RIGHT], first_step, *noise)

        noises = own_noise and (lambda: own_noise.losses(len(curves[LEFT])))
        return compare_with_fallbacks(compare, noises, pair.each_step, MAX_EXCESS)

    rungs = [
        lambda: compare_names(left.weights(), right.weights()),
        lambda: compare_weights(left.weights(), right.weights(), offsets_of(right)),
        forward_passes,
        all_gradients,
        one_step,
        all_steps,
    ]
    if test is not None:
        rungs.append(lambda: compare_accuracy(left.logits(test[0]), right.logits(test[0]), test[1]))
    climbed = []
    for rung in rungs:
        climbed.append(rung())
        if not climbed[-1].same:
            break
    return Report(tuple(climbed), curves, seconds)


def compare_with_fallbacks(compare, noises=None, each_step=None, max_excess=math.inf):
    """Return the Rung of `compare()`; where it differs, that of a finer comparison.

    Args:
      compare: function that returns a Rung; called without arguments first, then with wider bounds from `noises`.
      noises: function that yields bounds measured from rounding noise, wider each time; the first that suffices is
        used.
      each_step: function of the Rung that differs; returns the Rung of a comparison step by step. Tried before
        `noises`.
      max_excess: where the difference exceeds a measured bound by more than this factor, `noises` is not asked for
        a wider one.
    """
    rung = compare()
    if not rung.same and each_step is not None:
        rung = each_step(rung)
    if rung.same or noises is None:
        return rung
    with contextlib.closing(noises()) as wider:
        for noise in wider:
            again = compare(noise)
            if again.same:
                return again
            if not (again.difference or 0.0) <= max_excess * (again.bound or 0.0):
                break
    return rung if each_step is not None else again


class _InTurn:
    """Runs one side after the other, and trains on every batch. The first batch stands for all in `logits`."""

    each_step = None

    def __init__(self, left, right, progress):
        self._sides, self._progress = {LEFT: left, RIGHT: right}, progress

    def both(self, work):
        """Return [work(left side), work(right side)]."""
        return [work(side) for side in self._sides.values()]

    def logits(self, batches):
        """Return, for each side, the list of its outputs on batches."""
        return self.both(lambda side: [side.logits(batches[0][0])])

    def train(self, batches, shown=False):
        """Take a training step on each batch; returns, for each side, (losses, seconds since the start after each).

        `shown`: whether to show the progress.
        """
        shown = shown and self._progress
        return [train(side, batches, shown and shown(name)) for name, side in self._sides.items()]


def _by_batch(outputs):
    """Return {"logits[NAME], batch N": array} of a list of outputs, one per batch."""
    given = [named_arrays("logits", output) for output in outputs]
    of_batch = [f", batch {number}" if number else "" for number in range(len(given))]
    return {name + batch: value for batch, arrays in zip(of_batch, given) for name, value in arrays.items()}


def check(left: Any, right: Any, batches: Sequence[tuple], test: tuple | None = None) -> Report:
    """Copy the left side's state to the right and climb; AssertionError with the report unless they are the same.

    For a test of your own pair of models: see `climb` for the arguments. Returns the Report.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test, and the report
    copy_state(left, right)
    report = climb(left, right, batches, test)
    if not report.same:
        raise AssertionError(str(report))
    return report


def copy_state(left: Any, right: Any) -> None:
    """Copy the left side's weights to the right, and its optimizer's state where both sides have one."""
    right.set_weights(left.weights())
    if hasattr(left, "global_values") and hasattr(right, "set_optimizer_state"):
        right.set_optimizer_state(*graph_optimizer.state_of(left, right.model.optimizer))


def offsets_of(side):
    """Return {name: array} of the constants in a side's translation of weights; empty where there is none."""
    return side.offsets() if hasattr(side, "offsets") else {}


def named_arrays(name, structure):
    """Return {name: array} of an array, or of each in a tuple, list or dict, called `name[0]` or `name[key]`."""
    if not isinstance(structure, (tuple, list, dict)):
        return {name: structure}
    items = structure.items() if isinstance(structure, dict) else enumerate(structure)
    return {key: value for part, inner in items for key, value in named_arrays(f"{name}[{part}]", inner).items()}


def train(side, batches, progress=None):
    """Take one training step on each batch; returns (losses, seconds since the start after each)."""
    losses, seconds, began = [], [], time.perf_counter()
    with progress or contextlib.nullcontext():
        for inputs, labels in batches:
            losses.append(side.train_step(inputs, labels))
            seconds.append(round(time.perf_counter() - began, 4))
            if progress:
                progress.step(len(losses), losses[-1])
    return losses, seconds
