"""Heads of `tf.contrib.learn`: predictions, loss, train op and metrics from logits."""

import inspect

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib import layers
from legacy_graph.contrib.learn.estimators import head_losses, head_metrics
from legacy_graph.contrib.learn.estimators.constants import MetricKey, PredictionKey, ProblemType
from legacy_graph.contrib.learn.estimators.head_parts import (
    centered_bias,
    export_alternatives,
    loss_summary,
    train_op,
    two_class_logits,
    weight_tensor,
)
from legacy_graph.contrib.learn.estimators.model_fn import ModeKeys, ModelFnOps

_CLASSES, _LOGITS, _PROBABILITIES = PredictionKey.CLASSES, PredictionKey.LOGITS, PredictionKey.PROBABILITIES


class Head:
    """Interface of heads. `logits_dimension` is the number of logits that the head needs."""

    logits_dimension: int | None = None

    def create_model_fn_ops(
        self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None, scope=None
    ):
        """Return ModelFnOps for `logits`, or for logits computed from `logits_input`.

        `train_op_fn` is a function from the loss to the train op.
        """
        raise NotImplementedError("Calling an abstract method.")


def no_op_train_fn(loss):
    """Return a no-op as train op."""
    return tf.no_op()


class _SingleHead(Head):
    """Base of heads for one kind of labels; subclasses define predictions and metrics."""

    default_name: str | None = None

    def __init__(
        self,
        problem_type,
        logits_dimension,
        loss_fn,
        label_name=None,
        weight_column_name=None,
        enable_centered_bias=False,
        head_name=None,
    ):
        if logits_dimension is None or logits_dimension < 1:
            raise ValueError(f"Invalid logits_dimension {logits_dimension}.")
        self._problem_type, self.logits_dimension, self._loss_fn = problem_type, logits_dimension, loss_fn
        self.label_name, self.weight_column_name, self.head_name = label_name, weight_column_name, head_name
        self._enable_centered_bias = enable_centered_bias

    def create_model_fn_ops(
        self, features, mode, labels=None, train_op_fn=None, logits=None, logits_input=None, scope=None
    ):
        """See Head."""
        values = (*features.values(), labels, logits, logits_input)
        with tf.variable_scope(scope, default_name=self.head_name or self.default_name, values=values):
            labels = None if mode == ModeKeys.INFER or labels is None else self._transform_labels(labels)
            return self._build(features, mode, labels, train_op_fn, self._get_logits(logits_input, logits))

    def _get_logits(self, logits_input, logits):
        if logits is None:
            if logits_input is None:
                raise ValueError("Neither logits nor logits_input supplied.")
            return layers.linear(logits_input, self.logits_dimension, scope="logits")
        if logits_input is not None:
            raise ValueError("Both logits and logits_input supplied.")
        logits = tf.convert_to_tensor(logits, name="logits")
        if logits.shape.dims is not None:
            logits.shape.dims[-1].assert_is_compatible_with(self.logits_dimension)
        return logits

    def _build(self, features, mode, labels, train_op_fn, logits):
        ModeKeys.validate(mode)
        bias = None
        if self._enable_centered_bias:
            bias = centered_bias(self.logits_dimension, self.head_name)
            logits = tf.nn.bias_add(logits, bias)
        predictions = self._predictions(logits)
        loss = train = metrics = None
        if labels is not None:
            weights = weight_tensor(features, self.weight_column_name)
            loss, average = self._loss(labels, logits, weights)
            loss_summary(head_metrics.key(self.head_name, MetricKey.LOSS), average)
            if mode == ModeKeys.TRAIN:
                train = train_op(loss, labels, train_op_fn, bias, tf.shape(logits)[0], self._loss, weights)
            metrics = self._metrics(average, predictions, labels, weights)
        return ModelFnOps(mode, predictions, loss, train, metrics, self._alternatives(predictions))

    def _loss(self, labels, logits, weights=None):
        return self._loss_fn(labels, logits, weights)

    def _transform_labels(self, labels):
        labels = tf.convert_to_tensor_or_sparse_tensor(labels[self.label_name] if isinstance(labels, dict) else labels)
        if isinstance(labels, tf.SparseTensor):
            raise ValueError("SparseTensor is not supported.")
        return labels

    def _alternatives(self, predictions):
        return export_alternatives(self.head_name, self._problem_type, predictions)


class _RegressionHead(_SingleHead):
    default_name = "regression_head"

    def __init__(self, label_dimension, loss_fn, link_fn, **settings):
        super().__init__(ProblemType.LINEAR_REGRESSION, label_dimension, loss_fn, **settings)
        self._link_fn = link_fn

    def _predictions(self, logits):
        with tf.name_scope(None, "predictions", (logits,)):
            if self.logits_dimension == 1:
                logits = tf.squeeze(logits, axis=(1,), name=PredictionKey.SCORES)
            return {PredictionKey.SCORES: self._link_fn(logits)}

    def _metrics(self, loss, predictions, labels, weights):
        with tf.name_scope("metrics", values=[loss]):
            return head_metrics.loss_only(self.head_name, loss)

    def _alternatives(self, predictions):
        return {self.head_name: (self._problem_type, predictions)}


