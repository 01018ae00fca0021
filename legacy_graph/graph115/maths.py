"""Arithmetic and linear algebra, op for op as TensorFlow 1.15 built them."""

import collections.abc
import math

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces
from legacy_graph.internals import array_ops, array_ops_stack, gen_math_ops, math_ops, ops

_INT32 = internals.dtypes.int32


@replaces(math_ops, "tensordot")
def tensordot(today, a, b, axes, name=None):
    """Both arguments were always transposed and reshaped, even where that changes nothing."""
    with ops.name_scope(name, "Tensordot", [a, b, axes]) as scope:
        a, b = ops.convert_to_tensor(a, name="a"), ops.convert_to_tensor(b, name="b")
        contracted = _contracted_axes(a, axes)
        if contracted is None or a.shape.ndims is None or b.shape.ndims is None:
            return today(a, b, axes, scope)
        left, left_free = _as_matrix(a, contracted[0])
        right, right_free = _as_matrix(b, contracted[1], flipped=True)
        product = math_ops.matmul(left, right)
        if isinstance(left_free, list) and isinstance(right_free, list):
            return array_ops.reshape(product, left_free + right_free, name=scope)
        sizes = [ops.convert_to_tensor(free, dtype=_INT32) for free in (left_free, right_free)]
        result = array_ops.reshape(product, array_ops.concat(sizes, 0), name=scope)
        result.set_shape(
            [
                size
                for side, axes_of_side in ((a, contracted[0]), (b, contracted[1]))
                for size in _sizes(side, _free_axes(side, axes_of_side))
            ]
        )
        return result


def _contracted_axes(a, axes):
    """Return the axes to sum over as two lists of numbers, one for each argument; None where they are tensors."""
    if isinstance(axes, int):
        rank = a.shape.ndims
        return None if rank is None else (list(range(rank - axes, rank)), list(range(axes)))
    if not isinstance(axes, (list, tuple)) or len(axes) != 2:
        return None
    pair = tuple([side] if isinstance(side, int) else side for side in axes)
    return pair if all(isinstance(side, (list, tuple)) for side in pair) else None


def _free_axes(a, axes):
    taken = {axis % a.shape.ndims for axis in axes}
    return [axis for axis in range(a.shape.ndims) if axis not in taken]


def _sizes(a, axes):
    return [a.shape.as_list()[axis] for axis in axes]


def _as_matrix(a, axes, flipped=False):
    """Reshape to a matrix, with `axes` merged into the last axis (the first, when flipped), the rest into the other.

    Returns the matrix and the sizes of the other axes: a list where the shape is known, else a tensor.
    """
    axes = [axis % a.shape.ndims for axis in axes]
    free = _free_axes(a, axes)
    order = (lambda free, axes: (axes, free)) if flipped else (lambda free, axes: (free, axes))
    if a.shape.is_fully_defined():
        first, last = order(free, axes)
        matrix_shape = [math.prod(_sizes(a, first)), math.prod(_sizes(a, last))]
        return array_ops.reshape(array_ops.transpose(a, first + last), matrix_shape), _sizes(a, free)
    axes = ops.convert_to_tensor(axes, dtype=_INT32, name="axes")
    free = ops.convert_to_tensor(free, dtype=_INT32, name="free")
    shape = array_ops.shape(a)
    free_sizes, axes_sizes = array_ops.gather(shape, free), array_ops.gather(shape, axes)
    free_size, axes_size = math_ops.reduce_prod(free_sizes), math_ops.reduce_prod(axes_sizes)
    permutation = array_ops.concat(order(free, axes), 0)
    matrix_shape = array_ops_stack.stack(order(free_size, axes_size))
    return array_ops.reshape(array_ops.transpose(a, permutation), matrix_shape), free_sizes


@replaces(internals.special_math_ops, "_einsum_v2")
def einsum(today, equation, *inputs, **options):
    """Transposes, products and matmuls; the Einsum op is newer."""
    options.pop("optimize", None)
    inputs = map(ops.convert_to_tensor, inputs)
    return internals.special_math_ops._einsum_v1(equation, *inputs, **options)


@replaces(math_ops, "linspace_nd")
def linspace(today, start, stop, num, name=None, axis=0):
    """One LinSpace op, for scalar bounds."""
    return gen_math_ops.lin_space(start, stop, num, name=name)


@replaces(math_ops, "saturate_cast")
def saturate_cast(today, value, dtype, name=None):
    """A Maximum and a Minimum op, each only where the new type needs it."""
    with ops.name_scope(name, "saturate_cast", [value]) as scope:
        value = ops.convert_to_tensor(value, name="value")
        dtype = internals.dtypes.as_dtype(dtype).base_dtype
        if value.dtype.min < dtype.min:
            lowest = ops.convert_to_tensor(dtype.min, dtype=value.dtype, name="min")
            value = gen_math_ops.maximum(value, lowest)
        if value.dtype.max > dtype.max:
            highest = ops.convert_to_tensor(dtype.max, dtype=value.dtype, name="max")
            value = gen_math_ops.minimum(value, highest)
        return math_ops.cast(value, dtype, name=scope)


@replaces(internals.clip_ops, "clip_by_global_norm")
def clip_by_global_norm(today, t_list, clip_norm, use_norm=None, name=None):
    """A norm that is not finite was handled by IsFinite and Select, not by arithmetic."""
    if not isinstance(t_list, collections.abc.Sequence) or isinstance(t_list, str):
        return today(t_list, clip_norm, use_norm, name)  # which refuses it
    norm = internals.clip_ops.global_norm(t_list, name) if use_norm is None else use_norm
    is_rows = [isinstance(t, internals.indexed_slices.IndexedSlices) for t in t_list]
    with ops.name_scope(name, "clip_by_global_norm", [*t_list, clip_norm]) as scope:
        scale = clip_norm * math_ops.minimum(
            1.0 / norm, internals.constant_op.constant(1.0, dtype=norm.dtype) / clip_norm
        )
        scale = array_ops.where(
            math_ops.is_finite(norm), scale, internals.constant_op.constant(float("nan"), dtype=norm.dtype)
        )
        values = [
            None if t is None else ops.convert_to_tensor(t.values if rows else t, name=f"t_{k}")
            for k, (t, rows) in enumerate(zip(t_list, is_rows))
        ]
        clipped = []
        for k, (value, t, rows) in enumerate(zip(values, t_list, is_rows)):
            if value is not None:
                with ops.colocate_with(value):
                    value = array_ops.identity(value * scale, name=f"{scope}_{k}")
            clipped.append(internals.indexed_slices.IndexedSlices(value, t.indices, t.dense_shape) if rows else value)
    return clipped, norm
