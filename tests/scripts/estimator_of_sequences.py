"""An Estimator with an LSTM: trained from a data set, evaluated, asked, exported and loaded again."""
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.estimator.run_config import RunConfig


def model_fn(features, labels, mode, params):
    cell = tf.contrib.rnn.BasicLSTMCell(params.units)
    outputs, _ = tf.nn.dynamic_rnn(cell, features["sequence"], dtype=tf.float32)
    logits = tf.layers.dense(outputs[:, -1], 2)
    classes = tf.argmax(logits, axis=1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(
            mode, predictions={"classes": classes},
            export_outputs={"classify": tf.estimator.export.PredictOutput({"classes": classes})})
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, eval_metric_ops={"accuracy": tf.metrics.accuracy(labels, classes)})
    train_op = tf.contrib.layers.optimize_loss(loss, tf.train.get_global_step(), 0.1, "Adam")
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def main(_):
    random = np.random.RandomState(0)
    x = random.rand(40, 5, 1).astype(np.float32)
    y = (x[:, 1, 0] > x[:, 3, 0]).astype(np.int32)

    def train_input():
        data = tf.data.Dataset.from_tensor_slices(({"sequence": x}, y))
        return data.repeat().batch(8).make_one_shot_iterator().get_next()

    folder = tempfile.mkdtemp()
    estimator = tf.estimator.Estimator(
        model_fn, params=tf.contrib.training.HParams(units=6),
        config=RunConfig(model_dir=folder, tf_random_seed=3, save_checkpoints_steps=30))
    once = tf.estimator.inputs.numpy_input_fn({"sequence": x}, y, batch_size=10, num_epochs=1, shuffle=False)
    tf.estimator.train_and_evaluate(
        estimator, tf.estimator.TrainSpec(train_input, max_steps=60), tf.estimator.EvalSpec(once, throttle_secs=0))
    result = estimator.evaluate(once)
    for key in sorted(result):
        print("%s %.5f" % (key, result[key]))
    print([int(one["classes"]) for one in estimator.predict(once)][:10])
    print(sorted(name for name in estimator.get_variable_names() if "Adam" not in name))
    print(os.path.basename(tf.train.latest_checkpoint(folder)))

    serving = tf.estimator.export.build_raw_serving_input_receiver_fn(
        {"sequence": tf.placeholder(tf.float32, [None, 5, 1], name="sequence")})
    exported = estimator.export_savedmodel(os.path.join(folder, "export"), serving)
    predict = tf.contrib.predictor.from_saved_model(exported.decode(), signature_def_key="classify")
    print(predict({"sequence": x[:5]})["classes"].tolist())


if __name__ == "__main__":
    tf.logging.set_verbosity(tf.logging.WARN)
    tf.app.run()
