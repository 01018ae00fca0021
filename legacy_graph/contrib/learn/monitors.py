"""`tf.contrib.learn.monitors`: training callbacks that preceded SessionRunHooks."""

import inspect
import os
import time

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.base_monitor import BaseMonitor, EveryN, output_of
from legacy_graph.contrib.learn.validation_monitor import ValidationMonitor
from legacy_graph.estimators import tf_estimator
from legacy_graph.namespace import refuse_unknown

__all__ = """
    BaseMonitor CaptureVariable CheckpointSaver EveryN GraphDump LoggingTrainable NanLoss NanLossDuringTrainingError
    PrintTensor RunHookAdapterForMonitors StepCounter StopAtStep SummarySaver SummaryWriterCache ValidationMonitor
    get_default_monitors replace_monitors_with_hooks""".split()

SummaryWriterCache = tf.summary.FileWriterCache
NanLossDuringTrainingError = tf_estimator.NanLossDuringTrainingError


class StopAtStep(BaseMonitor):
    """Stops after `num_steps` steps, or at step `last_step`. Raises ValueError unless exactly one is given."""

    def __init__(self, num_steps=None, last_step=None):
        super().__init__()
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps, self._last_step = num_steps, last_step

    @property
    def run_on_all_workers(self):
        """True."""
        return True

    def step_begin(self, step):
        """See BaseMonitor."""
        super().step_begin(step)
        if self._last_step is None:
            self._last_step = step + self._num_steps - 1
        return []

    def step_end(self, step, output):
        """See BaseMonitor."""
        super().step_end(step, output)
        return step >= self._last_step


