"""LSTMs with layer or weight normalization.

J. L. Ba, J. R. Kiros, G. E. Hinton, Layer Normalization, https://arxiv.org/abs/1607.06450
T. Salimans, D. P. Kingma, Weight Normalization, https://arxiv.org/abs/1602.07868
"""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.cell import Cell, as_written, clip, known_width, sharded_variable, split_lstm_state
from legacy_graph.contrib.rnn.linear import _bias, _linear
from legacy_graph.contrib.rnn.rnn_cell_impl import LSTMStateTuple

_NEGLIGIBLE_VARIANCE = 1e-12


def layer_norm(inputs, scope, gain, shift, dtype=tf.float32):
    """Return `inputs` normalized to mean 0 and variance 1 per row, times SCOPE/gamma plus SCOPE/beta.

    gamma is initialized to `gain`, beta to `shift`; both have dtype `dtype`.
    """
    shape = inputs.shape[-1:]
    starts = {"gamma": tf.constant_initializer(gain), "beta": tf.constant_initializer(shift)}
    with tf.variable_scope(scope):
        for name, start in starts.items():
            tf.get_variable(name, shape=shape, initializer=start, dtype=dtype)
    with tf.variable_scope(scope, values=[inputs], reuse=True):
        beta, gamma = (tf.get_variable(name, shape=shape, dtype=dtype) for name in ("beta", "gamma"))
        mean, variance = tf.nn.moments(inputs, [1], keep_dims=True)
        normalized = tf.nn.batch_normalization(
            inputs, mean, variance, offset=beta, scale=gamma, variance_epsilon=_NEGLIGIBLE_VARIANCE
        )
        normalized.set_shape(inputs.shape)
        return normalized


class LayerNormBasicLSTMCell(Cell):
    """A basic LSTM with layer normalization and recurrent dropout.

    Each gate and the cell state are normalized. Dropout is applied to the candidate only ("recurrent
    dropout without memory loss").

    S. Semeniuta, A. Severyn, E. Barth, https://arxiv.org/abs/1603.05118

    Args:
      num_units: number of units.
      forget_bias: added to the forget gate.
      input_size: accepted and ignored.
      activation: activation of candidate and output.
      layer_norm: whether to normalize; without it there is a bias.
      norm_gain, norm_shift: initial values of gamma and beta.
      dropout_keep_prob: float or tensor, the probability of keeping each unit of the candidate.
      dropout_prob_seed: op seed of the dropout.
      reuse: if True, reuse the variables of the scope.
    """

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        input_size=None,
        activation=tf.tanh,
        layer_norm=True,
        norm_gain=1.0,
        norm_shift=0.0,
        dropout_keep_prob=1.0,
        dropout_prob_seed=None,
        reuse=None,
    ):
        super().__init__(LSTMStateTuple(num_units, num_units), num_units, _reuse=reuse)
        if input_size is not None:
            tf.logging.warn("%s: The input_size parameter is deprecated.", self)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift
        self._keep_prob, self._seed = dropout_keep_prob, dropout_prob_seed

    def _norm(self, inputs, scope):
        if not self._layer_norm:
            return inputs
        return layer_norm(inputs, scope, self._norm_gain, self._norm_shift, inputs.dtype)

    def _linear(self, args):
        columns = 4 * self._num_units
        kernel = tf.get_variable("kernel", [args.shape[-1], columns], dtype=args.dtype)
        out = tf.matmul(args, kernel)
        if self._layer_norm:
            return out
        return tf.nn.bias_add(out, tf.get_variable("bias", [columns], dtype=args.dtype))

    @as_written
    def call(self, inputs, state):
        c, h = state
        gates = tf.split(self._linear(tf.concat([inputs, h], 1)), 4, axis=1)
        i, j, f, o = map(self._norm, gates, ("input", "transform", "forget", "output"))
        candidate = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            candidate = tf.nn.dropout(candidate, self._keep_prob, seed=self._seed)
        new_c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * candidate
        new_c = self._norm(new_c, "state")
        new_h = self._activation(new_c) * tf.sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)


