"""`tf.contrib.estimator`: heads for canned estimators, gradient clipping and feature forwarding."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.opt_clip import ClippingOptimizer
from legacy_graph.estimators import package, tf_estimator
from legacy_graph.namespace import refuse_unknown

_experimental = tf_estimator.experimental
add_metrics = tf_estimator.add_metrics
build_raw_supervised_input_receiver_fn = _experimental.build_raw_supervised_input_receiver_fn
call_logit_fn = _experimental.call_logit_fn
dnn_logit_fn_builder = _experimental.dnn_logit_fn_builder
linear_logit_fn_builder = _experimental.linear_logit_fn_builder

# TF 1.15 has these only in tf.estimator.experimental; scripts for TF 1.10 to 1.13 import them from contrib.
InMemoryEvaluatorHook = _experimental.InMemoryEvaluatorHook
make_early_stopping_hook = _experimental.make_early_stopping_hook
make_stop_at_checkpoint_step_hook = _experimental.make_stop_at_checkpoint_step_hook
stop_if_higher_hook = _experimental.stop_if_higher_hook
stop_if_lower_hook = _experimental.stop_if_lower_hook
stop_if_no_decrease_hook = _experimental.stop_if_no_decrease_hook
stop_if_no_increase_hook = _experimental.stop_if_no_increase_hook

_heads = package.load("canned.head")
_MEAN = tf.losses.Reduction.SUM_OVER_BATCH_SIZE


def binary_classification_head(
    weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=_MEAN, loss_fn=None, name=None
):
    """Head for binary classification: one logit, sigmoid cross entropy."""
    return _heads._binary_logistic_head_with_sigmoid_cross_entropy_loss(
        weight_column, thresholds, label_vocabulary, loss_reduction, loss_fn, name
    )


def multi_class_head(
    n_classes, weight_column=None, label_vocabulary=None, loss_reduction=_MEAN, loss_fn=None, name=None
):
    """Head for classification with more than two classes: softmax cross entropy."""
    return _heads._multi_class_head_with_softmax_cross_entropy_loss(
        n_classes, weight_column, label_vocabulary, loss_reduction, loss_fn, name
    )


def regression_head(
    weight_column=None, label_dimension=1, loss_reduction=_MEAN, loss_fn=None, inverse_link_fn=None, name=None
):
    """Head for regression: mean squared error."""
    return _heads._regression_head(weight_column, label_dimension, loss_reduction, loss_fn, inverse_link_fn, name)


def poisson_regression_head(
    weight_column=None, label_dimension=1, loss_reduction=_MEAN, compute_full_loss=True, name=None
):
    """Head for Poisson regression: the logits are the logarithms of the expected counts."""

    def loss(labels, logits):
        return tf.nn.log_poisson_loss(labels, logits, compute_full_loss=compute_full_loss)

    return _heads._regression_head(weight_column, label_dimension, loss_reduction, loss, tf.exp, name)


def logistic_regression_head(weight_column=None, loss_reduction=_MEAN, name=None):
    """Head for regression of values between 0 and 1: sigmoid cross entropy."""

    def loss(labels, logits):
        return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    return _heads._regression_head(weight_column, 1, loss_reduction, loss, tf.sigmoid, name)


def clip_gradients_by_norm(optimizer, clip_norm):
    """Return a `tf.train` optimizer that clips the norm of each gradient to `clip_norm` before applying it."""
    return ClippingOptimizer(optimizer, clip_norm)


def forward_features(estimator, keys=None, sparse_default_values=None):
    """Return an estimator whose predictions also contain input features.

    Args:
      estimator: a `tf.estimator.Estimator`.
      keys: name of the feature to forward, or a list of names; None for all.
      sparse_default_values: {feature name: default value}, used to convert sparse features to dense ones.
    """
    defaults = sparse_default_values or {}

    def forwarded(features):
        names = sorted(features) if keys is None else [keys] if isinstance(keys, str) else keys
        missing = [name for name in names if name not in features]
        if missing:
            raise ValueError(f"keys should be exist in features. Key {missing[0]!r} is not in features dictionary.")
        dense = lambda name, value: (
            tf.sparse.to_dense(value, defaults.get(name)) if isinstance(value, tf.SparseTensor) else value
        )
        return {name: dense(name, features[name]) for name in names}

    def model_fn(features, labels, mode, config):
        extra = forwarded(features) if mode == tf_estimator.ModeKeys.PREDICT else {}
        spec = estimator._call_model_fn(features, labels, mode, config)
        clash = sorted(set(extra) & set(spec.predictions or ()))
        if clash:
            raise ValueError(f"Cannot forward feature key ({clash[0]}). Since it does exist in predictions.")
        predictions = {**spec.predictions, **extra} if extra else spec.predictions
        outputs = spec.export_outputs
        if extra and outputs:
            outputs = {name: _with_features(output, extra) for name, output in outputs.items()}
        return spec._replace(predictions=predictions, export_outputs=outputs)

    return tf_estimator.Estimator(model_fn, estimator.model_dir, estimator.config)


def _with_features(output, extra):
    if not isinstance(output, tf_estimator.export.PredictOutput):
        return output
    return tf_estimator.export.PredictOutput({**output.outputs, **extra})


__all__ = [
    "InMemoryEvaluatorHook",
    "add_metrics",
    "binary_classification_head",
    "build_raw_supervised_input_receiver_fn",
    "call_logit_fn",
    "clip_gradients_by_norm",
    "dnn_logit_fn_builder",
    "forward_features",
    "linear_logit_fn_builder",
    "logistic_regression_head",
    "make_early_stopping_hook",
    "make_stop_at_checkpoint_step_hook",
    "multi_class_head",
    "poisson_regression_head",
    "regression_head",
    "stop_if_higher_hook",
    "stop_if_lower_hook",
    "stop_if_no_decrease_hook",
    "stop_if_no_increase_hook",
]
_REASONS = {
    **dict.fromkeys(
        ("multi_head", "multi_label_head"),
        "the last estimators have it for Keras optimizers only: tf.estimator.MultiHead and MultiLabelHead",
    ),
    **dict.fromkeys(
        ("TowerOptimizer", "replicate_model_fn"),
        "it copied a model to several GPUs; call Estimator with RunConfig(train_distribute=...) instead",
    ),
    **dict.fromkeys(
        ("RNNClassifier", "RNNEstimator"),
        "the last estimators have it with Keras cells only; build it in a model_fn with tf.nn.dynamic_rnn",
    ),
}
__getattr__ = refuse_unknown("tf.contrib.estimator", __all__, reasons=_REASONS)
