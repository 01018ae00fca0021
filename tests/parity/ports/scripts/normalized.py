# A TensorFlow 1 script to be ported: a batch normalization with its flag. The bias before it has no effect: the
# gradient of it is rounding and nothing else.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
rng = np.random.RandomState(0)
x = tf.placeholder(tf.float32, [None, 20], name="x")
y = tf.placeholder(tf.int64, [None], name="y")
training = tf.placeholder(tf.bool, name="is_training")
h = tf.layers.batch_normalization(tf.layers.dense(x, 8), training=training)
h = tf.layers.dropout(tf.nn.relu(h), 0.4, training=training)
logits = tf.layers.dense(h, 3, name="logits")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=y))
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train = tf.train.AdamOptimizer(0.01).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(12):
        session.run(train, {x: rng.randn(6, 20), y: rng.randint(0, 3, 6), training: True})
