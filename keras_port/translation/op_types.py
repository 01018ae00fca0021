"""What each type of TensorFlow 1 op is in keras.ops: one table.

`OPS[type](x, node, *args)` returns the expression of the op's output, or a list for several outputs;
`x` is the Expressions to make it with. A new op is one line here and a recording that it is held to.
"""

import numpy as np

from keras_port.translation import dims, shapes
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import as_sizes, number

OPS = {}


def _op(*types):
    """Decorate the function that translates these op types."""

    def register(function):
        OPS.update(dict.fromkeys(types, function))
        return function

    return register


def _elementwise(name, dtype=None):
    def translate(x, node, *args):
        folded = _fold(x, name, args, dtype)
        if folded is not None:
            return folded
        return x.make(name, args, shapes.broadcast(*(arg.shape for arg in args)), dtype or args[0].dtype, node)

    return translate


_FOLDED = {  # what whole numbers and shapes are computed with while the graph is read
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "floor_divide": np.floor_divide,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "negative": np.negative,
    "mod": np.mod,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_not": np.logical_not,
    "sqrt": np.sqrt,
    "square": np.square,
    "exp": np.exp,
    "log": np.log,
    "power": np.power,
    "absolute": np.abs,
    "floor": np.floor,
}


def _fold(x, name, args, dtype):
    if all(arg.op == "constant" for arg in args) and name in _FOLDED:
        with np.errstate(all="ignore"):
            value = _FOLDED[name](*(arg.value for arg in args))
        return x.constant(value, dtype or args[0].dtype)
    if name == "multiply":
        for value, other in (args, args[::-1]):
            if value.op == "cast" and value.args[0].op == "size" and number(other) == 1:
                return value
    if (
        name in ("equal", "less_equal")
        and args[0].op == "cast"
        and args[0].args[0].op == "size"
        and number(args[1]) == 0
    ):
        return x.constant(False)  # a batch has a size
    if any(arg.op == "size" for arg in args) and all(arg.op in ("size", "constant") and arg.rank == 0 for arg in args):
        sizes = [as_sizes(arg)[0] for arg in args]
        if name == "multiply":
            return x.size(dims.product(sizes))
        if name == "floor_divide" and dims.quotient(*sizes) is not None:
            return x.size(dims.quotient(*sizes))
        if name in ("maximum", "minimum") and sizes[0] == sizes[1]:
            return args[0]
        if name == "maximum" and sizes[0] in (0, 1):
            return args[1]
        if name == "equal" and sizes[0] == sizes[1]:
            return x.constant(True)
    return None


_UNARY = {
    "Neg": "negative",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Rsqrt": "rsqrt",
    "Square": "square",
    "Abs": "absolute",
    "Sign": "sign",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Rint": "round",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Relu": "relu",
    "Relu6": "relu6",
    "Elu": "elu",
    "Selu": "selu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Sin": "sin",
    "Cos": "cos",
    "Tan": "tan",
    "Asin": "arcsin",
    "Acos": "arccos",
    "Atan": "arctan",
    "Sinh": "sinh",
    "Cosh": "cosh",
    "Reciprocal": "reciprocal",
    "Inv": "reciprocal",
    "Erf": "erf",
    "Log1p": "log1p",
    "Expm1": "expm1",
    "LogicalNot": "logical_not",
    "StopGradient": "stop_gradient",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
}
_BINARY = {
    "Add": "add",
    "AddV2": "add",
    "BiasAdd": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "RealDiv": "divide",
    "FloorDiv": "floor_divide",
    "FloorMod": "mod",
    "Mod": "mod",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Pow": "power",
    "Atan2": "arctan2",
}
_TESTS = {
    "Equal": "equal",
    "NotEqual": "not_equal",
    "Less": "less",
    "LessEqual": "less_equal",
    "Greater": "greater",
    "GreaterEqual": "greater_equal",
    "LogicalAnd": "logical_and",
    "LogicalOr": "logical_or",
    "IsNan": "isnan",
    "IsInf": "isinf",
    "IsFinite": "isfinite",
}
_SAME = (
    "Identity",
    "Snapshot",
    "PreventGradient",
    "CheckNumerics",
    "EnsureShape",
    "Print",
    "Enter",
    "ReadVariableOp",
    "Exit",
    "RefIdentity",
    "ControlTrigger",
    "DeepCopy",
    "PlaceholderWithDefault",
    "RefEnter",
)
for _type, _name in {**_UNARY, **_BINARY}.items():
    OPS[_type] = _elementwise(_name)
