"""The basic cells and wrappers; stands for TF 1's `tensorflow.python.ops.rnn_cell_impl`.

The classes are those that TF 1.15 had, kept alive in tf_keras: same arguments, variables and
formulas. `RNNCell` is the base of every cell of `tf.nn.rnn_cell` and `tf.contrib.rnn`; scripts
subclass it (overriding `call`, or the whole `__call__`, and the two sizes), or `LayerRNNCell`
(with `build` and `add_variable`).
"""

from legacy_graph import internals
from legacy_graph.contrib.rnn.linear import _linear
from legacy_graph.namespace import refuse_unknown

_cells, _wrappers = internals.legacy_cell_impl, internals.legacy_cell_wrappers

RNNCell = _cells.RNNCell
LayerRNNCell = _cells.LayerRNNCell
BasicRNNCell = _cells.BasicRNNCell
GRUCell = _cells.GRUCell
LSTMStateTuple = _cells.LSTMStateTuple
BasicLSTMCell = _cells.BasicLSTMCell
LSTMCell = _cells.LSTMCell
MultiRNNCell = _cells.MultiRNNCell
DropoutWrapper = _wrappers.DropoutWrapper
ResidualWrapper = _wrappers.ResidualWrapper
DeviceWrapper = _wrappers.DeviceWrapper

ASSERT_LIKE_RNNCELL_ERROR_REGEXP = _wrappers.ASSERT_LIKE_RNNCELL_ERROR_REGEXP
assert_like_rnncell = _wrappers.assert_like_rnncell

_BIAS_VARIABLE_NAME = _cells._BIAS_VARIABLE_NAME
_WEIGHTS_VARIABLE_NAME = _cells._WEIGHTS_VARIABLE_NAME
_LSTMStateTuple = _cells._LSTMStateTuple
_RNNCellWrapperV1 = _wrappers._RNNCellWrapperV1
_check_rnn_cell_input_dtypes = _cells._check_rnn_cell_input_dtypes
_check_supported_dtypes = _cells._check_supported_dtypes
_concat = _cells._concat
_hasattr = _cells._hasattr
_zero_state_tensors = _cells._zero_state_tensors

__all__ = [
    "ASSERT_LIKE_RNNCELL_ERROR_REGEXP", "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper",
    "DropoutWrapper", "GRUCell", "LSTMCell", "LSTMStateTuple", "LayerRNNCell", "MultiRNNCell",
    "RNNCell", "ResidualWrapper", "assert_like_rnncell",
]
__getattr__ = refuse_unknown("tensorflow.python.ops.rnn_cell_impl", [*__all__, _linear.__name__])
