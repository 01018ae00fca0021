"""How each operation is written: as an operator, as a call in keras.ops, or by one of the functions here."""

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.writing.literals import ATOM, tuple_of

INFIX = {  # operation: (operator, precedence)
    "less": ("<", 3),
    "less_equal": ("<=", 3),
    "greater": (">", 3),
    "greater_equal": (">=", 3),
    "add": ("+", 4),
    "subtract": ("-", 4),
    "multiply": ("*", 5),
    "divide": ("/", 5),
    "floor_divide": ("//", 5),
    "mod": ("%", 5),
    "power": ("**", 7),
}
PLAIN = frozenset(
    (  # written as ops.NAME(args, **options)
        "exp",
        "log",
        "sqrt",
        "rsqrt",
        "square",
        "absolute",
        "sign",
        "floor",
        "ceil",
        "round",
        "tanh",
        "sigmoid",
        "relu",
        "relu6",
        "elu",
        "selu",
        "softplus",
        "softsign",
        "sin",
        "cos",
        "tan",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "reciprocal",
        "erf",
        "log1p",
        "expm1",
        "logical_not",
        "logical_and",
        "logical_or",
        "stop_gradient",
        "maximum",
        "minimum",
        "arctan2",
        "equal",
        "not_equal",
        "isnan",
        "isinf",
        "isfinite",
        "where",
        "matmul",
        "take",
        "leaky_relu",
        "argmax",
        "argmin",
        "cumsum",
        "cumprod",
        "transpose",
        "flip",
        "pad",
        "top_k",
        "tile",
    )
)
REDUCTIONS = frozenset(("sum", "mean", "max", "min", "prod", "all", "any"))


def _reshape(printer, expression):
    source, sizes = expression.args[0].shape, expression.options["sizes"]
    unknown = [size for size in sizes if not dims.is_known(size)]
    if len(unknown) > 1 and any(size.value is None for size in unknown) and source is not None:
        if [size for size in source if size != 1] == [size for size in sizes if size != 1]:
            return _with_axes_of_one(printer, printer.code(expression.args[0]), source, sizes)
    return f"ops.reshape({printer.code(expression.args[0])}, {printer.target(expression.options['sizes'])})"


def joins_axes(expression):
    """Whether this reshape joins the first two axes, while two sizes or more vary: keras.ops.reshape cannot say so."""
    source, sizes = expression.args[0].shape, expression.options["sizes"]
    if not _has_varying(sizes, 2) or source is None or len(source) != len(sizes) + 1:
        return False
    return (dims.product(source[:2]), *source[2:]) == tuple(sizes)


def splits_axis(expression):
    """Whether this reshape splits the first axis in two, while two sizes or more vary."""
    source, sizes = expression.args[0].shape, expression.options["sizes"]
    if not _has_varying(sizes, 2) or source is None or len(source) + 1 != len(sizes):
        return False
    return (dims.product(sizes[:2]), *sizes[2:]) == tuple(source)


def _has_varying(sizes, count):
    varying = [size for size in sizes if not dims.is_known(size)]
    return len(varying) >= count and any(size.value is None for size in varying[1:])


def _with_axes_of_one(printer, code, source, sizes):
    """Remove and insert axes of size 1, which needs no sizes of other axes."""
    gone = [axis for axis, size in enumerate(source) if size == 1]
    new = [axis for axis, size in enumerate(sizes) if size == 1]
    if gone:
        code = f"ops.squeeze({code}, axis={gone[0] if len(gone) == 1 else tuple(gone)})"
    if new:
        code = f"ops.expand_dims({code}, axis={new[0] if len(new) == 1 else tuple(new)})"
    return code


def _getitem(printer, expression):
    items = expression.options["index"]
    index = ", ".join(_index(printer, item) for item in items)
    if len(items) == 1 and isinstance(items[0], slice):
        index += ", ..."  # Keras takes no slice as the only index
    return f"{printer.code(expression.args[0], ATOM)}[{index}]"


def _index(printer, item):
    if item is Ellipsis:
        return "..."
    if isinstance(item, slice):
        parts = ["" if part is None else printer.size(part) for part in (item.start, item.stop)]
        return ":".join(parts) + (f":{item.step}" if item.step not in (None, 1) else "")
    return str(item)


def _concatenate(printer, expression):
    return f"ops.concatenate([{', '.join(map(printer.code, expression.args))}], axis={expression.options['axis']})"


def _stack(printer, expression):
    return f"ops.stack([{', '.join(map(printer.code, expression.args))}], axis={expression.options['axis']})"


