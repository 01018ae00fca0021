"""Gradients, op for op as TensorFlow 1.15 built them.

Most differ in one thing. The gradient of x + y, where one is broadcast to the other's shape, must
be summed back to each's own shape. Today's TensorFlow finds the axes from the shapes where it can;
1.15 left them to an op, BroadcastGradientArgs, and for some functions summed even over no axes.
"""

import math
import weakref
from typing import Any

import numpy as np

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces, replaces_gradient
from legacy_graph.internals import array_ops, gen_array_ops, gen_math_ops, math_ops, ops, tensor_util

_INT32 = internals.dtypes.int32
# graph -> {shapes of x and y: axes to sum each over}
_known_axes: weakref.WeakKeyDictionary[Any, dict] = weakref.WeakKeyDictionary()


def _is_tensor(value):
    return isinstance(value, internals.tensor.Tensor)


def _reduced_to(shape, axes):
    return lambda gradient: array_ops.reshape(math_ops.reduce_sum(gradient, axes), shape)


def _always_reduced(x, y, shape=array_ops.shape):
    """Two functions that sum a gradient back to the shape of x, of y."""
    x_shape, y_shape = shape(x), shape(y)
    x_axes, y_axes = gen_array_ops.broadcast_gradient_args(x_shape, y_shape)
    return _reduced_to(x_shape, x_axes), _reduced_to(y_shape, y_axes)


def _runtime_shape(x):
    return array_ops.shape_internal(x, optimize=False)


def _reduced_where_needed(x, y, grad):
    """As `_always_reduced`, but of known shapes only those that differ from the gradient's.

    The axes for a pair of known shapes were found once a graph, by ops, and remembered.
    """
    shapes = [t.shape.as_list() if _is_tensor(t) and t.shape.is_fully_defined() else None for t in (x, y)]
    if None in shapes or not _is_tensor(grad):
        return _always_reduced(x, y, _runtime_shape if _is_tensor(grad) else array_ops.shape)
    known = _known_axes.setdefault(ops.get_default_graph(), {})
    key = tuple(map(tuple, shapes))
    if key not in known:
        axes = gen_array_ops.broadcast_gradient_args(*(ops.convert_to_tensor(shape, _INT32) for shape in shapes))
        known[key] = [tuple(tensor_util.try_evaluate_constant(side)) for side in axes]
    # A gradient of unknown shape differs from every known one.
    grad_shape = grad.shape.as_list() if grad.shape.ndims is not None else None
    return [
        _reduced_to(shape, axes) if shape != grad_shape else (lambda gradient: gradient)
        for shape, axes in zip(shapes, known[key])
    ]


def _same_known_shapes(x, y, grad):
    return (
        all(map(_is_tensor, (x, y, grad)))
        and grad.shape.is_fully_defined()
        and x.shape.ndims is not None
        and y.shape.ndims is not None
        and x.shape.as_list() == y.shape.as_list() == grad.shape.as_list()
    )


@replaces_gradient("Add", "AddV2")
def add_gradient(today, op, grad):
    """(g, g), each summed back to its argument's shape."""
    x, y = op.inputs
    if _same_known_shapes(x, y, grad):
        return grad, grad
    to_x, to_y = _reduced_where_needed(x, y, grad)
    return to_x(grad), to_y(grad)


@replaces_gradient("Sub")
def subtract_gradient(today, op, grad):
    """(g, -g), each summed back."""
    x, y = op.inputs
    if _same_known_shapes(x, y, grad):
        return grad, -grad
    to_x, to_y = _reduced_where_needed(x, y, grad)
    return to_x(grad), to_y(-grad)


@replaces_gradient("Mul")
def multiply_gradient(today, op, grad):
    """(g y, x g), each summed back."""
    x, y = op.inputs
    if _same_known_shapes(x, y, grad) and grad.dtype in (_INT32, internals.dtypes.float32):
        return gen_math_ops.mul(grad, y), gen_math_ops.mul(grad, x)
    to_x, to_y = _reduced_where_needed(x, y, grad)
    x, y = math_ops.conj(x), math_ops.conj(y)
    return to_x(gen_math_ops.mul(grad, y)), to_y(gen_math_ops.mul(x, grad))


