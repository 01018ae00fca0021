"""`tf.contrib.learn.monitors.ValidationMonitor`: evaluates new checkpoints during training."""

import copy
import time

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.base_monitor import EveryN
from legacy_graph.estimators import tf_estimator


class ValidationMonitor(EveryN):
    """Evaluates the latest checkpoint if it is new, and optionally stops training early.

    Args:
      x, y, input_fn, batch_size, eval_steps, metrics, hooks, name: arguments of the estimator's `evaluate`.
      every_n_steps: number of steps between checks for a new checkpoint.
      early_stopping_rounds: stop after this many steps without improvement; None to never stop.
      early_stopping_metric, early_stopping_metric_minimize: name of the metric, and whether lower is better.
      check_interval_secs: minimum time between checks for a new checkpoint.

    Raises ValueError if no data are given, or if the metric is not among those evaluated.
    """

    def __init__(
        self,
        x=None,
        y=None,
        input_fn=None,
        batch_size=None,
        eval_steps=None,
        every_n_steps=100,
        metrics=None,
        hooks=None,
        early_stopping_rounds=None,
        early_stopping_metric="loss",
        early_stopping_metric_minimize=True,
        name=None,
        check_interval_secs=5,
    ):
        super().__init__(every_n_steps=every_n_steps, first_n_steps=-1)
        if x is None and input_fn is None:
            raise ValueError("Either x or input_fn should be provided.")
        self._for_arrays = {"x": x, "y": y, "batch_size": batch_size, "metrics": metrics}
        self._data = {"input_fn": input_fn, "steps": eval_steps, "hooks": hooks, "name": name}
        self.early_stopping_rounds = early_stopping_rounds
        self.early_stopping_metric = early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self._best_step = self._best_value = self._best_metrics = self._seen = self._looked = None
        self._early_stopped, self._interval = False, check_interval_secs

    @property
    def early_stopped(self):
        """Whether this monitor stopped training."""
        return self._early_stopped

    @property
    def best_step(self):
        """Step with the best value, or None."""
        return self._best_step

    @property
    def best_value(self):
        """Best value of the metric so far, or None."""
        return self._best_value

    @property
    def best_metrics(self):
        """All metrics of the evaluation with the best value, or None."""
        return self._best_metrics

    def every_n_step_end(self, step, outputs):
        """Evaluate if there is a new checkpoint; return True to stop training."""
        if self._estimator is None:
            raise ValueError("Missing call to set_estimator.")
        now = time.time()
        if self._interval is not None and self._looked is not None and now - self._looked <= self._interval:
            return False
        self._looked, path = now, tf.train.latest_checkpoint(self._estimator.model_dir)
        if path is None or path == self._seen:
            return False
        self._seen = path
        found = self._evaluate()
        tf.logging.info("Validation (step %d): %s", step, ", ".join(f"{key} = {found[key]}" for key in found))
        return self.early_stopping_rounds is not None and self._is_over(step, found)

    def _evaluate(self):
        if not isinstance(self._estimator, tf_estimator.Estimator):
            return self._estimator.evaluate(**self._for_arrays, **self._data)
        if any(value is not None for value in self._for_arrays.values()):
            raise ValueError(
                "tf.estimator.Estimator does not support following arguments: x, y, batch_size, metrics. Should set "
                "as `None` in ValidationMonitor"
            )
        return self._estimator.evaluate(**self._data)

    def _is_over(self, step, found):
        if self.early_stopping_metric not in found:
            raise ValueError(f"Metric {self.early_stopping_metric} missing from outputs {set(found)}.")
        value, best = found[self.early_stopping_metric], self._best_value
        if best is None or (value < best if self.early_stopping_metric_minimize else value > best):
            self._best_value, self._best_step, self._best_metrics = value, step, copy.deepcopy(found)
        if step - self._best_step < self.early_stopping_rounds:
            return False
        tf.logging.info(
            "Stopping. Best step: %s with %s = %s.", self._best_step, self.early_stopping_metric, self._best_value
        )
        self._early_stopped = True
        return True
