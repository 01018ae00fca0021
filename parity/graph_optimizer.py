"""Reads the state of a TF 1 graph's optimizer, for a Keras optimizer."""

import numpy as np

from keras_port.conversion import optimizer_state, tf1_names


def state_of(graph_model, optimizer):
    """Return (slots, steps made) of a GraphModel's optimizer, for the corresponding Keras optimizer.

    slots: {TF 1's slot: {variable name: array}}, those of `optimizer_state.slots_of(optimizer)`. A variable
    for which the graph has none, since no loss depends on it, has zeros, as a new slot would.
    Raises ValueError where the graph keeps another number of slots than the Keras optimizer.
    """
    values = graph_model.global_values()
    trained = [variable.op.name for variable in graph_model.trainable_variables]
    kept = list(optimizer_state.slots_of(optimizer).values())
    found = {}
    for slot, (owner, suffix) in tf1_names.slots({name: value.shape for name, value in values.items()}).items():
        if owner in trained and "MovingAverage" not in suffix:
            found.setdefault(owner, []).append((suffix, slot))
    slots = {slot: {} for slot in kept}
    for name in trained:
        own = [slot for suffix, slot in sorted(found.get(name, []))]  # Adam, Adam_1: in the order they were made
        if kept[:1] == ["rms"] and len(own) == len(kept) + 1 and "momentum" not in kept:
            own = own[:-1]  # which TF 1's RMSProp keeps without momentum, too
        if own and len(own) != len(kept):
            raise ValueError(
                f"{name}: the graph's optimizer keeps {len(own)} slots for it, {', '.join(own)}; "
                f"{type(optimizer).__name__} keeps {len(kept)}. Are these the same optimizer?"
            )
        for slot, variable in zip(kept, own or [None] * len(kept)):
            slots[slot][name] = np.zeros_like(values[name]) if variable is None else values[variable]
    return slots, _steps(values, optimizer)


def _steps(values, optimizer):
    counters = tf1_names.bookkeeping({name: value.shape for name, value in values.items()})
    powers = {kind: float(values[name]) for name, kind in counters.items()}
    if {"beta1_power", "beta2_power"} <= set(powers) and hasattr(optimizer, "beta_1"):
        betas = optimizer.beta_1, optimizer.beta_2
        return optimizer_state.steps_made((powers["beta1_power"], powers["beta2_power"]), betas)
    return int(powers.get("global_step", 0))