@replaces_gradient("SquaredDifference")
def squared_difference_gradient(today, op, grad):
    """(2 g (x - y), the negative of that), each summed back."""
    x, y = op.inputs
    with ops.control_dependencies([grad]):
        x_grad = math_ops.scalar_mul(2.0, grad) * (x - y)
    if _same_known_shapes(x, y, grad):
        return x_grad, -x_grad
    to_x, to_y = _reduced_where_needed(x, y, grad)
    return to_x(x_grad), -to_y(x_grad)


@replaces_gradient("Pow")
def power_gradient(today, op, grad):
    """(g y x^(y-1), g x^y log x where x > 0), each summed back."""
    x, y = op.inputs
    to_x, to_y = _reduced_where_needed(x, y, grad)
    x, y, z = math_ops.conj(x), math_ops.conj(y), op.outputs[0]
    x_grad = to_x(grad * y * math_ops.pow(x, y - 1))
    z = math_ops.conj(z)
    has_log = math_ops.not_equal(x, 0) if x.dtype.is_complex else x > 0
    log_x = array_ops.where(
        has_log, math_ops.log(array_ops.where(has_log, x, array_ops.ones_like(x))), array_ops.zeros_like(x)
    )
    return x_grad, to_y(grad * z * log_x)


def _quotient_gradient(divide):
    def gradient(today, op, grad):
        x, y = op.inputs
        to_x, to_y = _always_reduced(x, y)
        x, y = math_ops.conj(x), math_ops.conj(y)
        return to_x(divide(grad, y)), to_y(grad * divide(divide(-x, y), y))

    gradient.__doc__ = """(g / y, -g x / y^2), each always summed back."""
    return gradient


replaces_gradient("Div")(_quotient_gradient(math_ops.divide))
replaces_gradient("RealDiv")(_quotient_gradient(math_ops.realdiv))


@replaces(internals.math_grad, "_ReduceGradientArgs")
def reduce_gradients(today, x, y, gx, gy):
    """For the other functions of two arguments: gradients were always summed back to the arguments' shapes."""
    to_x, to_y = _always_reduced(x, y)
    return None if gx is None else to_x(gx), None if gy is None else to_y(gy)


def _extremum_gradient(first_is_chosen):
    def gradient(today, op, grad):
        x, y = op.inputs
        x_shape, y_shape, grad_shape = array_ops.shape(x), array_ops.shape(y), array_ops.shape(grad)
        zeros = array_ops.zeros(grad_shape, grad.dtype)
        chosen = first_is_chosen(x, y)
        x_axes, y_axes = gen_array_ops.broadcast_gradient_args(x_shape, y_shape)
        return (
            _reduced_to(x_shape, x_axes)(array_ops.where(chosen, grad, zeros)),
            _reduced_to(y_shape, y_axes)(array_ops.where(chosen, zeros, grad)),
        )

    gradient.__doc__ = """g for the chosen argument, zeros for the other, each always summed back."""
    return gradient


replaces_gradient("Maximum")(_extremum_gradient(math_ops.greater_equal))
replaces_gradient("Minimum")(_extremum_gradient(math_ops.less_equal))


@replaces_gradient("Sign")
def sign_gradient(today, op, grad):
    """Zeros, filled into the shape of x."""
    x = op.inputs[0]
    return array_ops.zeros(array_ops.shape(x), dtype=x.dtype)


@replaces(math_ops, "reduced_shape")
def reduced_shape(today, input_shape, axes):
    """The shape with 1 for each reduced axis was computed by ops (DynamicStitch), even where it is known."""
    input_shape, axes = math_ops.cast(input_shape, _INT32), math_ops.cast(axes, _INT32)
    rank = array_ops.size(input_shape)
    axes = (axes + rank) % rank
    axes_shape = array_ops.shape(axes)
    return internals.gen_data_flow_ops.dynamic_stitch(
        [math_ops.range(rank), axes], [input_shape, array_ops.fill(axes_shape, 1)]
    )


def _size_ratio(size, divisor):
    return size // math_ops.maximum(divisor, 1)


def _spread(op, grad):
    """Repeat the gradient of a sum over the axes that were summed."""
    x, axes = op.inputs
    axes_value = tensor_util.constant_value(axes)
    if x.shape.ndims is not None and axes_value is not None:
        if x.shape.is_fully_defined() or np.array_equal(axes_value, np.arange(x.shape.ndims)):
            return internals.math_grad._SumGrad(op, grad)[0]
    shape = array_ops.shape(x)
    with ops.colocate_with(shape):
        kept_dims = math_ops.reduced_shape(shape, axes)
        repeats = _size_ratio(shape, kept_dims)
    return array_ops.tile(array_ops.reshape(grad, kept_dims), repeats)


