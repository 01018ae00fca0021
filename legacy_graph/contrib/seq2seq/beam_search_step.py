"""One step of beam search: score all continuations of all beams and keep the best.

Shapes: batch is the number of sentences, beam_width the number of hypotheses kept for each.
The scores follow Wu et al., "Google's Neural Machine Translation System: Bridging the Gap between
Human and Machine Translation", 2016, https://arxiv.org/abs/1609.08144, section 7:

    score = log P / ((5 + length) / 6) ** length_penalty_weight
            + coverage_penalty_weight * sum over memory of log(min(attention so far, 1))
"""

import collections

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.seq2seq.attention_wrapper import AttentionWrapperState


class BeamSearchDecoderState(
    collections.namedtuple(
        "BeamSearchDecoderState", ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs")
    )
):
    """State of the search after a step.

    cell_state: the cell's state, (batch, beam_width, ...). log_probs: (batch, beam_width), of the
    beams so far. finished: bool, (batch, beam_width). lengths: int64, (batch, beam_width).
    accumulated_attention_probs: (batch, beam_width, memory_time), or () without a coverage penalty.
    """

    __slots__ = ()


class BeamSearchDecoderOutput(
    collections.namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))
):
    """The choices of one step, best first; each is (batch, beam_width).

    scores: log probabilities with penalties. predicted_ids: the symbols. parent_ids: the beams that they continue.
    """

    __slots__ = ()


def _beam_search_step(
    time,
    logits,
    next_cell_state,
    beam_state,
    batch_size,
    beam_width,
    end_token,
    length_penalty_weight,
    coverage_penalty_weight,
):
    """Choose the next beams.

    Args:
      time: int32 scalar; unused, since the initial log probabilities identify the first step.
      logits: (batch, beam_width, symbols), from the cell's outputs.
      next_cell_state: the cell's state, (batch, beam_width, ...).
      beam_state: BeamSearchDecoderState before the step.
      batch_size: int32 scalar tensor; beam_width: int; end_token: int32 scalar.

    Returns:
      `(BeamSearchDecoderOutput, BeamSearchDecoderState)`.
    """
    was_finished = beam_state.finished
    not_finished = tf.logical_not(was_finished)

    log_probs = _mask_probs(tf.nn.log_softmax(logits), end_token, was_finished)
    log_probs = tf.expand_dims(beam_state.log_probs, 2) + log_probs
    vocab_size = tf.dimension_value(logits.shape[-1]) or tf.shape(logits)[-1]
    lengths = _continued_lengths(beam_state.lengths, not_finished, end_token, batch_size, beam_width, vocab_size)
    attention_so_far = _attention_so_far(next_cell_state, beam_state, not_finished, coverage_penalty_weight)
    scores = _get_scores(
        log_probs=log_probs,
        sequence_lengths=lengths,
        length_penalty_weight=length_penalty_weight,
        coverage_penalty_weight=coverage_penalty_weight,
        finished=was_finished,
        accumulated_attention_probs=attention_so_far,
    )

    next_scores, choices = _best(scores, batch_size, beam_width)
    # Flat indices count the symbols of the first beam, then those of the second, and so on.
    next_log_probs = _tensor_gather_helper(
        choices, log_probs, batch_size, beam_width * vocab_size, [-1], name="next_beam_probs"
    )
    symbols = tf.cast(tf.mod(choices, vocab_size, name="next_beam_word_ids"), tf.int32)
    parents = tf.cast(choices / vocab_size, tf.int32, name="next_beam_parent_ids")

    def of_parents(tensor, gather_shape=(-1,), name=None):
        return _tensor_gather_helper(parents, tensor, batch_size, beam_width, list(gather_shape), name)

    was_finished = of_parents(was_finished)
    finished = tf.logical_or(was_finished, tf.equal(symbols, end_token), name="next_beam_finished")
    one_more = tf.cast(tf.logical_not(was_finished), tf.int64)
    next_lengths = of_parents(beam_state.lengths) + one_more
    rows = [batch_size * beam_width, -1] if attention_so_far is not None else None
    next_attention = () if rows is None else of_parents(attention_so_far, rows, "next_accumulated_attention_probs")
    next_cell_state = tf.nest.map_structure(
        lambda part: _maybe_tensor_gather_helper(parents, part, batch_size, beam_width, [batch_size * beam_width, -1]),
        next_cell_state,
    )

    state = BeamSearchDecoderState(
        cell_state=next_cell_state,
        log_probs=next_log_probs,
        lengths=next_lengths,
        finished=finished,
        accumulated_attention_probs=next_attention,
    )
    return BeamSearchDecoderOutput(next_scores, symbols, parents), state


