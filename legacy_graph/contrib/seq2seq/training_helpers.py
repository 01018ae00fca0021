"""Helpers for training: given inputs, optionally mixed with samples (scheduled sampling)."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn import transpose_batch_time as _transpose_batch_time
from legacy_graph.contrib.seq2seq.helper_base import _embedding_fn, _ScalarIdsHelper
from legacy_graph.contrib.seq2seq.sampling import bernoulli_sample, categorical_sample


def _unstack_ta(inputs):
    """Return a TensorArray of the time steps of time-major `inputs`."""
    array = tf.TensorArray(dtype=inputs.dtype, size=tf.shape(inputs)[0], element_shape=inputs.get_shape()[1:])
    return array.unstack(inputs)


def _scatter_rows(indices, rows, other_indices, other_rows, shape):
    """Return a tensor of `shape` with `rows` at `indices` and `other_rows` at `other_indices`."""
    return tf.scatter_nd(indices=indices, updates=rows, shape=shape) + tf.scatter_nd(
        indices=other_indices, updates=other_rows, shape=shape
    )


class TrainingHelper(_ScalarIdsHelper):
    """Feeds the given inputs, regardless of the outputs (teacher forcing).

    Sample ids are the argmax of the outputs. A sequence is finished after its length; when all
    sequences are finished, zeros are fed.

    Args:
      inputs: (batch, time, ...), or (time, batch, ...) if `time_major`.
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
        """The inputs as a tensor, in the layout in which they were given."""
        return self._inputs

    @property
    def sequence_length(self):
        """Sequence lengths: an int32 tensor, (batch,)."""
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
        return tf.cond(all_finished, lambda: self._zero_inputs, lambda: self._input_tas.read(time))


def _sampling_probability(probability):
    """Return `probability` as a tensor. Raises ValueError unless it is a scalar or a vector.

    TensorFlow 1.15 accepts vectors here, although sampling then fails because of their shape.
    """
    probability = tf.convert_to_tensor(probability, name="sampling_probability")
    shape = probability.get_shape()
    if shape.ndims not in (0, 1):
        raise ValueError(f"sampling_probability must be either a scalar or a vector, received shape: {shape}")
    return probability


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """Scheduled sampling: sometimes feeds the embedding of a sampled symbol instead of the given input.

    With probability `sampling_probability`, a symbol is sampled from softmax(outputs) and its embedding
    is the next input; otherwise the given input is. Sample ids are -1 if nothing was sampled. For
    reproducible samples, set the seeds and decode with `parallel_iterations=1`: the Bernoulli samples do
    not depend on earlier steps, so a parallel loop runs them in any order.
    (Bengio et al., "Scheduled Sampling for Sequence Prediction with Recurrent Neural
    Networks", 2015.)

    Args:
      inputs, sequence_length, time_major: see TrainingHelper.
      embedding: function of a vector of ids, or the embedding matrix.
      sampling_probability: float32 scalar.
      seed: op seed of the sampled symbols.
      scheduling_seed: op seed of the decision whether to sample.

    Raises:
      ValueError: `sampling_probability` is neither a scalar nor a vector.
    """

    def __init__(
        self,
        inputs,
        sequence_length,
        embedding,
        sampling_probability,
        time_major=False,
        seed=None,
        scheduling_seed=None,
        name=None,
    ):
        with tf.name_scope(name, "ScheduledEmbeddingSamplingWrapper", [embedding, sampling_probability]):
            self._embedding_fn = _embedding_fn(embedding)
            self._sampling_probability = _sampling_probability(sampling_probability)
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs, state]):
            chosen = bernoulli_sample(
                probs=self._sampling_probability,
                dtype=tf.bool,
                sample_shape=self.batch_size,
                seed=self._scheduling_seed,
            )
            return tf.where(chosen, categorical_sample(logits=outputs, seed=self._seed), tf.fill([self.batch_size], -1))

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name
            )

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
    """Scheduled sampling of outputs: sometimes feeds the output itself instead of the given input.

    Sample ids are 1 if the output is fed, 0 if the given input is. For reproducible samples, see
    ScheduledEmbeddingTrainingHelper.

    Args:
      inputs, sequence_length, time_major: see TrainingHelper.
      sampling_probability: float32 scalar.
      seed: op seed of the decision whether to sample.
      next_inputs_fn: function applied to the outputs before they are fed; None for the outputs themselves.
      auxiliary_inputs: like `inputs`; concatenated to the last axis of whatever is fed.

    Raises:
      ValueError: `sampling_probability` is neither a scalar nor a vector.
    """

    def __init__(
        self,
        inputs,
        sequence_length,
        sampling_probability,
        time_major=False,
        seed=None,
        next_inputs_fn=None,
        auxiliary_inputs=None,
        name=None,
    ):
        with tf.name_scope(name, "ScheduledOutputTrainingHelper", [inputs, auxiliary_inputs, sampling_probability]):
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
            super().__init__(inputs=inputs, sequence_length=sequence_length, time_major=time_major, name=name)

    def sample(self, time, outputs, state, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs, state]):
            return bernoulli_sample(probs=self._sampling_probability, sample_shape=self.batch_size, seed=self._seed)

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
        with tf.name_scope(name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids, name=name
            )
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
        """Return `outputs` concatenated with the next step's auxiliary inputs; `rows` selects sequences."""
        if self._auxiliary_input_tas is None:
            return outputs
        auxiliary = self._auxiliary_input_tas.read(time + 1)
        if rows is not None:
            auxiliary = tf.gather_nd(auxiliary, rows)
        return tf.concat((outputs, auxiliary), -1)