def _cast(printer, expression):
    if expression.args[0].op == "size":
        ones = printer.ones(expression.args[0].options["size"], expression.dtype)
        if ones:
            return f"ops.sum({ones})"
    return f'ops.cast({printer.code(expression.args[0])}, "{expression.dtype}")'


def _one_hot(printer, expression):
    options = expression.options
    return f'ops.one_hot({printer.code(expression.args[0])}, {options["classes"]}, dtype="{expression.dtype}")'


def _softmax(printer, expression):
    return f"ops.softmax({printer.code(expression.args[0])})"


def _log_softmax(printer, expression):
    return f"ops.log_softmax({printer.code(expression.args[0])})"


def _full(printer, expression):
    shape, dtype = expression.shape, expression.dtype
    value = printer.code(expression.args[0])
    varying = [axis for axis, size in enumerate(shape) if not dims.is_known(size)]
    if not varying:
        return f'ops.full({shape!r}, {value}, "{dtype}")'
    like = printer.like(shape)
    if like is not None:
        return _full_like(like, value, dtype)
    vectors = {axis: printer.vector(shape[axis]) for axis in varying}
    if None in vectors.values():
        return f'ops.full({tuple_of(map(printer.size, shape))}, {value}, "{dtype}")'
    if varying == [0] and len(shape) <= 2:
        filled = _full_like(vectors[0], value, dtype) + ("[:, None]" if len(shape) == 2 else "")
        return filled if shape[1:] in ((), (1,)) else f"ops.repeat({filled}, {shape[1]}, axis=1)"
    ones = [f'ops.ones_like({vectors[axis]}, dtype="{dtype}"){_along(axis, len(shape))}' for axis in varying]
    known = tuple(size if dims.is_known(size) else 1 for size in shape)
    return " * ".join([*ones, f'ops.full({known}, {value}, "{dtype}")']), 5


def _full_like(code, value, dtype):
    name = {"0": "zeros_like", "0.0": "zeros_like", "1": "ones_like", "1.0": "ones_like"}.get(value)
    return f'ops.{name}({code}, dtype="{dtype}")' if name else f'ops.full_like({code}, {value}, dtype="{dtype}")'


def _along(axis, rank):
    """Return the index that lays a vector along one of `rank` axes."""
    places = [":" if place == axis else "None" for place in range(rank)]
    return f"[{', '.join(places)}]" if rank > 1 else ""


def _in_batch(printer, expression):
    ones = printer.ones(expression.shape[0], expression.dtype)
    value = printer.code(expression.args[0], 5)
    index = f"[{', '.join([':', *['None'] * (expression.rank - 1)])}]" if expression.rank > 1 else ""
    return (value, 5) if ones is None else (f"{ones}{index} * {value}", 5)


def _broadcast_to(printer, expression):
    return f"ops.broadcast_to({printer.code(expression.args[0])}, {tuple_of(map(printer.size, expression.shape))})"


def _repeat_steps(printer, expression):
    return f"ops.repeat({printer.code(expression.args[0])}, {printer.size(expression.options['steps'])}, axis=1)"


def _count(printer, size):
    """Return the code of 0, 1, ..., size - 1, also for a size that varies between batches."""
    if dims.is_known(size):
        return f"ops.arange({size})"
    vector = printer.vector(size)
    if vector is None and size.value is not None:
        return f"ops.arange({printer.size(size)})"
    if vector is None:
        raise CannotTranslate(f"{printer.node or 'the model'}: computes a shape of a size that varies ({size})")
    return f"positions({vector})"


def _arange(printer, expression):
    if len(expression.args) == 1 and expression.args[0].op == "size":
        return _count(printer, expression.args[0].options["size"])
    limits = [printer.size(arg.options["size"]) if arg.op == "size" else printer.code(arg) for arg in expression.args]
    return f"ops.arange({', '.join(limits)})"


def _zeros_sequence(printer, expression):
    """Return the code of zeros, one for each step, with the batch size of a state."""
    state, steps = expression.args[0], expression.options["steps"]
    index = ", ".join([":", "None", *([":1"] if state.rank > 1 else ["None"]), *["0"] * (state.rank - 2)])
    zero = f'ops.zeros_like({printer.code(state, ATOM)}[{index}], dtype="float32")'
    vector = None if dims.is_known(steps) else printer.vector(steps)
    if vector is not None:
        return f'{zero} + ops.zeros_like({vector}[:, None], dtype="float32")', 4
    return f"ops.repeat({zero}, {printer.size(steps)}, axis=1)"


def _sequence_mask(printer, expression):
    lengths = expression.args[0]
    return (
        f"{printer.code(lengths, ATOM)}[:, None] > {_count(printer, expression.options['steps'])}",
        3,
    )


