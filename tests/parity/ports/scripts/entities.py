# A tagger: word vectors that are not trained, both directions, tags that depend on each other, a rate that is fed.
import numpy as np
import tensorflow as tf

tf.set_random_seed(5)
words = tf.placeholder(tf.int32, [None, None], name="words")
tags = tf.placeholder(tf.int32, [None, None], name="tags")
lengths = tf.placeholder(tf.int32, [None], name="lengths")
rate = tf.placeholder(tf.float32, [], name="rate")
vectors = tf.get_variable("vectors", [12, 4], trainable=False)
outputs, _ = tf.nn.bidirectional_dynamic_rnn(
    tf.nn.rnn_cell.LSTMCell(5),
    tf.nn.rnn_cell.LSTMCell(5),
    tf.nn.embedding_lookup(vectors, words),
    lengths,
    dtype=tf.float32,
)
joined = tf.concat(outputs, -1)
rows = tf.matmul(tf.reshape(joined, [-1, 10]), tf.get_variable("w", [10, 3])) + tf.get_variable("b", [3])
scores = tf.reshape(rows, [-1, tf.shape(joined)[1], 3])
likelihood, _ = tf.contrib.crf.crf_log_likelihood(scores, tags, lengths)
train = tf.train.AdamOptimizer(rate).minimize(tf.reduce_mean(-likelihood))
numbers = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(8):
        shape = 6, 5 + step % 3
        session.run(
            train,
            {
                words: numbers.randint(0, 12, shape),
                tags: numbers.randint(0, 3, shape),
                lengths: numbers.randint(1, shape[1] + 1, 6),
                rate: 0.01 * 0.9**step,
            },
        )
