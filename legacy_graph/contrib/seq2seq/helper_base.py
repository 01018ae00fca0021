"""Base classes of the decoding helpers."""

import abc

import tensorflow.compat.v1 as tf


def _embedding_fn(embedding):
    """Return `embedding` itself if it is callable, else a function that looks ids up in it."""
    if callable(embedding):
        return embedding
    return lambda ids: tf.nn.embedding_lookup(embedding, ids)


class Helper(abc.ABC):
    """Interface of the helpers, which a `BasicDecoder` calls at each step. Subclass it for custom sampling."""

    @property
    @abc.abstractmethod
    def batch_size(self):
        """Number of sequences: a scalar int32 tensor."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    @abc.abstractmethod
    def sample_ids_shape(self):
        """TensorShape of the result of `sample`, without the batch axis."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    @abc.abstractmethod
    def sample_ids_dtype(self):
        """DType of the result of `sample`."""
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
    """Base of helpers whose samples are one int32 per sequence; stores the batch size."""

    @property
    def batch_size(self):
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return tf.TensorShape([])

    @property
    def sample_ids_dtype(self):
        return tf.int32
