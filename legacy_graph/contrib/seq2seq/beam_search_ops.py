"""The GatherTree op of beam search; replaces `contrib.seq2seq.python.ops.beam_search_ops`."""

import tensorflow.compat.v1 as tf

__all__ = ["gather_tree"]


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """Reconstruct complete beams from the ids of each step and the beams they continue.

    Working backward: if a beam is at `(t, batch, beam)`, its id is `step_ids[t, batch, beam]`, and at
    step t - 1 it is at beam `parent_ids[t, batch, beam]`.

    Args:
      step_ids: int32, (time, batch, beam_width).
      parent_ids: int32, (time, batch, beam_width), indices of beams at the previous step.
      max_sequence_lengths: int32, (batch,), the length of the longest beam.
      end_token: int32 scalar; replaces all ids after a beam's first end token, and in all steps past
        `max_sequence_lengths`.

    Returns:
      int32, (time, batch, beam_width).

    Raises:
      TypeError: an argument is not int32.
      ValueError: the shapes do not match.
      InvalidArgumentError: at run time, if a beam's parent is out of range.
    """
    with tf.name_scope(name, "GatherTree"):
        step_ids = _int32("step_ids", step_ids)
        parent_ids = _int32("parent_ids", parent_ids)
        max_sequence_lengths = _int32("max_sequence_lengths", max_sequence_lengths)
        end_token = _int32("end_token", end_token)
        batch = max_sequence_lengths.shape.with_rank(1)
        end_token.shape.assert_has_rank(0)
        shape = tf.TensorShape([None]).concatenate(batch).concatenate([None])
        shape = shape.merge_with(step_ids.shape).merge_with(parent_ids.shape)
        beams = _gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token)
        beams.set_shape(shape)
        return beams


def _int32(name, value):
    tensor = tf.convert_to_tensor(value, name=name)
    if tensor.dtype.base_dtype != tf.int32:
        raise TypeError(f"{name} of gather_tree must be int32, received: {tensor.dtype.name}")
    return tensor


@tf.function(autograph=False)  # a single op in the caller's graph, like the kernel
def _gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token):
    max_time, batch_size, beam_width = tf.unstack(tf.shape(step_ids))
    times = tf.range(max_time)
    own_beams = tf.tile(tf.range(beam_width)[tf.newaxis], [batch_size, 1])
    inside = times[:, tf.newaxis] < max_sequence_lengths  # (time, batch)

    def one_step_back(carried, step):
        """Return (ids, beam indices) of the previous step, given the beam indices at this step."""
        _, beams = carried
        ids, parents, inside_now = step
        ids = tf.gather(ids, beams, batch_dims=1)
        parents = tf.gather(parents, beams, batch_dims=1)
        # Beams do not change until the last valid step is reached.
        return ids, tf.where_v2(inside_now[:, tf.newaxis], parents, own_beams)

    ids, _ = tf.scan(
        one_step_back, (step_ids, parent_ids, inside), (own_beams, own_beams), reverse=True, back_prop=False
    )
    is_end = tf.cast(tf.equal(ids, end_token), tf.int32)
    ended_before = tf.cumsum(is_end, axis=0, exclusive=True) > 0
    keep = tf.logical_and(inside[:, :, tf.newaxis], tf.logical_not(ended_before))
    return tf.where_v2(keep, ids, end_token)
