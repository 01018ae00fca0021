"""`tf.contrib.learn`'s feed-forward (DNN) estimators."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib import layers
from legacy_graph.contrib.feature_columns import _EmbeddingColumn
from legacy_graph.contrib.feature_columns.base import _FeatureColumn
from legacy_graph.contrib.learn.estimators import head as head_lib
from legacy_graph.contrib.learn.estimators.estimator import Estimator
from legacy_graph.contrib.learn.estimators.linear import partitioner
from legacy_graph.contrib.learn.estimators.model_fn import ModeKeys
from legacy_graph.contrib.learn.estimators.prediction import Classifier, ScoredRegressor, features_by_name

_LEARNING_RATE = 0.05
_SCOPE = "dnn"
_ACTIVATIONS = {"relu": tf.nn.relu, "tanh": tf.nn.tanh, "sigmoid": tf.nn.sigmoid}


def summarize(value, tag, separator="/"):
    """Add summaries of a layer's activations: fraction of zeros, and histogram."""
    tf.summary.scalar(f"{tag}{separator}fraction_of_zero_values", tf.nn.zero_fraction(value))
    tf.summary.histogram(f"{tag}{separator}activation", value)


def dnn_logits(features, columns, hidden_units, units, mode, activation_fn, dropout, input_partitioner, separator="/"):
    """Return (logits, name of the input layer's scope) of a DNN over feature columns; call in the scope "dnn"."""
    values = tuple(features.values())
    with tf.variable_scope("input_from_feature_columns", values=values, partitioner=input_partitioner) as input_scope:
        if all(isinstance(column, _FeatureColumn) for column in columns):
            net = layers.input_from_feature_columns(features, columns, weight_collections=[_SCOPE], scope=input_scope)
        else:
            net = tf.feature_column.input_layer(features, columns, weight_collections=[_SCOPE])
    for number, size in enumerate(hidden_units):
        with tf.variable_scope(f"hiddenlayer_{number}", values=(net,)) as scope:
            net = layers.fully_connected(
                net, size, activation_fn=activation_fn, variables_collections=[_SCOPE], scope=scope
            )
            if dropout is not None and mode == ModeKeys.TRAIN:
                net = layers.dropout(net, keep_prob=1.0 - dropout)
        summarize(net, scope.name, separator)
    with tf.variable_scope("logits", values=(net,)) as scope:
        logits = layers.fully_connected(net, units, activation_fn=None, variables_collections=[_SCOPE], scope=scope)
    summarize(logits, scope.name, separator)
    return logits, input_scope.name


def embedding_multipliers(multipliers, scope, input_scope):
    """Return {variable: gradient multiplier} for {embedding column: multiplier}, or None if there are none.

    Raises ValueError for other columns, and for a column without a variable.
    """
    if not multipliers:
        return None
    found = {}
    for column, multiplier in multipliers.items():
        if not isinstance(column, _EmbeddingColumn):
            raise ValueError(
                f"learning rate multipler can only be defined for embedding columns. It is defined for {column}"
            )
        variables = tf.get_collection(scope, f"{input_scope}/{column.name}")
        if not variables:
            raise ValueError(f"Couldn't find a variable for column {column}")
        found.update((variable, multiplier) for variable in variables)
    return found


def _activation(chosen):
    if not isinstance(chosen, str):
        return chosen
    if chosen not in _ACTIVATIONS:
        raise ValueError(f"Activation name should be one of [{', '.join(_ACTIVATIONS)}], you provided {chosen}.")
    return _ACTIVATIONS[chosen]


def _dnn_model_fn(features, labels, mode, params, config=None):
    head, optimizer = params["head"], params["optimizer"] or "Adagrad"
    features = features_by_name(features)
    with tf.variable_scope(_SCOPE, values=tuple(features.values()), partitioner=partitioner(config, 256 << 10)):
        input_partitioner = partitioner(config, params["input_layer_min_slice_size"] or 64 << 20)
        logits, input_scope = dnn_logits(
            features,
            params["feature_columns"],
            params["hidden_units"],
            head.logits_dimension,
            mode,
            _activation(params["activation_fn"]),
            params["dropout"],
            input_partitioner,
            "_",
        )

        def train_op_fn(loss):
            return layers.optimize_loss(
                loss=loss,
                global_step=tf.train.get_global_step(),
                learning_rate=_LEARNING_RATE,
                optimizer=optimizer() if callable(optimizer) else optimizer,
                gradient_multipliers=embedding_multipliers(params["embedding_lr_multipliers"], _SCOPE, input_scope),
                clip_gradients=params["gradient_clip_norm"],
                name=_SCOPE,
                summaries=[],
            )

        return head.create_model_fn_ops(features, mode, labels, train_op_fn, logits)


