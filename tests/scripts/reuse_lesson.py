# variable_scope: what reuse allows, and what it refuses.
import tensorflow as tf


def net(x):
    return tf.nn.dynamic_rnn(tf.contrib.rnn.BasicLSTMCell(3), x, dtype=tf.float32)[0]


x = tf.placeholder(tf.float32, [2, 4, 5])
for reuse in (True, None, None, tf.AUTO_REUSE):
    try:
        with tf.variable_scope("lstm", reuse=reuse):
            net(x)
        print(reuse, "fine:", len(tf.global_variables()))
    except ValueError as error:
        print(reuse, str(error).split("\n")[0].split("Originally")[0])
with tf.variable_scope("a") as scope:
    v = tf.get_variable("v", [1], initializer=tf.constant_initializer(2.0))
    scope.reuse_variables()
    print(tf.get_variable("v", [1]) is v, v.name, tf.get_variable_scope().reuse)
