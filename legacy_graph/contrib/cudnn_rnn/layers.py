"""CudnnLSTM, CudnnGRU and the two plain RNNs: TF 1.15's GPU-only layers, for any device."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.cudnn_rnn import forward, saveable
from legacy_graph.contrib.cudnn_rnn.cudnn_rnn_ops import MODELS, refuse_skipping
from legacy_graph.contrib.cudnn_rnn.params import Layout
from legacy_graph.graph115.counting import counted_as

_DIRECTIONS = ("unidirectional", "bidirectional")
_MODES = ("linear_input", "skip_input", "auto_select")
_TYPES = (tf.float16, tf.float32, tf.float64)
# Number of ops TF 1.15 created for the initial weight vector, the saveable (in all, and per part) and the forward pass.
_OPS_OF_JOINING = 4
_OPS_OF_SAVEABLE, _OPS_OF_A_PART = 9, {"lstm": 18, "gru": 17, "rnn_tanh": 5, "rnn_relu": 5}
_OPS_OF_RUNNING = {"lstm": 1, "gru": 2, "rnn_tanh": 2, "rnn_relu": 2}


class _CudnnRNN(internals.legacy_layers.Layer):
    """Stacked RNN layers with cuDNN's formulas and weight layout.

    Calling the layer returns (outputs, final states). `inputs` are [time, batch, input_size], or with time_major=False
    [batch, time, input_size]. Optional arguments: `initial_state`, a tuple of [layers * directions, batch, units], or
    with time_major=False [batch, layers * directions, units], (h, c) for an LSTM, else (h,); `sequence_lengths`;
    `training`, a bool: there is dropout only if it is true.

    Args:
      num_layers, num_units: numbers of layers, and of units in each.
      input_mode: "linear_input", or "auto_select" where the inputs are not as many as the units: the first layer
        multiplies its inputs by a weight matrix.
      direction: "unidirectional" or "bidirectional".
      dropout: dropout rate between layers, applied in training only.
      seed: seed of the default initializer and of the dropout.
      dtype: float16, float32 or float64.
      kernel_initializer: initializer of each cuDNN matrix; Glorot uniform by default.
      bias_initializer: initializer of the biases; zeros by default.
      name: name of the layer.

    With `input_size` among the arguments, as in TensorFlow 1.0 to 1.2, this is a model of `cudnn_rnn_ops` instead.

    Raises ValueError for invalid settings, NotImplementedError for input_mode "skip_input".
    """

    _rnn_mode: str | None = None
    _saveable_cls: type | None = None

    def __new__(cls, *args, **kwargs):
        if "input_size" in kwargs or (len(args) > 2 and not isinstance(args[2], str)):
            return MODELS[cls._rnn_mode](*args, **kwargs)
        return super().__new__(cls, *args, **kwargs)

    def __init__(
        self,
        num_layers,
        num_units,
        input_mode="linear_input",
        direction="unidirectional",
        dropout=0.0,
        seed=None,
        dtype=tf.float32,
        kernel_initializer=None,
        bias_initializer=None,
        name=None,
    ):
        super().__init__(dtype=dtype, name=name)
        if direction not in _DIRECTIONS:
            raise ValueError(f"Invalid direction: {direction}, expecting {' or '.join(_DIRECTIONS)}")
        if input_mode not in _MODES:
            raise ValueError(f"Invalid input_mode: {input_mode}, expect one of {' '.join(_MODES)}")
        refuse_skipping(input_mode, None, num_units)
        if dtype not in _TYPES:
            raise ValueError(f"Only support float16, float32, float64, provided {dtype}")
        self._num_layers, self._num_units, self._direction = num_layers, num_units, direction
        self._input_mode, self._dropout, self._seed, self._plain_dtype = input_mode, dropout, seed, dtype
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer
        self._layout = self._saveable = None

    @property
    def num_layers(self):
        """Number of stacked layers."""
        return self._num_layers

    @property
    def num_units(self):
        """Number of units per layer and direction."""
        return self._num_units

    @property
    def input_mode(self):
        """How the first layer reads its inputs, "linear_input" or "auto_select"."""
        return self._input_mode

    @property
    def input_size(self):
        """Last dimension of the inputs; known once the layer is built."""
        return self._built_layout("input_size").inputs

    @property
    def rnn_mode(self):
        """Kind of RNN: "lstm", "gru", "rnn_tanh" or "rnn_relu"."""
        return self._rnn_mode

    @property
    def direction(self):
        """Either "unidirectional" or "bidirectional"."""
        return self._direction

    @property
    def num_dirs(self):
        """Number of directions, 1 or 2."""
        return 1 + (self._direction == "bidirectional")

    @property
    def saveable(self):
        """SaveableObject that a Saver writes for this layer."""
        return self._saveable

    @property
    def canonical_weight_shapes(self):
        """Shapes of cuDNN's weight matrices, in cuDNN's order."""
        return self._built_layout("canonical_weight_shapes").weight_shapes

    @property
    def canonical_bias_shapes(self):
        """Shapes of cuDNN's bias vectors, in cuDNN's order."""
        return [list(shape) for shape in self._built_layout("canonical_bias_shapes").bias_shapes]

    def _built_layout(self, what):
        if self._layout is None:
            raise ValueError(f"'{what}' is unknown since layer has not been built.")
        return self._layout

    def build(self, input_shape):
        """Create the opaque weight vector. Raises ValueError unless the inputs are 3-D with a known last dimension."""
        if self.built:
            return
        shape = tf.TensorShape(input_shape)
        if shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {shape.ndims}")
        inputs = tf.dimension_value(shape[-1])
        if inputs is None:
            raise ValueError("The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`.")
        refuse_skipping(self._input_mode, inputs, self._num_units)
        both = self._direction == "bidirectional"
        layout = self._layout = Layout(self._rnn_mode, self._num_layers, self._num_units, inputs, both)
        self._set_scope(None)
        scope = tf.get_variable_scope()
        dtype = self._plain_dtype
        with tf.variable_scope(self._scope):
            kernel = self._kernel_initializer or tf.glorot_uniform_initializer(seed=self._seed, dtype=dtype)
            bias = self._bias_initializer or tf.constant_initializer(0.0, dtype=dtype)
            weights = [kernel(shape, dtype=dtype) for shape in layout.weight_shapes]
            biases = [bias(shape, dtype=dtype) for shape in layout.bias_shapes]
            with counted_as(_OPS_OF_JOINING):
                vector = layout.join(weights, biases)
            self.kernel = tf.get_variable("opaque_kernel", dtype=dtype, initializer=vector)
            if self.kernel not in self._trainable_weights:
                self._trainable_weights.append(self.kernel)
        if not scope.reuse:
            self._create_saveable(scope)
        self.built = True

    def _create_saveable(self, scope):
        layout = self._layout
        with counted_as(_OPS_OF_SAVEABLE + _OPS_OF_A_PART[self._rnn_mode] * len(layout.parts)):
            self._saveable = self._saveable_cls(
                self.kernel,
                self._num_layers,
                self._num_units,
                layout.inputs,
                self._input_mode,
                self._direction,
                scope=scope,
                name=f"{self.kernel.op.name}_saveable",
            )
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    def call(self, inputs, initial_state=None, sequence_lengths=None, time_major=True, training=True):
        """Run the layers; see the class. Raises TypeError if `initial_state` is not a tuple."""
        if initial_state is not None and not isinstance(initial_state, tuple):
            raise TypeError(f"Invalid initial_state type: {initial_state}, expecting tuple.")
        inputs = tf.convert_to_tensor(inputs, dtype=self.dtype)
        batch = tf.shape(inputs)[1 if time_major else 0]
        if initial_state is None:
            initial_state = self._zero_state(batch, time_major)
        states = [tf.convert_to_tensor(state, dtype=self.dtype) for state in initial_state]
        with counted_as(_OPS_OF_RUNNING[self._rnn_mode]):
            arguments = sequence_lengths, self._dropout, training, self._seed, time_major
            outputs, finals = forward.run(self._layout, self.kernel, inputs, states, *arguments)
            return outputs, tuple(finals)

    def state_shape(self, batch_size):
        """Return the shapes of the states for this batch size: a tuple of one, or of two for an LSTM."""
        shape = [self.num_layers * self.num_dirs, batch_size, self.num_units]
        return (shape, list(shape)) if self._rnn_mode == "lstm" else (shape,)

    def _zero_state(self, batch_size, time_major):
        shapes = ([layers, batch, units] for layers, batch, units in self.state_shape(batch_size))
        shapes = (shape if time_major else [shape[1], shape[0], shape[2]] for shape in shapes)
        return tuple(tf.zeros(shape, dtype=self.dtype) for shape in shapes)


class CudnnLSTM(_CudnnRNN):
    """LSTM layers: gates i, f, c, o, no peepholes, no additional forget bias."""

    _rnn_mode = "lstm"
    _saveable_cls = saveable.CudnnLSTMSaveable


class CudnnGRU(_CudnnRNN):
    """GRU layers that apply the reset gate after the recurrent product."""

    _rnn_mode = "gru"
    _saveable_cls = saveable.CudnnGRUSaveable


class CudnnRNNTanh(_CudnnRNN):
    """Plain RNN layers with tanh."""

    _rnn_mode = "rnn_tanh"
    _saveable_cls = saveable.CudnnRNNTanhSaveable


class CudnnRNNRelu(_CudnnRNN):
    """Plain RNN layers with relu."""

    _rnn_mode = "rnn_relu"
    _saveable_cls = saveable.CudnnRNNReluSaveable


for _layer in (_CudnnRNN, CudnnLSTM, CudnnGRU, CudnnRNNTanh, CudnnRNNRelu):
    _layer.__module__ = "legacy_graph.contrib.cudnn_rnn.layers"