class CoupledInputForgetGateLSTMCell(Cell):
    """An LSTM whose input gate is 1 - forget gate; columns j, f, o.

    K. Greff et al., LSTM: A Search Space Odyssey, https://arxiv.org/abs/1503.04069

    Args:
      num_units: number of units.
      use_peepholes: whether to add the peephole connections W_F_diag and W_O_diag.
      initializer: accepted and ignored, as in TF 1.15 (the scope's is used).
      num_proj: columns of the output projection W_P; None for no projection.
      proj_clip: clip the projected output to [-proj_clip, proj_clip].
      num_unit_shards, num_proj_shards: number of variables in which W and W_P are stored.
      forget_bias: added to the forget gate.
      state_is_tuple: if False, the state is one tensor [c, m].
      activation: activation of candidate and output.
      reuse: if True, reuse the variables of the scope.
      layer_norm, norm_gain, norm_shift: layer normalization, which replaces the bias B.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        num_unit_shards=1,
        num_proj_shards=1,
        forget_bias=1.0,
        state_is_tuple=True,
        activation=tf.tanh,
        reuse=None,
        layer_norm=False,
        norm_gain=1.0,
        norm_shift=0.0,
    ):
        output_size = num_proj or num_units
        sizes = LSTMStateTuple(num_units, output_size)
        super().__init__(sizes if state_is_tuple else sum(sizes), output_size, _reuse=reuse)
        if not state_is_tuple:
            tf.logging.warn(
                "%s: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True.", self
            )
        self._num_units, self._use_peepholes, self._initializer = num_units, use_peepholes, initializer
        self._num_proj, self._proj_clip = num_proj, proj_clip
        self._num_unit_shards, self._num_proj_shards = num_unit_shards, num_proj_shards
        self._forget_bias, self._state_is_tuple, self._activation = forget_bias, state_is_tuple, activation
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift

    def _norm(self, inputs, scope):
        if not self._layer_norm:
            return inputs
        return layer_norm(inputs, scope, self._norm_gain, self._norm_shift)

    @as_written
    def call(self, inputs, state):
        n, dtype = self._num_units, inputs.dtype
        num_proj = n if self._num_proj is None else self._num_proj
        c, m = split_lstm_state(state, n, num_proj, self._state_is_tuple)
        kernel = sharded_variable("W", [known_width(inputs) + num_proj, 3 * n], dtype, self._num_unit_shards)
        bias = tf.get_variable("B", [3 * n], initializer=tf.zeros_initializer(), dtype=dtype)
        gates = tf.matmul(tf.concat([inputs, m], 1), kernel)
        if not self._layer_norm:
            gates = tf.nn.bias_add(gates, bias)
        j, f, o = map(self._norm, tf.split(gates, 3, axis=1), ("transform", "forget", "output"))
        if self._use_peepholes:
            w_f = tf.get_variable("W_F_diag", shape=[n], dtype=dtype)
            w_o = tf.get_variable("W_O_diag", shape=[n], dtype=dtype)
            f = tf.sigmoid(f + self._forget_bias + w_f * c)
        else:
            f = tf.sigmoid(f + self._forget_bias)
        c = self._norm(f * c + (1 - f) * self._activation(j), "state")
        m = tf.sigmoid(o + w_o * c if self._use_peepholes else o) * self._activation(c)
        if self._num_proj is not None:
            m = tf.matmul(m, sharded_variable("W_P", [n, num_proj], dtype, self._num_proj_shards))
            m = clip(m, self._proj_clip)
        return m, LSTMStateTuple(c, m) if self._state_is_tuple else tf.concat([c, m], 1)


class _PeepholeLSTMCell(Cell):
    """Base of the two cells below: `LSTMCell` with another linear map. State (c, m).

    Args:
      num_units: number of units.
      use_peepholes: whether to add the peephole connections w_f_diag, w_i_diag, w_o_diag.
      cell_clip, proj_clip: if not None, clip the cell state and the projected output to [-clip, clip].
      initializer: initializer of the weights.
      num_proj: columns of the output projection; None for no projection.
      forget_bias: added to the forget gate.
      activation: activation of candidate and output; tanh if None.
      reuse: if True, reuse the variables of the scope.
    """

    def __init__(
        self, num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias, activation, reuse
    ):
        output_size = num_proj or num_units
        super().__init__(LSTMStateTuple(num_units, output_size), output_size, _reuse=reuse)
        self._num_units, self._use_peepholes, self._cell_clip = num_units, use_peepholes, cell_clip
        self._initializer, self._num_proj, self._proj_clip = initializer, num_proj, proj_clip
        self._forget_bias, self._activation = forget_bias, activation or tf.tanh

    def _gates(self, inputs, m):
        """Return the pre-activations of the gates i, j, f, o."""
        raise NotImplementedError

    def _project(self, m):
        """Return `m` projected to num_proj columns."""
        raise NotImplementedError

    def _weights_scope(self):
        return tf.get_variable_scope()

    def _normalize_state(self, c):
        return c

    @as_written
    def call(self, inputs, state):
        c, m = state
        known_width(inputs)
        with tf.variable_scope(self._weights_scope(), initializer=self._initializer):
            i, j, f, o = self._gates(inputs, m)
            f_peek, i_peek, o_peek = self._peepholes(inputs.dtype)
            kept = tf.sigmoid(f_peek(f + self._forget_bias, c)) * c
            c = kept + tf.sigmoid(i_peek(i, c)) * self._activation(j)
            c = clip(self._normalize_state(c), self._cell_clip)
            m = tf.sigmoid(o_peek(o, c)) * self._activation(c)
            if self._num_proj is not None:
                with tf.variable_scope("projection"):
                    m = self._project(m)
                m = clip(m, self._proj_clip)
        return m, LSTMStateTuple(c, m)

    def _peepholes(self, dtype):
        """Return, for f, i and o, a function that adds the peephole connection to a gate's pre-activation."""
        if not self._use_peepholes:
            return [lambda gate, c: gate] * 3
        weights = [tf.get_variable(f"w_{name}_diag", [self._num_units], dtype=dtype) for name in "fio"]
        return [lambda gate, c, w=w: gate + w * c for w in weights]


