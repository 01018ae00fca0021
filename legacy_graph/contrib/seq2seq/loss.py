"""Cross entropy of a batch of sequences; replaces `contrib.seq2seq.python.ops.loss`."""

import tensorflow.compat.v1 as tf


def sequence_loss(
    logits,
    targets,
    weights,
    average_across_timesteps=True,
    average_across_batch=True,
    sum_over_timesteps=False,
    sum_over_batch=False,
    softmax_loss_function=None,
    name=None,
):
    """Return the weighted cross entropy of `targets` and `logits`, optionally reduced.

    The cross entropy at each step of each sequence is multiplied by its weight, then:

    - `average_across_timesteps` and `average_across_batch` (the default): summed over both axes and
      divided by the sum of the weights. If the weights are a 0/1 mask, that is the mean over the
      unmasked steps, the logarithm of the perplexity.
    - only one of them: summed over that axis and divided by the sum of the weights along it.
    - `sum_over_timesteps` and `sum_over_batch`, or one of them: likewise, but divided by the number of
      nonzero weights.
    - an average over one axis and a sum over the other: like TensorFlow 1.15, this averages over the
      one and does not reduce the other.
    - none: nothing is reduced.

    If a divisor is zero, the loss is zero.

    Args:
      logits: float, (batch, steps, classes).
      targets: int, (batch, steps): the right class of each step.
      weights: float, (batch, steps).
      softmax_loss_function: function of keyword arguments `labels` (batch * steps,) and `logits`
        (batch * steps, classes), used instead of the sparse softmax cross entropy.

    Returns:
      A float tensor: a scalar, (batch,), (steps,) or (batch, steps).

    Raises:
      ValueError: a tensor has the wrong rank, or one axis is to be both averaged and summed over.
    """
    _check_rank("logits", logits, 3, "(batch, steps, classes)")
    _check_rank("targets", targets, 2, "(batch, steps)")
    _check_rank("weights", weights, 2, "(batch, steps)")
    for axis, average, total in (
        ("timesteps", average_across_timesteps, sum_over_timesteps),
        ("batch", average_across_batch, sum_over_batch),
    ):
        if average and total:
            raise ValueError(
                f"average_across_{axis} and sum_over_{axis} are both set; "
                "a sequence loss is averaged or summed over an axis, not both"
            )

    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        losses = _cross_entropies(logits, targets, softmax_loss_function)
        losses *= tf.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return tf.div_no_nan(tf.reduce_sum(losses), tf.reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            total = tf.reduce_sum(losses)
            return tf.div_no_nan(total, tf.cast(tf.count_nonzero(weights), total.dtype))

        losses = tf.reshape(losses, tf.shape(logits)[0:2])
        if average_across_timesteps or average_across_batch:
            axis = [0] if average_across_batch else [1]
            return tf.div_no_nan(tf.reduce_sum(losses, axis=axis), tf.reduce_sum(weights, axis=axis))
        if sum_over_timesteps or sum_over_batch:
            axis = [0] if sum_over_batch else [1]
            total = tf.reduce_sum(losses, axis=axis)
            return tf.div_no_nan(total, tf.cast(tf.count_nonzero(weights, axis=axis), total.dtype))
        return losses


def _cross_entropies(logits, targets, softmax_loss_function):
    """Return the cross entropy of each step of each sequence, (batch * steps,)."""
    num_classes = tf.shape(logits)[2]
    logits = tf.reshape(logits, [-1, num_classes])
    targets = tf.reshape(targets, [-1])
    loss_function = softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits
    return loss_function(labels=targets, logits=logits)


def _check_rank(name, tensor, rank, meaning):
    shape = tensor.get_shape()
    if len(shape) != rank:
        raise ValueError(f"{name} of a sequence loss must be of shape {meaning}, got {shape}")
