"""`tf.contrib.learn.Estimator` and `SKCompat`: fit, evaluate and predict around a model function.

The graphs are built in TF 1.15's order, so that a seed in the RunConfig gives the same random values. The model
function returns (predictions, loss, train op) or ModelFnOps.
"""

import copy
import inspect
import tempfile

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.learn import monitors as monitor_lib
from legacy_graph.contrib.learn.estimators import evaluation, tensor_signature
from legacy_graph.contrib.learn.estimators.arrays import (
    SKCompat,
    check_inputs,
    fed_inputs,
    infer_real_valued_columns_from_input,
    infer_real_valued_columns_from_input_fn,
)
from legacy_graph.contrib.learn.estimators.constants import MetricKey
from legacy_graph.contrib.learn.estimators.export import GraphRewriteSpec, export_savedmodel
from legacy_graph.contrib.learn.estimators.model_fn import ModeKeys, ModelFnOps
from legacy_graph.contrib.learn.run_config import RunConfig

_PS_OPS = """
    Variable VariableV2 AutoReloadVariable MutableHashTable MutableHashTableV2 MutableHashTableOfTensors
    MutableHashTableOfTensorsV2 MutableDenseHashTable MutableDenseHashTableV2 VarHandleOp""".split()
_SERVE = (GraphRewriteSpec((tf.saved_model.tag_constants.SERVING,), ()),)


class NotFittedError(ValueError, AttributeError):
    """Raised when a model is used that has not been trained."""


