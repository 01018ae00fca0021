# One-hot characters, dynamic_rnn, contrib.layers.fully_connected, contrib.seq2seq.sequence_loss.
import numpy as np
import tensorflow as tf

tf.set_random_seed(777)
sample = " if you want you"
idx2char = sorted(set(sample))
char2idx = {c: i for i, c in enumerate(idx2char)}
num_classes = hidden_size = len(idx2char)
sequence_length = len(sample) - 1
sample_idx = [char2idx[c] for c in sample]

X = tf.placeholder(tf.int32, [None, sequence_length])
Y = tf.placeholder(tf.int32, [None, sequence_length])
x_one_hot = tf.one_hot(X, num_classes)
cell = tf.contrib.rnn.BasicLSTMCell(num_units=hidden_size, state_is_tuple=True)
outputs, _states = tf.nn.dynamic_rnn(cell, x_one_hot, dtype=tf.float32)
X_for_fc = tf.reshape(outputs, [-1, hidden_size])
outputs = tf.contrib.layers.fully_connected(X_for_fc, num_classes, activation_fn=None)
outputs = tf.reshape(outputs, [1, sequence_length, num_classes])
weights = tf.ones([1, sequence_length])
loss = tf.reduce_mean(tf.contrib.seq2seq.sequence_loss(logits=outputs, targets=Y, weights=weights))
train = tf.train.AdamOptimizer(learning_rate=0.1).minimize(loss)
prediction = tf.argmax(outputs, axis=2)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(30):
        l, _ = sess.run([loss, train], feed_dict={X: [sample_idx[:-1]], Y: [sample_idx[1:]]})
        if i % 10 == 0:
            result = sess.run(prediction, feed_dict={X: [sample_idx[:-1]]})
            print(i, "loss:", l, "Prediction:", ''.join(idx2char[c] for c in np.squeeze(result)))
