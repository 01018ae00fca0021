"""`tf.contrib.rnn`: cells, wrappers and RNN functions of TensorFlow 1.15."""

from tensorflow.compat.v1.nn import (
    static_bidirectional_rnn, static_rnn, static_state_saving_rnn)

from legacy_graph import internals
from legacy_graph.internals import legacy_cells as rnn_cell
from legacy_graph.namespace import refuse_unknown

BasicLSTMCell = rnn_cell.BasicLSTMCell
BasicRNNCell = rnn_cell.BasicRNNCell
DropoutWrapper = rnn_cell.DropoutWrapper
GRUCell = rnn_cell.GRUCell
LSTMCell = rnn_cell.LSTMCell
LSTMStateTuple = rnn_cell.LSTMStateTuple
MultiRNNCell = rnn_cell.MultiRNNCell
RNNCell = rnn_cell.RNNCell

__all__ = [
    "BasicLSTMCell", "BasicRNNCell", "DropoutWrapper", "GRUCell", "LSTMCell", "LSTMStateTuple",
    "MultiRNNCell", "RNNCell", "static_bidirectional_rnn", "static_rnn",
    "static_state_saving_rnn",
]
__getattr__ = refuse_unknown("tf.contrib.rnn", __all__)
