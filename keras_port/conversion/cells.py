"""The weights of TF 1 RNN cells, of any network, in Keras layers and back.

    variables = keras_port.conversion.checkpoint.Checkpoint("model.ckpt-900").read_all()
    to_keras(layer, variables, scope="decoder")                       # fills the Keras layer
    variables.update(from_keras(layer, variables, scope="decoder"))   # the inverse

TensorFlow 1                                      Keras
------------                                      -----
BasicLSTMCell; LSTMCell without peepholes and     LSTM, LSTMCell, or RNN(keras_port.BasicLSTMCell)
  without projection
GRUCell                                           GRU or GRUCell, with reset_after=False
CudnnCompatibleGRUCell, CudnnGRU's checkpoints    GRU or GRUCell, with reset_after=True
CudnnCompatibleLSTMCell, CudnnLSTM's              LSTM, LSTMCell, or RNN(keras_port.BasicLSTMCell)
BasicRNNCell                                      SimpleRNN or SimpleRNNCell
MultiRNNCell                                      a list of layers, or RNN([cell, ...])
bidirectional_dynamic_rnn, static_bidirectional   Bidirectional
stack_bidirectional_*                             a list of Bidirectional layers

A cell object that appears several times in a MultiRNNCell has one set of weights: repeat its layer in the list.
Variables may have the names of any TensorFlow 1, within any outer scope.

All numbers are copied bit for bit, with one exception: keras.layers.LSTM has no constant forget bias, so
it is added to the forget gate's bias, which rounds it. RNN(keras_port.BasicLSTMCell) keeps it separate.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np

from keras_port.cell import BasicLSTMCell
from keras_port.conversion import tf1_names
from keras_port.conversion.gates import KERAS_GATES, ifco_to_ijfo, ijfo_to_ifco, join_kernels, split_kernel

CUDNN = "cudnn_compatible_"  # the cells that a cuDNN layer's checkpoint is named after
_CELL_NAME = r"\w*(lstm|gru|rnn)\w*cell(_\d+)?"


def to_keras(
    layer: Any, variables: Mapping[str, np.ndarray], scope: str = "", forget_bias: float | None = None
) -> list[str]:
    """Set the weights of `layer` from {TF 1 variable name: array}; returns the names that were used.

    Args:
      layer: a built Keras layer or cell, or a list of them, as in the table above.
      variables: of the checkpoint; those that belong to no cell in `scope` are ignored.
      scope: the variable scope of the cells, such as `decoder/rnn`; needed where there are others.
      forget_bias: of the TF 1 LSTM cells. A checkpoint does not have it; the default is TF 1's 1.0, and
        0.0 for cuDNN's layers, which have none.

    Raises ValueError, naming both, where the cells do not match the layers, and where a cell has
    weights that the Keras layer does not: peepholes, a projection.
    """
    pairs = _pairs(layer, _cells(variables, scope))
    weights = [
        _KINDS[type(cell)].to_keras(
            cell, {leaf: variables[name] for leaf, name in group.items()}, _forget_bias(forget_bias, group)
        )
        for cell, group in pairs
    ]
    for (cell, group), arrays in zip(pairs, weights):
        expected = [tuple(weight.shape) for weight in cell.weights]
        if [array.shape for array in arrays] != expected:
            raise ValueError(
                f"{', '.join(group.values())} give weights of shapes "
                f"{[array.shape for array in arrays]}; {cell.name} has {expected}"
            )
    for (cell, _), arrays in zip(pairs, weights):
        cell.set_weights(arrays)
    return [name for _, group in pairs for name in group.values()]


def from_keras(
    layer: Any, names: Iterable[str], scope: str = "", forget_bias: float | None = None
) -> dict[str, np.ndarray]:
    """Return {TF 1 variable name: array} with the weights of `layer`; the inverse of `to_keras`.

    `names`: of the TF 1 variables, such as `[v.op.name for v in tf.global_variables()]`; those of the
    cells in `scope` are returned.
    """
    found: dict[str, np.ndarray] = {}
    for cell, group in _pairs(layer, _cells(names, scope)):
        arrays = [keras.ops.convert_to_numpy(weight) for weight in cell.weights]
        values = _KINDS[type(cell)].to_tf1(cell, arrays, _forget_bias(forget_bias, group))
        found.update((name, values[leaf]) for leaf, name in group.items())
    return found


def _forget_bias(said, group):
    if said is not None:
        return said
    return 0.0 if any(CUDNN in name for name in group.values()) else 1.0


def _cells(names, scope):
    """Return {scope of a cell: {leaf: name}} of the cells within `scope`."""
    inside = {
        cell: group
        for cell, group in tf1_names.cells(names).items()
        if not scope or f"{cell}/".startswith(f"{tf1_names.modern(scope)}/")
    }
    # Dense layers have kernels, too, and a cell that its user named does not have its class in its scope.
    named = {cell: group for cell, group in inside.items() if tf1_names.component(cell.rpartition("/")[2], _CELL_NAME)}
    return named or inside


def _pairs(layer, cells):
    """Pair each Keras cell in `layer` with the variables of its TF 1 cell, [(cell, {leaf: name})]."""
    if isinstance(layer, keras.layers.Bidirectional):
        parts = _grouped(cells, "fw|bw", lambda match: match[0])
        _check_keys(layer.name, parts, ["fw", "bw"])
        return _pairs(layer.forward_layer, parts["fw"]) + _pairs(layer.backward_layer, parts["bw"])
    if isinstance(layer, keras.layers.StackedRNNCells):
        return _pairs(layer.cells, cells)
    if isinstance(layer, keras.layers.RNN):
        return _pairs(layer.cell, cells)
    if isinstance(layer, (list, tuple)):
        first = {id(item): number for number, item in reversed(list(enumerate(layer)))}
        parts = _grouped(cells, r"cell_(\d+)", lambda match: int(match[1]))
        _check_keys(f"the stack {[item.name for item in layer]}", parts, sorted(first.values()))
        return [pair for number in sorted(parts) for pair in _pairs(layer[number], parts[number])]
    return [(layer, _group(layer, cells))]


def _grouped(cells, pattern, key):
    """Group cells by the first component of their scopes that matches `pattern`: {key: cells}."""
    parts = {}
    for scope, group in cells.items():
        match = tf1_names.component(scope, pattern)
        part = parts.setdefault(match and key(match), {})
        components = scope.split("/")  # cells of a group may be grouped again, by later components
        part["/".join(components[components.index(match[0]) + 1 :]) if match else scope] = group
    return parts


def _check_keys(what, parts, keys):
    if set(parts) != set(keys):
        scopes = [scope for part in parts.values() for scope in part]
        raise ValueError(
            f"{what}: expected cells {keys}, one for each different layer; "
            f"the variables have {sorted(map(str, parts))}, in {scopes or 'no cell at all'}"
        )


def _group(cell, cells):
    """Return the variables, {leaf: name}, of the only one of `cells`; it must be of this cell's kind."""
    kind = _KINDS.get(type(cell))
    if kind is None:
        raise ValueError(
            f"{cell!r}: expected one of {', '.join(known.__name__ for known in _KINDS)}, "
            "or a layer, Bidirectional or list of them"
        )
    if not cell.built:
        raise ValueError(f"{cell.name} has no weights yet: call its layer, or the layer's build, first")
    if len(cells) != 1:
        raise ValueError(
            f"{cell.name}: expected the variables of one cell; found {', '.join(cells) or 'none'}. Say which by `scope`"
        )
    ((scope, group),) = cells.items()
    if set(group) not in (set(kind.leaves), set(kind.cudnn_leaves)):
        raise ValueError(f"{scope} holds {', '.join(group)}; {type(cell).__name__} takes only {', '.join(kind.leaves)}")
    if kind is _Gru:
        kind.check(cell, group)
    return group


