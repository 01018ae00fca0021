"""Array and math functions, op for op as TensorFlow 1.15 built them."""

from legacy_graph import internals
from legacy_graph.internals import array_ops
from legacy_graph.op_for_op.swap import as_in_115


@as_in_115(array_ops, "split")
def split(today, value, num_or_size_splits, axis=0, num=None, name="split"):
    """The number of parts was made a tensor before it was seen to be a number."""
    if isinstance(num_or_size_splits, (int, internals.tensor_shape.Dimension)):
        internals.ops.convert_to_tensor(num_or_size_splits)
    return today(value, num_or_size_splits, axis, num, name)
