"""tf.estimator: an Estimator with a recurrent model_fn, from training to a SavedModel."""

import os
import tempfile

import numpy as np

from _estimator_tools import (
    checkpoint, files, input_fn, new_estimator, numbers, saved_model, sequences, summaries)

SUBJECTS = {
    "train_evaluate_predict": ["Estimator", "EstimatorSpec", "ModeKeys", "RunConfig", "inputs.numpy_input_fn"],
    "export": ["export.PredictOutput", "export.ServingInputReceiver", "export.build_raw_serving_input_receiver_fn",
               "export.build_parsing_serving_input_receiver_fn"],
    "errors": [],
}
SUBJECTS = {case: ["tf.estimator." + name for name in names] for case, names in SUBJECTS.items()}


def train_evaluate_predict(tf):
    estimator = new_estimator(tf, keep_checkpoint_max=2)
    estimator.train(input_fn(tf), steps=6)
    estimator.train(input_fn(tf), max_steps=9)
    values = numbers(estimator.evaluate(input_fn(tf, 1)), "eval/")
    values.update(numbers(estimator.evaluate(input_fn(tf, 1), steps=1, name="some"), "some/"))
    predicted = list(estimator.predict(input_fn(tf, 1, False)))
    values["classes"] = np.int64([one["class"] for one in predicted])
    values["logits"] = np.stack([one["logits"] for one in predicted])
    some = list(estimator.predict(input_fn(tf, 1, False), ["class"], yield_single_examples=False))
    values["batches"] = [sorted(batch) + [len(batch["class"])] for batch in some]
    values.update(checkpoint(tf, estimator.model_dir))
    values.update(summaries(tf, estimator.model_dir))
    values.update(("eval " + key, value)
                  for key, value in summaries(tf, os.path.join(estimator.model_dir, "eval_some")).items())
    values["files"] = files(estimator.model_dir)
    values["names"] = list(estimator.get_variable_names())
    values["bias"] = estimator.get_variable_value("logits/bias")
    values["latest"] = os.path.basename(estimator.latest_checkpoint())
    return values


def export(tf):
    estimator = new_estimator(tf)
    estimator.train(input_fn(tf), steps=2)
    x, _ = sequences()
    raw = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": tf.placeholder(tf.float32, [None, 4, 3])})
    folder = estimator.export_savedmodel(tempfile.mkdtemp(), raw)
    values = saved_model(tf, folder.decode() if isinstance(folder, bytes) else folder, {"x": x})

    def receiver():
        text = tf.placeholder(tf.string, [None], name="examples")
        parsed = tf.parse_example(text, {"x": tf.FixedLenFeature([4, 3], tf.float32)})
        return tf.estimator.export.ServingInputReceiver(parsed, {"examples": text})

    spec = {"x": tf.FixedLenFeature([4, 3], tf.float32)}
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.extend(x[0].ravel())
    for number, function in enumerate(
            [receiver, tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)]):
        folder = estimator.export_savedmodel(tempfile.mkdtemp(), function)
        folder = folder.decode() if isinstance(folder, bytes) else folder
        got = saved_model(tf, folder, {"examples": [example.SerializeToString()]})
        values.update(("parsed %d/%s" % (number, key), value) for key, value in got.items())
        values["files %d" % number] = sorted(os.listdir(folder))
    return values


def errors(tf):
    def raised(function):
        try:
            function()
        except (ValueError, TypeError) as error:
            return "%s: %s" % (type(error).__name__, str(error).split("\n")[0][:60])
        return "none"

    spec = tf.estimator.EstimatorSpec
    estimator = new_estimator(tf)
    return {
        "no loss": raised(lambda: spec("train", train_op=tf.no_op())),
        "no train op": raised(lambda: spec("train", loss=tf.constant(1.0))),
        "no predictions": raised(lambda: spec("infer")),
        "shape of the loss": raised(lambda: spec("eval", loss=tf.constant([1.0, 2.0]))),
        "metric": raised(lambda: spec("eval", loss=tf.constant(1.0), eval_metric_ops={"a": 1})),
        "steps": raised(lambda: estimator.train(input_fn(tf), steps=0)),
        "both": raised(lambda: estimator.train(input_fn(tf), steps=1, max_steps=1)),
        "model_fn": raised(lambda: tf.estimator.Estimator(lambda x: x)),
        "not trained": raised(lambda: estimator.evaluate(input_fn(tf, 1), steps=-1)),
        "config": raised(lambda: tf.estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=1)),
    }
