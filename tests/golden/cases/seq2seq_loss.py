"""contrib.seq2seq.sequence_loss: every reduction, weights that are no mask, a loss of one's own."""

import numpy as np
from _seq2seq_tools import error
from _tools import distinct

SUBJECTS = {name: ["tf.contrib.seq2seq.sequence_loss"] for name in (
    "reductions", "real_weights_and_zero_weights", "own_loss_function", "errors")}

TARGETS = np.array([[1, 4, 0, 2], [3, 3, 1, 0], [2, 0, 4, 1]], "int32")
MASK = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 0, 0]], "float32")


def _losses(tf, weights, **arguments):
    logits = tf.constant(distinct((3, 4, 5), 2.0))
    weights = tf.constant(weights)
    loss = tf.contrib.seq2seq.sequence_loss(logits, tf.constant(TARGETS), weights, **arguments)
    with tf.Session() as sess:
        loss, gradient, weight_gradient = sess.run(
            [loss] + tf.gradients(loss, [logits, weights]))
    return {"loss": loss, "gradient": gradient, "gradient of weights": weight_gradient}


def _label(arguments):
    return " ".join("%s=%s" % pair for pair in sorted(arguments.items()))


def reductions(tf):
    values = {}
    for average_time in (True, False):
        for average_batch in (True, False):
            for sum_time in (False,) if average_time else (True, False):
                for sum_batch in (False,) if average_batch else (True, False):
                    arguments = dict(
                        average_across_timesteps=average_time, average_across_batch=average_batch,
                        sum_over_timesteps=sum_time, sum_over_batch=sum_batch)
                    for key, value in _losses(tf, MASK, **arguments).items():
                        values["%s: %s" % (_label(arguments), key)] = value
    return values


def real_weights_and_zero_weights(tf):
    values = {}
    for name, weights in (("real", distinct((3, 4), seed=4) + 1), ("zero", 0 * MASK)):
        for arguments in ({}, {"average_across_batch": False}, {"average_across_timesteps": False}):
            for key, value in _losses(tf, weights, **arguments).items():
                values["%s, %s: %s" % (name, _label(arguments), key)] = value
    return values


def own_loss_function(tf):
    def squared(labels, logits):
        return tf.reduce_sum(tf.square(logits - tf.one_hot(labels, 5)), 1)

    return _losses(tf, MASK, softmax_loss_function=squared, name="mine")


def errors(tf):
    loss = tf.contrib.seq2seq.sequence_loss
    logits, targets, weights = tf.zeros([3, 4, 5]), tf.zeros([3, 4], tf.int32), tf.ones([3, 4])
    return {
        "rank of logits": error(loss, logits[0], targets, weights),
        "rank of targets": error(loss, logits, targets[0], weights),
        "rank of weights": error(loss, logits, targets, weights[0]),
        "average and sum over time": error(
            loss, logits, targets, weights, sum_over_timesteps=True),
        "average and sum over batch": error(
            loss, logits, targets, weights, sum_over_batch=True),
    }
