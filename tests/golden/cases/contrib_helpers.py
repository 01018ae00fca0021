"""The smaller helpers of tf.contrib: hyperparameters, vocabularies, losses, metrics, tables, data."""

import json

import numpy as np
from _tools import distinct, variables

SUBJECTS = {
    "hparams": ["training.HParams"],
    "hparams_refusals": ["training.HParams", "training.parse_values"],
    "parse_values": ["training.parse_values"],
    "create_train_op": ["training.create_train_op", "training.clip_gradient_norms",
                        "training.multiply_gradients", "training.add_gradients_summaries"],
    "vocabulary_processor": ["learn.preprocessing.VocabularyProcessor",
                             "learn.preprocessing.CategoricalVocabulary",
                             "learn.preprocessing.tokenizer"],
    "losses": ["losses." + name for name in (
        "absolute_difference", "compute_weighted_loss", "cosine_distance", "get_losses", "get_total_loss",
        "hinge_loss", "log_loss", "mean_pairwise_squared_error", "mean_squared_error",
        "sigmoid_cross_entropy", "softmax_cross_entropy", "sparse_softmax_cross_entropy", "add_loss",
        "get_regularization_losses")],
    "metrics": ["metrics." + name for name in (
        "accuracy", "streaming_accuracy", "streaming_mean", "streaming_precision", "streaming_recall",
        "streaming_mean_squared_error", "streaming_auc", "aggregate_metric_map", "aggregate_metrics",
        "confusion_matrix", "streaming_recall_at_k")],
    "lookup_tables": ["lookup." + name for name in (
        "index_table_from_tensor", "index_to_string_table_from_tensor", "HashTable", "MutableHashTable",
        "KeyValueTensorInitializer")],
    "data_transformations": ["data." + name for name in (
        "batch_and_drop_remainder", "padded_batch_and_drop_remainder", "map_and_batch", "unbatch",
        "bucket_by_sequence_length", "group_by_window", "enumerate_dataset", "Counter", "scan")],
    "flipped_losses": ["nn.deprecated_flipped_softmax_cross_entropy_with_logits",
                       "nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits",
                       "nn.deprecated_flipped_sigmoid_cross_entropy_with_logits"],
    "distributions": ["distributions.Normal", "distributions.Categorical", "distributions.Bernoulli",
                      "distributions.kl_divergence"],
    "util": ["util.constant_value", "util.make_tensor_proto", "util.make_ndarray"],
}
SUBJECTS = {case: ["tf.contrib." + name for name in names] for case, names in SUBJECTS.items()}


def _run(tf, values):
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer(),
                  tf.tables_initializer()])
        return sess.run(values)


def _hparams(tf):
    return tf.contrib.training.HParams(rate=0.1, units=[128, 64], cell="lstm", peepholes=False, steps=3)


def hparams(tf):
    settings = _hparams(tf)
    texts = [str(settings), repr(settings), settings.to_json(sort_keys=True)]
    settings.parse("rate=1,cell=gru,peepholes=true")
    settings.parse("units=[1,2,3]").set_hparam("steps", 7)
    settings.add_hparam("extra", 1.5)
    settings.del_hparam("steps")
    settings.override_from_dict({"extra": 2})
    settings.parse_json('{"cell": "rnn"}')
    texts += [repr(settings), str("rate" in settings), str("steps" in settings), repr(settings.get("rate")),
              repr(settings.get("nothing", 5)), repr(settings.get("units", [1]))]
    return {"texts": texts, "values": json.dumps(settings.values(), sort_keys=True)}


def hparams_refusals(tf):
    wrong = {
        "another type": lambda h: h.set_hparam("steps", 1.5), "no list": lambda h: h.set_hparam("units", 3),
        "a list": lambda h: h.set_hparam("rate", [1.0]), "unknown": lambda h: h.set_hparam("nothing", 1),
        "bool": lambda h: h.set_hparam("steps", True), "text": lambda h: h.set_hparam("cell", 3),
        "taken": lambda h: h.add_hparam("rate", 2), "reserved": lambda h: h.add_hparam("parse", 2),
        "empty": lambda h: h.add_hparam("list", []), "parse unknown": lambda h: h.parse("nothing=1"),
        "parse type": lambda h: h.parse("steps=1.5"), "parse twice": lambda h: h.parse("rate=1,rate=2"),
        "malformed": lambda h: h.parse("rate"), "parse bool": lambda h: h.parse("peepholes=maybe"),
        "default": lambda h: h.get("rate", "text"), "list default": lambda h: h.get("units", 3)}
    found = {}
    for name in sorted(wrong):
        try:
            wrong[name](_hparams(tf))
            found[name] = "taken"
        except (ValueError, KeyError) as error:
            found[name] = "%s: %s" % (type(error).__name__, error)
    return found


