"""`tf.contrib.cudnn_rnn`: cuDNN's layers, computed by ordinary ops on any machine, and the cells that equal them.

A layer keeps all its weights in one vector, as cuDNN did, under the same name; a Saver writes them under the names of
the cells too, which is how 1.15 made its checkpoints independent of the machine.
"""

from legacy_graph.contrib.cudnn_rnn.cells import CudnnCompatibleGRUCell, CudnnCompatibleLSTMCell
from legacy_graph.contrib.cudnn_rnn.layers import CudnnGRU, CudnnLSTM, CudnnRNNRelu, CudnnRNNTanh
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
]
__getattr__ = refuse_unknown(
    "tf.contrib.cudnn_rnn",
    __all__,
    reasons=dict.fromkeys(
        [f"CudnnParamsFormatConverter{kind}" for kind in ("GRU", "LSTM", "Relu", "Tanh")],
        "how cuDNN lays its weights out is known to cuDNN only; the layers' checkpoints name the cells' weights",
    ),
)