class BaseEstimator:
    """Trains, evaluates and predicts; subclasses build the graphs.

    Args:
      model_dir: directory of checkpoints and summaries; None for a temporary one.
      config: a `tf.contrib.learn.RunConfig`.

    Raises ValueError if both name a directory and the two differ.
    """

    _Config = RunConfig

    def __init__(self, model_dir=None, config=None):
        config = RunConfig() if config is None else config
        if model_dir is not None and config.model_dir is not None and model_dir != config.model_dir:
            raise ValueError(
                "model_dir are set both in constructor and RunConfig, but with different values. In constructor: "
                f"'{model_dir}', in RunConfig: '{config.model_dir}' "
            )
        self._model_dir = model_dir or config.model_dir
        if self._model_dir is None:
            self._model_dir = tempfile.mkdtemp()
            tf.logging.warning("Using temporary folder as model directory: %s", self._model_dir)
        self._config = config if config.model_dir is not None else config.replace(model_dir=self._model_dir)
        self._session_config = config.session_config or tf.ConfigProto(allow_soft_placement=True)
        self._features_info = self._labels_info = self._graph = None
        self._device_fn = _device_setter(self._config)

    @property
    def config(self):
        """The RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def model_dir(self):
        """Directory of checkpoints and summaries."""
        return self._model_dir

    @property
    def model_fn(self):
        """Function of (features, labels, mode, config) that returns ModelFnOps."""
        return lambda features, labels, mode, config: self._call_model_fn(features, labels, mode, config=config)

    def fit(self, x=None, y=None, input_fn=None, steps=None, batch_size=None, monitors=None, max_steps=None):
        """Train; return self.

        Args:
          x, y: arrays, shuffled and repeated indefinitely.
          input_fn: function that returns (features, labels) as tensors; used instead of x and y.
          steps: number of steps; None to train until the end of the data.
          batch_size: examples per step, for arrays; None for all.
          monitors: list of SessionRunHooks and of monitors of `tf.contrib.learn.monitors`.
          max_steps: global step at which to stop; used instead of `steps`.

        Raises ValueError for missing or mutually exclusive arguments.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        check_inputs(x, y, input_fn, None, batch_size)
        if x is not None:
            SKCompat(self).fit(x, y, batch_size, steps, max_steps, monitors)
            return self
        if max_steps is not None and max_steps <= self._saved_step():
            tf.logging.info("Skipping training since max_steps has already saved.")
            return self
        hooks = monitor_lib.replace_monitors_with_hooks(monitors, self)
        if steps is not None or max_steps is not None:
            hooks.append(tf.train.StopAtStepHook(steps, max_steps))
        loss = self._train_model(input_fn, hooks)
        tf.logging.info("Loss for final step: %s.", loss)
        return self

    def partial_fit(self, x=None, y=None, input_fn=None, steps=1, batch_size=None, monitors=None):
        """Train for one step by default; return self."""
        return self.fit(x, y, input_fn, steps, batch_size, monitors)

    def evaluate(
        self,
        x=None,
        y=None,
        input_fn=None,
        feed_fn=None,
        batch_size=None,
        steps=None,
        metrics=None,
        name=None,
        checkpoint_path=None,
        hooks=None,
        log_progress=True,
    ):
        """Return {name: value} of the metrics, including "loss" and "global_step".

        Args:
          x, y, input_fn, batch_size: as in `fit`, but arrays are read once.
          feed_fn: function that returns the feed dict of a batch, for an `input_fn` that returns placeholders.
          steps: number of batches; None for all.
          metrics: {name: MetricSpec or function}.
          name: suffix of the summary directory.
          checkpoint_path: None for the latest checkpoint.
          hooks: list of SessionRunHooks.
          log_progress: if False, do not log progress.

        Raises ValueError if `metrics` is not a dict, NotFittedError if there is no checkpoint.
        """
        check_inputs(x, y, input_fn, feed_fn, batch_size)
        if x is not None:
            return SKCompat(self).score(x, y, batch_size, steps, metrics, name)
        if metrics is not None and not isinstance(metrics, dict):
            raise ValueError(f"Metrics argument should be None or dict. Got {metrics}.")
        return self._evaluate_model(input_fn, steps, feed_fn, metrics, name, checkpoint_path, hooks, log_progress)

    def predict(self, x=None, input_fn=None, batch_size=None, outputs=None, as_iterable=True, iterate_batches=False):
        """Return predictions: a generator of examples or of batches, or with as_iterable=False those of one batch.

        Args:
          x, input_fn, batch_size: as in `evaluate`.
          outputs: names of the predictions to return, if the model function returns a dict.
          as_iterable: if False, return an array or a dict of arrays.
          iterate_batches: if True, the generator yields batches.

        Raises NotFittedError if there is no checkpoint, ValueError if no prediction has one of the names.
        """
        check_inputs(x, None, input_fn, None, batch_size)
        if x is not None and not as_iterable:
            return SKCompat(self).predict(x, batch_size)
        input_fn, feed_fn = fed_inputs(x, None, input_fn, None, batch_size)
        return self._infer_model(input_fn, feed_fn, outputs, as_iterable, iterate_batches)

    def get_variable_value(self, name):
        """Return the value of a variable in the latest checkpoint."""
        return tf.train.load_variable(self.model_dir, name)

    def get_variable_names(self):
        """Return the names of the variables in the latest checkpoint."""
        return [name for name, _ in tf.train.list_variables(self.model_dir)]

    def export(self, *arguments, **named):
        """Raise NotImplementedError. In TF 1.15 this wrote session bundles, which preceded SavedModel."""
        raise NotImplementedError(
            "Estimator.export is not supplied by legacy_graph: it wrote session bundles, which nothing reads today. "
            "Call export_savedmodel instead."
        )

    def _saved_step(self):
        try:
            return tf.train.load_variable(self._model_dir, tf.GraphKeys.GLOBAL_STEP)
        except (ValueError, tf.errors.OpError):
            return -1

    def _checkpoint(self, path=None):
        path = path or tf.train.latest_checkpoint(self._model_dir)
        if not path:
            raise NotFittedError(f"Couldn't find trained model at {self._model_dir}.")
        return path

    def _check(self, features, labels):
        """Store the signatures of the first features and labels. Raises ValueError for later ones that differ."""
        self._features_info = tensor_signature.check("Features", features, self._features_info)
        if labels is not None:
            self._labels_info = tensor_signature.check("Labels", labels, self._labels_info)

    def _train_model(self, input_fn, hooks):
        self._graph = tf.Graph()
        with self._graph.as_default() as graph, graph.device(self._device_fn):
            tf.set_random_seed(self._config.tf_random_seed)
            step = tf.train.create_global_step(graph)
            features, labels = input_fn()
            self._check(features, labels)
            internals.training_util._get_or_create_global_step_read()
            built = self._get_train_ops(features, labels)
            tf.add_to_collection(tf.GraphKeys.LOSSES, built.loss)
            hooks = [
                *hooks,
                tf.train.NanTensorHook(built.loss),
                tf.train.LoggingTensorHook({"loss": built.loss, "step": step}, every_n_iter=100),
                *built.training_hooks,
            ]
            scaffold = built.scaffold or tf.train.Scaffold()
            if not (scaffold.saver or tf.get_collection(tf.GraphKeys.SAVERS)):
                tf.add_to_collection(tf.GraphKeys.SAVERS, self._saver())
            chief_hooks = [*self._saver_hooks([*hooks, *built.training_chief_hooks], scaffold)]
            with tf.train.MonitoredTrainingSession(
                master=self._config.master,
                is_chief=self._config.is_chief,
                checkpoint_dir=self._model_dir,
                scaffold=scaffold,
                hooks=hooks,
                chief_only_hooks=[*chief_hooks, *built.training_chief_hooks],
                save_checkpoint_secs=0,  # _saver_hooks adds the CheckpointSaverHook
                save_summaries_steps=self._config.save_summary_steps,
                config=self._session_config,
            ) as session:
                loss = None
                while not session.should_stop():
                    _, loss = session.run([built.train_op, built.loss])
            return loss

    def _saver(self):
        return tf.train.Saver(
            sharded=True,
            max_to_keep=self._config.keep_checkpoint_max,
            keep_checkpoint_every_n_hours=self._config.keep_checkpoint_every_n_hours,
            defer_build=True,
            save_relative_paths=True,
        )

    def _saver_hooks(self, others, scaffold):
        seconds, steps = self._config.save_checkpoints_secs, self._config.save_checkpoints_steps
        if not (seconds or steps) or any(isinstance(hook, tf.train.CheckpointSaverHook) for hook in others):
            return []
        return [tf.train.CheckpointSaverHook(self._model_dir, save_secs=seconds, save_steps=steps, scaffold=scaffold)]

    def _evaluate_model(
        self, input_fn, steps, feed_fn=None, metrics=None, name="", checkpoint_path=None, hooks=None, log_progress=True
    ):
        path = self._checkpoint(checkpoint_path)
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(self._config.tf_random_seed)
            step = tf.train.create_global_step(graph)
            features, labels = input_fn()
            self._check(features, labels)
            built = self._get_eval_ops(features, labels, metrics)
            hooks = [*(hooks or []), *([tf.train.FeedFnHook(feed_fn)] if feed_fn else [])]
            return evaluation.evaluate(
                built, step, path, self._model_dir, self._session_config, steps, name, hooks, log_progress
            )

    def _infer_model(self, input_fn, feed_fn=None, outputs=None, as_iterable=True, iterate_batches=False):
        path = self._checkpoint()
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(self._config.tf_random_seed)
            tf.train.create_global_step(graph)
            features = input_fn()
            built = self._get_predict_ops(features[0] if isinstance(features, (list, tuple)) else features)
            predictions = _select_outputs(built.predictions, outputs)
            session = tf.train.MonitoredSession(
                tf.train.ChiefSessionCreator(
                    checkpoint_filename_with_path=path, scaffold=built.scaffold, config=self._session_config
                )
            )
        if not as_iterable:
            with session:
                return session.run(predictions, feed_fn() if feed_fn else None)
        batches = _batches(session, predictions, feed_fn)
        return batches if iterate_batches else _examples(batches)


