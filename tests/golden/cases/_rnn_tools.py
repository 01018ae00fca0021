"""What the rnn_* cases share: run a cell or an RNN function and record all that it gives."""

import importlib

from _tools import distinct, set_distinct_weights, structure, variables

BATCH, TIME, WIDTH = 3, 3, 4
LENGTHS = [3, 1, 2]


def sequence(shape=(BATCH, TIME, WIDTH), seed=100):
    """Inputs over time, (batch, time, width): all values distinct."""
    return distinct(shape, 0.9, seed)


def record(tf, x, outputs, state, feed=None):
    """Record outputs and final state, their structure, all gradients, and the variables.

    The loss weighs every number of outputs and state differently, so that each gradient tells
    which output it came from.
    """
    results = tf.contrib.framework.nest.flatten([outputs, state])
    loss = tf.add_n([tf.reduce_sum(tf.cast(r, tf.float32) * distinct(_static_shape(r), 1.0, 200 + k))
                     for k, r in enumerate(results)])
    trained = list(tf.trainable_variables())
    gradients = tf.gradients(loss, [x] + trained)
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        values = sess.run([results, [g for g in gradients if g is not None]], feed)
    recorded = {"outputs": structure(outputs), "state": structure(state),
                "variables": variables(tf.global_variables()), "trainable": variables(trained)}
    recorded.update(("result %02d" % k, value) for k, value in enumerate(values[0]))
    found = iter(values[1])
    for name, gradient in zip(["x"] + [v.name for v in trained], gradients):
        value = None if gradient is None else next(found)
        if hasattr(value, "values"):  # of an embedding: which rows, and their gradients
            recorded["gradient of %s, rows" % name] = value.indices
            value = value.values
        recorded["gradient of " + name] = value
    return recorded


def _static_shape(tensor):
    shape = [size if size is not None else BATCH for size in tensor.shape.as_list()]
    return shape or (1,)


def one_step(tf, cell, x=None):
    """Call `cell` twice, from the zero state; the second call must find the first one's variables."""
    x = tf.constant(sequence()) if x is None else x
    first, second = (x[0], x[1]) if isinstance(x, (tuple, list)) else (x[:, 0], x[:, 1])
    zero = cell.zero_state(BATCH, tf.float32)
    output, state = cell(first, zero)
    other_output, state = cell(second, state)
    recorded = record(tf, x[0] if isinstance(x, (tuple, list)) else x, [output, other_output], state)
    recorded["zero state"] = structure(zero)
    recorded["sizes"] = repr((cell.state_size, cell.output_size))
    return recorded


def dynamic(tf, cell, x=None, **how):
    """Run `cell` under dynamic_rnn, over sequences of unequal length."""
    x = tf.constant(sequence()) if x is None else x
    how.setdefault("sequence_length", LENGTHS)
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, **how)
    return record(tf, x, outputs, state)


def static(tf, cell, x=None, **how):
    """Run `cell` under static_rnn."""
    x = tf.constant(sequence()) if x is None else x
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32, **how)
    return record(tf, x, outputs, state)


def each_way(tf, make_cell, ways=(one_step, dynamic)):
    """Record a new cell in a graph of its own for each of `ways`."""
    recorded = {}
    for way in ways:
        with tf.Graph().as_default():
            recorded.update(("%s: %s" % (way.__name__, key), value)
                            for key, value in way(tf, make_cell()).items())
    return recorded


def error(action, *args, **kwargs):
    """The type of the error that `action` raises; its words are each version's own."""
    try:
        action(*args, **kwargs)
    except Exception as problem:  # the case records which one
        return type(problem).__name__
    return "no error"


def module(path):
    """The module that TensorFlow 1.15 has at `path`, or ours that stands for it."""
    try:
        from legacy_graph.runner.imports import find_module
    except ImportError:
        return importlib.import_module(path)
    return find_module(path)
