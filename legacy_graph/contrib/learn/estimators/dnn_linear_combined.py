"""`tf.contrib.learn`'s wide and deep estimators: a linear model and a DNN, trained jointly."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib import layers
from legacy_graph.contrib.learn.estimators import head as head_lib
from legacy_graph.contrib.learn.estimators.dnn import _LEARNING_RATE, dnn_logits, embedding_multipliers, summarize
from legacy_graph.contrib.learn.estimators.estimator import Estimator
from legacy_graph.contrib.learn.estimators.linear import learning_rate, linear_logits, partitioner
from legacy_graph.contrib.learn.estimators.prediction import Classifier, ScoredRegressor, features_by_name


def _get_optimizer(optimizer, default):
    optimizer = optimizer or default
    optimizer = optimizer() if callable(optimizer) else optimizer
    if isinstance(optimizer, tf.train.SyncReplicasOptimizer):
        raise ValueError(
            "SyncReplicasOptimizer is not supported in DNNLinearCombined model. If you want to use this optimizer, "
            "please use either DNN or Linear model."
        )
    return optimizer


def _combined_model_fn(features, labels, mode, params, config=None):
    head, features = params["head"], features_by_name(features)
    linear_optimizer, dnn_optimizer = (
        _get_optimizer(params["linear_optimizer"], "Ftrl"),
        _get_optimizer(params["dnn_optimizer"], "Adagrad"),
    )
    values, units = tuple(features.values()), head.logits_dimension
    parts, linear_columns = [], params["linear_feature_columns"]
    input_scope = None
    if params["dnn_feature_columns"]:
        if not params["dnn_hidden_units"]:
            raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
        input_partitioner = params["input_layer_partitioner"] or partitioner(config)
        with tf.variable_scope("dnn", values=values, partitioner=partitioner(config, 256 << 10)):
            logits, input_scope = dnn_logits(
                features,
                params["dnn_feature_columns"],
                params["dnn_hidden_units"],
                units,
                mode,
                params["dnn_activation_fn"] or tf.nn.relu,
                params["dnn_dropout"],
                input_partitioner,
            )
        parts.append(logits)
    if linear_columns:
        with tf.variable_scope("linear", values=values, partitioner=partitioner(config)) as scope:
            logits = linear_logits(features, linear_columns, units, scope, params["joint_linear_weights"])
            summarize(logits, scope.name)
        parts.append(logits)

    def train_op_fn(loss):
        step, at_once = tf.train.get_global_step(), params["fix_global_step_increment_bug"]
        settings = {
            "loss": loss,
            "global_step": step,
            "clip_gradients": params["gradient_clip_norm"],
            "summaries": [],
            "increment_global_step": not at_once,
        }
        trains = []
        if input_scope is not None:
            multipliers = embedding_multipliers(params["embedding_lr_multipliers"], "dnn", input_scope)
            trains.append(
                layers.optimize_loss(
                    learning_rate=_LEARNING_RATE,
                    optimizer=dnn_optimizer,
                    gradient_multipliers=multipliers,
                    variables=tf.get_collection("dnn"),
                    name="dnn",
                    **settings,
                )
            )
        if linear_columns:
            trains.append(
                layers.optimize_loss(
                    learning_rate=learning_rate(len(linear_columns)),
                    optimizer=linear_optimizer,
                    variables=tf.get_collection("linear"),
                    name="linear",
                    **settings,
                )
            )
        train = tf.group(*trains)
        if not at_once:
            return train
        with tf.control_dependencies([train]), tf.colocate_with(step):
            return tf.assign_add(step, 1).op

    logits = parts[0] if len(parts) == 1 else parts[0] + parts[1]
    return head.create_model_fn_ops(features, mode, labels, train_op_fn, logits)


class _Combined(Estimator):
    def __init__(self, model_dir, config, feature_engineering_fn, min_slice_size=None, **params):
        for name in ("linear_feature_columns", "dnn_feature_columns"):
            params[name] = tuple(params[name] or ())
        if not params["linear_feature_columns"] and not params["dnn_feature_columns"]:
            raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")
        if min_slice_size is not None:
            params["input_layer_partitioner"] = partitioner(config, min_slice_size)
        params.setdefault("input_layer_partitioner", None)
        Estimator.__init__(self, _combined_model_fn, model_dir, config, params, feature_engineering_fn)


class DNNLinearCombinedEstimator(_Combined):
    """A DNN and a linear model whose logits are added, with a custom head.

    For the arguments see DNNClassifier and LinearClassifier.

    Args:
      head: a Head.
      fix_global_step_increment_bug: if True, a training step increments the global step once. By default it does so
        twice, once per optimizer, as in TF 1.15.
      input_layer_partitioner: partitioner of the DNN's input layer.
    """

    def __init__(
        self,
        head,
        model_dir=None,
        linear_feature_columns=None,
        linear_optimizer=None,
        _joint_linear_weights=False,
        dnn_feature_columns=None,
        dnn_optimizer=None,
        dnn_hidden_units=None,
        dnn_activation_fn=None,
        dnn_dropout=None,
        gradient_clip_norm=None,
        config=None,
        feature_engineering_fn=None,
        embedding_lr_multipliers=None,
        fix_global_step_increment_bug=False,
        input_layer_partitioner=None,
    ):
        super().__init__(
            model_dir,
            config,
            feature_engineering_fn,
            head=head,
            linear_feature_columns=linear_feature_columns,
            linear_optimizer=linear_optimizer,
            joint_linear_weights=_joint_linear_weights,
            dnn_feature_columns=dnn_feature_columns,
            dnn_optimizer=dnn_optimizer,
            dnn_hidden_units=dnn_hidden_units,
            dnn_activation_fn=dnn_activation_fn,
            dnn_dropout=dnn_dropout,
            gradient_clip_norm=gradient_clip_norm,
            embedding_lr_multipliers=embedding_lr_multipliers,
            fix_global_step_increment_bug=fix_global_step_increment_bug,
            input_layer_partitioner=input_layer_partitioner,
        )


class DNNLinearCombinedClassifier(_Combined, Classifier):
    """Wide and deep classifier; for the arguments see DNNLinearCombinedEstimator."""

    _flat = True

    def __init__(
        self,
        model_dir=None,
        n_classes=2,
        weight_column_name=None,
        linear_feature_columns=None,
        linear_optimizer=None,
        _joint_linear_weights=False,
        dnn_feature_columns=None,
        dnn_optimizer=None,
        dnn_hidden_units=None,
        dnn_activation_fn=tf.nn.relu,
        dnn_dropout=None,
        gradient_clip_norm=None,
        enable_centered_bias=False,
        config=None,
        feature_engineering_fn=None,
        embedding_lr_multipliers=None,
        input_layer_min_slice_size=None,
        label_keys=None,
        fix_global_step_increment_bug=False,
    ):
        super().__init__(
            model_dir,
            config,
            feature_engineering_fn,
            input_layer_min_slice_size,
            head=head_lib.multi_class_head(
                n_classes,
                weight_column_name=weight_column_name,
                enable_centered_bias=enable_centered_bias,
                label_keys=label_keys,
            ),
            linear_feature_columns=linear_feature_columns,
            linear_optimizer=linear_optimizer,
            joint_linear_weights=_joint_linear_weights,
            dnn_feature_columns=dnn_feature_columns,
            dnn_optimizer=dnn_optimizer,
            dnn_hidden_units=dnn_hidden_units,
            dnn_activation_fn=dnn_activation_fn,
            dnn_dropout=dnn_dropout,
            gradient_clip_norm=gradient_clip_norm,
            embedding_lr_multipliers=embedding_lr_multipliers,
            fix_global_step_increment_bug=fix_global_step_increment_bug,
        )


class DNNLinearCombinedRegressor(_Combined, ScoredRegressor):
    """Wide and deep regressor; for the arguments see DNNLinearCombinedEstimator."""

    def __init__(
        self,
        model_dir=None,
        weight_column_name=None,
        linear_feature_columns=None,
        linear_optimizer=None,
        _joint_linear_weights=False,
        dnn_feature_columns=None,
        dnn_optimizer=None,
        dnn_hidden_units=None,
        dnn_activation_fn=tf.nn.relu,
        dnn_dropout=None,
        gradient_clip_norm=None,
        enable_centered_bias=False,
        label_dimension=1,
        config=None,
        feature_engineering_fn=None,
        embedding_lr_multipliers=None,
        input_layer_min_slice_size=None,
        fix_global_step_increment_bug=False,
    ):
        super().__init__(
            model_dir,
            config,
            feature_engineering_fn,
            input_layer_min_slice_size,
            head=head_lib.regression_head(
                weight_column_name=weight_column_name,
                label_dimension=label_dimension,
                enable_centered_bias=enable_centered_bias,
            ),
            linear_feature_columns=linear_feature_columns,
            linear_optimizer=linear_optimizer,
            joint_linear_weights=_joint_linear_weights,
            dnn_feature_columns=dnn_feature_columns,
            dnn_optimizer=dnn_optimizer,
            dnn_hidden_units=dnn_hidden_units,
            dnn_activation_fn=dnn_activation_fn,
            dnn_dropout=dnn_dropout,
            gradient_clip_norm=gradient_clip_norm,
            embedding_lr_multipliers=embedding_lr_multipliers,
            fix_global_step_increment_bug=fix_global_step_increment_bug,
        )
