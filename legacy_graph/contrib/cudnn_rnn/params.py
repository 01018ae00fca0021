"""Layout of a cuDNN layer's weight vector, and its conversion to and from the weights of cells.

For each layer and direction, and each gate, cuDNN has an input matrix [units, inputs], a recurrent matrix
[units, units] and two biases. The vector holds all matrices, layer by layer, then all biases. To convert to a cell,
the matrices are concatenated to its kernel and the two biases are added. To convert back, each bias gets half the sum.
"""

import dataclasses

import numpy as np
import tensorflow.compat.v1 as tf

GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1, "rnn_relu": 1}
# cuDNN's gate order is i, f, c, o; the cells' is i, c, f, o. The permutation is its own inverse.
_LSTM_ORDER = (0, 2, 1, 3)
CELLS = {
    "lstm": "cudnn_compatible_lstm_cell",
    "gru": "cudnn_compatible_gru_cell",
    "rnn_tanh": "basic_rnn_cell",
    "rnn_relu": "basic_rnn_cell",
}
_KERNELS = {"gru": ("gates", "candidate/input_projection", "candidate/hidden_projection")}


@dataclasses.dataclass(frozen=True)
class Layout:
    """Kind of RNN, number of layers, units and inputs, and directions: all that determines the weights' shapes."""

    mode: str
    layers: int
    units: int
    inputs: int
    both_ways: bool

    @property
    def parts(self):
        """All pairs (layer, direction), in cuDNN's order."""
        return [(layer, way) for layer in range(self.layers) for way in range(1 + self.both_ways)]

    def inputs_of(self, layer):
        """Return the input size of a layer."""
        return self.units * (1 + self.both_ways) if layer else self.inputs

    @property
    def weight_shapes(self):
        """Shapes of cuDNN's matrices: for each part the input matrices, one per gate, then the recurrent ones."""
        gates = GATES[self.mode]
        return [
            (self.units, size)
            for layer, _ in self.parts
            for size in [self.inputs_of(layer)] * gates + [self.units] * gates
        ]

    @property
    def bias_shapes(self):
        """Shapes of cuDNN's biases: for each part the input biases, one per gate, then the recurrent ones."""
        return [(self.units,)] * (2 * GATES[self.mode] * len(self.parts))

    @property
    def size(self):
        """Length of the vector."""
        return sum(int(np.prod(shape)) for shape in self.weight_shapes + self.bias_shapes)

    def names(self):
        """Return the checkpoint names of the cells' kernels, and those of their biases."""
        kernels, biases = [], []
        for layer, way in self.parts:
            one_way, two_ways = "rnn/multi_rnn_cell", "stack_bidirectional_rnn"
            place = f"{two_ways if self.both_ways else one_way}/cell_{layer}"
            place += f"/bidirectional_rnn/{('fw', 'bw')[way]}" if self.both_ways else ""
            inside = [f"{place}/{CELLS[self.mode]}/{name}".rstrip("/") for name in _KERNELS.get(self.mode, ("",))]
            kernels += [name + "/kernel" for name in inside]
            biases += [name + "/bias" for name in inside]
        return kernels, biases

    def split(self, vector):
        """Split the vector into cuDNN's matrices and biases: two lists of tensors."""
        sizes = [int(np.prod(shape)) for shape in self.weight_shapes + self.bias_shapes]
        pieces = tf.split(vector, sizes)
        shaped = [tf.reshape(piece, shape) for piece, shape in zip(pieces, self.weight_shapes)]
        return shaped, pieces[len(self.weight_shapes) :]

    def join(self, weights, biases):
        """Concatenate cuDNN's matrices and biases to the vector."""
        return tf.concat([tf.reshape(part, [-1]) for part in [*weights, *biases]], 0)

    def to_cells(self, vector):
        """Return the cells' kernels and biases, in the order of `names`."""
        weights, biases = self.split(vector)
        step = 2 * GATES[self.mode]
        kernels, sums = [], []
        for start in range(0, len(weights), step):
            to_cell = _gru_to_cell if self.mode == "gru" else _to_cell
            of_kernel, of_bias = to_cell(weights[start : start + step], biases[start : start + step])
            kernels, sums = kernels + of_kernel, sums + of_bias
        return kernels, sums

    def from_cells(self, kernels, biases):
        """Return the vector for the cells' kernels and biases; each cuDNN bias is half of the cell's."""
        each = len(kernels) // len(self.parts)
        weights, halves = [], []
        for number, (layer, _) in enumerate(self.parts):
            here = slice(each * number, each * (number + 1))
            from_cell = _gru_from_cell if self.mode == "gru" else _from_cell
            of_weights, of_biases = from_cell(kernels[here], biases[here], self.inputs_of(layer), GATES[self.mode])
            weights, halves = weights + of_weights, halves + of_biases
        return self.join(weights, halves)


def _ordered(gates):
    return [gates[place] for place in _LSTM_ORDER] if len(gates) == 4 else gates


def _to_cell(weights, biases):
    gates = len(weights) // 2
    rows = [tf.concat([of_input, of_state], 1) for of_input, of_state in zip(weights[:gates], weights[gates:])]
    sums = [beside_input + beside_state for beside_input, beside_state in zip(biases[:gates], biases[gates:])]
    return [tf.transpose(tf.concat(_ordered(rows), 0))], [tf.concat(_ordered(sums), 0)]


def _from_cell(kernels, biases, inputs, gates):
    rows = _ordered(tf.split(tf.transpose(kernels[0]), gates, axis=0))
    halves = [half * 0.5 for half in _ordered(tf.split(biases[0], gates, axis=0))]
    return [row[:, :inputs] for row in rows] + [row[:, inputs:] for row in rows], halves + halves


def _gru_to_cell(weights, biases):
    first, second, candidate, *of_state = weights
    rows = [tf.concat([first, of_state[0]], 1), tf.concat([second, of_state[1]], 1)]
    kernels = [tf.transpose(tf.concat(rows, 0)), tf.transpose(candidate), tf.transpose(of_state[2])]
    gates = tf.concat(biases[:2], 0) + tf.concat(biases[3:5], 0)
    return kernels, [gates, biases[2], biases[5]]


def _gru_from_cell(kernels, biases, inputs, gates):
    rows = tf.split(tf.transpose(kernels[0]), 2, axis=0)
    weights = [row[:, :inputs] for row in rows] + [tf.transpose(kernels[1])]
    weights += [row[:, inputs:] for row in rows] + [tf.transpose(kernels[2])]
    halves = tf.split(biases[0] * 0.5, 2, axis=0)
    return weights, [*halves, biases[1], *halves, biases[2]]