class PrintTensor(EveryN):
    """Logs tensors, given by a list of names or {label: name}."""

    def __init__(self, tensor_names, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._names = tensor_names if isinstance(tensor_names, dict) else {name: name for name in tensor_names}

    def every_n_step_begin(self, step):
        """Return the tensor names."""
        return list(self._names.values())

    def every_n_step_end(self, step, outputs):
        """Log the values."""
        found = [f"{tag} = {output_of(outputs, name)}" for tag, name in self._names.items() if name in outputs]
        tf.logging.info("Step %d: %s", step, ", ".join(found))


class LoggingTrainable(EveryN):
    """Logs the trainable variables, or those in a scope."""

    def __init__(self, scope=None, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._scope, self._names = scope, {}

    def every_n_step_begin(self, step):
        """Return the variables to fetch."""
        found = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=self._scope)
        self._names = {variable.name: variable.value().name for variable in found}
        return list(self._names.values())

    def every_n_step_end(self, step, outputs):
        """Log the values."""
        found = [f"{tag} = {output_of(outputs, name)}" for tag, name in self._names.items() if name in outputs]
        tf.logging.info("Logging Trainable: Step %d: %s", step, ", ".join(found))


class SummarySaver(EveryN):
    """Writes a summary op's output, by default to the model directory."""

    def __init__(self, summary_op, save_steps=100, output_dir=None, summary_writer=None, scaffold=None):
        super().__init__(every_n_steps=save_steps)
        self._summary_op, self._scaffold, self._writer = summary_op, scaffold, summary_writer
        if summary_writer is None and output_dir:
            self._writer = tf.summary.FileWriter(output_dir)

    def set_estimator(self, estimator):
        """See BaseMonitor."""
        super().set_estimator(estimator)
        if self._writer is None:
            self._writer = tf.summary.FileWriter(estimator.model_dir)

    def every_n_step_begin(self, step):
        """Return the summary op."""
        if self._summary_op is None and self._scaffold is not None:
            self._summary_op = self._scaffold.summary_op
        return [] if self._summary_op is None else [self._summary_op]

    def every_n_step_end(self, step, outputs):
        """Write the summary."""
        if self._summary_op is not None and self._writer:
            self._writer.add_summary(output_of(outputs, self._summary_op), step)
        return False

    def end(self, session=None):
        """See BaseMonitor."""
        super().end(session=session)
        if self._writer:
            self._writer.flush()


class CaptureVariable(EveryN):
    """Records the values of a variable."""

    def __init__(self, var_name, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._name, self._values = var_name, {}

    @property
    def values(self):
        """{step: value}."""
        return self._values

    def every_n_step_begin(self, step):
        """Return the variable's name."""
        return [self._name]

    def every_n_step_end(self, step, outputs):
        """Record the value."""
        self._values[step] = output_of(outputs, self._name)


class GraphDump(BaseMonitor):
    """Records the outputs of all ops at each step, except those of ignored types."""

    IGNORE_OPS = ["Const", "Assign", "Identity", "Placeholder", "RandomUniform", "Cast", "RestoreSlice"]

    def __init__(self, ignore_ops=None):
        super().__init__()
        self._ignored = ignore_ops or GraphDump.IGNORE_OPS
        self._tensors, self._data = [], {}

    @property
    def data(self):
        """{step: {tensor name: value}}."""
        return self._data

    def begin(self, max_steps=None):
        """See BaseMonitor."""
        super().begin(max_steps=max_steps)
        operations = tf.get_default_graph().get_operations()
        self._tensors = [op.outputs[0] for op in operations if op.type not in self._ignored and op.outputs]

    def step_begin(self, step):
        """Return all tensors."""
        super().step_begin(step)
        return self._tensors

    def step_end(self, step, output):
        """Record the values."""
        super().step_end(step, output)
        self._data[step] = {getattr(key, "name", key): value for key, value in output.items()}

    def compare(self, other_dump, step, atol=1e-06):
        """Compare a step with that of another dump: return (matching names, {name: difference}).

        Raises ValueError if the other dump lacks a tensor.
        """
        matched, differing = [], {}
        other = other_dump.data.get(step, {})
        for key, value in self._data.get(step, {}).items():
            if key not in other:
                raise ValueError(f"{key} missing at step {step}.")
            is_array = isinstance(value, np.ndarray)
            if np.allclose(value, other[key], atol=atol) if is_array else value == other[key]:
                matched.append(key)
            else:
                differing[key] = value - other[key] if is_array else (value, other[key])
        return matched, differing


class CheckpointSaver(BaseMonitor):
    """Saves checkpoints at the first step, every `save_steps` steps or `save_secs` seconds, and at the end.

    Raises ValueError unless exactly one of the two is given.
    """

    def __init__(
        self,
        checkpoint_dir,
        save_secs=None,
        save_steps=None,
        saver=None,
        checkpoint_basename="model.ckpt",
        scaffold=None,
    ):
        super().__init__()
        if save_steps is None and save_secs is None:
            raise ValueError("Either save_steps or save_secs should be provided")
        if save_steps is not None and save_secs is not None:
            raise ValueError("Can not provide both save_steps and save_secs.")
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._given, self._scaffold, self._secs, self._steps = saver, scaffold, save_secs, save_steps
        self._saved_at = self._saved_step = self._begun_step = None

    def begin(self, max_steps=None):
        """See BaseMonitor."""
        super().begin(max_steps)
        self._saved_at = self._saved_step = self._begun_step = None

    def step_begin(self, step):
        """See BaseMonitor."""
        super().step_begin(step)
        self._begun_step = step
        return []

    def post_step(self, step, session):
        """Save a checkpoint if one is due."""
        super().post_step(step, session)
        due = self._saved_at is None
        due = due or self._steps is not None and step >= self._saved_step + self._steps
        if due or self._secs is not None and time.time() >= self._saved_at + self._secs:
            self._save(step, session)

    def end(self, session=None):
        """Save a checkpoint of the last step."""
        super().end(session)
        self._save(self._begun_step, session)

    def _save(self, step, session):
        if step != self._saved_step:
            self._saved_at, self._saved_step = time.time(), step
            (self._given or self._scaffold.saver).save(session, self._path, global_step=step)


class StepCounter(EveryN):
    """Writes summaries of the number of steps per second."""

    def __init__(self, every_n_steps=100, output_dir=None, summary_writer=None):
        super().__init__(every_n_steps=every_n_steps)
        self._last, self._writer = None, summary_writer
        if summary_writer is None and output_dir:
            self._writer = SummaryWriterCache.get(output_dir)

    def set_estimator(self, estimator):
        """See BaseMonitor."""
        super().set_estimator(estimator)
        if self._writer is None:
            self._writer = SummaryWriterCache.get(estimator.model_dir)

    def every_n_step_end(self, step, outputs):
        """Write the rate since the last active step."""
        now = time.time()
        if self._last is not None and self._writer:
            rate = (step - self._last[0]) / (now - self._last[1])
            value = tf.Summary.Value(tag="global_step/sec", simple_value=rate)
            self._writer.add_summary(tf.Summary(value=[value]), step)
        self._last = step, now


class NanLoss(EveryN):
    """Stops training, or raises NanLossDuringTrainingError, if the loss is NaN."""

    def __init__(self, loss_tensor, every_n_steps=100, fail_on_nan_loss=True):
        super().__init__(every_n_steps=every_n_steps)
        self._loss, self._fail = loss_tensor, fail_on_nan_loss

    def every_n_step_begin(self, step):
        """Return the loss."""
        return [self._loss]

    def every_n_step_end(self, step, outputs):
        """Check the loss."""
        if not np.isnan(output_of(outputs, self._loss)):
            return False
        if self._fail:
            raise NanLossDuringTrainingError
        tf.logging.warning("Model diverged with loss = NaN.")
        return True


def get_default_monitors(loss_op=None, summary_op=None, save_summary_steps=100, output_dir=None, summary_writer=None):
    """Return a PrintTensor for the loss and a SummarySaver for the summary op, each if given."""
    found = []
    if loss_op is not None:
        found.append(PrintTensor({"loss": loss_op.name}))
    if summary_op is not None:
        found.append(SummarySaver(summary_op, save_summary_steps, output_dir, summary_writer))
    return found


class RunHookAdapterForMonitors(tf.train.SessionRunHook):
    """A SessionRunHook that runs monitors."""

    def __init__(self, monitors):
        self._monitors = monitors

    def begin(self):
        """Call `begin` of each monitor."""
        self._next, self._step = None, tf.train.get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context):
        """Fetch the global step and all tensors that the monitors request."""
        if self._next is None:
            self._next = run_context.session.run(self._step) + 1
        wanted = {}  # {request, a tensor or a name: tensor}
        for monitor in self._monitors:
            asked = monitor.step_begin(self._next)
            if asked and not isinstance(asked, list):
                raise ValueError("Monitor.step_begin should return a list.")
            wanted.update((one, _tensor(one)) for one in asked or ())
        self._keys = list(wanted)
        return tf.train.SessionRunArgs([self._step, list(wanted.values())])

    def after_run(self, run_context, run_values):
        """Pass the fetched values to the monitors; stop if one of them requests it."""
        step, values = run_values.results
        outputs = dict(zip(self._keys, values))
        for monitor in self._monitors:
            if monitor.step_end(self._next, outputs):
                run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(self._next, run_context.session)
        self._next = step + 1

    def end(self, session):
        """Call `end` of each monitor."""
        self._next = None
        for monitor in self._monitors:
            takes = "session" in inspect.signature(monitor.end).parameters
            monitor.end(**({"session": session} if takes else {}))


def _tensor(name):
    """Return the tensor or op of a name. An op's name stands for its only output.

    Raises ValueError if the op has several outputs.
    """
    if not isinstance(name, str):
        return name
    graph = tf.get_default_graph()
    if ":" in name or name.startswith("^"):
        return graph.as_graph_element(name)
    operation = graph.get_operation_by_name(name)
    if len(operation.outputs) > 1:
        raise ValueError(f"Operation {name} has more than one output.")
    return operation.outputs[0] if operation.outputs else operation


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
    """Return the hooks, and one hook that runs all monitors. Non-chief workers run only those meant for all workers."""
    given = monitors_or_hooks or []
    hooks = [one for one in given if isinstance(one, tf.train.SessionRunHook)]
    monitors = [one for one in given if not isinstance(one, tf.train.SessionRunHook)]
    if not estimator.config.is_chief:
        monitors = [monitor for monitor in monitors if monitor.run_on_all_workers]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    return [*hooks, RunHookAdapterForMonitors(monitors)] if monitors else hooks


__getattr__ = refuse_unknown(
    "tf.contrib.learn.monitors",
    __all__,
    reasons={
        "ExportMonitor": "it wrote session bundles, which nothing reads today; give an Experiment ExportStrategies"
    },
)
