"""Names of tf.contrib around RNN models: tables, windows, signals, streaming metrics, distributions, slim's training."""

import os
import tempfile
import warnings

import numpy as np

from _tools import distinct

STREAMING = """cohen_kappa count streaming_covariance streaming_false_negatives streaming_false_positives
    streaming_mean_absolute_error streaming_mean_cosine_distance streaming_mean_iou streaming_mean_relative_error
    streaming_mean_tensor streaming_pearson_correlation streaming_percentage_less streaming_precision_at_thresholds
    streaming_recall_at_thresholds streaming_root_mean_squared_error streaming_sensitivity_at_specificity
    streaming_specificity_at_sensitivity streaming_true_negatives streaming_true_positives""".split()
DISTRIBUTIONS = "Beta Dirichlet Exponential Gamma Laplace Multinomial StudentT Uniform".split()
SIGNAL = """frame hamming_window hann_window inverse_stft inverse_stft_window_fn linear_to_mel_weight_matrix
    mfccs_from_log_mel_spectrograms overlap_and_add stft""".split()
SUBJECTS = {
    "tables": ["lookup." + name for name in """index_to_string string_to_index string_to_index_table_from_file
        string_to_index_table_from_tensor index_table_from_file index_to_string_table_from_file MutableDenseHashTable
        IdTableWithHashBuckets""".split()],
    "windows": ["data.sliding_window_batch"],
    "dropout": ["nn.alpha_dropout"],
    "signals": ["signal." + name for name in SIGNAL],
    "streaming_metrics": ["metrics." + name for name in STREAMING],
    "distributions": ["distributions." + name for name in DISTRIBUTIONS],
    "slim_training": ["slim.learning.train", "slim.learning.create_train_op"],
}
SUBJECTS = {case: ["tf.contrib." + name for name in names] for case, names in SUBJECTS.items()}


def tables(tf):
    lookup = tf.contrib.lookup
    path = os.path.join(tempfile.mkdtemp(), "words.txt")
    with open(path, "w") as out:
        out.write("the\ncat\nsat\n")
    words, numbers = tf.constant(["cat", "dog", "the"]), tf.constant([2, 0, 9], tf.int64)
    mapping = tf.constant(["the", "cat", "sat"])
    dense = lookup.MutableDenseHashTable(
        tf.int64, tf.float32, default_value=-1.0, empty_key=0, deleted_key=tf.constant(-1, tf.int64))
    buckets = lookup.IdTableWithHashBuckets(lookup.index_table_from_file(path), 3)
    found = {
        "index_to_string": lookup.index_to_string(numbers, mapping),
        "string_to_index": lookup.string_to_index(words, mapping),
        "from_file": lookup.string_to_index_table_from_file(path, num_oov_buckets=2).lookup(words),
        "from_tensor": lookup.string_to_index_table_from_tensor(mapping, default_value=7).lookup(words),
        "index_from_file": lookup.index_table_from_file(path, default_value=5).lookup(words),
        "strings_from_file": lookup.index_to_string_table_from_file(path).lookup(numbers),
        "buckets": buckets.lookup(words),
    }
    insert = dense.insert(tf.constant([4, 5], tf.int64), tf.constant([0.5, 0.25]))
    with tf.Session() as sess:
        sess.run(tf.tables_initializer())
        sess.run(insert)
        found["dense"] = dense.lookup(tf.constant([5, 6], tf.int64))
        values = sess.run(found)
    return {key: value.tolist() if value.dtype == object else value for key, value in _decoded(values).items()}


def _decoded(values):
    return {key: np.array([item.decode() for item in value], object) if value.dtype == object else value
            for key, value in values.items()}


def windows(tf):
    make, values = tf.contrib.data.sliding_window_batch, {}
    for name, settings in (("plain", {}), ("shift", {"window_shift": 2}), ("stride", {"stride": 3}),
                           ("inside", {"window_stride": 2})):
        numbers = tf.data.Dataset.range(8)
        pairs = tf.data.Dataset.from_tensor_slices((np.arange(8), np.arange(16).reshape(8, 2)))
        for kind, dataset in (("one", numbers), ("pair", pairs)):
            following = dataset.apply(make(3, **settings)).make_one_shot_iterator().get_next()
            got = []
            with tf.Session() as sess:
                try:
                    while True:
                        got.append(sess.run(following))
                except tf.errors.OutOfRangeError:
                    pass
            parts = zip(*got) if kind == "pair" else [got]
            for number, part in enumerate(parts):
                values["%s/%s %d" % (name, kind, number)] = np.array(part)
    return values


def dropout(tf):
    tf.set_random_seed(5)
    x = tf.constant(distinct((4, 6), 2.0))
    draws = [tf.contrib.nn.alpha_dropout(x, 0.7), tf.contrib.nn.alpha_dropout(x, 0.5, noise_shape=[4, 1]),
             tf.contrib.nn.alpha_dropout(x, 1.0), tf.random_uniform([3])]
    with tf.Session() as sess:
        return {"draw %d" % number: value for number, value in enumerate(sess.run(draws))}


