"""Helpers for inference: feed back the decoded symbols, or use custom functions."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.seq2seq.helper_base import Helper, _embedding_fn, _ScalarIdsHelper
from legacy_graph.contrib.seq2seq.sampling import categorical_sample


def _require_one_tensor(outputs):
    if not isinstance(outputs, tf.Tensor):
        raise TypeError(f"this helper samples from outputs that are a single Tensor, received: {type(outputs)}")


class GreedyEmbeddingHelper(_ScalarIdsHelper):
    """Feeds back the embedding of the most likely symbol, until the end token.

    Args:
      embedding: function of a vector of ids, or the embedding matrix.
      start_tokens: int32, (batch,): the symbols whose embeddings are the first inputs.
      end_token: int32 scalar: the symbol that finishes a sequence.

    Raises:
      ValueError: `start_tokens` is not a vector, or `end_token` not a scalar.
    """

    def __init__(self, embedding, start_tokens, end_token):
        self._embedding_fn = _embedding_fn(embedding)
        self._start_tokens = tf.convert_to_tensor(start_tokens, dtype=tf.int32, name="start_tokens")
        self._end_token = tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._start_tokens.get_shape().ndims != 1:
            raise ValueError(f"start_tokens must be a vector, received shape: {self._start_tokens.get_shape()}")
        self._batch_size = tf.size(start_tokens)
        if self._end_token.get_shape().ndims != 0:
            raise ValueError(f"end_token must be a scalar, received shape: {self._end_token.get_shape()}")
        self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name=None):
        return tf.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        _require_one_tensor(outputs)
        return tf.argmax(outputs, axis=-1, output_type=tf.int32)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        finished = tf.equal(sample_ids, self._end_token)
        next_inputs = tf.cond(
            tf.reduce_all(finished),
            lambda: self._start_inputs,  # never read: the loop ends here
            lambda: self._embedding_fn(sample_ids),
        )
        return finished, next_inputs, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds back the embedding of a symbol drawn from softmax(outputs / temperature).

    Args:
      embedding, start_tokens, end_token: see GreedyEmbeddingHelper.
      softmax_temperature: float32 scalar above 0, default 1; higher values make the samples more uniform,
        lower values more greedy.
      seed: op seed of the samples.
    """

    def __init__(self, embedding, start_tokens, end_token, softmax_temperature=None, seed=None):
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time, outputs, state, name=None):
        _require_one_tensor(outputs)
        logits = outputs
        if self._softmax_temperature is not None:
            logits = outputs / self._softmax_temperature
        return categorical_sample(logits=logits, seed=self._seed)


class InferenceHelper(Helper):
    """Samples, ends and feeds back with custom functions.

    Args:
      sample_fn: function outputs -> sample_ids.
      sample_shape: shape of one sample, without the batch axis.
      sample_dtype: dtype of the samples.
      start_inputs: (batch, ...), the first inputs.
      end_fn: function sample_ids -> bool, (batch,), which sequences are finished.
      next_inputs_fn: function sample_ids -> inputs; if None, the sample ids themselves are fed.
    """

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, next_inputs_fn=None):
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._sample_shape = tf.TensorShape(sample_shape)
        self._sample_dtype = sample_dtype
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = tf.shape(start_inputs)[0]
        self._start_inputs = tf.convert_to_tensor(start_inputs, name="start_inputs")

    @property
    def batch_size(self):
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return self._sample_shape

    @property
    def sample_ids_dtype(self):
        return self._sample_dtype

    def initialize(self, name=None):
        return tf.tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time, outputs, state, name=None):
        return self._sample_fn(outputs)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        next_inputs = sample_ids if self._next_inputs_fn is None else self._next_inputs_fn(sample_ids)
        return self._end_fn(sample_ids), next_inputs, state


class CustomHelper(Helper):
    """A helper made of three functions.

    Args:
      initialize_fn: () -> (finished, inputs).
      sample_fn: (time, outputs, state) -> sample_ids.
      next_inputs_fn: (time, outputs, state, sample_ids) -> (finished, next_inputs, next_state).
      sample_ids_shape: shape of one sample, without the batch axis; default a scalar.
      sample_ids_dtype: default int32.

    The functions are called with keyword arguments. Reading `batch_size` before `initialize` raises
    ValueError, because it is the size of the first `finished`.
    """

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None, sample_ids_dtype=None):
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = None
        self._sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or tf.int32

    @property
    def batch_size(self):
        if self._batch_size is None:
            raise ValueError("batch_size of this helper is known only after initialize(), which has not been called")
        return self._batch_size

    @property
    def sample_ids_shape(self):
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self):
        return self._sample_ids_dtype

    def initialize(self, name=None):
        with tf.name_scope(name, type(self).__name__ + "Initialize"):
            finished, next_inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = tf.size(finished)
        return finished, next_inputs

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, type(self).__name__ + "Sample", (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, type(self).__name__ + "NextInputs", (time, outputs, state)):
            return self._next_inputs_fn(time=time, outputs=outputs, state=state, sample_ids=sample_ids)
