"""What the cases of estimators share: data, and what is left of a model in its folder."""

import glob
import os
import tempfile

import numpy as np

from _tools import distinct


def sequences(number=12, steps=4, inputs=3, classes=3):
    """Small sequences and a label for each."""
    return distinct((number, steps, inputs), 1.0), np.arange(number) % classes


def config(tf, **settings):
    """A RunConfig with a seed, a model folder of its own, and checkpoints every 4 steps."""
    arguments = dict(model_dir=tempfile.mkdtemp(), tf_random_seed=7, save_checkpoints_steps=4, save_summary_steps=2)
    return tf.estimator.RunConfig(**dict(arguments, **settings))


def numbers(found, prefix=""):
    """Evaluated metrics as {name: number}, the step exact, the rest float32."""
    return {prefix + key: np.int64(value) if "global_step" in key else np.float32(value)
            for key, value in found.items()}


def checkpoint(tf, folder):
    """Names, shapes and values of the latest checkpoint's variables, and which checkpoints are kept."""
    path = tf.train.latest_checkpoint(folder)
    shapes = tf.train.list_variables(path)
    values = {"checkpoint/" + name: tf.train.load_variable(path, name) for name, _ in shapes}
    values["variables"] = ["%s %s" % (name, shape) for name, shape in shapes]
    state = tf.train.get_checkpoint_state(folder)
    values["kept"] = [os.path.basename(path) for path in state.all_model_checkpoint_paths]
    return values


def files(folder):
    """What is in a folder; the names of event files end in their time and machine."""
    return sorted(name.split(".tfevents.")[0] for name in os.listdir(folder))


def summaries(tf, folder):
    """{tag: [(step, value)]} of the scalars in a folder's event files, but for those that depend on time."""
    def timed(tag):
        return "sec" in tag or "queue" in tag  # steps a second; how full a queue was

    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "events.*"))):
        for event in tf.train.summary_iterator(path):
            for value in event.summary.value:
                if value.WhichOneof("value") == "simple_value" and not timed(value.tag):
                    found.setdefault(value.tag, []).append((event.step, value.simple_value))
    values = {}
    for tag, pairs in found.items():
        values["summary/%s/steps" % tag] = [step for step, _ in pairs]
        values["summary/%s" % tag] = np.float32([value for _, value in pairs])
    return values


def saved_model(tf, folder, feed):
    """The signatures of a SavedModel, and what the serving one gives for `feed`."""
    with tf.Graph().as_default(), tf.Session() as sess:
        meta = tf.saved_model.loader.load(sess, [tf.saved_model.tag_constants.SERVING], folder)
        signatures = meta.signature_def
        serving = signatures["serving_default"]
        inputs = {serving.inputs[key].name: value for key, value in feed.items()}
        outputs = {key: tensor.name for key, tensor in serving.outputs.items()}
        values = {"served/" + key: value for key, value in sess.run(outputs, inputs).items()}
    values["signatures"] = ["%s %s: %s -> %s" % (
        key, signatures[key].method_name, sorted(signatures[key].inputs), sorted(signatures[key].outputs))
        for key in sorted(signatures)]
    return values


def model_fn(tf):
    """The model function of a small LSTM with a dense layer on its last state."""
    def build(features, labels, mode, params):
        cell = tf.nn.rnn_cell.BasicLSTMCell(params["units"])
        with tf.variable_scope("reader"):
            _, state = tf.nn.dynamic_rnn(cell, features["x"], dtype=tf.float32)
        logits = tf.layers.dense(state.h, 3, name="logits")
        predictions = {"class": tf.argmax(logits, 1), "logits": logits}
        if mode == tf.estimator.ModeKeys.PREDICT:
            outputs = {"serving_default": tf.estimator.export.PredictOutput(predictions)}
            return tf.estimator.EstimatorSpec(mode, predictions, export_outputs=outputs)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        accuracy = tf.metrics.accuracy(labels, predictions["class"], name="accuracy")
        tf.summary.scalar("train_accuracy", accuracy[1])
        train = tf.train.AdamOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, predictions, loss, train, {"accuracy": accuracy})
    return build


def new_estimator(tf, **settings):
    """An Estimator of that function, which nothing has trained."""
    return tf.estimator.Estimator(model_fn(tf), config=config(tf, **settings), params={"units": 4, "rate": 0.05})


def input_fn(tf, epochs=None, labels=True, shuffle=False):
    """Batches of five of the sequences."""
    x, y = sequences()
    return tf.estimator.inputs.numpy_input_fn(
        {"x": x}, y if labels else None, batch_size=5, num_epochs=epochs, shuffle=shuffle)