def parse_values(tf):
    kinds = {"a": int, "b": float, "c": str, "d": bool, "l": int, "e.f": int}
    parse = tf.contrib.training.parse_values
    found = [parse(text, kinds) for text in (
        "", "a=1", "a=1,b=2e-3,c=word", "l=[1,2, 3]", "l[0]=5,l[2]=7", "d=True", "d=0,a=-2", "e.f=3",
        "c=", "a = 1, b = 2")]
    found.append(parse("a=1,unknown=2", kinds, ignore_unknown=True))
    values = {"found": [repr(sorted(one.items())) for one in found]}
    for text in ("l=[1],l[0]=1", "a=1,a[0]=2", "l[0]=1,l[0]=2", "l[0]=[1]", "a=1.5", "a", "=3", "a=x"):
        try:
            values[text] = repr(parse(text, kinds))
        except ValueError as error:
            values[text] = str(error)
    return values


def create_train_op(tf):
    training = tf.contrib.training
    weights = tf.get_variable("weights", initializer=distinct((3,)))
    loss = tf.reduce_sum(tf.square(weights - 1.0))
    step = tf.train.get_or_create_global_step()
    train = training.create_train_op(
        loss, tf.train.GradientDescentOptimizer(0.1), summarize_gradients=True,
        transform_grads_fn=training.clip_gradient_norms_fn(1.0))
    multiplied = training.multiply_gradients(
        tf.train.GradientDescentOptimizer(0.1).compute_gradients(loss, [weights]), {"weights": 0.5})
    clipped = training.clip_gradient_norms(multiplied, 0.1)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = {"gradients": sess.run([multiplied[0][0], clipped[0][0]])}
        values["losses"] = [sess.run(train) for _ in range(3)]
        values.update(weights=sess.run(weights), step=sess.run(step))
    values["variables"] = variables(tf.global_variables())
    values["summaries"] = [op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)]
    return values


def vocabulary_processor(tf):
    texts = ["The cat sat on the mat", "the dog's CatHouse ate TWO cats", "on and on and on, the end", ""]
    values = {}
    for name, arguments in (("all", {}), ("frequent", {"min_frequency": 1})):
        processor = tf.contrib.learn.preprocessing.VocabularyProcessor(6, **arguments)
        values[name] = np.array(list(processor.fit_transform(texts)))
        values[name + " new"] = np.array(list(processor.transform(["the bird sat"])))
        values[name + " back"] = list(processor.reverse(values[name]))
        values[name + " size"] = len(processor.vocabulary_)
    values["tokens"] = [" ".join(words) for words in tf.contrib.learn.preprocessing.tokenizer(texts)]
    vocabulary = tf.contrib.learn.preprocessing.CategoricalVocabulary()
    for word in "b a c a b a d".split():
        vocabulary.add(word)
    vocabulary.trim(0, max_frequency=3)
    values["trimmed"] = [vocabulary.get(word) for word in "abcd"]
    return values


def losses(tf):
    module = tf.contrib.losses
    x, y = tf.constant(distinct((3, 4))), tf.constant(distinct((3, 4), seed=1))
    labels = tf.one_hot([1, 3, 0], 4)
    found = {
        "absolute": module.absolute_difference(x, y), "cosine": module.cosine_distance(x, y, dim=1),
        "hinge": module.hinge_loss(x, labels), "log": module.log_loss(tf.nn.softmax(x), labels),
        "pairwise": module.mean_pairwise_squared_error(x, y), "squared": module.mean_squared_error(x, y, 0.5),
        "sigmoid": module.sigmoid_cross_entropy(x, labels), "softmax": module.softmax_cross_entropy(
            x, labels, weights=tf.constant([1.0, 0.0, 2.0]), label_smoothing=0.1),
        "sparse": module.sparse_softmax_cross_entropy(x, tf.constant([1, 3, 0])),
        "weighted": module.compute_weighted_loss(x, weights=2.0)}
    module.add_loss(tf.constant(1.0))
    tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, tf.constant(0.25))
    found["total"] = module.get_total_loss()
    counts = [len(module.get_losses()), len(module.get_regularization_losses())]
    return dict(_run(tf, found), counts=counts)


