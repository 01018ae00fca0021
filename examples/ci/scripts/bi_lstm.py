"""Two LSTMs read a digit's rows, one downwards and one upwards; the outputs at the last row are classified."""

import argparse

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=20)
steps = parser.parse_args().steps
batch_size, rows, columns, units, classes = 128, 28, 28, 256, 10

tf.set_random_seed(1)
mnist = input_data.read_data_sets("MNIST_data", one_hot=True)
x = tf.placeholder(tf.float32, [None, rows, columns])
y = tf.placeholder(tf.float32, [None, classes])
w = tf.Variable(tf.truncated_normal([2 * units, classes], stddev=0.1))
b = tf.get_variable("biases", [classes], initializer=tf.constant_initializer(0.1))

by_row = tf.split(tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, columns]), rows)
with tf.variable_scope("BiRNN", reuse=tf.AUTO_REUSE):
    downwards = tf.contrib.rnn.BasicLSTMCell(units, forget_bias=1.0, state_is_tuple=True)
    upwards = tf.contrib.rnn.BasicLSTMCell(units, forget_bias=1.0, state_is_tuple=True)
    outputs, _, _ = tf.contrib.rnn.static_bidirectional_rnn(downwards, upwards, by_row, dtype=tf.float32)
logits = tf.nn.bias_add(tf.matmul(outputs[-1], w), b)
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(logits=logits, labels=y))
train = tf.train.AdamOptimizer(0.001).minimize(loss)
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), tf.argmax(y, 1)), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, steps + 1):
        images, labels = mnist.train.next_batch(batch_size)
        feed = {x: images.reshape(batch_size, rows, columns), y: labels}
        value, _ = sess.run([loss, train], feed)
        if step % 5 == 0:
            print("step %d loss %.4f accuracy %.4f" % (step, value, sess.run(accuracy, feed)))
