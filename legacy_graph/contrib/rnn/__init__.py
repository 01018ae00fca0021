"""`tf.contrib.rnn`: cells, wrappers and RNN functions of TensorFlow 1.15.

The files are named after the TF 1 modules they stand for, if there is one (`rnn_cell_impl`,
`core_rnn_cell`, `lstm_ops`, `gru_ops`, `fused_rnn_cell`, `rnn`, `rnn_cell`). The cells of `rnn_cell`
are split by topic into `gated_cells`, `indy_cells`, `lstm_cells`, `norm_cells`, `grid_cells`,
`ntm_cell` and `wrappers`.
"""

from tensorflow.compat.v1.nn import static_bidirectional_rnn, static_rnn, static_state_saving_rnn

from legacy_graph import internals
from legacy_graph.contrib.rnn.core_rnn_cell import EmbeddingWrapper, InputProjectionWrapper, OutputProjectionWrapper
from legacy_graph.contrib.rnn.fused_rnn_cell import FusedRNNCell, FusedRNNCellAdaptor, TimeReversedFusedRNN
from legacy_graph.contrib.rnn.gru_ops import GRUBlockCell, GRUBlockCellV2
from legacy_graph.contrib.rnn.lstm_ops import LSTMBlockCell, LSTMBlockFusedCell, LSTMBlockWrapper
from legacy_graph.contrib.rnn.rnn import stack_bidirectional_dynamic_rnn, stack_bidirectional_rnn
from legacy_graph.contrib.rnn.rnn_cell import (
    AttentionCellWrapper,
    BidirectionalGridLSTMCell,
    CompiledWrapper,
    Conv1DLSTMCell,
    Conv2DLSTMCell,
    Conv3DLSTMCell,
    ConvLSTMCell,
    CoupledInputForgetGateLSTMCell,
    GLSTMCell,
    GridLSTMCell,
    HighwayWrapper,
    IndRNNCell,
    IndyGRUCell,
    IndyLSTMCell,
    IntersectionRNNCell,
    LayerNormBasicLSTMCell,
    NASCell,
    PhasedLSTMCell,
    SRUCell,
    TimeFreqLSTMCell,
    UGRNNCell,
)
from legacy_graph.contrib.rnn.rnn_cell_impl import (
    BasicLSTMCell,
    BasicRNNCell,
    DeviceWrapper,
    DropoutWrapper,
    GRUCell,
    LayerRNNCell,
    LSTMCell,
    LSTMStateTuple,
    MultiRNNCell,
    ResidualWrapper,
    RNNCell,
)
from legacy_graph.namespace import refuse_unknown

best_effort_input_batch_size = internals.rnn._best_effort_input_batch_size
transpose_batch_time = internals.rnn._transpose_batch_time

__all__ = [
    "AttentionCellWrapper",
    "BasicLSTMCell",
    "BasicRNNCell",
    "BidirectionalGridLSTMCell",
    "CompiledWrapper",
    "Conv1DLSTMCell",
    "Conv2DLSTMCell",
    "Conv3DLSTMCell",
    "ConvLSTMCell",
    "CoupledInputForgetGateLSTMCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "EmbeddingWrapper",
    "FusedRNNCell",
    "FusedRNNCellAdaptor",
    "GLSTMCell",
    "GRUBlockCell",
    "GRUBlockCellV2",
    "GRUCell",
    "GridLSTMCell",
    "HighwayWrapper",
    "IndRNNCell",
    "IndyGRUCell",
    "IndyLSTMCell",
    "InputProjectionWrapper",
    "IntersectionRNNCell",
    "LSTMBlockCell",
    "LSTMBlockFusedCell",
    "LSTMBlockWrapper",
    "LSTMCell",
    "LSTMStateTuple",
    "LayerNormBasicLSTMCell",
    "LayerRNNCell",
    "MultiRNNCell",
    "NASCell",
    "OutputProjectionWrapper",
    "PhasedLSTMCell",
    "RNNCell",
    "ResidualWrapper",
    "SRUCell",
    "TimeFreqLSTMCell",
    "TimeReversedFusedRNN",
    "UGRNNCell",
    "best_effort_input_batch_size",
    "stack_bidirectional_dynamic_rnn",
    "stack_bidirectional_rnn",
    "static_bidirectional_rnn",
    "static_rnn",
    "static_state_saving_rnn",
    "transpose_batch_time",
]
__getattr__ = refuse_unknown("tf.contrib.rnn", __all__)