for _type, _name in _TESTS.items():
    OPS[_type] = _elementwise(_name, "bool")


@_op(*_SAME)
def _same(x, node, value, *_):
    return value


@_op("BiasAdd", "BiasAddV1")
def _bias_add(x, node, value, bias):
    if node.get("data_format", "NHWC") == "NCHW" and value.rank > 2:
        raise CannotTranslate(f"{node}: data_format NCHW; expected channels last")
    return OPS["AddV2"](x, node, value, bias)


@_op("AddN")
def _add_n(x, node, *values):
    total = values[0]
    for value in values[1:]:
        total = OPS["AddV2"](x, node, total, value)
    return total


@_op("Div", "TruncateDiv")
def _div(x, node, a, b):
    return OPS["FloorDiv" if "int" in a.dtype else "RealDiv"](x, node, a, b)


@_op("DivNoNan")
def _div_no_nan(x, node, a, b):
    zero = x.constant(0, b.dtype)
    if b.op == "constant" and np.all(b.value != 0):
        return OPS["RealDiv"](x, node, a, b)
    is_zero = OPS["Equal"](x, node, b, zero)
    if is_zero.is_constant(0):
        return OPS["RealDiv"](x, node, a, b)
    safe = x.make("where", (is_zero, x.constant(1, b.dtype), b), b.shape, b.dtype)
    quotient = OPS["RealDiv"](x, node, a, safe)
    return x.make("where", (is_zero, zero, quotient), quotient.shape, a.dtype, node)


@_op("SquaredDifference")
def _squared_difference(x, node, a, b):
    return OPS["Square"](x, node, OPS["Sub"](x, node, a, b))


@_op("LeakyRelu")
def _leaky_relu(x, node, value):
    return x.make("leaky_relu", (value,), value.shape, None, node, negative_slope=float(node.get("alpha", 0.2)))


@_op("Cast")
def _cast(x, node, value):
    dtype = node["DstT"]
    if value.op == "constant":
        return x.constant(value.value.astype(dtype), dtype)
    if value.op in ("size", "sizes") and "int" in dtype:
        return value
    if value.dtype == dtype:
        return value
    return x.make("cast", (value,), value.shape, dtype, node)


@_op("Select", "SelectV2")
def _select(x, node, condition, a, b):
    if condition.op == "constant" and condition.rank == 0:
        return a if condition.value else b
    if node.op == "Select" and condition.rank == 1 and a.rank is not None and a.rank > 1:  # picks whole rows
        shape = (*condition.shape, *(1,) * (a.rank - 1))
        condition = reshape(x, condition, shape, node)
    return x.make("where", (condition, a, b), shapes.broadcast(condition.shape, a.shape, b.shape), a.dtype, node)


@_op("MatMul", "BatchMatMul", "BatchMatMulV2")
def _matmul(x, node, a, b):
    turn_a = node.get("transpose_a") or node.get("adj_x") or False
    turn_b = node.get("transpose_b") or node.get("adj_y") or False
    return x.make(
        "matmul",
        (_turned(x, a, turn_a), _turned(x, b, turn_b)),
        shapes.matmul(a.shape, b.shape, turn_a, turn_b),
        None,
        node,
    )


def _turned(x, value, turn):
    if not turn:
        return value
    axes = [*range(value.rank - 2), value.rank - 1, value.rank - 2]
    return transpose(x, value, axes)


# ---- shapes ----------------------------------------------------------------------------------------------------


def reshape(x, value, sizes, node=None):
    """Return `value` in another shape, a list of ints and Sizes."""
    sizes = tuple(sizes)
    if value.op == "constant" and all(map(dims.is_known, sizes)):
        return x.constant(value.value.reshape(sizes), value.dtype)
    while value.op == "reshape":
        value = value.args[0]
    if value.shape == sizes:
        return value
    return x.make("reshape", (value,), sizes, value.dtype, node, sizes=sizes)


