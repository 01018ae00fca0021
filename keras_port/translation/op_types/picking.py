"""Fill, tile and range; and selection by index: gather, boolean_mask, one_hot, argmax, top_k."""

import numpy as np

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims, shapes
from keras_port.translation.expressions.expression import as_sizes, number
from keras_port.translation.op_types.arrangement import element
from keras_port.translation.op_types.registry import OPS, ints, translates, with_unknown


@translates("Fill")
def _fill(x, node, sizes, value):
    found = as_sizes(sizes)
    if None in found:
        raise CannotTranslate(f"{node}: the shape of its filled tensor is computed from values")
    if all(map(dims.is_known, found)) and value.op == "constant":
        return x.constant(np.full(found, value.value), value.dtype)
    return x.make("full", (value,), found, None, node)


@translates("ZerosLike", "OnesLike")
def _like(x, node, value):
    if value.op == "empty_array":
        return value
    fill = x.constant(0 if node.op == "ZerosLike" else 1, value.dtype)
    if value.shape is None:
        raise CannotTranslate(f"{node}: of a tensor whose rank the graph does not tell")
    return OPS["Fill"](x, node, x.sizes(value.shape), fill)


@translates("Tile")
def _tile(x, node, value, multiples):
    times = as_sizes(multiples)
    if None in times:
        raise CannotTranslate(f"{node}: how often it repeats is computed from values")
    if all(count == 1 for count in times):
        return value
    if value.op == "constant" and all(map(dims.is_known, times)):
        return x.constant(np.tile(value.value, times), value.dtype)
    shape = [dims.product([size, count]) for size, count in zip(value.shape, times)]
    return x.make("tile", (value,), shape, None, node, repeats=tuple(times))


@translates("BroadcastTo")
def _broadcast_to(x, node, value, sizes):
    return x.make("broadcast_to", (value,), as_sizes(sizes), None, node)


@translates("Range")
def _range(x, node, start, limit, delta):
    first, step, last = number(start), number(delta), as_sizes(limit)[0]
    longest = limit.args[1] if limit.op == "maximum" and number(limit.args[0]) == 0 else limit
    if (first, step) == (0, 1) and longest.op == "max" and longest.rank == 0:  # tf.sequence_mask without maxlen
        if longest.args[0].rank == 1:
            return with_unknown(x, "arange_longest", longest.args, (None,), "int32", node)
        last = x.longest(longest.args[0]) or last
    if (first, step) == (0, 1) and limit.op == "cast" and limit.args[0].op == "size":
        size = limit.args[0].options["size"]
        counted = x.make("arange", (x.size(size),), (size,), "int32", node)
        return x.make("cast", (counted,), (size,), start.dtype, node)
    if number(limit) is not None:
        return x.constant(np.arange(first, number(limit), step), start.dtype)
    if (first, step) == (0, 1) and last is not None:
        return x.make("arange", (x.size(last),), (last,), "int32", node)
    return with_unknown(x, "arange", (start, limit, delta), (None,), start.dtype, node)


@translates("Gather", "GatherV2", "ResourceGather")
def _gather(x, node, values, indices, axis=None):
    axis = ints(node, axis, "axis")[0] if axis is not None else 0
    if node.get("batch_dims"):
        raise CannotTranslate(f"{node}: batch_dims other than 0")
    if all(arg.op == "constant" for arg in (values, indices)):
        return x.constant(np.take(values.value, indices.value, axis), values.dtype)
    if values.op == "sizes" and indices.op == "constant":
        found = np.array([*values.options["sizes"], None], dtype=object)[:-1][indices.value]
        return x.sizes(list(found)) if isinstance(found, np.ndarray) else x.size(found)
    if _is_identity(values) and axis == 0:
        return x.make(
            "one_hot", (indices,), (*indices.shape, values.shape[1]), values.dtype, node, classes=values.shape[1]
        )
    shape = None
    if values.shape is not None and indices.shape is not None:
        axis %= values.rank
        if any(part.op == "step" for part in (indices, *indices.args)) and not indices.rank:
            return element(x, values, indices, node, axis)
        shape = (*values.shape[:axis], *indices.shape, *values.shape[axis + 1 :])
    return x.make("take", (values, indices), shape, None, node, axis=axis)


def _is_identity(expression):
    """Whether this is a constant identity matrix."""
    value = expression.value
    return (
        value is not None
        and value.ndim == 2
        and value.shape[0] == value.shape[1]
        and value.size > 1
        and value.dtype.kind == "f"
        and np.array_equal(value, np.eye(len(value), dtype=value.dtype))
    )


@translates("Where")
def _where(x, node, condition, *_):
    """The indices of the true elements; only supported where tf.boolean_mask uses them."""
    return with_unknown(x, "true_places", (condition,), (None, condition.rank), "int64", node)


def masked_rows(x, expression):
    """Recognize tf.boolean_mask: the rows of a tensor where a mask is true."""
    places = expression.args[1]
    places = places.args[0] if places.op == "reshape" else places
    if places.op != "true_places" or places.args[0].rank != 1 or expression.options["axis"] != 0:
        return None
    return x.make(
        "masked_rows", (expression.args[0], places.args[0]), expression.shape, expression.dtype, expression.node
    )


@translates("GatherNd", "ResourceGatherNd")
def _gather_nd(x, node, values, indices):
    depth = indices.shape[-1] if indices.shape else None
    if depth is not None and not dims.is_known(depth) and values.rank == 2 and indices.op == "concatenate":
        depth = 2  # it has at least two columns, and `values` only two axes
    if depth != 2 or indices.rank != 2:
        raise CannotTranslate(f"{node}: gather_nd by other than pairs of indices")
    return x.make("gather_pairs", (values, indices), (indices.shape[0], *values.shape[2:]), None, node)


@translates("OneHot")
def _one_hot(x, node, indices, depth, on, off):
    if number(on) != 1 or number(off) != 0 or number(depth) is None:
        raise CannotTranslate(f"{node}: expected a one_hot of ones and zeros with a known depth")
    axis = node.get("axis", -1)
    if axis not in (-1, indices.rank):
        raise CannotTranslate(f"{node}: one_hot on axis {axis}; expected the last")
    count = int(number(depth))
    return x.make("one_hot", (indices,), (*indices.shape, count), node["T"], node, classes=count)


@translates("ArgMax", "ArgMin")
def _argmax(x, node, value, axis):
    axis = ints(node, axis, "axis")[0] % value.rank
    return x.make(
        "argmax" if node.op == "ArgMax" else "argmin",
        (value,),
        shapes.reduced(value.shape, [axis], False),
        node.get("output_type", "int64"),
        node,
        axis=axis,
    )


@translates("TopK", "TopKV2")
def _top_k(x, node, value, k=None):
    count = node.get("k") or number(k)
    whole = x.make("top_k", (value,), None, value.dtype, node, k=int(count))
    shape = (*value.shape[:-1], int(count))
    return [
        x.make("item", (whole,), shape, dtype, node, number=place) for place, dtype in enumerate((value.dtype, "int32"))
    ]
