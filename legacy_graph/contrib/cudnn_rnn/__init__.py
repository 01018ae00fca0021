"""`tf.contrib.cudnn_rnn`: cuDNN's RNN layers, built from ordinary ops for any device, and the compatible cells.

As in cuDNN, a layer keeps all weights in one opaque vector, under the same variable name. A Saver writes them in the
cells' canonical form, which is how TF 1.15 made checkpoints that load with and without a GPU.
"""

from legacy_graph.contrib.cudnn_rnn.cells import CudnnCompatibleGRUCell, CudnnCompatibleLSTMCell
from legacy_graph.contrib.cudnn_rnn.layers import CudnnGRU, CudnnLSTM, CudnnRNNRelu, CudnnRNNTanh
from legacy_graph.contrib.cudnn_rnn.older_saveable import RNNParamsSaveable
from legacy_graph.contrib.cudnn_rnn.saveable import (
    CudnnGRUSaveable,
    CudnnLSTMSaveable,
    CudnnRNNReluSaveable,
    CudnnRNNTanhSaveable,
)
from legacy_graph.namespace import refuse_unknown

__all__ = [
    "CudnnCompatibleGRUCell",
    "CudnnCompatibleLSTMCell",
    "CudnnGRU",
    "CudnnGRUSaveable",
    "CudnnLSTM",
    "CudnnLSTMSaveable",
    "CudnnRNNRelu",
    "CudnnRNNReluSaveable",
    "CudnnRNNTanh",
    "CudnnRNNTanhSaveable",
    "RNNParamsSaveable",
]
__getattr__ = refuse_unknown(
    "tf.contrib.cudnn_rnn",
    __all__,
    reasons=dict.fromkeys(
        [f"CudnnParamsFormatConverter{kind}" for kind in ("GRU", "LSTM", "Relu", "Tanh")],
        "how cuDNN lays its weights out is known to cuDNN only; the layers' checkpoints name the cells' weights",
    ),
)