class _Network(Estimator):
    def __init__(self, model_dir, config, feature_engineering_fn, **params):
        params["feature_columns"] = tuple(params["feature_columns"] or ())
        Estimator.__init__(self, _dnn_model_fn, model_dir, config, params, feature_engineering_fn)


class DNNClassifier(_Network, Classifier):
    """Feed-forward classifier.

    Args:
      hidden_units: list of layer sizes.
      feature_columns: columns of `tf.contrib.layers` or of `tf.feature_column`.
      model_dir, config, feature_engineering_fn: see Estimator.
      n_classes, weight_column_name, enable_centered_bias, label_keys: see `multi_class_head`.
      optimizer: an optimizer, its name, or a function that returns one; default Adagrad with learning rate 0.05.
      activation_fn: activation of the hidden layers, a function or its name.
      dropout: dropout rate of the hidden layers in training.
      gradient_clip_norm: clip the gradients to this global norm.
      embedding_lr_multipliers: {embedding column: factor by which its gradients are multiplied}.
      input_layer_min_slice_size: minimum size, in bytes, of a partition of an input layer variable.
    """

    def __init__(
        self,
        hidden_units,
        feature_columns,
        model_dir=None,
        n_classes=2,
        weight_column_name=None,
        optimizer=None,
        activation_fn=tf.nn.relu,
        dropout=None,
        gradient_clip_norm=None,
        enable_centered_bias=False,
        config=None,
        feature_engineering_fn=None,
        embedding_lr_multipliers=None,
        input_layer_min_slice_size=None,
        label_keys=None,
    ):
        super().__init__(
            model_dir,
            config,
            feature_engineering_fn,
            head=head_lib.multi_class_head(
                n_classes,
                weight_column_name=weight_column_name,
                enable_centered_bias=enable_centered_bias,
                label_keys=label_keys,
            ),
            hidden_units=hidden_units,
            feature_columns=feature_columns,
            optimizer=optimizer,
            activation_fn=activation_fn,
            dropout=dropout,
            gradient_clip_norm=gradient_clip_norm,
            embedding_lr_multipliers=embedding_lr_multipliers,
            input_layer_min_slice_size=input_layer_min_slice_size,
        )


class DNNRegressor(_Network, ScoredRegressor):
    """Feed-forward regressor; for the arguments see DNNClassifier and `regression_head`."""

    def __init__(
        self,
        hidden_units,
        feature_columns,
        model_dir=None,
        weight_column_name=None,
        optimizer=None,
        activation_fn=tf.nn.relu,
        dropout=None,
        gradient_clip_norm=None,
        enable_centered_bias=False,
        config=None,
        feature_engineering_fn=None,
        label_dimension=1,
        embedding_lr_multipliers=None,
        input_layer_min_slice_size=None,
    ):
        super().__init__(
            model_dir,
            config,
            feature_engineering_fn,
            head=head_lib.regression_head(
                label_dimension=label_dimension,
                weight_column_name=weight_column_name,
                enable_centered_bias=enable_centered_bias,
            ),
            hidden_units=hidden_units,
            feature_columns=feature_columns,
            optimizer=optimizer,
            activation_fn=activation_fn,
            dropout=dropout,
            gradient_clip_norm=gradient_clip_norm,
            embedding_lr_multipliers=embedding_lr_multipliers,
            input_layer_min_slice_size=input_layer_min_slice_size,
        )


class DNNEstimator(_Network):
    """Feed-forward estimator with a custom head; for the arguments see DNNClassifier."""

    def __init__(
        self,
        head,
        hidden_units,
        feature_columns,
        model_dir=None,
        optimizer=None,
        activation_fn=tf.nn.relu,
        dropout=None,
        gradient_clip_norm=None,
        config=None,
        feature_engineering_fn=None,
        embedding_lr_multipliers=None,
        input_layer_min_slice_size=None,
    ):
        super().__init__(
            model_dir,
            config,
            feature_engineering_fn,
            head=head,
            hidden_units=hidden_units,
            feature_columns=feature_columns,
            optimizer=optimizer,
            activation_fn=activation_fn,
            dropout=dropout,
            gradient_clip_norm=gradient_clip_norm,
            embedding_lr_multipliers=embedding_lr_multipliers,
            input_layer_min_slice_size=input_layer_min_slice_size,
        )