@replaces_gradient("Sum")
def sum_gradient(today, op, grad):
    """g, tiled over the summed axes."""
    return _spread(op, grad), None


@replaces_gradient("Mean")
def mean_gradient(today, op, grad):
    """g, tiled and divided by the ratio of the sizes before and after."""
    x, y = op.inputs[0], op.outputs[0]
    spread = _spread(op, grad)
    if x.shape.is_fully_defined() and y.shape.is_fully_defined():
        number = math.prod(x.shape.as_list()) // max(math.prod(y.shape.as_list()), 1)
        number = internals.constant_op.constant(number, dtype=spread.dtype)
    else:
        x_shape, y_shape = array_ops.shape(x), array_ops.shape(y)
        number = _size_ratio(math_ops.reduce_prod(x_shape), math_ops.reduce_prod(y_shape))
    return math_ops.truediv(spread, math_ops.cast(number, spread.dtype)), None


@replaces_gradient("Max", "Min")
def extremum_over_axes_gradient(today, op, grad):
    """g, divided equally among the elements that equal the extremum."""
    x, axes = op.inputs
    kept_dims = math_ops.reduced_shape(array_ops.shape(x), axes)
    y, grad = array_ops.reshape(op.outputs[0], kept_dims), array_ops.reshape(grad, kept_dims)
    reaches = math_ops.cast(math_ops.equal(y, x), grad.dtype)
    number = array_ops.reshape(math_ops.reduce_sum(reaches, axes), kept_dims)
    return math_ops.divide(reaches, number) * grad, None


@replaces_gradient("Prod")
def product_gradient(today, op, grad):
    """g times the product of the elements before and of those after."""
    x, axes = op.inputs
    shape = array_ops.shape(x)
    axes = array_ops.reshape(axes, [-1])
    kept_dims = math_ops.reduced_shape(shape, op.inputs[1])
    repeats = _size_ratio(shape, kept_dims)
    grad = array_ops.tile(array_ops.reshape(grad, kept_dims), repeats)
    with ops.device("/cpu:0"):
        rank = array_ops.rank(x)
        reduced = math_ops.cast((axes + rank) % rank, _INT32)
        others, _ = gen_array_ops.list_diff(math_ops.range(0, rank), reduced)
        permutation = array_ops.concat([reduced, others], 0)
        sizes = [math_ops.reduce_prod(array_ops.gather(shape, part)) for part in (reduced, others)]
    permuted = array_ops.transpose(x, permutation)
    permuted_shape = array_ops.shape(permuted)
    columns = array_ops.reshape(permuted, sizes)
    before = math_ops.cumprod(columns, axis=0, exclusive=True)
    after = math_ops.cumprod(columns, axis=0, exclusive=True, reverse=True)
    product = array_ops.reshape(math_ops.conj(before) * math_ops.conj(after), permuted_shape)
    inverse = array_ops.invert_permutation(permutation)
    return array_ops.reshape(grad * array_ops.transpose(product, inverse), shape), None


@replaces_gradient("Reshape")
def reshape_gradient(today, op, grad):
    """g, reshaped back; a Shape op unless the shape is fully known."""
    grad = internals.array_grad._IndexedSlicesToTensorNoWarning(grad)
    return array_ops.reshape(grad, array_ops.shape(op.inputs[0])), None


@replaces_gradient("BroadcastTo")
def broadcast_to_gradient(today, op, grad):
    """g, summed over the broadcast axes, which an op computed."""
    shape = array_ops.shape(op.inputs[0])
    _, axes = gen_array_ops.broadcast_gradient_args(op.inputs[1], shape)
    return array_ops.reshape(math_ops.reduce_sum(grad, axis=axes, keepdims=True), shape), None


@replaces_gradient("StridedSlice")
def slice_gradient(today, op, grad):
    """StridedSliceGrad with the forward op's own bounds."""
    x, begin, end, strides = op.inputs
    shape = array_ops.shape(x, out_type=begin.dtype)
    masks = {
        name: op.get_attr(name)
        for name in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    }
    return array_ops.strided_slice_grad(shape, begin, end, strides, grad, **masks), None, None, None


