"""Losses over lists of time steps, and models with one graph per bucket of sequence lengths."""

import tensorflow.compat.v1 as tf


def sequence_loss_by_example(
    logits, targets, weights, average_across_timesteps=True, softmax_loss_function=None, name=None
):
    """Return the weighted cross entropy of each sequence, (batch,).

    Args:
      logits: list of (batch, symbols); targets: list of int32 (batch,); weights: list of float
        (batch,).
      average_across_timesteps: if True, divide by the sum of the sequence's weights.
      softmax_loss_function: function of keyword arguments `labels` and `logits`, used instead of
        the sparse softmax cross entropy.

    Raises:
      ValueError: lists of different lengths.
    """
    if not len(logits) == len(targets) == len(weights):
        raise ValueError(
            "logits, targets and weights must be lists of the same length, received "
            f"{len(logits)}, {len(targets)} and {len(weights)}"
        )
    with tf.name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            if softmax_loss_function is None:
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.reshape(target, [-1]), logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = tf.add_n(losses)
        if average_across_timesteps:
            total /= tf.add_n(weights) + 1e-12  # avoids division by zero for sequences without weights
        return total


def sequence_loss(
    logits,
    targets,
    weights,
    average_across_timesteps=True,
    average_across_batch=True,
    softmax_loss_function=None,
    name=None,
):
    """Return `sequence_loss_by_example` summed or averaged over the batch; a scalar."""
    with tf.name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost = tf.reduce_sum(
            sequence_loss_by_example(
                logits,
                targets,
                weights,
                average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function,
            )
        )
        if not average_across_batch:
            return cost
        batch_size = tf.shape(targets[0])[0]
        return cost / tf.cast(batch_size, cost.dtype)


def model_with_buckets(
    encoder_inputs,
    decoder_inputs,
    targets,
    weights,
    buckets,
    seq2seq,
    softmax_loss_function=None,
    per_example_loss=False,
    name=None,
):
    """Build `seq2seq` and its loss for each bucket, with shared variables.

    Args:
      encoder_inputs, decoder_inputs, targets, weights: lists long enough for the last bucket.
      buckets: list of pairs (encoder steps, decoder steps), ascending.
      seq2seq: function (encoder_inputs, decoder_inputs) -> (outputs, state).
      per_example_loss: if True, losses are (batch,) instead of scalars.

    Returns:
      `(outputs, losses)`: lists with one entry per bucket.

    Raises:
      ValueError: a list is shorter than the last bucket.
    """
    for kind, given, steps in (
        ("encoder_inputs", encoder_inputs, buckets[-1][0]),
        ("targets", targets, buckets[-1][1]),
        ("weights", weights, buckets[-1][1]),
    ):
        if len(given) < steps:
            raise ValueError(f"the last bucket needs {steps} {kind}, received {len(given)}")

    loss_function = sequence_loss_by_example if per_example_loss else sequence_loss
    losses, outputs = [], []
    all_inputs = [*encoder_inputs, *decoder_inputs, *targets, *weights]
    with tf.name_scope(name, "model_with_buckets", all_inputs):
        for number, (source, target) in enumerate(buckets):
            with tf.variable_scope(tf.get_variable_scope(), reuse=True if number > 0 else None):
                bucket_outputs, _ = seq2seq(encoder_inputs[:source], decoder_inputs[:target])
                outputs.append(bucket_outputs)
                losses.append(
                    loss_function(
                        bucket_outputs, targets[:target], weights[:target], softmax_loss_function=softmax_loss_function
                    )
                )
    return outputs, losses
