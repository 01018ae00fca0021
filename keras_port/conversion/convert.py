"""Converts TF 1 checkpoints of the tutorial's three networks to Keras models and back.

model, report = load_tf1("models/lstm/model.ckpt-782")     # a keras.Model
report = save_tf1(model, "model.ckpt")                     # what Saver.restore takes
print(report)                                              # which variable went where
"""

import itertools
import os
from collections.abc import Iterator
from typing import NamedTuple

import keras
import numpy as np

from keras_port.conversion import cudnn, weight_map
from keras_port.conversion.checkpoint import Checkpoint, write
from keras_port.conversion.identify import identify
from keras_port.conversion.tf1_names import ADAM_SLOTS
from keras_port.training import BUILDERS
from mnist_training import InputError

_MOMENTS = ("momentum", "velocity")  # what Keras calls the slots of ADAM_SLOTS
_BETAS = (np.float32(0.9), np.float32(0.999))
_POWERS = ("beta1_power", "beta2_power")


class Report(NamedTuple):
    """What each variable was converted to; print it for a table.

    rows: (TF 1 variable, its shape, the Keras weights or the reason why it was left out).
    notes: lines about what the source does not hold or the target cannot.
    """

    rows: list
    notes: list

    def __str__(self):
        rows = [("TF 1 variable", "shape", "Keras weight"), *self.rows]
        names, shapes, _ = zip(*((name, str(shape), "") for name, shape, _ in rows))
        lines = [
            f"{name:{max(map(len, names))}}  {shape:{max(map(len, shapes))}}  {where}"
            for name, shape, (_, _, where) in zip(names, shapes, rows)
        ]
        return "\n".join([*lines, *self.notes])


def load(path: str | os.PathLike, options: dict) -> tuple[keras.Model, Report]:
    """Return the Keras model in a TF 1 checkpoint, and the Report: one of the three networks, or a cuDNN layer.

    `options` are those of `load_tf1`. Raises InputError as it does, and for options with a cuDNN layer, which needs
    none.
    """
    checkpoint = Checkpoint(path)
    if not cudnn.is_in(checkpoint.shapes):
        return load_tf1(path, **options)
    if options:
        flags = ", ".join("--" + name.replace("_", "-") for name in options)
        raise InputError(f"{checkpoint.prefix}: {flags}: a cuDNN layer's checkpoint needs none of it")
    model, rows, notes = cudnn.load(checkpoint)
    return model, Report(rows, notes)


def load_tf1(
    path: str | os.PathLike,
    forget_bias: float = 1.0,
    rows: int = 28,
    keep_prob: float | None = None,
    learning_rate: float = 0.001,
    with_optimizer: bool = False,
) -> tuple[keras.Model, Report]:
    """Return the compiled Keras model of the network in a TF 1 checkpoint, and the Report.

    Args:
      path: as for `keras_port.conversion.checkpoint.Checkpoint`.
      forget_bias, rows, keep_prob, learning_rate: hyperparameters that a checkpoint does not hold.
        keep_prob is for multi_lstm only, default 0.5.
      with_optimizer: convert Adam's moments and step, too, so that training can continue.

    Raises InputError where the path is not a checkpoint, is not of one of the three networks, or
    lacks the Adam state that was asked for.
    """
    checkpoint = Checkpoint(path)
    try:
        found = identify(checkpoint.shapes)
    except InputError as error:
        raise InputError(f"{checkpoint.prefix}: {error}") from error
    arguments = dict(rows=rows, learning_rate=learning_rate, forget_bias=forget_bias, **found.sizes)
    notes = [f"forget bias {forget_bias}, rows {rows}, learning rate {learning_rate}"]
    if found.network == "multi_lstm":
        arguments["keep_prob"] = 0.5 if keep_prob is None else keep_prob
        notes[0] += f", keep_prob {arguments['keep_prob']}"
    elif keep_prob is not None:
        raise InputError(f"{checkpoint.prefix}: a keep_prob does not fit {found.network}, which has no dropout")
    notes[0] += ": from the flags or their defaults, since a TF 1 checkpoint does not hold them"
    model = BUILDERS[found.network](**arguments)

    values = {tutorial: checkpoint.read(name) for tutorial, name in found.names.items()}
    _assign({weight.path: weight for weight in model.weights}, weight_map.from_tf1(found.network, values))
    if with_optimizer:
        _load_adam(model, checkpoint, found)
    return model, Report(_rows(found, checkpoint.shapes, with_optimizer), notes)


def save_tf1(model: keras.Model, prefix: str | os.PathLike) -> Report:
    """Write one of the three models as a TF 1 checkpoint, and return the Report.

    It has the tutorial's variable names and Adam's slots, so that TensorFlow 1's
    `tf.train.Saver().restore` restores the tutorial's graph from it. For a model that was not trained
    by Adam the slots are those of an Adam before its first step.

    Raises InputError for another model, ValueError for one of the three that was changed.
    """
    if model.name not in weight_map.WEIGHT_MAP:
        raise InputError(f"a model named {model.name!r}; expected one of {', '.join(weight_map.WEIGHT_MAP)}")
    weights = {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}
    variables = weight_map.to_tf1(model.name, weights)
    rows = [(pair.tf1, variables[pair.tf1].shape, _where(pair)) for pair in weight_map.WEIGHT_MAP[model.name]]
    carried = _is_adam_of_tf1(model)
    adam = _adam_variables(model, carried)
    rows += [
        (name, np.shape(value), "Adam's state" if carried else "new: the model has no state of Adam")
        for name, value in adam.items()
    ]
    (forget_bias,) = {layer.cell.forget_bias for layer in model.layers if isinstance(layer, keras.layers.RNN)}
    write(prefix, {**variables, **adam})
    return Report(rows, [f"forget bias {forget_bias}: a TF 1 checkpoint does not hold it, the graph does"])


