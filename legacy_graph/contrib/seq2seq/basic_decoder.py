"""A decoder that samples with a helper; replaces `contrib.seq2seq.python.ops.basic_decoder`."""

import collections

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.rnn_cell_impl import assert_like_rnncell
from legacy_graph.contrib.seq2seq.decoder import Decoder
from legacy_graph.contrib.seq2seq.helper import Helper

__all__ = ["BasicDecoder", "BasicDecoderOutput"]


class BasicDecoderOutput(collections.namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """Outputs of the cell (or of the output layer), and sample ids."""

    __slots__ = ()


def output_size_after(cell, layer):
    """Return the shape of the cell's output after `layer`, which may be None."""
    size = cell.output_size
    if layer is None:
        return size
    with_batch = tf.nest.map_structure(lambda part: tf.TensorShape([None]).concatenate(part), size)
    return tf.nest.map_structure(lambda shape: shape[1:], layer.compute_output_shape(with_batch))


class BasicDecoder(Decoder):
    """Runs a cell on inputs that a helper supplies.

    Args:
      cell: an RNNCell.
      helper: a Helper, such as TrainingHelper or GreedyEmbeddingHelper.
      initial_state: the cell's state before the first step.
      output_layer: a `tf.layers` layer applied to each output, e.g. `tf.layers.Dense(symbols)`;
        or None.

    Raises:
      TypeError: `cell`, `helper` or `output_layer` is of the wrong type.
    """

    def __init__(self, cell, helper, initial_state, output_layer=None):
        assert_like_rnncell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a seq2seq Helper, received: {type(helper)}")
        if output_layer is not None and not isinstance(output_layer, internals.legacy_layers.Layer):
            raise TypeError(f"output_layer must be a tf.layers Layer, received: {type(output_layer)}")
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self):
        return self._helper.batch_size

    def _rnn_output_size(self):
        return output_size_after(self._cell, self._output_layer)

    @property
    def output_size(self):
        return BasicDecoderOutput(rnn_output=self._rnn_output_size(), sample_id=self._helper.sample_ids_shape)

    @property
    def output_dtype(self):
        """Dtype of the first state tensor for the outputs, and the helper's for the sample ids."""
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        return BasicDecoderOutput(
            tf.nest.map_structure(lambda _: dtype, self._rnn_output_size()), self._helper.sample_ids_dtype
        )

    def initialize(self, name=None):
        return self._helper.initialize() + (self._initial_state,)

    def step(self, time, inputs, state, name=None):
        with tf.name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, cell_state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=cell_state)
            finished, next_inputs, next_state = self._helper.next_inputs(
                time=time, outputs=outputs, state=cell_state, sample_ids=sample_ids
            )
        return BasicDecoderOutput(outputs, sample_ids), next_state, next_inputs, finished
