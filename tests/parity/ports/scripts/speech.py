"""A bidirectional LSTM that reads sounds and is trained by tf.nn.ctc_loss to spell them.

Labels are fed as a SparseTensor, or as rows with `speech.py rows`.
"""

import sys

import numpy as np
import tensorflow as tf

FEATURES, UNITS, LETTERS = 6, 16, 5
ROWS = sys.argv[1:] == ["rows"]

sounds = tf.placeholder(tf.float32, [None, None, FEATURES], name="sounds")
lengths = tf.placeholder(tf.int32, [None], name="lengths")
if ROWS:
    rows = tf.placeholder(tf.int32, [None, None], name="rows")
    spelling = tf.contrib.layers.dense_to_sparse(rows, eos_token=-1)
else:
    spelling = tf.sparse_placeholder(tf.int32, name="spelling")
cells = [tf.nn.rnn_cell.LSTMCell(UNITS) for _ in range(2)]
outputs, _ = tf.nn.bidirectional_dynamic_rnn(*cells, sounds, lengths, dtype=tf.float32)
logits = tf.layers.dense(tf.concat(outputs, 2), LETTERS + 1)
logits = tf.transpose(logits, [1, 0, 2])
loss = tf.reduce_mean(tf.nn.ctc_loss(spelling, logits, lengths))
train = tf.train.AdamOptimizer(0.01).minimize(loss)
decoded, _ = tf.nn.ctc_greedy_decoder(logits, lengths)
errors = tf.reduce_mean(tf.edit_distance(tf.cast(decoded[0], tf.int32), spelling))

random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(10):
        longest = 9 + step % 3
        words = [random.randint(0, LETTERS, random.randint(1, 4)) for _ in range(4)]
        indices = [(row, place) for row, word in enumerate(words) for place in range(len(word))]
        values = np.concatenate(words)
        feed = {
            sounds: random.randn(4, longest, FEATURES),
            lengths: [longest, longest - 1, 8, 7],
        }
        if ROWS:
            feed[rows] = np.full((4, 3), -1)
            feed[rows][tuple(np.transpose(indices))] = values
        else:
            feed[spelling] = indices, values, (4, max(map(len, words)))
        print(*session.run([loss, errors, train], feed)[:2])