def _shape_of_parameters(parameters):
    with ops.colocate_with(parameters):
        shape = array_ops.shape(parameters, out_type=internals.dtypes.int64)
        return math_ops.cast(shape, _INT32)


def _gathered_rows(grad, indices, shape):
    """The gradient of gathering along axis 0: rows, and which they are."""
    size = array_ops.expand_dims(array_ops.size(indices), 0)
    values_shape = array_ops.concat([size, shape[1:]], 0)
    values = array_ops.reshape(internals.array_grad._IndexedSlicesToTensorNoWarning(grad), values_shape)
    return internals.indexed_slices.IndexedSlices(values, array_ops.reshape(indices, size), shape)


@replaces_gradient("Gather")
def gather_gradient(today, op, grad):
    """IndexedSlices, whose dense shape was computed as int64."""
    return _gathered_rows(grad, op.inputs[1], _shape_of_parameters(op.inputs[0])), None


@replaces_gradient("GatherV2")
def gather_v2_gradient(today, op, grad):
    """As `gather_gradient`; another axis was transposed to the front and back."""
    parameters, indices, axis = op.inputs
    if tensor_util.constant_value(axis) == 0:
        return _gathered_rows(grad, indices, _shape_of_parameters(parameters)), None, None
    batch_dims = int(op.get_attr("batch_dims"))
    if batch_dims < 0:
        return today(op, grad)
    shape = _shape_of_parameters(parameters)
    array_ops.expand_dims(array_ops.size(indices), 0)
    outer, inner = shape[:axis], shape[axis:][1:]
    values_shape = array_ops.concat([outer, [-1], inner], 0)
    rank, axis_place = array_ops.size(values_shape), array_ops.size(outer)
    batches = math_ops.range(batch_dims)
    before, behind = math_ops.range(batch_dims, axis_place), math_ops.range(axis_place + 1, rank)
    values = array_ops.reshape(internals.array_grad._IndexedSlicesToTensorNoWarning(grad), values_shape)
    there = array_ops.concat([batches, [axis_place], before, behind], 0)
    gathered = internals.array_grad._BatchGatherGrad(
        shape, array_ops.transpose(values, there), indices, batch_dims, shape[axis]
    )
    back = array_ops.concat([batches, before + 1, [batch_dims], behind], 0)
    return array_ops.transpose(gathered, back), None, None


@replaces_gradient("BatchMatMulV2")
def batch_matmul_gradient(today, op, grad):
    """Summed back over broadcast batches unless both shapes are known and equal."""
    x, y = op.inputs
    x_grad, y_grad = today(op, grad)
    if x.shape.is_fully_defined() and y.shape.is_fully_defined() and x.shape.as_list() == y.shape.as_list():
        return x_grad, y_grad
    x_batch, y_batch = x.shape[:-2], y.shape[:-2]
    if not (x_batch.is_fully_defined() and y_batch.is_fully_defined() and x_batch.as_list() == y_batch.as_list()):
        return x_grad, y_grad  # today's sums these back, too
    x_shape, y_shape = array_ops.shape(x), array_ops.shape(y)
    x_axes, y_axes = gen_array_ops.broadcast_gradient_args(x_shape[:-2], y_shape[:-2])
    return _reduced_to(x_shape, x_axes)(x_grad), _reduced_to(y_shape, y_axes)(y_grad)


@replaces_gradient("SparseSoftmaxCrossEntropyWithLogits")
def sparse_softmax_cross_entropy_gradient(today, op, grad, _):
    """g times the gradient that the op computed, which has no second derivative."""
    computed = array_ops.prevent_gradient(
        op.outputs[1], message="sparse_softmax_cross_entropy_with_logits has no second derivative"
    )
    return internals.nn_grad._BroadcastMul(grad, computed), None


@replaces_gradient("SoftmaxCrossEntropyWithLogits")
def softmax_cross_entropy_gradient(today, op, grad, grad_of_gradient):
    """No second derivative where the incoming gradient is known to be zeros, by its op or its value."""
    if grad_of_gradient is not None:
        value = tensor_util.constant_value(grad_of_gradient)
        is_zeros = grad_of_gradient.op.type in ("ZerosLike", "Zeros") or value is not None and not value.any()
        grad_of_gradient._is_zeros_tensor = is_zeros
    return today(op, grad, grad_of_gradient)
