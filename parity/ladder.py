"""The ladder: two models compared in widening steps, up to the first that differs.

Names and shapes, weights, logits, gradients, one optimizer step, many steps, accuracy. A
difference on a low rung explains every difference above it, so the climb stops there and the
rung says where: which variable, which gate, which row, which step.
"""

import dataclasses

import numpy as np

from parity import tolerances
from recipe.metrics import loss_and_accuracy

TF1_GATES = ("i", "j", "f", "o")  # the order of an LSTM kernel's column blocks; j is the candidate


@dataclasses.dataclass(frozen=True)
class Rung:
    """What one comparison found.

    Attributes:
      name: what was compared.
      same: whether the two agree within the bound.
      difference, bound: the largest difference found, and the largest allowed, both at the place
        that comes nearest to its bound or exceeds it most; None where nothing is measured.
      where: that place in words, or what differs.
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


@dataclasses.dataclass(frozen=True)
class Report:
    """The rungs climbed, from the first to the last or to the first that differs."""

    left: str
    right: str
    rungs: tuple
    curves: dict = dataclasses.field(default_factory=dict)

    @property
    def same(self):
        """Whether every rung held."""
        return all(rung.same for rung in self.rungs)

    @property
    def verdict(self):
        """The whole in a few words."""
        return "same" if self.same else f"differs at {self.rungs[-1].name}"

    def __str__(self):
        return "\n".join([f"{self.left} against {self.right}: {self.verdict}",
                          *(f"  {rung}" for rung in self.rungs)])


def climb(left, right, batches, test=None, steps=None):
    """Compare two sides (parity.sides) rung by rung and return the Report.

    Both must start from the same weights where the comparison is to pass: see `start_alike`.

    Args:
      left, right: the sides; `left` is the reference.
      batches: a list of (images, one-hot labels), as many as steps are to be trained; dropout must be off.
      test: a list of such batches for the accuracy rung after training, or None to leave it out.
    """
    images, labels = batches[0]
    losses = {}

    def trajectory():
        losses.update({side.name: np.array([side.train_step(*batch) for batch in batches[1:]])
                       for side in (left, right)})
        return compare_losses(losses[left.name], losses[right.name], first=1)

    rungs = [
        lambda: compare_names(left.weights(), right.weights()),
        lambda: compare_arrays("weights", left.weights(), right.weights(), tolerances.EXACT),
        lambda: compare_arrays("logits", {"logits": left.logits(images)}, {"logits": right.logits(images)},
                               tolerances.FORWARD),
        lambda: compare_gradients(left.gradients(images, labels), right.gradients(images, labels)),
        lambda: compare_step(left, right, images, labels),
    ]
    if len(batches) > 1:
        rungs.append(trajectory)
    if test is not None:
        rungs.append(lambda: compare_accuracy(left, right, test))
    climbed = []
    for rung in rungs:
        climbed.append(rung())
        if not climbed[-1].same:
            break
    return Report(left.name, right.name, tuple(climbed), losses)


def start_alike(left, right):
    """Copy the left side's weights into the right one."""
    right.set_weights(left.weights())


def compare_names(left, right):
    """Compare which variables there are, and their shapes and dtypes."""
    for name in left:
        if name not in right:
            return Rung("names and shapes", False, where=f"{name} is on the left only")
        a, b = left[name], right[name]
        if (a.shape, a.dtype) != (b.shape, b.dtype):
            return Rung("names and shapes", False,
                        where=f"{name}: {a.dtype}{a.shape} on the left, {b.dtype}{b.shape} on the right")
    extra = sorted(set(right) - set(left))
    if extra:
        return Rung("names and shapes", False, where=f"{extra[0]} is on the right only")
    count = sum(value.size for value in left.values())
    return Rung("names and shapes", True, where=f"{len(left)} variables, {count:,} parameters")


def compare_arrays(name, left, right, tolerance):
    """Compare {name: array} of both sides; the Rung is about the place nearest to its bound."""
    worst = None
    for key, a in left.items():
        difference = np.abs(np.asarray(right[key], "float64") - a)
        largest, bound = float(np.max(difference, initial=0.0)), tolerance.bound(a)
        excess = np.inf if np.isnan(largest) else largest - bound
        if worst is None or excess > worst[0]:
            worst = excess, largest, bound, place(key, difference)
    excess, largest, bound, where = worst
    return Rung(name, excess <= 0, largest, bound, where)


def compare_gradients(left, right):
    """Compare gradients; one that a side lacks counts as zero, since no loss depends on it."""
    shapes = {name: value.shape for name, value in {**left, **right}.items()}
    left, right = ({name: side.get(name, np.zeros(shape)) for name, shape in shapes.items()}
                   for side in (left, right))
    return compare_arrays("gradients", left, right, tolerances.GRADIENT)


def compare_step(left, right, images, labels):
    """Take one optimizer step on each side and compare the weights after it."""
    for side in (left, right):
        side.train_step(images, labels)
    return compare_arrays("one step", left.weights(), right.weights(), tolerances.ONE_STEP)


def compare_losses(left, right, first=0):
    """Compare two loss curves; `first` is the number of their first step."""
    difference = np.abs(np.asarray(right) - left)
    step = int(np.argmax(difference)) if not np.isnan(difference).any() else int(np.isnan(difference).argmax())
    bound = tolerances.TRAJECTORY.bound(left)
    same = bool(np.all(difference <= bound))
    if not same:  # where the two part is more telling than where they are farthest apart
        step = int(np.argmax(~(difference <= bound)))
    where = f"{len(left)} steps; {'largest' if same else 'they part'} at step {first + step}"
    return Rung("losses", same, float(difference[step]), bound, where)


def compare_accuracy(left, right, test):
    """Compare which test digits are classified right; at most one in a thousand may differ."""
    figures = {}
    for side in (left, right):
        logits = np.concatenate([side.logits(images) for images, _ in test])
        figures[side.name] = loss_and_accuracy(logits, np.concatenate([labels for _, labels in test]))
    (_, a), (_, b) = figures.values()
    return Rung("accuracy", abs(a - b) <= tolerances.ACCURACY.atol, abs(a - b), tolerances.ACCURACY.atol,
                f"{a:.4f} and {b:.4f}")


def place(name, difference):
    """Say where in variable `name` the difference is largest: the gate, if it is an LSTM's."""
    if difference.size == 0 or difference.ndim == 0:
        return name
    index = np.unravel_index(np.argmax(difference), difference.shape)
    text = f"{name}[{', '.join(map(str, index))}]"
    last = name.rsplit("/", 1)[-1]
    if "lstm_cell" in name and last in ("kernel", "bias") and difference.shape[-1] % 4 == 0:
        gate = TF1_GATES[index[-1] * 4 // difference.shape[-1]]
        text += f", gate {gate}"
    return text
