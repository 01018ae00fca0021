# A TensorFlow 1 script to be ported: an autoencoder, whose label is its input; weights in dicts; RMSProp.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
x = tf.placeholder("float", [None, 12])
weights = {
    "encoder": tf.Variable(tf.random_normal([12, 5])),
    "decoder": tf.Variable(tf.random_normal([5, 12])),
}
biases = {"encoder": tf.Variable(tf.random_normal([5])), "decoder": tf.Variable(tf.random_normal([12]))}
code = tf.nn.sigmoid(tf.add(tf.matmul(x, weights["encoder"]), biases["encoder"]))
decoded = tf.nn.sigmoid(tf.add(tf.matmul(code, weights["decoder"]), biases["decoder"]))
cost = tf.reduce_mean(tf.pow(x - decoded, 2))
train = tf.train.RMSPropOptimizer(0.01).minimize(cost)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        print(session.run([cost, train], {x: random.rand(8, 12)})[0])
