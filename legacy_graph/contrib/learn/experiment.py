"""`tf.contrib.learn.Experiment`: an estimator with its input functions, for training combined with evaluation."""

import inspect
import math
import os
import time

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.export_strategy import ExportStrategy
from legacy_graph.estimators import tf_estimator


class _Evaluate(tf.train.SessionRunHook):
    """Evaluates new checkpoints during training; looks for one every `steps` steps, at most once per `seconds`."""

    def __init__(self, evaluate, folder, steps, seconds):
        self._evaluate, self._folder, self._steps, self._seconds = evaluate, folder, steps, seconds
        self._seen, self._looked, self._count = None, None, 0

    def after_run(self, run_context, run_values):
        """Evaluate if a check is due and there is a new checkpoint."""
        self._count += 1
        now = time.time()
        if self._count % self._steps or self._looked is not None and now - self._looked < self._seconds:
            return
        self._looked, path = now, tf.train.latest_checkpoint(self._folder)
        if path and path != self._seen:
            self._seen = path
            self._evaluate(checkpoint_path=path)


class Experiment:
    """An estimator with its training and evaluation data, and the schedule of training and evaluation.

    Args:
      estimator: a `tf.estimator.Estimator`, or one of `tf.contrib.learn`.
      train_input_fn, eval_input_fn: input functions of the estimator's `train` (or `fit`) and `evaluate`.
      eval_metrics: {name: MetricSpec}; must be None for a `tf.estimator.Estimator`, whose metrics are in its spec.
      train_steps: global step at which training ends; None to train until the end of the data.
      eval_steps: number of batches per evaluation; None for all data.
      train_monitors, eval_hooks: lists of hooks.
      local_eval_frequency: `min_eval_frequency` for `local_run`.
      eval_delay_secs: delay before the first evaluation of `evaluate` and `continuous_eval`.
      continuous_eval_throttle_secs: minimum time between evaluations of `continuous_eval`.
      min_eval_frequency: steps between checks for a new checkpoint in `train_and_evaluate`; 0 for no checks.
      delay_workers_by_global_step: if True, workers start by global step instead of by time.
      export_strategies: one or more ExportStrategies, run after each evaluation.
      train_steps_per_iteration: training steps between evaluations of `continuous_train_and_eval`.
      checkpoint_and_export: must be False; evaluating and exporting inside the saver's hook is not supported.
      saving_listeners: CheckpointSaverListeners.
      check_interval_secs: minimum time between checks for a new checkpoint in `train_and_evaluate`.

    Raises ValueError for invalid settings or another kind of estimator, NotImplementedError for checkpoint_and_export.
    """

    def __init__(
        self,
        estimator,
        train_input_fn,
        eval_input_fn,
        eval_metrics=None,
        train_steps=None,
        eval_steps=100,
        train_monitors=None,
        eval_hooks=None,
        local_eval_frequency=None,
        eval_delay_secs=120,
        continuous_eval_throttle_secs=60,
        min_eval_frequency=None,
        delay_workers_by_global_step=False,
        export_strategies=None,
        train_steps_per_iteration=None,
        checkpoint_and_export=False,
        saving_listeners=None,
        check_interval_secs=5,
    ):
        self._is_core = isinstance(estimator, tf_estimator.Estimator)
        if not self._is_core and not (hasattr(estimator, "fit") and hasattr(estimator, "evaluate")):
            raise ValueError("`estimator` must implement `tf.contrib.learn.Evaluable` or `tf.estimator.Estimator`.")
        if self._is_core and eval_metrics is not None:
            raise ValueError(
                "`eval_metrics` must be `None` with `tf.estimator.Estimator`. Use `eval_metric_ops` in "
                "`tf.estimator.EstimatorSpec` instead."
            )
        if train_steps_per_iteration is not None and not isinstance(train_steps_per_iteration, int):
            raise ValueError("`train_steps_per_iteration` must be an integer.")
        if checkpoint_and_export:
            raise NotImplementedError(
                "Experiment(checkpoint_and_export=True) is not supplied by legacy_graph. Leave it out, or call "
                "tf.estimator.train_and_evaluate with exporters."
            )
        self._estimator, self._train_input_fn, self._eval_input_fn = estimator, train_input_fn, eval_input_fn
        self._train_steps, self._eval_steps, self._eval_metrics = train_steps, eval_steps, eval_metrics
        self._train_hooks, self._eval_hooks = list(train_monitors or []), list(eval_hooks or [])
        self._local_frequency = local_eval_frequency
        self._frequency = 1 if min_eval_frequency is None else min_eval_frequency
        self._delay, self._throttle, self._interval = (
            eval_delay_secs,
            continuous_eval_throttle_secs,
            check_interval_secs,
        )
        self._by_global_step, self._steps_per_iteration = delay_workers_by_global_step, train_steps_per_iteration
        self._listeners = saving_listeners
        self._strategies = ()
        self.reset_export_strategies(export_strategies)

    @property
    def estimator(self):
        """The estimator."""
        return self._estimator

    @property
    def eval_metrics(self):
        """{name: MetricSpec}, or None."""
        return self._eval_metrics

    @property
    def train_steps(self):
        """Global step at which training ends."""
        return self._train_steps

    @property
    def eval_steps(self):
        """Number of batches per evaluation."""
        return self._eval_steps

    def extend_train_hooks(self, additional_hooks):
        """Add hooks to those used in training."""
        self._train_hooks.extend(additional_hooks)

    def reset_export_strategies(self, new_export_strategies=None):
        """Replace the export strategies; return the previous ones. Raises ValueError for other types."""
        new = new_export_strategies or ()
        new = (new,) if isinstance(new, ExportStrategy) else tuple(new)
        for one in new:
            if not isinstance(one, ExportStrategy):
                raise ValueError(
                    "`export_strategies` must be an ExportStrategy, an iterable of ExportStrategy, or `None`, "
                    f"found {one}."
                )
        old, self._strategies = self._strategies, new
        return old

    def train(self, delay_secs=None):
        """Train until `train_steps`. By default worker k first waits 5 k seconds, 60 at most."""
        return self._train(self._train_hooks, delay_secs, max_steps=self._train_steps)

    def _train(self, hooks, delay_secs=0, **steps):
        task = self._estimator.config.task_id or 0
        if delay_secs is None and self._by_global_step:
            delay_secs, hooks = 0, [*hooks, tf.train.GlobalStepWaiterHook(int(8000.0 * math.log(task + 1)))]
        time.sleep(min(60, 5 * task) if delay_secs is None else delay_secs)
        if not self._is_core:
            return self._estimator.fit(input_fn=self._train_input_fn, monitors=hooks, **steps)
        return self._estimator.train(self._train_input_fn, hooks, saving_listeners=self._listeners, **steps)

    def evaluate(self, delay_secs=None, name=None):
        """Evaluate once, after the delay; return the metrics."""
        time.sleep(self._delay if delay_secs is None else delay_secs)
        return self._evaluate(name=name or "one_pass")

    def _evaluate(self, name=None, checkpoint_path=None, input_fn=None, steps=None):
        more = {} if self._is_core else {"metrics": self._eval_metrics}
        return self._estimator.evaluate(
            input_fn=input_fn or self._eval_input_fn,
            steps=steps or self._eval_steps,
            hooks=self._eval_hooks,
            checkpoint_path=checkpoint_path,
            name=name,
            **more,
        )

    def _export(self, result, checkpoint_path=None):
        base = os.path.join(self._estimator.model_dir, "export")
        return [
            one.export(self._estimator, os.path.join(base, one.name), checkpoint_path, result)
            for one in self._strategies
        ]

    def train_and_evaluate(self):
        """Train, evaluating new checkpoints; return (final metrics, list of exports)."""
        hooks = list(self._train_hooks)
        if self._frequency:
            hooks.append(_Evaluate(self._evaluate, self._estimator.model_dir, self._frequency, self._interval))
        self._train(hooks, max_steps=self._train_steps)
        result = self._evaluate()
        return result, self._export(result)

    def local_run(self):
        """Run `train_and_evaluate` with `local_eval_frequency`."""
        kept, self._frequency = self._frequency, self._local_frequency
        try:
            return self.train_and_evaluate()
        finally:
            self._frequency = kept

    def continuous_train_and_eval(self, continuous_eval_predicate_fn=None):
        """Alternate training, evaluation and export until `train_steps`, or until the predicate returns False.

        Returns (last metrics, last exports).
        """
        goes_on = _predicate(continuous_eval_predicate_fn)
        steps = self._steps_per_iteration
        if steps is None:
            steps = 1000 if self._train_steps is None else int(self._train_steps / 10)
        result = path = exports = None
        while goes_on(result, path if result else None) and not self._is_over(result):
            self._train(self._train_hooks, steps=steps)
            path = tf.train.latest_checkpoint(self._estimator.model_dir)
            result = self._evaluate("one_pass", path)
            exports = self._export(result)
        return result, exports

    def _is_over(self, result):
        step = (result or {}).get(tf.GraphKeys.GLOBAL_STEP)
        return bool(step and self._train_steps and step >= self._train_steps)

    def continuous_eval(
        self,
        delay_secs=None,
        throttle_delay_secs=None,
        evaluate_checkpoint_only_once=True,
        continuous_eval_predicate_fn=None,
        name="continuous",
    ):
        """Evaluate each new checkpoint until one has reached `train_steps`, or until the predicate returns False."""
        goes_on = _predicate(continuous_eval_predicate_fn)
        time.sleep(self._delay if delay_secs is None else delay_secs)
        pause = self._throttle if throttle_delay_secs is None else throttle_delay_secs
        result = seen = None
        while goes_on(result, seen) and not self._is_over(result):
            start, path = time.time(), tf.train.latest_checkpoint(self._estimator.model_dir)
            if path and not (evaluate_checkpoint_only_once and path == seen):
                result, seen = self._evaluate(name, path), path
                self._export(result, path)
            else:
                result = {}
            if not self._is_over(result):
                time.sleep(max(0.0, pause - (time.time() - start)))

    def test(self):
        """Train for one step, evaluate one batch, and export; return the metrics."""
        self._train(self._train_hooks, steps=1)
        result = self._evaluate("one_pass", steps=1)
        self._export(result)
        return result

    def run_std_server(self):
        """Start the server of this task and block forever. Raises ValueError without a cluster in TF_CONFIG."""
        config = self._estimator.config
        if not config.cluster_spec or not config.task_type or config.task_id is None:
            raise ValueError("Could not start server; be sure to specify cluster_spec and task in TF_CONFIG")
        tf.train.Server(config.cluster_spec, config.task_type, config.task_id, start=True).join()


def _predicate(function):
    if function is None:
        return lambda result, path: True
    if not callable(function):
        raise ValueError("`continuous_eval_predicate_fn` must be a callable, or None.")
    if "checkpoint_path" in inspect.signature(function).parameters:
        return lambda result, path: function(result, checkpoint_path=path)
    return lambda result, path: function(result)
