"""Section 5: one LSTM reads a digit's rows downwards, another upwards; `output[-1]` is classified.

A TensorFlow 1 program as its authors would have written it. Its twin is
`keras_port/bi_lstm.py`. `output[-1]` joins the two directions' outputs *at the last row*: the
forward cell has read all 28 rows by then, the backward cell just that one.
"""

from legacy_graph import tf1 as tf
from legacy_graph.program import Program


def bi_rnn(images, w, b, units):
    """Return the logits, (batch, 10), of `images`, (batch, rows, columns)."""
    rows, columns = images.shape[1:].as_list()
    x = tf.transpose(images, [1, 0, 2])                       # (rows, batch, columns)
    x = tf.reshape(x, [-1, columns])                          # (rows * batch, columns)
    x = tf.split(x, rows)                                     # rows x (batch, columns)
    with tf.variable_scope("BiRNN", reuse=tf.AUTO_REUSE):
        fw_cell = tf.contrib.rnn.BasicLSTMCell(units, forget_bias=1.0, state_is_tuple=True)
        bw_cell = tf.contrib.rnn.BasicLSTMCell(units, forget_bias=1.0, state_is_tuple=True)
        output, _, _ = tf.contrib.rnn.static_bidirectional_rnn(fw_cell, bw_cell, x, dtype=tf.float32)
    return tf.nn.bias_add(tf.matmul(output[-1], w), b)        # output[-1]: (batch, 2 * units)


def build(units=256, batch_size=None, learning_rate=0.001, rows=28, columns=28, classes=10):
    """Build the program in the default graph and return its Program.

    Any batch size can be fed; the argument exists so that all three builders have the same signature.
    """
    x = tf.placeholder(tf.float32, [None, rows, columns])
    y = tf.placeholder(tf.float32, [None, classes])
    with tf.variable_scope("out", reuse=tf.AUTO_REUSE):
        w = tf.Variable(tf.truncated_normal([2 * units, classes], stddev=0.1))
        b = tf.get_variable("biases", [classes], initializer=tf.constant_initializer(0.1))
    with tf.variable_scope("train_op", reuse=tf.AUTO_REUSE):
        pred = bi_rnn(x, w, b, units)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=pred, labels=y))
        train_op = tf.train.AdamOptimizer(learning_rate).minimize(loss)
    correct_pred = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
    accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))
    return Program(x, y, pred, loss, train_op, accuracy)