def _arange_longest(printer, expression):
    return f"ops.arange(ops.max({printer.code(expression.args[0])}))"


def _reverse_sequence(printer, expression):
    value, lengths = expression.args
    axes = expression.options["batch_axis"], expression.options["seq_axis"]
    if axes != (0, 1) or value.rank not in (2, 3):
        raise CannotTranslate(f"{expression.node}: reverses axis {axes[1]} of {value.rank}; expected axis 1 of 2 or 3")
    return f"reverse_sequence({printer.code(value)}, {printer.code(lengths)})"


def _softmax_cross_entropy(printer, expression):
    logits, labels = map(printer.code, expression.args)
    return f"ops.categorical_crossentropy({labels}, {logits}, from_logits=True)"


def _sparse_softmax_cross_entropy(printer, expression):
    logits, labels = map(printer.code, expression.args)
    return f"ops.sparse_categorical_crossentropy({labels}, {logits}, from_logits=True)"


def _ctc_loss(printer, expression):
    logits, labels, count, lengths = map(printer.code, expression.args)
    blank = expression.args[0].shape[-1] - 1  # TensorFlow 1 has the blank last
    return f"ops.ctc_loss({labels}, {logits}, {count}, {lengths}, mask_index={blank})"


def _sigmoid_cross_entropy(printer, expression):
    logits, labels = map(printer.code, expression.args)
    return f"ops.binary_crossentropy({labels}, {logits}, from_logits=True)"


def _conv(printer, expression):
    value, kernel = map(printer.code, expression.args)
    options = expression.options
    rate = "" if options["dilation_rate"] == (1, 1) else f", dilation_rate={options['dilation_rate']}"
    return f'ops.conv({value}, {kernel}, strides={options["strides"]}, padding="{options["padding"]}"{rate})'


def _conv_transpose(printer, expression):
    value, kernel = map(printer.code, expression.args)
    options = expression.options
    return f'ops.conv_transpose({value}, {kernel}, strides={options["strides"]}, padding="{options["padding"]}")'


def _depthwise_conv(printer, expression):
    return _conv(printer, expression).replace("ops.conv(", "ops.depthwise_conv(", 1)


def _max_pool(printer, expression):
    options = expression.options
    return (
        f"ops.{expression.op}({printer.code(expression.args[0])}, {options['pool_size']}, "
        f'strides={options["strides"]}, padding="{options["padding"]}")'
    )


_average_pool = _max_pool


def _step_of_each(printer, expression):
    sequence, steps = map(printer.code, expression.args)
    return f"ops.take_along_axis({sequence}, ops.reshape({steps}, (-1, 1, 1)), axis=1)[:, 0]"


def _number_of_each(printer, expression):
    value, index = map(printer.code, expression.args)
    axis = expression.args[1].rank
    index = f"ops.expand_dims({index}, axis={axis})"
    return f"ops.squeeze(ops.take_along_axis({value}, {index}, axis={axis}), axis={axis})"


def _gather_pairs(printer, expression):
    values, pairs = map(printer.code, expression.args)
    columns = expression.args[0].shape[1]
    rest = "".join(f", {printer.size(size)}" for size in expression.args[0].shape[2:])
    flat = f"ops.reshape({values}, (-1{rest}{',' if not rest else ''}))"
    return f"ops.take({flat}, {pairs}[:, 0] * {printer.size(columns)} + {pairs}[:, 1], axis=0)"


def _cond(printer, expression):
    condition, true, false = expression.args
    return f"ops.where({printer.code(condition)}, {printer.code(true)}, {printer.code(false)})"


WRITTEN = {
    "reshape": _reshape,
    "getitem": _getitem,
    "concatenate": _concatenate,
    "stack": _stack,
    "cast": _cast,
    "one_hot": _one_hot,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "full": _full,
    "in_batch": _in_batch,
    "broadcast_to": _broadcast_to,
    "repeat_steps": _repeat_steps,
    "arange": _arange,
    "zeros_sequence": _zeros_sequence,
    "sequence_mask": _sequence_mask,
    "arange_longest": _arange_longest,
    "reverse_sequence": _reverse_sequence,
    "softmax_cross_entropy": _softmax_cross_entropy,
    "ctc_loss": _ctc_loss,
    "sparse_softmax_cross_entropy": _sparse_softmax_cross_entropy,
    "sigmoid_cross_entropy": _sigmoid_cross_entropy,
    "conv": _conv,
    "depthwise_conv": _depthwise_conv,
    "conv_transpose": _conv_transpose,
    "max_pool": _max_pool,
    "step_of_each": _step_of_each,
    "number_of_each": _number_of_each,
    "gather_pairs": _gather_pairs,
    "cond": _cond,
}
