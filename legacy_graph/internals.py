"""Every private TensorFlow and Keras name this project touches, imported here and nowhere else.

When TensorFlow moves something, this is the file to mend. `tests/test_private_imports.py`
fails when another module reaches into `tensorflow.python` or `tf_keras.src`.
"""

from tensorflow.python import tf2
from tensorflow.python.framework import (
    meta_graph, op_def_registry, ops, random_seed, smart_cond, tensor, tensor_shape)
from tensorflow.python.ops import (
    control_flow_util, control_flow_v2_toggles, lookup_ops, nn_ops, resource_variables_toggle,
    rnn, rnn_cell_impl)
from tensorflow.python.eager import context
from tensorflow.python.framework import dtypes, tensor_util
from tensorflow.python.ops import (
    array_ops, gen_array_ops, gen_data_flow_ops, gen_math_ops, math_ops, random_ops, tensor_array_ops)
from tensorflow.python.util import deprecation, nest
from tf_keras.api._v1 import keras as keras_v1
from tf_keras.src.layers.rnn import legacy_cell_wrappers, legacy_cells as legacy_cell_impl

legacy_layers = keras_v1.__internal__.legacy.layers
legacy_cells = keras_v1.__internal__.legacy.rnn_cell

__all__ = [
    "array_ops", "context", "dtypes", "gen_array_ops", "gen_data_flow_ops", "gen_math_ops", "math_ops",
    "random_ops", "tensor_array_ops", "tensor_util",
    "control_flow_util", "control_flow_v2_toggles", "deprecation", "keras_v1",
    "legacy_cell_impl", "legacy_cell_wrappers", "legacy_cells", "legacy_layers",
    "lookup_ops", "meta_graph", "nest", "nn_ops", "op_def_registry", "ops", "random_seed",
    "resource_variables_toggle", "rnn", "rnn_cell_impl", "smart_cond", "tensor", "tensor_shape",
    "tf2",
]
