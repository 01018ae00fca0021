"""The comparisons that are the rungs of the ladder: of names, arrays, gradients, updates and losses of two sides."""

import dataclasses

import numpy as np

from keras_port.conversion.gates import TF1_GATES
from parity import tolerances


@dataclasses.dataclass(frozen=True)
class Rung:
    """The result of one comparison.

    Attributes:
      name: what was compared.
      same: whether the two agree within the bound.
      difference, bound: the difference found and the largest allowed, both at the place where the
        difference is largest relative to the bound; None where nothing is measured.
      where: that place, or what differs, as text.
    """

    name: str
    same: bool
    difference: float | None = None
    bound: float | None = None
    where: str = ""

    def __str__(self):
        verdict = "same" if self.same else "DIFFERS"
        figures = "" if self.difference is None else f"{self.difference:.2e} (bound {self.bound:.2e})"
        return f"{self.name:<18} {verdict:<8} {figures:<28} {self.where}".rstrip()


def compare_names(left, right):
    """Compare which variables there are, and their shapes and dtypes."""
    for name in left:
        if name not in right:
            return Rung("names and shapes", False, where=f"{name} is on the left only")
        a, b = left[name], right[name]
        if (a.shape, a.dtype) != (b.shape, b.dtype):
            return Rung(
                "names and shapes",
                False,
                where=f"{name}: {a.dtype}{a.shape} on the left, {b.dtype}{b.shape} on the right",
            )
    extra = sorted(set(right) - set(left))
    if extra:
        return Rung("names and shapes", False, where=f"{extra[0]} is on the right only")
    count = sum(value.size for value in left.values())
    return Rung("names and shapes", True, where=f"{len(left)} variables, {count:,} parameters")


def compare_weights(left, right, offsets):
    """Compare weights: bit for bit, but where a constant is folded in; `offsets` are {name: array} of those."""
    folded = {
        name: tolerances.FOLDED.bound(np.abs(left[name]) + np.abs(offset))
        for name, offset in offsets.items()
        if np.any(offset)
    }
    return compare_arrays("weights", left, right, tolerances.EXACT, folded)


def compare_arrays(name, left, right, tolerance, bounds=(), own_noise=()):
    """Compare {name: array} of both sides; the Rung is about the place nearest to its bound.

    `bounds`: {name: largest difference} that replace the tolerance's.
    `own_noise`: {name: largest difference} that is allowed in any case, since the left side's own rounding is so large.
    """
    if set(left) != set(right):
        apart = sorted(set(left) ^ set(right))[0]
        return Rung(name, False, where=f"{apart} is on the {'left' if apart in left else 'right'} only")
    worst = None
    for key, a in left.items():
        if np.shape(right[key]) != np.shape(a):
            return Rung(
                name, False, where=f"{key}: shape {np.shape(a)} on the left, {np.shape(right[key])} on the right"
            )
        difference = np.abs(np.asarray(right[key], "float64") - a)
        largest = float(np.max(difference, initial=0.0))
        usual = bounds[key] if key in bounds else tolerance.bound(a)
        bound = max(usual, own_noise[key]) if key in own_noise else usual
        excess = np.inf if np.isnan(largest) else largest - bound
        if worst is None or excess > worst[0]:
            of_itself = "; the left side's own rounding moves it that far" if usual < largest <= bound else ""
            worst = excess, largest, bound, place(key, difference) + of_itself
    excess, largest, bound, where = worst
    return Rung(name, excess <= 0, largest, bound, where)


def compare_gradients(left, right, own_noise=()):
    """Compare gradients; one that a side lacks counts as zero, since no loss depends on it."""
    shapes = {name: value.shape for name, value in {**left, **right}.items()}
    left, right = ({name: side.get(name, np.zeros(shape)) for name, shape in shapes.items()} for side in (left, right))
    return compare_arrays("gradients", left, right, tolerances.GRADIENT, (), own_noise)


