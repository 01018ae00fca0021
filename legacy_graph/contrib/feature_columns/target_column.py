"""Target columns, which preceded heads: a loss, and how to interpret logits. `DynamicRnnEstimator` uses them."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import ProblemType


class _TargetColumn:
    """A loss function of (logits, labels), and the number of logits it needs."""

    def __init__(self, loss_fn, num_label_columns, label_name, weight_column_name, problem_type):
        self._loss_fn, self.num_label_columns, self.label_name = loss_fn, num_label_columns, label_name
        self.weight_column_name, self.problem_type = weight_column_name, problem_type

    def get_weight_tensor(self, features):
        """Return the example weights, (batch,), or None."""
        if not self.weight_column_name:
            return None
        return tf.reshape(tf.cast(features[self.weight_column_name], tf.float32), shape=(-1,))

    def loss(self, logits, target, features):
        """Return the mean loss, weighted by example."""
        loss = self._loss_fn(logits, target[self.label_name] if isinstance(target, dict) else target)
        weights = self.get_weight_tensor(features)
        if weights is None:
            return tf.reduce_mean(loss, name="loss")
        weighted = tf.reshape(loss, [-1]) * tf.reshape(weights, [-1])
        return tf.div(tf.reduce_sum(weighted), tf.cast(tf.reduce_sum(weights), tf.float32), name="loss")

    def training_loss(self, logits, target, features, name="training_loss"):
        """Return the loss to minimize: the mean of the weighted losses."""
        loss = self._loss_fn(logits, target[self.label_name] if isinstance(target, dict) else target)
        weights = self.get_weight_tensor(features)
        if weights is not None:
            loss = tf.reshape(loss, [-1]) * weights
        return tf.reduce_mean(loss, name=name)


class _RegressionTargetColumn(_TargetColumn):
    def logits_to_predictions(self, logits, proba=False):
        """Return the logits; squeezed to a vector if there is one per example."""
        return tf.squeeze(logits, axis=[1]) if self.num_label_columns == 1 else logits


class _MultiClassTargetColumn(_TargetColumn):
    def logits_to_predictions(self, logits, proba=False):
        """Return class probabilities, or the most probable class."""
        if self.num_label_columns == 1:
            logits = tf.concat([tf.zeros_like(logits), logits], 1)
        return tf.nn.softmax(logits) if proba else tf.argmax(logits, 1)


def regression_target(label_name=None, weight_column_name=None, label_dimension=1):
    """Return a target column for regression with squared error."""
    return _RegressionTargetColumn(
        _squared, label_dimension, label_name, weight_column_name, ProblemType.LINEAR_REGRESSION
    )


def multi_class_target(n_classes, label_name=None, weight_column_name=None):
    """Return a target column for classification with cross entropy; two classes use one logit.

    Raises ValueError for fewer than two classes.
    """
    if n_classes < 2:
        raise ValueError("n_classes must be > 1 for classification.")
    loss, columns = (_two_classes, 1) if n_classes == 2 else (_many_classes, n_classes)
    return _MultiClassTargetColumn(loss, columns, label_name, weight_column_name, ProblemType.CLASSIFICATION)


def _column(target):
    return tf.expand_dims(target, axis=1) if target.shape.ndims == 1 else target


def _squared(logits, target):
    target = _column(target)
    logits.shape.assert_is_compatible_with(target.shape)
    return tf.math.squared_difference(logits, tf.cast(target, tf.float32))


def _two_classes(logits, target):
    labels = tf.cast(_column(target), tf.float32)
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def _many_classes(logits, target):
    if not target.dtype.is_integer:
        raise ValueError(f"Target's dtype should be integer Instead got {target.dtype}.")
    target = tf.squeeze(target, axis=[1]) if target.shape.ndims == 2 else target
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits)
