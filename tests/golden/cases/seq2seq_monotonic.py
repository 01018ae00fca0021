"""contrib.seq2seq's monotonic attention: the function, both mechanisms, every mode, noise."""

import numpy as np
from _seq2seq_tools import BATCH, LENGTHS, SYMBOLS, UNITS, error, inputs, run
from _tools import distinct

MEMORY_TIME, MEMORY_LENGTHS = 4, [4, 2, 3]
MODES = ("recursive", "parallel", "hard")


def _about(*names):
    return ["tf.contrib.seq2seq." + name for name in names]


_MECHANISMS = _about("BahdanauMonotonicAttention", "LuongMonotonicAttention")
SUBJECTS = {
    "cumulative_product": _about("safe_cumprod"),
    "distribution": _about("monotonic_attention"),
    "distribution_of_unknown_batch": _about("monotonic_attention"),
    "bahdanau": _about("BahdanauMonotonicAttention"),
    "bahdanau_normalized": _about("BahdanauMonotonicAttention"),
    "luong": _about("LuongMonotonicAttention"),
    "luong_scaled": _about("LuongMonotonicAttention"),
    "noise": _MECHANISMS,
    "score_bias": _MECHANISMS,
    "errors": _about("monotonic_attention"),
}


def _values_and_gradients(tf, tensor, sources):
    weights = distinct(tensor.shape.as_list(), seed=3)
    with tf.Session() as sess:
        return sess.run([tensor] + tf.gradients(tf.reduce_sum(tensor * weights), sources))


def cumulative_product(tf):
    results = {}
    x = tf.constant(np.abs(distinct((3, 4))) + np.float32([[0, 0.2, 0.3, 0.5]]))
    zeros = tf.constant(np.float32([[0.5, 0, 1, 0.25]]))
    for name, arguments in (("plain", {}), ("exclusive", dict(axis=1, exclusive=True)),
                            ("reverse", dict(axis=0, reverse=True))):
        for source, tensor in (("x", x), ("zeros", zeros)):
            results["%s of %s" % (name, source)], results["%s of %s: gradient" % (name, source)] = (
                _values_and_gradients(tf, tf.contrib.seq2seq.safe_cumprod(tensor, **arguments), tensor))
    return results


def _probabilities(mode):
    choose = np.abs(distinct((BATCH, 5), seed=1)) + 0.25
    before = np.abs(distinct((BATCH, 5), seed=2))
    before /= before.sum(1, keepdims=True)
    if mode == "hard":
        return (choose > 0.5).astype("float32"), np.eye(5, dtype="float32")[[0, 1, 3]]
    return choose, before


def distribution(tf):
    results = {}
    for mode in MODES:
        choose, before = map(tf.constant, _probabilities(mode))
        values = _values_and_gradients(
            tf, tf.contrib.seq2seq.monotonic_attention(choose, before, mode), [choose, before])
        # Of hard choices TensorFlow 1.15's gradient is not a number: it divides by the zeros.
        keys = ("attention",) if mode == "hard" else ("attention", "gradient", "of previous")
        results.update(("%s: %s" % (mode, key), value) for key, value in zip(keys, values))
    return results


def distribution_of_unknown_batch(tf):
    results = {}
    for mode in MODES:
        choose, before = (tf.placeholder_with_default(value, (None, None))
                          for value in _probabilities(mode))
        with tf.Session() as sess:
            results[mode] = sess.run(tf.contrib.seq2seq.monotonic_attention(choose, before, mode))
    return results


def _decode(tf, kind, scale=0.5, **arguments):
    seq2seq, x = tf.contrib.seq2seq, inputs(tf)
    memory = inputs(tf, "memory", MEMORY_TIME, 3, 21)
    mechanism = getattr(seq2seq, kind + "MonotonicAttention")(
        UNITS, memory, MEMORY_LENGTHS, **arguments)
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(UNITS), mechanism, 4, alignment_history=True)
    decoder = seq2seq.BasicDecoder(
        cell, seq2seq.TrainingHelper(x, LENGTHS), cell.zero_state(BATCH, tf.float32),
        tf.layers.Dense(SYMBOLS, name="out"))
    outputs, state, _ = seq2seq.dynamic_decode(decoder, parallel_iterations=1)
    loss = tf.reduce_sum(tf.square(outputs.rnn_output) * tf.constant(distinct((SYMBOLS,), seed=7)))
    return run(tf, loss, [x, memory], scale, outputs=outputs.rnn_output, state=state)


def _each(tf, kind, choices, **arguments):
    """The results of `_decode` for each choice of arguments."""
    results = {}
    for name, choice in choices:
        with tf.Graph().as_default():
            values = _decode(tf, kind, **dict(arguments, **choice))
        results.update(("%s: %s" % (name, key), value) for key, value in values.items())
    return results


# Hard choices are made where scores are above zero: the scale turns the bias's sign.
_EACH_MODE = [(mode, dict(mode=mode, scale=-0.5 if mode == "hard" else 0.5)) for mode in MODES]


def bahdanau(tf):
    return _each(tf, "Bahdanau", _EACH_MODE)


def bahdanau_normalized(tf):
    return _decode(tf, "Bahdanau", normalize=True, score_mask_value=-3.0, name="mine")


def luong(tf):
    return _each(tf, "Luong", _EACH_MODE)


def luong_scaled(tf):
    return _decode(tf, "Luong", scale=True)


def noise(tf):
    choices = [("gentle", dict(sigmoid_noise=0.5)), ("hard", dict(sigmoid_noise=2.0, mode="hard"))]
    values = _each(tf, "Bahdanau", choices, sigmoid_noise_seed=9)
    values.update(_each(tf, "Luong", [("luong", dict(sigmoid_noise=1.0))], sigmoid_noise_seed=9))
    return values


def score_bias(tf):
    """The bias keeps its initial value here: only that of other variables is replaced."""
    results, memory = {}, tf.constant(distinct((BATCH, MEMORY_TIME, 3), seed=21))
    query = tf.constant(distinct((BATCH, UNITS), seed=22))
    for kind in ("Bahdanau", "Luong"):
        mechanism = getattr(tf.contrib.seq2seq, kind + "MonotonicAttention")(
            UNITS, memory, score_bias_init=-2.5)
        state = mechanism.initial_state(BATCH, tf.float32)
        alignments, _ = mechanism(query, state)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            bias = [v for v in tf.trainable_variables() if "score_bias" in v.name][-1]
            for variable in tf.trainable_variables():
                if variable is not bias:
                    variable.load(distinct(variable.shape.as_list()), sess)
            results[bias.name], results[kind + " state"], results[kind] = sess.run(
                [bias, state, alignments])
    return results


def errors(tf):
    choose, before = _probabilities("parallel")
    return {"mode": error(tf.contrib.seq2seq.monotonic_attention, choose, before, "soft"),
            "mode of a mechanism": error(_decode, tf, "Luong", mode="soft")}
