"""Every private TensorFlow and Keras name this project touches, imported here and nowhere else.

When TensorFlow moves something, this is the file to change. `tests/test_private_imports.py`
fails when another module reaches into `tensorflow.python` or `tf_keras.src`.
"""

from tensorflow.core.protobuf import config_pb2, saved_model_pb2
from tensorflow.python import tf2
from tensorflow.python.client import session
from tensorflow.python.data.ops import dataset_ops, multi_device_iterator_ops
from tensorflow.python.eager import context, execute
from tensorflow.python.feature_column import feature_column
from tensorflow.python.framework import (
    constant_op,
    dtypes,
    function,
    indexed_slices,
    meta_graph,
    op_def_library,
    op_def_registry,
    ops,
    random_seed,
    smart_cond,
    sparse_tensor,
    tensor,
    tensor_shape,
    tensor_util,
)
from tensorflow.python.keras.optimizer_v2 import learning_rate_schedule
from tensorflow.python.ops import (
    array_grad,
    array_ops,
    array_ops_stack,
    clip_ops,
    confusion_matrix,
    control_flow_util,
    control_flow_v2_toggles,
    custom_gradient,
    data_flow_ops,
    embedding_ops,
    gen_array_ops,
    gen_data_flow_ops,
    gen_math_ops,
    gen_random_ops,
    gradients_util,
    image_ops_impl,
    lookup_ops,
    math_grad,
    math_ops,
    nn_grad,
    nn_impl,
    nn_ops,
    random_ops,
    resource_variable_ops,
    resource_variables_toggle,
    rnn,
    sparse_ops,
    special_math_ops,
    summary_ops_v2,
    tensor_array_grad,
    tensor_array_ops,
    tensor_getitem_override,
    variable_scope,
    weights_broadcast_ops,
)
from tensorflow.python.profiler import model_analyzer
from tensorflow.python.training import ftrl, optimizer, saver, training_util
from tensorflow.python.training import input as train_input
from tensorflow.python.util import deprecation, nest
from tf_keras.api._v1 import keras as keras_v1
from tf_keras.src import regularizers as keras_regularizers
from tf_keras.src.layers import rnn as keras_rnn
from tf_keras.src.layers.convolutional import base_conv
from tf_keras.src.layers.normalization import batch_normalization
from tf_keras.src.layers.regularization import dropout as keras_dropout
from tf_keras.src.layers.reshaping import flatten
from tf_keras.src.layers.rnn import legacy_cell_wrappers
from tf_keras.src.layers.rnn import legacy_cells as legacy_cell_impl
from tf_keras.src.utils import control_flow_util as keras_control_flow
from tf_keras.src.utils import version_utils as keras_versions

legacy_layers = keras_v1.__internal__.legacy.layers
legacy_cells = keras_v1.__internal__.legacy.rnn_cell

__all__ = [
    "array_grad",
    "array_ops",
    "array_ops_stack",
    "base_conv",
    "batch_normalization",
    "clip_ops",
    "confusion_matrix",
    "constant_op",
    "context",
    "control_flow_util",
    "control_flow_v2_toggles",
    "custom_gradient",
    "data_flow_ops",
    "dataset_ops",
    "deprecation",
    "dtypes",
    "embedding_ops",
    "execute",
    "feature_column",
    "flatten",
    "ftrl",
    "function",
    "gen_array_ops",
    "gen_data_flow_ops",
    "gen_math_ops",
    "gen_random_ops",
    "gradients_util",
    "image_ops_impl",
    "indexed_slices",
    "keras_control_flow",
    "keras_dropout",
    "keras_regularizers",
    "keras_rnn",
    "keras_v1",
    "keras_versions",
    "learning_rate_schedule",
    "legacy_cell_impl",
    "legacy_cell_wrappers",
    "legacy_cells",
    "legacy_layers",
    "lookup_ops",
    "math_grad",
    "math_ops",
    "meta_graph",
    "model_analyzer",
    "multi_device_iterator_ops",
    "nest",
    "nn_grad",
    "nn_impl",
    "nn_ops",
    "op_def_library",
    "op_def_registry",
    "ops",
    "optimizer",
    "random_ops",
    "random_seed",
    "resource_variable_ops",
    "resource_variables_toggle",
    "rnn",
    "saved_model_pb2",
    "saver",
    "session",
    "smart_cond",
    "sparse_tensor",
    "sparse_ops",
    "special_math_ops",
    "summary_ops_v2",
    "tensor",
    "tensor_array_grad",
    "tensor_array_ops",
    "tensor_getitem_override",
    "tensor_shape",
    "tensor_util",
    "tf2",
    "train_input",
    "training_util",
    "variable_scope",
    "weights_broadcast_ops",
]


def callable_without_checks(tf_session, feeds, targets):
    """Return a function of arrays that runs ops by name in a tf.compat.v1.Session, inside while loops too.

    Session.run refuses to feed and to run what is in a loop, before TensorFlow itself is asked.
    """
    options = config_pb2.CallableOptions(feed=feeds, target=targets)
    return tf_session._make_callable_from_options(options)
