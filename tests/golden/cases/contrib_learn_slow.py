"""tf.contrib.learn's canned estimators and heads, and the columns of tf.contrib.layers that they read."""

import os
import tempfile

import numpy as np

from _estimator_tools import checkpoint, numbers, summaries
from _tools import distinct

SUBJECTS = {
    "linear": ["LinearClassifier", "LinearRegressor", "LinearEstimator"],
    "dnn": ["DNNClassifier", "DNNRegressor", "DNNEstimator"],
    "combined": ["DNNLinearCombinedClassifier", "DNNLinearCombinedRegressor", "DNNLinearCombinedEstimator"],
    "heads": ["Head", "multi_class_head", "regression_head", "multi_label_head", "poisson_regression_head",
              "binary_svm_head", "multi_head", "no_op_train_fn"],
    "recurrent": ["DynamicRnnEstimator", "ProblemType"],
    "logistic": ["LogisticRegressor", "PredictionKey"],
    "experiment": ["Experiment", "make_export_strategy", "build_parsing_serving_input_fn", "InputFnOps"],
}
SUBJECTS = {case: ["tf.contrib.learn." + name for name in names] for case, names in SUBJECTS.items()}
TWO, FOUR, NUMBERS = np.arange(8) % 2, np.arange(8) % 4, distinct((8, 1), 2.0)


def _config(tf, **settings):
    arguments = dict(tf_random_seed=5, save_checkpoints_steps=10, save_summary_steps=2, model_dir=tempfile.mkdtemp())
    return tf.contrib.learn.RunConfig(**dict(arguments, **settings))


def _features(tf):
    words = np.array(list("abcabdab"))
    return {"size": tf.constant(distinct((8, 2), 1.0)), "weight": tf.constant([[1.], [2.]] * 4),
            "word": tf.SparseTensor([[row, 0] for row in range(8)], tf.constant(words), [8, 1])}


def _input_fn(tf, labels, epochs=None):
    def input_fn():
        return _features(tf), tf.constant(labels)
    return input_fn


def _columns(tf):
    layers = tf.contrib.layers
    words = layers.sparse_column_with_keys("word", ["a", "b", "c"])
    size = layers.real_valued_column("size", dimension=2)
    buckets = layers.bucketized_column(size, [-0.5, 0., 0.5])
    hashed = layers.sparse_column_with_hash_bucket("word", 5)
    return {"wide": [words, size, buckets, layers.crossed_column([hashed, buckets], 7)],
            "deep": [size, layers.embedding_column(words, 3), layers.one_hot_column(hashed)],
            "sparse": [words, hashed]}


def _run(tf, name, estimator, labels, values, outputs=None):
    input_fn = _input_fn(tf, labels)
    estimator.fit(input_fn=input_fn, steps=4)
    found = estimator.evaluate(input_fn=input_fn, steps=2)
    values.update(numbers(found, name + "/eval/"))
    values.update((name + "/" + key, value) for key, value in checkpoint(tf, estimator.model_dir).items())
    values.update((name + "/" + key, value) for key, value in summaries(tf, estimator.model_dir).items())
    predicted = list(estimator.predict(input_fn=input_fn, **({"outputs": outputs} if outputs else {})))
    if isinstance(predicted[0], dict):
        for key in sorted(predicted[0], key=str):
            values["%s/predicted/%s" % (name, key)] = _array([one[key] for one in predicted])
    else:
        values[name + "/predicted"] = _array(predicted)


def _array(values):
    array = np.stack(values)
    return array.astype(str).tolist() if array.dtype.kind in "OS" else array


def linear(tf):
    learn, columns, values = tf.contrib.learn, _columns(tf), {}
    _run(tf, "two", learn.LinearClassifier(columns["wide"], config=_config(tf)), TWO, values)
    _run(tf, "four", learn.LinearClassifier(
        columns["wide"], n_classes=4, weight_column_name="weight", gradient_clip_norm=0.5, config=_config(tf),
        optimizer=tf.train.GradientDescentOptimizer(0.1)), FOUR[:, None], values, ["probabilities"])
    _run(tf, "joint", learn.LinearClassifier(columns["sparse"], _joint_weight=True, config=_config(tf)), TWO, values)
    regressor = learn.LinearRegressor(columns["wide"], optimizer="Adam", config=_config(tf))
    _run(tf, "numbers", regressor, NUMBERS, values)
    _run(tf, "head", learn.LinearEstimator(columns["sparse"], learn.regression_head(), config=_config(tf)),
         NUMBERS, values)
    x = distinct((8, 3), 1.0)
    inferred = learn.infer_real_valued_columns_from_input(x)
    values["inferred"] = [column.key for column in inferred]
    arrays = learn.LinearRegressor(inferred, optimizer=tf.train.GradientDescentOptimizer(0.1), config=_config(tf))
    arrays.fit(x, NUMBERS[:, 0], steps=3, batch_size=8)
    values.update(numbers(arrays.evaluate(x, NUMBERS[:, 0], steps=1), "arrays/"))
    values["arrays/predicted"] = np.stack(list(arrays.predict(x)))
    return values


