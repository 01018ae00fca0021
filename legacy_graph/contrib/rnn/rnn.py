"""Stacks of bidirectional RNNs; replaces `tensorflow.contrib.rnn.python.ops.rnn`.

The other functions of `contrib.rnn` (`static_rnn`, ...) are today's, unchanged since TF 1.15.
A. Graves, A. Mohamed, G. Hinton, Speech Recognition with Deep Recurrent Neural Networks,
https://arxiv.org/abs/1303.5778
"""

import tensorflow.compat.v1 as tf

from legacy_graph.namespace import refuse_unknown


def stack_bidirectional_rnn(
    cells_fw,
    cells_bw,
    inputs,
    initial_states_fw=None,
    initial_states_bw=None,
    dtype=None,
    sequence_length=None,
    scope=None,
):
    """Stack layers of `static_bidirectional_rnn`; each reads both directions of the layer below.

    Args:
      cells_fw, cells_bw: lists of RNNCells, one per layer, of equal length.
      inputs: a list of `time` tensors (batch, input_size).
      initial_states_fw, initial_states_bw: lists of states, one per layer; zeros of `dtype` if None.
      sequence_length: (batch,) integers, or None.
      scope: VariableScope or string; "stack_bidirectional_rnn" if None.

    Returns (outputs, forward final states, backward final states): a list of `time` tensors
    (batch, fw + bw units), and two tuples with one state per layer. Raises ValueError if the cells
    are not non-empty lists of equal length.
    """

    def layer(cell_fw, cell_bw, outputs, state_fw, state_bw, layer_scope):
        return tf.nn.static_bidirectional_rnn(
            cell_fw,
            cell_bw,
            outputs,
            initial_state_fw=state_fw,
            initial_state_bw=state_bw,
            sequence_length=sequence_length,
            dtype=dtype,
            scope=layer_scope,
        )

    return _stack(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope)


def stack_bidirectional_dynamic_rnn(
    cells_fw,
    cells_bw,
    inputs,
    initial_states_fw=None,
    initial_states_bw=None,
    dtype=None,
    sequence_length=None,
    parallel_iterations=None,
    time_major=False,
    scope=None,
    swap_memory=False,
):
    """Stack layers of `bidirectional_dynamic_rnn`; each reads both directions of the layer below.

    Args:
      inputs: (batch, time, input_size), or (time, batch, input_size) if `time_major`.
      parallel_iterations, swap_memory: arguments of `tf.nn.dynamic_rnn`.
      others: arguments of `stack_bidirectional_rnn`.

    Returns (outputs, forward final states, backward final states): one tensor
    (batch, time, fw + bw units), and two tuples with one state per layer. Raises ValueError like
    `stack_bidirectional_rnn`.
    """

    def layer(cell_fw, cell_bw, outputs, state_fw, state_bw, _):
        outputs, (state_fw, state_bw) = tf.nn.bidirectional_dynamic_rnn(
            cell_fw,
            cell_bw,
            outputs,
            initial_state_fw=state_fw,
            initial_state_bw=state_bw,
            sequence_length=sequence_length,
            parallel_iterations=parallel_iterations,
            dtype=dtype,
            swap_memory=swap_memory,
            time_major=time_major,
        )
        return tf.concat(outputs, 2), state_fw, state_bw

    return _stack(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope)


def _stack(layer, cells_fw, cells_bw, outputs, initial_states_fw, initial_states_bw, scope):
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    nothing = [None] * len(cells_fw)
    states_fw, states_bw = [], []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, parts in enumerate(
            zip(cells_fw, cells_bw, initial_states_fw or nothing, initial_states_bw or nothing)
        ):
            cell_fw, cell_bw, state_fw, state_bw = parts
            with tf.variable_scope(f"cell_{number}") as layer_scope:
                outputs, state_fw, state_bw = layer(cell_fw, cell_bw, outputs, state_fw, state_bw, layer_scope)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return outputs, tuple(states_fw), tuple(states_bw)


def _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw):
    for way, cells in ("fw", cells_fw), ("bw", cells_bw):
        if not cells:
            raise ValueError(f"Must specify at least one {way} cell for BidirectionalRNN.")
        if not isinstance(cells, list):
            raise ValueError(f"cells_{way} must be a list of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for way, states in ("fw", initial_states_fw), ("bw", initial_states_bw):
        if states is not None and not (isinstance(states, list) and len(states) == len(cells_fw)):
            raise ValueError(f"initial_states_{way} must be a list of state tensors (one per layer).")


__all__ = ["stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn"]
__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.rnn", __all__)
