"""What all decoding helpers are: the interface, and what they share."""

import abc

import tensorflow.compat.v1 as tf


def _embedding_fn(embedding):
    """`embedding` itself where it can be called, else a lookup in it."""
    if callable(embedding):
        return embedding
    return lambda ids: tf.nn.embedding_lookup(embedding, ids)


class Helper(abc.ABC):
    """What a `BasicDecoder` asks at every step. Subclass it to sample in your own way."""

    @property
    @abc.abstractmethod
    def batch_size(self):
        """How many sequences: a scalar int32 tensor."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    @abc.abstractmethod
    def sample_ids_shape(self):
        """TensorShape of what `sample` returns, without the batch axis."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    @abc.abstractmethod
    def sample_ids_dtype(self):
        """DType of what `sample` returns."""
        raise NotImplementedError("sample_ids_dtype has not been implemented")

    @abc.abstractmethod
    def initialize(self, name=None):
        """Return `(finished, inputs)` before the first step; `finished` is bool, (batch,)."""

    @abc.abstractmethod
    def sample(self, time, outputs, state, name=None):
        """Return the sample ids of this step's outputs."""

    @abc.abstractmethod
    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        """Return `(finished, next_inputs, next_state)`."""


class _ScalarIdsHelper(Helper):
    """A helper whose samples are one int32 a sequence; keeps the batch size it is given."""

    @property
    def batch_size(self):
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return tf.TensorShape([])

    @property
    def sample_ids_dtype(self):
        return tf.int32
