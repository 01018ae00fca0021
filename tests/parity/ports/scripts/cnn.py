# A TensorFlow 1 script to be ported: a convolutional network in tf.nn, as tutorials wrote it; RMSProp, a decaying rate.
import numpy as np
import tensorflow as tf


def weight(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1))


tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 64])
y = tf.placeholder(tf.float32, [None, 3])
keep_prob = tf.placeholder(tf.float32)
h = tf.reshape(x, [-1, 8, 8, 1])
h = tf.nn.relu(tf.nn.conv2d(h, weight([3, 3, 1, 4]), strides=[1, 1, 1, 1], padding="SAME") + weight([4]))
h = tf.nn.max_pool(h, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
h = tf.nn.relu(tf.nn.conv2d(h, weight([3, 3, 4, 6]), strides=[1, 1, 1, 1], padding="VALID") + weight([6]))
h = tf.reshape(h, [-1, 2 * 2 * 6])
h = tf.nn.dropout(tf.nn.relu(tf.matmul(h, weight([24, 10])) + weight([10])), keep_prob)
prediction = tf.nn.softmax(tf.matmul(h, weight([10, 3])) + weight([3]))
loss = tf.reduce_mean(-tf.reduce_sum(y * tf.log(prediction), 1))
train = tf.train.GradientDescentOptimizer(0.05).minimize(loss)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        feed = {x: random.rand(8, 64), y: np.eye(3)[random.randint(3, size=8)], keep_prob: 0.75}
        print(session.run([loss, train], feed)[0])