def transpose(x, value, axes, node=None):
    """Return `value` with its axes in another order."""
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
    """Return value[index], for an index of ints, slices, None and Ellipsis."""
    index = tuple(index)
    while index and (index[-1] is Ellipsis or index[-1] == slice(None)):
        index = index[:-1]
    if not index:
        return value
    if value.op == "constant" and not any(
        isinstance(part, dims.Size) for item in index if isinstance(item, slice) for part in (item.start, item.stop)
    ):
        return x.constant(value.value[index], value.dtype)
    if value.op == "sizes":
        found = np.array([*value.options["sizes"], None], dtype=object)[:-1][index]
        return x.sizes(list(found)) if isinstance(found, np.ndarray) else x.size(found)
    shape = shapes.sliced(value.shape, index)
    return with_unknown(x, "getitem", (value,), shape, None, node, index=index)


def with_unknown(x, op, args, shape, dtype, node, **options):
    """Make an expression in whose shape None stands for sizes that become symbols of its own."""
    made = x.make(op, args, shape, dtype, node, **options)
    if made.shape is not None and None in made.shape:
        made.shape = tuple(
            dims.of(dims.Symbol(f"{op}_{axis}", None, (made, axis))) if size is None else size
            for axis, size in enumerate(made.shape)
        )
    return made


@_op("Shape", "ShapeN", "VariableShape")
def _shape(x, node, *values):
    if any(value.shape is None for value in values):
        raise CannotTranslate(f"{node}: asks for the shape of a tensor whose rank the graph does not tell")
    found = [x.sizes(value.shape) for value in values]
    return found if node.op == "ShapeN" else found[0]


@_op("Size")
def _size(x, node, value):
    return x.size(dims.product(value.shape))


@_op("Rank")
def _rank(x, node, value):
    return x.constant(value.rank, "int32")


@_op("Reshape")
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


@_op("Transpose")
def _transpose(x, node, value, axes):
    return transpose(x, value, _ints(node, axes, "axes"), node)


@_op("ExpandDims")
def _expand_dims(x, node, value, axis):
    axis = _ints(node, axis, "axis")[0]
    if value.op in ("size",):
        return x.sizes([value.options["size"]])
    axis %= value.rank + 1
    return reshape(x, value, (*value.shape[:axis], 1, *value.shape[axis:]), node)


@_op("Squeeze")
def _squeeze(x, node, value):
    axes = [axis % value.rank for axis in node.get("squeeze_dims") or []]
    axes = axes or [axis for axis, size in enumerate(value.shape) if size == 1]
    return reshape(x, value, [size for axis, size in enumerate(value.shape) if axis not in axes], node)


@_op("StridedSlice")
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
                and stop == dims.fixed(value.shape[place])
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
    """x[i] with an i that is computed: the first axis only."""
    if begin.op == "stack" and len(begin.args) == 1 and node.get("shrink_axis_mask") == 1:
        return x.make("take", (value, begin.args[0]), value.shape[1:], None, node, axis=0)
    raise CannotTranslate(f"{node}: the bounds of its slice are computed from values")


@_op("Slice")
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


@_op("Unpack")
def _unpack(x, node, value):
    axis = node.get("axis", 0) % value.rank
    return [getitem(x, value, (*(slice(None),) * axis, place), node) for place in range(node["num"])]


@_op("Split")
def _split(x, node, axis, value):
    return split(x, node, value, _ints(node, axis, "axis")[0], node["num_split"])


@_op("SplitV")
def _split_v(x, node, value, sizes, axis):
    sizes = as_sizes(sizes)
    axis = _ints(node, axis, "axis")[0] % value.rank
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
    """Return `count` equal parts of `value` along an axis."""
    axis %= value.rank
    if count == 1:
        return [value]
    size = dims.quotient(value.shape[axis], count)
    whole = x.make("split", (value,), None, value.dtype, node, axis=axis, count=count)
    shape = (*value.shape[:axis], size, *value.shape[axis + 1 :])
    return [x.make("item", (whole,), shape, value.dtype, node, number=place) for place in range(count)]


@_op("Pack")
def _pack(x, node, *values):
    axis = node.get("axis", 0)
    return stack(x, values, axis, node)


