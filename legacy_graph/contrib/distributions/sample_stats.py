"""`tf.contrib.distributions.percentile`."""

import tensorflow.compat.v1 as tf

_ROUNDED = {"lower": tf.ceil, "higher": tf.floor, "nearest": tf.round}  # the values are sorted from above


def percentile(x, q, axis=None, interpolation=None, keep_dims=False, validate_args=False, name=None):
    """Return the q-th percentile of x over the axes, one of the values that occur.

    Args:
      x: tensor of at least one dimension.
      q: scalar in [0, 100].
      axis: int, or list of ints; default all.
      interpolation: "lower", "higher" or "nearest" (the default) of the two values around.
      keep_dims: whether the axes stay, with size 1.
      validate_args: whether q is checked when the graph runs.
      name: name scope of the ops.

    Raises ValueError for another interpolation, a q that is no scalar, axes that x does not have or that are not
    known when the graph is built, and axes without a known rank of x.
    """
    interpolation = interpolation or "nearest"
    if interpolation not in _ROUNDED:
        raise ValueError(f"Argument 'interpolation' must be in {sorted(_ROUNDED)}.  Found {interpolation}")
    with tf.name_scope(name or "percentile", values=[x, q]):
        x, q = tf.convert_to_tensor(x, name="x"), tf.cast(q, tf.float64, name="q")
        if q.shape.ndims not in (None, 0):
            raise ValueError(f"Expected argument 'q' to be a scalar.  Found tensor {q}")
        if validate_args:
            inside = tf.debugging.assert_greater_equal(q, tf.cast(0.0, tf.float64))
            below = tf.debugging.assert_less_equal(q, tf.cast(100.0, tf.float64))
            with tf.control_dependencies([inside, below]):
                q = tf.identity(q)
        axes = None if axis is None else _axes(axis, x)
        flat = tf.reshape(x, [-1]) if axes is None else _moved_to_the_end(x, axes)
        size = tf.shape(flat)[-1]
        position = _ROUNDED[interpolation]((tf.cast(size, tf.float64) - 1) * (1.0 - q / 100.0))
        index = tf.clip_by_value(tf.cast(position, tf.int32), 0, size - 1)
        result = tf.math.top_k(flat, k=size)[0][..., index]
        result.set_shape(flat.shape[:-1])
        if not keep_dims:
            return result
        if axes is None:
            rank = tf.rank(x) if x.shape.ndims is None else x.shape.ndims
            return result * tf.ones(tf.ones([rank], tf.int32), dtype=x.dtype)
        for number in sorted(axes):
            result = tf.expand_dims(result, axis=number)
        return result


def _axes(axis, x):
    known = tf.get_static_value(tf.convert_to_tensor(axis, name="axis"))
    if known is None:
        raise ValueError(f"Expected argument 'axis' to be statically available.  Found: {axis}")
    rank = x.shape.ndims
    if rank is None or rank < 1 or known.ndim > 1:
        raise ValueError(f"Expected 'x' to have a known rank of 1 or more, 'axis' of 1 or less.  Found: {x}, {axis}")
    axes = [int(number) for number in known.reshape([-1])]
    for number in axes:
        if not -rank <= number < rank:
            raise ValueError(f"dim {number} not in the interval [{-rank}, {rank - 1}].")
    return [number % rank for number in axes]


def _moved_to_the_end(x, axes):
    """Return x with the axes as one last dimension."""
    kept = [number for number in range(x.shape.ndims) if number not in axes]
    moved = tf.transpose(x, perm=kept + axes)
    if x.shape.is_fully_defined():
        return tf.reshape(moved, [*(x.shape[number] for number in kept), -1])
    return tf.reshape(moved, tf.concat([tf.shape(moved)[: len(kept)], [-1]], axis=0))
