"""What a `BasicDecoder` reads next: given inputs, its own samples, or a mixture.

Stands for `contrib.seq2seq.python.ops.helper` of TensorFlow 1.15. A helper says three things:
the first inputs, the sample taken from an output, and the inputs that follow a sample. The
table tells the helpers apart:

| helper | sample | next inputs |
| --- | --- | --- |
| TrainingHelper | argmax | the given inputs |
| ScheduledEmbeddingTrainingHelper | a draw, or -1 | the drawn symbol's embedding, or the given inputs |
| ScheduledOutputTrainingHelper | a coin | the output itself, or the given inputs |
| GreedyEmbeddingHelper | argmax | the symbol's embedding |
| SampleEmbeddingHelper | a draw | the symbol's embedding |
| InferenceHelper, CustomHelper | your function | your function |
"""

import abc

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn import transpose_batch_time as _transpose_batch_time
from legacy_graph.contrib.seq2seq.sampling import bernoulli_sample, categorical_sample

__all__ = [
    "CustomHelper", "GreedyEmbeddingHelper", "Helper", "InferenceHelper", "SampleEmbeddingHelper",
    "ScheduledEmbeddingTrainingHelper", "ScheduledOutputTrainingHelper", "TrainingHelper",
    "bernoulli_sample", "categorical_sample",
]


def _unstack_ta(inputs):
    """A TensorArray of the time steps of time-major `inputs`."""
    array = tf.TensorArray(dtype=inputs.dtype, size=tf.shape(inputs)[0],
                           element_shape=inputs.get_shape()[1:])
    return array.unstack(inputs)


def _embedding_fn(embedding):
    """`embedding` itself where it can be called, else a lookup in it."""
    if callable(embedding):
        return embedding
    return lambda ids: tf.nn.embedding_lookup(embedding, ids)


def _scatter_rows(indices, rows, other_indices, other_rows, shape):
    """A tensor of `shape` with `rows` at `indices` and `other_rows` at `other_indices`."""
    return (tf.scatter_nd(indices=indices, updates=rows, shape=shape)
            + tf.scatter_nd(indices=other_indices, updates=other_rows, shape=shape))


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


class CustomHelper(Helper):
    """A helper made of three functions.

    Args:
      initialize_fn: () -> (finished, inputs).
      sample_fn: (time, outputs, state) -> sample_ids.
      next_inputs_fn: (time, outputs, state, sample_ids) -> (finished, next_inputs, next_state).
      sample_ids_shape: shape of one sample, without the batch axis; default a scalar.
      sample_ids_dtype: default int32.

    The functions are called with keywords. Reading `batch_size` before `initialize` raises
    ValueError: it is the size of the first `finished`.
    """

    def __init__(self, initialize_fn, sample_fn, next_inputs_fn, sample_ids_shape=None,
                 sample_ids_dtype=None):
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = None
        self._sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or tf.int32

    @property
    def batch_size(self):
        if self._batch_size is None:
            raise ValueError("batch_size of this helper is known only after initialize(), "
                             "which has not been called")
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
            return self._next_inputs_fn(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids)


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


class TrainingHelper(_ScalarIdsHelper):
    """Feeds the given inputs, whatever the outputs are ("teacher forcing").

    Sample ids are the argmax of the outputs. A sequence is finished after its length; once all
    are, zeros are fed.

    Args:
      inputs: (batch, time, ...), or (time, batch, ...) when `time_major`.
      sequence_length: int32, (batch,).

    Raises:
      ValueError: `sequence_length` is not a vector.
    """

    def __init__(self, inputs, sequence_length, time_major=False, name=None):
        with tf.name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            self._inputs = inputs = tf.convert_to_tensor(inputs, name="inputs")
            if not time_major:
                inputs = _transpose_batch_time(inputs)
            self._input_tas = _unstack_ta(inputs)
            self._sequence_length = tf.convert_to_tensor(sequence_length, name="sequence_length")
            shape = self._sequence_length.get_shape()
            if shape.ndims != 1:
                raise ValueError(f"sequence_length must be a vector, received shape: {shape}")
            self._zero_inputs = tf.zeros_like(inputs[0, :])
            self._batch_size = tf.size(sequence_length)

    @property
    def inputs(self):
        """The inputs as a tensor, as they were given."""
        return self._inputs

    @property
    def sequence_length(self):
        """int32 tensor, (batch,)."""
        return self._sequence_length

    def initialize(self, name=None):
        with tf.name_scope(name, "TrainingHelperInitialize"):
            finished = tf.equal(0, self._sequence_length)
            return finished, self._read_unless(tf.reduce_all(finished), 0)

    def sample(self, time, outputs, name=None, **unused_kwargs):
        with tf.name_scope(name, "TrainingHelperSample", [time, outputs]):
            return tf.cast(tf.argmax(outputs, axis=-1), tf.int32)

    def next_inputs(self, time, outputs, state, name=None, **unused_kwargs):
        with tf.name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            next_time = time + 1
            finished = next_time >= self._sequence_length
            return finished, self._read_unless(tf.reduce_all(finished), next_time), state

    def _read_unless(self, all_finished, time):
        return tf.cond(all_finished, lambda: self._zero_inputs,
                       lambda: self._input_tas.read(time))