def stack(x, values, axis, node=None):
    """Return `values` joined along a new axis."""
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
    """What `values` are all the slices of, in order, along this axis; else None."""
    whole = values[0].args[0] if values[0].op == "getitem" else None
    if whole is None or whole.shape is None or len(whole.shape) <= axis or whole.shape[axis] != len(values):
        return None
    expected = (slice(None),) * axis
    for place, value in enumerate(values):
        if value.op != "getitem" or value.args[0] is not whole or value.options["index"] != (*expected, place):
            return None
    return whole


@_op("ConcatV2", "Concat")
def _concat(x, node, *values):
    *values, axis = values if node.op == "ConcatV2" else (*values[1:], values[0])
    return concatenate(x, values, _ints(node, axis, "axis")[0], node)


def concatenate(x, values, axis, node=None):
    """Return `values` joined along an axis."""
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
    """Let what is filled with one number have as many rows as the others, where the script had fixed how many."""
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


@_op("Fill")
def _fill(x, node, sizes, value):
    found = as_sizes(sizes)
    if None in found:
        raise CannotTranslate(f"{node}: the shape of its filled tensor is computed from values")
    if all(map(dims.is_known, found)) and value.op == "constant":
        return x.constant(np.full(found, value.value), value.dtype)
    return x.make("full", (value,), found, None, node)


@_op("ZerosLike", "OnesLike")
def _like(x, node, value):
    if value.op == "empty_array":
        return value
    fill = x.constant(0 if node.op == "ZerosLike" else 1, value.dtype)
    if value.shape is None:
        raise CannotTranslate(f"{node}: of a tensor whose rank the graph does not tell")
    return OPS["Fill"](x, node, x.sizes(value.shape), fill)


@_op("Tile")
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


@_op("BroadcastTo")
def _broadcast_to(x, node, value, sizes):
    return x.make("broadcast_to", (value,), as_sizes(sizes), None, node)


@_op("Range")
def _range(x, node, start, limit, delta):
    first, step, last = number(start), number(delta), as_sizes(limit)[0]
    longest = limit.args[1] if limit.op == "maximum" and number(limit.args[0]) == 0 else limit
    if (first, step) == (0, 1) and longest.op == "max" and longest.rank == 0 and longest.args[0].rank == 1:
        return with_unknown(
            x, "arange_longest", longest.args, (None,), "int32", node
        )  # tf.sequence_mask without maxlen
    if number(limit) is not None:
        return x.constant(np.arange(first, number(limit), step), start.dtype)
    if (first, step) == (0, 1) and last is not None:
        return x.make("arange", (x.size(last),), (last,), "int32", node)
    return with_unknown(x, "arange", (start, limit, delta), (None,), start.dtype, node)


@_op("Pad", "PadV2", "MirrorPad")
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


@_op("ReverseV2")
def _reverse(x, node, value, axes):
    axes = [axis % value.rank for axis in _ints(node, axes, "axes")]
    return (
        flip(x, value, axes[0], node)
        if len(axes) == 1
        else x.make("flip", (value,), value.shape, None, node, axis=tuple(axes))
    )


def flip(x, value, axis, node=None):
    """Return `value` in reverse along an axis."""
    if value.op == "flip" and value.options["axis"] == axis:
        return value.args[0]
    return x.make("flip", (value,), value.shape, None, node, axis=axis)


@_op("ReverseSequence")
def _reverse_sequence(x, node, value, lengths):
    axes = dict(seq_axis=node["seq_dim"], batch_axis=node.get("batch_dim", 0))
    if value.op == "reverse_sequence" and value.args[1] is lengths and value.options == axes:
        return value.args[0]
    return x.make("reverse_sequence", (value, lengths), value.shape, None, node, **axes)


