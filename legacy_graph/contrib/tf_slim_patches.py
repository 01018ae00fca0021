"""What tf_slim still asks of TensorFlow under names that TensorFlow has moved since.

tf_slim 1.1 reaches into TensorFlow's own modules, some of whose names have new homes by now:
without them its `batch_norm`, `optimize_loss` and others fail at the first call. Mending gives
tf_slim's modules, and nobody else, these names at their old places.
"""

import sys

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.namespace import Namespace


def _legacy_layers(**names):
    """The layers of `tf.layers`: TensorFlow's own copy of them has lost parts and makes fewer ops."""
    return {old: getattr(internals.legacy_layers, new) for old, new in names.items()}


# By the name under which tf_slim's modules import a module of TensorFlow.
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
    """Give those of tf_slim's modules that are imported the moved names; again is harmless."""
    for module in [module for name, module in sys.modules.items() if name.startswith("tf_slim.")]:
        for name, moved in _MOVED.items():
            base = vars(module).get(name)
            if base is not None and not isinstance(base, Namespace):
                full = f"{module.__name__}.{name}"
                ours = {f"{full}.{key}": value for key, value in moved.items()}
                setattr(module, name, Namespace(full, base, ours))
