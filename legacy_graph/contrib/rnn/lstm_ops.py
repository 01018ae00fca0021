"""LSTMs computed by a single op; replaces `tensorflow.contrib.rnn.python.ops.lstm_ops`.

W. Zaremba, I. Sutskever, O. Vinyals, Recurrent Neural Network Regularization,
https://arxiv.org/abs/1409.2329
"""

import abc

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn import gradients  # noqa: F401, registers LSTMBlockCell's
from legacy_graph.contrib.rnn.cell import LayerCell, as_written
from legacy_graph.contrib.rnn.rnn_cell_impl import LayerRNNCell, LSTMStateTuple
from legacy_graph.namespace import refuse_unknown


def _add_weights(layer, input_size, num_units, use_peephole):
    """Add the kernel, the bias and, if wanted, the three peepholes, in TF 1.15's order."""
    if not input_size:
        raise ValueError("Expecting the size of the inputs' last dimension to be known.")
    layer._kernel = layer.add_variable("kernel", [input_size + num_units, num_units * 4])
    layer._bias = layer.add_variable("bias", [num_units * 4], initializer=tf.constant_initializer(0.0))
    if use_peephole:
        layer._w_i_diag, layer._w_f_diag, layer._w_o_diag = (
            layer.add_variable(f"w_{gate}_diag", [num_units]) for gate in "ifo"
        )
    layer.built = True


def _weights(layer, dtype):
    """Return the weights for the ops; the peephole weights are zeros if there are no peepholes."""
    if layer._use_peephole:
        diagonals = layer._w_i_diag, layer._w_f_diag, layer._w_o_diag
    else:
        diagonals = [tf.zeros([layer._num_units], dtype=dtype)] * 3
    return {"w": layer._kernel, "b": layer._bias, **dict(zip(("wci", "wcf", "wco"), diagonals))}


class LSTMBlockCell(LayerCell):
    """One LSTM step as a single op; computes `LSTMCell`, with the same variables.

    The rows of the kernel are [inputs; h], its columns the gates i, j, f, o.

    Args:
      num_units: number of units.
      forget_bias: added to the forget gate.
      cell_clip: clip the cell state to [-cell_clip, cell_clip]; None for no clipping.
      use_peephole: whether to add the peephole connections w_i_diag, w_f_diag, w_o_diag.
      dtype: dtype of the variables; the inputs' if None.
      reuse: if True, reuse the variables of the scope.
      name: name of the variable scope.
    """

    def __init__(
        self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, dtype=None, reuse=None, name="lstm_cell"
    ):
        super().__init__(LSTMStateTuple(num_units, num_units), num_units, _reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole

    def build(self, inputs_shape):
        _add_weights(self, tf.TensorShape(inputs_shape).as_list()[1], self._num_units, self._use_peephole)

    @as_written
    def call(self, inputs, state):
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = state
        weights = _weights(self, self.dtype)
        step = tf.raw_ops.LSTMBlockCell(
            x=inputs,
            cs_prev=c,
            h_prev=h,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
            **weights,
        )
        return step.h, LSTMStateTuple(step.cs, step.h)


class LSTMBlockWrapper(internals.legacy_layers.Layer, metaclass=abc.ABCMeta):
    """Base of LSTMs that process a whole sequence in one call; subclasses implement `_call_cell`."""

    @property
    @abc.abstractmethod
    def num_units(self):
        """Number of units, the columns of the outputs."""

    @abc.abstractmethod
    def _call_cell(self, inputs, initial_cell_state, initial_output, dtype, sequence_length):
        """Return the cell states and the outputs, both (time, batch, num_units)."""

    @as_written
    def call(self, inputs, initial_state=None, dtype=None, sequence_length=None):
        """Run over `inputs`, starting from `initial_state`, or from zeros of `dtype`.

        Args:
          inputs: (time, batch, input_size), or a list of `time` tensors (batch, input_size).
          initial_state: a pair (c, h), each (batch, num_units).
          dtype: dtype of the zeros; required if there is no initial_state.
          sequence_length: (batch,) integers. Outputs past the end of a sequence are zeros, and its final
            state is the one at its end.

        Returns (outputs, LSTMStateTuple); the outputs are a list if the inputs were.
        Raises ValueError if the input size is unknown, or both state and dtype are missing.
        """
        is_list = isinstance(inputs, list)
        inputs = tf.stack(inputs) if is_list else inputs
        time, batch, width = inputs.shape.with_rank(3).as_list()
        if not width:
            raise ValueError(f"Expecting inputs_shape[2] to be set: {inputs.shape}")
        batch = tf.shape(inputs)[1] if batch is None else batch
        time = tf.shape(inputs)[0] if time is None else time
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            initial_state = [tf.zeros(tf.stack([batch, self.num_units]), dtype=dtype)] * 2
        elif len(initial_state) != 2:
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        dtype = initial_state[0].dtype if dtype is None else dtype

        if sequence_length is not None:
            sequence_length = tf.convert_to_tensor(sequence_length)
        cell_states, outputs = self._call_cell(inputs, *initial_state, dtype, sequence_length)
        if sequence_length is None:
            final_state = cell_states[-1], outputs[-1]
        else:
            mask = tf.transpose(tf.sequence_mask(sequence_length, time, dtype=dtype), [1, 0])
            outputs *= tf.tile(tf.expand_dims(mask, [-1]), [1, 1, self.num_units])
            final_state = _states_at(sequence_length, batch, zip(initial_state, (cell_states, outputs)))
        return (tf.unstack(outputs) if is_list else outputs), LSTMStateTuple(*final_state)


def _states_at(lengths, batch, initial_and_rest):
    """Return each state as it is after `lengths` steps; the initial state for length 0."""
    whole = [tf.concat([tf.expand_dims(initial, [0]), rest], 0) for initial, rest in initial_and_rest]
    return [tf.gather_nd(states, tf.stack([lengths, tf.range(batch)], axis=1)) for states in whole]


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """An LSTM over a whole sequence as a single op; computes `LSTMCell`, with the same variables.

    Inputs are time-major. The arguments are those of `LSTMBlockCell`.
    """

    def __init__(
        self,
        num_units,
        forget_bias=1.0,
        cell_clip=None,
        use_peephole=False,
        reuse=None,
        dtype=None,
        name="lstm_fused_cell",
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole
        self.input_spec = internals.keras_v1.layers.InputSpec(ndim=3)

    @property
    def num_units(self):
        return self._num_units

    def build(self, input_shape):
        _add_weights(self, tf.TensorShape(input_shape).as_list()[2], self._num_units, self._use_peephole)

    def _call_cell(self, inputs, initial_cell_state=None, initial_output=None, dtype=None, sequence_length=None):
        time = inputs.shape.with_rank(3).as_list()[0]
        time = tf.shape(inputs)[0] if time is None else time
        weights = _weights(self, dtype)
        steps = tf.cast(time if sequence_length is None else tf.reduce_max(sequence_length), tf.int64)
        run = tf.raw_ops.BlockLSTM(
            seq_len_max=steps,
            x=inputs,
            cs_prev=initial_cell_state,
            h_prev=initial_output,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
            **weights,
        )
        return run.cs, run.h


__all__ = ["LSTMBlockCell", "LSTMBlockFusedCell", "LSTMBlockWrapper", "LayerRNNCell"]
__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.lstm_ops", __all__)
