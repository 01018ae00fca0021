"""The tutorial programs at several sizes, seeds and orders: op seeds, initial values, first losses."""

import hashlib
import os
import sys

from _op_seeds import seeds_of_graph
from _tools import distinct

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from programs import program_module  # noqa: E402

_ONE_AT_A_TIME = dict(parallel_iterations=1)  # for else dropout's masks are drawn in any order


def _built(tf, programs, seed):
    tf.set_random_seed(seed)
    return [program_module(tf, network).build(**sizes) for network, sizes in programs]


def _seeds_and_values(tf, programs, seed):
    """Op seeds, and of each variable its checksum and its first values."""
    found = {}
    with tf.Graph().as_default() as graph:
        _built(tf, programs, seed)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            values = sess.run(tf.trainable_variables())
        found["op seeds"] = seeds_of_graph(tf, graph)
        for variable, value in zip(tf.trainable_variables(), values):
            found["sha256/" + variable.name] = hashlib.sha256(value.tobytes()).hexdigest()
            found["bits/" + variable.name] = value.ravel()[:8]
    return found


def _losses(tf, network, sizes, seed, steps=10):
    """The loss at each step of training on one made-up batch, each on a graph and session of its own."""
    with tf.Graph().as_default():
        (program,) = _built(tf, [(network, sizes)], seed)
        images, labels = distinct([8, 28, 28]), abs(distinct([8, 10]))
        labels /= labels.sum(1, keepdims=True)
        config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
        with tf.Session(config=config) as sess:
            sess.run(tf.global_variables_initializer())
            feed = {program.x: images, program.y: labels}
            return {"losses": [sess.run([program.loss, program.train_op], feed)[0]
                               for _ in range(steps)]}


def lstm_of_the_tutorial(tf):
    return _seeds_and_values(tf, [("lstm", {})], seed=1)


def multi_lstm_of_the_tutorial(tf):
    return _seeds_and_values(tf, [("multi_lstm", {})], seed=1)


def bi_lstm_of_the_tutorial(tf):
    return _seeds_and_values(tf, [("bi_lstm", {})], seed=1)


def lstm_of_other_sizes(tf):
    return _seeds_and_values(tf, [("lstm", dict(units=7, batch_size=3, rows=5, columns=6))], seed=123456789)


def multi_lstm_of_five_layers(tf):
    sizes = dict(units=9, batch_size=4, layers=5, keep_prob=0.9)
    return _seeds_and_values(tf, [("multi_lstm", sizes)], seed=0)


def multi_lstm_without_dropout(tf):
    sizes = dict(units=9, batch_size=4, layers=2, keep_prob=1.0)
    return _seeds_and_values(tf, [("multi_lstm", sizes)], seed=7)


def bi_lstm_of_other_sizes(tf):
    return _seeds_and_values(tf, [("bi_lstm", dict(units=5, rows=4, columns=3, classes=2))], seed=2 ** 31 + 5)


def one_after_another(tf):
    """The second and third are numbered on from the first's gradients and optimizer."""
    small = dict(units=6, batch_size=4, rows=4, columns=4)
    return _seeds_and_values(tf, [("bi_lstm", dict(units=6, rows=4, columns=4)), ("multi_lstm", small),
                                  ("lstm", dict(small, units=8))], seed=42)


def one_after_another_in_the_other_order(tf):
    small = dict(units=6, batch_size=4, rows=4, columns=4)
    return _seeds_and_values(tf, [("lstm", small), ("multi_lstm", dict(small, units=8)),
                                  ("bi_lstm", dict(units=6, rows=4, columns=4))], seed=42)


def losses_of_lstm(tf):
    return _losses(tf, "lstm", dict(units=16, batch_size=8), seed=3)


def losses_of_multi_lstm(tf):
    return _losses(tf, "multi_lstm", dict(units=16, batch_size=8, **_ONE_AT_A_TIME), seed=3)


def losses_of_bi_lstm(tf):
    return _losses(tf, "bi_lstm", dict(units=16), seed=3)
