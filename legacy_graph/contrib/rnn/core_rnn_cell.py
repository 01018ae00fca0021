"""Wrappers that add an embedding or a linear projection to a cell.

Stands for `tensorflow.contrib.rnn.python.ops.core_rnn_cell`, which up to TF 1.1 also held the
basic cells; they are available here for scripts of that time.
"""

import math

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.cell import WrapperCell, as_written
from legacy_graph.contrib.rnn.linear import _Linear, _linear
from legacy_graph.contrib.rnn.rnn_cell_impl import (
    _BIAS_VARIABLE_NAME,
    _WEIGHTS_VARIABLE_NAME,
    BasicLSTMCell,
    BasicRNNCell,
    DeviceWrapper,
    DropoutWrapper,
    GRUCell,
    LSTMCell,
    LSTMStateTuple,
    MultiRNNCell,
    ResidualWrapper,
    RNNCell,
)
from legacy_graph.namespace import refuse_unknown


class EmbeddingWrapper(WrapperCell):
    """Embeds the inputs of `cell`.

    The embedding is the variable "embedding", shape (embedding_classes, embedding_size), uniform in
    [-sqrt(3), sqrt(3)] (variance 1) by default.

    Args:
      cell: an RNNCell whose inputs have embedding_size columns.
      embedding_classes, embedding_size: shape of the embedding, both positive.
      initializer: initializer of the embedding; default the scope's, if it has one.
      reuse: if True, reuse the variables of the scope.

    Raises TypeError if `cell` is not like an RNNCell, ValueError if a size is not positive.
    """

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(cell, _reuse=reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                f"Both embedding_classes and embedding_size must be > 0: {embedding_classes}, {embedding_size}."
            )
        self._table_shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    @as_written
    def call(self, inputs, state):
        with tf.device("/cpu:0"):
            initializer = self._initializer or tf.get_variable_scope().initializer
            if not initializer:
                initializer = tf.random_uniform_initializer(-math.sqrt(3), math.sqrt(3))
            dtype = state[0].dtype if isinstance(state, tuple) else state.dtype
            table = tf.get_variable("embedding", self._table_shape, initializer=initializer, dtype=dtype)
            embedded = tf.nn.embedding_lookup(table, tf.reshape(inputs, [-1]))
            return self._cell(embedded, state)


class InputProjectionWrapper(WrapperCell):
    """Projects the inputs of `cell` linearly to `num_proj` columns.

    Variables "kernel" and "bias". `activation` is applied to the projected inputs; `input_size` is
    accepted and ignored, as in TF 1.15. Raises TypeError if `cell` is not like an RNNCell.
    """

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(cell, _reuse=reuse)
        if input_size is not None:
            tf.logging.warn("%s: The input_size parameter is deprecated.", self)
        self._num_proj, self._activation, self._linear = num_proj, activation, None

    @as_written
    def call(self, inputs, state):
        if self._linear is None:
            self._linear = _Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        return self._cell(self._activation(projected) if self._activation else projected, state)


class OutputProjectionWrapper(WrapperCell):
    """Projects the outputs of `cell` linearly to `output_size` columns.

    Variables "kernel" and "bias", outside the cell's own scope. `activation` is applied to the
    projected outputs. Raises TypeError if `cell` is not like an RNNCell, ValueError if
    `output_size` is not positive.
    """

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(cell, _reuse=reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size, self._activation, self._linear = output_size, activation, None

    @property
    def output_size(self):
        return self._output_size

    @as_written
    def call(self, inputs, state):
        output, new_state = self._cell(inputs, state)
        if self._linear is None:
            self._linear = _Linear(output, self._output_size, True)
        projected = self._linear(output)
        return (self._activation(projected) if self._activation else projected), new_state


__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "EmbeddingWrapper",
    "GRUCell",
    "InputProjectionWrapper",
    "LSTMCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "OutputProjectionWrapper",
    "RNNCell",
    "ResidualWrapper",
    "_BIAS_VARIABLE_NAME",
    "_Linear",
    "_WEIGHTS_VARIABLE_NAME",
    "_linear",
]
__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.core_rnn_cell", __all__)
