"""Gated cells with a single state tensor, and the NAS cell."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.cell import Cell, LayerCell, as_written, known_width
from legacy_graph.contrib.rnn.linear import _Linear
from legacy_graph.contrib.rnn.rnn_cell_impl import LSTMStateTuple


def _built_width(inputs_shape):
    width = tf.TensorShape(inputs_shape).with_rank(2).as_list()[1]
    if width is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
    return width


class NASCell(LayerCell):
    """The cell found by neural architecture search; state (c, h).

    B. Zoph, Q. V. Le, Neural Architecture Search with Reinforcement Learning,
    https://arxiv.org/abs/1611.01578 (figure 8, right).

    Args:
      num_units: number of units.
      num_proj: columns of the output projection; None for no projection.
      use_bias: whether the map of h has a bias.
      reuse, **kwargs: arguments of TF 1's layers.
    """

    _NAS_BASE = 8

    def __init__(self, num_units, num_proj=None, use_bias=False, reuse=None, **kwargs):
        output_size = num_units if num_proj is None else num_proj
        super().__init__(LSTMStateTuple(num_units, output_size), output_size, ndim=None, _reuse=reuse, **kwargs)
        self._num_units, self._num_proj, self._use_bias = num_units, num_proj, use_bias

    def build(self, inputs_shape):
        input_size, columns = _built_width(inputs_shape), self._NAS_BASE * self._num_units
        self.recurrent_kernel = self.add_variable("recurrent_kernel", [self._output_size, columns])
        self.kernel = self.add_variable("kernel", [input_size, columns])
        if self._use_bias:
            self.bias = self.add_variable("bias", [columns], initializer=tf.zeros_initializer)
        if self._num_proj is not None:
            self.projection_weights = self.add_variable("projection_weights", [self._num_units, self._num_proj])
        self.built = True

    @as_written
    def call(self, inputs, state):
        c, h = state
        of_h, of_x = tf.matmul(h, self.recurrent_kernel), tf.matmul(inputs, self.kernel)
        if self._use_bias:
            of_h = tf.nn.bias_add(of_h, self.bias)
        h = tf.split(of_h, self._NAS_BASE, axis=1)
        x = tf.split(of_x, self._NAS_BASE, axis=1)
        leaves = [
            tf.sigmoid(x[0] + h[0]),
            tf.nn.relu(x[1] + h[1]),
            tf.sigmoid(x[2] + h[2]),
            tf.nn.relu(x[3] * h[3]),
            tf.tanh(x[4] + h[4]),
            tf.sigmoid(x[5] + h[5]),
            tf.tanh(x[6] + h[6]),
            tf.sigmoid(x[7] + h[7]),
        ]
        branches = [
            tf.tanh(leaves[0] * leaves[1]),
            tf.tanh(leaves[2] + leaves[3]),
            tf.tanh(leaves[4] * leaves[5]),
            tf.sigmoid(leaves[6] + leaves[7]),
        ]
        new_c = tf.tanh(branches[0] + c) * branches[1]
        new_h = tf.tanh(new_c * tf.tanh(branches[2] + branches[3]))
        if self._num_proj is not None:
            new_h = tf.matmul(new_h, self.projection_weights)
        return new_h, LSTMStateTuple(new_c, new_h)


class UGRNNCell(Cell):
    """Update gate RNN: h' = g * h + (1 - g) * act(c), with [g, c] = [x, h] W + b.

    J. Collins, J. Sohl-Dickstein, D. Sussillo, Capacity and Trainability in Recurrent Neural
    Networks, https://arxiv.org/abs/1611.09913

    Args:
      num_units: number of units.
      initializer: initializer of the kernel.
      forget_bias: added to the gate before its sigmoid.
      activation: activation of the candidate.
      reuse: if True, reuse the variables of the scope.
    """

    def __init__(self, num_units, initializer=None, forget_bias=1.0, activation=tf.tanh, reuse=None):
        super().__init__(num_units, num_units, _reuse=reuse)
        self._num_units, self._initializer = num_units, initializer
        self._forget_bias, self._activation, self._linear = forget_bias, activation, None

    @as_written
    def call(self, inputs, state):
        known_width(inputs)
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            joined = tf.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = _Linear(joined, 2 * self._num_units, True)
            gate, candidate = tf.split(self._linear(joined), 2, axis=1)
            candidate = self._activation(candidate)
            gate = tf.sigmoid(gate + self._forget_bias)
            new_state = gate * state + (1.0 - gate) * candidate
        return new_state, new_state


class IntersectionRNNCell(Cell):
    """The "+RNN": a UGRNN over time, combined with a highway layer over depth.

    J. Collins, J. Sohl-Dickstein, D. Sussillo, https://arxiv.org/abs/1611.09913, section S.1.

    Args:
      num_units: number of units; the inputs must have as many columns.
      num_in_proj: if true, inputs of another width are first projected to num_units columns.
      initializer: initializer of the kernels.
      forget_bias: added to both gates before their sigmoid.
      y_activation: activation of the candidate output.
      reuse: if True, reuse the variables of the scope.

    Calling the cell raises ValueError if the inputs have another width and num_in_proj is not set.
    """

    def __init__(
        self, num_units, num_in_proj=None, initializer=None, forget_bias=1.0, y_activation=tf.nn.relu, reuse=None
    ):
        super().__init__(num_units, num_units, _reuse=reuse)
        self._num_units, self._num_input_proj = num_units, num_in_proj
        self._initializer, self._forget_bias, self._y_activation = initializer, forget_bias, y_activation
        self._linear1 = self._linear2 = None

    @as_written
    def call(self, inputs, state):
        input_size, n = known_width(inputs), self._num_units
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            if input_size != n:
                inputs = self._project(inputs)
            joined = tf.concat([inputs, state], 1)
            if self._linear2 is None:
                self._linear2 = _Linear(joined, 4 * n, True)
            parts = self._linear2(joined)
            gate_h, h, gate_y, y = (parts[:, k * n : (k + 1) * n] if k else parts[:, :n] for k in range(4))
            h, y = tf.tanh(h), self._y_activation(y)
            gate_h = tf.sigmoid(gate_h + self._forget_bias)
            gate_y = tf.sigmoid(gate_y + self._forget_bias)
            new_state = gate_h * state + (1.0 - gate_h) * h  # over time
            new_y = gate_y * inputs + (1.0 - gate_y) * y  # over depth
        return new_y, new_state

    def _project(self, inputs):
        if not self._num_input_proj:
            raise ValueError(
                "Must have input size == output size for Intersection RNN. "
                "To fix, num_in_proj should be set to num_units at cell init."
            )
        with tf.variable_scope("in_projection"):
            if self._linear1 is None:
                self._linear1 = _Linear(inputs, self._num_units, True)
            return self._linear1(inputs)


class SRUCell(LayerCell):
    """Simple recurrent unit: gates depend on the inputs only, and no matrix is applied to the state.

    T. Lei, Y. Zhang, Training RNNs as Fast as CNNs, https://arxiv.org/abs/1709.02755

    Args:
      num_units: number of units.
      activation: activation of the state; tanh if None.
      reuse, name, **kwargs: arguments of TF 1's layers.
    """

    def __init__(self, num_units, activation=None, reuse=None, name=None, **kwargs):
        super().__init__(num_units, num_units, _reuse=reuse, name=name, **kwargs)
        self._num_units, self._activation = num_units, activation or tf.tanh

    def build(self, inputs_shape):
        self._kernel = self.add_variable("kernel", [_built_width(inputs_shape), 4 * self._num_units])
        self._bias = self.add_variable("bias", [2 * self._num_units], initializer=tf.zeros_initializer)
        self.built = True

    @as_written
    def call(self, inputs, state):
        candidate, f, r, skipped = tf.split(tf.matmul(inputs, self._kernel), 4, axis=1)
        gates = tf.sigmoid(tf.nn.bias_add(tf.concat([f, r], 1), self._bias))
        f, r = tf.split(gates, 2, axis=1)
        c = f * state + (1.0 - f) * candidate
        h = r * self._activation(c) + (1.0 - r) * skipped
        return h, c


class _PlainGatesCell(LayerCell):
    """Base of MinimalRNNCell and CFNCell: Keras's arguments, stored as public attributes."""

    def __init__(
        self,
        units,
        activation="tanh",
        kernel_initializer="glorot_uniform",
        bias_initializer="ones",
        name=None,
        dtype=None,
        **kwargs,
    ):
        super().__init__(units, units, name=name, dtype=dtype, **kwargs)
        keras = internals.keras_v1
        self.units = units
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)


