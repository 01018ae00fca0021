"""Names that tf_slim expects in TensorFlow modules, but which TensorFlow has moved.

tf_slim 1.1 imports private TensorFlow modules, some of whose names have moved: without them its
`batch_norm`, `optimize_loss` and other functions fail when they are first called. The patch gives
tf_slim's modules, and no others, these names in their old places.
"""

import sys

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.namespace import Namespace


def _legacy_layers(**names):
    """Return layers of `tf.layers`. TensorFlow's own copies lack parts and create fewer ops."""
    return {old: getattr(internals.legacy_layers, new) for old, new in names.items()}


# Keyed by the name under which tf_slim's modules import the TensorFlow module.
_MOVED = {
    "array_ops": {"stack": tf.stack, "unstack": tf.unstack},
    "control_flow_ops": {"Assert": tf.Assert, "case": tf.case, "cond": tf.cond, "while_loop": tf.while_loop},
    "convolutional_layers": _legacy_layers(
        Convolution1D="Conv1D",
        Convolution2D="Conv2D",
        Convolution3D="Conv3D",
        Convolution2DTranspose="Conv2DTranspose",
        Convolution3DTranspose="Conv3DTranspose",
        SeparableConvolution2D="SeparableConv2D",
    ),
    "core_layers": _legacy_layers(Dense="Dense", Dropout="Dropout", flatten="flatten"),
    "normalization_layers": _legacy_layers(BatchNormalization="BatchNormalization"),
    "pooling_layers": _legacy_layers(
        AveragePooling2D="AveragePooling2D",
        AveragePooling3D="AveragePooling3D",
        MaxPooling2D="MaxPooling2D",
        MaxPooling3D="MaxPooling3D",
    ),
    "ops": {"IndexedSlices": tf.IndexedSlices, "Tensor": tf.Tensor},
    "variable_scope": {"variable": tf.Variable},
}
_MOVED["framework_ops"] = _MOVED["ops"]


def patch_tf_slim():
    """Patch all tf_slim modules that have been imported. Safe to call repeatedly."""
    for module in [module for name, module in sys.modules.items() if name.startswith("tf_slim.")]:
        for name, moved in _MOVED.items():
            base = vars(module).get(name)
            if base is not None and not isinstance(base, Namespace):
                full = f"{module.__name__}.{name}"
                ours = {f"{full}.{key}": value for key, value in moved.items()}
                setattr(module, name, Namespace(full, base, ours))