class _Lstm:
    leaves = cudnn_leaves = ("kernel", "bias")

    @staticmethod
    def to_keras(cell, values, forget_bias):
        return [
            *split_kernel(ijfo_to_ifco(values["kernel"]), cell.units),
            _raise_forget_gate(cell, ijfo_to_ifco(values["bias"]), forget_bias, +1),
        ]

    @staticmethod
    def to_tf1(cell, weights, forget_bias):
        kernel, recurrent_kernel, bias = weights
        return {
            "kernel": ifco_to_ijfo(join_kernels(kernel, recurrent_kernel)),
            "bias": ifco_to_ijfo(_raise_forget_gate(cell, bias, forget_bias, -1)),
        }


def _raise_forget_gate(cell, bias, forget_bias, sign):
    """Return Keras's bias with the forget bias added (sign 1) or subtracted (-1), unless the cell adds it."""
    if isinstance(cell, BasicLSTMCell):
        if cell.forget_bias != forget_bias:
            raise ValueError(f"{cell.name} adds a forget bias of {cell.forget_bias}; expected {forget_bias}")
        return bias
    blocks = np.split(bias, len(KERAS_GATES))
    blocks[KERAS_GATES.index("f")] = blocks[KERAS_GATES.index("f")] + np.float32(sign * forget_bias)
    return np.concatenate(blocks)


