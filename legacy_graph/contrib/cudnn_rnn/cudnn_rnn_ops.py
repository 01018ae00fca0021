"""The older cuDNN models, which are given their weights as one vector, and the functions below them.

    model = cudnn_rnn_ops.CudnnLSTM(num_layers, num_units, input_size)
    weights = tf.get_variable("weights", initializer=tf.random_uniform([model.params_size()]))
    outputs, h, c = model(inputs, h, c, weights, is_training=True)

TensorFlow 1.0 to 1.2 had them as `tf.contrib.cudnn_rnn.CudnnLSTM`, 1.15 in `cudnn_rnn.python.ops.cudnn_rnn_ops`.
"""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.cudnn_rnn import forward
from legacy_graph.contrib.cudnn_rnn.cells import CudnnCompatibleGRUCell, CudnnCompatibleLSTMCell
from legacy_graph.contrib.cudnn_rnn.older_saveable import RNNParamsSaveable, named
from legacy_graph.contrib.cudnn_rnn.params import GATES, Layout
from legacy_graph.contrib.cudnn_rnn.saveable import (
    CudnnGRUSaveable,
    CudnnLSTMSaveable,
    CudnnRNNReluSaveable,
    CudnnRNNTanhSaveable,
)
from legacy_graph.graph115.counting import counted_as

CUDNN_LSTM, CUDNN_GRU, CUDNN_RNN_TANH, CUDNN_RNN_RELU = GATES
CUDNN_RNN_UNIDIRECTION, CUDNN_RNN_BIDIRECTION = "unidirectional", "bidirectional"
CUDNN_INPUT_LINEAR_MODE, CUDNN_INPUT_SKIP_MODE, CUDNN_INPUT_AUTO_MODE = "linear_input", "skip_input", "auto_select"
CUDNN_LSTM_PARAMS_PER_LAYER, CUDNN_GRU_PARAMS_PER_LAYER = 8, 6
CUDNN_RNN_TANH_PARAMS_PER_LAYER = CUDNN_RNN_RELU_PARAMS_PER_LAYER = 2
# Number of ops TF 1.15 created: for the size and the element taken from it, and for a conversion.
_OPS_OF_SIZE, _OPS_OF_CONVERTING = 8, 4


class _CudnnRNN:
    """RNN layers whose weights are in a vector of the caller's.

    Args:
      rnn_mode: "lstm", "gru", "rnn_tanh" or "rnn_relu".
      num_layers, num_units, input_size: numbers of layers, of units in each, and of inputs of the first.
      input_mode: "linear_input", or "auto_select" where input_size is not num_units.
      direction: "unidirectional" or "bidirectional".
      dtype: type of the weights.
      dropout: dropout rate between layers, applied in training only.
      seed: seed of the dropout.
      num_proj: None or 0.

    Raises NotImplementedError for a projection, and where the first layer would skip its matrix.
    """

    def __init__(
        self,
        rnn_mode,
        num_layers,
        num_units,
        input_size,
        input_mode="linear_input",
        direction="unidirectional",
        dtype=tf.float32,
        dropout=0.0,
        seed=0,
        num_proj=None,
    ):
        if num_proj:
            raise NotImplementedError(
                "num_proj of a cuDNN model is not supplied by legacy_graph: no cell equals it. "
                "tf.nn.rnn_cell.LSTMCell has num_proj."
            )
        refuse_skipping(input_mode, input_size, num_units)
        self._layout = Layout(rnn_mode, num_layers, num_units, input_size, direction == "bidirectional")
        self._input_mode, self._direction, self._dtype = input_mode, direction, dtype
        self._dropout, self._seed, self._num_proj = dropout, seed, num_proj

    @property
    def input_mode(self):
        """How the first layer reads its inputs."""
        return self._input_mode

    @property
    def input_size(self):
        """Number of inputs of the first layer."""
        return self._layout.inputs

    @property
    def num_units(self):
        """Number of units per layer and direction."""
        return self._layout.units

    @property
    def num_layers(self):
        """Number of stacked layers."""
        return self._layout.layers

    @property
    def rnn_mode(self):
        """Kind of RNN."""
        return self._layout.mode

    @property
    def direction(self):
        """Either "unidirectional" or "bidirectional"."""
        return self._direction

    @property
    def num_proj(self):
        """Always None or 0."""
        return self._num_proj

    def params_size(self):
        """Return the length of the weight vector, an int32 scalar tensor."""
        with counted_as(_OPS_OF_SIZE):
            return tf.constant(self._layout.size, name="CudnnRNNParamsSize")

    def __call__(self, input_data, input_h, input_c, params, is_training=True, sequence_lengths=None, time_major=True):
        """Run all layers; return outputs and final states h and c (for other kinds than an LSTM an empty c).

        Args:
          input_data: [time, batch, input_size], or with time_major=False [batch, time, input_size].
          input_h, input_c: initial states [layers * directions, batch, units], or [batch, layers * directions, units].
          params: the weight vector, [params_size()].
          is_training: bool, whether there is dropout.
          sequence_lengths: [batch], or None.
        """
        lstm = self.rnn_mode == CUDNN_LSTM
        with counted_as(1 if lstm else 2):
            states = [tf.convert_to_tensor(state, self._dtype) for state in ([input_h, input_c] if lstm else [input_h])]
            outputs, finals = forward.run(
                self._layout,
                self._vector(params),
                tf.convert_to_tensor(input_data, self._dtype),
                states,
                sequence_lengths,
                self._dropout,
                is_training,
                self._seed,
                time_major,
            )
            return outputs, finals[0], finals[1] if lstm else tf.constant([], self._dtype)

    def params_to_canonical(self, params):
        """Split the weight vector into cuDNN's matrices and biases: two lists of tensors."""
        with counted_as(_OPS_OF_CONVERTING), tf.name_scope("CudnnRNNParamsToCanonical") as scope:
            return named(scope.rstrip("/"), *self._layout.split(self._vector(params)))

    def canonical_to_params(self, weights, biases):
        """Concatenate cuDNN's matrices and biases to the weight vector."""
        with counted_as(_OPS_OF_CONVERTING):
            return self._layout.join(weights, biases)

    def _vector(self, params):
        return tf.reshape(tf.convert_to_tensor(params), [self._layout.size])


