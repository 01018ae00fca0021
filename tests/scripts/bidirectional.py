# Bidirectional networks: static, dynamic, and stacked ones.
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

tf.set_random_seed(3)
batch, steps, size, hidden = 4, 5, 3, 6
data = np.random.RandomState(0).randn(batch, steps, size).astype(np.float32)
x = tf.placeholder(tf.float32, [None, steps, size])

with tf.variable_scope("static"):
    fw, bw = rnn.BasicLSTMCell(hidden), rnn.BasicLSTMCell(hidden)
    static_out, fw_state, bw_state = rnn.static_bidirectional_rnn(fw, bw, tf.unstack(x, steps, 1), dtype=tf.float32)
with tf.variable_scope("dynamic"):
    fw, bw = rnn.GRUCell(hidden), rnn.GRUCell(hidden)
    (out_fw, out_bw), states = tf.nn.bidirectional_dynamic_rnn(
        fw, bw, x, sequence_length=[5, 4, 3, 2], dtype=tf.float32)
    dynamic_out = tf.concat([out_fw, out_bw], 2)
with tf.variable_scope("stacked_dynamic"):
    stacked, _, _ = rnn.stack_bidirectional_dynamic_rnn(
        [rnn.LSTMCell(hidden) for _ in range(2)], [rnn.LSTMCell(hidden) for _ in range(2)], x, dtype=tf.float32)
with tf.variable_scope("stacked"):
    stacked_static, _, _ = rnn.stack_bidirectional_rnn(
        [rnn.BasicRNNCell(hidden)], [rnn.BasicRNNCell(hidden)], tf.unstack(x, steps, 1), dtype=tf.float32)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for out in (static_out[-1], dynamic_out, stacked, stacked_static[0]):
        value = sess.run(out, {x: data})
        print(out.shape, value.shape, "%.5f %.5f" % (value.sum(), np.abs(value).sum()))
    print(sess.run(states[1], {x: data})[3])
for v in tf.trainable_variables():
    print(v.op.name, v.get_shape().as_list())