class _Gru:
    """TensorFlow 1 has a gates' kernel, columns r, u, and a candidate's; Keras one kernel, columns z (u), r, candidate.

    cuDNN's candidate has one kernel and bias for the input, and another for the state; the reset gate multiplies what
    the latter gives. cuDNN's gates have one bias each, which becomes Keras's input bias. Converting back adds Keras's
    input bias and recurrent bias.
    """

    leaves = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")
    cudnn_leaves = (
        "gates/kernel",
        "gates/bias",
        "candidate/input_projection/kernel",
        "candidate/input_projection/bias",
        "candidate/hidden_projection/kernel",
        "candidate/hidden_projection/bias",
    )

    @classmethod
    def to_keras(cls, cell, values, forget_bias):
        if cell.reset_after:
            return cls._cudnn_to_keras(cell, values)
        joined = {}
        for leaf in ("kernel", "bias"):
            r, u = np.split(values[f"gates/{leaf}"], 2, axis=-1)
            joined[leaf] = np.concatenate([u, r, values[f"candidate/{leaf}"]], axis=-1)
        return [*split_kernel(joined["kernel"], cell.units), joined["bias"]]

    @classmethod
    def to_tf1(cls, cell, weights, forget_bias):
        kernel, recurrent_kernel, bias = weights
        if cell.reset_after:
            return cls._cudnn_to_tf1(kernel, recurrent_kernel, bias)
        values = {}
        for leaf, array in (("kernel", join_kernels(kernel, recurrent_kernel)), ("bias", bias)):
            z, r, h = np.split(array, 3, axis=-1)
            values.update({f"gates/{leaf}": np.concatenate([r, z], axis=-1), f"candidate/{leaf}": h})
        return values

    @staticmethod
    def _cudnn_to_keras(cell, values):
        kernel, recurrent = split_kernel(values["gates/kernel"], cell.units)
        of_input, of_state = (f"candidate/{side}_projection" for side in ("input", "hidden"))

        def joined(gates, candidate):
            r, u = np.split(gates, 2, axis=-1)
            return np.concatenate([u, r, candidate], axis=-1)

        no_bias = np.zeros_like(values["gates/bias"])
        bias = [
            joined(values["gates/bias"], values[f"{of_input}/bias"]),
            joined(no_bias, values[f"{of_state}/bias"]),
        ]
        return [
            joined(kernel, values[f"{of_input}/kernel"]),
            joined(recurrent, values[f"{of_state}/kernel"]),
            np.stack(bias),
        ]

    @staticmethod
    def _cudnn_to_tf1(kernel, recurrent_kernel, bias):
        values = {}
        parts = {"input": (kernel, bias[0]), "hidden": (recurrent_kernel, bias[1])}
        gates = []
        for side, arrays in parts.items():
            (z, r, h), (z_bias, r_bias, h_bias) = (np.split(array, 3, axis=-1) for array in arrays)
            gates.append((np.concatenate([r, z], axis=-1), np.concatenate([r_bias, z_bias])))
            values[f"candidate/{side}_projection/kernel"] = h
            values[f"candidate/{side}_projection/bias"] = h_bias
        (of_input, input_bias), (of_state, state_bias) = gates
        values["gates/kernel"], values["gates/bias"] = join_kernels(of_input, of_state), input_bias + state_bias
        return values

    @classmethod
    def check(cls, cell, group):
        """Raise ValueError where the cell's reset gate is not where that of the variables is."""
        is_cudnn = set(group) == set(cls.cudnn_leaves)
        if cell.reset_after and not is_cudnn:
            raise ValueError(
                f"{cell.name} applies the reset gate after the recurrent kernel, TensorFlow 1's "
                "GRUCell before it: make the layer with reset_after=False"
            )
        if is_cudnn and not cell.reset_after:
            raise ValueError(
                f"{cell.name} applies the reset gate before the recurrent kernel, cuDNN's GRU after it: make the layer "
                "with reset_after=True"
            )


class _SimpleRnn:
    leaves = cudnn_leaves = ("kernel", "bias")

    @staticmethod
    def to_keras(cell, values, forget_bias):
        return [*split_kernel(values["kernel"], cell.units), values["bias"]]

    @staticmethod
    def to_tf1(cell, weights, forget_bias):
        kernel, recurrent_kernel, bias = weights
        return {"kernel": join_kernels(kernel, recurrent_kernel), "bias": bias}


_KINDS: dict[type, Any] = {
    BasicLSTMCell: _Lstm,
    keras.layers.LSTMCell: _Lstm,
    keras.layers.GRUCell: _Gru,
    keras.layers.SimpleRNNCell: _SimpleRnn,
}