class LayerNormLSTMCell(_PeepholeLSTMCell):
    """An LSTM with layer normalization of each gate and of the cell state.

    Args:
      layer_norm: whether to normalize; if so, the bias is created but not added, as in TF 1.15.
      norm_gain, norm_shift: initial values of gamma and beta.
      others: arguments of `_PeepholeLSTMCell`.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        cell_clip=None,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        forget_bias=1.0,
        activation=None,
        layer_norm=False,
        norm_gain=1.0,
        norm_shift=0.0,
        reuse=None,
    ):
        super().__init__(
            num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias, activation, reuse
        )
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift

    def _norm(self, inputs, scope):
        if not self._layer_norm:
            return inputs
        return layer_norm(inputs, scope, self._norm_gain, self._norm_shift)

    def _gates(self, inputs, m):
        columns = 4 * self._num_units
        gates = _linear([inputs, m], columns, bias=not self._layer_norm)
        if self._layer_norm:
            _bias(columns, inputs.dtype, None)
        return map(self._norm, tf.split(gates, 4, axis=1), ("input", "transform", "forget", "output"))

    def _project(self, m):
        return _linear(m, self._num_proj, bias=False)

    def _normalize_state(self, c):
        return self._norm(c, "state")


class WeightNormLSTMCell(_PeepholeLSTMCell):
    """An LSTM with weight normalization: trainable norms of the kernel's columns, separately for inputs and h.

    Args:
      norm: whether to normalize the kernel.
      others: arguments of `_PeepholeLSTMCell`.
    """

    def __init__(
        self,
        num_units,
        norm=True,
        use_peepholes=False,
        cell_clip=None,
        initializer=None,
        num_proj=None,
        proj_clip=None,
        forget_bias=1,
        activation=None,
        reuse=None,
    ):
        super().__init__(
            num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias, activation, reuse
        )
        self._norm = norm
        self._scope = self._weights_scope()

    def _weights_scope(self):
        return "wn_lstm_cell"

    def _linear(self, args, columns):
        sizes = [arg.shape.as_list()[1] for arg in args]
        weights = tf.get_variable("kernel", [sum(sizes), columns], dtype=args[0].dtype)
        if self._norm:
            weights = self._normalize(weights, sizes)
        return tf.matmul(args[0] if len(args) == 1 else tf.concat(args, 1), weights)

    def _normalize(self, weights, sizes):
        normalized, start = [], 0
        with tf.control_dependencies(None):
            for number, size in enumerate(sizes):
                part = weights[start : start + size, :]
                length = tf.get_variable(f"norm_{number}", [part.shape[1]], dtype=part.dtype)
                normalized.append(tf.nn.l2_normalize(part, axis=0) * length)
                start += size
            return tf.concat(normalized, axis=0)

    def _gates(self, inputs, m):
        gates = self._linear([inputs, m], 4 * self._num_units)
        return tf.split(tf.nn.bias_add(gates, _bias(4 * self._num_units, inputs.dtype, None)), 4, axis=1)

    def _project(self, m):
        return self._linear([m], self._num_proj)
