"""Wrappers that only TF 1's contrib had: attention over past outputs, highway, XLA."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.cell import WrapperCell, as_written
from legacy_graph.contrib.rnn.linear import _Linear
from legacy_graph.contrib.rnn.rnn_cell_impl import RNNCell


class AttentionCellWrapper(WrapperCell):
    """Adds attention over the last `attn_length` outputs of `cell`.

    D. Bahdanau, K. Cho, Y. Bengio, https://arxiv.org/abs/1409.0473. The state is
    (state of `cell`, last attention vector, concatenated past outputs).

    Args:
      cell: an RNNCell.
      attn_length: number of past outputs, positive.
      attn_size: columns of a past output; the cell's if None.
      attn_vec_size: columns of the attention layer; attn_size if None.
      input_size: columns to which inputs and attention are projected; as many as the inputs have if None.
      state_is_tuple: if False, the state is one concatenated tensor (only if the cell's is, too).
      reuse: if True, reuse the variables of the scope.

    Raises TypeError if `cell` is not like an RNNCell; ValueError if its state is a tuple but
    state_is_tuple is False, or attn_length is not positive.
    """

    def __init__(
        self, cell, attn_length, attn_size=None, attn_vec_size=None, input_size=None, state_is_tuple=True, reuse=None
    ):
        super().__init__(cell, _reuse=reuse)
        if tf.nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                "Cell returns tuple of states, but the flag state_is_tuple is not set. "
                f"State size is: {cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        if not state_is_tuple:
            tf.logging.warn(
                "%s: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True.", self
            )
        self._attn_length, self._input_size, self._state_is_tuple = attn_length, input_size, state_is_tuple
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size = self._attn_size if attn_vec_size is None else attn_vec_size
        self._linear1 = self._linear2 = self._linear3 = None

    @property
    def state_size(self):
        sizes = self._cell.state_size, self._attn_size, self._attn_size * self._attn_length
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        return self._attn_size

    # RNNCell's zeros, even if `cell` overrides zero_state.
    zero_state = RNNCell.zero_state

    @as_written
    def call(self, inputs, state):
        state, attention, memory = self._parts(state)
        memory = tf.reshape(memory, [-1, self._attn_length, self._attn_size])
        input_size = inputs.shape.as_list()[1] if self._input_size is None else self._input_size
        if self._linear1 is None:
            self._linear1 = _Linear([inputs, attention], input_size, True)
        output, state = self._cell(self._linear1([inputs, attention]), state)
        query = tf.concat(tf.nest.flatten(state), 1) if self._state_is_tuple else state
        attention, memory = self._attention(query, memory)
        with tf.variable_scope("attn_output_projection"):
            if self._linear2 is None:
                self._linear2 = _Linear([output, attention], self._attn_size, True)
            output = self._linear2([output, attention])
        memory = tf.concat([memory, tf.expand_dims(output, 1)], 1)
        memory = tf.reshape(memory, [-1, self._attn_length * self._attn_size])
        new_state = state, attention, memory
        return output, new_state if self._state_is_tuple else tf.concat(list(new_state), 1)

    def _parts(self, state):
        if self._state_is_tuple:
            return state
        first, second = self._cell.state_size, self._attn_size
        return (
            tf.slice(state, [0, 0], [-1, first]),
            tf.slice(state, [0, first], [-1, second]),
            tf.slice(state, [0, first + second], [-1, second * self._attn_length]),
        )

    def _attention(self, query, memory):
        """Return the attention vector, and the memory without the oldest output."""
        with tf.variable_scope("attention"):
            k = tf.get_variable("attn_w", [1, 1, self._attn_size, self._attn_vec_size])
            v = tf.get_variable("attn_v", [self._attn_vec_size])
            hidden = tf.reshape(memory, [-1, self._attn_length, 1, self._attn_size])
            features = tf.nn.conv2d(hidden, k, [1, 1, 1, 1], "SAME")
            if self._linear3 is None:
                self._linear3 = _Linear(query, self._attn_vec_size, True)
            y = tf.reshape(self._linear3(query), [-1, 1, 1, self._attn_vec_size])
            weights = tf.nn.softmax(tf.reduce_sum(v * tf.tanh(features + y), [2, 3]))
            summed = tf.reduce_sum(tf.reshape(weights, [-1, self._attn_length, 1, 1]) * hidden, [1, 2])
            return (tf.reshape(summed, [-1, self._attn_size]), tf.slice(memory, [0, 1, 0], [-1, -1, -1]))


class HighwayWrapper(WrapperCell):
    """Highway connection: inputs * carry + outputs of `cell` * transform.

    R. K. Srivastava, K. Greff, J. Schmidhuber, Highway Networks, https://arxiv.org/abs/1505.00387

    Args:
      cell: an RNNCell whose outputs have the shape of its inputs.
      couple_carry_transform_gates: if True, transform is 1 - carry; otherwise it has its own weights.
      carry_bias_init: initial value of "carry_b"; "transform_b" starts at its negative.

    Calling the wrapper raises ValueError if inputs and outputs differ in structure or shape.
    """

    def __init__(self, cell, couple_carry_transform_gates=True, carry_bias_init=1.0):
        super().__init__(cell)
        self._couple_carry_transform_gates = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def __call__(self, inputs, state, scope=None):
        outputs, new_state = self._cell(inputs, state, scope=scope)
        tf.nest.assert_same_structure(inputs, outputs)
        tf.nest.map_structure(lambda inp, out: inp.shape.assert_is_compatible_with(out.shape), inputs, outputs)
        return tf.nest.map_structure(self._highway, inputs, outputs), new_state

    def _highway(self, inp, out):
        carry = self._gate("carry", inp, self._carry_bias_init)
        if self._couple_carry_transform_gates:
            transform = 1 - carry
        else:
            transform = self._gate("transform", inp, -self._carry_bias_init)
        return inp * carry + out * transform

    def _gate(self, name, inp, bias_start):
        width = inp.shape.with_rank(2).as_list()[1]
        weight = tf.get_variable(name + "_w", [width, width])
        bias = tf.get_variable(name + "_b", [width], initializer=tf.constant_initializer(bias_start))
        return tf.sigmoid(tf.nn.xw_plus_b(inp, weight, bias))


class CompiledWrapper(WrapperCell):
    """Marks the ops of `cell` for compilation by XLA, as one cluster per step.

    Args:
      cell: an RNNCell.
      compile_stateful: if True, also mark stateful ops (variables, random numbers).
    """

    def __init__(self, cell, compile_stateful=False):
        super().__init__(cell)
        self._compile_stateful = compile_stateful

    def __call__(self, inputs, state, scope=None):
        compile_ops = True if self._compile_stateful else _is_stateless
        with tf.xla.experimental.jit_scope(compile_ops=compile_ops):
            return self._cell(inputs, state, scope=scope)


def _is_stateless(node_def):
    definition = internals.op_def_registry.get(node_def.op)  # None for functions
    return definition is None or not definition.is_stateful