def dnn(tf):
    learn, columns, values = tf.contrib.learn, _columns(tf), {}
    classifier = learn.DNNClassifier([4, 3], columns["deep"], n_classes=4, dropout=0.3, config=_config(tf))
    _run(tf, "four", classifier, FOUR, values)
    values["probabilities"] = np.stack(list(classifier.predict_proba(input_fn=_input_fn(tf, FOUR))))
    keys = np.array([b"x", b"y", b"z"])[np.arange(8) % 3]
    _run(tf, "keys", learn.DNNClassifier([3], columns["deep"], n_classes=3, label_keys=["x", "y", "z"],
                                         config=_config(tf)), keys, values)
    _run(tf, "numbers", learn.DNNRegressor(
        [3], columns["deep"], activation_fn=tf.nn.tanh, optimizer=tf.train.AdamOptimizer(0.01),
        gradient_clip_norm=1.0, embedding_lr_multipliers={columns["deep"][1]: 0.5}, config=_config(tf)), NUMBERS, values)
    _run(tf, "core", learn.DNNEstimator(
        learn.multi_class_head(2), [3], [tf.feature_column.numeric_column("size", 2)], config=_config(tf)), TWO, values)
    x, (iris,) = distinct((8, 3), 1.0), [FOUR]
    arrays = learn.DNNClassifier([5], learn.infer_real_valued_columns_from_input(x), n_classes=4, config=_config(tf))
    arrays.fit(x, iris, steps=3, batch_size=4)
    values.update(numbers(arrays.evaluate(x, iris), "arrays/"))
    values["arrays/predicted"] = np.array(list(arrays.predict(x)))
    return values


def combined(tf):
    learn, columns, values = tf.contrib.learn, _columns(tf), {}
    # Unless the step is counted once, the two optimizers race to count it.
    both = dict(fix_global_step_increment_bug=True, linear_feature_columns=columns["wide"], dnn_feature_columns=columns["deep"], dnn_hidden_units=[4])
    _run(tf, "two", learn.DNNLinearCombinedClassifier(config=_config(tf), **both), TWO, values)
    _run(tf, "fixed", learn.DNNLinearCombinedClassifier(
        config=_config(tf), n_classes=4, dnn_dropout=0.5, **both), FOUR, values)
    _run(tf, "numbers", learn.DNNLinearCombinedRegressor(config=_config(tf), **both), NUMBERS, values)
    _run(tf, "head", learn.DNNLinearCombinedEstimator(
        learn.regression_head(), config=_config(tf), linear_feature_columns=columns["sparse"],
        fix_global_step_increment_bug=True), NUMBERS, values)
    return values


def heads(tf):
    learn, columns, values = tf.contrib.learn, _columns(tf), {}
    several = (np.arange(24).reshape(8, 3) % 2).astype(np.int64)
    made = {
        "labels": (learn.multi_label_head(3, metric_class_ids=[1]), several),
        "poisson": (learn.poisson_regression_head(), np.arange(8.0, dtype=np.float32)[:, None]),
        "svm": (learn.binary_svm_head(), TWO),
        "classes": (learn.multi_class_head(4, metric_class_ids=[0, 2], head_name="one"), FOUR),
        "thresholds": (learn.multi_class_head(2, thresholds=[0.2, 0.7], weight_column_name="weight"), TWO[:, None]),
        "own": (learn.multi_class_head(2, loss_fn=lambda labels, logits, weights=None: tf.reduce_sum(
            tf.square(logits - tf.cast(labels, tf.float32)))), TWO[:, None]),
    }
    for name, (head, labels) in made.items():
        _run(tf, name, learn.LinearEstimator(columns["sparse"], head, config=_config(tf)), labels, values)
    with tf.Graph().as_default(), tf.Session() as sess:  # its own step races with the model's: one step of neither
        head = learn.multi_class_head(3, enable_centered_bias=True)
        ops = head.create_model_fn_ops({}, "train", tf.constant([0, 1, 2, 0]), lambda loss: tf.no_op(),
                                       tf.constant(distinct((4, 3), 1.0)))
        sess.run(tf.global_variables_initializer())
        values["centered/loss"] = sess.run(ops.loss)
        sess.run(ops.train_op)
        for variable in tf.global_variables():
            values["centered/" + variable.op.name] = sess.run(variable)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.train.create_global_step()
        head = learn.multi_head([learn.regression_head(head_name="a", label_name="a"),
                                 learn.multi_class_head(3, head_name="b", label_name="b")], [1.0, 2.0])
        for mode in ("train", "eval", "infer"):
            ops = head.create_model_fn_ops(
                {"x": tf.zeros([4, 1])}, mode, {"a": tf.ones([4, 1]), "b": tf.constant([0, 1, 2, 0])},
                lambda loss: tf.no_op(), tf.constant(distinct((4, 4), 1.0)))
            values[mode + "/predictions"] = sorted(map(str, ops.predictions or ()))
            values[mode + "/metrics"] = sorted(ops.eval_metric_ops)
            values[mode + "/alternatives"] = sorted(ops.output_alternatives or ())
            if ops.loss is not None:
                values[mode + "/loss"] = sess.run(ops.loss)
    return values


