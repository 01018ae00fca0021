"""tf.estimator around a recurrent model_fn: train_and_evaluate, hooks, warm starts, early stops, inputs."""

import os

import numpy as np

from _estimator_tools import checkpoint, config, input_fn, model_fn, new_estimator, numbers, sequences, summaries

SUBJECTS = {
    "train_and_evaluate": ["train_and_evaluate", "TrainSpec", "EvalSpec", "FinalExporter", "LatestExporter",
                           "BestExporter"],
    "hooks": ["SessionRunHook", "SessionRunArgs", "StopAtStepHook", "LoggingTensorHook", "CheckpointSaverListener",
              "SummarySaverHook"],
    "warm_start": ["WarmStartSettings", "VocabInfo"],
    "early_stopping": ["experimental.stop_if_no_decrease_hook", "experimental.InMemoryEvaluatorHook", "add_metrics"],
    "data_sets_and_shuffling": [],
}
SUBJECTS = {case: ["tf.estimator." + name for name in names] for case, names in SUBJECTS.items()}


def train_and_evaluate(tf):
    estimator = new_estimator(tf)
    raw = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.placeholder(tf.float32, [None, 4, 3])})
    exporters = [tf.estimator.FinalExporter("final", raw), tf.estimator.LatestExporter("latest", raw),
                 tf.estimator.BestExporter("best", raw)]
    result, exported = tf.estimator.train_and_evaluate(
        estimator, tf.estimator.TrainSpec(input_fn(tf), max_steps=6),
        tf.estimator.EvalSpec(input_fn(tf, 1), steps=2, exporters=exporters, throttle_secs=0, start_delay_secs=0))
    values = numbers(result)
    values["exported"] = [path is not None for path in exported]
    values["folders"] = sorted(os.listdir(os.path.join(estimator.model_dir, "export")))
    values.update(checkpoint(tf, estimator.model_dir))
    values.update(summaries(tf, os.path.join(estimator.model_dir, "eval")))
    return values


def hooks(tf):
    class Losses(tf.train.SessionRunHook):
        def __init__(self):
            self.losses, self.calls = [], []

        def begin(self):
            self.calls.append("begin")

        def after_create_session(self, session, coord):
            self.calls.append("created")

        def before_run(self, run_context):
            loss = tf.get_default_graph().get_collection(tf.GraphKeys.LOSSES)[0]
            return tf.estimator.SessionRunArgs(loss)

        def after_run(self, run_context, run_values):
            self.losses.append(run_values.results)

        def end(self, session):
            self.calls.append("end")

    class Listener(tf.estimator.CheckpointSaverListener):
        def __init__(self):
            self.steps = []

        def after_save(self, session, global_step_value):
            self.steps.append(int(global_step_value))

    losses, listener, lines = Losses(), Listener(), []
    logging = tf.train.LoggingTensorHook(["logits/bias"], every_n_iter=2, formatter=lambda v: lines.append(1) or "")
    estimator = new_estimator(tf)
    estimator.train(input_fn(tf), hooks=[losses, tf.train.StopAtStepHook(last_step=5), logging], steps=9,
                    saving_listeners=[listener])
    evaluated = Losses()
    estimator.evaluate(input_fn(tf, 1), hooks=[evaluated])
    return {"losses": np.float32(losses.losses), "calls": losses.calls, "saved": listener.steps,
            "logged": len(lines), "evaluated": np.float32(evaluated.losses), "eval calls": evaluated.calls}


def warm_start(tf):
    first = new_estimator(tf)
    first.train(input_fn(tf), steps=3)
    values = {}
    for name, pattern in (("all", ".*"), ("reader", "reader/.*")):
        settings = tf.estimator.WarmStartSettings(first.model_dir, vars_to_warm_start=pattern)
        second = tf.estimator.Estimator(model_fn(tf), config=config(tf, tf_random_seed=11),
                                        params={"units": 4, "rate": 0.05}, warm_start_from=settings)
        second.train(input_fn(tf), steps=2)
        values.update((name + "/" + key, value) for key, value in checkpoint(tf, second.model_dir).items())
    return values


def early_stopping(tf):
    estimator = tf.estimator.add_metrics(
        new_estimator(tf), lambda labels, predictions: {"mean class": tf.metrics.mean(predictions["class"])})
    stop = tf.estimator.experimental.stop_if_no_decrease_hook(
        estimator, "loss", max_steps_without_decrease=2, run_every_secs=None, run_every_steps=2)
    in_memory = tf.estimator.experimental.InMemoryEvaluatorHook(estimator, input_fn(tf, 1), every_n_iter=3)
    estimator.train(input_fn(tf), hooks=[stop, in_memory], max_steps=6)
    values = numbers(estimator.evaluate(input_fn(tf, 1)))
    values.update(checkpoint(tf, estimator.model_dir))
    values.update(summaries(tf, os.path.join(estimator.model_dir, "eval")))
    return values


def data_sets_and_shuffling(tf):
    x, y = sequences()

    def from_a_data_set():
        data = tf.data.Dataset.from_tensor_slices(({"x": x}, y))
        return data.shuffle(12, seed=3).batch(4).repeat()

    def from_tensors():
        return {"x": tf.constant(x)}, tf.constant(y)

    values = {}
    for name, function in (("data set", from_a_data_set), ("tensors", from_tensors)):
        estimator = new_estimator(tf)
        estimator.train(function, steps=3)
        values.update((name + "/" + key, value) for key, value in checkpoint(tf, estimator.model_dir).items())
    return values
