"""LSTM variants: phased, grouped and convolutional."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.cell import Cell, as_written
from legacy_graph.contrib.rnn.linear import _Linear
from legacy_graph.contrib.rnn.rnn_cell_impl import LSTMStateTuple


def _random_exp_initializer(minval, maxval, seed=None, dtype=tf.float32):
    """Return an initializer whose values are log-uniform in [minval, maxval]."""

    def initializer(shape, dtype=dtype, partition_info=None):
        del partition_info
        return tf.exp(tf.random_uniform(shape, tf.log(minval), tf.log(maxval), dtype, seed=seed))

    return initializer


class PhasedLSTMCell(Cell):
    """An LSTM whose units are open only during part of a periodic cycle, whose parameters are learned.

    D. Neil, M. Pfeiffer, S.-C. Liu, Phased LSTM, https://arxiv.org/abs/1610.09513. The inputs are
    a pair (time, x), of shapes (batch, 1) and (batch, input_size); time may have another dtype.

    Args:
      num_units: number of units.
      use_peepholes: whether the gates also read the cell state, through matrices.
      leak: fraction of the update that passes when a unit is closed.
      ratio_on: initial fraction of the period during which a unit is open.
      trainable_ratio_on: whether that fraction is trainable.
      period_init_min, period_init_max: range of the initial periods, which are log-uniform.
      reuse: if True, reuse the variables of the scope.
    """

    def __init__(
        self,
        num_units,
        use_peepholes=False,
        leak=0.001,
        ratio_on=0.1,
        trainable_ratio_on=True,
        period_init_min=1.0,
        period_init_max=1000.0,
        reuse=None,
    ):
        super().__init__(LSTMStateTuple(num_units, num_units), num_units, _reuse=reuse, autocast=False)
        self._num_units, self._use_peepholes, self._leak = num_units, use_peepholes, leak
        self._ratio_on, self._trainable_ratio_on = ratio_on, trainable_ratio_on
        self._period_init_min, self._period_init_max = period_init_min, period_init_max
        self._linears = {}

    @as_written
    def call(self, inputs, state):
        c, h = state
        time, x = inputs
        mask_gates = tf.sigmoid(self._linear("mask_gates", x, h, c, 2 * self._num_units))
        input_gate, forget_gate = tf.split(mask_gates, 2, axis=1)
        new_input = tf.tanh(self._linear("new_input", x, h, None, self._num_units))
        new_c = c * forget_gate + input_gate * new_input
        output_gate = tf.sigmoid(self._linear("output_gate", x, h, new_c, self._num_units))
        new_h = tf.tanh(new_c) * output_gate
        k = self._openness(time)
        new_c = k * new_c + (1 - k) * c
        new_h = k * new_h + (1 - k) * h
        return new_h, LSTMStateTuple(new_c, new_h)

    def _linear(self, scope, x, h, seen_state, columns):
        args = [x, h]
        if self._use_peepholes and seen_state is not None:
            args.append(seen_state)
        with tf.variable_scope(scope):
            if scope not in self._linears:
                self._linears[scope] = _Linear(args, columns, True)
            return self._linears[scope](args)

    def _openness(self, time):
        shape = [self._num_units]
        period = tf.get_variable(
            "period", shape, initializer=_random_exp_initializer(self._period_init_min, self._period_init_max)
        )
        phase = tf.get_variable("phase", shape, initializer=tf.random_uniform_initializer(0.0, period.initial_value))
        ratio_on = tf.get_variable(
            "ratio_on", shape, trainable=self._trainable_ratio_on, initializer=tf.constant_initializer(self._ratio_on)
        )
        cycle_ratio = _cycle_ratio(time, phase, period)
        k_up = 2 * cycle_ratio / ratio_on
        k_down = 2 - k_up
        k_closed = self._leak * cycle_ratio
        k = tf.where(cycle_ratio < ratio_on, k_down, k_closed)
        return tf.where(cycle_ratio < 0.5 * ratio_on, k_up, k)


def _cycle_ratio(time, phase, period):
    """Return the position of each unit in its period, in [0, 1), as float32."""
    phase, period = tf.cast(phase, time.dtype), tf.cast(period, time.dtype)
    shifted = time - phase
    # Straight-through gradient: that of the identity, without the jump where a period ends.
    remainder = tf.stop_gradient(tf.mod(shifted, period) - shifted) + shifted
    return tf.cast(remainder / period, tf.float32)


class GLSTMCell(Cell):
    """An LSTM whose units are split into independent groups.

    O. Kuchaiev, B. Ginsburg, Factorization Tricks for LSTM Networks,
    https://arxiv.org/abs/1703.10722

    Args:
      num_units: number of units.
      initializer: initializer of the kernels.
      num_proj: columns of the output projection, which mixes the groups; None for no projection.
      number_of_groups: must divide num_units, num_proj and the number of input columns.
      forget_bias: added to the forget gate.
      activation: activation of the output; the candidate's is always tanh.
      reuse: if True, reuse the variables of the scope.

    Raises ValueError if number_of_groups does not divide these numbers.
    """

    def __init__(
        self,
        num_units,
        initializer=None,
        num_proj=None,
        number_of_groups=1,
        forget_bias=1.0,
        activation=tf.tanh,
        reuse=None,
    ):
        output_size = num_proj or num_units
        super().__init__(LSTMStateTuple(num_units, output_size), output_size, _reuse=reuse)
        for name, size in ("num_units", num_units), ("num_proj", num_proj):
            if size and size % number_of_groups != 0:
                raise ValueError(f"{name} must be divisible by number_of_groups")
        self._num_units, self._num_proj, self._number_of_groups = num_units, num_proj, number_of_groups
        self._initializer, self._forget_bias, self._activation = initializer, forget_bias, activation
        self._linear1, self._linear2 = [None] * number_of_groups, None

    @as_written
    def call(self, inputs, state):
        c, m = state
        batch, input_size = inputs.shape.as_list()
        batch = batch or tf.shape(inputs)[0]
        if input_size is None:
            raise ValueError("input size must be statically known")
        if input_size % self._number_of_groups != 0:
            raise ValueError(
                f"input size ({input_size}) must be divisible by number_of_groups ({self._number_of_groups})"
            )
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            groups = [self._group(k, batch, inputs, m) for k in range(self._number_of_groups)]
            biases = [
                tf.get_variable(
                    f"bias_{gate}",
                    [self._num_units],
                    dtype=inputs.dtype,
                    initializer=tf.constant_initializer(0.0, dtype=inputs.dtype),
                )
                for gate in "ijfo"
            ]
            i, j, f, o = (tf.nn.bias_add(tf.concat(parts, axis=1), bias) for parts, bias in zip(zip(*groups), biases))
        c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * tf.tanh(j)
        m = tf.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            with tf.variable_scope("projection"):
                if self._linear2 is None:
                    self._linear2 = _Linear(m, self._num_proj, False)
                m = self._linear2(m)
        return m, LSTMStateTuple(c, m)

    def _group(self, group, batch, inputs, m):
        """Return i, j, f, o of one group, each (batch, num_units / number_of_groups)."""

        def columns_of_group(whole, size):
            return tf.slice(whole, [0, group * size], [batch, size], name=f"GLSTM_group{group}_input_generation")

        n = self._number_of_groups
        with tf.variable_scope(f"group{group}"):
            joined = tf.concat(
                [columns_of_group(inputs, inputs.shape.as_list()[1] // n), columns_of_group(m, self._output_size // n)],
                axis=1,
            )
            if self._linear1[group] is None:
                self._linear1[group] = _Linear(joined, 4 * (self._num_units // n), False)
            return tf.split(self._linear1[group](joined), 4, 1)


class ConvLSTMCell(Cell):
    """A convolutional LSTM.

    X. Shi et al., Convolutional LSTM Network, https://arxiv.org/abs/1506.04214. The variables are
    "kernel" and "biases"; the gates are in the order i, j, f, o along the channels.

    Args:
      conv_ndims: number of spatial dimensions, 1, 2 or 3.
      input_shape: list, the shape of one input without the batch dimension.
      output_channels: number of channels of the state.
      kernel_shape: shape of the convolution kernel, conv_ndims numbers.
      use_bias: whether there are biases.
      skip_connection: if True, the inputs' channels are appended to the output's.
      forget_bias: added to the forget gate.
      initializers: accepted and ignored, as in TF 1.15.
      name: name of the variable scope.

    Raises ValueError if conv_ndims and input_shape do not match.
    """

    def __init__(
        self,
        conv_ndims,
        input_shape,
        output_channels,
        kernel_shape,
        use_bias=True,
        skip_connection=False,
        forget_bias=1.0,
        initializers=None,
        name="conv_lstm_cell",
    ):
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        picture, channels = input_shape[:-1], output_channels
        state = tf.TensorShape(picture + [channels])
        output = tf.TensorShape(picture + [channels + (input_shape[-1] if skip_connection else 0)])
        super().__init__(LSTMStateTuple(state, state), output, name=name)
        self._conv_ndims, self._output_channels = conv_ndims, output_channels
        self._kernel_shape, self._use_bias = list(kernel_shape), use_bias
        self._skip_connection, self._forget_bias = skip_connection, forget_bias

    @as_written
    def call(self, inputs, state, scope=None):
        c, h = state
        gates = self._convolve([inputs, h], 4 * self._output_channels)
        i, j, f, o = tf.split(gates, 4, axis=self._conv_ndims + 1)
        new_c = tf.sigmoid(f + self._forget_bias) * c
        new_c += tf.sigmoid(i) * tf.tanh(j)
        output = tf.tanh(new_c) * tf.sigmoid(o)
        if self._skip_connection:
            output = tf.concat([output, inputs], axis=-1)
        return output, LSTMStateTuple(new_c, output)

    def _convolve(self, pictures, channels):
        shapes = [picture.shape.as_list() for picture in pictures]
        if {len(shape) for shape in shapes} != {self._conv_ndims + 2} or self._conv_ndims not in (1, 2, 3):
            raise ValueError(f"Conv Linear expects 3D, 4D or 5D arguments, all of the same Dimension: {shapes}")
        dtype = pictures[0].dtype
        convolution = {1: tf.nn.conv1d, 2: tf.nn.conv2d, 3: tf.nn.conv3d}[self._conv_ndims]
        strides = 1 if self._conv_ndims == 1 else (self._conv_ndims + 2) * [1]
        kernel = tf.get_variable(
            "kernel", self._kernel_shape + [sum(shape[-1] for shape in shapes), channels], dtype=dtype
        )
        joined = tf.concat(pictures, axis=self._conv_ndims + 1)
        result = convolution(joined, kernel, strides, padding="SAME")
        if not self._use_bias:
            return result
        return result + tf.get_variable(
            "biases", [channels], dtype=dtype, initializer=tf.constant_initializer(0.0, dtype=dtype)
        )


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over sequences: inputs (batch, length, channels)."""

    def __init__(self, name="conv_1d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over images: inputs (batch, height, width, channels)."""

    def __init__(self, name="conv_2d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` over volumes: inputs (batch, depth, height, width, channels)."""

    def __init__(self, name="conv_3d_lstm_cell", **kwargs):
        super().__init__(conv_ndims=3, name=name, **kwargs)
