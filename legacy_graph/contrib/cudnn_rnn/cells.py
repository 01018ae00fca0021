"""Cells that run models trained with cuDNN on any device."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.cell import as_written
from legacy_graph.contrib.rnn.lstm_ops import LSTMBlockCell
from legacy_graph.contrib.rnn.rnn_cell_impl import GRUCell


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """An `LSTMBlockCell` with forget_bias=0: as in cuDNN, the trained bias is the only one.

    Args:
      num_units: number of units.
      reuse: if True, reuse the variables of the scope.
    """

    def __init__(self, num_units, reuse=None):
        super().__init__(
            num_units, forget_bias=0, cell_clip=None, use_peephole=False, reuse=reuse, name="cudnn_compatible_lstm_cell"
        )


class CudnnCompatibleGRUCell(GRUCell):
    """A GRU that applies the reset gate after the recurrent product, as cuDNN does.

    candidate = tanh(x Wx + bx + r * (h Wh + bh)), where `GRUCell` computes (r * h) Wh.
    K. Cho et al., https://arxiv.org/abs/1406.1078; this variant is cuDNN's.

    Args:
      num_units: number of units.
      reuse: if True, reuse the variables of the scope.
      kernel_initializer: initializer of the three kernels.
    """

    def __init__(self, num_units, reuse=None, kernel_initializer=None):
        super().__init__(num_units, activation=None, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape):
        input_size, units = tf.TensorShape(inputs_shape).as_list()[1], self._num_units
        if input_size is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        self._gate_kernel = self._kernel("gates", input_size + units, 2 * units)
        self._gate_bias = self._bias("gates", 2 * units, tf.constant_initializer(1.0, dtype=self.dtype))
        self._candidate_input_kernel = self._kernel("candidate/input_projection", input_size, units)
        self._candidate_hidden_kernel = self._kernel("candidate/hidden_projection", units, units)
        zeros = tf.zeros_initializer(dtype=self.dtype)
        self._candidate_input_bias = self._bias("candidate/input_projection", units, zeros)
        self._candidate_hidden_bias = self._bias("candidate/hidden_projection", units, zeros)
        self.built = True

    def _kernel(self, place, rows, columns):
        return self.add_variable(f"{place}/kernel", shape=[rows, columns], initializer=self._kernel_initializer)

    def _bias(self, place, columns, initializer):
        return self.add_variable(f"{place}/bias", shape=[columns], initializer=initializer)

    @as_written
    def call(self, inputs, state):
        gates = tf.matmul(tf.concat([inputs, state], 1), self._gate_kernel)
        r, u = tf.split(tf.sigmoid(tf.nn.bias_add(gates, self._gate_bias)), 2, axis=1)
        candidate = tf.nn.bias_add(tf.matmul(inputs, self._candidate_input_kernel), self._candidate_input_bias)
        candidate += r * tf.nn.bias_add(tf.matmul(state, self._candidate_hidden_kernel), self._candidate_hidden_bias)
        candidate = self._activation(candidate)
        new_h = (1 - u) * candidate + u * state
        return new_h, new_h
