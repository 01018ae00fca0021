"""Neural Turing machine: a controller with an addressable memory.

A. Graves, G. Wayne, I. Danihelka, Neural Turing Machines, https://arxiv.org/abs/1410.5401
M. Collier, J. Beel, Implementing Neural Turing Machines, https://arxiv.org/abs/1807.08518
"""

import collections
import math

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.cell import as_written
from legacy_graph.contrib.rnn.rnn_cell_impl import LayerRNNCell, assert_like_rnncell

NTMControllerState = collections.namedtuple(
    "NTMControllerState", ("controller_state", "read_vector_list", "w_list", "M", "time")
)


class NTMCell(LayerRNNCell):
    """A controller cell, and heads that read from and write to a memory of memory_size rows.

    The batch size must be known statically, as in TF 1.15.

    Args:
      controller: an RNNCell.
      memory_size, memory_vector_dim: rows and columns of the memory.
      read_head_num, write_head_num: numbers of heads.
      shift_range: maximum number of rows by which a head can shift per step, in either direction.
      output_dim: columns of the output; as many as the inputs have if None.
      clip_value: clip the heads' parameters and the outputs to [-clip_value, clip_value].
      dtype, name: arguments of TF 1's layers.
    """

    def __init__(
        self,
        controller,
        memory_size,
        memory_vector_dim,
        read_head_num,
        write_head_num,
        shift_range=1,
        output_dim=None,
        clip_value=20,
        dtype=tf.float32,
        name=None,
    ):
        super().__init__(dtype=dtype, name=name)
        assert_like_rnncell("NTM RNN controller cell", controller)
        self.controller = controller
        self.memory_size, self.memory_vector_dim = memory_size, memory_vector_dim
        self.read_head_num, self.write_head_num = read_head_num, write_head_num
        self.shift_range, self.output_dim, self.clip_value = shift_range, output_dim, clip_value
        self.num_heads = read_head_num + write_head_num
        self.num_parameters_per_head = memory_vector_dim + 2 * shift_range + 4
        self.total_parameter_num = (
            self.num_parameters_per_head * self.num_heads + 2 * memory_vector_dim * write_head_num
        )

    @property
    def state_size(self):
        return NTMControllerState(
            controller_state=self.controller.state_size,
            read_vector_list=[self.memory_vector_dim] * self.read_head_num,
            w_list=[self.memory_size] * self.num_heads,
            M=tf.TensorShape([self.memory_size * self.memory_vector_dim]),
            time=tf.TensorShape([]),
        )

    @property
    def output_size(self):
        return self.output_dim

    def zero_state(self, batch_size, dtype):
        """Return zeros; the first step (time 0) replaces them with trainable initial values."""
        read_vectors = [tf.zeros([batch_size, self.memory_vector_dim]) for _ in range(self.read_head_num)]
        weightings = [tf.zeros([batch_size, self.memory_size]) for _ in range(self.num_heads)]
        return NTMControllerState(
            controller_state=self.controller.zero_state(batch_size, dtype),
            read_vector_list=read_vectors,
            w_list=weightings,
            M=tf.zeros([batch_size, self.memory_size, self.memory_vector_dim]),
            time=0,
        )

    def build(self, inputs_shape):
        if self.output_dim is None:
            self.output_dim = tf.TensorShape(inputs_shape).as_list()[1]
            if self.output_dim is None:
                raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        width = self.controller.output_size
        glorot_uniform = internals.keras_v1.initializers.glorot_uniform
        self._params_kernel, self._params_bias = self._linear("parameters", width, self.total_parameter_num)
        self._output_kernel, self._output_bias = self._linear(
            "output", width + self.memory_vector_dim * self.read_head_num, self.output_dim
        )
        self._init_read_vectors = [
            self.add_variable(f"initial_read_vector_{k}", [1, self.memory_vector_dim], initializer=glorot_uniform())
            for k in range(self.read_head_num)
        ]
        self._init_address_weights = [
            self.add_variable(f"initial_address_weights_{k}", [1, self.memory_size], initializer=glorot_uniform())
            for k in range(self.num_heads)
        ]
        self._M = self.add_variable(
            "memory",
            [self.memory_size, self.memory_vector_dim],
            initializer=tf.constant_initializer(1e-6, dtype=self.dtype),
        )
        self.built = True

    def _linear(self, name, rows, columns):
        kernel = self.add_variable(
            f"{name}_kernel",
            [rows, columns],
            initializer=(tf.truncated_normal_initializer(stddev=1.0 / math.sqrt(rows), dtype=tf.float32)),
        )
        return kernel, self.add_variable(
            f"{name}_bias", [columns], initializer=tf.constant_initializer(0.0, dtype=self.dtype)
        )

    @as_written
    def call(self, x, prev_state):
        batch = x.shape.as_list()[0]
        read_vectors = self._previous_or_initial(
            prev_state.time, prev_state.read_vector_list, self._init_read_vectors, tf.tanh, batch
        )
        output, controller_state = self.controller(tf.concat([x, *read_vectors], axis=1), prev_state.controller_state)
        parameters = self._clip(tf.nn.bias_add(tf.matmul(output, self._params_kernel), self._params_bias))
        of_heads = self.num_parameters_per_head * self.num_heads
        head_parameters = tf.split(parameters[:, :of_heads], self.num_heads, axis=1)
        erase_and_add = tf.split(parameters[:, of_heads:], 2 * self.write_head_num, axis=1)
        weightings = self._previous_or_initial(
            prev_state.time, prev_state.w_list, self._init_address_weights, tf.nn.softmax, batch
        )
        memory = tf.cond(tf.equal(prev_state.time, 0), lambda: _repeat(self._M, batch), lambda: prev_state.M)
        weightings = [self._address(head, memory, weighting) for head, weighting in zip(head_parameters, weightings)]
        read_vectors = [
            tf.reduce_sum(tf.expand_dims(weighting, 2) * memory, axis=1)
            for weighting in weightings[: self.read_head_num]
        ]
        memory = self._write(memory, weightings[self.read_head_num :], erase_and_add)
        output = tf.matmul(tf.concat([output, *read_vectors], axis=1), self._output_kernel)
        output = self._clip(tf.nn.bias_add(output, self._output_bias))
        return output, NTMControllerState(controller_state, read_vectors, weightings, memory, prev_state.time + 1)

    def _clip(self, value):
        return tf.clip_by_value(value, -self.clip_value, self.clip_value)

    def _previous_or_initial(self, time, previous, initial, activation, batch):
        """Return `previous`, or at time 0 the trainable `initial` values."""

        def learned():
            return [_repeat(activation(tf.squeeze(tf.matmul(tf.ones([1, 1]), value))), batch) for value in initial]

        values = tf.cond(tf.equal(time, 0), learned, lambda: previous)
        return [values] if len(initial) == 1 else values

    def _write(self, memory, weightings, erase_and_add):
        """Erase, then add, with the weighting of each write head (section 3.2)."""
        for k, weighting in enumerate(weightings):
            weighting = tf.expand_dims(weighting, 2)
            erase = tf.expand_dims(tf.sigmoid(erase_and_add[2 * k]), 1)
            add = tf.expand_dims(tf.tanh(erase_and_add[2 * k + 1]), 1)
            kept = tf.ones_like(memory) - tf.matmul(weighting, erase)
            memory = memory * kept + tf.matmul(weighting, add)
        return memory

    def _address(self, head, memory, previous):
        """Return the weighting of a head over the rows, (batch, memory_size); section 3.3."""
        m, shifts = self.memory_vector_dim, 2 * self.shift_range + 1
        key = tf.tanh(head[:, 0:m])
        strength = tf.nn.softplus(head[:, m])
        gate = tf.sigmoid(head[:, m + 1])
        shift = tf.nn.softmax(head[:, m + 2 : m + 2 + shifts])
        sharpness = tf.nn.softplus(head[:, -1]) + 1
        by_content = _by_content(key, strength, memory)
        gate = tf.expand_dims(gate, 1)
        interpolated = gate * by_content + (1 - gate) * previous
        shift = self._shift_matrix(shift)
        shifted = tf.reduce_sum(tf.expand_dims(interpolated, 1) * shift, axis=2)
        sharpened = tf.pow(shifted, tf.expand_dims(sharpness, 1))
        return sharpened / tf.reduce_sum(sharpened, axis=1, keepdims=True)

    def _shift_matrix(self, shift):
        """Return the circular convolution with `shift` as matrices, (batch, memory_size, memory_size)."""
        size, batch = self.memory_size, shift.shape.as_list()[0]
        shift = tf.concat(
            [
                shift[:, : self.shift_range + 1],
                tf.zeros([batch, size - (2 * self.shift_range + 1)]),
                shift[:, -self.shift_range :],
            ],
            axis=1,
        )
        twice = tf.concat([tf.reverse(shift, axis=[1]), tf.reverse(shift, axis=[1])], axis=1)
        return tf.stack([twice[:, size - k - 1 : 2 * size - k - 1] for k in range(size)], axis=1)


def _repeat(value, batch):
    return tf.concat([tf.expand_dims(value, 0) for _ in range(batch)], axis=0)


def _by_content(key, strength, memory):
    """Return softmax(strength * cosine similarity of key and row) over the rows."""
    key = tf.expand_dims(key, 2)
    product = tf.matmul(memory, key)
    key_norm = tf.sqrt(tf.reduce_sum(tf.square(key), axis=1, keepdims=True))
    memory_norm = tf.sqrt(tf.reduce_sum(tf.square(memory), axis=2, keepdims=True))
    norms = memory_norm * key_norm
    similarity = tf.squeeze(product / (norms + 1e-8))
    amplified = tf.exp(tf.expand_dims(strength, 1) * similarity)
    return amplified / tf.reduce_sum(amplified, axis=1, keepdims=True)
