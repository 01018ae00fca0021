"""Reshaping, transposing, slicing, splitting, joining and padding."""

import numpy as np

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims, shapes
from keras_port.translation.expressions.expression import as_sizes, number
from keras_port.translation.expressions.patterns import match
from keras_port.translation.op_types.registry import ints, translates, with_unknown


def reshape(x, value, sizes, node=None):
    """Return `value` reshaped to `sizes`, a list of ints and Sizes."""
    sizes = tuple(sizes)
    if value.op == "constant" and all(map(dims.is_known, sizes)):
        return x.constant(value.value.reshape(sizes), value.dtype)
    while value.op == "reshape":
        value = value.args[0]
    if value.shape == sizes:
        return value
    return x.make("reshape", (value,), sizes, value.dtype, node, sizes=sizes)


def transpose(x, value, axes, node=None):
    """Return `value` with its axes permuted."""
    axes = tuple(int(axis) % len(axes) for axis in axes)
    if value.op == "transpose":
        inner = value.options["axes"]
        return transpose(x, value.args[0], [inner[axis] for axis in axes], node)
    if axes == tuple(range(len(axes))):
        return value
    if value.op == "constant":
        return x.constant(value.value.transpose(axes), value.dtype)
    shape = None if value.shape is None else [value.shape[axis] for axis in axes]
    return x.make("transpose", (value,), shape, None, node, axes=axes)


def getitem(x, value, index, node=None):
    """Return value[index] for an index of ints, slices, None and Ellipsis."""
    index = tuple(index)
    while index and (index[-1] is Ellipsis or index[-1] == slice(None)):
        index = index[:-1]
    if not index:
        return value
    if value.op == "constant" and not any(
        isinstance(part, dims.Size) for item in index if isinstance(item, slice) for part in (item.start, item.stop)
    ):
        return x.constant(value.value[index], value.dtype)
    is_step = len(index) == 1 and isinstance(index[0], int)
    if is_step and value.op == "transpose" and value.options["axes"][:2] == (1, 0):
        return getitem(x, value.args[0], (slice(None), index[0]), node)  # a step of a time-major sequence
    if value.op == "getitem" and index[-1] == 0 and _is_beginning(value.options["index"], index[:-1]):
        return getitem(x, value.args[0], index, node)
    if value.op == "sizes":
        found = np.array([*value.options["sizes"], None], dtype=object)[:-1][index]
        return x.sizes(list(found)) if isinstance(found, np.ndarray) else x.size(found)
    shape = shapes.sliced(value.shape, index)
    if value.op == "full" and shape is not None and None not in shape:
        return x.make("full", value.args, shape, value.dtype, node)
    return _of_stack(x, value, index, node) or with_unknown(x, "getitem", (value,), shape, None, node, index=index)


def _is_beginning(index, others):
    """Whether an index takes all elements but some at the end of one axis, and everything of the axes before it."""
    *before, last = index
    is_all = all(item == slice(None) for item in (*before, *others)) and len(before) == len(others)
    return is_all and isinstance(last, slice) and last.start is None and last.step is None


def _of_stack(x, value, index, node):
    """Return value[index] where that picks one of the stacked tensors and reads nothing else; otherwise None."""
    if value.op == "getitem" and all(isinstance(item, int) for item in value.options["index"]):
        value, index = value.args[0], (*value.options["index"], *index)
    axis = value.options["axis"] if value.op == "stack" else None
    if axis is None or value.rank is None or len(index) <= axis or not isinstance(index[axis], int):
        return None
    if any(not isinstance(item, int) and item != slice(None) for item in index[:axis]):
        return None
    return getitem(x, value.args[index[axis]], (*index[:axis], *index[axis + 1 :]), node)


@translates("Shape", "ShapeN", "VariableShape")
def _shape(x, node, *values):
    if any(value.shape is None for value in values):
        raise CannotTranslate(f"{node}: asks for the shape of a tensor whose rank the graph does not tell")
    found = [x.sizes(value.shape) for value in values]
    return found if node.op == "ShapeN" else found[0]


@translates("Size")
def _size(x, node, value):
    return x.size(dims.product(value.shape))


@translates("Rank")
def _rank(x, node, value):
    return x.constant(value.rank, "int32")


@translates("Reshape")
def _reshape(x, node, value, target):
    sizes = as_sizes(target)
    found = shapes.reshaped(value.shape, sizes)
    if found is None and node.shapes and node.shapes[0] is not None and None not in node.shapes[0]:
        found = list(node.shapes[0])
    if found is None and sizes.count(None) + sizes.count(-1) <= 1:
        return with_unknown(
            x,
            "reshape",
            (value,),
            [None if size in (None, -1) else size for size in sizes],
            None,
            node,
            sizes=tuple(-1 if size is None else size for size in sizes),
        )
    if found is None:
        raise CannotTranslate(f"{node}: its shape {sizes} is computed from values, which Keras must know beforehand")
    return reshape(x, value, found, node)


@translates("Transpose")
def _transpose(x, node, value, axes):
    return transpose(x, value, ints(node, axes, "axes"), node)


