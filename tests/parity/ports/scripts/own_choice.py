"""A decoder that reads what it chose itself, by tf.nn.raw_rnn; its encoder has one cell for both directions."""

import numpy as np
import tensorflow as tf

SYMBOLS, UNITS, MORE = 7, 6, 2

words = tf.placeholder(tf.int32, [None, None], name="words")  # (time, batch)
lengths = tf.placeholder(tf.int32, [None], name="lengths")
targets = tf.placeholder(tf.int32, [None, None], name="targets")
table = tf.get_variable("table", [SYMBOLS, UNITS])
cell = tf.nn.rnn_cell.LSTMCell(UNITS)
_, states = tf.nn.bidirectional_dynamic_rnn(
    cell, cell, tf.nn.embedding_lookup(table, words), lengths, dtype=tf.float32, time_major=True
)
start = tf.nn.rnn_cell.LSTMStateTuple(*(tf.concat([one, other], 1) for one, other in zip(*states)))
weights, bias = tf.get_variable("weights", [2 * UNITS, SYMBOLS]), tf.get_variable("bias", [SYMBOLS])


def loop(time, output, state, _):
    finished = time >= lengths + MORE
    if output is None:
        first = tf.nn.embedding_lookup(table, tf.ones_like(lengths))
        return finished, first, start, None, None

    def choice():
        return tf.nn.embedding_lookup(table, tf.argmax(tf.matmul(output, weights) + bias, 1))

    padding = tf.nn.embedding_lookup(table, tf.zeros_like(lengths))
    return finished, tf.cond(tf.reduce_all(finished), lambda: padding, choice), state, output, None


array, _, _ = tf.nn.raw_rnn(tf.nn.rnn_cell.LSTMCell(2 * UNITS), loop)
outputs = array.stack()
steps, batch, _ = tf.unstack(tf.shape(outputs))
logits = tf.matmul(tf.reshape(outputs, [-1, 2 * UNITS]), weights) + bias
logits = tf.reshape(logits, [steps, batch, SYMBOLS])
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=tf.one_hot(targets, SYMBOLS), logits=logits))
train = tf.train.AdamOptimizer(0.01).minimize(loss)

random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(10):
        longest = 3 + step % 3
        given = random.randint(2, SYMBOLS, (longest, 5))
        answers = np.concatenate([given, np.ones((MORE, 5))])
        feed = {words: given, lengths: [longest, 2, 3, 1, longest], targets: answers}
        print(session.run([loss, train], feed)[0])
