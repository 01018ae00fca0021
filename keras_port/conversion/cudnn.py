"""The checkpoint of a TF 1 cuDNN layer (CudnnLSTM, CudnnGRU) as a stack of stock Keras layers.

TensorFlow 1 wrote such a layer under the names of the cells that compute the same on any machine:
`SCOPE/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell/kernel`, and for both directions
`SCOPE/stack_bidirectional_rnn/cell_0/bidirectional_rnn/fw/...`. That layer is
time-major, (time, batch, inputs); Keras layers are batch-major, (batch, time, inputs).
"""

import re
from collections.abc import Mapping

import keras

from keras_port.conversion import cells, tf1_names
from keras_port.conversion.checkpoint import Checkpoint
from mnist_training import InputError

_CELL = re.compile(
    r"^(?:(?P<scope>.*)/)?(?:rnn/multi_rnn_cell|stack_bidirectional_rnn)/cell_(?P<layer>\d+)/"
    r"(?:bidirectional_rnn/(?P<way>fw|bw)/)?cudnn_compatible_(?P<kind>lstm|gru)_cell$"
)
_OPAQUE = re.compile(r"(^|/)opaque_kernel(/|$)")


def is_in(shapes: Mapping[str, tuple]) -> bool:
    """Whether a checkpoint with these variables holds a cuDNN layer."""
    return any(cells.CUDNN in name for name in shapes)


def load(checkpoint: Checkpoint) -> tuple[keras.Model, list[tuple], list[str]]:
    """Return (a keras.Model from (batch, time, inputs) to every step's output, rows, notes) of a Checkpoint.

    The rows are those of `convert.Report`. Raises InputError where there are several layers, or one that is not whole.
    """
    found = _cells(checkpoint)
    kind, (scope,) = found[0]["kind"], {cell["scope"] for cell in found}
    units = [_units(checkpoint.shapes, cell) for cell in found]
    names = [name for cell in found for name in cell["group"].values()]
    both_ways = found[0]["way"] is not None
    first = found[0]["group"]["kernel" if kind == "lstm" else "gates/kernel"]
    inputs = keras.Input((None, checkpoint.shapes[first][0] - units[0]))
    layers, outputs = [], inputs
    for number in range(1 + max(int(cell["layer"]) for cell in found)):
        layers.append(_layer(kind, units[0], both_ways, f"{kind}_{number}"))
        outputs = layers[-1](outputs)
    model = keras.Model(inputs, outputs, name=re.sub(r"\W", "_", scope or "cudnn"))
    try:
        cells.to_keras(layers, {name: checkpoint.read(name) for name in names}, scope or "")
    except ValueError as error:
        raise InputError(f"{checkpoint.prefix}: {error}") from error
    rows = [(name, checkpoint.shapes[name], _where(layers, cell)) for cell in found for name in cell["group"].values()]
    rows += [(name, checkpoint.shapes[name], _left_out(name)) for name in sorted(set(checkpoint.shapes) - set(names))]
    return model, rows, ["steps come second: (batch, time, inputs), where the cuDNN layer had (time, batch, inputs)"]


def _layer(kind, units, both_ways, name):
    if kind == "gru":
        layer = keras.layers.GRU(units, return_sequences=True, reset_after=True, name=name)
    else:
        layer = keras.layers.LSTM(units, return_sequences=True, name=name)
    return keras.layers.Bidirectional(layer, name=f"both_ways_{name}") if both_ways else layer


def _cells(checkpoint):
    """Return [what a cuDNN cell's scope tells, with its variables as `group`], in the order of layers."""
    found = []
    for scope, group in tf1_names.cells(checkpoint.shapes).items():
        match = _CELL.match(scope)
        if match:
            found.append({**match.groupdict(), "group": group})
    layers = {(cell["scope"], cell["kind"]) for cell in found}
    if len(layers) != 1:
        listed = ", ".join(sorted(f"{scope or 'no scope'} ({kind})" for scope, kind in layers)) or "none that is whole"
        raise InputError(
            f"{checkpoint.prefix}: expected one cuDNN layer; found {listed}. "
            "keras_port.conversion.cells converts one by its scope (docs/checkpoints.md)"
        )
    return sorted(found, key=lambda cell: (int(cell["layer"]), cell["way"] == "bw"))


def _units(shapes, cell):
    bias, gates = ("bias", 4) if cell["kind"] == "lstm" else ("gates/bias", 2)
    if bias not in cell["group"]:
        raise InputError(f"{', '.join(cell['group'].values())}: a cuDNN cell that is not whole; it lacks {bias}")
    return shapes[cell["group"][bias]][0] // gates


def _where(layers, cell):
    direction = {None: "", "fw": ", forward", "bw": ", backward"}[cell["way"]]
    gates = "gates i, j, f, o -> i, f, c, o" if cell["kind"] == "lstm" else "gates r, u -> z, r; the candidate is h"
    return f"{layers[int(cell['layer'])].name}{direction}, {gates}"


def _left_out(name):
    if _OPAQUE.search(name):
        return "left out: cuDNN's own vector of the same weights, or an optimizer's slot of it"
    return "left out: not a part of the cuDNN layer"