@translates("ExpandDims")
def _expand_dims(x, node, value, axis):
    axis = ints(node, axis, "axis")[0]
    if value.op in ("size",):
        return x.sizes([value.options["size"]])
    axis %= value.rank + 1
    return reshape(x, value, (*value.shape[:axis], 1, *value.shape[axis:]), node)


@translates("Squeeze")
def _squeeze(x, node, value):
    axes = [axis % value.rank for axis in node.get("squeeze_dims") or []]
    axes = axes or [axis for axis, size in enumerate(value.shape) if size == 1]
    return reshape(x, value, [size for axis, size in enumerate(value.shape) if axis not in axes], node)


@translates("StridedSlice")
def _strided_slice(x, node, value, begin, end, strides):
    starts, stops, steps = as_sizes(begin), as_sizes(end), as_sizes(strides)
    if None in (*starts, *stops, *steps):
        return _one_moving(x, node, value, begin, end)
    index = []
    for place, (start, stop, step) in enumerate(zip(starts, stops, steps)):

        def masked(name, place=place):
            return bool(node.get(name, 0) >> place & 1)

        if masked("ellipsis_mask"):
            index.append(Ellipsis)
        elif masked("new_axis_mask"):
            index.append(None)
        elif masked("shrink_axis_mask"):
            index.append(start)
        else:
            whole = (
                Ellipsis not in index
                and value.shape is not None
                and place < value.rank
                and stop in (value.shape[place], dims.fixed(value.shape[place]))
            )
            index.append(
                slice(
                    None if masked("begin_mask") or (start == 0 and step > 0) else start,
                    None if masked("end_mask") or (whole and step > 0) else stop,
                    None if step == 1 else step,
                )
            )
    return getitem(x, value, index, node)


def _one_moving(x, node, value, begin, end):
    """Translate x[i] and x[:, i] with a computed i, such as the step of a loop."""
    parts = begin.args if begin.op == "stack" else ()
    moving = [place for place, part in enumerate(parts) if number(part) is None]
    if len(moving) == 1 and node.get("shrink_axis_mask", 0) == 1 << moving[0] and value.rank is not None:
        [axis] = moving
        everything = all(node.get(name, 0) >> place & 1 for name in ("begin_mask", "end_mask") for place in range(axis))
        if everything and len(parts) == axis + 1 and not node.get("new_axis_mask") and not node.get("ellipsis_mask"):
            return element(x, value, parts[axis], node, axis)
    raise CannotTranslate(f"{node}: the bounds of its slice are computed from values")


def element(x, value, index, node, axis=0):
    """Return an element along an axis, by a scalar index: a number, the step of a loop, the next step, or any other."""
    sequence = transpose(x, value, [axis, *(other for other in range(value.rank) if other != axis)]) if axis else value
    if number(index) is not None:
        return getitem(x, sequence, (int(number(index)),), node)
    shape, shifted = sequence.shape[1:], match(("add", "step", 1), index)
    if index.op == "step":
        return x.make("step_of", (sequence,), shape, None, node, loop=index.options["loop"])
    if shifted and shifted["step"].op == "step":
        return x.make("step_of", (sequence,), shape, None, node, loop=shifted["step"].options["loop"], ahead=1)
    return x.make("take", (sequence, index), shape, None, node, axis=0)


@translates("Slice")
def _slice(x, node, value, begin, size):
    starts, counts = as_sizes(begin), as_sizes(size)
    if None in starts or None in counts:
        raise CannotTranslate(f"{node}: the bounds of its slice are computed from values")
    index = []
    for axis, (start, count) in enumerate(zip(starts, counts)):
        whole = start == 0 and (count == -1 or value.shape is not None and count == value.shape[axis])
        stop = None if count == -1 else count if start == 0 else start + count
        index.append(slice(None) if whole else slice(start or None, stop))
    return getitem(x, value, index, node)


@translates("Unpack")
def _unpack(x, node, value):
    axis = node.get("axis", 0) % value.rank
    return [getitem(x, value, (*(slice(None),) * axis, place), node) for place in range(node["num"])]


@translates("Split")
def _split(x, node, axis, value):
    return split(x, node, value, ints(node, axis, "axis")[0], node["num_split"])


@translates("SplitV")
def _split_v(x, node, value, sizes, axis):
    sizes = as_sizes(sizes)
    axis = ints(node, axis, "axis")[0] % value.rank
    if -1 in sizes:
        sizes[sizes.index(-1)] = value.shape[axis] - sum(size for size in sizes if size != -1)
    if len(set(sizes)) == 1:
        return split(x, node, value, axis, len(sizes))
    starts = np.cumsum([0, *sizes])
    return [
        getitem(x, value, (*(slice(None),) * axis, slice(int(start) or None, int(stop))), node)
        for start, stop in zip(starts, starts[1:])
    ]


def split(x, node, value, axis, count):
    """Return a list of `count` equal parts of `value` along an axis."""
    axis %= value.rank
    if count == 1:
        return [value]
    size = dims.quotient(value.shape[axis], count)
    whole = x.make("split", (value,), None, value.dtype, node, axis=axis, count=count)
    shape = (*value.shape[:axis], size, *value.shape[axis + 1 :])
    return [x.make("item", (whole,), shape, value.dtype, node, number=place) for place in range(count)]


