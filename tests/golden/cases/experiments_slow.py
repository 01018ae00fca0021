"""tf.contrib.learn's Experiment and learn_runner around a tf.estimator.Estimator."""

import os
import tempfile

from _estimator_tools import checkpoint, input_fn, model_fn, numbers, summaries

SUBJECTS = {
    "runner": ["Experiment", "RunConfig", "learn_runner", "make_export_strategy"],
    "turns": ["Experiment", "ExportStrategy"],
    "settings": ["RunConfig"],
    "errors": [],
}
SUBJECTS = {case: ["tf.contrib.learn." + name for name in names] for case, names in SUBJECTS.items()}


def _config(tf, **settings):
    arguments = dict(model_dir=tempfile.mkdtemp(), tf_random_seed=7, save_checkpoints_steps=4, save_summary_steps=2)
    return tf.contrib.learn.RunConfig(**dict(arguments, **settings))


def _experiment(tf, config, **settings):
    estimator = tf.estimator.Estimator(model_fn(tf), config=config, params={"units": 4, "rate": 0.05})
    arguments = dict(train_steps=6, eval_steps=2, eval_delay_secs=0, check_interval_secs=0)
    return tf.contrib.learn.Experiment(estimator, input_fn(tf), input_fn(tf, 1), **dict(arguments, **settings))


def _receiver(tf):
    def receiver():
        x = tf.placeholder(tf.float32, [None, 4, 3])
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
    return receiver


def runner(tf):
    config = _config(tf)
    strategy = tf.contrib.learn.make_export_strategy(_receiver(tf))
    result, exported = tf.contrib.learn.learn_runner.run(
        lambda run_config, hparams: _experiment(tf, run_config, export_strategies=strategy), run_config=config,
        hparams=tf.contrib.training.HParams(some=1))
    values = numbers(result)
    values["exported"] = [os.path.basename(os.path.dirname(os.fsdecode(path))) for path in exported]
    values.update(checkpoint(tf, config.model_dir))
    values.update(summaries(tf, os.path.join(config.model_dir, "eval")))
    by_folder = tf.contrib.learn.learn_runner.run(
        lambda output_dir: _experiment(tf, _config(tf, model_dir=output_dir)), tempfile.mkdtemp(), "test")
    values.update(numbers(by_folder, "tested/"))
    return values


def turns(tf):
    config, exports = _config(tf), []

    def export_fn(estimator, export_dir, checkpoint_path=None, eval_result=None):
        exports.append("%s %s" % (os.path.basename(os.fsdecode(export_dir)), eval_result["global_step"]))
        return export_dir

    experiment = _experiment(tf, config, train_steps_per_iteration=2,
                             export_strategies=[tf.contrib.learn.ExportStrategy("mine", export_fn)])
    result, _ = experiment.continuous_train_and_eval()
    values = numbers(result)
    values["exports"] = exports
    values.update(numbers(experiment.evaluate(name="again"), "again/"))
    values.update(checkpoint(tf, config.model_dir))
    values.update(summaries(tf, os.path.join(config.model_dir, "eval_one_pass")))
    return values


def settings(tf):
    values = {}
    for name, config in (("plain", tf.contrib.learn.RunConfig()),
                         ("steps", tf.contrib.learn.RunConfig(save_checkpoints_steps=5)),
                         ("all", tf.contrib.learn.RunConfig(None, 2, True, 0.5, 3, 50, 60, None, 7, 8, 9))):
        values[name] = ["%s %s" % (key, getattr(config, key)) for key in (
            "tf_random_seed", "save_summary_steps", "save_checkpoints_secs", "save_checkpoints_steps",
            "keep_checkpoint_max", "keep_checkpoint_every_n_hours", "log_step_count_steps", "model_dir", "is_chief",
            "num_ps_replicas", "task_id", "master")]
        values[name + "/threads"] = config.tf_config.intra_op_parallelism_threads
    first, other = _config(tf), _config(tf)
    values["uids"] = [first.uid() == first.uid(), first.uid() == other.uid(),
                      first.uid() == first.replace(tf_random_seed=3).uid()]
    return values


def errors(tf):
    config, values = _config(tf), {}
    run = tf.contrib.learn.learn_runner.run
    for name, wrong in (("both", lambda: run(lambda: 1, "folder", run_config=config)), ("none", lambda: run(lambda: 1)),
                        ("callable", lambda: run(1, "folder")),
                        ("type", lambda: run(lambda output_dir: 1, "folder")),
                        ("schedule", lambda: run(lambda r, h: _experiment(tf, r), run_config=config, schedule="no")),
                        ("other", lambda: run(lambda r, h: _experiment(tf, _config(tf)), run_config=config)),
                        ("metrics", lambda: _experiment(tf, config, eval_metrics={"a": 1})),
                        ("iteration", lambda: _experiment(tf, config, train_steps_per_iteration=1.5)),
                        ("strategies", lambda: _experiment(tf, config, export_strategies=[1])),
                        ("estimator", lambda: tf.contrib.learn.Experiment(1, None, None))):
        try:
            wrong()
        except (ValueError, TypeError, RuntimeError) as error:
            values[name] = "%s: %s" % (type(error).__name__, str(error)[:50])
    return values
