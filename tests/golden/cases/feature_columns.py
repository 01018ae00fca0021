"""The columns of tf.contrib.layers: what they make of features, their names and keys, and what is parsed."""

import os
import tempfile

from _tools import distinct, variables

SUBJECTS = {
    "inputs": ["input_from_feature_columns", "real_valued_column", "bucketized_column", "one_hot_column",
               "embedding_column", "shared_embedding_columns", "transform_features",
               "sparse_column_with_integerized_feature", "sparse_column_with_vocabulary_file"],
    "sums": ["weighted_sum_from_feature_columns", "joint_weighted_sum_from_feature_columns", "weighted_sparse_column",
             "sparse_column_with_hash_bucket", "sparse_column_with_keys"],
    "crosses": ["crossed_column"],
    "sequences": ["sequence_input_from_feature_columns"],
    "parsing": ["create_feature_spec_for_parsing", "parse_feature_columns_from_examples",
                "parse_feature_columns_from_sequence_examples", "make_place_holder_tensors_for_base_features",
                "infer_real_valued_columns"],
    "targets": ["multi_class_target", "regression_target"],
    "errors": ["check_feature_columns"],
}
SUBJECTS = {case: ["tf.contrib.layers." + name for name in names] for case, names in SUBJECTS.items()}


def _features(tf):
    rows = [[0, 0], [1, 0], [1, 1], [3, 0]]
    return {"size": tf.constant(distinct((4, 2), 1.0)), "one": tf.constant([0.5, -1.0, 2.0, 0.0]),
            "word": tf.SparseTensor(rows, tf.constant(["a", "b", "a", "z"]), [4, 2]),
            "other": tf.constant(["c", "", "b", "a"]),
            "number": tf.constant([[3], [7], [12], [5]], tf.int64),
            "weight": tf.SparseTensor(rows, tf.constant([1., 2., 3., 4.]), [4, 2])}


def _columns(tf):
    layers = tf.contrib.layers
    path = os.path.join(tempfile.gettempdir(), "feature_columns_words.txt")
    with open(path, "w") as out:
        out.write("a\nb\nc\n")
    size, one = layers.real_valued_column("size", dimension=2), layers.real_valued_column(
        "one", normalizer=lambda x: x * 2)
    words = layers.sparse_column_with_keys("word", ["a", "b", "c"])
    return {"size": size, "one": one, "words": words, "buckets": layers.bucketized_column(size, [-0.5, 0.0, 0.0, 0.5]),
            "bucket": layers.bucketized_column(one, (0.0, 1.0)),
            "other": layers.sparse_column_with_vocabulary_file("other", path, num_oov_buckets=2, vocab_size=3),
            "hashed": layers.sparse_column_with_hash_bucket("word", 5), "keyed": layers.sparse_column_with_hash_bucket(
                "other", 7, hash_keys=[[1, 2], [3, 4]]),
            "integer": layers.sparse_column_with_integerized_feature("number", 6, combiner="mean"),
            "weighted": layers.weighted_sparse_column(words, "weight")}


def _run(tf, outputs, scale=0.5):
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
        for number, variable in enumerate(tf.global_variables()):
            variable.load(distinct(variable.shape.as_list(), scale, seed=number), sess)
        return sess.run(outputs)


def inputs(tf):
    layers, columns = tf.contrib.layers, _columns(tf)
    shared = layers.shared_embedding_columns([columns["hashed"], layers.sparse_column_with_hash_bucket("other", 5)], 3)
    used = [columns["size"], columns["one"], columns["buckets"], layers.one_hot_column(columns["words"]),
            layers.one_hot_column(columns["weighted"]), layers.embedding_column(columns["integer"], 2, "sqrtn"),
            layers.embedding_column(columns["weighted"], 3, max_norm=0.3), layers.embedding_column(
                columns["other"], 2, "sum")] + list(shared)
    parts = {}
    whole = layers.input_from_feature_columns(_features(tf), used, cols_to_outs=parts)
    made = layers.transform_features(_features(tf), [columns["buckets"], columns["words"]])
    values = {"names": variables(tf.global_variables()), "keys": sorted(column.name for column in parts),
              "shape": str(whole.shape), "made": sorted(column.name for column in made)}
    values.update(_run(tf, {"whole": whole, "buckets": made[columns["buckets"]],
                            "words": made[columns["words"]].values}))
    return values