def refuse_skipping(input_mode, input_size, num_units):
    """Raise NotImplementedError where the first layer has no input matrix."""
    if input_mode == "skip_input" or (input_mode == "auto_select" and input_size == num_units):
        raise NotImplementedError(
            f'input_mode="{input_mode}" where inputs and units are equally many is not supplied by legacy_graph: the '
            'cells that equal cuDNN\'s layers cannot skip the input matrix. Use "linear_input".'
        )


class CudnnLSTM(_CudnnRNN):
    """LSTM layers: gates i, f, c, o, no peepholes, no additional forget bias."""

    def __init__(self, num_layers, num_units, input_size, *args, **kwargs):
        super().__init__(CUDNN_LSTM, num_layers, num_units, input_size, *args, **kwargs)

    def __call__(self, input_data, input_h, input_c, params, sequence_lengths=None, time_major=True, is_training=True):
        """Run all layers; return outputs and final states h and c."""
        if isinstance(sequence_lengths, bool):  # until TF 1.12, is_training came here
            sequence_lengths, is_training = None, sequence_lengths
        return super().__call__(input_data, input_h, input_c, params, is_training, sequence_lengths, time_major)


class _CudnnRNNNoInputC(_CudnnRNN):
    """A model with one state."""

    _mode: str

    def __init__(self, num_layers, num_units, input_size, *args, **kwargs):
        super().__init__(self._mode, num_layers, num_units, input_size, *args, **kwargs)

    def __call__(self, input_data, input_h, params, sequence_lengths=None, time_major=True, is_training=True):
        """Run all layers; return outputs and the final state h."""
        if isinstance(sequence_lengths, bool):
            sequence_lengths, is_training = None, sequence_lengths
        return super().__call__(input_data, input_h, None, params, is_training, sequence_lengths, time_major)[:2]


class CudnnGRU(_CudnnRNNNoInputC):
    """GRU layers that apply the reset gate after the recurrent product."""

    _mode = CUDNN_GRU


class CudnnRNNTanh(_CudnnRNNNoInputC):
    """Plain RNN layers with tanh."""

    _mode = CUDNN_RNN_TANH


class CudnnRNNRelu(_CudnnRNNNoInputC):
    """Plain RNN layers with relu."""

    _mode = CUDNN_RNN_RELU


MODELS = {
    CUDNN_LSTM: CudnnLSTM,
    CUDNN_GRU: CudnnGRU,
    CUDNN_RNN_TANH: CudnnRNNTanh,
    CUDNN_RNN_RELU: CudnnRNNRelu,
}
__all__ = [
    "CudnnCompatibleGRUCell",
    "CudnnCompatibleLSTMCell",
    "CudnnGRU",
    "CudnnGRUSaveable",
    "CudnnLSTM",
    "CudnnLSTMSaveable",
    "CudnnRNNRelu",
    "CudnnRNNReluSaveable",
    "CudnnRNNTanh",
    "CudnnRNNTanhSaveable",
    "RNNParamsSaveable",
]