def _device_setter(config):
    if not config.num_ps_replicas > 0:
        return None
    task = f"/job:{config.task_type}/task:{config.task_id}" if config.task_type else "/job:worker"
    return tf.train.replica_device_setter(
        ps_tasks=config.num_ps_replicas,
        worker_device=task,
        merge_devices=True,
        ps_ops=_PS_OPS,
        cluster=config.cluster_spec,
    )


def _select_outputs(predictions, outputs):
    if not outputs:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("outputs argument is not valid in case of non-dict predictions.")
    chosen = {key: value for key, value in predictions.items() if key in outputs}
    if not chosen:
        raise ValueError(f"Expected to run at least one output from {predictions.keys()}, provided {outputs}.")
    return chosen


def _batches(session, predictions, feed_fn):
    """Yield the predictions of each batch; only one if neither queues nor feeds supply new data."""
    with session:
        while not session.should_stop():
            yield session.run(predictions, feed_fn() if feed_fn else None)
            if not feed_fn and not session.graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS):
                return


def _examples(batches):
    for batch in batches:
        if not isinstance(batch, dict):
            yield from batch
            continue
        first = next(iter(batch.values()))
        length = first.dense_shape[0] if isinstance(first, tf.SparseTensorValue) else len(first)
        for number in range(length):
            yield {key: value[number] for key, value in batch.items()}


