"""tf.estimator's canned estimators and tf.feature_column."""

import tempfile

import numpy as np

from _estimator_tools import checkpoint, config, numbers, saved_model
from _tools import distinct

SUBJECTS = {
    "dnn": ["DNNClassifier", "DNNRegressor", "DNNEstimator"],
    "linear": ["LinearClassifier", "LinearRegressor", "LinearEstimator"],
    "dnn_linear_combined": ["DNNLinearCombinedClassifier", "DNNLinearCombinedRegressor",
                            "DNNLinearCombinedEstimator"],
    "baseline": ["BaselineClassifier", "BaselineRegressor", "BaselineEstimator"],
    "heads": ["BinaryClassHead", "MultiClassHead", "MultiHead", "MultiLabelHead", "RegressionHead",
              "PoissonRegressionHead", "LogisticRegressionHead"],
    "columns": [],
    "parsing": ["classifier_parse_example_spec", "regressor_parse_example_spec"],
    "logits": ["experimental.dnn_logit_fn_builder", "experimental.linear_logit_fn_builder",
               "experimental.call_logit_fn"],
}
SUBJECTS = {case: ["tf.estimator." + name for name in names] for case, names in SUBJECTS.items()}
SUBJECTS["columns"] = ["tf.feature_column." + name for name in """
    numeric_column bucketized_column indicator_column embedding_column crossed_column categorical_column_with_identity
    categorical_column_with_vocabulary_list categorical_column_with_hash_bucket weighted_categorical_column
    input_layer linear_model make_parse_example_spec shared_embedding_columns""".split()]


def _columns(tf):
    column = tf.feature_column
    words = column.categorical_column_with_vocabulary_list("word", ["a", "b", "c"])
    size = column.numeric_column("size", shape=2)
    return size, words


def _features():
    return {"size": distinct((8, 2), 1.0), "word": np.array(list("abcabcab"))}


def _input_fn(tf, labels, epochs=None):
    return tf.estimator.inputs.numpy_input_fn(_features(), labels, batch_size=4, num_epochs=epochs, shuffle=False)


def _run(tf, name, estimator, labels, values):
    estimator.train(_input_fn(tf, labels), steps=4)
    values.update(numbers(estimator.evaluate(_input_fn(tf, labels, 1)), name + "/eval/"))
    values.update((name + "/" + key, value) for key, value in checkpoint(tf, estimator.model_dir).items())
    predicted = list(estimator.predict(_input_fn(tf, None, 1)))
    for key in sorted(predicted[0]):
        column = np.stack([one[key] for one in predicted])
        values["%s/predicted/%s" % (name, key)] = column.astype(str).tolist() if column.dtype.kind == "O" else column


TWO, FOUR, NUMBERS = np.arange(8) % 2, np.arange(8) % 4, distinct((8, 1), 2.0)


def dnn(tf):
    size, words = _columns(tf)
    columns, values = [size, tf.feature_column.indicator_column(words)], {}
    make = tf.estimator
    _run(tf, "two", make.DNNClassifier([4, 3], columns, config=config(tf)), TWO, values)
    _run(tf, "four", make.DNNClassifier([4], columns, n_classes=4, optimizer="Adam", dropout=0.3, batch_norm=True,
                                        activation_fn=tf.nn.tanh, config=config(tf)), FOUR, values)
    _run(tf, "number", make.DNNRegressor([4], columns, config=config(tf)), NUMBERS, values)
    _run(tf, "head", make.DNNEstimator(tf.contrib.estimator.multi_class_head(4), [4], columns, config=config(tf)), FOUR, values)
    return values


def linear(tf):
    columns, values = list(_columns(tf)), {}
    make = tf.estimator
    estimator = make.LinearClassifier(columns, config=config(tf))
    _run(tf, "two", estimator, TWO, values)
    _run(tf, "number", make.LinearRegressor(columns, optimizer=tf.train.AdamOptimizer(0.1), config=config(tf)),
         NUMBERS, values)
    _run(tf, "head", make.LinearEstimator(tf.contrib.estimator.multi_class_head(4), columns, config=config(tf)), FOUR, values)
    spec = {"size": tf.FixedLenFeature([2], tf.float32), "word": tf.FixedLenFeature([1], tf.string)}
    folder = estimator.export_savedmodel(
        tempfile.mkdtemp(), tf.estimator.export.build_parsing_serving_input_receiver_fn(spec))
    example = tf.train.Example()
    example.features.feature["size"].float_list.value.extend([0.5, -0.5])
    example.features.feature["word"].bytes_list.value.append(b"b")
    got = saved_model(tf, folder.decode() if isinstance(folder, bytes) else folder,
                      {"inputs": [example.SerializeToString()]})
    values["scores"], values["signatures"] = got["served/scores"], got["signatures"]
    return values


def dnn_linear_combined(tf):
    size, words = _columns(tf)
    deep, values = [size, tf.feature_column.indicator_column(words)], {}
    make = tf.estimator
    shared = dict(linear_feature_columns=[words], dnn_feature_columns=deep, dnn_hidden_units=[3])
    _run(tf, "two", make.DNNLinearCombinedClassifier(config=config(tf), **shared), TWO, values)
    _run(tf, "number", make.DNNLinearCombinedRegressor(config=config(tf), **shared), NUMBERS, values)
    _run(tf, "head", make.DNNLinearCombinedEstimator(tf.contrib.estimator.multi_class_head(4), config=config(tf), **shared), FOUR, values)
    return values