def signals(tf):
    signal = tf.contrib.signal
    x = tf.constant(distinct((2, 64), 1.0))
    spectrum = signal.stft(x, 16, 8, fft_length=16)
    power = tf.square(tf.abs(spectrum))
    mel = signal.linear_to_mel_weight_matrix(6, 9, 8000, 100.0, 3500.0)
    log_mel = tf.log(tf.tensordot(power, mel, 1) + 1e-3)
    back = signal.inverse_stft(spectrum, 16, 8, window_fn=signal.inverse_stft_window_fn(8))
    found = {"frames": signal.frame(x, 16, 8, pad_end=True), "hann": signal.hann_window(16),
             "hamming": signal.hamming_window(16, periodic=False), "power": power, "mel": mel, "back": back,
             "mfcc": signal.mfccs_from_log_mel_spectrograms(log_mel),
             "added": signal.overlap_and_add(signal.frame(x, 16, 8), 8)}
    with tf.Session() as sess:
        return sess.run(found)


def streaming_metrics(tf):
    metrics, values = tf.contrib.metrics, {}
    truth, guess = distinct((12,), 1.0), distinct((12,), 1.0, seed=3)
    whole, other = np.arange(12) % 3, np.arange(12)[::-1] % 3
    yes, score = truth > 0, (guess + 1) / 2
    arguments = {
        "cohen_kappa": (whole, other, 3), "count": (truth,), "streaming_mean_tensor": (truth,),
        "streaming_mean_cosine_distance": (truth.reshape(4, 3), guess.reshape(4, 3), 1),
        "streaming_mean_iou": (other, whole, 3), "streaming_mean_relative_error": (guess, truth, np.abs(truth) + 1),
        "streaming_percentage_less": (truth, 0.3),
        "streaming_precision_at_thresholds": (score, yes, [0.3, 0.6]),
        "streaming_recall_at_thresholds": (score, yes, [0.3, 0.6]),
        "streaming_sensitivity_at_specificity": (score, yes, 0.6),
        "streaming_specificity_at_sensitivity": (score, yes, 0.6),
    }
    binary = [(guess > 0), yes]
    for name in STREAMING:
        default = binary if "positives" in name or "negatives" in name else (guess, truth)
        given = arguments.get(name, default)
        value, update = getattr(metrics, name)(*[tf.constant(part) if isinstance(part, np.ndarray) else part
                                                 for part in given])
        values[name] = (value, update)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run([update for _, update in values.values()])
        return {name: np.asarray(sess.run(value)) for name, (value, _) in values.items()}


def distributions(tf):
    make = tf.contrib.distributions
    tf.set_random_seed(2)
    positive = distinct((3,), 0.4) + np.float32(1.5)
    found = {
        "Beta": (make.Beta(positive, 2.0), distinct((3,), 0.3) + np.float32(0.5)),
        "Dirichlet": (make.Dirichlet(positive), np.float32([0.2, 0.3, 0.5])),
        "Exponential": (make.Exponential(positive), positive),
        "Gamma": (make.Gamma(positive, 2.0), positive),
        "Laplace": (make.Laplace(positive, 0.5), positive + 1),
        "Multinomial": (make.Multinomial(4.0, logits=distinct((3,))), np.float32([1, 2, 1])),
        "StudentT": (make.StudentT(3.0, positive, 2.0), positive - 1),
        "Uniform": (make.Uniform(positive, positive + 2), positive + 1),
    }
    tensors = {}
    for name in DISTRIBUTIONS:
        distribution, at = found[name]
        tensors[name + "/log_prob"] = distribution.log_prob(at)
        tensors[name + "/mean"], tensors[name + "/variance"] = distribution.mean(), distribution.variance()
        tensors[name + "/sample"] = distribution.sample(2)
        if name not in ("Multinomial",):
            tensors[name + "/entropy"] = distribution.entropy()
    with tf.Session() as sess:
        return sess.run(tensors)


def slim_training(tf):
    slim, folder = tf.contrib.slim, tempfile.mkdtemp()
    tf.set_random_seed(4)
    x = tf.constant(distinct((4, 5, 3)))
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), x, dtype=tf.float32)
    logits = slim.fully_connected(slim.flatten(outputs), 2, activation_fn=None,
                                  weights_regularizer=slim.l2_regularizer(0.01))
    slim.losses.sparse_softmax_cross_entropy(logits, tf.constant([0, 1, 1, 0]))
    loss = slim.losses.get_total_loss()
    train = slim.learning.create_train_op(loss, tf.train.AdamOptimizer(0.05), clip_gradient_norm=1.0)
    seen = []

    def step(session, op, global_step, settings):
        result = slim.learning.train_step(session, op, global_step, settings)
        seen.append(result[0])
        return result

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it closes its summary writer twice, and says so
        last = slim.learning.train(train, folder, train_step_fn=step, number_of_steps=5, log_every_n_steps=2,
                                   save_summaries_secs=0, save_interval_secs=0)
    path = tf.train.latest_checkpoint(folder)
    return {"losses": np.float32(seen), "last": np.float32(last), "checkpoint": os.path.basename(path),
            "variables": ["%s %s" % pair for pair in tf.train.list_variables(path)]}
