"""How far two float32 runs of the same model may differ, and why. All tolerances are here."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """A bound on |right - left|: `rtol` times the largest |left| of the array, plus `atol`.

    Relative to the array's largest value, not to each single one: a sum of products that
    cancels to nearly nothing keeps the rounding of its terms.
    """

    rtol: float
    atol: float
    reason: str

    def bound(self, left: npt.ArrayLike) -> float:
        """Return the largest difference allowed for this array; values that are not finite are ignored."""
        return self.atol + self.rtol * float(np.max(np.abs(left), initial=0.0, where=np.isfinite(left)))


EXACT = Tolerance(0.0, 0.0, "weights are copied, not computed")
FOLDED = Tolerance(
    2.0**-23,
    0.0,
    "a constant folded into a weight: the sum is rounded, there and back, by half a unit in its last place",
)
FORWARD = Tolerance(1e-6, 1e-6, "float32 rounding of one forward pass; the sums run in another order")
GRADIENT = Tolerance(1e-5, 1e-8, "rounding of the forward pass, carried back through every time step")
# Adam divides a gradient by its own size: where it is near zero its rounding alone decides the step
# of that weight. So an update is compared as a whole, by its norm.
UPDATE = Tolerance(1e-3, 0.0, "rounding of the gradients, magnified where Adam divides two tiny numbers")
# Of one weight whose gradient is known: where a step is taken from equal weights and optimizer state.
SINGLE_UPDATE = Tolerance(1e-4, 0.0, "rounding of 1 - beta^t in float32, which keeps four digits while t is small")
SQUARED_GRADIENT = Tolerance(2e-5, 2e-8, "a square has twice the relative error; the absolute one is times its root")
STORED = Tolerance(2.0**-23, 0.0, "a weight is stored in float32: either side's new one is rounded by half a unit")
TRAJECTORY = Tolerance(1e-5, 1e-4, "rounding fed back through 200 optimizer steps; then as their number squared")
ACCURACY = Tolerance(0.0, 1e-3, "a digit on the border between two classes may fall to either side")
STANDARD_ERRORS = Tolerance(0.0, 6.0, "chance: six standard errors, the largest of a few hundred figures")
START = Tolerance(0.05, 0.0, "chance: the deviation of a few thousand random weights")


def trajectory(losses: Sequence[float]) -> np.ndarray:
    """Return the bounds on the difference of two loss curves, an array of one a step; `losses` are the left one's.

    1e-4, and 1e-5 of the loss, for 200 steps; then growing as the square of the step, since training amplifies
    differences. Over 782 steps the networks here stay below 1e-4 with most seeds; Adam's betas in double
    precision, a relative error of 6e-6 in each step, led to 7e-3.
    """
    size = np.nan_to_num(np.abs(losses), posinf=0.0)
    return (TRAJECTORY.atol + TRAJECTORY.rtol * size) * np.maximum(1.0, np.arange(len(losses)) / 200) ** 2


def dropout_accuracy(steps: int) -> float:
    """Return how far the accuracies of two trainings with different dropout masks may lie apart.

    As two seeds differ: some 0.3 points after 782 steps, and more while accuracy still rises. Before step
    200 accuracy depends on the masks too much to be compared, and the bound is inf.
    """
    return 0.01 + 5 / steps if steps >= 200 else math.inf
