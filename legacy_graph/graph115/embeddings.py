"""Embeddings of sparse ids, op for op as TensorFlow 1.15 looked them up."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces

_BY_IDS = {
    "sum": internals.math_ops.sparse_segment_sum,
    "mean": internals.math_ops.sparse_segment_mean,
    "sqrtn": internals.math_ops.sparse_segment_sqrt_n,
}


@replaces(internals.embedding_ops, "embedding_lookup_sparse_impl")
def embedding_lookup_sparse_impl(
    today,
    params,
    segment_ids,
    sp_weights,
    ids,
    combiner,
    ignore_weights,
    max_norm,
    allow_fast_lookup,
    partition_strategy,
    name,
):
    """Each different id was looked up once, also where there are no weights; today sums right out of the variable."""
    if segment_ids.dtype != tf.int32:
        segment_ids = tf.cast(segment_ids, tf.int32)
    ids, where = tf.unique(ids)
    rows = internals.embedding_ops.embedding_lookup(
        params, ids, partition_strategy=partition_strategy, max_norm=max_norm
    )
    if ignore_weights:
        return _BY_IDS[combiner](rows, where, segment_ids, name=name)
    weights = sp_weights.values
    if weights.dtype != rows.dtype:
        weights = tf.cast(weights, rows.dtype)
    rows = tf.gather(rows, where)
    ones = tf.fill(tf.expand_dims(tf.rank(rows) - 1, 0), 1)
    shape = weights.shape
    weights = tf.reshape(weights, tf.concat([tf.shape(weights), ones], 0))
    if rows.shape.ndims is not None:
        weights.set_shape(shape.concatenate([1] * (rows.shape.ndims - 1)))
    return _weighted(rows * weights, weights, segment_ids, combiner, name)


def _weighted(rows, weights, segment_ids, combiner, name):
    if combiner == "sum":
        return tf.math.segment_sum(rows, segment_ids, name=name)
    total = tf.math.segment_sum(rows, segment_ids)
    if combiner == "mean":
        return tf.div(total, tf.math.segment_sum(weights, segment_ids), name=name)
    squares = tf.math.segment_sum(tf.pow(weights, 2), segment_ids)
    return tf.div(total, tf.sqrt(squares), name=name)
