"""CudnnLSTM and its like: layers of 1.15 that ran on NVIDIA's GPUs only, on any machine."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.cudnn_rnn import forward, saveable
from legacy_graph.contrib.cudnn_rnn.params import Layout
from legacy_graph.graph115.counting import counted_as

_DIRECTIONS = ("unidirectional", "bidirectional")
_MODES = ("linear_input", "skip_input", "auto_select")
_TYPES = (tf.float16, tf.float32, tf.float64)
# How many ops 1.15 made: to join the initial values to a vector; for a saveable, in all and for a part; to run.
_OPS_OF_JOINING = 4
_OPS_OF_SAVEABLE, _OPS_OF_A_PART = 9, {"lstm": 18, "gru": 17, "rnn_tanh": 5, "rnn_relu": 5}
_OPS_OF_RUNNING = {"lstm": 1, "gru": 2, "rnn_tanh": 2, "rnn_relu": 2}


class _CudnnRNN(internals.legacy_layers.Layer):
    """Layers of RNNs, one upon the other, as cuDNN computes them.

    Call it with `inputs` [time, batch, inputs] (with time_major=False [batch, time, inputs]), and where wanted with
    `initial_state`, a tuple of [layers * directions, batch, units]: (h, c) for an LSTM, else (h,);
    `sequence_lengths` [batch]; `training`, without which nothing is dropped. It returns (outputs, final states).

    Args:
      num_layers, num_units: how many.
      input_mode: "linear_input" or "auto_select": the first layer's inputs go through a matrix.
      direction: "unidirectional" or "bidirectional".
      dropout: the chance that a number between two layers is dropped in training.
      seed: of the initial values and of what is dropped.
      dtype: float16, float32 or float64.
      kernel_initializer: of each of cuDNN's matrices; Glorot's uniform one unless something is said.
      bias_initializer: of the biases; zeros.
      name: of the layer.

    Raises ValueError for other settings, NotImplementedError for "skip_input".
    """

    _rnn_mode: str | None = None
    _saveable_cls: type | None = None

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
        if input_mode == "skip_input":
            raise NotImplementedError(
                'CudnnRNN(input_mode="skip_input") is not supplied by legacy_graph: the cells that equal these '
                'layers have no such mode. Use "linear_input".'
            )
        if dtype not in _TYPES:
            raise ValueError(f"Only support float16, float32, float64, provided {dtype}")
        self._num_layers, self._num_units, self._direction = num_layers, num_units, direction
        self._input_mode, self._dropout, self._seed, self._plain_dtype = input_mode, dropout, seed, dtype
        self._kernel_initializer, self._bias_initializer = kernel_initializer, bias_initializer
        self._layout = self._saveable = None

    @property
    def num_layers(self):
        """How many layers stand upon each other."""
        return self._num_layers

    @property
    def num_units(self):
        """Units of each layer and direction."""
        return self._num_units

    @property
    def input_mode(self):
        """What the first layer does with its inputs."""
        return self._input_mode

    @property
    def input_size(self):
        """Numbers of a step of the inputs; known once the layer is built."""
        return self._built_layout("input_size").inputs

    @property
    def rnn_mode(self):
        """The kind: "lstm", "gru", "rnn_tanh" or "rnn_relu"."""
        return self._rnn_mode

    @property
    def direction(self):
        """One way, or both."""
        return self._direction

    @property
    def num_dirs(self):
        """1 or 2 directions."""
        return 1 + (self._direction == "bidirectional")

    @property
    def saveable(self):
        """What a Saver writes."""
        return self._saveable

    @property
    def canonical_weight_shapes(self):
        """Shapes of cuDNN's matrices."""
        return self._built_layout("canonical_weight_shapes").weight_shapes

    @property
    def canonical_bias_shapes(self):
        """Shapes of cuDNN's biases."""
        return [list(shape) for shape in self._built_layout("canonical_bias_shapes").bias_shapes]

    def _built_layout(self, what):
        if self._layout is None:
            raise ValueError(f"'{what}' is unknown since layer has not been built.")
        return self._layout

    def build(self, input_shape):
        """Make the vector of weights for inputs of this shape."""
        if self.built:
            return
        shape = tf.TensorShape(input_shape)
        if shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {shape.ndims}")
        inputs = tf.dimension_value(shape[-1])
        if inputs is None:
            raise ValueError("The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`.")
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
        """Run the layers."""
        if initial_state is not None and not isinstance(initial_state, tuple):
            raise TypeError(f"Invalid initial_state type: {initial_state}, expecting tuple.")
        inputs = tf.convert_to_tensor(inputs, dtype=self.dtype)
        batch = tf.shape(inputs)[1 if time_major else 0]
        if initial_state is None:
            initial_state = self._zero_state(batch)
        states = [tf.convert_to_tensor(state, dtype=self.dtype) for state in initial_state]
        with counted_as(_OPS_OF_RUNNING[self._rnn_mode]):
            inputs = inputs if time_major else tf.transpose(inputs, [1, 0, 2])
            outputs, finals = forward.run(
                self._layout, self.kernel, inputs, states, sequence_lengths, self._dropout, training, self._seed
            )
            return (outputs if time_major else tf.transpose(outputs, [1, 0, 2])), tuple(finals)

    def state_shape(self, batch_size):
        """Shapes of the states of a batch."""
        shape = [self.num_layers * self.num_dirs, batch_size, self.num_units]
        return (shape, list(shape)) if self._rnn_mode == "lstm" else (shape,)

    def _zero_state(self, batch_size):
        return tuple(tf.zeros(shape, dtype=self.dtype) for shape in self.state_shape(batch_size))


class CudnnLSTM(_CudnnRNN):
    """LSTM layers: gates i, f, c, o, no peepholes, no forget bias beside the trained one."""

    _rnn_mode = "lstm"
    _saveable_cls = saveable.CudnnLSTMSaveable


class CudnnGRU(_CudnnRNN):
    """GRU layers whose reset gate stands after the recurrent product."""

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
