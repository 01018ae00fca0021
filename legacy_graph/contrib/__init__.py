"""What `tf.contrib` supplied to RNN scripts, with the behaviour and names of TensorFlow 1.15."""

import importlib

from legacy_graph.namespace import unknown_name

__all__ = ["rnn", "seq2seq"]


def __getattr__(name):
    if name in __all__:  # imported at first use: most scripts need one or two of them
        return importlib.import_module(f"{__name__}.{name}")
    if name.startswith("__"):
        raise AttributeError(name)
    raise unknown_name("tf.contrib", name, __all__)
