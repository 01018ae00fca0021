"""Functions that the heads share: example weights, summaries, centered bias, train op, export outputs."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import PredictionKey


def two_class_logits(logits):
    """Return two-class logits, [0, logit], for one logit."""
    return tf.concat((tf.zeros_like(logits), logits), 1)


def weight_tensor(features, name):
    """Return the example weights as float32, (batch, 1), or None if no weight column is named.

    Raises ValueError if the features lack the column.
    """
    if not name:
        return None
    if name not in features:
        raise ValueError(f"Weights {name} missing from features.")
    with tf.name_scope(None, "weight_tensor", tuple(features.values())):
        weights = tf.cast(features[name], tf.float32)
        return tf.reshape(weights, (-1, 1)) if weights.shape.ndims == 1 else weights


def loss_summary(name, loss):
    """Add a scalar summary of the loss."""
    with tf.name_scope(""):
        tf.summary.scalar(name, tf.identity(loss))


def centered_bias(logits_dimension, head_name=None):
    """Return a bias variable that is trained separately, so that the model only learns deviations from the mean."""
    bias = tf.Variable(tf.zeros([logits_dimension]), name="centered_bias_weight", trainable=True)
    for number in range(logits_dimension):
        name = f"centered_bias/bias_{number}"
        tf.summary.scalar(f"{name}/{head_name}" if head_name else name, bias[number])
    return bias


def train_op(loss, labels, train_op_fn, bias, batch_size, loss_fn, weights):
    """Return the train op, including a step of the centered bias if there is one.

    Raises ValueError if `train_op_fn` is None.
    """
    if train_op_fn is None:
        raise ValueError("train_op_fn can not be None in TRAIN mode")
    of_bias = None if bias is None else _bias_step(bias, batch_size, labels, loss_fn, weights)
    values = (loss, *labels.values()) if isinstance(labels, dict) else (loss, labels)
    with tf.name_scope(None, "train_op", values):
        train = train_op_fn(loss)
        return train if of_bias is None else tf.group(train, of_bias)


def _bias_step(bias, batch_size, labels, loss_fn, weights):
    values = tuple(labels.values()) if isinstance(labels, dict) else (labels,)
    with tf.name_scope(None, "centered_bias_step", values) as name:
        size = tf.shape(bias)[0]
        logits = tf.reshape(tf.tile(bias, (batch_size,)), (batch_size, size))
        with tf.name_scope(None, "centered_bias", (*values, logits)):
            loss = tf.reduce_mean(loss_fn(labels, logits, weights), name="training_loss")
    return tf.train.AdagradOptimizer(0.1).minimize(loss, var_list=(bias,), name=name)


def export_alternatives(head_name, problem_type, predictions, label_keys=None):
    """Return the output alternatives of a classifier: probabilities, and the class names in the same order."""
    probabilities = predictions[PredictionKey.PROBABILITIES]
    with tf.name_scope(None, "_classification_output_alternatives", (probabilities,)):
        batch = tf.shape(probabilities)[0]
        if label_keys:
            classes = tf.tile(tf.expand_dims(label_keys, axis=0), [batch, 1], name="classes_tensor")
        else:
            numbers = tf.range(tf.shape(probabilities)[1])
            classes = tf.as_string(tf.tile(tf.expand_dims(numbers, axis=0), [batch, 1]), name="classes_tensor")
    outputs = {PredictionKey.PROBABILITIES: probabilities, PredictionKey.CLASSES: classes}
    return {head_name: (problem_type, outputs)}
