"""`tf.contrib.crf`: a linear-chain conditional random field over the outputs of a tagger.

Shapes: `inputs` (batch, length, tags) are the unary scores; `transition_params` (tags, tags) hold the score of moving
from the row's tag to the column's. Lafferty, McCallum and Pereira, "Conditional Random Fields", 2001. The variable
name, arguments and results are those of TF 1.15.
"""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.namespace import refuse_unknown


def crf_log_likelihood(inputs, tag_indices, sequence_lengths, transition_params=None):
    """Return the log-likelihood of each tag sequence, (batch,), and the transition scores.

    If `transition_params` is None, a variable named `transitions` is created.
    """
    if transition_params is None:
        tags = tf.dimension_value(inputs.shape[2])
        transition_params = tf.get_variable("transitions", [tags, tags])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return score - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params):
    """Return the unnormalized score of each tag sequence, (batch,)."""

    def one_step():
        rows = tf.range(tf.shape(inputs, out_type=tag_indices.dtype)[0], dtype=tag_indices.dtype)
        where = tf.concat([tf.reshape(rows, [-1, 1]), tag_indices], axis=1)
        return _zero_where_empty(tf.gather_nd(tf.squeeze(inputs, [1]), where), sequence_lengths)

    def steps():
        return crf_unary_score(tag_indices, sequence_lengths, inputs) + crf_binary_score(
            tag_indices, sequence_lengths, transition_params
        )

    return _by_length(inputs, one_step, steps)


def crf_multitag_sequence_score(inputs, tag_bitmap, sequence_lengths, transition_params):
    """Like `crf_sequence_score`, but the log-sum-exp over all sequences of tags that are True in `tag_bitmap`."""
    allowed = tf.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), float("-inf")))
    return _by_length(
        inputs,
        lambda: tf.reduce_logsumexp(allowed, axis=[1, 2]),
        lambda: crf_log_norm(allowed, sequence_lengths, transition_params),
    )


def crf_log_norm(inputs, sequence_lengths, transition_params):
    """Return the log partition function: log of the sum of exp(score) over all tag sequences, (batch,)."""
    first = tf.squeeze(inputs[:, :1], [1])

    def one_step():
        return tf.reduce_logsumexp(first, [1])

    def steps():
        _, alphas = tf.nn.dynamic_rnn(
            CrfForwardRnnCell(transition_params),
            inputs[:, 1:],
            _minus_one(sequence_lengths),
            initial_state=first,
            dtype=tf.float32,
        )
        return tf.reduce_logsumexp(alphas, [1])

    return _zero_where_empty(_by_length(inputs, one_step, steps), sequence_lengths)


def crf_unary_score(tag_indices, sequence_lengths, inputs):
    """Return the sum of the unary scores of each tag sequence, (batch,)."""
    batch, length, tags = tf.unstack(tf.shape(inputs))
    offsets = tf.expand_dims(tf.range(batch) * length * tags, 1) + tf.expand_dims(tf.range(length) * tags, 0)
    flat = tf.reshape(tf.cast(offsets, tag_indices.dtype) + tag_indices, [-1])
    scores = tf.reshape(tf.gather(tf.reshape(inputs, [-1]), flat), [batch, length])
    return tf.reduce_sum(scores * _mask(tag_indices, sequence_lengths), 1)


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
    """Return the sum of the transition scores of each tag sequence, (batch,)."""
    tags = transition_params.get_shape()[0]
    where = tag_indices[:, :-1] * tags + tag_indices[:, 1:]
    scores = tf.gather(tf.reshape(transition_params, [-1]), where)
    return tf.reduce_sum(scores * _mask(tag_indices, sequence_lengths)[:, 1:], 1)


def viterbi_decode(score, transition_params):
    """Viterbi-decode one sequence with numpy; return the best tags as a list, and their score.

    Args:
      score: numpy array (length, tags), the unary scores.
      transition_params: numpy array (tags, tags).
    """
    best = np.zeros_like(score)
    came_from = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for step in range(1, score.shape[0]):
        candidates = best[step - 1][:, np.newaxis] + transition_params
        best[step] = score[step] + candidates.max(0)
        came_from[step] = candidates.argmax(0)
    tags = [np.argmax(best[-1])]
    for step in range(score.shape[0] - 1, 0, -1):
        tags.append(came_from[step][tags[-1]])
    return tags[::-1], np.max(best[-1])


