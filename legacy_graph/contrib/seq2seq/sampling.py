"""Random samples for the decoding helpers.

The ops are TensorFlow 1.15's, so that with the same op seeds the samples are bitwise the same.
"""

import tensorflow.compat.v1 as tf


def bernoulli_sample(probs=None, logits=None, dtype=tf.int32, sample_shape=(), seed=None):
    """Sample from Bernoulli distributions with probabilities `probs`, or sigmoid(`logits`).

    Args:
      probs: tensor of probabilities, of any shape; if None, `logits` are used.
      dtype: dtype of the result; for tf.bool it is True and False.
      sample_shape: an int or int vector, the number of samples per probability.
      seed: op seed.

    Returns:
      A tensor of shape `sample_shape` + shape of `probs`.
    """
    if probs is None:
        probs = tf.sigmoid(logits, name="probs")
    else:
        probs = tf.convert_to_tensor(probs, name="probs")
    batch_shape = tf.shape(probs)

    def draw(count):
        shape = tf.concat([[count], batch_shape], 0)
        uniform = tf.random_uniform(shape, seed=seed, dtype=probs.dtype)
        return tf.cast(tf.less(uniform, probs), dtype)

    return _call_sampler(draw, sample_shape)


def categorical_sample(logits, dtype=tf.int32, sample_shape=(), seed=None):
    """Sample class ids from softmax(`logits`) over the last axis.

    Args:
      logits: float, (..., classes).
      dtype: dtype of the result.
      sample_shape: an int or int vector, the number of samples per distribution.
      seed: op seed.

    Returns:
      A tensor of shape `sample_shape` + shape of `logits` without its last axis.
    """
    logits = tf.convert_to_tensor(logits, name="logits")
    classes = tf.shape(logits)[-1]
    batch_shape = tf.shape(logits)[:-1]

    def draw(count):
        rows = logits if logits.shape.ndims == 2 else tf.reshape(logits, [-1, classes])
        draw_dtype = tf.int64 if logits.dtype.size > 4 else tf.int32
        draws = tf.multinomial(rows, count, seed=seed, output_dtype=draw_dtype)
        draws = tf.reshape(tf.transpose(draws), tf.concat([[count], batch_shape], 0))
        return tf.cast(draws, dtype)

    return _call_sampler(draw, sample_shape)


def _call_sampler(draw, sample_shape, name=None):
    """Draw as many samples as `sample_shape` specifies, and prepend it to their shape."""
    with tf.name_scope(name, "call_sampler", values=[sample_shape]):
        sample_shape = tf.convert_to_tensor(sample_shape, dtype=tf.int32, name="sample_shape")
        # A scalar sample_shape becomes a vector of length 1, by padding its shape.
        is_scalar = tf.cast(tf.equal(tf.rank(sample_shape), 0), tf.int32)
        sample_shape = tf.reshape(
            sample_shape, tf.pad(tf.shape(sample_shape), paddings=[[is_scalar, 0]], constant_values=1)
        )
        draws = draw(tf.reduce_prod(sample_shape))
        event_shape = tf.shape(draws)[1:]
        return tf.reshape(draws, tf.concat([sample_shape, event_shape], 0))
