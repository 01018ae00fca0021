"""The TensorFlow 1.15 namespace on today's TensorFlow: `from legacy_graph import tf1 as tf`.

A name is looked up among what is supplied here (what today's TensorFlow dropped, or refuses
beside Keras 3), then in `tf.compat.v1`. An unknown name is refused with its nearest
neighbours. Build and run graphs inside `legacy_graph.behavior.tf1_behavior()`.
"""

import tensorflow.compat.v1 as _v1

from legacy_graph import contrib, internals
from legacy_graph.contrib import rnn as _rnn
from legacy_graph.namespace import Namespace, unknown_name

layers = Namespace("tf.layers", internals.legacy_layers)
keras = internals.keras_v1
nn = Namespace("tf.nn", _v1.nn, rnn_cell=_rnn.rnn_cell)


def __getattr__(name):
    if hasattr(_v1, name):
        return getattr(_v1, name)
    if name.startswith("__"):
        raise AttributeError(name)
    raise unknown_name("tf", name, __dir__())


def __dir__():
    return sorted({"contrib", "layers", "keras", "nn", *dir(_v1)})
