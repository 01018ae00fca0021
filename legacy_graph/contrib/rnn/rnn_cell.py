"""All cells of TF 1's contrib; replaces `tensorflow.contrib.rnn.python.ops.rnn_cell`."""

from legacy_graph.contrib.rnn.gated_cells import (
    CFNCell,
    IntersectionRNNCell,
    MinimalRNNCell,
    NASCell,
    SRUCell,
    UGRNNCell,
)
from legacy_graph.contrib.rnn.grid_cells import BidirectionalGridLSTMCell, GridLSTMCell, TimeFreqLSTMCell
from legacy_graph.contrib.rnn.indy_cells import IndRNNCell, IndyGRUCell, IndyLSTMCell
from legacy_graph.contrib.rnn.linear import _Linear
from legacy_graph.contrib.rnn.lstm_cells import (
    Conv1DLSTMCell,
    Conv2DLSTMCell,
    Conv3DLSTMCell,
    ConvLSTMCell,
    GLSTMCell,
    PhasedLSTMCell,
)
from legacy_graph.contrib.rnn.norm_cells import (
    CoupledInputForgetGateLSTMCell,
    LayerNormBasicLSTMCell,
    LayerNormLSTMCell,
    WeightNormLSTMCell,
)
from legacy_graph.contrib.rnn.ntm_cell import NTMCell, NTMControllerState
from legacy_graph.contrib.rnn.wrappers import AttentionCellWrapper, CompiledWrapper, HighwayWrapper
from legacy_graph.namespace import refuse_unknown

__all__ = [
    "AttentionCellWrapper",
    "BidirectionalGridLSTMCell",
    "CFNCell",
    "CompiledWrapper",
    "Conv1DLSTMCell",
    "Conv2DLSTMCell",
    "Conv3DLSTMCell",
    "ConvLSTMCell",
    "CoupledInputForgetGateLSTMCell",
    "GLSTMCell",
    "GridLSTMCell",
    "HighwayWrapper",
    "IndRNNCell",
    "IndyGRUCell",
    "IndyLSTMCell",
    "IntersectionRNNCell",
    "LayerNormBasicLSTMCell",
    "LayerNormLSTMCell",
    "MinimalRNNCell",
    "NASCell",
    "NTMCell",
    "NTMControllerState",
    "PhasedLSTMCell",
    "SRUCell",
    "TimeFreqLSTMCell",
    "UGRNNCell",
    "WeightNormLSTMCell",
    "_Linear",
]
__getattr__ = refuse_unknown("tensorflow.contrib.rnn.python.ops.rnn_cell", __all__)
