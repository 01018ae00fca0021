"""Recurrences that scripts write by hand become the layers that compute them, however they are written."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from keras_port.conversion import weight_kinds
from legacy_graph import tf1
from tests.keras_port.translation import graphs

ROWS = np.random.default_rng(0).normal(size=(5, 7, 3)).astype("float32")


def variables(names, shape):
    return [tf.get_variable(name, shape) for name in names.split()]


def zeros(inputs):
    return tf.zeros([tf.shape(inputs["x"])[0], 4])


def lstm_step(x, h, c, sum_of):
    """One step; `sum_of(gate, x, h)` is what a gate computes before its activation."""
    i, f, o = (tf.sigmoid(sum_of(gate, x, h)) for gate in "ifo")
    c = f * c + i * tf.tanh(sum_of("g", x, h))
    return o * tf.tanh(c), c


def separate(gates, order=(0, 1, 2)):
    """Return sum_of for gates with a matrix for the input, one for the state and a bias each, added in this order."""
    w, u, b = (
        dict(zip(gates, variables(" ".join(kind + gate for gate in gates), shape)))
        for kind, shape in (("w", [3, 4]), ("u", [4, 4]), ("b", [4]))
    )

    def sum_of(gate, x, h):
        terms = tf.matmul(x, w[gate]), tf.matmul(h, u[gate]), b[gate]
        first, second, third = (terms[place] for place in order)
        return first + second + third

    return sum_of


def scanned_lstm(inputs):
    """tf.scan carries one tensor: h and c, stacked."""
    sum_of = separate("ifog")
    step = lambda state, x: tf.stack(lstm_step(x, state[0], tf.unstack(state)[1], sum_of))  # noqa: E731
    start = tf.stack([zeros(inputs), zeros(inputs)])
    return {"last": tf.scan(step, tf.transpose(inputs["x"], [1, 0, 2]), start)[-1][0]}


def looped_lstm(inputs):
    """A Python loop, terms of the sums in another order, all outputs read."""
    sum_of, h, c, outputs = separate("ifog", (2, 1, 0)), zeros(inputs), zeros(inputs), []
    for place in range(7):
        h, c = lstm_step(inputs["x"][:, place], h, c, sum_of)
        outputs.append(h)
    return {"last": tf.stack(outputs, 1)}


def joined_lstm(inputs):
    """A matrix for [h; x] for each gate, in a scope of its own."""

    def sum_of(gate, x, h):
        with tf.variable_scope("gate_" + gate, reuse=tf.AUTO_REUSE):
            return tf.matmul(tf.concat([h, x], 1), tf.get_variable("w", [7, 4])) + tf.get_variable("b", [4])

    h, c = zeros(inputs), zeros(inputs)
    for x in tf.unstack(inputs["x"], axis=1):
        h, c = lstm_step(x, h, c, sum_of)
    return {"last": h}


def cells_of_each_step(inputs):
    """The memory of each step is read, which no layer of Keras gives."""
    sum_of = separate("ifog")
    step = lambda state, x: lstm_step(x, *state, sum_of)  # noqa: E731
    h, c = tf.scan(step, tf.transpose(inputs["x"], [1, 0, 2]), (zeros(inputs), zeros(inputs)))
    return {"last": h * c}


def gru(inputs):
    sum_of = separate("zrn")

    def step(h, x):
        z, r = tf.sigmoid(sum_of("z", x, h)), tf.sigmoid(sum_of("r", x, h))
        return z * h + (1.0 - z) * tf.tanh(sum_of("n", x, r * h))

    return {"last": tf.reduce_max(tf.scan(step, tf.transpose(inputs["x"], [1, 0, 2]), zeros(inputs)), 0)}


def other_gru(inputs):
    """Keeps the state by 1 - z, which Keras's GRU does not."""
    sum_of, h = separate("zrn"), zeros(inputs)
    for x in tf.unstack(inputs["x"], axis=1):
        z, r = tf.sigmoid(sum_of("z", x, h)), tf.sigmoid(sum_of("r", x, h))
        h = (1.0 - z) * h + z * tf.tanh(sum_of("n", x, r * h))
    return {"last": h}


def while_loop(inputs):
    """A tf.while_loop that reads the input at its own counter."""
    sum_of = separate("h")
    step = lambda t, h: (t + 1, tf.tanh(sum_of("h", inputs["x"][:, t], h)))  # noqa: E731
    return {"last": tf.while_loop(lambda t, h: t < 7, step, [0, zeros(inputs)])[1]}


def decoder(inputs):
    """Predicts on: each step reads what the one before predicted."""
    cell, [w, b] = tf1.nn.rnn_cell.GRUCell(4), [tf.get_variable("w", [4, 3]), tf.get_variable("b", [3])]
    value, state, outputs = inputs["x"][:, 0], zeros(inputs), []
    with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
        for _ in range(5):
            state = cell(value, state)[1]
            value = tf.matmul(state, w) + b
            outputs.append(value)
    return {"last": tf.stack(outputs, 1)}


def greedy_decoder(inputs):
    """Reads the number of the largest output of the step before."""
    cell, table = tf1.nn.rnn_cell.GRUCell(4), tf.get_variable("table", [4, 3])
    number, state, outputs = tf.argmax(inputs["x"][:, 0], 1), zeros(inputs), []
    with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
        for _ in range(5):
            state = cell(tf.nn.embedding_lookup(table, number), state)[1]
            number = tf.argmax(state, 1)
            outputs.append(state)
    return {"last": tf.stack(outputs, 1)}


STOCK = {
    scanned_lstm: 'layers.LSTM(4, name="lstm")',
    looped_lstm: 'layers.LSTM(4, return_sequences=True, name="lstm")',
    joined_lstm: 'layers.LSTM(4, name="lstm")',
    gru: 'layers.GRU(4, reset_after=False, return_sequences=True, name="gru")',
    while_loop: 'layers.SimpleRNN(4, name="simple_rnn")',
}
GENERATED = (cells_of_each_step, other_gru, decoder, greedy_decoder)


@pytest.mark.parametrize("build", STOCK, ids=lambda build: build.__name__)
def test_a_cell_written_by_hand_becomes_the_stock_layer(build, ported):
    expected, found, text = ported(build, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert STOCK[build] in text and "class" not in text


@pytest.mark.parametrize("build", GENERATED, ids=lambda build: build.__name__)
def test_a_recurrence_that_no_layer_computes_becomes_a_cell(build, ported):
    expected, found, text = ported(build, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("layers.RNN(") == 1 and "layers.LSTM" not in text and "layers.GRU" not in text


@pytest.mark.parametrize("build", [scanned_lstm, gru, joined_lstm], ids=lambda build: build.__name__)
def test_gates_in_another_order_are_noticed(build, tmp_path, monkeypatch):
    expected = graphs.write(tmp_path, build, {"x": ROWS})["last"]
    for kind in ("concat", "joined_kernel"):
        real = weight_kinds.KINDS[kind]
        turned = lambda row, arrays, real=real: real.forward(row, arrays[::-1])  # noqa: E731
        monkeypatch.setitem(weight_kinds.KINDS, kind, real._replace(forward=turned))
    model, _ = graphs.model(tmp_path, ["last"])
    assert np.abs(model.predict(ROWS, verbose=0) - expected).max() > 1e-3