def recurrent(tf):
    learn, layers, values = tf.contrib.learn, tf.contrib.layers, {}
    columns = [layers.real_valued_column("x", dimension=2),
               layers.embedding_column(layers.sparse_column_with_integerized_feature("word", 5), 2)]
    context = [layers.real_valued_column("c", dimension=1)]
    words = [[row, step, 0] for row in range(4) for step in range(3)]

    def input_fn(labels):
        def build():
            features = {"x": tf.constant(distinct((4, 3, 2), 1.0)), "c": tf.constant(distinct((4, 1), 1.0, 2)),
                        "word": tf.SparseTensor(words, tf.range(12, dtype=tf.int64), [4, 3, 1]),
                        "sequence_length": tf.constant([1, 2, 3, 2])}
            return features, tf.constant(labels)
        return build

    kinds, single, multiple = learn.ProblemType, 1, 2
    settings = {
        "classes": (dict(problem_type=kinds.CLASSIFICATION, prediction_type=single, num_classes=3, num_units=[4, 3],
                         cell_type="lstm", predict_probabilities=True, dropout_keep_probabilities=[1.0, 1.0, 1.0],
                         optimizer="Momentum", momentum=0.9), np.arange(4) % 3),
        "steps": (dict(problem_type=kinds.CLASSIFICATION, prediction_type=multiple, num_classes=2, num_units=4,
                       cell_type="gru", optimizer="Adam", learning_rate=0.01), np.arange(12).reshape(4, 3) % 2),
        "numbers": (dict(problem_type=kinds.LINEAR_REGRESSION, prediction_type=single, num_units=4,
                         context_feature_columns=context), distinct((4, 1), 1.0)),
    }
    for name, (arguments, labels) in settings.items():
        estimator = learn.DynamicRnnEstimator(sequence_feature_columns=columns, config=_config(tf), **arguments)
        estimator.fit(input_fn=input_fn(labels), steps=3)
        values.update(numbers(estimator.evaluate(input_fn=input_fn(labels), steps=1), name + "/eval/"))
        values.update((name + "/" + key, value) for key, value in checkpoint(tf, estimator.model_dir).items())
        found = estimator.predict(input_fn=input_fn(labels), as_iterable=False)
        values.update(("%s/predicted/%s" % (name, key), value) for key, value in found.items())
    return values


def logistic(tf):
    learn = tf.contrib.learn

    def model_fn(features, labels, mode):
        predictions = tf.contrib.layers.fully_connected(features["size"], 1, tf.sigmoid)
        loss = train = None
        if mode != learn.ModeKeys.INFER:
            loss = tf.losses.log_loss(labels, predictions)
        if mode == learn.ModeKeys.TRAIN:
            train = tf.contrib.layers.optimize_loss(loss, tf.train.get_global_step(), 0.1, "SGD")
        return predictions, loss, train

    values = {}
    estimator = learn.LogisticRegressor(model_fn, [0.3, 0.5], config=_config(tf))
    _run(tf, "logistic", estimator, TWO[:, None].astype(np.float32), values)
    return values


def experiment(tf):
    learn, columns = tf.contrib.learn, _columns(tf)
    deep = [columns["deep"][0]]
    spec = tf.contrib.layers.create_feature_spec_for_parsing(deep)
    serving = learn.build_parsing_serving_input_fn(spec)

    def make(run_config, hparams):
        return learn.Experiment(
            learn.DNNClassifier([3], deep, config=run_config), _input_fn(tf, TWO), _input_fn(tf, TWO),
            eval_metrics={"right": learn.MetricSpec(tf.contrib.metrics.streaming_accuracy, "classes")},
            train_steps=6, eval_steps=2, eval_delay_secs=0, check_interval_secs=0,
            export_strategies=learn.make_export_strategy(serving))

    config = _config(tf, save_checkpoints_steps=3)
    result, exports = learn.learn_runner.run(make, run_config=config)
    values = numbers(result)
    with tf.Graph().as_default(), tf.Session() as sess:
        loaded = tf.saved_model.loader.load(sess, ["serve"], exports[0])
        for key in sorted(loaded.signature_def):
            one = loaded.signature_def[key]
            values["signature/" + key] = "%s %s %s" % (one.method_name, sorted(one.inputs), sorted(one.outputs))
        signature = loaded.signature_def["serving_default"]
        example = tf.train.Example()
        example.features.feature["size"].float_list.value.extend([0.5, -0.5])
        values["scores"] = sess.run(signature.outputs["scores"].name,
                                    {signature.inputs["inputs"].name: [example.SerializeToString()]})
    values.update(summaries(tf, os.path.join(config.model_dir, "eval_one_pass")))
    return values
