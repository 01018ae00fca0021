# A TensorFlow 1 script to be ported: convolutions of tf.layers with batch normalization, is_training fed; Momentum, L2.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 8, 8, 2], name="x")
y = tf.placeholder(tf.int64, [None], name="y")
training = tf.placeholder(tf.bool, [], name="is_training")
l2 = tf.contrib.layers.l2_regularizer(0.01)
h = tf.layers.conv2d(x, 4, 3, padding="same", use_bias=False, kernel_regularizer=l2)
h = tf.nn.relu(tf.layers.batch_normalization(h, training=training, momentum=0.9))
h = tf.layers.average_pooling2d(h, 2, 2)
h = tf.layers.conv2d(h, 5, 3, activation=tf.nn.elu)
h = tf.layers.dropout(tf.layers.flatten(h), 0.3, training=training)
logits = tf.layers.dense(h, 3, kernel_regularizer=l2)
loss = tf.losses.sparse_softmax_cross_entropy(y, logits) + tf.losses.get_regularization_loss()
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        feed = {x: random.rand(8, 8, 8, 2), y: random.randint(3, size=8), training: True}
        print(session.run([loss, train], feed)[0])