def compare_updates(start, left, right, right_start=None, offsets=(), undecided=()):
    """Compare what one optimizer step added, a variable's update as a whole.

    The difference is the norm of the two updates' difference over the norm of the left one. A weight
    is stored in float32, and so is known to half a unit in its last place: the bound leaves room for that.

    Args:
      start, left: {name: array} of the left side, before and after the step.
      right, right_start: of the right side; it started as the left one where `right_start` is None.
      offsets: {name: array} of constants that are folded into the right side's weights.
      undecided: {name: boolean array} of weights whose gradient is rounding and nothing else; they are left out,
        unless these are most of the weights.
    """
    worst, left_out = None, sum(int(np.sum(undecided[name])) for name in undecided)
    if 2 * left_out > sum(before.size for before in start.values()):
        undecided = {}
    for name, before in start.items():
        other_before = before if right_start is None else right_start[name]
        update, other = left[name].astype("float64") - before, right[name].astype("float64") - other_before
        stored = np.linalg.norm(np.abs(before) + (np.abs(offsets[name]) if name in offsets else 0.0))
        if name in undecided:
            update, other = (np.where(undecided[name], 0.0, value) for value in (update, other))
        norm, rounding = np.linalg.norm(update), tolerances.STORED.rtol * stored
        bound = tolerances.UPDATE.rtol + rounding / norm if norm else rounding
        size = float(np.linalg.norm(other - update)) / (norm or 1.0)
        excess = np.inf if np.isnan(size) else size / bound if bound else np.inf * size if size else 0.0
        if worst is None or excess > worst[0]:
            worst = excess, size, bound, place(name, np.abs(other - update))
    excess, size, bound, where = worst
    if len(undecided) and left_out:
        where += f"; {left_out:,} weights are left out, whose gradient is rounding and nothing else"
    return Rung("one step", excess <= 1, size, float(bound), where)


def compare_losses(name, left, right, first_step=0, own_noise=None):
    """Compare two loss curves, whose steps are counted from `first_step`.

    `own_noise`: how far the left one's own rounding moves it at each step, inf from where on it says nothing.
    """
    usual = tolerances.trajectory(left)
    bounds = usual if own_noise is None else np.maximum(usual, own_noise)
    # Without even a first loss that can be compared there is no proof.
    counted = max(1, int(np.sum(np.isfinite(bounds))))
    bounds = np.where(np.isfinite(bounds), bounds, usual)
    difference, bounds = np.abs(np.asarray(right) - left)[:counted], bounds[:counted]
    inside = difference <= bounds  # nan is not
    same = bool(np.all(inside))
    # The first step outside the bound tells more than the one with the largest difference.
    step = int(np.argmax(difference / bounds)) if same else int(np.argmin(inside))
    steps = (
        f"{counted} of {len(left)} steps, then rounding alone decides" if counted < len(left) else f"{counted} steps"
    )
    where = f"{steps}; {'nearest to the bound' if same else 'they diverge'} at step {first_step + step}"
    return Rung(name, same, float(difference[step]), float(bounds[step]), where)


def compare_accuracy(left, right, labels):
    """Compare how many examples are classified right from two arrays of logits; labels are one-hot or class numbers."""
    right_answers = np.argmax(labels, axis=-1) if np.shape(labels) == np.shape(left) else np.asarray(labels)
    a, b = (float(np.mean(np.argmax(logits, axis=-1) == right_answers)) for logits in (left, right))
    bound = tolerances.ACCURACY.atol
    return Rung("accuracy", abs(a - b) <= bound, abs(a - b), bound, f"{a:.4f} and {b:.4f} of {right_answers.size:,}")


def place(name, difference):
    """Return as text where in variable `name` the difference is largest, with the gate for an LSTM's."""
    if difference.size == 0 or difference.ndim == 0:
        return name
    index = np.unravel_index(np.argmax(difference), difference.shape)
    text = f"{name}[{', '.join(map(str, index))}]"
    last = name.rsplit("/", 1)[-1]
    if "lstm_cell" in name and last in ("kernel", "bias") and difference.shape[-1] % 4 == 0:
        gate = TF1_GATES[index[-1] * 4 // difference.shape[-1]]
        text += f", gate {gate}"
    return text
