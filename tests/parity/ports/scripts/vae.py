# A TensorFlow 1 script to be ported: a variational autoencoder, which draws noise whenever it runs; Adam.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 12], name="x")
h = tf.layers.dense(x, 8, tf.nn.softplus)
mean, log_variance = tf.layers.dense(h, 3), tf.layers.dense(h, 3)
z = mean + tf.exp(log_variance / 2) * tf.random_normal(tf.shape(mean))
decoded = tf.layers.dense(tf.layers.dense(z, 8, tf.nn.softplus), 12)
reconstruction = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(logits=decoded, labels=x), 1)
divergence = -0.5 * tf.reduce_sum(1 + log_variance - tf.square(mean) - tf.exp(log_variance), 1)
cost = tf.reduce_mean(reconstruction + divergence)
train = tf.train.AdamOptimizer(0.01).minimize(cost)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        print(session.run([cost, train], {x: random.rand(8, 12)})[0])