def _best(scores, batch_size, beam_width):
    """Return the highest scores of each sentence and their flat indices, both (batch, beam_width)."""
    scores = tf.reshape(scores, [batch_size, -1])
    k = tf.convert_to_tensor(beam_width, dtype=tf.int32, name="beam_width")
    values, places = tf.nn.top_k(scores, k=k)
    for tensor in values, places:
        tensor.set_shape([tf.get_static_value(batch_size), beam_width])
    return values, places


def _continued_lengths(lengths, not_finished, end_token, batch_size, beam_width, vocab_size):
    """Return the length of each continuation, int64: one more, unless it ends here or has ended before."""
    one_more = tf.one_hot(
        indices=tf.fill([batch_size, beam_width], end_token),
        depth=vocab_size,
        on_value=tf.to_int64(0),
        off_value=tf.to_int64(1),
        dtype=tf.int64,
    )
    one_more *= tf.expand_dims(tf.cast(not_finished, tf.int64), 2)
    return one_more + tf.expand_dims(lengths, 2)


def _attention_so_far(next_cell_state, beam_state, not_finished, coverage_penalty_weight):
    """Return the attention summed over the steps of each unfinished beam, or None without coverage penalty."""
    attention = get_attention_probs(next_cell_state, coverage_penalty_weight)
    if attention is None:
        return None
    attention *= tf.expand_dims(tf.cast(not_finished, tf.float32), 2)
    return beam_state.accumulated_attention_probs + attention


def get_attention_probs(next_cell_state, coverage_penalty_weight):
    """Return the mean alignments of the cells with attention, (batch, beam_width, memory_time).

    Returns None if the weight is 0. Cells have attention if their state, or part of it, is an
    AttentionWrapperState. Raises ValueError if there is none.
    """
    if coverage_penalty_weight == 0.0:
        return None
    states = ()
    if isinstance(next_cell_state, AttentionWrapperState):
        states = (next_cell_state,)
    elif isinstance(next_cell_state, tuple):
        states = [part for part in next_cell_state if isinstance(part, AttentionWrapperState)]
    if not states:
        raise ValueError("coverage_penalty_weight must be 0.0: no cell attends to a memory that could be covered")
    alignments = [attention_probs_from_attn_state(state) for state in states]
    return alignments[0] if len(alignments) == 1 else _mean(alignments)


def attention_probs_from_attn_state(attention_state):
    """Return the alignments of an AttentionWrapperState, averaged over its mechanisms."""
    alignments = attention_state.alignments
    return _mean(alignments) if isinstance(alignments, tuple) else alignments


def _mean(tensors):
    return tf.reduce_mean(tf.concat([tf.expand_dims(part, -1) for part in tensors], -1), -1)