def sums(tf):
    layers, columns = tf.contrib.layers, _columns(tf)
    names = ["size", "one", "words", "buckets", "bucket", "other", "hashed", "keyed", "integer", "weighted"]
    outputs, found, bias = layers.weighted_sum_from_feature_columns(
        _features(tf), [columns[name] for name in names], 2, weight_collections=["mine"])
    joint, variable, _ = layers.joint_weighted_sum_from_feature_columns(
        _features(tf), [columns["words"], columns["other"]], 3)
    values = {"names": variables(tf.global_variables()), "mine": variables(tf.get_collection("mine")),
              "of": sorted("%s %s" % (column.name, found[column][0].name) for column in found), "bias": bias.name,
              "joint of": [one.name for one in variable]}
    values.update(_run(tf, {"outputs": outputs, "joint": joint}))
    return values


def crosses(tf):
    layers, columns = tf.contrib.layers, _columns(tf)
    inner = layers.crossed_column([columns["words"], columns["bucket"]], 11)
    made = {"words": layers.crossed_column([columns["words"], columns["hashed"]], 1000),
            "buckets": layers.crossed_column([columns["buckets"], columns["bucket"], columns["words"]], 997),
            "nested": layers.crossed_column([inner, columns["buckets"]], 1000),
            "keyed": layers.crossed_column([columns["words"], columns["bucket"]], 1000, hash_key=956888297470)}
    values, outputs = {}, {}
    for name, column in made.items():
        features = _features(tf)
        column.insert_transformed_feature(features)
        values[name + "/name"] = column.name
        outputs[name], outputs[name + "/indices"] = features[column].values, features[column].indices
    values.update(_run(tf, outputs))
    return values


def sequences(tf):
    layers = tf.contrib.layers
    words = layers.sparse_column_with_integerized_feature("word", 5)
    used = [layers.real_valued_column("x", dimension=2), layers.real_valued_column("y"), layers.one_hot_column(words),
            layers.embedding_column(words, 3)]
    features = {"x": tf.constant(distinct((2, 3, 2), 1.0)), "y": tf.constant(distinct((2, 3), 1.0)),
                "word": tf.SparseTensor([[0, 0, 0], [0, 1, 0], [0, 1, 1], [1, 2, 0]], tf.range(4, dtype=tf.int64),
                                        [2, 3, 2])}
    output = layers.sequence_input_from_feature_columns(features, used)
    return dict(_run(tf, {"output": output}), names=variables(tf.global_variables()))


def parsing(tf):
    layers, columns = tf.contrib.layers, _columns(tf)
    used = [columns["size"], columns["words"], columns["weighted"], columns["integer"],
            layers.real_valued_column("default", default_value=3)]
    spec = layers.create_feature_spec_for_parsing(used)
    values = {"spec": ["%s %s" % (key, spec[key]) for key in sorted(spec)]}
    example = tf.train.Example()
    feature = example.features.feature
    feature["size"].float_list.value.extend([1.0, 2.0])
    feature["word"].bytes_list.value.extend([b"b", b"x"])
    feature["weight"].float_list.value.extend([0.5, 0.25])
    feature["number"].int64_list.value.append(8)
    parsed = layers.parse_feature_columns_from_examples([example.SerializeToString()], used)
    placeholders = layers.make_place_holder_tensors_for_base_features(used)
    values["placeholders"] = ["%s %s" % (key, placeholders[key].dtype.name) for key in sorted(placeholders)]
    outputs = {"size": parsed["size"], "words": parsed[columns["words"]].values, "default": parsed["default"],
               "integer": parsed[columns["integer"]].values}
    sequence = tf.train.SequenceExample()
    for number in (1.0, 2.0, 3.0):
        sequence.feature_lists.feature_list["x"].feature.add().float_list.value.append(number)
    sequence.context.feature["size"].float_list.value.extend([4.0, 5.0])
    context, steps = layers.parse_feature_columns_from_sequence_examples(
        sequence.SerializeToString(), [columns["size"]], [layers.real_valued_column("x")])
    outputs.update(context=context["size"], steps=steps["x"])
    inferred = layers.infer_real_valued_columns({"a": tf.zeros([2, 3]), "b": tf.zeros([4], tf.int64)})
    values["inferred"] = sorted(column.key for column in inferred)
    values["keys"] = [columns[name].key for name in ("size", "one", "buckets", "words", "hashed")]
    values.update(_run(tf, outputs))
    return values


