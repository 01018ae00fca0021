# tf.contrib.layers, tf.layers, tf.contrib.framework and slim; optimize_loss with a learning rate decay.
import numpy as np
import tensorflow as tf
import tensorflow.contrib.layers as layers
import tensorflow.contrib.slim as slim
from tensorflow.contrib.framework import arg_scope, get_or_create_global_step
from tensorflow.contrib.layers import xavier_initializer, l2_regularizer

tf.set_random_seed(10)
data = np.random.RandomState(3).rand(6, 4, 4, 1).astype("float32")
answers = np.arange(6) % 3
images = tf.placeholder(tf.float32, [None, 4, 4, 1])
labels = tf.placeholder(tf.int64, [None])
is_training = tf.placeholder_with_default(True, [])

with arg_scope([layers.conv2d], padding="SAME", weights_regularizer=l2_regularizer(0.01)):
    net = layers.conv2d(images, 3, 3, scope="conv1")
net = tf.layers.max_pooling2d(net, 2, 2)
net = layers.batch_norm(net, is_training=is_training, updates_collections=None)
net = layers.flatten(net)
net = slim.fully_connected(net, 6, activation_fn=tf.tanh, weights_initializer=xavier_initializer())
net = layers.layer_norm(net)
net = tf.layers.dense(net, 5, activation=tf.nn.relu, kernel_initializer=tf.truncated_normal_initializer(stddev=0.3))
net = tf.layers.dropout(net, 0.0, training=is_training)
logits = layers.linear(net, 3)
one_hot = layers.one_hot_encoding(labels, 3)
loss = tf.losses.softmax_cross_entropy(one_hot, logits) + tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
step = get_or_create_global_step()
train_op = layers.optimize_loss(
    loss, step, learning_rate=0.1, optimizer="SGD", clip_gradients=1.0,
    learning_rate_decay_fn=lambda lr, s: tf.train.exponential_decay(lr, s, 5, 0.5))
words = layers.embed_sequence(tf.constant([[0, 1], [2, 1]]), vocab_size=3, embed_dim=2)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(words).round(4).tolist())
    for i in range(9):
        value, at = sess.run([train_op, step], {images: data, labels: answers})
        if i % 4 == 0:
            print("%d %.3f" % (at, value))
for v in tf.global_variables():
    print(v.op.name, v.shape)
