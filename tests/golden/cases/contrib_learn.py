"""tf.contrib.learn's Estimator and SKCompat around a model function of one's own."""

import os
import tempfile

import numpy as np

from _estimator_tools import checkpoint, files, numbers, summaries
from _tools import distinct

SUBJECTS = {
    "fitted_with_arrays": ["Estimator", "SKCompat", "RunConfig", "MetricSpec"],
    "input_functions": ["Estimator", "ModelFnOps", "ModeKeys", "MetricSpec"],
    "monitors": ["monitors"],
    "feeders": ["io", "extract_pandas_data"],
    "errors": ["NotFittedError"],
}
SUBJECTS = {case: ["tf.contrib.learn." + name for name in names] for case, names in SUBJECTS.items()}


def _data(number=20):
    """A sine in windows of four, and the value after each."""
    wave = np.sin(np.arange(number + 4) * 0.3).astype(np.float32)
    return np.stack([wave[i:i + 4, None] for i in range(number)]), wave[4:, None]


def _config(tf, **settings):
    arguments = dict(tf_random_seed=5, save_checkpoints_steps=4, save_summary_steps=2)
    return tf.contrib.learn.RunConfig(**dict(arguments, **settings))


def _lstm(tf):
    """The sine scripts' model function: (predictions, loss, train op)."""
    def model_fn(features, labels):
        cell = tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(5) for _ in range(2)])
        outputs, _ = tf.nn.dynamic_rnn(cell, features, dtype=tf.float32)
        predictions = tf.contrib.layers.fully_connected(outputs[:, -1], 1, None)
        predictions, labels = tf.reshape(predictions, [-1]), tf.reshape(labels, [-1])
        loss = tf.losses.mean_squared_error(labels, predictions)
        train = tf.contrib.layers.optimize_loss(
            loss, tf.contrib.framework.get_global_step(), optimizer="Adagrad", learning_rate=0.1)
        return predictions, loss, train
    return model_fn


def fitted_with_arrays(tf):
    learn, (x, y) = tf.contrib.learn, _data()
    estimator = learn.Estimator(_lstm(tf), tempfile.mkdtemp(), _config(tf))
    regressor = learn.SKCompat(estimator)
    values = {"chained": regressor.fit(x, y, batch_size=8, steps=6) is regressor}
    metrics = {"square": learn.MetricSpec(tf.metrics.mean_squared_error),
               "absolute": learn.MetricSpec(tf.contrib.metrics.streaming_mean_absolute_error)}
    values.update(numbers(regressor.score(x, y, batch_size=8, metrics=metrics), "score/"))
    values["predict"] = regressor.predict(x, batch_size=8)
    values["one by one"] = np.stack(list(estimator.predict(x, batch_size=8)))
    values["names"] = estimator.get_variable_names()
    values["bias"] = estimator.get_variable_value("fully_connected/biases")
    values.update(checkpoint(tf, estimator.model_dir))
    values.update(summaries(tf, estimator.model_dir))
    values.update(summaries(tf, os.path.join(estimator.model_dir, "eval")))
    values["files"] = [name for name in files(estimator.model_dir) if "ckpt" not in name]
    estimator.fit(x, y, steps=2)  # all of the data at once, from where it was
    values["step"] = estimator.get_variable_value("global_step")
    estimator.fit(x, y, max_steps=3)
    values["step again"] = estimator.get_variable_value("global_step")
    return values


