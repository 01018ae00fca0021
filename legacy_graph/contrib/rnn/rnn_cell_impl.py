"""Basic cells and wrappers; replaces TF 1's `tensorflow.python.ops.rnn_cell_impl`.

The classes are TF 1.15's, as maintained in tf_keras: same arguments, variables and formulas.
`RNNCell` is the base of all cells of `tf.nn.rnn_cell` and `tf.contrib.rnn`. Scripts subclass it
(overriding `call`, or the whole `__call__`, and the two sizes), or `LayerRNNCell` (with `build`
and `add_variable`).
"""

import collections

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

# Their names up to TF 1.6.
_RNNCell = RNNCell
_LayerRNNCell = LayerRNNCell


def _like_rnncell(cell):
    """Return whether `cell` has sizes, a zero state and `__call__`, as TF 1.2's `assert_like_rnncell` checks."""
    try:
        assert_like_rnncell("cell", cell)
    except TypeError:
        return False
    return True


# Modules that TF 1.15's module imports, and which scripts get from it with `from ... import *`.
_IMPORTED = {
    "activations": "tensorflow.python.keras.activations",
    "array_ops": "tensorflow.python.ops.array_ops",
    "base_layer": "tensorflow.python.layers.base",
    "clip_ops": "tensorflow.python.ops.clip_ops",
    "constant_op": "tensorflow.python.framework.constant_op",
    "context": "tensorflow.python.eager.context",
    "dtypes": "tensorflow.python.framework.dtypes",
    "init_ops": "tensorflow.python.ops.init_ops",
    "initializers": "tensorflow.python.keras.initializers",
    "logging": "tensorflow.python.platform.tf_logging",
    "math_ops": "tensorflow.python.ops.math_ops",
    "nest": "tensorflow.python.util.nest",
    "nn_ops": "tensorflow.python.ops.nn_ops",
    "ops": "tensorflow.python.framework.ops",
    "partitioned_variables": "tensorflow.python.ops.partitioned_variables",
    "tensor_shape": "tensorflow.python.framework.tensor_shape",
    "tensor_util": "tensorflow.python.framework.tensor_util",
    "tf_variables": "tensorflow.python.ops.variables",
    "vs": "tensorflow.python.ops.variable_scope",
}

__all__ = [
    "ASSERT_LIKE_RNNCELL_ERROR_REGEXP",
    "BasicLSTMCell",
    "BasicRNNCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "GRUCell",
    "LSTMCell",
    "LSTMStateTuple",
    "LayerRNNCell",
    "MultiRNNCell",
    "RNNCell",
    "ResidualWrapper",
    "assert_like_rnncell",
    "collections",
    *_IMPORTED,
]
_refuse = refuse_unknown("tensorflow.python.ops.rnn_cell_impl", [*__all__, _linear.__name__])


def __getattr__(name):
    if name in _IMPORTED:
        from legacy_graph.runner.imports import find_module  # needs all of ours to be importable

        return find_module(_IMPORTED[name])
    return _refuse(name)
