"""Loops and TensorArrays, op for op as TensorFlow 1.15 built them."""

from legacy_graph import internals
from legacy_graph.graph115.counting import counted_as
from legacy_graph.graph115.replacement import replaces, replaces_gradient
from legacy_graph.internals import array_ops, gen_data_flow_ops, math_ops, ops, tensor_array_ops


@replaces(tensor_array_ops._GraphTensorArray, "size")
def tensor_array_size(today, array, name=None):
    """A TensorArraySize op, even where the size was given as a number."""
    return gen_data_flow_ops.tensor_array_size_v3(array.handle, flow_in=array.flow, name=name)


@replaces(tensor_array_ops._GraphTensorArray, "stack")
def tensor_array_stack(today, array, name=None):
    """The number of elements came from an op, even where it was given as a number."""
    with ops.colocate_with(array.handle), ops.name_scope(name, "TensorArrayStack", [array.handle]):
        return array.gather(math_ops.range(0, array.size()), name=name)


def _gradient_array_after_writes(op, flow):
    """The TensorArray of gradients, after the last write.

    1.15 did not wait for that write, which is a race; the ops that wait are kept, and not counted.
    """
    with counted_as(0):
        flow_out = array_ops.identity(op.outputs[0], "flow_out")
        with ops.control_dependencies([flow_out]):
            flow_in = array_ops.identity(flow, "write_barrier")
    array = tensor_array_ops.TensorArray(
        dtype=op.get_attr("T"), handle=op.inputs[0], flow=flow_in, colocate_with_first_write_call=False
    )
    return array.grad(source=internals.tensor_array_grad._GetGradSource(flow), flow=flow_in), flow_in


@replaces_gradient("TensorArrayWriteV3")
def tensor_array_write_gradient(today, op, flow):
    """The gradient was read from the TensorArray of gradients."""
    array, flow = _gradient_array_after_writes(op, flow)
    return None, None, array.read(op.inputs[1]), flow


@replaces_gradient("TensorArrayScatterV3")
def tensor_array_scatter_gradient(today, op, flow):
    """The gradients were gathered from the TensorArray of gradients."""
    array, flow = _gradient_array_after_writes(op, flow)
    return None, None, array.gather(op.inputs[1]), flow


@replaces_gradient("TensorArraySplitV3")
def tensor_array_split_gradient(today, op, flow):
    """The gradients were concatenated from the TensorArray of gradients."""
    array, flow = _gradient_array_after_writes(op, flow)
    return None, array.concat(), None, flow
