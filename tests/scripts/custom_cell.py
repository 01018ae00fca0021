# Cells of one's own: RNNCell with _linear and variable scopes, LayerRNNCell with build and add_variable.
import numpy as np
import tensorflow as tf
from tensorflow.contrib.rnn import RNNCell
from tensorflow.contrib.rnn.python.ops.core_rnn_cell import _linear
from tensorflow.python.ops import rnn_cell_impl

tf.set_random_seed(5)


class MinimalGRUCell(RNNCell):
    """One gate for both jobs."""

    def __init__(self, num_units, activation=tf.tanh, reuse=None):
        super(MinimalGRUCell, self).__init__(_reuse=reuse)
        self._num_units = num_units
        self._activation = activation

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            with tf.variable_scope("gate"):
                f = tf.sigmoid(_linear([inputs, state], self._num_units, True))
            with tf.variable_scope("candidate"):
                c = self._activation(_linear([inputs, f * state], self._num_units, True))
            new_h = (1 - f) * state + f * c
        return new_h, new_h


class DiagonalCell(rnn_cell_impl.LayerRNNCell):
    def __init__(self, num_units, reuse=None, name=None):
        super(DiagonalCell, self).__init__(_reuse=reuse, name=name)
        self._num_units = num_units

    state_size = property(lambda self: self._num_units)
    output_size = property(lambda self: self._num_units)

    def build(self, inputs_shape):
        depth = inputs_shape[1].value
        self._kernel = self.add_variable("kernel", shape=[depth, self._num_units])
        self._u = self.add_variable("u", shape=[self._num_units], initializer=tf.random_uniform_initializer(0.1, 0.9))
        self.built = True

    def call(self, inputs, state):
        output = tf.nn.relu(tf.matmul(inputs, self._kernel) + state * self._u)
        return output, output


data = np.linspace(-1, 1, 2 * 3 * 4).reshape(2, 3, 4)
x = tf.placeholder(tf.float32, [None, 3, 4])
a, _ = tf.nn.dynamic_rnn(MinimalGRUCell(5), x, dtype=tf.float32, scope="minimal")
b, _ = tf.nn.dynamic_rnn(DiagonalCell(5), x, dtype=tf.float32, scope="diagonal")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run(a, feed_dict={x: data}))
    print(sess.run(b, feed_dict={x: data}).sum(axis=2))
for v in tf.trainable_variables():
    print(v.name, v.shape.as_list())
