# A TensorFlow 1 script to be ported: words, an LSTM that stops at each sentence's length, dropout, Adam.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
words = tf.placeholder(tf.int32, [None, 5], name="words")
lengths = tf.placeholder(tf.int32, [None], name="lengths")
topics = tf.placeholder(tf.int32, [None], name="topics")
keep_prob = tf.placeholder(tf.float32, [], name="keep_prob")
vectors = tf.nn.embedding_lookup(tf.get_variable("embedding", [9, 4]), words)
cell = tf.contrib.rnn.DropoutWrapper(tf.contrib.rnn.LSTMCell(6), output_keep_prob=keep_prob)
outputs, state = tf.nn.dynamic_rnn(cell, vectors, lengths, dtype=tf.float32)
dropped = tf.nn.dropout(state.h, keep_prob)
logits = tf.layers.dense(dropped, 3, name="readout")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=topics, logits=logits))
train = tf.train.AdamOptimizer(0.01).minimize(loss)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(8):
        feed = {
            words: random.randint(9, size=(16, 5)),
            lengths: random.randint(1, 6, size=16),
            topics: random.randint(3, size=16),
            keep_prob: 0.8,
        }
        print(session.run([loss, train], feed)[0])