def _classifier(tf):
    """A model function of all arguments that gives ModelFnOps."""
    learn = tf.contrib.learn

    def model_fn(features, labels, mode, params, config, model_dir):
        assert config.tf_random_seed == 5 and os.path.isdir(model_dir)
        cell = tf.nn.rnn_cell.GRUCell(params["units"])
        _, state = tf.nn.dynamic_rnn(cell, features["x"], dtype=tf.float32)
        logits = tf.layers.dense(state, 2)
        predictions = {"classes": tf.argmax(logits, 1), "logits": logits}
        loss = train = None
        if mode != learn.ModeKeys.INFER:
            loss = tf.losses.sparse_softmax_cross_entropy(labels["y"], logits)
        if mode == learn.ModeKeys.TRAIN:
            train = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
        metrics = {} if labels is None else {"right": tf.metrics.accuracy(labels["y"], predictions["classes"])}
        return learn.ModelFnOps(mode, predictions, loss, train, metrics)
    return model_fn


def _input_fn(tf, epochs=None):
    def input_fn():
        x, _ = _data()
        dataset = tf.data.Dataset.from_tensor_slices(({"x": x}, {"y": np.arange(20) % 2}))
        return dataset.repeat(epochs).batch(5).make_one_shot_iterator().get_next()
    return input_fn


def input_functions(tf):
    learn = tf.contrib.learn
    estimator = learn.Estimator(_classifier(tf), config=_config(tf, model_dir=tempfile.mkdtemp()), params={"units": 4},
                                feature_engineering_fn=lambda features, labels: ({"x": features["x"] * 2}, labels))
    estimator.fit(input_fn=_input_fn(tf), steps=6)
    values = checkpoint(tf, estimator.model_dir)
    metrics = {"other": learn.MetricSpec(tf.contrib.metrics.streaming_accuracy, prediction_key="classes", label_key="y")}
    bare = {("bare", "classes"): lambda predictions, labels: tf.metrics.accuracy(labels, predictions)}
    values.update(numbers(estimator.evaluate(input_fn=_input_fn(tf, 1), metrics=metrics, name="some"), "eval/"))
    values.update(numbers(estimator.evaluate(input_fn=_input_fn(tf, 1), metrics=bare), "bare/"))
    values.update(numbers(estimator.evaluate(input_fn=_input_fn(tf), steps=2), "steps/"))
    values["logits"] = estimator.predict(input_fn=_input_fn(tf), outputs=["logits"], as_iterable=False)["logits"]
    values["number"] = len(list(estimator.predict(input_fn=_input_fn(tf, 1))))
    spec = estimator.model_fn
    with tf.Graph().as_default():
        tf.train.create_global_step()
        built = spec(*_input_fn(tf)(), mode="eval", config=None)
        values["spec"] = str(built.estimator_spec().mode)
        values["metrics"] = sorted(built.eval_metric_ops)
    return values


def monitors(tf):
    learn, (x, y) = tf.contrib.learn, _data()
    estimator = learn.Estimator(_lstm(tf), tempfile.mkdtemp(), _config(tf, save_checkpoints_steps=2))
    validation = learn.monitors.ValidationMonitor(
        x, y, every_n_steps=2, early_stopping_rounds=4, early_stopping_metric_minimize=False, check_interval_secs=None)
    seen = learn.monitors.CaptureVariable("fully_connected/biases", every_n=3)
    seen_steps = []

    class Own(learn.monitors.EveryN):
        def every_n_step_begin(self, step):
            return ["global_step:0"]

        def every_n_step_end(self, step, outputs):
            seen_steps.append("%d %d" % (step, outputs["global_step:0"]))

    estimator.fit(x, y, steps=20, batch_size=10, monitors=[validation, seen, Own(every_n_steps=4, first_n_steps=2)])
    values = {"own": seen_steps, "captured at": sorted(seen.values), "best step": validation.best_step,
              "best": validation.best_value, "stopped": validation.early_stopped,
              "step": estimator.get_variable_value("global_step")}
    values.update(("captured/%d" % step, value) for step, value in seen.values.items())
    stop = learn.monitors.StopAtStep(num_steps=3)
    estimator.fit(x, y, steps=20, monitors=[stop])
    values["step again"] = estimator.get_variable_value("global_step")
    return values


