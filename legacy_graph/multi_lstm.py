"""Section 4: a stack of LSTM layers with dropout; the second layer's last h is classified.

A TensorFlow 1 program as its authors would have written it. Its twin is
`keras_port/multi_lstm.py`. Three things in it are unexpected, and all are kept:

- One cell object is put `layers` times into MultiRNNCell, so the layers share their weights.
- DropoutWrapper's second argument is the *input* keep probability. Every time step and layer
  draws a mask of its own, whenever the graph runs: when accuracy is measured, too.
- `final_state[1][1]` is the h of the second layer. The layers above it are not used.
"""

from legacy_graph import tf1 as tf
from legacy_graph.program import Program


def stacked_rnn(images, w, b, units, batch_size, layers, keep_prob, parallel_iterations=None):
    """Return the logits, (batch, 10), of `images`, (batch, rows, columns)."""
    rows, columns = images.shape[1:].as_list()
    pixels = tf.reshape(images, [-1, columns])                # (batch * rows, columns)
    X_in = tf.matmul(pixels, w["in"]) + b["in"]               # (batch * rows, units)
    X_in = tf.reshape(X_in, [-1, rows, units])                # (batch, rows, units); see lstm.py
    with tf.variable_scope("lstm", reuse=tf.AUTO_REUSE):
        cell = tf.contrib.rnn.BasicLSTMCell(num_units=units, forget_bias=1.0, state_is_tuple=True)
        cell = tf.nn.rnn_cell.DropoutWrapper(cell, keep_prob)
        stack = tf.nn.rnn_cell.MultiRNNCell([cell for _ in range(layers)])
        init_state = stack.zero_state(batch_size, dtype=tf.float32)
        outputs, final_state = tf.nn.dynamic_rnn(
            stack, X_in, initial_state=init_state, time_major=False,
            parallel_iterations=parallel_iterations)
    return tf.matmul(final_state[1][1], w["out"]) + b["out"]  # one (c, h) per layer


def build(units=128, batch_size=128, learning_rate=0.001, layers=3, keep_prob=0.5, rows=28, columns=28,
          classes=10, parallel_iterations=None):
    """Build the program in the default graph and return its Program.

    `parallel_iterations=1` makes its dropout masks repeatable: with TF 1's default of 32 the
    while loop's steps race for the generator, so that runs with the same seed differ.
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
        pred = stacked_rnn(x, w, b, units, batch_size, layers, keep_prob, parallel_iterations)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=pred, labels=y))
        train_op = tf.train.AdamOptimizer(learning_rate).minimize(loss)
    correct_pred = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))
    return Program(x, y, pred, loss, train_op, accuracy)
