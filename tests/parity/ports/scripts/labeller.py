# A TensorFlow 1 script to be ported: labels words with a bidirectional LSTM; a masked loss; clipped gradients.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
words = tf.placeholder(tf.int32, [None, None], name="words")
tags = tf.placeholder(tf.int32, [None, None], name="tags")
lengths = tf.placeholder(tf.int32, [None], name="lengths")
keep_prob = tf.placeholder_with_default(1.0, [], name="keep_prob")
with tf.variable_scope("words"):
    table = tf.get_variable("table", [11, 5], initializer=tf.random_uniform_initializer(-1, 1))
    h = tf.nn.dropout(tf.nn.embedding_lookup(table, words), keep_prob)
with tf.variable_scope("bi_lstm"):
    cells = [tf.contrib.rnn.LSTMCell(6, state_is_tuple=True) for _ in range(2)]
    (fw, bw), _ = tf.nn.bidirectional_dynamic_rnn(*cells, inputs=h, sequence_length=lengths, dtype=tf.float32)
    h = tf.concat([fw, bw], axis=-1)
with tf.variable_scope("proj"):
    w = tf.get_variable("W", [12, 4])
    b = tf.get_variable("b", [4], initializer=tf.zeros_initializer())
    steps = tf.shape(h)[1]
    logits = tf.reshape(tf.matmul(tf.reshape(h, [-1, 12]), w) + b, [-1, steps, 4])
losses = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=tags)
loss = tf.reduce_mean(tf.boolean_mask(losses, tf.sequence_mask(lengths)))
optimizer = tf.train.AdamOptimizer(0.01)
gradients, variables = zip(*optimizer.compute_gradients(loss))
gradients, _ = tf.clip_by_global_norm(gradients, 0.1)
train = optimizer.apply_gradients(zip(gradients, variables))
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        feed = {words: random.randint(11, size=(6, 7)), tags: random.randint(4, size=(6, 7)), keep_prob: 0.7}
        feed[lengths] = np.append(random.randint(1, 8, size=5), 7)
        print(session.run([loss, train], feed)[0])
