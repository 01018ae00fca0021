"""`tf.contrib.learn.learn_runner`: creates an Experiment and runs one of its methods."""

from legacy_graph.contrib.learn.experiment import Experiment
from legacy_graph.contrib.learn.run_config import RunConfig, TaskType


def run(experiment_fn, output_dir=None, schedule=None, run_config=None, hparams=None):
    """Create an Experiment and call its method `schedule`; return the method's result.

    Args:
      experiment_fn: function of `output_dir`, or of (run_config, hparams), that returns an Experiment.
      output_dir: output directory, passed to `experiment_fn`; used instead of `run_config`.
      schedule: name of a method; default "train_and_evaluate", or in a cluster the one for this task's type.
      run_config: a `tf.contrib.learn.RunConfig` with a model_dir; the Experiment's estimator must use it.
      hparams: hyperparameters, passed to `experiment_fn`.

    Raises ValueError or TypeError for invalid arguments, RuntimeError if the estimator uses another RunConfig.
    """
    if output_dir is not None and run_config is not None:
        raise ValueError("Cannot provide both `output_dir` and `run_config`")
    if output_dir is None and run_config is None:
        raise ValueError("Must set value for `output_dir` or `run_config`")
    if not callable(experiment_fn):
        raise TypeError(f'Experiment builder "{experiment_fn}" is not callable.')
    if run_config is not None:
        experiment = _with_config(experiment_fn, run_config, hparams)
    elif hparams is not None:
        raise ValueError("Must set `hparams` as None for `experiment_fn` with `output_dir`.")
    else:
        experiment = _checked(experiment_fn(output_dir=output_dir))
    schedule = schedule or _schedule(run_config or experiment.estimator.config)
    if not hasattr(experiment, schedule):
        raise ValueError(f"Schedule references non-existent task {schedule}")
    task = getattr(experiment, schedule)
    if not callable(task):
        raise TypeError(f"Schedule references non-callable member {schedule}")
    return task()


def tune(experiment_fn, tuner):
    """Run one Experiment per trial of a tuner."""
    while tuner.next_trial():
        tuner.run_experiment(lambda run_config, hparams: _with_config(experiment_fn, run_config, hparams))


def _checked(experiment):
    if not isinstance(experiment, Experiment):
        raise TypeError(f"Experiment builder did not return an Experiment instance, got {type(experiment)} instead.")
    return experiment


def _with_config(experiment_fn, run_config, hparams):
    if not isinstance(run_config, RunConfig):
        raise ValueError("`run_config` must be `tf.contrib.learn.RunConfig` instance")
    if not run_config.model_dir:
        raise ValueError("Must specify a model directory `model_dir` in `run_config`.")
    expected = run_config.uid()
    experiment = _checked(experiment_fn(run_config, hparams))
    found = experiment.estimator.config
    if not hasattr(found, "uid"):
        raise RuntimeError(
            "Pass `run_config` argument of the `experiment_fn` to the Estimator in Experiment. It is likely a "
            "different `RunConfig` is passed to `Estimator` or the `config` constructor argument in `Estimator` is "
            "not set."
        )
    if found.uid() != expected:
        raise RuntimeError(
            "`RunConfig` instance is expected to be used by the `Estimator` inside the `Experiment`. "
            f"expected {expected}, but got {found.uid()}"
        )
    return experiment


def _schedule(config):
    """Return the default schedule of a task; without a cluster it is "train_and_evaluate"."""
    spec = config.cluster_spec
    if not spec or sum(len(spec.job_tasks(job)) for job in spec.jobs) <= 1 or config.task_type == TaskType.MASTER:
        return "train_and_evaluate"
    schedules = {TaskType.PS: "run_std_server", TaskType.WORKER: "train"}
    if config.task_type not in schedules:
        raise ValueError(f"No default schedule for task type: {config.task_type}")
    return schedules[config.task_type]
