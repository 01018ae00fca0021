"""Judges every captured step from equal weights, for trainings that magnify rounding until their losses diverge.

Before each step the right side gets the left side's weights and optimizer state; then both take the step, and the
losses, the optimizer's slots and the updates are compared. So rounding cannot add up, and bounds can be narrow: where
free training allows a wrong setting a thousandth of each update, this allows a ten-thousandth, in each single weight.

The update of a weight whose gradient is nearly zero is still decided by rounding, where the optimizer divides by the
gradient's size. Such an update is compared with what the difference of the slots explains, and the slots are compared
with the bounds of gradients, so that no mistake can hide in them.
"""

import dataclasses

import numpy as np

from parity import tolerances
from parity.comparisons import Rung, place

_SQUARES = ("v", "rms", "accum", "accumulator", "accum_update")  # slots that average or sum squares
_MAX_SLOT_DIFFERENCE = 1e-2  # relative difference of a weight's slots up to which its update is compared


@dataclasses.dataclass(frozen=True)
class State:
    """What a side trains: `weights`, {variable: array}, and `slots`, {TF 1's slot: {variable: array}}."""

    weights: dict
    slots: dict


def compare(free, left, right, batches):
    """Return the Rung of all steps, each from equal weights.

    Args:
      free: the Rung of free training, which differs.
      left, right: the sides, see `Pair`; left is where free training began.
      batches: of the steps.
    """
    worst, before = None, left.state()
    for step, batch in enumerate(batches):
        right.start_from(before, left.steps_made())
        right_before = right.state()
        losses = left.train_step(*batch), right.train_step(*batch)
        after, right_after = left.state(), right.state()
        found = [
            _loss(*losses),
            *_slots(after.slots, right_after.slots),
            *_updates((before, after), (right_before, right_after), right.offsets()),
        ]
        largest = max(found, key=lambda each: np.inf if np.isnan(each[0]) else each[0])
        if worst is None or not largest[0] <= worst[0]:
            worst = *largest, step
        if not largest[0] <= 1:
            break
        before = after
    share, difference, bound, where, step = worst
    if share <= 1:
        size = f"{free.difference:.2e} (bound {free.bound:.2e})"
        text = f"{step + 1} steps" if step + 1 == len(batches) else f"{len(batches)} steps"
        text += f", each from equal weights: nearest to the bound at step {step}, {where}; {_DIVERGED.format(size)}"
        return Rung(free.name, True, difference, bound, text)
    size = f"{difference:.2e} (bound {bound:.2e})"
    text = f"{free.where}; also from equal weights, step {step} differs: {where}, by {size}"
    return dataclasses.replace(free, where=text)


_DIVERGED = "in free training the losses diverge by {}, since it magnifies rounding"


def _loss(left, right):
    """Return (share of the bound, difference, bound, where)."""
    bound = float(tolerances.trajectory([left])[0])
    return abs(right - left) / bound, abs(right - left), bound, "the loss"


def _slots(left, right):
    for slot, variables in left.items():
        for name, value in variables.items():
            size = float(np.max(np.abs(value), initial=0.0))
            difference = np.abs(right[slot][name].astype("float64") - value)
            tolerance = tolerances.SQUARED_GRADIENT if slot in _SQUARES else tolerances.GRADIENT
            bound = tolerance.rtol * size + tolerance.atol * (np.sqrt(size) if slot in _SQUARES else 1.0)
            largest = float(np.max(difference, initial=0.0))
            yield _share(largest, bound), largest, bound, f"slot {slot} of {place(name, difference)}"


def _updates(left, right, offsets):
    (before, after), (right_before, right_after) = left, right
    for name, value in after.weights.items():
        update = value.astype("float64") - before.weights[name]
        other = right_after.weights[name].astype("float64") - right_before.weights[name]
        slots = [slot for slot, variables in after.slots.items() if name in variables]
        slots_differ_by = sum(
            (_relative(after.slots[slot][name], right_after.slots[slot][name]) for slot in slots), 0.0 * update
        )
        decided, moved = slots_differ_by <= _MAX_SLOT_DIFFERENCE, update != 0
        undecided = int(np.sum(moved & ~decided))
        if 2 * undecided > np.sum(moved):
            yield np.inf, undecided, int(np.sum(moved)) / 2, f"rounding alone decides most updates of {name}"
            continue
        stored = np.abs(before.weights[name]) + np.abs(value)
        stored = tolerances.STORED.rtol * (stored + 2 * np.abs(offsets[name]) if name in offsets else stored)
        difference = np.where(decided, np.abs(other - update), 0.0)
        bound = np.abs(update) * (tolerances.SINGLE_UPDATE.rtol + 2 * slots_differ_by)
        bound += tolerances.GRADIENT.rtol * np.max(np.abs(update), initial=0.0) + stored
        shares = np.divide(difference, bound, out=np.where(difference > 0, np.inf, 0.0), where=bound > 0)
        if shares.size:
            at = np.unravel_index(np.argmax(shares), shares.shape)
            yield float(shares[at]), float(difference[at]), float(bound[at]), f"the update of {place(name, shares)}"
        whole, sizes = np.linalg.norm(difference), [np.linalg.norm(part) for part in (update, stored)]
        bound = tolerances.UPDATE.rtol * sizes[0] + sizes[1]
        yield _share(whole, bound), whole, bound, f"the whole update of {name}"


def _relative(left, right):
    difference = np.abs(right.astype("float64") - left)
    return np.divide(difference, np.abs(left), out=np.where(difference > 0, np.inf, 0.0), where=left != 0)


def _share(difference, bound):
    return difference / bound if bound else np.inf if difference else 0.0
