# The header of scripts that were moved to tensorflow.compat.v1 half way.
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.disable_eager_execution()
import tensorflow as plain

tf.set_random_seed(13)
print(plain.compat.v1.placeholder is tf.placeholder, tf.executing_eagerly())
x = tf.placeholder(tf.float32, (2, 3, 4))
cell = tf.nn.rnn_cell.LSTMCell(5, name="lstm_cell")
outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(state.h, {x: [[[0.1] * 4] * 3] * 2})[0])
print([v.name for v in tf.trainable_variables()])
