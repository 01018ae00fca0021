"""The table of TensorFlow 1 op types and their translation to keras.ops.

`OPS[type](x, node, *args)` returns the expression of the op's output, or a list for several outputs; `x` is the
Expressions to create it with. To add an op, add an entry in one of these files and a recording to test it against.
"""

from keras_port.translation.op_types import elementwise, network  # noqa: F401  (they fill the table)
from keras_port.translation.op_types.arrangement import concatenate, element, flip, getitem, reshape, stack, transpose
from keras_port.translation.op_types.picking import masked_rows
from keras_port.translation.op_types.registry import OPS

__all__ = ["OPS", "concatenate", "element", "flip", "getitem", "masked_rows", "reshape", "stack", "transpose"]
