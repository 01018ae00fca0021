# MultiRNNCell, one cell object shared by its layers or one for each, and DropoutWrapper.
import numpy as np
import tensorflow as tf

tf.set_random_seed(4)
batch, steps, size = 3, 4, 5
data = np.random.RandomState(1).rand(batch, steps, size).astype("float32")
x = tf.placeholder(tf.float32, [batch, steps, size])
keep_prob = tf.placeholder_with_default(1.0, [])


def make_cell():
    cell = tf.nn.rnn_cell.LSTMCell(size, state_is_tuple=True)
    return tf.nn.rnn_cell.DropoutWrapper(cell, output_keep_prob=keep_prob)


with tf.variable_scope("own"):
    stack = tf.nn.rnn_cell.MultiRNNCell([make_cell() for _ in range(2)], state_is_tuple=True)
    own, own_state = tf.nn.dynamic_rnn(stack, x, initial_state=stack.zero_state(batch, tf.float32))
with tf.variable_scope("shared", reuse=tf.AUTO_REUSE):
    lstm = tf.contrib.rnn.BasicLSTMCell(size)
    lstm = tf.nn.rnn_cell.DropoutWrapper(lstm, 0.5)
    stack = tf.nn.rnn_cell.MultiRNNCell([lstm] * 3)
    shared, shared_state = tf.nn.dynamic_rnn(stack, x, dtype=tf.float32, parallel_iterations=1)
with tf.variable_scope("variational"):
    cell = tf.contrib.rnn.DropoutWrapper(
        tf.contrib.rnn.GRUCell(size), input_keep_prob=0.8, state_keep_prob=0.7, output_keep_prob=0.9,
        variational_recurrent=True, input_size=size, dtype=tf.float32)
    variational, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)

print(shared_state)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(own, {x: data})[0])
    print(sess.run(own_state[1].h, {x: data, keep_prob: 1.0}))
    half = sess.run(own, {x: data, keep_prob: 0.5})
    print("some dropped:", 0 < (half == 0).sum() < half.size)
    print("mask kept over time:", sess.run(variational, {x: data}).shape)
print(len(tf.trainable_variables()), [v.name for v in tf.trainable_variables()])