class Estimator(BaseEstimator):
    """An estimator that is defined by a model function.

    Args:
      model_fn: function of features and labels, and optionally of mode, params, config and model_dir. It returns
        (predictions, loss, train op) or ModelFnOps.
      model_dir, config: see BaseEstimator.
      params: hyperparameters, passed to the model function.
      feature_engineering_fn: function of (features, labels) that returns those for the model function.

    Raises ValueError if `params` is given but the model function does not accept it.
    """

    def __init__(self, model_fn=None, model_dir=None, config=None, params=None, feature_engineering_fn=None):
        super().__init__(model_dir, config)
        if model_fn is not None and params is not None and "params" not in _parameters(model_fn):
            raise ValueError(
                f"Estimator's model_fn ({model_fn}) does not have a params argument, but params ({params}) were "
                "passed to the Estimator's constructor."
            )
        self._model_fn, self.params = model_fn, params
        self._feature_engineering_fn = feature_engineering_fn or (lambda features, labels: (features, labels))

    def _call_model_fn(self, features, labels, mode, metrics=None, config=None):
        features, labels = self._feature_engineering_fn(features, labels)
        offered = {
            "mode": mode,
            "params": self.params,
            "config": config or self.config,
            "model_dir": self.model_dir,
        }
        taken = _parameters(self._model_fn)
        built = self._model_fn(features, labels, **{name: value for name, value in offered.items() if name in taken})
        if not isinstance(built, ModelFnOps):
            if len(built) != 3:
                raise ValueError("Unrecognized value returned by model_fn, please return ModelFnOps.")
            built = ModelFnOps(mode, *built)
        if metrics:
            built.eval_metric_ops.update(evaluation.metric_ops(metrics, features, labels, built.predictions))
        return built

    def _get_train_ops(self, features, labels):
        return self._call_model_fn(features, labels, ModeKeys.TRAIN)

    def _get_eval_ops(self, features, labels, metrics):
        built = self._call_model_fn(features, labels, ModeKeys.EVAL, metrics)
        if MetricKey.LOSS not in built.eval_metric_ops:
            built.eval_metric_ops[MetricKey.LOSS] = tf.metrics.mean(built.loss)
        return built

    def _get_predict_ops(self, features):
        labels = tensor_signature.placeholders(self._labels_info)
        return self._call_model_fn(features, labels, ModeKeys.INFER)

    def export_savedmodel(
        self,
        export_dir_base,
        serving_input_fn,
        default_output_alternative_key=None,
        assets_extra=None,
        as_text=False,
        checkpoint_path=None,
        graph_rewrite_specs=_SERVE,
        strip_default_attrs=False,
    ):
        """Write a SavedModel to a directory named by a timestamp; return its path.

        Args:
          export_dir_base: parent directory.
          serving_input_fn: function that returns InputFnOps.
          default_output_alternative_key: name of the default output alternative, if there are several.
          assets_extra: {path in the SavedModel: source file}.
          as_text: if True, write a text proto.
          checkpoint_path: None for the latest checkpoint.
          graph_rewrite_specs: one GraphRewriteSpec without transforms, for its tags.
          strip_default_attrs: if True, omit attributes that have default values.

        Raises ValueError for missing features or outputs, NotFittedError if there is no checkpoint.
        """
        if serving_input_fn is None:
            raise ValueError("serving_input_fn must be defined.")
        path = self._checkpoint(checkpoint_path)
        return export_savedmodel(
            lambda features: self._call_model_fn(features, None, ModeKeys.INFER),
            path,
            export_dir_base,
            serving_input_fn,
            default_output_alternative_key,
            assets_extra,
            as_text,
            graph_rewrite_specs,
            strip_default_attrs,
        )


def _parameters(function):
    """Return the names of a function's parameters, without those bound by functools.partial."""
    if hasattr(function, "func") and hasattr(function, "keywords"):
        names = _parameters(function.func)[len(function.args) :]
        return [name for name in names if name not in function.keywords]
    return list(inspect.signature(function).parameters)
