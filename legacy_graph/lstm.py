"""Section 3: one LSTM reads a digit's 28 rows, top to bottom; its last h is classified.

A TensorFlow 1 program as its authors would have written it. Its twin is `keras_port/lstm.py`.
"""

from legacy_graph import tf1 as tf
from legacy_graph.program import Program


def rnn(images, w, b, units, batch_size, forget_bias=1.0):
    """Return the logits, (batch, 10), of `images`, (batch, rows, columns)."""
    rows, columns = images.shape[1:].as_list()
    pixels = tf.reshape(images, [-1, columns])                # (batch * rows, columns)
    X_in = tf.matmul(pixels, w["in"]) + b["in"]               # (batch * rows, units)
    # Study notes reshape to [-1, input_size, units], which is right only while a digit has as
    # many rows as columns; the second axis is time, so it must be the number of rows.
    X_in = tf.reshape(X_in, [-1, rows, units])                # (batch, rows, units)
    with tf.variable_scope("lstm", reuse=tf.AUTO_REUSE):
        cell = tf.contrib.rnn.BasicLSTMCell(num_units=units, forget_bias=forget_bias, state_is_tuple=True)
        init_state = cell.zero_state(batch_size, dtype=tf.float32)
        outputs, final_state = tf.nn.dynamic_rnn(
            cell, X_in, initial_state=init_state, time_major=False)
    return tf.matmul(final_state[1], w["out"]) + b["out"]     # final_state is (c, h)


def build(units=128, batch_size=128, learning_rate=0.001, rows=28, columns=28, classes=10, forget_bias=1.0):
    """Build the program in the default graph and return its Program.

    The batch size is part of the graph, because `zero_state(batch_size)` is.
    """
    x = tf.placeholder(tf.float32, [None, rows, columns])
    y = tf.placeholder(tf.float32, [None, classes])
    w = {
        "in": tf.Variable(tf.random_normal([columns, units])),
        "out": tf.Variable(tf.random_normal([units, classes])),
    }
    b = {
        "in": tf.Variable(tf.constant(0.1, shape=[units])),
        "out": tf.Variable(tf.constant(0.1, shape=[classes])),
    }
    with tf.variable_scope("train_op", reuse=tf.AUTO_REUSE):
        pred = rnn(x, w, b, units, batch_size, forget_bias)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=pred, labels=y))
        train_op = tf.train.AdamOptimizer(learning_rate).minimize(loss)
    correct_pred = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))
    return Program(x, y, pred, loss, train_op, accuracy)
