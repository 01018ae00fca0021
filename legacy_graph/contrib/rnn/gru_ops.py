"""GRUs computed by a single op; replaces `tensorflow.contrib.rnn.python.ops.gru_ops`.

K. Cho et al., Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation, https://arxiv.org/abs/1406.1078
"""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn import gradients  # noqa: F401, registers GRUBlockCell's
from legacy_graph.contrib.rnn.cell import LayerCell, as_written
from legacy_graph.contrib.rnn.rnn_cell_impl import LayerRNNCell
from legacy_graph.namespace import refuse_unknown


class GRUBlockCell(LayerCell):
    """One GRU step as a single op; computes `GRUCell`, with variables named w_ru, b_ru, w_c, b_c.

    The columns of w_ru are the gates r, u. b_ru is initialized to 1, b_c to 0.

    Args:
      num_units: number of units; `cell_size` is its older name.
      reuse: if True, reuse the variables of the scope.
      name: name of the variable scope.

    Raises ValueError unless exactly one of num_units and cell_size is given.
    """

    _VARIABLES = "w_ru", "b_ru", "w_c", "b_c"

    def __init__(self, num_units=None, cell_size=None, reuse=None, name="gru_cell"):
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size = cell_size if num_units is None else num_units
        super().__init__(self._cell_size, self._cell_size, _reuse=reuse, name=name)

    def build(self, input_shape):
        input_size, units = tf.TensorShape(input_shape).as_list()[1], self._cell_size
        if input_size is None:
            raise ValueError("Expecting input_size to be set.")
        gate_kernel, gate_bias, candidate_kernel, candidate_bias = self._VARIABLES
        self._gate_kernel = self.add_variable(gate_kernel, [input_size + units, units * 2])
        self._gate_bias = self.add_variable(gate_bias, [units * 2], initializer=tf.constant_initializer(1.0))
        self._candidate_kernel = self.add_variable(candidate_kernel, [input_size + units, units])
        self._candidate_bias = self.add_variable(candidate_bias, [units], initializer=tf.constant_initializer(0.0))
        self.built = True

    @as_written
    def call(self, inputs, h_prev):
        width = h_prev.shape.with_rank(2).as_list()[1]
        if width != self._cell_size:
            raise ValueError(f"Shape of h_prev[1] incorrect: cell_size {self._cell_size} vs {width}")
        h = tf.raw_ops.GRUBlockCell(
            x=inputs,
            h_prev=h_prev,
            w_ru=self._gate_kernel,
            w_c=self._candidate_kernel,
            b_ru=self._gate_bias,
            b_c=self._candidate_bias,
        ).h
        return h, h


class GRUBlockCellV2(GRUBlockCell):
    """`GRUBlockCell` with the variable names of `GRUCell`."""

    _VARIABLES = "gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"


__all__ = ["GRUBlockCell", "GRUBlockCellV2", "LayerRNNCell"]
__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.gru_ops", __all__)
