"""`tf.contrib.learn`'s linear estimators."""

import math

import tensorflow.compat.v1 as tf

from legacy_graph.contrib import layers
from legacy_graph.contrib.feature_columns.base import _FeatureColumn
from legacy_graph.contrib.learn.estimators import head as head_lib
from legacy_graph.contrib.learn.estimators.estimator import Estimator
from legacy_graph.contrib.learn.estimators.prediction import Classifier, Regressor, features_by_name

_LEARNING_RATE = 0.2
_SCOPE = "linear"


def learning_rate(number_of_columns):
    """Return the default learning rate: 0.2, or 1 / sqrt(number_of_columns) if that is less."""
    return min(_LEARNING_RATE, 1.0 / math.sqrt(number_of_columns))


def partitioner(config, min_slice_size=64 << 20):
    """Return a partitioner that splits large variables across parameter servers."""
    return tf.min_max_variable_partitioner(
        max_partitions=config.num_ps_replicas if config else 0, min_slice_size=min_slice_size
    )


def linear_logits(features, columns, units, scope, joint=False):
    """Return the weighted sum of contrib's or tf.feature_column's columns, (batch, units)."""
    if not all(isinstance(column, _FeatureColumn) for column in columns):
        return tf.feature_column.linear_model(features, columns, units=units, weight_collections=[_SCOPE])
    build = layers.joint_weighted_sum_from_feature_columns if joint else layers.weighted_sum_from_feature_columns
    return build(features, columns, units, weight_collections=[_SCOPE], scope=scope)[0]


def _optimizer(chosen, columns):
    if chosen is None:
        return tf.train.FtrlOptimizer(learning_rate=learning_rate(len(columns)))
    if isinstance(chosen, str):
        return layers.OPTIMIZER_CLS_NAMES[chosen](learning_rate=_LEARNING_RATE)
    return chosen() if callable(chosen) else chosen


def _linear_model_fn(features, labels, mode, params, config=None):
    head, columns = params["head"], params["feature_columns"]
    features = features_by_name(features)
    with tf.variable_scope(_SCOPE, values=tuple(features.values()), partitioner=partitioner(config)) as scope:
        logits = linear_logits(features, columns, head.logits_dimension, scope, params["joint_weights"])

        def train_op_fn(loss):
            step, variables = tf.train.get_global_step(), tf.get_collection(_SCOPE)
            gradients = tf.gradients(loss, variables)
            if params["gradient_clip_norm"]:
                gradients, _ = tf.clip_by_global_norm(gradients, params["gradient_clip_norm"])
            optimizer = _optimizer(params["optimizer"], columns)
            return optimizer.apply_gradients(zip(gradients, variables), global_step=step)

        return head.create_model_fn_ops(features, mode, labels, train_op_fn, logits)


def _refuse_sdca(optimizer):
    if hasattr(optimizer, "get_train_step"):
        raise NotImplementedError(
            "SDCAOptimizer is not supplied by legacy_graph for tf.contrib.learn's linear models. Use another "
            "optimizer, or tf.estimator.LinearClassifier with tf.estimator.experimental.LinearSDCA."
        )


class _Linear(Estimator):
    def __init__(self, feature_columns, head, optimizer, clip_norm, joint, model_dir, config, feature_engineering_fn):
        if not feature_columns:
            raise AssertionError("feature_columns can't be empty.")
        _refuse_sdca(optimizer)
        params = {
            "head": head,
            "feature_columns": tuple(feature_columns),
            "optimizer": optimizer,
            "gradient_clip_norm": clip_norm,
            "joint_weights": joint,
        }
        Estimator.__init__(self, _linear_model_fn, model_dir, config, params, feature_engineering_fn)


class LinearClassifier(_Linear, Classifier):
    """Linear classifier; see `multi_class_head` and `weighted_sum_from_feature_columns`.

    Args:
      feature_columns: columns of `tf.contrib.layers` or of `tf.feature_column`.
      model_dir, config, feature_engineering_fn: see Estimator.
      n_classes, weight_column_name, enable_centered_bias, label_keys: see `multi_class_head`.
      optimizer: an optimizer, its name, or a function that returns one; default Ftrl.
      gradient_clip_norm: clip the gradients to this global norm.
      _joint_weight: if True, one variable holds the weights of all columns.
    """

    def __init__(
        self,
        feature_columns,
        model_dir=None,
        n_classes=2,
        weight_column_name=None,
        optimizer=None,
        gradient_clip_norm=None,
        enable_centered_bias=False,
        _joint_weight=False,
        config=None,
        feature_engineering_fn=None,
        label_keys=None,
    ):
        head = head_lib.multi_class_head(
            n_classes,
            weight_column_name=weight_column_name,
            enable_centered_bias=enable_centered_bias,
            label_keys=label_keys,
        )
        super().__init__(
            feature_columns,
            head,
            optimizer,
            gradient_clip_norm,
            _joint_weight,
            model_dir,
            config,
            feature_engineering_fn,
        )


class LinearRegressor(_Linear, Regressor):
    """Linear regressor; for the arguments see LinearClassifier and `regression_head`."""

    def __init__(
        self,
        feature_columns,
        model_dir=None,
        weight_column_name=None,
        optimizer=None,
        gradient_clip_norm=None,
        enable_centered_bias=False,
        label_dimension=1,
        _joint_weights=False,
        config=None,
        feature_engineering_fn=None,
    ):
        head = head_lib.regression_head(
            weight_column_name=weight_column_name,
            label_dimension=label_dimension,
            enable_centered_bias=enable_centered_bias,
        )
        super().__init__(
            feature_columns,
            head,
            optimizer,
            gradient_clip_norm,
            _joint_weights,
            model_dir,
            config,
            feature_engineering_fn,
        )


class LinearEstimator(_Linear):
    """Linear estimator with a custom head; for the arguments see LinearClassifier."""

    def __init__(
        self,
        feature_columns,
        head,
        model_dir=None,
        weight_column_name=None,
        optimizer=None,
        gradient_clip_norm=None,
        _joint_weights=False,
        config=None,
        feature_engineering_fn=None,
    ):
        super().__init__(
            feature_columns,
            head,
            optimizer,
            gradient_clip_norm,
            _joint_weights,
            model_dir,
            config,
            feature_engineering_fn,
        )
