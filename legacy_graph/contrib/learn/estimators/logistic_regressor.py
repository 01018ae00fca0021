"""`tf.contrib.learn.LogisticRegressor`: an Estimator for a custom model function, with binary metrics."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import MetricKey, ProblemType
from legacy_graph.contrib.learn.estimators.estimator import Estimator
from legacy_graph.contrib.learn.estimators.model_fn import ModeKeys, ModelFnOps


def LogisticRegressor(model_fn, thresholds=None, model_dir=None, config=None, feature_engineering_fn=None):
    """Return an Estimator; `model_fn(features, labels, mode)` returns (probabilities, loss, train op).

    `thresholds`: thresholds on the probabilities for accuracy, precision and recall; default 0.5.
    """

    def build(features, labels, mode, params):
        predictions, loss, train = model_fn(features, labels, mode)
        metrics = _metrics(labels, predictions, params["thresholds"] or [0.5]) if mode == ModeKeys.EVAL else None
        outputs = {"head": (ProblemType.LOGISTIC_REGRESSION, {"predictions": predictions})}
        return ModelFnOps(mode, predictions, loss, train, metrics, outputs)

    return Estimator(build, model_dir, config, {"thresholds": thresholds}, feature_engineering_fn)


def _metrics(labels, predictions, thresholds):
    if isinstance(labels, dict) and len(labels) == 1:
        labels = next(iter(labels.values()))
    metrics = {
        MetricKey.PREDICTION_MEAN: tf.metrics.mean(predictions),
        MetricKey.LABEL_MEAN: tf.metrics.mean(labels),
        MetricKey.ACCURACY_BASELINE: tf.metrics.mean(labels),
        MetricKey.AUC: tf.metrics.auc(labels, predictions),
    }
    for one in thresholds:
        above = tf.cast(tf.greater_equal(predictions, one), tf.float32, name=f"predictions_at_threshold_{one:f}")
        metrics[MetricKey.ACCURACY_MEAN % one] = tf.metrics.accuracy(labels, above)
        metrics[MetricKey.PRECISION_MEAN % one] = tf.metrics.precision(labels, above)
        metrics[MetricKey.RECALL_MEAN % one] = tf.metrics.recall(labels, above)
    return metrics
