"""Loads the state of TensorFlow 1's optimizers into Keras's.

TF 1 optimizer     its slots, in order       Keras          its slots
--------------     -------------------       -----          ---------
Adam               m, v                      Adam           momentum, velocity
Momentum           momentum                  SGD            momentum, that is -learning_rate * TF 1's
RMSProp            rms, [mg,] momentum       RMSprop        velocity, [average_gradient,] momentum
Adagrad            accumulator               Adagrad        accumulator
Adadelta           accum, accum_update       Adadelta       accumulated_grad, accumulated_delta_var
Ftrl               accum, linear             Ftrl           accumulator, linear

TF 1 keeps Adam's step as beta1_power and beta2_power, Keras as `iterations`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_SLOTS = {  # Keras class, subclasses included: {Keras's slot: TF 1's}, in TF 1's order
    "Adam": {"momentum": "m", "velocity": "v"},
    "SGD": {"momentum": "momentum"},
    "RMSprop": {"velocity": "rms", "average_gradient": "mg", "momentum": "momentum"},
    "Adagrad": {"accumulator": "accumulator"},
    "Adadelta": {"accumulated_grad": "accum", "accumulated_delta_var": "accum_update"},
    "Ftrl": {"accumulator": "accum", "linear": "linear"},
}


def slots_of(optimizer: Any) -> dict[str, str]:
    """Return {Keras's slot: TF 1's} for a Keras optimizer, in the order in which TF 1 creates the slots.

    Raises ValueError for an optimizer that is not in the table.
    """
    known = next((_SLOTS[kind.__name__] for kind in type(optimizer).__mro__ if kind.__name__ in _SLOTS), None)
    if known is None:
        raise ValueError(f"{type(optimizer).__name__}: expected one of {', '.join(_SLOTS)}, or a subclass of one")
    kept = dict(known)
    if not getattr(optimizer, "momentum", True):  # of SGD and RMSprop: without momentum there is no slot for it
        kept.pop("momentum", None)
    if not getattr(optimizer, "centered", True):
        kept.pop("average_gradient", None)
    return kept


def load(model: Any, slots: Mapping[str, Mapping[str, np.ndarray]], step: int) -> None:
    """Set the state of a compiled model's optimizer.

    Args:
      model: a compiled keras.Model; its trainable weights are those that TF 1 trained.
      slots: {TF 1's slot: {weight path: array}}, in the Keras weights' layout.
      step: how many steps the optimizer has made.

    Raises ValueError unless the slots are just those of the optimizer.
    """
    optimizer = model.optimizer
    kept = slots_of(optimizer)
    if "rms" in slots and "momentum" not in kept:  # TF 1's RMSProp keeps one with momentum 0, too, and does not use it
        slots = {slot: values for slot, values in slots.items() if slot != "momentum"}
    if set(slots) != set(kept.values()):
        raise ValueError(
            f"{type(optimizer).__name__} keeps {', '.join(kept.values()) or 'no slots'}, as TensorFlow 1 calls them; "
            f"the graph's optimizer keeps {', '.join(slots) or 'none'}. Are these the same optimizer?"
        )
    optimizer.build(model.trainable_variables)  # does nothing the second time
    optimizer.iterations.assign(step)  # first: on it a learning rate's schedule depends
    variables = _slot_variables(model, kept)
    for slot, values in slots.items():
        for path, value in values.items():
            variables[slot][path].assign(_scale(optimizer) * value)


def slots_in(model: Any) -> dict[str, dict[str, np.ndarray]]:
    """Return {TF 1's slot: {weight path: array}} of a compiled model, in the Keras weights' layout."""
    scale = _scale(model.optimizer)
    return {
        slot: {path: np.asarray(variable) / scale for path, variable in variables.items()}
        for slot, variables in _slot_variables(model, slots_of(model.optimizer)).items()
    }


def _slot_variables(model, kept):
    """Return {TF 1's slot: {weight path: the optimizer's variable}}; `kept` is {Keras's slot: TF 1's}."""
    by_name = {variable.name: variable for variable in model.optimizer.variables}
    paths = [variable.path for variable in model.trainable_variables]
    return {
        slot: {path: by_name[f"{path.replace('/', '_')}_{keras_slot}"] for path in paths}
        for keras_slot, slot in kept.items()
    }


def _scale(optimizer):
    """Return the factor from TF 1's slots to Keras's: SGD's momentum sums up steps in Keras, gradients in TF 1."""
    return -float(optimizer.learning_rate) if _accumulates_steps(optimizer) else 1


def steps_made(powers: Sequence[float], betas: Sequence[float]) -> int:
    """Return how many steps an Adam has made, from (beta1_power, beta2_power) and (beta1, beta2).

    Powers start at the betas. Once both are 0 the count is lost, and no longer needed: the first step at
    which they are 0 is returned.
    """
    for power, beta in zip(powers, betas):
        if power > 1e-30 and 0 < beta < 1:
            return round(math.log(power) / math.log(beta)) - 1
    return math.ceil(math.log(1e-38) / math.log(betas[1]))


def _accumulates_steps(optimizer):
    """Whether momentum accumulates steps, as in Keras's SGD."""
    return any(kind.__name__ == "SGD" for kind in type(optimizer).__mro__)