def targets(tf):
    layers, outputs = tf.contrib.layers, {}
    logits, features = tf.constant(distinct((4, 3), 1.0)), {"weight": tf.constant([1., 2., 3., 4.])}
    labels = tf.constant([0, 2, 1, 1])
    for name, target, output, label in (
            ("many", layers.multi_class_target(3, weight_column_name="weight"), logits, labels),
            ("two", layers.multi_class_target(2), logits[:, :1], labels % 2),
            ("numbers", layers.regression_target(weight_column_name="weight"), logits[:, :1], logits[:, 1])):
        outputs.update({name + "/loss": target.loss(output, label, features),
                        name + "/training": target.training_loss(output, label, features),
                        name + "/predicted": target.logits_to_predictions(output)})
        if name != "numbers":
            outputs[name + "/probable"] = target.logits_to_predictions(output, proba=True)
    return _run(tf, outputs)


def errors(tf):
    layers, columns = tf.contrib.layers, _columns(tf)
    wrong = {
        "dimension": lambda: layers.real_valued_column("a", dimension=0),
        "float": lambda: layers.real_valued_column("a", dimension=1.5),
        "default": lambda: layers.real_valued_column("a", default_value=0.5, dtype=tf.int32),
        "defaults": lambda: layers.real_valued_column("a", 2, [1.0]),
        "dtype": lambda: layers.real_valued_column("a", dtype=tf.string),
        "source": lambda: layers.bucketized_column(columns["words"], [1]),
        "order": lambda: layers.bucketized_column(columns["one"], [1, 0]),
        "one": lambda: layers.crossed_column([columns["words"]], 5),
        "uncrossable": lambda: layers.crossed_column([columns["words"], columns["one"]], 5),
        "keys": lambda: layers.sparse_column_with_hash_bucket("a", 5, hash_keys=[1]),
        "size": lambda: layers.sparse_column_with_vocabulary_file("a", "b"),
        "bucket size": lambda: layers.sparse_column_with_hash_bucket("a", 0),
        "dict": lambda: layers.check_feature_columns({}),
        "twice": lambda: layers.check_feature_columns([layers.real_valued_column("a")] * 2),
        "network": lambda: layers.input_from_feature_columns(_features(tf), [columns["words"]]),
        "embedded": lambda: layers.weighted_sum_from_feature_columns(
            _features(tf), [layers.embedding_column(columns["words"], 2)], 1),
        "joint": lambda: layers.joint_weighted_sum_from_feature_columns(_features(tf), [columns["one"]], 1),
        "sequence": lambda: layers.sequence_input_from_feature_columns(_features(tf), [columns["words"]]),
        "classes": lambda: layers.multi_class_target(1),
    }
    values = {}
    for name in sorted(wrong):
        try:
            wrong[name]()
            values[name] = "none"
        except (ValueError, TypeError, NotImplementedError) as error:
            values[name] = "%s: %s" % (type(error).__name__, str(error)[:24])
    return values