def feeders(tf):
    """Which examples are fed, in which order."""
    feeder = tf.contrib.learn.io.setup_train_data_feeder if hasattr(tf.contrib.learn.io, "setup_train_data_feeder") \
        else __import__("tensorflow.contrib.learn.python.learn.learn_io.data_feeder",
                        fromlist=["x"]).setup_train_data_feeder
    values, x = {}, np.arange(10, dtype=np.float32)
    settings = {
        "shuffled": (x, x * 2, None, 4), "classes": (x, np.arange(10) % 3, 3, 4), "whole": (x[:, None], None, None),
        "dicts": ({"a": x, "b": x[:, None] * [1, 2]}, {"c": x * 3, "d": x[:, None]}, None, 4),
        "column": (x[:, None], x[:, None, None] * np.ones([1, 1, 2], np.float32), None, 4),
    }
    for name, arguments in settings.items():
        with tf.Graph().as_default():
            made = feeder(*arguments, epochs=2)
            inputs, outputs = made.input_builder()
            values[name + "/built"] = "%s %s" % (inputs, outputs)
            feeds = made.get_feed_dict_fn()
            for batch in range(4 if name != "whole" else 2):
                values.update(("%s/%d/%s" % (name, batch, key), np.asarray(value)) for key, value in feeds().items())
    for name, arguments in {"iterators": (iter(x[:5, None]), iter(x[:5] * 2), None, 2),
                            "one hot": (iter(x[:4, None]), iter(np.arange(4) % 3), 3, 2)}.items():
        with tf.Graph().as_default():
            made = feeder(*arguments)
            values[name + "/built"] = "%s %s" % made.input_builder()
            feeds = made.get_feed_dict_fn()
            for batch in range(2):
                values.update(("%s/%d/%s" % (name, batch, key), np.asarray(value)) for key, value in feeds().items())
    return values


def errors(tf):
    learn, (x, y) = tf.contrib.learn, _data()
    new = lambda **more: learn.Estimator(_lstm(tf), tempfile.mkdtemp(), _config(tf), **more)
    values = {}
    for name, wrong in (("predict", lambda: list(new().predict(x))), ("evaluate", lambda: new().evaluate(x, y)),
                        ("both", lambda: new().fit(x, y, steps=1, max_steps=2)), ("none", lambda: new().fit(steps=1)),
                        ("two", lambda: new().fit(x, y, input_fn=lambda: 1)),
                        ("size", lambda: new().fit(input_fn=lambda: 1, batch_size=3)),
                        ("params", lambda: new(params={})),
                        ("metrics", lambda: new().evaluate(input_fn=lambda: 1, metrics=[1])),
                        ("folders", lambda: learn.Estimator(_lstm(tf), "a", _config(tf, model_dir="b"))),
                        ("loss", lambda: learn.ModelFnOps("train", 1.0, None, tf.no_op())),
                        ("vector", lambda: learn.ModelFnOps("eval", 1.0, tf.zeros([2]))),
                        ("op", lambda: learn.ModelFnOps("train", 1.0, 1.0)),
                        ("mode", lambda: learn.ModelFnOps("test", 1.0, 1.0)),
                        ("hook", lambda: learn.ModelFnOps("eval", 1.0, 1.0, training_hooks=[1])),
                        ("labels", lambda: learn.MetricSpec(lambda predictions: 1, label_key="a")),
                        ("key", lambda: learn.MetricSpec(tf.metrics.mean, prediction_key="a").create_metric_ops(
                            None, None, {"b": 1})),
                        ("data", lambda: learn.monitors.ValidationMonitor()),
                        ("stop", lambda: learn.monitors.StopAtStep())):
        try:
            wrong()
        except (ValueError, TypeError, KeyError) as error:
            values[name] = "%s: %s" % (type(error).__name__, str(error)[:30] if name != "labels" else "")
    values["is value error"] = issubclass(learn.NotFittedError, (ValueError,))
    return values
