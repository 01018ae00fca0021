"""Monotonic attention, which only moves forward in the memory.

Starting from the memory position attended to at the previous step, each position in turn is chosen
with a probability; the first one chosen is attended to. `monotonic_attention` computes the expected
attention. (Raffel, Luong, Liu, Weiss, Eck, "Online and Linear-Time Attention by Enforcing
Monotonic Alignments", 2017, https://arxiv.org/abs/1704.00784.)
"""

import functools

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib.seq2seq.attention_mechanism import (
    _BaseAttentionMechanism,
    _units_layer,
    bahdanau_score_with_variables,
    dimension,
    luong_score_with_variables,
)


def safe_cumprod(x, *args, **kwargs):
    """Return the cumulative product of `x` in [0, 1] as exp(cumsum(log(x))), whose gradient does not underflow.

    Takes the arguments of `tf.cumprod`. Values are clipped to at least the dtype's smallest positive number.
    """
    with tf.name_scope(None, "SafeCumprod", [x]):
        x = tf.convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        return tf.exp(tf.cumsum(tf.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


def monotonic_attention(p_choose_i, previous_attention, mode):
    """Return the distribution of the attended position, given that of the previous step.

    Args:
      p_choose_i: float, (batch, memory_time), the probability of choosing each position.
      previous_attention: float, (batch, memory_time), the distribution at the previous step. At the
        first step, all of it is on the first position.
      mode: "recursive" runs along the memory with `tf.scan`: exact, but slow. "parallel" is a closed
        form of cumulative sums and products: fast, but it clips small products at 1e-10. "hard"
        requires that `p_choose_i` are zeros and ones; it is fast and exact.

    Returns:
      float, (batch, memory_time).

    Raises:
      ValueError: unknown mode.
    """
    if mode not in _MODES:
        raise ValueError(f"mode must be one of {', '.join(_MODES)}; received: {mode!r}")
    p_choose_i = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
    previous_attention = tf.convert_to_tensor(previous_attention, name="previous_attention")
    return _MODES[mode](p_choose_i, previous_attention)


def _recursive(p_choose, previous):
    """Recurrence: attention[i] = p[i] q[i], where q[i] = (1 - p[i-1]) q[i-1] + previous[i]."""
    batch_size = dimension(p_choose, 0)
    pass_on = tf.concat([tf.ones((batch_size, 1)), 1 - p_choose[:, :-1]], 1)

    def next_q(q, column):
        return tf.reshape(column[0] * q + column[1], (batch_size,))  # sets the static shape

    columns = [tf.transpose(pass_on), tf.transpose(previous)]
    return p_choose * tf.transpose(tf.scan(next_q, columns, tf.zeros((batch_size,))))


def _parallel(p_choose, previous):
    """Closed form: attention = p c cumsum(previous / c), where c = cumprod(1 - p)."""
    passed_over = safe_cumprod(1 - p_choose, axis=1, exclusive=True)
    return p_choose * passed_over * tf.cumsum(previous / tf.clip_by_value(passed_over, 1e-10, 1.0), axis=1)


def _hard(p_choose, previous):
    """Return the first chosen position at or after the previous one, as one-hot rows."""
    p_choose *= tf.cumsum(previous, axis=1)
    return p_choose * tf.cumprod(1 - p_choose, axis=1, exclusive=True)


_MODES = {"recursive": _recursive, "parallel": _parallel, "hard": _hard}


def _monotonic_probability_fn(score, previous_alignments, sigmoid_noise, mode, seed=None):
    """Return alignments for scores: sigmoid (a step function if `mode` is "hard"), then `monotonic_attention`.

    Gaussian noise with stddev `sigmoid_noise` is added to the scores. In training it drives them away
    from zero, so that the choices become discrete.
    """
    if sigmoid_noise > 0:
        noise = tf.random_normal(tf.shape(score), dtype=score.dtype, seed=seed)
        score += sigmoid_noise * noise
    if mode == "hard":
        p_choose_i = tf.cast(score > 0, score.dtype)
    else:
        p_choose_i = tf.sigmoid(score)
    return monotonic_attention(p_choose_i, previous_alignments, mode)


class _BaseMonotonicAttentionMechanism(_BaseAttentionMechanism):
    """Base of the monotonic mechanisms: initially, all attention is on the first memory position."""

    def initial_alignments(self, batch_size, dtype):
        """Return the alignments before the first step: (batch, memory_time), rows 1, 0, 0, ..."""
        first = tf.zeros((batch_size,), dtype=tf.int32)
        return tf.one_hot(first, self._alignments_size, dtype=dtype)

    def _add_score_bias(self, score):
        return score + tf.get_variable("attention_score_bias", dtype=score.dtype, initializer=self._score_bias_init)


class BahdanauMonotonicAttention(_BaseMonotonicAttentionMechanism):
    """Bahdanau's score plus a trainable `attention_score_bias`, aligned by `monotonic_attention`.

    The variables are those of `BahdanauAttention`, in the scope `bahdanau_monotonic_attention`.

    Args:
      num_units, memory, memory_sequence_length, normalize, score_mask_value, dtype: see
        `BahdanauAttention`.
      sigmoid_noise: stddev of the noise added to scores; use 0 outside training.
      sigmoid_noise_seed: op seed of the noise.
      score_bias_init: initial value of the bias; for long memories, negative values are recommended.
      mode: see `monotonic_attention`.
    """

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        normalize=False,
        score_mask_value=None,
        sigmoid_noise=0.0,
        sigmoid_noise_seed=None,
        score_bias_init=0.0,
        mode="parallel",
        dtype=None,
        name="BahdanauMonotonicAttention",
    ):
        super().__init__(
            query_layer=_units_layer(num_units, "query_layer", dtype),
            memory_layer=_units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=functools.partial(
                _monotonic_probability_fn, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name
        self._score_bias_init = score_bias_init

    def __call__(self, query, state):
        """Return `(alignments, next_state)` of a query (batch, depth); both are the alignments."""
        with tf.variable_scope(None, "bahdanau_monotonic_attention", [query]):
            score = self._add_score_bias(bahdanau_score_with_variables(self, query))
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class LuongMonotonicAttention(_BaseMonotonicAttentionMechanism):
    """Luong's score plus a trainable `attention_score_bias`, aligned by `monotonic_attention`.

    The variables are those of `LuongAttention`, in the scope `luong_monotonic_attention`.

    Args:
      num_units, memory, memory_sequence_length, scale, score_mask_value, dtype: see
        `LuongAttention`.
      sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: see `BahdanauMonotonicAttention`.
    """

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        scale=False,
        score_mask_value=None,
        sigmoid_noise=0.0,
        sigmoid_noise_seed=None,
        score_bias_init=0.0,
        mode="parallel",
        dtype=None,
        name="LuongMonotonicAttention",
    ):
        super().__init__(
            query_layer=None,
            memory_layer=_units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=functools.partial(
                _monotonic_probability_fn, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._score_bias_init = score_bias_init
        self._name = name

    def __call__(self, query, state):
        """Return `(alignments, next_state)` of a query (batch, units); both are the alignments."""
        with tf.variable_scope(None, "luong_monotonic_attention", [query]):
            score = self._add_score_bias(luong_score_with_variables(self, query))
        alignments = self._probability_fn(score, state)
        return alignments, alignments