def baseline(tf):
    values, make = {}, tf.estimator
    _run(tf, "four", make.BaselineClassifier(n_classes=4, config=config(tf)), FOUR, values)
    _run(tf, "number", make.BaselineRegressor(config=config(tf)), NUMBERS, values)
    _run(tf, "head", make.BaselineEstimator(tf.contrib.estimator.multi_class_head(4), config=config(tf)), FOUR, values)
    return values


def heads(tf):
    make, values = tf.estimator, {}
    logits = {1: distinct((4, 1)), 3: distinct((4, 3), seed=2)}
    cases = {
        "binary": (make.BinaryClassHead(thresholds=[0.3]), 1, np.array([[0], [1], [1], [0]])),
        "multi class": (make.MultiClassHead(3), 3, np.array([[0], [2], [1], [0]])),
        "multi label": (make.MultiLabelHead(3), 3, np.array([[0, 1, 1], [1, 0, 0], [0, 0, 1], [1, 1, 1]])),
        "regression": (make.RegressionHead(), 1, distinct((4, 1), seed=5)),
        "poisson": (make.PoissonRegressionHead(), 1, np.float32([[1], [2], [3], [0]])),
        "logistic": (make.LogisticRegressionHead(), 1, np.float32([[0.2], [0.9], [0.5], [0.1]])),
    }
    for name in sorted(cases):
        head, size, labels = cases[name]
        with tf.Graph().as_default():
            tf.train.create_global_step()
            spec = head.create_estimator_spec({}, "infer", tf.constant(logits[size]))
            loss = head.loss(tf.constant(labels), tf.constant(logits[size]), {}, "eval")
            with tf.Session() as sess:
                sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
                predicted, values[name + "/loss"] = sess.run([spec.predictions, loss])
            values[name + "/outputs"] = sorted(spec.export_outputs)
        if name == "multi label":
            predicted.pop("classes", None)  # which later versions predict too
        values.update(("%s/%s" % (name, key), value if value.dtype.kind != "O" else value.astype(str).tolist())
                      for key, value in predicted.items())
    several = make.MultiHead([make.BinaryClassHead(name="a"), make.RegressionHead(name="b")], [0.5, 2.0])
    with tf.Graph().as_default(), tf.Session() as sess:
        loss = several.loss({"a": tf.constant([[0], [1]]), "b": tf.constant([[0.5], [1.5]])},
                            {"a": tf.constant([[0.1], [0.2]]), "b": tf.constant([[0.3], [0.4]])}, {}, "eval")
        values["multi head"] = sess.run(loss)
    return values


def columns(tf):
    column = tf.feature_column
    size, words = _columns(tf)
    ids = column.categorical_column_with_identity("id", 4)
    fixed = tf.constant_initializer(distinct((4, 2)))
    listed = {
        "buckets": column.bucketized_column(column.numeric_column("age"), [1.0, 2.0]),
        "indicator": column.indicator_column(words), "size": size,
        "embedding": column.embedding_column(ids, 2, initializer=fixed),
        "hashed": column.indicator_column(column.categorical_column_with_hash_bucket("word", 5)),
        "crossed": column.indicator_column(column.crossed_column(["word", ids], 6)),
        "weighted": column.embedding_column(column.weighted_categorical_column(ids, "age"), 2, initializer=fixed)}
    features = {"age": tf.constant([[0.5], [1.5], [2.5]]), "word": tf.constant([["a"], ["c"], ["z"]]),
                "size": tf.constant(distinct((3, 2))), "id": tf.constant([[1], [3], [0]], tf.int64)}
    found = {name: column.input_layer(features, [one]) for name, one in sorted(listed.items())}
    shared = column.shared_embedding_columns(
        [ids, column.categorical_column_with_identity("other", 4)], 2, initializer=fixed)
    found["shared"] = column.input_layer(dict(features, other=features["id"]), shared)
    found["linear"] = column.linear_model(features, [words, size, listed["buckets"]])
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
        values = sess.run(found)
    values["variables"] = ["%s %s" % (v.name, v.shape.as_list()) for v in tf.global_variables()]
    spec = column.make_parse_example_spec([size, listed["buckets"], words, ids])
    values["spec"] = ["%s %s" % (key, type(spec[key]).__name__) for key in sorted(spec)]
    return values


def parsing(tf):
    size, words = _columns(tf)
    spell = lambda spec: ["%s %s %s" % (key, type(spec[key]).__name__, spec[key].dtype.name) for key in sorted(spec)]
    return {"classes": spell(tf.estimator.classifier_parse_example_spec([size, words], "label", tf.string)),
            "numbers": spell(tf.estimator.regressor_parse_example_spec([size], "label"))}


def logits(tf):
    size, words = _columns(tf)
    features = {key: tf.constant(value) for key, value in _features().items()}
    experimental, values = tf.estimator.experimental, {}
    tf.set_random_seed(5)
    deep = experimental.dnn_logit_fn_builder(2, [3], [size], tf.nn.relu, None, None, False)
    wide = experimental.linear_logit_fn_builder(2, [size, words])
    with tf.variable_scope("deep"):
        found = {"deep": experimental.call_logit_fn(deep, features, "eval", None, None)}
    with tf.variable_scope("wide"):
        found["wide"] = experimental.call_logit_fn(wide, features, "eval", None, None)
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
        values.update(sess.run(found))
    values["variables"] = ["%s %s" % (v.name, v.shape.as_list()) for v in tf.global_variables()]
    return values