class MinimalRNNCell(_PlainGatesCell):
    """h' = u * h + (1 - u) * z, with z = act(x Wx) and u = sigmoid([z, h] W + b).

    M. Chen, MinimalRNN: Toward More Interpretable and Trainable Recurrent Neural Networks,
    https://arxiv.org/abs/1711.06788. "kernel" holds Wx, followed by W in the rows below.
    """

    def build(self, inputs_shape):
        rows = _built_width(inputs_shape) + 2 * self.units
        self.kernel = self.add_weight("kernel", [rows, self.units], initializer=self.kernel_initializer)
        self.bias = self.add_weight("bias", [self.units], initializer=self.bias_initializer)
        self.built = True

    @as_written
    def call(self, inputs, state):
        of_x, of_zh = tf.split(self.kernel, [known_width(inputs), 2 * self.units], axis=0)
        z = self.activation(tf.matmul(inputs, of_x))
        u = tf.sigmoid(tf.nn.bias_add(tf.matmul(tf.concat([z, state], 1), of_zh), self.bias))
        new_h = u * state + (1 - u) * z
        return new_h, new_h


class CFNCell(_PlainGatesCell):
    """Chaos free network: h' = theta * act(h) + (1 - eta) * act(x W), with gates theta and eta.

    T. Laurent, J. von Brecht, A Recurrent Neural Network without Chaos,
    https://arxiv.org/abs/1612.06212. As in TF 1.15, the input gate is 1 - eta (in the paper it is
    eta), so that with a bias of ones it is small initially.
    """

    def build(self, inputs_shape):
        input_size, units = _built_width(inputs_shape), self.units
        self.kernel = self.add_weight("kernel", [input_size, 3 * units], initializer=self.kernel_initializer)
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel", [units, 2 * units], initializer=self.kernel_initializer
        )
        self.bias = self.add_weight("bias", [2 * units], initializer=self.bias_initializer)
        self.built = True

    @as_written
    def call(self, inputs, state):
        of_x, candidate = tf.split(self.kernel, [2 * self.units, self.units], axis=1)
        gates = tf.matmul(state, self.recurrent_kernel) + tf.matmul(inputs, of_x)
        gates = tf.sigmoid(tf.nn.bias_add(gates, self.bias))
        theta, eta = tf.split(gates, 2, axis=1)
        candidate = tf.matmul(inputs, candidate)
        new_h = theta * self.activation(state) + (1 - eta) * self.activation(candidate)
        return new_h, new_h