class _BinaryLogisticHead(_SingleHead):
    default_name = "binary_logistic_head"

    def __init__(self, loss_fn=None, thresholds=None, **settings):
        loss_fn = loss_fn or head_losses.log_loss_with_two_classes
        super().__init__(ProblemType.LOGISTIC_REGRESSION, 1, loss_fn, **settings)
        self._thresholds = thresholds or (0.5,)

    def _predictions(self, logits):
        with tf.name_scope(None, "predictions", (logits,)):
            both = two_class_logits(logits)
            return {
                _LOGITS: logits,
                PredictionKey.LOGISTIC: tf.sigmoid(logits, name=PredictionKey.LOGISTIC),
                _PROBABILITIES: tf.nn.softmax(both, name=_PROBABILITIES),
                _CLASSES: tf.argmax(both, 1, name=_CLASSES),
            }

    def _metrics(self, loss, predictions, labels, weights):
        with tf.name_scope("metrics", values=[loss, labels, weights, *predictions.values()]):
            return head_metrics.binary(self.head_name, loss, predictions, labels, weights, self._thresholds)


class _BinarySvmHead(_SingleHead):
    default_name = "binary_svm_head"

    def __init__(self, thresholds=None, **settings):
        super().__init__(ProblemType.LOGISTIC_REGRESSION, 1, head_losses.hinge_loss, **settings)

    def _predictions(self, logits):
        with tf.name_scope(None, "predictions", (logits,)):
            return {_LOGITS: logits, _CLASSES: tf.argmax(two_class_logits(logits), 1, name=_CLASSES)}

    def _metrics(self, loss, predictions, labels, weights):
        with tf.name_scope("metrics", values=[loss, labels, weights, *predictions.values()]):
            return head_metrics.loss_and_accuracy(self.head_name, loss, predictions, labels, weights)

    def _alternatives(self, predictions):
        return {self.head_name: (self._problem_type, predictions)}


def _class_ids(class_ids, n_classes):
    for one in class_ids or ():
        if not 0 <= one < n_classes:
            raise ValueError(f"Class ID {one} not in [0, {n_classes}).")
    return tuple(class_ids or ())


class _MultiClassHead(_SingleHead):
    default_name = "multi_class_head"

    def __init__(self, n_classes, loss_fn=None, thresholds=None, metric_class_ids=None, label_keys=None, **settings):
        loss_fn = loss_fn or head_losses.softmax_cross_entropy_loss
        super().__init__(ProblemType.CLASSIFICATION, n_classes, loss_fn, **settings)
        self._metric_class_ids, self._label_keys = _class_ids(metric_class_ids, n_classes), label_keys
        if label_keys and len(label_keys) != n_classes:
            raise ValueError("Length of label_keys must equal n_classes.")

    def _transform_labels(self, labels):
        """Return {"labels": labels as given, "label_ids": integer class ids}."""
        labels = super()._transform_labels(labels)
        if not self._label_keys:
            return {"labels": labels, "label_ids": labels}
        table = internals.lookup_ops.index_table_from_tensor(self._label_keys, name="label_id_lookup")
        return {"labels": labels, "label_ids": table.lookup(labels)}

    def _loss(self, labels, logits, weights=None):
        return self._loss_fn(labels["label_ids"], logits, weights)

    def _predictions(self, logits):
        with tf.name_scope(None, "predictions", (logits,)):
            classes = tf.argmax(logits, 1, name=_CLASSES)
            if self._label_keys:
                table = internals.lookup_ops.index_to_string_table_from_tensor(
                    self._label_keys, name="class_string_lookup"
                )
                classes = table.lookup(classes)
            return {
                _LOGITS: logits,
                _PROBABILITIES: tf.nn.softmax(logits, name=_PROBABILITIES),
                _CLASSES: classes,
            }

    def _metrics(self, loss, predictions, labels, weights):
        values = [loss, labels["labels"], labels["label_ids"], weights, *predictions.values()]
        with tf.name_scope("metrics", values=values):
            ids = () if self._label_keys else self._metric_class_ids
            return head_metrics.multi_class(
                self.head_name, loss, predictions, labels["labels"], labels["label_ids"], weights, ids
            )

    def _alternatives(self, predictions):
        return export_alternatives(self.head_name, self._problem_type, predictions, self._label_keys)


