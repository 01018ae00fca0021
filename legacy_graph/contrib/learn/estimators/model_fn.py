"""`tf.contrib.learn.ModelFnOps`: the result of a model function, for one mode."""

import collections

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.estimators.constants import MetricKey, PredictionKey, ProblemType
from legacy_graph.estimators import tf_estimator


class ModeKeys:
    """The modes in which a model function is called."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"

    @classmethod
    def validate(cls, key):
        """Raise ValueError if `key` is not a mode."""
        if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
            raise ValueError(f"Invalid mode {key}.")


class ModelFnOps(
    collections.namedtuple(
        "ModelFnOps",
        "predictions loss train_op eval_metric_ops output_alternatives "
        "training_chief_hooks training_hooks scaffold mode",
    )
):
    """The ops that a model function built.

    Args:
      mode: one of ModeKeys.
      predictions: a tensor or {name: tensor}; optional in training.
      loss: scalar tensor; optional in inference.
      train_op: op or tensor; required in training.
      eval_metric_ops: {name: (value, update op)}.
      output_alternatives: {name: (ProblemType, predictions)}, for export.
      training_chief_hooks, training_hooks: lists of SessionRunHooks.
      scaffold: a tf.train.Scaffold.

    Raises ValueError if a required argument is missing or the loss is not a scalar.
    """

    def __new__(
        cls,
        mode,
        predictions=None,
        loss=None,
        train_op=None,
        eval_metric_ops=None,
        output_alternatives=None,
        training_chief_hooks=None,
        training_hooks=None,
        scaffold=None,
    ):
        ModeKeys.validate(mode)
        if train_op is None and mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        if train_op is not None and not isinstance(train_op, tf.Operation):
            train_op = tf.convert_to_tensor(train_op).op
        if predictions is None and mode != ModeKeys.TRAIN:
            raise ValueError("Missing predictions.")
        if eval_metric_ops is not None and not isinstance(eval_metric_ops, dict):
            raise ValueError("eval_metric_ops must be a dict.")
        loss = _scalar_loss(loss, mode)
        for hook in [*(training_hooks or []), *(training_chief_hooks or [])]:
            if not isinstance(hook, tf.train.SessionRunHook):
                raise TypeError(
                    "All hooks returned from model_fn must be SessionRunHook instances, got instance of "
                    f"{type(hook)}: {hook}"
                )
        return super().__new__(
            cls,
            predictions=_tensors(predictions),
            loss=loss,
            train_op=train_op,
            eval_metric_ops=eval_metric_ops or {},
            output_alternatives=output_alternatives,
            training_chief_hooks=training_chief_hooks or [],
            training_hooks=training_hooks or [],
            scaffold=scaffold,
            mode=mode,
        )

    def estimator_spec(self, default_serving_output_alternative_key=None):
        """Return the equivalent tf.estimator.EstimatorSpec; the key selects the default output alternative."""
        modes = tf_estimator.ModeKeys
        mode = {ModeKeys.TRAIN: modes.TRAIN, ModeKeys.EVAL: modes.EVAL, ModeKeys.INFER: modes.PREDICT}[self.mode]
        alternatives = dict(self.output_alternatives or {})
        default = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
        if len(alternatives) > 1 and default not in alternatives:
            alternatives[default] = alternatives[default_serving_output_alternative_key]
        return tf_estimator.EstimatorSpec(
            mode=mode,
            predictions=self.predictions,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops={key: value for key, value in self.eval_metric_ops.items() if key != MetricKey.LOSS},
            export_outputs={key: _export_output(*value) for key, value in alternatives.items()} or None,
            training_chief_hooks=self.training_chief_hooks,
            training_hooks=self.training_hooks,
            scaffold=self.scaffold,
        )


def _scalar_loss(loss, mode):
    if loss is None:
        if mode != ModeKeys.INFER:
            raise ValueError("Missing loss.")
        return None
    loss = tf.convert_to_tensor(loss)
    if loss.shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar: {loss}.")
    return loss if loss.shape.is_compatible_with([]) else tf.reshape(loss, [])


def _tensors(predictions):
    if predictions is None:
        return None
    if isinstance(predictions, dict):
        return {key: tf.convert_to_tensor_or_sparse_tensor(value) for key, value in predictions.items()}
    return tf.convert_to_tensor_or_sparse_tensor(predictions)


def _export_output(problem_type, predictions):
    export = tf_estimator.export
    scores = predictions.get(PredictionKey.SCORES)
    if scores is None:
        scores = predictions.get(PredictionKey.PROBABILITIES)
    if problem_type == ProblemType.LINEAR_REGRESSION:
        return export.RegressionOutput(scores)
    if problem_type in (ProblemType.CLASSIFICATION, ProblemType.LOGISTIC_REGRESSION):
        classes = predictions.get(PredictionKey.CLASSES)
        return export.ClassificationOutput(
            scores, classes if classes is not None and classes.dtype == tf.string else None
        )
    if problem_type == ProblemType.UNSPECIFIED:
        return export.PredictOutput(predictions)
    raise ValueError(f"Unknown problem_type={problem_type}")
