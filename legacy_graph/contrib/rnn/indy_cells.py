"""Independently recurrent cells: each unit has a single recurrent weight, on its own state.

S. Li et al., Independently Recurrent Neural Network (IndRNN), https://arxiv.org/abs/1803.04831
P. Gonnet, T. Deselaers, IndyLSTMs: Independently Recurrent LSTMs,
https://arxiv.org/abs/1903.08023
"""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.cell import LayerCell, as_written
from legacy_graph.contrib.rnn.rnn_cell_impl import LSTMStateTuple


class _IndyCell(LayerCell):
    """Base of the three cells: creates kernels, recurrent weights in [-1, 1], and biases."""

    def _add_gates(self, kernel, recurrent, bias, inputs_shape, columns, bias_start=0.0):
        input_size = tf.TensorShape(inputs_shape).as_list()[1]
        if input_size is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        constant = tf.constant_initializer(bias_start, dtype=self.dtype)
        zeros = tf.zeros_initializer(dtype=self.dtype)
        return (
            self.add_variable(kernel, [input_size, columns], initializer=self._kernel_initializer),
            self.add_variable(
                recurrent,
                [1, columns],
                initializer=tf.random_uniform_initializer(minval=-1, maxval=1, dtype=self.dtype),
            ),
            self.add_variable(
                bias, [columns], initializer=(self._bias_initializer or (constant if bias_start else zeros))
            ),
        )


class IndRNNCell(_IndyCell):
    """IndRNN: h' = act(x W + u * h + b), with one recurrent weight u per unit.

    Args:
      num_units: number of units.
      activation: activation of the state; tanh if None.
      reuse, name, dtype: arguments of TF 1's layers.
    """

    _kernel_initializer = _bias_initializer = None

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(num_units, num_units, _reuse=reuse, name=name, dtype=dtype)
        self._num_units, self._activation = num_units, activation or tf.tanh

    def build(self, inputs_shape):
        self._kernel_w, self._kernel_u, self._bias = self._add_gates(
            "kernel_w", "kernel_u", "bias", inputs_shape, self._num_units
        )
        self.built = True

    @as_written
    def call(self, inputs, state):
        gates = tf.matmul(inputs, self._kernel_w) + (state * self._kernel_u)
        output = self._activation(tf.nn.bias_add(gates, self._bias))
        return output, output


class IndyGRUCell(_IndyCell):
    """A GRU whose recurrent matrices are replaced by one weight per unit and gate.

    Args:
      num_units: number of units.
      activation: activation of the candidate; tanh if None.
      kernel_initializer, bias_initializer: initializers of the kernels and of both biases; if None, the
        gates' bias starts at 1 and the candidate's at 0.
      reuse, name, dtype: arguments of TF 1's layers.
    """

    def __init__(
        self,
        num_units,
        activation=None,
        reuse=None,
        kernel_initializer=None,
        bias_initializer=None,
        name=None,
        dtype=None,
    ):
        super().__init__(num_units, num_units, _reuse=reuse, name=name, dtype=dtype)
        self._num_units, self._activation = num_units, activation or tf.tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def build(self, inputs_shape):
        self._gates = self._add_gates(
            "gates/kernel_w", "gates/kernel_u", "gates/bias", inputs_shape, 2 * self._num_units, 1.0
        )
        self._candidate = self._add_gates(
            "candidate/kernel", "candidate/kernel_u", "candidate/bias", inputs_shape, self._num_units
        )
        self.built = True

    @as_written
    def call(self, inputs, state):
        kernel, recurrent, bias = self._gates
        gates = tf.matmul(inputs, kernel) + (tf.tile(state, [1, 2]) * recurrent)
        r, u = tf.split(tf.sigmoid(tf.nn.bias_add(gates, bias)), 2, axis=1)
        r_state = r * state
        kernel, recurrent, bias = self._candidate
        candidate = tf.matmul(inputs, kernel) + (r_state * recurrent)
        candidate = self._activation(tf.nn.bias_add(candidate, bias))
        new_h = u * state + (1 - u) * candidate
        return new_h, new_h


class IndyLSTMCell(_IndyCell):
    """An LSTM whose recurrent matrix is replaced by one weight per unit and gate; columns i, j, f, o.

    Args:
      num_units: number of units.
      forget_bias: added to the forget gate.
      activation: activation of candidate and output; tanh if None.
      kernel_initializer, bias_initializer: initializers of kernel and bias; zeros for the bias if None.
      reuse, name, dtype: arguments of TF 1's layers.
    """

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        activation=None,
        reuse=None,
        kernel_initializer=None,
        bias_initializer=None,
        name=None,
        dtype=None,
    ):
        super().__init__(LSTMStateTuple(num_units, num_units), num_units, _reuse=reuse, name=name, dtype=dtype)
        self._num_units, self._forget_bias = num_units, forget_bias
        self._activation = activation or tf.tanh
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer

    def build(self, inputs_shape):
        self._kernel_w, self._kernel_u, self._bias = self._add_gates(
            "kernel_w", "kernel_u", "bias", inputs_shape, 4 * self._num_units
        )
        self.built = True

    @as_written
    def call(self, inputs, state):
        one = tf.constant(1)
        c, h = state
        gates = tf.matmul(inputs, self._kernel_w)
        gates += tf.tile(h, [1, 4]) * self._kernel_u
        i, j, f, o = tf.split(tf.nn.bias_add(gates, self._bias), 4, axis=one)
        forget_bias = tf.constant(self._forget_bias, dtype=f.dtype)
        new_c = tf.add(
            tf.multiply(c, tf.sigmoid(tf.add(f, forget_bias))), tf.multiply(tf.sigmoid(i), self._activation(j))
        )
        new_h = tf.multiply(self._activation(new_c), tf.sigmoid(o))
        return new_h, LSTMStateTuple(new_c, new_h)
