"""`tf.contrib.learn.DynamicRnnEstimator`: an RNN over feature columns, with its state as features and predictions."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib import layers
from legacy_graph.contrib.learn.estimators import rnn_common
from legacy_graph.contrib.learn.estimators.constants import PredictionKey, PredictionType, ProblemType, RNNKeys
from legacy_graph.contrib.learn.estimators.estimator import Estimator
from legacy_graph.contrib.learn.estimators.model_fn import ModeKeys, ModelFnOps

__all__ = ["DynamicRnnEstimator", "PredictionType", "ProblemType"]


def _state_name(number):
    return f"{RNNKeys.STATE_PREFIX}_{number}"


def state_tuple_to_dict(state):
    """Return {"rnn_cell_state_0": tensor, ...} for the tensors of a state."""
    with tf.name_scope("state_tuple_to_dict"):
        names = {_state_name(number): one for number, one in enumerate(internals.nest.flatten(state))}
        return {name: None if one is None else tf.identity(one, name=name) for name, one in names.items()}


def dict_to_state_tuple(input_dict, cell):
    """Return the cell's state from features named as in `state_tuple_to_dict`, or None if there are none.

    Raises ValueError if only some of the tensors are given.
    """
    sizes, found = internals.nest.flatten(cell.state_size), []
    with tf.name_scope("dict_to_state_tuple"):
        for number, size in enumerate(sizes):
            name = _state_name(number)
            if input_dict.get(name) is None:
                continue
            state = input_dict[name]
            checks = [
                tf.assert_rank(state, 2, name=f"check_state_{number}_rank"),
                tf.assert_equal(tf.shape(state)[1], size, name=f"check_state_{number}_shape"),
            ]
            with tf.control_dependencies(checks):
                found.append(tf.identity(state, name=name))
        if not found:
            return None
        if len(found) != len(sizes):
            raise ValueError(
                f"RNN state was partially specified.Expected zero or {len(sizes)} state Tensors; got {len(found)}"
            )
        return internals.nest.pack_sequence_as(cell.zero_state(1, tf.bool), found)


def _with_context(sequence, context):
    """Append the context to each step of the sequence: (batch, steps, sequence width + context width)."""
    checks = [
        tf.assert_rank(sequence, 3, message="sequence_input must have rank 3", data=[tf.shape(sequence)]),
        tf.assert_type(sequence, tf.float32, message=f"sequence_input must have dtype float32; got {sequence.dtype}."),
        tf.assert_rank(context, 2, message="context_input must have rank 2", data=[tf.shape(context)]),
        tf.assert_type(context, tf.float32, message=f"context_input must have dtype float32; got {context.dtype}."),
    ]
    with tf.control_dependencies(checks):
        steps = tf.shape(sequence)[1]
        tiled = tf.tile(tf.expand_dims(context, 1), tf.concat([[1], [steps], [1]], 0))
    return tf.concat([sequence, tiled], 2)


def build_sequence_input(
    features, sequence_feature_columns, context_feature_columns, weight_collections=None, scope=None
):
    """Return the input of the RNN, (batch, steps, width)."""
    columns = [*sequence_feature_columns, *(context_feature_columns or ())]
    features = {**features, **layers.transform_features(features, columns)}
    sequence = layers.sequence_input_from_feature_columns(
        features, sequence_feature_columns, weight_collections, scope=scope
    )
    if context_feature_columns is None:
        return sequence
    context = layers.input_from_feature_columns(features, context_feature_columns, weight_collections, scope=scope)
    return _with_context(sequence, context)


class _Model:
    """The model function and its settings."""

    def __init__(self, problem_type, prediction_type, target, name, **settings):
        if problem_type != ProblemType.CLASSIFICATION and settings["predict_probabilities"]:
            raise ValueError(
                "predict_probabilities can only be set to True for problem_type ProblemType.CLASSIFICATION; got "
                f"{problem_type}."
            )
        self._problem, self._every_step = problem_type, prediction_type == PredictionType.MULTIPLE_VALUE
        self._prediction_type, self._target, self._name, self._settings = prediction_type, target, name, settings

    def build(self, features, labels, mode):
        """Return ModelFnOps."""
        of = self._settings
        with tf.name_scope(self._name):
            lengths = features.get(RNNKeys.SEQUENCE_LENGTH_KEY)
            inputs = build_sequence_input(features, of["sequence_feature_columns"], of["context_feature_columns"])
            dropout = of["dropout_keep_probabilities"] if mode == ModeKeys.TRAIN else None
            cell = rnn_common.construct_rnn_cell(of["num_units"], of["cell_type"], dropout)
            activations, state = self._unroll(dict_to_state_tuple(features, cell), inputs, cell)
            predictions = self._predict(activations, lengths)
            loss = train = metrics = None
            if mode != ModeKeys.INFER:
                loss = self._loss(activations, labels, lengths, features)
            predictions.update(state_tuple_to_dict(state))
            if mode != ModeKeys.INFER:
                metrics = rnn_common.get_eval_metric_ops(
                    self._problem, self._prediction_type, lengths, predictions, labels
                )
            if mode == ModeKeys.TRAIN:
                train = layers.optimize_loss(
                    loss=loss,
                    global_step=None,
                    learning_rate=of["learning_rate"],
                    optimizer=of["optimizer"],
                    clip_gradients=of["gradient_clipping_norm"],
                    summaries=layers.OPTIMIZER_SUMMARIES,
                )
        return ModelFnOps(mode, predictions, loss, train, metrics, self._alternatives(predictions))

    def _unroll(self, initial_state, inputs, cell):
        with tf.name_scope("RNN"):
            outputs, state = tf.nn.dynamic_rnn(
                cell=cell,
                inputs=inputs,
                initial_state=initial_state,
                dtype=tf.float32,
                parallel_iterations=None,
                swap_memory=True,
            )
            columns = self._target.num_label_columns
            return layers.fully_connected(outputs, columns, activation_fn=None, trainable=True), state

    def _predict(self, activations, lengths):
        target, probable = self._target, self._settings["predict_probabilities"]
        if self._every_step:
            return rnn_common.multi_value_predictions(activations, target, self._problem, probable)
        with tf.name_scope("SingleValuePrediction"):
            last = rnn_common.select_last_activations(activations, lengths)
            name = rnn_common.predictions_name(self._problem)
            if not probable:
                return {name: target.logits_to_predictions(last, proba=False)}
            probabilities = target.logits_to_predictions(last, proba=True)
            return {PredictionKey.PROBABILITIES: probabilities, name: tf.argmax(probabilities, 1)}

    def _loss(self, activations, labels, lengths, features):
        if self._every_step:
            with tf.name_scope("MultiValueLoss"):
                masked = rnn_common.mask_activations_and_labels(activations, labels, lengths)
                return self._target.loss(*masked, features)
        with tf.name_scope("SingleValueLoss"):
            return self._target.loss(rnn_common.select_last_activations(activations, lengths), labels, features)

    def _alternatives(self, predictions):
        if self._every_step:
            return None
        outputs = {name: one for name, one in predictions.items() if RNNKeys.STATE_PREFIX not in name}
        return {"dynamic_rnn_output": (self._problem, outputs)}


class DynamicRnnEstimator(Estimator):
    """An RNN over sequence features, for classification or regression.

    Args:
      problem_type: ProblemType.CLASSIFICATION or LINEAR_REGRESSION.
      prediction_type: PredictionType.SINGLE_VALUE (one prediction per sequence) or MULTIPLE_VALUE (one per step).
      sequence_feature_columns: columns of `tf.contrib.layers`, for features (batch, steps, ...).
      context_feature_columns: columns whose values are appended to the input of each step.
      num_classes: number of classes, for classification.
      num_units, cell_type, dropout_keep_probabilities: see `construct_rnn_cell`.
      optimizer: name, class or instance of an optimizer.
      learning_rate, momentum: settings of the optimizer.
      predict_probabilities: if True, predict probabilities as well as classes.
      gradient_clipping_norm: clip the gradients to this global norm.
      model_dir, feature_engineering_fn, config: see Estimator.

    The features may contain "sequence_length" and an initial state, "rnn_cell_state_0" and so on.

    Raises ValueError for an unknown problem type or prediction type.
    """

    def __init__(
        self,
        problem_type,
        prediction_type,
        sequence_feature_columns,
        context_feature_columns=None,
        num_classes=None,
        num_units=None,
        cell_type="basic_rnn",
        optimizer="SGD",
        learning_rate=0.1,
        predict_probabilities=False,
        momentum=None,
        gradient_clipping_norm=5.0,
        dropout_keep_probabilities=None,
        model_dir=None,
        feature_engineering_fn=None,
        config=None,
    ):
        prefixes = {PredictionType.MULTIPLE_VALUE: "MultiValue", PredictionType.SINGLE_VALUE: "SingleValue"}
        if prediction_type not in prefixes:
            raise ValueError(
                "prediction_type must be one of PredictionType.MULTIPLE_VALUE or PredictionType.SINGLE_VALUE; got "
                f"{prediction_type}"
            )
        if problem_type == ProblemType.LINEAR_REGRESSION:
            suffix, target = "Regressor", layers.regression_target()
        elif problem_type == ProblemType.CLASSIFICATION:
            if not num_classes:
                raise ValueError("For CLASSIFICATION problem_type, num_classes must be specified.")
            suffix, target = "Classifier", layers.multi_class_target(n_classes=num_classes)
        else:
            raise ValueError(
                "problem_type must be either ProblemType.LINEAR_REGRESSION or ProblemType.CLASSIFICATION; got "
                f"{problem_type}"
            )
        if optimizer == "Momentum":
            optimizer = tf.train.MomentumOptimizer(learning_rate, momentum)
        model = _Model(
            problem_type,
            prediction_type,
            target,
            f"{prefixes[prediction_type]}DynamicRNN{suffix}",
            sequence_feature_columns=sequence_feature_columns,
            context_feature_columns=context_feature_columns,
            num_units=num_units,
            cell_type=cell_type,
            optimizer=optimizer,
            learning_rate=learning_rate,
            predict_probabilities=predict_probabilities,
            gradient_clipping_norm=gradient_clipping_norm,
            dropout_keep_probabilities=dropout_keep_probabilities,
        )
        super().__init__(model.build, model_dir, config, None, feature_engineering_fn)