def crf_decode(potentials, transition_params, sequence_length):
    """Viterbi-decode a batch; return the best tags, int32 (batch, length), and their scores, (batch,)."""

    def one_step():
        scores = tf.squeeze(potentials, [1])
        tags = tf.expand_dims(tf.argmax(scores, axis=1), 1)
        return tf.cast(tags, tf.int32), tf.reduce_max(scores, axis=1)

    def steps():
        later = _minus_one(sequence_length)
        came_from, last = tf.nn.dynamic_rnn(
            CrfDecodeForwardRnnCell(transition_params),
            potentials[:, 1:],
            later,
            initial_state=tf.squeeze(potentials[:, :1], [1]),
            dtype=tf.int32,
        )
        final = tf.expand_dims(tf.cast(tf.argmax(last, axis=1), tf.int32), -1)
        before, _ = tf.nn.dynamic_rnn(
            CrfDecodeBackwardRnnCell(tf.dimension_value(potentials.shape[2])),
            tf.reverse_sequence(came_from, later, seq_axis=1),
            later,
            initial_state=final,
            dtype=tf.int32,
        )
        backwards = tf.concat([final, tf.squeeze(before, [2])], axis=1)
        tags = tf.reverse_sequence(backwards, sequence_length, seq_axis=1)
        return tags, tf.reduce_max(last, axis=1)

    return _by_length(potentials, one_step, steps)


class _TransitionCell(internals.legacy_cells.RNNCell):
    """Base of the two forward cells: the state is one score per tag, (batch, tags)."""

    def __init__(self, transition_params):
        self._transition_params = tf.expand_dims(transition_params, 0)
        self._num_tags = tf.dimension_value(transition_params.shape[0])

    @property
    def state_size(self):
        return self._num_tags

    @property
    def output_size(self):
        return self._num_tags

    def _from_every_tag(self, state):
        return tf.expand_dims(state, 2) + self._transition_params


class CrfForwardRnnCell(_TransitionCell):
    """One step of the forward algorithm: the state is the log-sum-exp over all paths that end in each tag."""

    def __call__(self, inputs, state, scope=None):
        new = inputs + tf.reduce_logsumexp(self._from_every_tag(state), [1])
        return new, new


class CrfDecodeForwardRnnCell(_TransitionCell):
    """One forward step of Viterbi: outputs backpointers; the state is the score of the best path to each tag."""

    def __call__(self, inputs, state, scope=None):
        scores = self._from_every_tag(state)
        return tf.cast(tf.argmax(scores, 1), tf.int32), inputs + tf.reduce_max(scores, [1])


class CrfDecodeBackwardRnnCell(internals.legacy_cells.RNNCell):
    """One backtracking step of Viterbi: the state is the current tag of the best path, (batch, 1)."""

    def __init__(self, num_tags):
        self._num_tags = num_tags

    @property
    def state_size(self):
        return 1

    @property
    def output_size(self):
        return 1

    def __call__(self, inputs, state, scope=None):
        where = tf.stack([tf.range(tf.shape(inputs)[0]), tf.squeeze(state, [1])], axis=1)
        tags = tf.expand_dims(tf.gather_nd(inputs, where), -1)
        return tags, tags


def _by_length(inputs, one_step, steps):
    """Return `one_step()` for sequences of length 1, which `dynamic_rnn` cannot run; else `steps()`."""
    length = tf.dimension_value(inputs.shape[1])
    if length is None:
        return tf.cond(tf.equal(tf.shape(inputs)[1], 1), one_step, steps)
    return one_step() if length == 1 else steps()


def _minus_one(lengths):
    return tf.maximum(tf.constant(0, lengths.dtype), lengths - 1)


def _mask(tag_indices, lengths):
    return tf.sequence_mask(lengths, maxlen=tf.shape(tag_indices)[1], dtype=tf.float32)


def _zero_where_empty(values, lengths):
    return tf.where(tf.less_equal(lengths, 0), tf.zeros_like(values), values)


__all__ = [
    "CrfDecodeBackwardRnnCell",
    "CrfDecodeForwardRnnCell",
    "CrfForwardRnnCell",
    "crf_binary_score",
    "crf_decode",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_multitag_sequence_score",
    "crf_sequence_score",
    "crf_unary_score",
    "viterbi_decode",
]
__getattr__ = refuse_unknown("tf.contrib.crf", __all__)
