# Two networks trained in turn by optimizers of their own, each with its var_list.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
real = tf.placeholder(tf.float32, [None, 3], name="real")
noise = tf.placeholder(tf.float32, [None, 2], name="noise")


def judge(x):
    with tf.variable_scope("judge", reuse=tf.AUTO_REUSE):
        return tf.layers.dense(tf.layers.dense(x, 8, tf.nn.relu, name="hidden"), 1, name="readout")


with tf.variable_scope("painter"):
    painted = tf.layers.dense(tf.layers.dense(noise, 8, tf.nn.relu, name="hidden"), 3, name="picture")
judged, judged_painted = judge(real), judge(painted)
cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits
judge_loss = tf.reduce_mean(cross_entropy(logits=judged, labels=tf.ones_like(judged))) + tf.reduce_mean(
    cross_entropy(logits=judged_painted, labels=tf.zeros_like(judged_painted))
)
painter_loss = tf.reduce_mean(cross_entropy(logits=judged_painted, labels=tf.ones_like(judged_painted)))
variables = tf.trainable_variables()
train_judge = tf.train.AdamOptimizer(0.01).minimize(
    judge_loss, var_list=[variable for variable in variables if variable.name.startswith("judge")]
)
train_painter = tf.train.AdamOptimizer(0.01).minimize(
    painter_loss, var_list=[variable for variable in variables if variable.name.startswith("painter")]
)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(24):
        feed = {real: random.normal(size=(16, 3)), noise: random.normal(size=(16, 2))}
        session.run([train_judge, judge_loss], feed)
        print(session.run([train_painter, painter_loss], feed)[1])