@translates("Pack")
def _pack(x, node, *values):
    axis = node.get("axis", 0)
    return stack(x, values, axis, node)


def stack(x, values, axis, node=None):
    """Return `values` stacked along a new axis."""
    if all(value.op in ("size", "constant") and value.rank == 0 for value in values) and "int" in values[0].dtype:
        return x.sizes([as_sizes(value)[0] for value in values])
    if all(value.op == "constant" for value in values):
        return x.constant(np.stack([value.value for value in values], axis), values[0].dtype)
    shape = values[0].shape
    if shape is not None:
        axis %= len(shape) + 1
        whole = _unstacked(values, axis)
        if whole is not None:
            return whole
        shape = (*shape[:axis], len(values), *shape[axis:])
    return x.make("stack", values, shape, None, node, axis=axis)


def _unstacked(values, axis):
    """Return the tensor whose slices along this axis `values` are, all of them and in order; otherwise None."""
    whole = values[0].args[0] if values[0].op == "getitem" else None
    if whole is None or whole.shape is None or len(whole.shape) <= axis or whole.shape[axis] != len(values):
        return None
    expected = (slice(None),) * axis
    for place, value in enumerate(values):
        if value.op != "getitem" or value.args[0] is not whole or value.options["index"] != (*expected, place):
            return None
    return whole


@translates("ConcatV2", "Concat")
def _concat(x, node, *values):
    *values, axis = values if node.op == "ConcatV2" else (*values[1:], values[0])
    return concatenate(x, values, ints(node, axis, "axis")[0], node)


def concatenate(x, values, axis, node=None):
    """Return `values` concatenated along an axis."""
    if all(value.op in ("sizes", "constant") for value in values) and any(value.op == "sizes" for value in values):
        return x.sizes([size for value in values for size in as_sizes(value)])
    if all(value.op == "constant" for value in values):
        return x.constant(np.concatenate([value.value for value in values], axis), values[0].dtype)
    if len(values) == 1:
        return values[0]
    shape = None
    if all(value.shape is not None for value in values):
        axis %= values[0].rank
        values = _with_the_batch(x, values, axis)
        total = dims.total([value.shape[axis] for value in values])
        shape = (*values[0].shape[:axis], total, *values[0].shape[axis + 1 :])
    return with_unknown(x, "concatenate", values, shape, None, node, axis=axis)


def _with_the_batch(x, values, axis):
    """Replace constants of one repeated number by tensors with the other values' symbolic batch size."""
    batch = next((value.shape[0] for value in values if value.shape and not dims.is_known(value.shape[0])), None)
    if batch is None or not axis:
        return values
    found = []
    for value in values:
        same = value.op == "constant" and value.rank and value.shape[0] == dims.fixed(batch) and value.value.size
        if same and value.value.dtype != object and (value.value == value.value.flat[0]).all():
            filling = x.constant(value.value.flat[0], value.dtype)
            value = x.make("full", (filling,), (batch, *value.shape[1:]), value.dtype, value.node)
        found.append(value)
    return found


@translates("Pad", "PadV2", "MirrorPad")
def _pad(x, node, value, paddings, *fill):
    if paddings.op != "constant" or node.op == "MirrorPad" or (fill and number(fill[0]) is None):
        raise CannotTranslate(f"{node}: its padding is computed, or mirrored")
    widths = tuple(map(tuple, paddings.value.tolist()))
    shape = [
        size if not sum(pair) else size + sum(pair) if dims.is_known(size) else None
        for size, pair in zip(value.shape, widths)
    ]
    options = {"constant_values": number(fill[0])} if fill else {}
    return with_unknown(x, "pad", (value,), shape, None, node, pad_width=widths, **options)


@translates("ReverseV2")
def _reverse(x, node, value, axes):
    axes = [axis % value.rank for axis in ints(node, axes, "axes")]
    return (
        flip(x, value, axes[0], node)
        if len(axes) == 1
        else x.make("flip", (value,), value.shape, None, node, axis=tuple(axes))
    )


def flip(x, value, axis, node=None):
    """Return `value` reversed along an axis."""
    if value.op == "flip" and value.options["axis"] == axis:
        return value.args[0]
    return x.make("flip", (value,), value.shape, None, node, axis=axis)


@translates("ReverseSequence")
def _reverse_sequence(x, node, value, lengths):
    axes = node["seq_dim"], node.get("batch_dim", 0)
    if axes == (0, 1):  # time-major, but the port's sequences are batch-major
        turn = (1, 0, *range(2, value.rank))
        return transpose(x, _reversed(x, node, transpose(x, value, turn), lengths, 1, 0), turn)
    return _reversed(x, node, value, lengths, *axes)


def _reversed(x, node, value, lengths, seq_axis, batch_axis):
    axes = dict(seq_axis=seq_axis, batch_axis=batch_axis)
    if value.op == "reverse_sequence" and value.args[1] is lengths and value.options == axes:
        return value.args[0]
    return x.make("reverse_sequence", (value, lengths), value.shape, None, node, **axes)
