"""How far two float32 runs of the same model may lie apart, and why. There are no others."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """A bound on |right - left|: `rtol` times the largest |left| of the array, plus `atol`.

    Relative to the array's largest value, not to each single one: a sum of products that
    cancels to nearly nothing keeps the rounding of its terms.
    """

    rtol: float
    atol: float
    reason: str

    def bound(self, left):
        """Return the largest difference allowed for this array."""
        return self.atol + self.rtol * float(np.max(np.abs(left), initial=0.0))


EXACT = Tolerance(0.0, 0.0, "weights are copied, not computed")
FORWARD = Tolerance(1e-6, 1e-6, "float32 rounding of one forward pass; the sums run in another order")
GRADIENT = Tolerance(1e-5, 1e-8, "rounding of the forward pass, carried back through every time step")
# Adam divides by the root of the second moment: where a gradient is near zero, its rounding
# decides the sign of a whole step. So a weight may differ by a step, but few may.
ONE_STEP = Tolerance(1e-5, 1e-5, "rounding of the gradients, magnified where Adam divides two tiny numbers")
TRAJECTORY = Tolerance(0.0, 1e-4, "rounding fed back through hundreds of optimizer steps")
ACCURACY = Tolerance(0.0, 1e-3, "a digit on the border between two classes may fall to either side")
