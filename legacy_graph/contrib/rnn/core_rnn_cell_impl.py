"""TF 1.0's name for `core_rnn_cell`: `tensorflow.contrib.rnn.python.ops.core_rnn_cell_impl`."""

from legacy_graph.contrib.rnn.core_rnn_cell import *  # noqa: F403
from legacy_graph.contrib.rnn.core_rnn_cell import __all__
from legacy_graph.namespace import refuse_unknown

__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.core_rnn_cell_impl", __all__)
