"""RNNs over a whole sequence in one call; replaces `...contrib.rnn.python.ops.fused_rnn_cell`."""

import abc

import tensorflow.compat.v1 as tf

from legacy_graph.namespace import refuse_unknown


class FusedRNNCell(abc.ABC):
    """Interface of RNNs that process a whole sequence in one call."""

    @abc.abstractmethod
    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        """Run over `inputs`, starting from `initial_state`, or from zeros of `dtype`.

        Args:
          inputs: (time, batch, input_size), or a list of `time` tensors (batch, input_size).
          initial_state: structured like the cell's state_size.
          dtype: dtype of the zeros; required if there is no initial_state.
          sequence_length: (batch,) integers; None if all steps are used.
          scope: VariableScope or string.

        Returns (outputs, final state); the outputs are a list if the inputs were.
        """


class FusedRNNCellAdaptor(FusedRNNCell):
    """Adapts an RNNCell to the FusedRNNCell interface, with `static_rnn` or `dynamic_rnn`."""

    def __init__(self, cell, use_dynamic_rnn=False):
        self._cell, self._use_dynamic_rnn = cell, use_dynamic_rnn

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        is_list = isinstance(inputs, list)
        how = {"sequence_length": sequence_length, "initial_state": initial_state, "dtype": dtype, "scope": scope}
        if self._use_dynamic_rnn:
            inputs = tf.stack(inputs) if is_list else inputs
            outputs, state = tf.nn.dynamic_rnn(self._cell, inputs, time_major=True, **how)
            return (tf.unstack(outputs) if is_list else outputs), state
        outputs, state = tf.nn.static_rnn(self._cell, inputs if is_list else tf.unstack(inputs), **how)
        return (outputs if is_list else tf.stack(outputs)), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Runs a FusedRNNCell backward in time and returns the outputs in the order of the inputs.

    If `sequence_length` is given and the inputs are one tensor, each sequence is reversed within its
    own length; a list is reversed as a whole, as in TF 1.15.
    """

    def __init__(self, cell):
        self._cell = cell

    def _reverse(self, sequence, lengths):
        if isinstance(sequence, list):
            return sequence[::-1]
        if lengths is None:
            return tf.reverse(sequence, [0])
        return tf.reverse_sequence(sequence, lengths, 0, 1)

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        outputs, state = self._cell(
            self._reverse(inputs, sequence_length),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return self._reverse(outputs, sequence_length), state


__all__ = ["FusedRNNCell", "FusedRNNCellAdaptor", "TimeReversedFusedRNN"]
__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.fused_rnn_cell", __all__)
