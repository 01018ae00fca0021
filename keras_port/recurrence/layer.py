"""keras.layers.RNN(BasicLSTMCell(...)) with its loop rewritten for speed, and the projection it folds in.

BasicLSTMCell remains the definition: it holds the weights, and tests hold this layer to it, values
and gradients. What is done otherwise, on every backend:

1. A step is one matrix product, of [its input, 1, h] and the joined weights [kernel; bias; recurrent
   kernel], as in TensorFlow 1.
2. Nothing nonlinear stands between the tutorial's input projection and the gates. So
   (x W + b) K = x (W K) + b K: two small matrices are multiplied once, and the loop's inputs are the 28
   pixels of a row, not 128 projected features. See `InputProjection`.
3. Differentiating a loop step by step adds to the gradient of the recurrent kernel at every step. It is
   one product of all steps' inputs and h with all gates' gradients, after the loop, and that of the
   other weights with it. See `on_tensorflow`.

None of it changes what is computed, only the order in which float32 sums are rounded.
"""

import importlib
import threading

import keras
import numpy as np
from keras import ops

from keras_port.cell import BasicLSTMCell

_recent = threading.local()  # what the thread's last InputProjection returned, and from what


@keras.saving.register_keras_serializable(package="keras_port")
class InputProjection(keras.layers.Dense):
    """keras.layers.Dense without activation; an LSTM that reads its output need not wait for it.

    The layer returns x W + b as Dense does. It also notes x, W and b, and an `LSTM` that is called
    next on that very output takes these instead. The output is then used by nobody, and compilers
    leave it out.

    Raises ValueError where an activation is asked for: nothing could be folded then.
    """

    def __init__(self, units, activation=None, **kwargs):
        super().__init__(units, activation=activation, **kwargs)
        if self.activation is not keras.activations.linear:
            raise ValueError(f"activation: expected none, for a projection is linear; received {activation!r}")

    def call(self, inputs, training=None):
        """Return inputs @ kernel + bias, of shape (batch, ..., units)."""
        outputs = super().call(inputs)
        _recent.projection = outputs, (inputs, self.kernel, self.bias)
        return outputs


@keras.saving.register_keras_serializable(package="keras_port")
class LSTM(keras.layers.RNN):
    """keras.layers.RNN for a `BasicLSTMCell`: the same arguments, weights and results.

    The loop is the backend's `recurrence`; one step needs none. keras.layers.RNN's own, a step of the cell
    at a time, is taken where there is a mask, where the layer reads backwards or is unrolled, in other precisions
    than float32, and where the backend's is not faster.

    Raises ValueError where the cell is no BasicLSTMCell.
    """

    def __init__(self, cell, **kwargs):
        super().__init__(cell, **kwargs)
        if not isinstance(cell, BasicLSTMCell):
            raise ValueError(f"cell: expected a BasicLSTMCell; received {type(cell).__name__}")

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Return what keras.layers.RNN does."""
        self._from_zeros = initial_state is None and not self.stateful
        return super().call(sequences, initial_state, mask, training)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Return the last h, the h of all steps (None where not asked for), and the states [h, c]."""
        if mask is None and sequences.shape[1] == 1:
            # From zeros, all examples start alike: one row of states serves them all.
            states = [state[:1] for state in initial_state] if self._from_zeros else initial_state
            h, states = self.cell(sequences[:, 0], states)
            return h, h[:, None], states
        inputs, kernel, bias = self._inputs_of_the_gates(sequences)
        backend = _backend()
        plain = mask is not None or self.go_backwards or self.unroll or self.compute_dtype != "float32"
        if plain or not backend.is_faster(inputs, self.cell.units, training):
            return super().inner_loop(sequences, initial_state, mask, training)
        h, c = initial_state
        outputs, h, c = backend.recurrence(
            inputs, kernel, ops.convert_to_tensor(self.cell.recurrent_kernel), bias, h, c, self.return_sequences
        )
        return h, outputs, [h, c]

    def _inputs_of_the_gates(self, sequences):
        """What the gates are linear in, and how: (inputs, kernel, bias), the forget bias included."""
        cell = self.cell
        kernel = ops.convert_to_tensor(cell.kernel)
        # An array: a list would become a tensor an element on PyTorch.
        of_gates = np.repeat(np.array([0, cell.forget_bias, 0, 0], "float32"), cell.units)  # i, f, c, o
        bias = cell.bias + ops.convert_to_tensor(of_gates)
        outputs, noted = getattr(_recent, "projection", (None, None))
        if outputs is not sequences or outputs is None:
            return sequences, kernel, bias
        _recent.projection = None, None
        inputs, projection, offset = noted
        if offset is not None:
            bias = bias + ops.squeeze(ops.matmul(offset[None], kernel), 0)
        return inputs, ops.matmul(projection, kernel), bias


def _backend():
    return importlib.import_module(f"keras_port.recurrence.on_{keras.backend.backend()}")
