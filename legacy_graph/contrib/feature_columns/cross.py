"""Feature crosses with the hashes of TF 1.15's SparseFeatureCross op, which has been removed.

Without a hash key, the values' 64-bit fingerprints (integers are their own fingerprint) are combined one by one by
a ^ (b + 0x9e3779b97f4a7800 + (a << 10) + (a >> 4)), starting from 0xDECAFCAFFE; >> is an arithmetic shift (found by
experiment). With a hash key, today's op computes the same as TF 1.15's SparseFeatureCrossV2.
"""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.graph115.counting import counted_as

_START, _GOLDEN = 0xDECAFCAFFE, 0x9E3779B97F4A7800


def cross(inputs, buckets, hash_key=None):
    """Return all combinations of each row's values, hashed to [0, buckets): a SparseTensor (batch, combinations).

    Args:
      inputs: list of SparseTensors and tensors (batch, values), of strings or integers.
      buckets: number of hash buckets.
      hash_key: int that seeds the hash; None or 0 for the older hash, which has no key.
    """
    inputs = [_int64(one) for one in inputs]
    with counted_as(1):  # a single op in TF 1.15
        if not hash_key:
            return _crossed(inputs, buckets)
        return internals.sparse_ops._sparse_cross_internal(
            inputs, hashed_output=True, num_buckets=buckets, hash_key=hash_key, name="cross"
        )


def _crossed(inputs, buckets):
    prints, places, before = [], [], tf.constant(0, tf.int64)
    for one in inputs:
        sparse = one if isinstance(one, tf.SparseTensor) else _dense(one)
        prints.append(_fingerprints(sparse.values))
        size = tf.size(sparse.values, out_type=tf.int64)
        places.append(tf.SparseTensor(sparse.indices, tf.range(size) + before, sparse.dense_shape))
        before += size
    crossed = tf.sparse.cross(places)  # "3_X_7" names the values that are combined, in the order of TF 1.15's op
    words = tf.strings.split(crossed.values, "_X_").values
    meeting = tf.reshape(tf.gather(tf.concat(prints, 0), tf.strings.to_number(words, tf.int64)), [-1, len(inputs)])
    joined = tf.fill(tf.shape(crossed.values), tf.constant(_START, tf.uint64))
    for number in range(len(inputs)):
        joined = _join(joined, meeting[:, number])
    ids = tf.cast(tf.math.floormod(joined, tf.constant(buckets, tf.uint64)), tf.int64)
    return tf.SparseTensor(crossed.indices, ids, crossed.dense_shape)


def _join(first, second):
    shift = tf.bitwise
    left = shift.left_shift(first, tf.constant(10, tf.uint64))
    right = tf.bitcast(shift.right_shift(tf.bitcast(first, tf.int64), tf.constant(4, tf.int64)), tf.uint64)
    added = second + tf.constant(_GOLDEN, tf.uint64) + left + right
    return shift.bitwise_xor(first, added)


def _fingerprints(values):
    if values.dtype == tf.string:
        return tf.bitcast(tf.fingerprint(values), tf.uint64)
    return tf.bitcast(values, tf.uint64)


def _int64(one):
    return one if one.dtype == tf.string else tf.cast(one, tf.int64)


def _dense(tensor):
    shape = tf.shape(tensor, out_type=tf.int64)
    indices = tf.where(tf.ones(shape, tf.bool))
    return tf.SparseTensor(indices, tf.reshape(tensor, [-1]), shape)
