"""Metrics of `tf.contrib.learn`'s heads, created in TF 1.15's order."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import MetricKey, PredictionKey
from legacy_graph.contrib.learn.estimators.head_losses import broadcast_weights


def key(head_name, name):
    """Return the name of a metric, with the head's name appended if it has one."""
    return f"{name}/{head_name}" if head_name else name


def _floats(weights):
    return None if weights is None else tf.cast(weights, tf.float32)


def _mean(values, weights=None, class_id=None):
    values, weights = tf.cast(values, tf.float32), _floats(weights)
    if weights is not None:
        weights = broadcast_weights(weights, values)
    if class_id is not None:
        weights = None if weights is None else weights[:, class_id]
        values = values[:, class_id]
    return tf.metrics.mean(values, weights)


def _auc(predictions, labels, weights=None, class_id=None, curve="ROC"):
    predictions, labels, weights = tf.cast(predictions, tf.float32), tf.cast(labels, tf.bool), _floats(weights)
    if weights is not None:
        weights = broadcast_weights(weights, predictions)
    if class_id is not None:
        weights = None if weights is None else weights[:, class_id]
        predictions, labels = predictions[:, class_id], labels[:, class_id]
    return tf.metrics.auc(labels, predictions, weights, curve=curve)


def _class_frequency(values, weights, class_id):
    same = tf.equal(tf.cast(class_id, tf.int32), tf.cast(values, tf.int32))
    return tf.metrics.mean(tf.where(same, tf.ones_like(values), tf.zeros_like(values)), weights=weights)


def _at_threshold(metric, labels, predictions, threshold, weights):
    value, update = metric(labels, predictions, (threshold,), _floats(weights))
    return tf.squeeze(value), tf.squeeze(update)


def loss_only(head_name, loss):
    """Return the mean loss."""
    return {key(head_name, MetricKey.LOSS): tf.metrics.mean(loss)}


def loss_and_accuracy(head_name, loss, predictions, labels, weights):
    """Return the mean loss and the accuracy."""
    metrics = loss_only(head_name, loss)
    classes = predictions[PredictionKey.CLASSES]
    metrics[key(head_name, MetricKey.ACCURACY)] = tf.metrics.accuracy(labels, classes, weights)
    return metrics


def binary(head_name, loss, predictions, labels, weights, thresholds):
    """Return the metrics of a binary classification."""
    logistic = predictions[PredictionKey.LOGISTIC]
    metrics = loss_and_accuracy(head_name, loss, predictions, labels, weights)

    def add(name, pair):
        metrics[key(head_name, name)] = pair

    add(MetricKey.PREDICTION_MEAN, _mean(logistic, weights))
    add(MetricKey.LABEL_MEAN, _mean(labels, weights))
    add(MetricKey.ACCURACY_BASELINE, _mean(labels, weights))
    add(MetricKey.AUC, _auc(logistic, labels, weights))
    add(MetricKey.AUC_PR, _auc(logistic, labels, weights, curve="PR"))
    for one in thresholds:
        above = tf.cast(tf.greater_equal(logistic, one), tf.float32)
        add(MetricKey.ACCURACY_MEAN % one, tf.metrics.accuracy(labels, above, weights))
        precision, recall = tf.metrics.precision_at_thresholds, tf.metrics.recall_at_thresholds
        add(MetricKey.PRECISION_MEAN % one, _at_threshold(precision, labels, logistic, one, weights))
        add(MetricKey.RECALL_MEAN % one, _at_threshold(recall, labels, logistic, one, weights))
    return metrics


def multi_class(head_name, loss, predictions, labels, label_ids, weights, class_ids):
    """Return the metrics of mutually exclusive classes; `class_ids` selects classes with their own metrics."""
    metrics = loss_and_accuracy(head_name, loss, predictions, labels, weights)
    for one in class_ids:
        found = {
            MetricKey.CLASS_PREDICTION_MEAN: _class_frequency(predictions[PredictionKey.CLASSES], weights, one),
            MetricKey.CLASS_LABEL_MEAN: _class_frequency(label_ids, weights, one),
            MetricKey.CLASS_PROBABILITY_MEAN: _mean(predictions[PredictionKey.PROBABILITIES], weights, one),
            MetricKey.CLASS_LOGITS_MEAN: _mean(predictions[PredictionKey.LOGITS], weights, one),
        }
        metrics.update((key(head_name, name % one), pair) for name, pair in found.items())
    return metrics


def multi_label(head_name, loss, predictions, labels, weights, class_ids):
    """Return the metrics of classes that are not mutually exclusive."""
    probabilities = predictions[PredictionKey.PROBABILITIES]
    metrics = loss_and_accuracy(head_name, loss, predictions, labels, weights)
    metrics[key(head_name, MetricKey.AUC)] = _auc(probabilities, labels, weights)
    metrics[key(head_name, MetricKey.AUC_PR)] = _auc(probabilities, labels, weights, curve="PR")
    for one in class_ids:
        found = {
            MetricKey.CLASS_PREDICTION_MEAN: _class_frequency(predictions[PredictionKey.CLASSES], weights, one),
            MetricKey.CLASS_LABEL_MEAN: _mean(labels, weights, one),
            MetricKey.CLASS_PROBABILITY_MEAN: _mean(probabilities, weights, one),
            MetricKey.CLASS_LOGITS_MEAN: _mean(predictions[PredictionKey.LOGITS], weights, one),
            MetricKey.CLASS_AUC: _auc(probabilities, labels, weights, one),
            MetricKey.CLASS_AUC_PR: _auc(probabilities, labels, weights, one, curve="PR"),
        }
        metrics.update((key(head_name, name % one), pair) for name, pair in found.items())
    return metrics