@_op("Gather", "GatherV2", "ResourceGather")
def _gather(x, node, values, indices, axis=None):
    axis = _ints(node, axis, "axis")[0] if axis is not None else 0
    if node.get("batch_dims"):
        raise CannotTranslate(f"{node}: batch_dims other than 0")
    if all(arg.op == "constant" for arg in (values, indices)):
        return x.constant(np.take(values.value, indices.value, axis), values.dtype)
    if values.op == "sizes" and indices.op == "constant":
        found = np.array([*values.options["sizes"], None], dtype=object)[:-1][indices.value]
        return x.sizes(list(found)) if isinstance(found, np.ndarray) else x.size(found)
    if is_identity(values) and axis == 0:
        return x.make(
            "one_hot", (indices,), (*indices.shape, values.shape[1]), values.dtype, node, classes=values.shape[1]
        )
    shape = None
    if values.shape is not None and indices.shape is not None:
        axis %= values.rank
        shape = (*values.shape[:axis], *indices.shape, *values.shape[axis + 1 :])
    return x.make("take", (values, indices), shape, None, node, axis=axis)


def is_identity(expression):
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


@_op("Where")
def _where(x, node, condition, *_):
    """The places of what is true: only as tf.boolean_mask uses them."""
    return with_unknown(x, "true_places", (condition,), (None, condition.rank), "int64", node)


def masked_rows(x, expression):
    """tf.boolean_mask: the rows of a tensor where a mask is true."""
    places = expression.args[1]
    places = places.args[0] if places.op == "reshape" else places
    if places.op != "true_places" or places.args[0].rank != 1 or expression.options["axis"] != 0:
        return None
    return x.make(
        "masked_rows", (expression.args[0], places.args[0]), expression.shape, expression.dtype, expression.node
    )


@_op("GatherNd", "ResourceGatherNd")
def _gather_nd(x, node, values, indices):
    depth = indices.shape[-1] if indices.shape else None
    if depth is not None and not dims.is_known(depth) and values.rank == 2 and indices.op == "concatenate":
        depth = 2  # of two columns at least, and there are no more axes
    if depth != 2 or indices.rank != 2:
        raise CannotTranslate(f"{node}: gather_nd by other than pairs of indices")
    return x.make("gather_pairs", (values, indices), (indices.shape[0], *values.shape[2:]), None, node)


@_op("OneHot")
def _one_hot(x, node, indices, depth, on, off):
    if number(on) != 1 or number(off) != 0 or number(depth) is None:
        raise CannotTranslate(f"{node}: expected a one_hot of ones and zeros with a known depth")
    axis = node.get("axis", -1)
    if axis not in (-1, indices.rank):
        raise CannotTranslate(f"{node}: one_hot on axis {axis}; expected the last")
    count = int(number(depth))
    return x.make("one_hot", (indices,), (*indices.shape, count), node["T"], node, classes=count)


@_op("ArgMax", "ArgMin")
def _argmax(x, node, value, axis):
    axis = _ints(node, axis, "axis")[0] % value.rank
    return x.make(
        "argmax" if node.op == "ArgMax" else "argmin",
        (value,),
        shapes.reduced(value.shape, [axis], False),
        node.get("output_type", "int64"),
        node,
        axis=axis,
    )


@_op("TopK", "TopKV2")
def _top_k(x, node, value, k=None):
    count = node.get("k") or number(k)
    whole = x.make("top_k", (value,), None, value.dtype, node, k=int(count))
    shape = (*value.shape[:-1], int(count))
    return [
        x.make("item", (whole,), shape, dtype, node, number=place) for place, dtype in enumerate((value.dtype, "int32"))
    ]


@_op("Cumsum", "Cumprod")
def _cumulative(x, node, value, axis):
    if node.get("exclusive") or node.get("reverse"):
        raise CannotTranslate(f"{node}: exclusive or reversed sums")
    return x.make(node.op.lower(), (value,), value.shape, None, node, axis=_ints(node, axis, "axis")[0])


class _Cast(dict):
    """What a Cast node would say."""

    def __init__(self, dtype):
        super().__init__(DstT=dtype)


