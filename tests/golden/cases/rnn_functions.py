"""The functions of contrib.rnn: static, bidirectional, stacked, with saved state; the utilities."""

from _rnn_tools import BATCH, LENGTHS, TIME, WIDTH, error, record, sequence
from _tools import structure

SUBJECTS = {
    "static_rnn": ["static_rnn"],
    "static_rnn_lengths_and_scope": ["static_rnn"],
    "static_bidirectional_rnn": ["static_bidirectional_rnn"],
    "static_bidirectional_rnn_lengths": ["static_bidirectional_rnn"],
    "stack_bidirectional_rnn": ["stack_bidirectional_rnn"],
    "stack_bidirectional_rnn_states": ["stack_bidirectional_rnn"],
    "stack_bidirectional_dynamic_rnn": ["stack_bidirectional_dynamic_rnn"],
    "stack_bidirectional_dynamic_rnn_states": ["stack_bidirectional_dynamic_rnn"],
    "static_state_saving_rnn": ["static_state_saving_rnn"],
    "transpose_batch_time": ["transpose_batch_time"],
    "best_effort_input_batch_size": ["best_effort_input_batch_size"],
    "names": ["LayerRNNCell", "RNNCell"],
    "errors": ["static_rnn", "static_bidirectional_rnn", "stack_bidirectional_rnn",
               "stack_bidirectional_dynamic_rnn", "static_state_saving_rnn"],
}


def _inputs(tf):
    x = tf.constant(sequence())
    return x, tf.unstack(x, axis=1)


def _lstm(tf, units=3):
    return tf.contrib.rnn.BasicLSTMCell(units)


def static_rnn(tf):
    x, rows = _inputs(tf)
    return record(tf, x, *tf.contrib.rnn.static_rnn(_lstm(tf), rows, dtype=tf.float32))


def static_rnn_lengths_and_scope(tf):
    x, rows = _inputs(tf)
    cell = tf.contrib.rnn.MultiRNNCell([_lstm(tf), tf.contrib.rnn.GRUCell(2)])
    start = cell.zero_state(BATCH, tf.float32)
    return record(tf, x, *tf.contrib.rnn.static_rnn(
        cell, rows, initial_state=start, sequence_length=tf.constant(LENGTHS), scope="unrolled"))


def static_bidirectional_rnn(tf):
    x, rows = _inputs(tf)
    outputs, forward, backward = tf.contrib.rnn.static_bidirectional_rnn(
        _lstm(tf), _lstm(tf, 2), rows, dtype=tf.float32)
    return record(tf, x, outputs, (forward, backward))


def static_bidirectional_rnn_lengths(tf):
    x, rows = _inputs(tf)
    cells = _lstm(tf), tf.contrib.rnn.GRUCell(2)
    starts = [cell.zero_state(BATCH, tf.float32) for cell in cells]
    outputs, forward, backward = tf.contrib.rnn.static_bidirectional_rnn(
        cells[0], cells[1], rows, initial_state_fw=starts[0], initial_state_bw=starts[1],
        sequence_length=LENGTHS, scope="both")
    return record(tf, x, outputs, (forward, backward))


def stack_bidirectional_rnn(tf):
    x, rows = _inputs(tf)
    outputs, forward, backward = tf.contrib.rnn.stack_bidirectional_rnn(
        [_lstm(tf), _lstm(tf, 2)], [_lstm(tf), _lstm(tf, 2)], rows, dtype=tf.float32)
    return record(tf, x, outputs, (forward, backward))


def stack_bidirectional_rnn_states(tf):
    x, rows = _inputs(tf)
    forward, backward = [_lstm(tf), _lstm(tf)], [tf.contrib.rnn.GRUCell(2), _lstm(tf, 2)]
    outputs, forward, backward = tf.contrib.rnn.stack_bidirectional_rnn(
        forward, backward, rows, sequence_length=LENGTHS, scope="deep", dtype=tf.float32,
        initial_states_fw=[cell.zero_state(BATCH, tf.float32) for cell in forward])
    return record(tf, x, outputs, (forward, backward))


def stack_bidirectional_dynamic_rnn(tf):
    x, _ = _inputs(tf)
    outputs, forward, backward = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        [_lstm(tf), _lstm(tf, 2)], [_lstm(tf), _lstm(tf, 2)], x, dtype=tf.float32,
        sequence_length=LENGTHS)
    return record(tf, x, outputs, (forward, backward))


def stack_bidirectional_dynamic_rnn_states(tf):
    x = tf.constant(sequence((TIME, BATCH, WIDTH)))
    cells = [_lstm(tf), _lstm(tf)], [tf.contrib.rnn.GRUCell(2), _lstm(tf, 2)]
    starts = [[cell.zero_state(BATCH, tf.float32) for cell in way] for way in cells]
    outputs, forward, backward = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        cells[0], cells[1], x, starts[0], starts[1], time_major=True, parallel_iterations=1,
        swap_memory=True, scope="deep")
    return record(tf, x, outputs, (forward, backward))


