"""Array functions, op for op as TensorFlow 1.15 built them."""

import functools
import operator
import sys

import numpy as np

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces
from legacy_graph.internals import array_ops, array_ops_stack, gen_array_ops, gen_math_ops, ops


def _is_tensor(value):
    return isinstance(value, internals.tensor.Tensor)


@replaces(array_ops, "split")
def split(today, value, num_or_size_splits, axis=0, num=None, name="split"):
    """A number of parts was first converted to a tensor, which left an unused Const."""
    if isinstance(num_or_size_splits, (int, internals.tensor_shape.Dimension)):
        ops.convert_to_tensor(num_or_size_splits)
    return today(value, num_or_size_splits, axis, num, name)


@replaces(array_ops, "_constant_if_small")
def constant_if_small(today, value, shape, dtype, name, layout=None):
    """In tf.zeros and tf.ones, a list of sizes that has tensors was multiplied, to see whether the result is small."""
    if isinstance(shape, (list, tuple)) and any(map(_is_tensor, shape)):
        functools.reduce(operator.mul, shape) < 1000  # noqa: B015, made ops, and could not tell
        return None
    return today(value, shape, dtype, name, layout)


@replaces(array_ops, "transpose")
def transpose(today, a, perm=None, name="transpose", conjugate=False):
    """For an unknown rank, the permutation was rank - 1 - range(rank)."""
    a_tensor = a if perm is not None else ops.convert_to_tensor(a, name="a")
    if perm is not None or a_tensor.shape.ndims:
        return today(a, perm, name, conjugate)
    with ops.name_scope(name, "transpose", [a]) as scope:
        rank = gen_array_ops.rank(a_tensor)
        perm = (rank - 1) - gen_math_ops._range(0, rank, 1)
        return today(a_tensor, perm, scope, conjugate)


@replaces(array_ops, "one_hot")
def one_hot(today, indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None):
    """on_value and off_value were converted to tensors twice."""
    with ops.name_scope(name, "one_hot", [indices, depth, on_value, off_value]) as scope:
        for value in (on_value, off_value):
            if value is not None:
                ops.convert_to_tensor(value)
        return today(indices, depth, on_value, off_value, axis, dtype, scope)


@replaces(array_ops, "matrix_diag")
def matrix_diag(today, diagonal, name="diag", k=0, num_rows=-1, num_cols=-1, padding_value=0, align="RIGHT_LEFT"):
    """For the main diagonal, an op without the inputs k and padding_value."""
    if (k, num_rows, num_cols, padding_value) == (0, -1, -1, 0):
        return gen_array_ops.matrix_diag(diagonal, name=name)
    return today(diagonal, name, k, num_rows, num_cols, padding_value, align)


@replaces(array_ops, "matrix_diag_part")
def matrix_diag_part(today, input, name="diag_part", k=0, padding_value=0, align="RIGHT_LEFT"):
    """For the main diagonal, an op without the inputs k and padding_value."""
    if (k, padding_value) == (0, 0):
        return gen_array_ops.matrix_diag_part(input, name=name)
    return today(input, name, k, padding_value, align)


@replaces(array_ops, "matrix_set_diag")
def matrix_set_diag(today, input, diagonal, name="set_diag", k=0, align="RIGHT_LEFT"):
    """For the main diagonal, an op without the inputs k and padding_value."""
    if k == 0:
        return gen_array_ops.matrix_set_diag(input, diagonal, name=name)
    return today(input, diagonal, name, k, align)


@replaces(internals.tensor_getitem_override, "_slice_helper")
def getitem(today, tensor, slice_spec, var=None):
    """In x[a:b] an omitted bound was a constant 0, even beside a bound that is a tensor."""
    spec = slice_spec if isinstance(slice_spec, (list, tuple)) else [slice_spec]
    if not any(_is_tensor(bound) for item in spec for bound in _bounds(item)):
        return today(tensor, slice_spec, var)
    begin, end, strides = [], [], []
    masks = dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    for place, item in enumerate(spec):
        start, stop, step = 0, 0, 1
        for bound in () if item is Ellipsis else _bounds(item):
            if bound is not None:
                internals.tensor_getitem_override._check_index(bound)
        if isinstance(item, slice):
            start, stop, step = _bounds(item)
            masks["begin_mask"] |= (start is None) << place
            masks["end_mask"] |= (stop is None) << place
        elif item is Ellipsis:
            masks["ellipsis_mask"] |= 1 << place
        elif item is None:
            masks["new_axis_mask"] |= 1 << place
        else:
            start, stop = item, item + 1
            masks["shrink_axis_mask"] |= 1 << place
        begin.append(0 if start is None else start)
        end.append(0 if stop is None else stop)
        strides.append(1 if step is None else step)
    with ops.name_scope(None, "strided_slice", [tensor] + begin + end + strides) as scope:
        packed = [array_ops_stack.stack(numbers) for numbers in (begin, end, strides)]
        if any(numbers.dtype == internals.dtypes.int64 for numbers in packed):
            packed = [
                numbers
                if numbers.dtype == internals.dtypes.int64
                else gen_math_ops.cast(numbers, internals.dtypes.int64)
                for numbers in packed
            ]
        return array_ops.strided_slice(tensor, *packed, var=var, name=scope, **masks)


def _bounds(item):
    """Return the start, stop and step of a slice; None for an omitted bound, or for one of sys.maxsize."""
    if not isinstance(item, slice):
        return (item,)
    return tuple(
        None if isinstance(bound, int) and bound == sys.maxsize else bound
        for bound in (item.start, item.stop, item.step)
    )


@replaces(internals.resource_variable_ops.BaseResourceVariable, "sparse_read")
def sparse_read(today, variable, indices, name=None):
    """1.15 added an Identity after the gather from a resource variable."""
    return array_ops.identity(today(variable, indices, name))


@replaces(internals.math_ops, "_ReductionDims")
def reduction_axes(today, x, axis):
    """All axes were a Const for a tensor, and a Range for a variable or a list."""
    if axis is not None:
        return axis
    rank = x.shape.ndims if _is_tensor(x) else None
    if rank is not None:
        return internals.constant_op.constant(np.arange(rank), dtype=internals.dtypes.int32)
    if isinstance(x, internals.sparse_tensor.SparseTensor):
        return today(x, axis)
    return internals.math_ops.range(0, array_ops.rank(x))


@replaces(internals.op_def_library, "_ExtractInputsAndAttrs")
def convert_arguments(today, op_type_name, op_def, allowed_list_attr_map, keywords, default_type_attr_map, *rest):
    """An empty list became one Const of the op's default type; today's TensorFlow makes one of float32 first."""
    preferred = {
        attr: internals.dtypes.as_dtype(default).name
        for attr, default in default_type_attr_map.items()
        if attr in allowed_list_attr_map
    }
    keywords.update(
        {
            argument.name: np.zeros([0], preferred[argument.type_attr])
            for argument in op_def.input_arg
            if argument.type_attr in preferred
            and not argument.number_attr
            and isinstance(keywords.get(argument.name), (list, tuple))
            and not keywords[argument.name]
        }
    )
    return today(op_type_name, op_def, allowed_list_attr_map, keywords, default_type_attr_map, *rest)
