"""Tensors that are checked whenever they are computed, op for op as 1.15's state saver checked its inputs."""

import tensorflow.compat.v1 as tf


def assured(value, condition, message, name=None):
    """Return `value`, which fails with `message` (list of strings and tensors) where `condition` is False."""
    with tf.control_dependencies([tf.Assert(condition, message)]):
        return tf.identity(value, name=name)


def checked_multiple(value, multiple_of):
    """Return the int32 scalar `value`, checked to be a multiple of `multiple_of` and not 0."""
    condition = tf.logical_and(tf.equal(tf.mod(value, multiple_of), 0), tf.not_equal(value, 0))
    message = tf.string_join(
        [
            f"Tensor {value.name} should be a multiple of: ",
            tf.as_string(multiple_of),
            ", but saw value: ",
            tf.as_string(value),
            ". Consider setting pad=True.",
        ]
    )
    return assured(value, condition, [message], "multiple_of_checked")


def checked_rank(value, rank):
    """Return `value`, checked to have the rank, an int or int32 scalar tensor; ValueError if it cannot have it."""
    condition = tf.equal(rank, tf.rank(value))
    message = tf.string_join([f"Rank of tensor {value.name} should be: ", tf.as_string(rank), ", shape received:"])
    checked = assured(value, condition, [message, tf.shape(value)], "rank_checked")
    known = tf.get_static_value(rank) if isinstance(rank, tf.Tensor) else rank
    if known is not None:
        try:
            checked.set_shape(checked.shape.with_rank(int(known)))
        except ValueError as error:
            raise ValueError(f"Rank check failed for {value.name}: {error}") from error
    return checked


def checked_shape(value, shape):
    """Return `value`, checked to have the shape, an int32 vector tensor; ValueError if it cannot have it."""
    known = tf.get_static_value(shape)
    if known is not None:
        shape = [int(size) for size in known]
    value = checked_rank(value, tf.size(shape) if known is None else len(shape))
    condition = tf.reduce_all(tf.equal(shape, tf.shape(value)))
    message = tf.string_join(
        [
            f"Shape of tensor {value.name} should be: ",
            tf.as_string(shape),
            ", shape received: ",
            tf.as_string(tf.shape(value)),
        ]
    )
    checked = assured(value, condition, [message], "shape_checked")
    if known is not None:
        try:
            checked.set_shape(checked.shape.merge_with(shape))
        except ValueError as error:
            raise ValueError(f"Shape check failed for {value.name}: {error}") from error
    return checked


def checked_sizes(value, dimensions, sizes, label):
    """Return `value`, its dimensions checked to have the sizes (ints or int32 scalar tensors).

    Raises ValueError if a size that is known now cannot be.
    """
    if value.shape.ndims is not None:
        if value.shape.ndims <= max(dimensions):
            raise ValueError(
                f"{label}: rank of input is not greater than max(dimensions): {value.shape.ndims} vs. {max(dimensions)}"
            )
        known = value.shape.as_list()
        for dimension, size in zip(dimensions, sizes):
            known[dimension] = known[dimension] if isinstance(size, tf.Tensor) else size
        try:
            value.set_shape(value.shape.merge_with(known))
        except ValueError as error:
            raise ValueError(f"Dimensions check failed for {label}: {error}") from error
    checks = []
    for dimension, size in zip(dimensions, sizes):
        condition = tf.equal(size, tf.shape(value)[dimension])
        message = tf.string_join(
            [
                f"Dimension {dimension} of tensor labeled {label} should be: ",
                tf.as_string(size),
                ", shape received: ",
                tf.as_string(tf.shape(value)),
            ]
        )
        checks.append(tf.Assert(condition, [message]))
    with tf.control_dependencies(checks):
        return tf.identity(value, name=f"dims_checked_{label}")