def _get_scores(
    log_probs, sequence_lengths, length_penalty_weight, coverage_penalty_weight, finished, accumulated_attention_probs
):
    """Return the scores of all continuations, (batch, beam_width, symbols): log probabilities and penalties.

    The coverage penalty is applied to finished beams only. Positions with zero attention are treated as padding.
    """
    penalty = _length_penalty(sequence_lengths, length_penalty_weight)
    scores = log_probs / tf.cast(penalty, dtype=log_probs.dtype)
    weight = tf.convert_to_tensor(coverage_penalty_weight, name="coverage_penalty_weight")
    if weight.shape.ndims != 0:
        raise ValueError(f"coverage_penalty_weight must be a scalar, received shape: {weight.shape}")
    if tf.get_static_value(weight) == 0.0:
        return scores
    if accumulated_attention_probs is None:
        raise ValueError("a coverage penalty needs accumulated_attention_probs, received None")

    attention = accumulated_attention_probs
    attention = tf.where(tf.equal(attention, 0.0), tf.ones_like(attention), attention)
    coverage = tf.reduce_sum(tf.log(tf.minimum(attention, 1.0)), 2)
    coverage *= tf.cast(finished, tf.float32)
    return scores + tf.expand_dims(coverage * weight, 2)


def _length_penalty(sequence_lengths, penalty_factor):
    """Return ((5 + length) / 6) ** factor, or the float 1.0 if the factor is statically 0."""
    penalty_factor = tf.convert_to_tensor(penalty_factor, name="penalty_factor")
    penalty_factor.set_shape(())
    if tf.get_static_value(penalty_factor) == 0:
        return 1.0
    lengths = tf.cast(sequence_lengths, tf.float32)
    return tf.div((5.0 + lengths) ** penalty_factor, (5.0 + 1.0) ** penalty_factor)


def _mask_probs(probs, eos_token, finished):
    """Return `probs`, with finished beams restricted to the end token (log probability 0)."""
    vocab_size = tf.shape(probs)[2]
    only_the_end = tf.one_hot(
        eos_token,
        vocab_size,
        dtype=probs.dtype,
        on_value=tf.convert_to_tensor(0.0, dtype=probs.dtype),
        off_value=probs.dtype.min,
    )
    only_the_end = tf.tile(tf.reshape(only_the_end, [1, 1, -1]), tf.concat([tf.shape(finished), [1]], 0))
    mask = tf.tile(tf.expand_dims(finished, 2), [1, 1, vocab_size])
    return tf.where(mask, only_the_end, probs)


def _maybe_tensor_gather_helper(gather_indices, gather_from, batch_size, range_size, gather_shape):
    """Apply `_tensor_gather_helper` to tensors with a beam axis; return others unchanged."""
    if isinstance(gather_from, tf.TensorArray):
        return gather_from
    _check_ndims(gather_from)
    if gather_from.shape.ndims < len(gather_shape):
        return gather_from
    return _tensor_gather_helper(gather_indices, gather_from, batch_size, range_size, gather_shape)


def _tensor_gather_helper(gather_indices, gather_from, batch_size, range_size, gather_shape, name=None):
    """Gather, for each sentence, from its own range of `range_size` rows.

    Args:
      gather_indices: int32, (batch, beam_width), relative to the range.
      gather_from: (batch, beam_width, ...); it is reshaped to `gather_shape`, [-1] or
        [batch * beam_width, -1], before gathering.

    Returns:
      A tensor of the shape of `gather_from`, truncated to one axis more than `gather_shape` has.
    """
    with tf.name_scope(name, "tensor_gather_helper"):
        starts = tf.expand_dims(tf.range(batch_size) * range_size, 1)
        indices = tf.reshape(gather_indices + starts, [-1])
        output = tf.gather(tf.reshape(gather_from, gather_shape), indices)
        axes = 1 + len(gather_shape)
        shape = tf.shape(gather_from)[:axes]
        static_batch_size = tf.TensorShape([tf.get_static_value(batch_size)])
        output = tf.reshape(output, shape, name="output")
        output.set_shape(static_batch_size.concatenate(gather_from.shape[1:axes]))
        return output


def _check_ndims(tensor):
    if tensor.shape.ndims is None:
        raise ValueError(f"the rank of {tensor} must be known")