class _MultiLabelHead(_SingleHead):
    default_name = "multi_label_head"

    def __init__(self, n_classes, loss_fn=None, thresholds=None, metric_class_ids=None, **settings):
        loss_fn = loss_fn or head_losses.sigmoid_cross_entropy_loss
        super().__init__(ProblemType.CLASSIFICATION, n_classes, loss_fn, **settings)
        self._metric_class_ids = _class_ids(metric_class_ids, n_classes)

    def _transform_labels(self, labels):
        labels = tf.convert_to_tensor_or_sparse_tensor(labels[self.label_name] if isinstance(labels, dict) else labels)
        if not isinstance(labels, tf.SparseTensor):
            return labels
        return tf.cast(tf.sparse.to_indicator(labels, self.logits_dimension), tf.int64)

    def _predictions(self, logits):
        with tf.name_scope(None, "predictions", (logits,)):
            return {
                _LOGITS: logits,
                _PROBABILITIES: tf.sigmoid(logits, name=_PROBABILITIES),
                _CLASSES: tf.cast(tf.greater(logits, 0), tf.int64, name=_CLASSES),
            }

    def _metrics(self, loss, predictions, labels, weights):
        with tf.name_scope("metrics", values=[loss, labels, weights, *predictions.values()]):
            return head_metrics.multi_label(self.head_name, loss, predictions, labels, weights, self._metric_class_ids)


def _own_loss(loss_fn):
    """Wrap a user's loss function of labels, logits and weights. Raises ValueError if it lacks one of them."""
    if loss_fn is None:
        return None
    for name in ("labels", "logits", "weights"):
        if name not in inspect.signature(loss_fn).parameters:
            raise ValueError(f"Argument {name} not found in loss_fn.")

    def call(labels, logits, weights=None):
        loss = loss_fn(labels, logits) if weights is None else loss_fn(labels, logits, weights)
        return loss, loss

    return call


def regression_head(
    label_name=None,
    weight_column_name=None,
    label_dimension=1,
    enable_centered_bias=False,
    head_name=None,
    link_fn=None,
):
    """Head for regression: squared error; predictions are `link_fn` of the logits."""
    return _RegressionHead(
        label_dimension,
        head_losses.mean_squared_loss,
        link_fn or tf.identity,
        label_name=label_name,
        weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias,
        head_name=head_name,
    )


def poisson_regression_head(
    label_name=None, weight_column_name=None, label_dimension=1, enable_centered_bias=False, head_name=None
):
    """Head for Poisson regression: the logits are the logarithms of the expected counts."""
    return _RegressionHead(
        label_dimension,
        head_losses.poisson_loss,
        tf.exp,
        label_name=label_name,
        weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias,
        head_name=head_name,
    )


def multi_class_head(
    n_classes,
    label_name=None,
    weight_column_name=None,
    enable_centered_bias=False,
    head_name=None,
    thresholds=None,
    metric_class_ids=None,
    loss_fn=None,
    label_keys=None,
):
    """Head for mutually exclusive classes: sigmoid cross entropy for two, softmax cross entropy for more.

    Raises ValueError for fewer than two classes, and for arguments that two classes do not support.
    """
    if n_classes is None or n_classes < 2:
        raise ValueError(f"n_classes must be > 1 for classification: {n_classes}.")
    settings = {
        "label_name": label_name,
        "weight_column_name": weight_column_name,
        "enable_centered_bias": enable_centered_bias,
        "head_name": head_name,
    }
    if n_classes > 2:
        return _MultiClassHead(n_classes, _own_loss(loss_fn), thresholds, metric_class_ids, label_keys, **settings)
    if metric_class_ids:
        raise ValueError("metric_class_ids invalid for n_classes==2.")
    if label_keys:
        raise ValueError("label_keys is not supported for n_classes=2.")
    return _BinaryLogisticHead(_own_loss(loss_fn), thresholds, **settings)


def binary_svm_head(
    label_name=None, weight_column_name=None, enable_centered_bias=False, head_name=None, thresholds=None
):
    """Head for binary classification with hinge loss."""
    return _BinarySvmHead(
        thresholds,
        label_name=label_name,
        weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias,
        head_name=head_name,
    )


def multi_label_head(
    n_classes,
    label_name=None,
    weight_column_name=None,
    enable_centered_bias=False,
    head_name=None,
    thresholds=None,
    metric_class_ids=None,
    loss_fn=None,
):
    """Head for classes that are not mutually exclusive: sigmoid cross entropy.

    Raises ValueError for fewer than two classes.
    """
    if n_classes < 2:
        raise ValueError("n_classes must be > 1 for classification.")
    return _MultiLabelHead(
        n_classes,
        _own_loss(loss_fn),
        thresholds,
        metric_class_ids,
        label_name=label_name,
        weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias,
        head_name=head_name,
    )


def loss_only_head(loss_fn, head_name=None):
    """Head for a loss that needs no labels."""
    from legacy_graph.contrib.learn.estimators.multi_head import LossOnlyHead

    return LossOnlyHead(loss_fn, head_name)


def multi_head(heads, loss_weights=None):
    """Head that adds the losses of several heads, optionally weighted.

    Raises ValueError if the numbers of heads and weights differ.
    """
    from legacy_graph.contrib.learn.estimators.multi_head import MultiHead

    return MultiHead(heads, loss_weights)
