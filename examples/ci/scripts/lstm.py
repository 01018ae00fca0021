"""An LSTM reads a digit's 28 rows; its last h is classified. Prints loss and accuracy."""

import argparse

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=20)
steps = parser.parse_args().steps
batch_size, rows, columns, units, classes = 128, 28, 28, 128, 10

tf.set_random_seed(1)
mnist = input_data.read_data_sets("MNIST_data", one_hot=True)
x = tf.placeholder(tf.float32, [None, rows, columns])
y = tf.placeholder(tf.float32, [None, classes])
w_in = tf.Variable(tf.random_normal([columns, units]))
w_out = tf.Variable(tf.random_normal([units, classes]))
b_in = tf.Variable(tf.constant(0.1, shape=[units]))
b_out = tf.Variable(tf.constant(0.1, shape=[classes]))

projected = tf.reshape(tf.matmul(tf.reshape(x, [-1, columns]), w_in) + b_in, [-1, rows, units])
cell = tf.contrib.rnn.BasicLSTMCell(units, forget_bias=1.0, state_is_tuple=True)
outputs, state = tf.nn.dynamic_rnn(cell, projected, initial_state=cell.zero_state(batch_size, tf.float32))
logits = tf.matmul(state[1], w_out) + b_out
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(logits=logits, labels=y))
train = tf.train.AdamOptimizer(0.001).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1)), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(steps):
        images, labels = mnist.train.next_batch(batch_size)
        feed = {x: images.reshape(batch_size, rows, columns), y: labels}
        value, _ = sess.run([loss, train], feed)
        if step % 5 == 0:
            print("step %d loss %.4f accuracy %.4f" % (step, value, sess.run(accuracy, feed)))