class _Saver(object):
    """What static_state_saving_rnn asks of a state saver; it remembers what was saved."""

    def __init__(self, tf, sizes):
        self._tf, self._sizes, self.saved = tf, sizes, {}

    def state(self, name):
        return self._tf.constant(sequence((BATCH, self._sizes[name]), len(name)))

    def save_state(self, name, value):
        self.saved[name] = value
        return self._tf.identity(value, name="save_" + name)


def static_state_saving_rnn(tf):
    recorded = {}
    for kind in "gru", "lstm", "stack":
        with tf.Graph().as_default():
            x, rows = _inputs(tf)
            gru, saver = tf.contrib.rnn.GRUCell(3), _Saver(tf, {"c": 3, "hh": 3, "top": 2})
            cell, names = {
                "gru": (gru, "hh"), "lstm": (_lstm(tf), ("c", "hh")),
                "stack": (tf.contrib.rnn.MultiRNNCell([_lstm(tf), tf.contrib.rnn.GRUCell(2)]),
                          ("c", "hh", "top"))}[kind]
            if kind == "stack":
                recorded[kind] = error(
                    tf.contrib.rnn.static_state_saving_rnn, cell, rows, saver, ("c", "hh"))
            outputs, state = tf.contrib.rnn.static_state_saving_rnn(
                cell, rows, saver, names, sequence_length=LENGTHS if kind == "lstm" else None)
            values = record(tf, x, outputs, state)
            values["saved"] = structure(saver.saved)
            recorded.update(("%s: %s" % (kind, key), value) for key, value in values.items())
    return recorded


def transpose_batch_time(tf):
    swap = tf.contrib.rnn.transpose_batch_time
    x, vector = tf.constant(sequence((2, 3, 4))), tf.constant([1.0, 2.0])
    unknown = tf.placeholder(tf.float32, [None, 3, 4])
    with tf.Session() as sess:
        return {"swapped": sess.run(swap(x)), "vector": sess.run(swap(vector)),
                "unknown": structure(swap(unknown)),
                "unknown rank": error(swap, tf.placeholder(tf.float32))}


def best_effort_input_batch_size(tf):
    size = tf.contrib.rnn.best_effort_input_batch_size
    known = tf.placeholder(tf.float32, [7, 5, 2])
    unknown = tf.placeholder(tf.float32, [None, None, 2])
    return {"known": str(size([unknown, known])), "unknown": structure(size([unknown])),
            "too flat": error(size, [tf.zeros([3])])}


def names(tf):
    """One class under each of its names, and who is whose child."""
    rnn, core = tf.contrib.rnn, tf.nn.rnn_cell
    shared = ["BasicLSTMCell", "BasicRNNCell", "DeviceWrapper", "DropoutWrapper", "GRUCell", "LSTMCell",
              "LSTMStateTuple", "MultiRNNCell", "RNNCell", "ResidualWrapper"]
    cells = [name for name in dir(rnn) if isinstance(getattr(rnn, name), type)
             and issubclass(getattr(rnn, name), rnn.RNNCell)]
    layer_cells = [name for name in cells if issubclass(getattr(rnn, name), rnn.LayerRNNCell)]
    return {"one class": [getattr(rnn, name) is getattr(core, name) for name in shared],
            "cells": cells, "layer cells": layer_cells}


def errors(tf):
    rnn, (x, rows), cell = tf.contrib.rnn, _inputs(tf), _lstm(tf)
    deep, deep_dynamic = rnn.stack_bidirectional_rnn, rnn.stack_bidirectional_dynamic_rnn
    found = {
        "static, no list": error(rnn.static_rnn, cell, x, dtype=tf.float32),
        "static, empty list": error(rnn.static_rnn, cell, [], dtype=tf.float32),
        "static, no dtype": error(rnn.static_rnn, cell, rows),
        "static, no cell": error(rnn.static_rnn, 5, rows, dtype=tf.float32),
        "both, no list": error(rnn.static_bidirectional_rnn, cell, cell, x, dtype=tf.float32),
        "both, no cell": error(rnn.static_bidirectional_rnn, cell, 5, rows, dtype=tf.float32),
        "saving, other names": error(rnn.static_state_saving_rnn, cell, rows, None, "c")}
    for name, function, inputs in ("deep", deep, rows), ("dynamic", deep_dynamic, x):
        found.update({
            name + ", no forward cells": error(function, [], [cell], inputs, dtype=tf.float32),
            name + ", no backward cells": error(function, [cell], [], inputs, dtype=tf.float32),
            name + ", no list": error(function, cell, [cell], inputs, dtype=tf.float32),
            name + ", no backward list": error(function, [cell], (cell,), inputs, dtype=tf.float32),
            name + ", unequal": error(function, [cell], [cell] * 2, inputs, dtype=tf.float32),
            name + ", no list of states": error(
                function, [cell], [cell], inputs, cell.zero_state(3, tf.float32)),
            name + ", too many states": error(
                function, [cell], [cell], inputs, None, [None, None], dtype=tf.float32)})
    return found
