"""The kernel of beam search; stands for `contrib.seq2seq.python.ops.beam_search_ops`."""

import tensorflow.compat.v1 as tf

__all__ = ["gather_tree"]


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token, name=None):
    """Whole beams from the ids of each step and the beams they continue.

    A beam that ends at step t took there `step_ids[t, batch, beam]`, and one step earlier was the
    beam `parent_ids[t, batch, beam]`; and so on, back to the first step.

    Args:
      step_ids: int32, (time, batch, beam_width).
      parent_ids: int32, (time, batch, beam_width): beam numbers of the step before.
      max_sequence_lengths: int32, (batch,): how many steps the longest beam has.
      end_token: int32 scalar; fills up beams after their first end token, and all steps past
        `max_sequence_lengths`.

    Returns:
      int32, (time, batch, beam_width).

    Raises:
      TypeError: an argument that is not int32.
      ValueError: shapes that do not fit.
      InvalidArgumentError, when run: a parent that is no beam number, on the way of some beam.
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


@tf.function(autograph=False)  # one op in the caller's graph, as the kernel was
def _gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token):
    max_time, batch_size, beam_width = tf.unstack(tf.shape(step_ids))
    times = tf.range(max_time)
    own_beams = tf.tile(tf.range(beam_width)[tf.newaxis], [batch_size, 1])
    inside = times[:, tf.newaxis] < max_sequence_lengths  # (time, batch)

    def one_step_back(carried, step):
        """`carried` ends with the beam numbers of this step, found at the step after it."""
        _, beams = carried
        ids, parents, inside_now = step
        ids = tf.gather(ids, beams, batch_dims=1)
        parents = tf.gather(parents, beams, batch_dims=1)
        # Where the last step is still to come, every beam is its own.
        return ids, tf.where_v2(inside_now[:, tf.newaxis], parents, own_beams)

    ids, _ = tf.scan(
        one_step_back, (step_ids, parent_ids, inside), (own_beams, own_beams), reverse=True, back_prop=False
    )
    is_end = tf.cast(tf.equal(ids, end_token), tf.int32)
    ended_before = tf.cumsum(is_end, axis=0, exclusive=True) > 0
    keep = tf.logical_and(inside[:, :, tf.newaxis], tf.logical_not(ended_before))
    return tf.where_v2(keep, ids, end_token)
