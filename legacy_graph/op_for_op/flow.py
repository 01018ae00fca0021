"""Loops and TensorArrays, op for op as TensorFlow 1.15 built them."""

from legacy_graph import internals
from legacy_graph.internals import gen_data_flow_ops, math_ops, tensor_array_ops
from legacy_graph.op_for_op.swap import as_in_115


@as_in_115(tensor_array_ops._GraphTensorArray, "size")
def tensor_array_size(today, array, name=None):
    """The size was asked of the array, even where it was given as a number."""
    return gen_data_flow_ops.tensor_array_size_v3(array.handle, flow_in=array.flow, name=name)


@as_in_115(tensor_array_ops._GraphTensorArray, "stack")
def tensor_array_stack(today, array, name=None):
    """The number of elements was not known before running."""
    with internals.ops.colocate_with(array.handle):
        with internals.ops.name_scope(name, "TensorArrayStack", [array.handle]):
            return array.gather(math_ops.range(0, array.size()), name=name)
