"""Writes the folder of a port from a capture: model.py, model.keras and port.json."""

import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import sys
import tempfile

import numpy as np

from keras_port.conversion import optimizer_state, weight_kinds
from keras_port.translation import untrusted
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.facts import facts_of
from keras_port.translation.layers import regularization
from keras_port.translation.translator import ReadsStates, Translation
from mnist_training import InputError


def port(capture, destination, folded=True):
    """Translate a Capture and write the port to a folder; returns the Translation.

    Args:
      capture: a capture.Capture.
      destination: path of the folder; it must be new or empty. Nothing is left there on failure.
      folded: whether an LSTM's constant forget bias is added to its bias, so that it becomes keras.layers.LSTM.

    Raises CannotTranslate where the graph has no counterpart in Keras, InputError for a bad capture.
    """
    destination = pathlib.Path(destination)
    translated = translated_of(capture, folded)
    untrusted.check_code(translated.text)
    destination.parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
    try:
        (work / "model.py").write_text(translated.text, encoding="utf-8")
        with _damage_refused(capture):
            model = load_module(work / "model.py").build()
            facts = facts_of(translated, model)
            writer = translated.writer
            fill(model, facts["weights"], capture, writer.layers, writer.layer_names)
            if getattr(model, "optimizer", None) is not None:
                fill_optimizer(model, facts["weights"], capture)
        model.save(work / "model.keras")
        (work / "port.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        os.chmod(work, 0o755)
        if destination.exists():
            destination.rmdir()
        os.replace(work, destination)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return translated


def translated_of(capture, folded):
    """Return the Translation of a Capture; raises CannotTranslate or InputError."""
    with _damage_refused(capture):
        return _translated(capture, folded)


@contextlib.contextmanager
def _damage_refused(capture):
    """Turn unexpected errors in the body into CannotTranslate: only a malformed graph leads to them."""
    try:
        yield
    except (InputError, OSError, MemoryError):
        raise
    except Exception as error:
        raise CannotTranslate(
            f"{capture.script}: the graph cannot be read: {type(error).__name__} {error}. Capture it again; where "
            "that leads here, too, please report it"
        ) from error


def _translated(capture, folded, shared=frozenset(), loops_of_states=frozenset()):
    """Return the Translation of a Capture.

    Starts again with other settings when the translation finds a penalty on a folded bias, variables that a
    generated cell shares with other layers, or a loop whose states are read at each step.
    """
    try:
        return Translation(capture, folded, shared, loops_of_states)
    except regularization.FoldedBias:
        if not folded:
            raise
        return _translated(capture, False, shared, loops_of_states)
    except regularization.SharedWeights as error:
        if error.names <= shared:
            raise
        return _translated(capture, folded, shared | error.names, loops_of_states)
    except ReadsStates as error:
        if error.loop in loops_of_states:
            raise
        return _translated(capture, folded, shared, loops_of_states | {error.loop})


def load_module(path):
    """Import a generated model.py from its path and return the module."""
    name = f"ported_{abs(hash(str(path)))}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def fill(model, rows, capture, layers=(), names=None):
    """Set the weights of `model` from the capture's checkpoint.

    Args:
      model: the keras.Model.
      rows: the weights of port.json, see conversion.weight_kinds.
      capture: the Capture.
      layers, names: the generated Layers and {id(layer): Keras name}; layers that hold a constant get its value.

    Raises CannotTranslate where a weight of the model has no value.
    """
    names = [name for row in rows for name in weight_kinds.names(row, "variable")]
    values = weight_kinds.from_tf1(rows, {name: capture.checkpoint.read(name) for name in names})
    for layer in layers:
        if layer.value is not None:
            model.get_layer(names[id(layer)]).weights[0].assign(layer.value)
            values[model.get_layer(names[id(layer)]).weights[0].path] = layer.value
    missing = [
        variable.path
        for variable in model.weights
        if variable.path not in values
        and "seed_generator" not in variable.path
        and not variable.path.endswith(("/moving_mean", "/moving_variance"))  # the script had no moving averages
    ]
    if missing:
        raise CannotTranslate(f"the weights {', '.join(missing)} of the model come from no variable")
    for variable in model.weights:
        if variable.path in values:
            variable.assign(values[variable.path])


def fill_optimizer(model, rows, capture):
    """Set the optimizer's slots and step of `model` to the script's, as the capture's checkpoint has them."""
    trained = {variable.path for variable in model.trainable_variables}
    rows = [row for row in rows if set(weight_kinds.names(row, "keras")) <= trained]
    read = capture.checkpoint.read
    slots = {}
    for slot in optimizer_state.slots_of(model.optimizer).values():
        arrays = {}
        for row in rows:
            for name in weight_kinds.names(row, "variable"):
                own = capture.optimizer.get("slots", {}).get(name, {})
                arrays[name] = read(own[slot]) if slot in own else np.zeros_like(read(name))
        slots[slot] = weight_kinds.gradients_from_tf1(rows, arrays)
    counters = capture.optimizer.get("bookkeeping", {})
    step = 0
    if {"beta1_power", "beta2_power"} <= set(counters) and hasattr(model.optimizer, "beta_1"):
        powers = [float(read(counters[name])) for name in ("beta1_power", "beta2_power")]
        step = optimizer_state.steps_made(powers, (model.optimizer.beta_1, model.optimizer.beta_2))
    elif "global_step" in counters:
        step = int(read(counters["global_step"]))
    optimizer_state.load(model, slots, step)