def adam_powers() -> Iterator[tuple[np.float32, np.float32]]:
    """Yield (beta1_power, beta2_power) after 0, 1, 2, ... steps of TensorFlow 1's Adam, bit for bit.

    It multiplies them in float32, and flushes denormals to zero.
    """
    powers = betas = np.array(_BETAS)
    while True:
        yield tuple(powers)
        powers = powers * betas
        powers[powers < np.finfo("float32").tiny] = 0


def adam_step(beta1_power: float, beta2_power: float) -> int:
    """Return how many steps Adam has made, from the powers it keeps; raises ValueError for impossible ones.

    After some 87,000 steps both are zero and the count is lost, without consequence: the bias correction
    that uses it is 1 by then. The first step at which they are zero is returned.
    """
    for step, powers in enumerate(adam_powers()):
        if powers == (beta1_power, beta2_power):
            return step
        if powers[1] < beta2_power or powers == (0, 0):
            raise ValueError(
                f"beta1_power {beta1_power} and beta2_power {beta2_power} are not those of any "
                "step of an Adam with betas 0.9 and 0.999"
            )
    raise AssertionError("unreachable: adam_powers never ends")


def _load_adam(model, checkpoint, found):
    slots = {tutorial_slot: name for name, tutorial_slot in found.slots.items()}
    counters = {kind: name for name, kind in found.counters.items()}
    if len(slots) < len(found.slots) or len(counters) < len(found.counters):
        raise InputError(
            f"{checkpoint.prefix}: holds the state of several optimizers; expected that of one Adam. "
            "Leave out --with-optimizer to convert the weights alone"
        )
    missing = [
        f"{found.names[tutorial]}/{slot}"
        for tutorial in found.names
        for slot in ADAM_SLOTS
        if (tutorial, slot) not in slots
    ]
    missing += [power for power in _POWERS if power not in counters]
    if missing:
        raise InputError(
            f"{checkpoint.prefix}: expected the state of an Adam; it lacks {', '.join(missing)}. "
            "Leave out --with-optimizer to convert the weights alone"
        )
    try:
        step = adam_step(*(checkpoint.read(counters[power]) for power in _POWERS))
    except ValueError as error:
        raise InputError(f"{checkpoint.prefix}: {error}") from error
    state = _adam_state(model)
    for slot, moment in zip(ADAM_SLOTS, _MOMENTS):
        values = {tutorial: checkpoint.read(slots[tutorial, slot]) for tutorial in found.names}
        _assign(state[moment], weight_map.from_tf1(found.network, values))
    model.optimizer.iterations.assign(step)


def _is_adam_of_tf1(model):
    optimizer = model.optimizer
    return (
        type(optimizer) is keras.optimizers.Adam
        and not optimizer.amsgrad
        and (np.float32(optimizer.beta_1), np.float32(optimizer.beta_2)) == _BETAS
        and len(model.trainable_weights) == len(model.weights)
    )


def _adam_state(model):
    """Return {"momentum": {weight path: variable}, "velocity": {...}} of a model that Adam trains."""
    model.optimizer.build(model.trainable_weights)  # does nothing the second time
    by_name = {variable.name: variable for variable in model.optimizer.variables}
    return {
        moment: {weight.path: by_name[f"{weight.path.replace('/', '_')}_{moment}"] for weight in model.weights}
        for moment in _MOMENTS
    }


def _adam_variables(model, carried):
    """Return Adam's slots and powers as the tutorial's graph names them: the model's, or a fresh Adam's."""
    state = (
        _adam_state(model)
        if carried
        else dict.fromkeys(_MOMENTS, {weight.path: np.zeros(weight.shape, "float32") for weight in model.weights})
    )
    step = int(model.optimizer.iterations) if carried else 0
    moments = [
        weight_map.to_tf1(
            model.name, {path: keras.ops.convert_to_numpy(value) for path, value in state[moment].items()}
        )
        for moment in _MOMENTS
    ]
    slots = {
        f"train_op/{name}/{slot}": values[name] for name in moments[0] for slot, values in zip(ADAM_SLOTS, moments)
    }
    powers = next(itertools.islice(adam_powers(), step, None))
    return {**slots, **{f"train_op/{name}": power for name, power in zip(_POWERS, powers)}}


def _assign(variables, values):
    for path, variable in variables.items():
        variable.assign(values[path])


def _rows(found, shapes, with_optimizer):
    used = [
        (found.names[pair.tf1], shapes[found.names[pair.tf1]], _where(pair))
        for pair in weight_map.WEIGHT_MAP[found.network]
    ]
    rest = {
        name: kind in ADAM_SLOTS and f"Adam's {_MOMENTS[ADAM_SLOTS.index(kind)]}"
        for name, (_, kind) in found.slots.items()
    }
    rest.update({name: kind in _POWERS and "Adam's step" for name, kind in found.counters.items()})
    for name in sorted(rest):
        where = rest[name]
        if not where:
            where = "left out: neither a weight nor a part of Adam's state"
        elif not with_optimizer:
            where = f"left out: {where}, not asked for (--with-optimizer)"
        used.append((name, shapes[name], where))
    return used


def _where(pair):
    where = " + ".join(pair.keras)
    return f"{where}, gates i, j, f, o -> i, f, c, o" if pair.has_gates else where
