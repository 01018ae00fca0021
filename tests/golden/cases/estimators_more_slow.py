"""What stands around tf.estimator: tf.contrib.estimator, Keras models as estimators, strategies on one machine."""

import tempfile
import warnings

import numpy as np

from _estimator_tools import checkpoint, config, input_fn, model_fn, new_estimator, numbers, sequences
from _tools import distinct

SUBJECTS = {
    "heads": ["binary_classification_head", "multi_class_head", "regression_head", "poisson_regression_head",
              "logistic_regression_head"],
    "extended": ["forward_features", "clip_gradients_by_norm", "add_metrics"],
}
SUBJECTS = {case: ["tf.contrib.estimator." + name for name in names] for case, names in SUBJECTS.items()}
SUBJECTS["predictors"] = ["tf.contrib.predictor.from_estimator", "tf.contrib.predictor.from_saved_model"]
SUBJECTS["keras_model"] = ["tf.keras.estimator.model_to_estimator"]
SUBJECTS["strategies"] = ["tf.contrib.distribute.DistributeConfig"]


def heads(tf):
    make, values = tf.contrib.estimator, {}
    two, three = distinct((4, 1)), distinct((4, 3), seed=2)
    cases = {
        "binary": (make.binary_classification_head(thresholds=[0.3]), two, np.array([[0], [1], [1], [0]])),
        "multi class": (make.multi_class_head(3), three, np.array([[0], [2], [1], [0]])),
        "regression": (make.regression_head(), two, distinct((4, 1), seed=5)),
        "poisson": (make.poisson_regression_head(), two, np.float32([[1], [2], [3], [0]])),
        "logistic": (make.logistic_regression_head(), two, np.float32([[0.2], [0.9], [0.5], [0.1]])),
        "named": (make.regression_head(name="head", label_dimension=3), three, distinct((4, 3), seed=7)),
    }
    for name in sorted(cases):
        head, logits, labels = cases[name]
        with tf.Graph().as_default():
            step = tf.train.create_global_step()
            weight = tf.get_variable("weight", initializer=1.0)
            rate = tf.train.GradientDescentOptimizer(0.5)
            train = head.create_estimator_spec(
                {}, "train", weight * logits, tf.constant(labels), train_op_fn=lambda loss: rate.minimize(loss, step))
            evaluate = head.create_estimator_spec({}, "eval", weight * logits, tf.constant(labels))
            predict = head.create_estimator_spec({}, "infer", weight * logits)
            with tf.Session() as sess:
                sess.run([tf.global_variables_initializer(), tf.local_variables_initializer(),
                          tf.tables_initializer()])
                sess.run([metric[1] for metric in evaluate.eval_metric_ops.values()])
                found = sess.run({key: metric[0] for key, metric in evaluate.eval_metric_ops.items()})
                found.update(sess.run(predict.predictions))
                found["loss"], _ = sess.run([train.loss, train.train_op])
                found["weight"] = sess.run(weight)
        values.update(("%s/%s" % (name, key), value.astype(str).tolist() if value.dtype.kind == "O" else value)
                      for key, value in found.items())
        values[name + "/outputs"] = sorted(str(key) for key in predict.export_outputs)
    return values


def extended(tf):
    first = tf.contrib.estimator.add_metrics(
        new_estimator(tf), lambda labels, predictions: {"mean class": tf.metrics.mean(predictions["class"])})
    first.train(input_fn(tf), steps=3)
    values = numbers(first.evaluate(input_fn(tf, 1)))
    forwarded = tf.contrib.estimator.forward_features(first, "x")
    predicted = list(forwarded.predict(input_fn(tf, 1, False)))
    values["keys"] = sorted(predicted[0])
    values["x"] = np.stack([one["x"] for one in predicted])
    weight = tf.get_variable("weight", initializer=[3.0, -4.0])
    optimizer = tf.contrib.estimator.clip_gradients_by_norm(tf.train.AdamOptimizer(0.1), 0.5)
    train = optimizer.minimize(tf.reduce_sum(weight ** 2))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(2):
            sess.run(train)
        values["clipped"] = sess.run(weight)
        values["slot"] = sess.run(optimizer.get_slot(weight, "m"))
    values["variables"] = [variable.name for variable in tf.global_variables()]
    return values