def _reduction(name, dtype=None):
    def translate(x, node, value, axes):
        if axes.op != "constant":
            raise CannotTranslate(f"{node}: the axes of its reduction are computed")
        wanted = [int(axis) for axis in np.atleast_1d(axes.value)]
        keep = bool(node.get("keep_dims", False))
        if value.op == "constant" and name in ("sum", "prod", "max", "min", "all", "any", "mean"):
            found = getattr(np, name)(value.value, axis=tuple(wanted), keepdims=keep)
            return x.constant(found, dtype or value.dtype)
        if not wanted:
            return value
        if (
            name == "sum"
            and value.op == "full"
            and number(value.args[0]) is not None
            and len(wanted) == (value.rank or 0)
        ):
            count = x.size(dims.product(value.shape))
            count = count if count.op == "constant" else x.make("cast", (count,), (), value.dtype)
            return OPS["Mul"](
                x, node, OPS["Cast"](x, _Cast(value.dtype), count), x.constant(number(value.args[0]), value.dtype)
            )
        if value.op == "sizes" and name == "prod":
            return x.size(dims.product(value.options["sizes"]))
        whole = value.rank is not None and sorted(axis % max(value.rank, 1) for axis in wanted) == list(
            range(value.rank)
        )
        if value.rank is not None and not whole:
            wanted = [axis % value.rank for axis in wanted]
        axis = None if whole else wanted[0] if len(wanted) == 1 else tuple(wanted)
        return x.make(
            name,
            (value,),
            shapes.reduced(value.shape, None if whole else wanted, keep),
            dtype or value.dtype,
            node,
            axis=axis,
            keepdims=keep,
        )

    return translate


for _type, _name in {"Sum": "sum", "Mean": "mean", "Max": "max", "Min": "min", "Prod": "prod"}.items():
    OPS[_type] = _reduction(_name)
for _type, _name in {"All": "all", "Any": "any"}.items():
    OPS[_type] = _reduction(_name, "bool")


@_op("L2Loss")
def _l2_loss(x, node, value):
    total = x.make("sum", (OPS["Square"](x, node, value),), (), None, node, axis=None, keepdims=False)
    return OPS["RealDiv"](x, node, total, x.constant(2.0, value.dtype))


@_op("SoftmaxCrossEntropyWithLogits")
def _softmax_cross_entropy(x, node, logits, labels):
    shape = (logits.shape or labels.shape)[:-1]
    return [x.make("softmax_cross_entropy", (logits, labels), shape, logits.dtype, node)]


@_op("SparseSoftmaxCrossEntropyWithLogits")
def _sparse_softmax_cross_entropy(x, node, logits, labels):
    return [x.make("sparse_softmax_cross_entropy", (logits, labels), logits.shape[:-1], logits.dtype, node)]


@_op("RandomUniform", "RandomStandardNormal", "TruncatedNormal")
def _random(x, node, sizes):
    name = {"RandomUniform": "random_uniform", "RandomStandardNormal": "random_normal"}.get(node.op, "truncated_normal")
    return x.make(
        name, (), as_sizes(sizes), node["dtype"], node, unique=True, seeds=(node.get("seed"), node.get("seed2"))
    )


# ---- images ----------------------------------------------------------------------------------------------------


def _channels_last(node):
    if node.get("data_format", "NHWC") != "NHWC":
        raise CannotTranslate(f"{node}: data_format {node['data_format']}; expected channels last")


def _image_shape(node, value, channels):
    static = node.shapes[0] if node.shapes else None
    if static is None or len(static) != value.rank:
        return None
    return (value.shape[0], *static[1:-1], channels)


@_op("Conv2D", "DepthwiseConv2dNative")
def _conv(x, node, value, kernel):
    _channels_last(node)
    padding = node["padding"].lower()
    if padding not in ("same", "valid"):
        raise CannotTranslate(f"{node}: explicit padding")
    channels = kernel.shape[-1] if node.op == "Conv2D" else kernel.shape[-1] * kernel.shape[-2]
    name = "conv" if node.op == "Conv2D" else "depthwise_conv"
    return with_unknown(
        x,
        name,
        (value, kernel),
        _image_shape(node, value, channels),
        None,
        node,
        strides=tuple(node["strides"][1:3]),
        padding=padding,
        dilation_rate=tuple((node.get("dilations") or [1] * 4)[1:3]),
    )


@_op("MaxPool", "AvgPool")
def _pool(x, node, value):
    _channels_last(node)
    return with_unknown(
        x,
        "max_pool" if node.op == "MaxPool" else "average_pool",
        (value,),
        _image_shape(node, value, value.shape[-1]),
        None,
        node,
        pool_size=tuple(node["ksize"][1:3]),
        strides=tuple(node["strides"][1:3]),
        padding=node["padding"].lower(),
    )