def _sampling_probability(probability):
    """`probability` as a tensor; ValueError unless a scalar or a vector.

    TensorFlow 1.15 lets vectors pass, though its own draws then fail for their shape.
    """
    probability = tf.convert_to_tensor(probability, name="sampling_probability")
    shape = probability.get_shape()
    if shape.ndims not in (0, 1):
        raise ValueError("sampling_probability must be either a scalar or a vector, "
                         f"received shape: {shape}")
    return probability


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Scheduled sampling: now and then feeds the embedding of a drawn symbol instead.

    With `sampling_probability`, a symbol is drawn from softmax(outputs) and its embedding is
    the next input; else the given input is. Sample ids are -1 where nothing was drawn. To repeat
    the draws, give seeds and decode with `parallel_iterations=1`: the coins wait for no earlier
    step, so that the turns of a parallel loop take them in any order.
    (Bengio et al., "Scheduled Sampling for Sequence Prediction with Recurrent Neural
    Networks", 2015.)

    Args:
      inputs, sequence_length, time_major: see TrainingHelper.
      embedding: callable on a vector of ids, or the table to look them up in.
      sampling_probability: float32 scalar.
      seed: of the draws of symbols.
      scheduling_seed: of the coin that decides whether to draw.

    Raises:
      ValueError: `sampling_probability` is neither a scalar nor a vector.
    """

    def __init__(self, inputs, sequence_length, embedding, sampling_probability,
                 time_major=False, seed=None, scheduling_seed=None, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingSamplingWrapper",
                           [embedding, sampling_probability]):
            self._embedding_fn = _embedding_fn(embedding)
            self._sampling_probability = _sampling_probability(sampling_probability)
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs=inputs, sequence_length=sequence_length,
                             time_major=time_major, name=name)

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperSample",
                           [time, outputs, state]):
            chosen = bernoulli_sample(
                probs=self._sampling_probability, dtype=tf.bool, sample_shape=self.batch_size,
                seed=self._scheduling_seed)
            return tf.where(chosen, categorical_sample(logits=outputs, seed=self._seed),
                            tf.fill([self.batch_size], -1))

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs",
                           [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name)

            def mix():
                sampled = tf.cast(tf.where(sample_ids > -1), tf.int32)
                not_sampled = tf.cast(tf.where(sample_ids <= -1), tf.int32)
                ids = tf.gather_nd(sample_ids, sampled)
                kept = tf.gather_nd(given, not_sampled)
                drawn = self._embedding_fn(ids)
                return _scatter_rows(sampled, drawn, not_sampled, kept, tf.shape(given))

            next_inputs = tf.cond(tf.reduce_all(finished), lambda: given, mix)
            return finished, next_inputs, state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """Scheduled sampling of outputs: now and then feeds the output itself.

    Sample ids are 1 where the output is fed, 0 where the given input is. To repeat them, see
    ScheduledEmbeddingTrainingHelper.

    Args:
      inputs, sequence_length, time_major: see TrainingHelper.
      sampling_probability: float32 scalar.
      seed: of the coin.
      next_inputs_fn: applied to the outputs before they are fed; None feeds them as they are.
      auxiliary_inputs: like `inputs`; joined behind the last axis of what is fed, either way.

    Raises:
      ValueError: `sampling_probability` is neither a scalar nor a vector.
    """

    def __init__(self, inputs, sequence_length, sampling_probability, time_major=False,
                 seed=None, next_inputs_fn=None, auxiliary_inputs=None, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelper",
                           [inputs, auxiliary_inputs, sampling_probability]):
            self._sampling_probability = _sampling_probability(sampling_probability)
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            self._auxiliary_input_tas = None
            if auxiliary_inputs is not None:
                inputs = tf.convert_to_tensor(inputs, name="inputs")
                auxiliary_inputs = tf.convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                inputs = tf.concat((inputs, auxiliary_inputs), -1)
                if not time_major:
                    auxiliary_inputs = _transpose_batch_time(auxiliary_inputs)
                self._auxiliary_input_tas = _unstack_ta(auxiliary_inputs)
            super().__init__(inputs=inputs, sequence_length=sequence_length,
                             time_major=time_major, name=name)

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, state]):
            return bernoulli_sample(probs=self._sampling_probability,
                                    sample_shape=self.batch_size, seed=self._seed)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelperNextInputs",
                           [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name)
            chosen = tf.cast(sample_ids, tf.bool)

            def mix():
                if self._next_inputs_fn is None:
                    return tf.where(chosen, self._join_auxiliary(outputs, time), given)
                sampled = tf.cast(tf.where(chosen), tf.int32)
                not_sampled = tf.cast(tf.where(tf.logical_not(chosen)), tf.int32)
                outputs_sampled = tf.gather_nd(outputs, sampled)
                kept = tf.gather_nd(given, not_sampled)
                fed = self._join_auxiliary(self._next_inputs_fn(outputs_sampled), time, sampled)
                return _scatter_rows(sampled, fed, not_sampled, kept, tf.shape(given))

            all_finished = tf.reduce_all(finished)
            no_samples = tf.logical_not(tf.reduce_any(chosen))
            next_inputs = tf.cond(tf.logical_or(all_finished, no_samples), lambda: given, mix)
            return finished, next_inputs, state

    def _join_auxiliary(self, outputs, time, rows=None):
        """`outputs` with the next step's auxiliary inputs behind them; `rows` picks some."""
        if self._auxiliary_input_tas is None:
            return outputs
        auxiliary = self._auxiliary_input_tas.read(time + 1)
        if rows is not None:
            auxiliary = tf.gather_nd(auxiliary, rows)
        return tf.concat((outputs, auxiliary), -1)


def _require_one_tensor(outputs):
    if not isinstance(outputs, tf.Tensor):
        raise TypeError("this helper samples from outputs that are a single Tensor, "
                        f"received: {type(outputs)}")


class GreedyEmbeddingHelper(_ScalarIdsHelper):
    """Feeds back the embedding of the likeliest symbol, until the end token.

    Args:
      embedding: callable on a vector of ids, or the table to look them up in.
      start_tokens: int32, (batch,): the symbols whose embeddings are the first inputs.
      end_token: int32 scalar: the symbol that finishes a sequence.

    Raises:
      ValueError: `start_tokens` is not a vector, or `end_token` not a scalar.
    """

    def __init__(self, embedding, start_tokens, end_token):
        self._embedding_fn = _embedding_fn(embedding)
        self._start_tokens = tf.convert_to_tensor(
            start_tokens, dtype=tf.int32, name="start_tokens")
        self._end_token = tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._start_tokens.get_shape().ndims != 1:
            raise ValueError("start_tokens must be a vector, received shape: "
                             f"{self._start_tokens.get_shape()}")
        self._batch_size = tf.size(start_tokens)
        if self._end_token.get_shape().ndims != 0:
            raise ValueError("end_token must be a scalar, received shape: "
                             f"{self._end_token.get_shape()}")
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
            lambda: self._embedding_fn(sample_ids))
        return finished, next_inputs, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """Feeds back the embedding of a symbol drawn from softmax(outputs / temperature).

    Args:
      embedding, start_tokens, end_token: see GreedyEmbeddingHelper.
      softmax_temperature: float32 scalar above 0; above 1 draws more evenly, below 1 more
        greedily. None: 1.
      seed: of the draws.
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
    """Samples, ends and feeds back by functions of your own.

    Args:
      sample_fn: outputs -> sample_ids.
      sample_shape: shape of one sample, without the batch axis.
      sample_dtype: of the samples.
      start_inputs: (batch, ...): the first inputs.
      end_fn: sample_ids -> bool, (batch,): which sequences are finished.
      next_inputs_fn: sample_ids -> inputs; None feeds the sample ids themselves.
    """

    def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs, end_fn,
                 next_inputs_fn=None):
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