def keras_model(tf):
    keras = tf.keras
    model = keras.models.Sequential([keras.layers.LSTM(4, input_shape=(4, 3)), keras.layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.SGD(0.1), "categorical_crossentropy", metrics=["accuracy"])
    model.set_weights([distinct(weight.shape, seed=number) for number, weight in enumerate(model.get_weights())])
    estimator = keras.estimator.model_to_estimator(model, config=config(tf))
    x, y = sequences()

    def read():
        return tf.data.Dataset.from_tensor_slices((x, np.eye(3, dtype=np.float32)[y])).batch(4)

    estimator.train(lambda: read().repeat(), steps=4)
    values = numbers(estimator.evaluate(read))
    values["predicted"] = np.stack([list(one.values())[0] for one in estimator.predict(read)])
    return values


def strategies(tf):
    values = {}
    older = tf.contrib.distribute
    for name, strategy in (("one device", tf.distribute.OneDeviceStrategy("/cpu:0")),
                           ("mirrored", tf.distribute.MirroredStrategy(["/cpu:0"])),
                           ("two devices", older.MirroredStrategy(["/cpu:0", "/cpu:1"])),
                           ("config", older.DistributeConfig(older.OneDeviceStrategy("/cpu:0")))):
        x, y = sequences()
        settings = dict(train_distribute=strategy, eval_distribute=strategy)
        if name == "config":
            settings = dict(experimental_distribute=strategy)
        two_devices = tf.ConfigProto(device_count={"CPU": 2})
        estimator = tf.estimator.Estimator(
            model_fn(tf), config=config(tf, session_config=two_devices, **settings), params={"units": 4, "rate": 0.05})

        def read(epochs):
            # An even number of batches: where one device has none left, whether the other's counts is a race.
            return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).batch(3).repeat(epochs)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # today's tf.data says that its options cannot be read in a graph
            estimator.train(lambda: read(None), steps=3)
            values.update(numbers(estimator.evaluate(lambda: read(1)), name + "/eval/"))
        values.update((name + "/" + key, value) for key, value in checkpoint(tf, estimator.model_dir).items())
    return values


def predictors(tf):
    first = new_estimator(tf)
    first.train(input_fn(tf), steps=3)
    x, _ = sequences()

    def receiver():
        given = tf.placeholder(tf.float32, [None, 4, 3], name="given")
        return tf.estimator.export.ServingInputReceiver({"x": given}, {"x": given})

    folder = first.export_savedmodel(tempfile.mkdtemp(), receiver)
    make = tf.contrib.predictor
    found = {
        "estimator": make.from_estimator(first, receiver), "saved": make.from_saved_model(folder),
        "keyed": make.from_saved_model(folder, "serving_default"),
        "named": make.from_saved_model(folder, input_names={"x": "given:0"}, output_names={
            "logits": "logits/BiasAdd:0"})}
    values = {}
    for name, predict in found.items():
        for key, value in predict({"x": x[:2]}).items():
            values["%s/%s" % (name, key)] = value
        values[name + "/tensors"] = ["%s %s" % (key, tensor.name) for tensors in (
            predict.feed_tensors, predict.fetch_tensors) for key, tensor in sorted(tensors.items())]
    for name, wrong in (("keys", lambda: found["saved"]({"y": x})),
                        ("both", lambda: make.from_saved_model(folder, "serving_default", input_names={},
                                                               output_names={})),
                        ("half", lambda: make.from_saved_model(folder, input_names={}))):
        try:
            wrong()
        except ValueError as error:
            values["error " + name] = str(error)[:60]
    return values