def metrics(tf):
    module = tf.contrib.metrics
    guess, truth = tf.constant([1, 0, 2, 1]), tf.constant([1, 1, 2, 0])
    yes, said = tf.constant([True, False, True, True]), tf.constant([True, True, False, True])
    values, updates = module.aggregate_metric_map({
        "accuracy": module.streaming_accuracy(guess, truth),
        "mean": module.streaming_mean(tf.constant([1.0, 4.0])),
        "precision": module.streaming_precision(said, yes), "recall": module.streaming_recall(said, yes),
        "squared": module.streaming_mean_squared_error(tf.constant([1.0]), tf.constant([3.0])),
        "auc": module.streaming_auc(tf.constant([0.1, 0.8, 0.6, 0.4]), yes),
        "at k": module.streaming_recall_at_k(tf.constant(distinct((4, 3))), tf.cast(truth, tf.int64), 2)})
    pair = module.aggregate_metrics(
        module.streaming_mean(tf.constant([2.0])), module.streaming_mean(tf.constant([3.0])))
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run([updates, pair[1]])
        found = sess.run(values)
        found["pair"] = sess.run(pair[0])
        found["at once"] = sess.run(module.accuracy(guess, truth))
        found["confusion"] = sess.run(module.confusion_matrix(truth, guess))
    found["local"] = variables(tf.local_variables())
    return found


def lookup_tables(tf):
    lookup = tf.contrib.lookup
    words = tf.constant(["cat", "dog", "bird"])
    index = lookup.index_table_from_tensor(words, num_oov_buckets=1)
    plain = lookup.index_table_from_tensor(mapping=words, default_value=-1)
    back = lookup.index_to_string_table_from_tensor(words, default_value="?")
    table = lookup.HashTable(lookup.KeyValueTensorInitializer(words, tf.constant([10, 20, 30], tf.int64)), -5)
    mutable = lookup.MutableHashTable(tf.string, tf.int64, -1)
    asked = tf.constant(["dog", "fish", "cat"])
    insert = mutable.insert(words, tf.constant([7, 8, 9], tf.int64))
    with tf.Session() as sess:
        sess.run(tf.tables_initializer())
        sess.run(insert)
        values = sess.run({"index": index.lookup(asked), "plain": plain.lookup(asked),
                           "table": table.lookup(asked), "mutable": mutable.lookup(asked),
                           "size": mutable.size()})
        strings = sess.run(back.lookup(tf.constant([2, 0, 9], tf.int64)))
    return dict(values, back=[text.decode() for text in strings])


def _elements(tf, dataset):
    get_next = dataset.make_one_shot_iterator().get_next()
    found = []
    with tf.Session() as sess:
        while len(found) < 20:
            try:
                found.append(sess.run(get_next))
            except tf.errors.OutOfRangeError:
                return found
    return found


def data_transformations(tf):
    data = tf.contrib.data
    numbers = tf.data.Dataset.range(1, 8)
    rows = numbers.map(lambda n: tf.fill([n], n))
    sets = {
        "batch": numbers.apply(data.batch_and_drop_remainder(3)),
        "padded": rows.apply(data.padded_batch_and_drop_remainder(2, [None])),
        "map and batch": numbers.apply(data.map_and_batch(lambda n: n * 2, 3)),
        "unbatch": numbers.batch(2).apply(data.unbatch()),
        "bucket": rows.apply(data.bucket_by_sequence_length(lambda row: tf.size(row), [3, 5], [2, 2, 2])),
        "window": numbers.apply(data.group_by_window(lambda n: n % 2, lambda key, group: group.batch(4), 4)),
        "enumerate": numbers.apply(data.enumerate_dataset(5)),
        "counter": data.Counter(3, 2).take(4),
        "scan": numbers.apply(data.scan(tf.constant(0, tf.int64), lambda s, n: (s + n, s + n)))}
    return {name: [str(np.array(element).tolist()) for element in _elements(tf, dataset)]
            for name, dataset in sets.items()}


def flipped_losses(tf):
    nn = tf.contrib.nn
    logits = tf.constant(distinct((3, 4)))
    labels = tf.one_hot([1, 3, 0], 4)
    return _run(tf, {
        "softmax": nn.deprecated_flipped_softmax_cross_entropy_with_logits(logits, labels),
        "sparse": nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits(
            logits, tf.constant([1, 3, 0])),
        "sigmoid": nn.deprecated_flipped_sigmoid_cross_entropy_with_logits(logits, labels)})


def distributions(tf):
    module = tf.contrib.distributions
    normal = module.Normal(loc=[0.0, 1.0], scale=[1.0, 2.0])
    categorical = module.Categorical(logits=distinct((2, 3)))
    return _run(tf, {
        "log prob": normal.log_prob([0.5, 0.5]), "entropy": normal.entropy(), "cdf": normal.cdf([0.1, 0.2]),
        "kl": module.kl_divergence(normal, module.Normal(0.0, 1.0)), "mode": categorical.mode(),
        "of classes": categorical.log_prob([2, 0]), "bernoulli": module.Bernoulli(probs=[0.2]).log_prob([1]),
        "sample": normal.sample(3, seed=4)})


def util(tf):
    module = tf.contrib.util
    proto = module.make_tensor_proto(distinct((2, 2)))
    return {"constant": module.constant_value(tf.constant([1, 2]) + 0) is None,
            "folded": module.constant_value(tf.shape(tf.zeros([2, 3]))), "array": module.make_ndarray(proto)}
