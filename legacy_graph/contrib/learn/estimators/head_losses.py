"""Losses of `tf.contrib.learn`'s heads: functions of labels, logits and weights; see `weighted_loss` for the result."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals

broadcast_weights = internals.weights_broadcast_ops.broadcast_weights


def weighted_loss(loss, weights, name="loss"):
    """Return (training loss, weighted average loss).

    The first is the mean of the weighted losses, the second their sum divided by the sum of the weights. Without
    weights both are the mean.
    """
    with tf.name_scope(name, values=(loss, weights)) as scope:
        if weights is None:
            mean = tf.reduce_mean(loss, name=scope)
            return mean, mean
        weights = broadcast_weights(weights, loss)
        with tf.name_scope(None, "weighted_loss", (loss, weights)) as inner:
            weighted = tf.multiply(loss, weights, name=inner)
        mean = tf.reduce_mean(weighted, name=scope)
        total = tf.cast(tf.reduce_sum(weights), tf.float32)
        return mean, tf.div(tf.reduce_sum(weighted), total, name="weighted_average_loss")


def _columns(*tensors):
    return [tf.expand_dims(one, axis=1) if one.shape.ndims == 1 else one for one in map(tf.convert_to_tensor, tensors)]


def mean_squared_loss(labels, logits, weights=None):
    """Mean squared error."""
    with tf.name_scope(None, "mean_squared_loss", (logits, labels)) as name:
        logits, labels = _columns(logits, labels)
        logits.shape.assert_is_compatible_with(labels.shape)
        return weighted_loss(tf.squared_difference(logits, tf.cast(labels, tf.float32), name=name), weights)


def poisson_loss(labels, logits, weights=None):
    """Poisson negative log likelihood, including the log factorial (Stirling) term."""
    with tf.name_scope(None, "_poisson_loss", (logits, labels)) as name:
        logits, labels = _columns(logits, labels)
        logits.shape.assert_is_compatible_with(labels.shape)
        return weighted_loss(tf.nn.log_poisson_loss(labels, logits, compute_full_loss=True, name=name), weights)


def log_loss_with_two_classes(labels, logits, weights=None):
    """Sigmoid cross entropy of one logit."""
    with tf.name_scope(None, "log_loss_with_two_classes", (logits, labels)) as name:
        logits, labels = tf.convert_to_tensor(logits), tf.cast(labels, tf.float32)
        if labels.shape.ndims == 1:
            labels = tf.expand_dims(labels, axis=1)
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
        return weighted_loss(loss, weights)


def softmax_cross_entropy_loss(labels, logits, weights=None):
    """Softmax cross entropy with integer labels."""
    with tf.name_scope(None, "softmax_cross_entropy_loss", (logits, labels)) as name:
        labels = tf.convert_to_tensor(labels)
        if not labels.dtype.is_integer:
            raise ValueError(f"Labels dtype should be integer Instead got {labels.dtype}.")
        is_column = labels.shape.ndims == 2
        labels = tf.squeeze(labels, axis=(1,)) if is_column else labels
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
        return weighted_loss(tf.expand_dims(loss, axis=(1,)) if is_column else loss, weights)


def sigmoid_cross_entropy_loss(labels, logits, weights=None):
    """Sigmoid cross entropy of each class independently."""
    with tf.name_scope(None, "sigmoid_cross_entropy_loss", (logits, labels)) as name:
        labels = tf.cast(labels, tf.float32)
        loss = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name=name)
        return weighted_loss(loss, weights)


def hinge_loss(labels, logits, weights=None):
    """Hinge loss of one logit; labels are 0 or 1."""
    with tf.name_scope(None, "hinge_loss", (logits, labels)) as name:
        message = ("labels shape should be either [batch_size, 1] or [batch_size]",)
        with tf.control_dependencies((tf.Assert(tf.less_equal(tf.rank(labels), 2), message),)):
            labels = tf.reshape(labels, shape=(-1, 1))
        loss = tf.losses.hinge_loss(labels, logits, scope=name, reduction=tf.losses.Reduction.NONE)
        return weighted_loss(loss, weights)