def _ints(node, expression, what):
    if expression.op != "constant":
        raise CannotTranslate(f"{node}: its {what} are computed from values; expected constants")
    return [int(item) for item in np.atleast_1d(expression.value)]


# ---- cells that are one op ---------------------------------------------------------------------------------------


@_op("LSTMBlockCell")
def _lstm_block_cell(x, node, value, c, h, kernel, w_i, w_f, w_o, bias):
    """One step of an LSTM: written out as BasicLSTMCell does, with peepholes and clipping where it has them."""
    gates = [OPS["AddV2"](x, node, _matmul_of(x, concatenate(x, [value, h], 1), kernel), bias)]
    i, j, f, o = split(x, node, gates[0], 1, 4)
    f = OPS["AddV2"](x, node, f, x.constant(float(node["forget_bias"]), "float32"))
    peep = node.get("use_peephole", False)
    if peep:
        i = OPS["AddV2"](x, node, OPS["Mul"](x, node, w_i, c), i)
        f = OPS["AddV2"](x, node, OPS["Mul"](x, node, w_f, c), f)
    i, f, j = OPS["Sigmoid"](x, node, i), OPS["Sigmoid"](x, node, f), OPS["Tanh"](x, node, j)
    new_c = OPS["AddV2"](x, node, OPS["Mul"](x, node, c, f), OPS["Mul"](x, node, i, j))
    clip = node.get("cell_clip", -1.0)
    if clip > 0:
        new_c = OPS["Minimum"](x, node, new_c, x.constant(clip, "float32"))
        new_c = OPS["Maximum"](x, node, new_c, x.constant(-clip, "float32"))
    if peep:
        o = OPS["AddV2"](x, node, OPS["Mul"](x, node, w_o, new_c), o)
    o, tanh_c = OPS["Sigmoid"](x, node, o), OPS["Tanh"](x, node, new_c)
    return [i, new_c, f, o, j, tanh_c, OPS["Mul"](x, node, tanh_c, o)]


def _matmul_of(x, a, b):
    return x.make("matmul", (a, b), shapes.matmul(a.shape, b.shape))


@_op("GRUBlockCell")
def _gru_block_cell(x, node, value, h, gate_kernel, candidate_kernel, gate_bias, candidate_bias):
    """One step of a GRU: written out as GRUCell does."""
    gates = OPS["AddV2"](x, node, _matmul_of(x, concatenate(x, [value, h], 1), gate_kernel), gate_bias)
    r, u = split(x, node, OPS["Sigmoid"](x, node, gates), 1, 2)
    inner = concatenate(x, [value, OPS["Mul"](x, node, r, h)], 1)
    c = OPS["Tanh"](x, node, OPS["AddV2"](x, node, _matmul_of(x, inner, candidate_kernel), candidate_bias))
    kept = OPS["Sub"](x, node, x.constant(1.0, "float32"), u)
    return [r, u, c, OPS["AddV2"](x, node, OPS["Mul"](x, node, u, h), OPS["Mul"](x, node, kept, c))]


@_op("BlockLSTM")
def _block_lstm(x, node, longest, value, c, h, kernel, w_i, w_f, w_o, bias):
    """A whole LSTM over time-major sequences: unrolled where the number of steps is known."""
    steps = value.shape[0]
    if not dims.is_known(steps):
        raise CannotTranslate(f"{node}: the number of its steps is not known")
    columns = []
    for step in range(steps):
        columns.append(_lstm_block_cell(x, node, getitem(x, value, (step,)), c, h, kernel, w_i, w_f, w_o, bias))
        c, h = columns[-1][1], columns[-1][6]
    return [stack(x, column, 0) for column in zip(*columns)]


@_op("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def _fused_batch_norm(x, node, value, scale, offset, mean, variance):
    _channels_last(node)
    made = x.make(
        "batch_norm",
        (value, scale, offset, mean, variance),
        value.shape,
        None,
        node,
        epsilon=float(node["epsilon"]),
        training=bool(node.get("is_training", True)),
    )
    moments = [x.make("batch_moment", (value,), (value.shape[-1],), None, node, which=which) for which in range(4)]
    return [made, *moments]
