# LSTM over the rows of MNIST digits: dynamic_rnn, zero_state, feed_dict, Adam.
from __future__ import print_function
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

tf.set_random_seed(1)
mnist = input_data.read_data_sets("MNIST_data", one_hot=True)

lr, batch_size, n_inputs, n_steps, n_hidden, n_classes = 0.01, 64, 28, 28, 24, 10
x = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
y = tf.placeholder(tf.float32, [None, n_classes])
weights = {"in": tf.Variable(tf.random_normal([n_inputs, n_hidden])),
           "out": tf.Variable(tf.random_normal([n_hidden, n_classes]))}
biases = {"in": tf.Variable(tf.constant(0.1, shape=[n_hidden])),
          "out": tf.Variable(tf.constant(0.1, shape=[n_classes]))}


def RNN(X, weights, biases):
    X = tf.reshape(X, [-1, n_inputs])
    X_in = tf.matmul(X, weights["in"]) + biases["in"]
    X_in = tf.reshape(X_in, [-1, n_steps, n_hidden])
    cell = tf.contrib.rnn.BasicLSTMCell(n_hidden, forget_bias=1.0, state_is_tuple=True)
    init_state = cell.zero_state(batch_size, dtype=tf.float32)
    outputs, final_state = tf.nn.dynamic_rnn(cell, X_in, initial_state=init_state, time_major=False)
    return tf.matmul(final_state[1], weights["out"]) + biases["out"]


pred = RNN(x, weights, biases)
cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=pred, labels=y))
train_op = tf.train.AdamOptimizer(lr).minimize(cost)
correct_pred = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(12):
        batch_xs, batch_ys = mnist.train.next_batch(batch_size)
        batch_xs = batch_xs.reshape([batch_size, n_steps, n_inputs])
        sess.run([train_op], feed_dict={x: batch_xs, y: batch_ys})
        if step % 4 == 0:
            print(step, sess.run([cost, accuracy], feed_dict={x: batch_xs, y: batch_ys}))
for v in tf.global_variables():
    print(v.name, v.shape)
