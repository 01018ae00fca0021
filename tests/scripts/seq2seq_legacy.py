# Sequence to sequence as of 2016: lists of steps, feed_previous, weights for each step.
import numpy as np
import tensorflow as tf

seq2seq = tf.contrib.legacy_seq2seq
tf.set_random_seed(9)
np.random.seed(9)
length, vocab, units, batch = 4, 7, 10, 5

enc_inp = [tf.placeholder(tf.int32, shape=(None,), name="inp%i" % t) for t in range(length)]
labels = [tf.placeholder(tf.int32, shape=(None,), name="labels%i" % t) for t in range(length)]
weights = [tf.ones_like(labels_t, dtype=tf.float32) for labels_t in labels]
dec_inp = [tf.zeros_like(enc_inp[0], dtype=np.int32, name="GO")] + enc_inp[:-1]

cell = tf.nn.rnn_cell.GRUCell(units)
with tf.variable_scope("model"):
    dec_outputs, dec_memory = seq2seq.embedding_rnn_seq2seq(enc_inp, dec_inp, cell, vocab, vocab, 6)
with tf.variable_scope("model", reuse=True):
    fed_outputs, _ = seq2seq.embedding_rnn_seq2seq(enc_inp, dec_inp, tf.nn.rnn_cell.GRUCell(units), vocab, vocab, 6,
                                                   feed_previous=True)
with tf.variable_scope("numbers"):
    steps = [tf.constant(np.random.rand(batch, 2), tf.float32) for _ in range(3)]
    plain, _ = seq2seq.basic_rnn_seq2seq(steps, steps, tf.nn.rnn_cell.BasicLSTMCell(4))
    tied, _ = seq2seq.tied_rnn_seq2seq(steps, steps, tf.nn.rnn_cell.BasicLSTMCell(4))

loss = seq2seq.sequence_loss(dec_outputs, labels, weights, vocab)
train_op = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for t in range(20):
        X = np.array([np.random.choice(vocab, size=(length,), replace=False) for _ in range(batch)]).T
        feed = {enc_inp[t]: X[t] for t in range(length)}
        feed.update({labels[t]: X[t] for t in range(length)})
        _, loss_t = sess.run([train_op, loss], feed)
        if t % 5 == 0:
            print(t, round(float(loss_t), 4))
    print(np.array(sess.run(fed_outputs, feed)).shape, sess.run(plain[-1])[0], sess.run(tied[-1])[0])
print([v.name for v in tf.trainable_variables()])
