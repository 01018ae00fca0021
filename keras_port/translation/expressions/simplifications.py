"""Simplification rules: patterns that a single operation expresses better, such as losses, means and the last step.

Each rule takes (x, expression) and returns a replacement or None.
"""

from keras_port.translation import op_types
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import as_sizes, number
from keras_port.translation.expressions.patterns import match


def last_step(x, expression):
    """Replace the last step of a layer's output sequence by the layer's last output."""
    if expression.op != "getitem":
        return None
    value, index = expression.args[0], expression.options["index"]
    if value.op == "transpose" and value.options["axes"][:2] == (1, 0) and len(index) == 1:
        whole = value.args[0]
        return op_types.getitem(x, whole, (slice(None), index[0]), expression.node)
    if value.op == "item" and value.options["number"] == 0 and value.args[0].op == "layer":
        call = value.args[0]
        if id(value) not in x.only_last:
            return None  # other steps are read, too
        last = index in ((slice(None), -1),) or (
            len(index) == 2
            and index[0] == slice(None)
            and dims.is_known(value.shape[1])
            and index[1] == value.shape[1] - 1
        )
        number_of_state = call.options["layer"].last_output
        if last and not call.options["masked"] and number_of_state is not None:
            return x.make("item", (call,), expression.shape, expression.dtype, None, number=number_of_state)
    return None


def one_step_each(x, expression):
    """Select one time step per example.

    Scripts write it as a gather from flattened rows, or as tf.gather_nd with (row, step) pairs.
    """
    found = _picked_rows(x, expression) or _picked_pairs(expression)
    if found is None:
        return None
    return x.make("step_of_each", found, expression.shape, expression.dtype, expression.node)


def _picked_rows(x, expression):
    """Match sequence.reshape(-1, n)[arange(batch) * time + steps]; returns (sequence, steps) or None."""
    rows = ("multiply", "count", "time")
    found = match(("take", "rows", ("add", rows, "steps")), expression)
    if found is None:
        found = match(("take", "rows", ("subtract", ("add", rows, "steps"), "less")), expression)
        if found is not None:
            found["steps"] = op_types.OPS["Sub"](x, None, found["steps"], found["less"])
    if found is None or found["rows"].op != "reshape" or found["rows"].rank != 2:
        return None
    sequence = found["rows"].args[0]
    if sequence.rank != 3 or not _counts(found["count"], sequence.shape[0]) or found["steps"].rank != 1:
        return None
    return (sequence, found["steps"]) if number(found["time"]) == dims.fixed(sequence.shape[1]) else None


def _picked_pairs(expression):
    """Match tf.gather_nd(sequence, tf.stack([arange(batch), steps], 1)); returns (sequence, steps) or None."""
    if expression.op != "gather_pairs" or expression.args[1].op != "stack" or expression.args[0].rank != 3:
        return None
    sequence, (count, steps) = expression.args[0], expression.args[1].args
    return (sequence, steps) if _counts(count, sequence.shape[0]) else None


def one_number_each(x, expression):
    """Select one number per step from a flattened tensor, as crf_unary_score selects the scores of the labels."""
    found = match(("take", ("reshape", "value"), ("reshape", "place")), expression)
    if found is None or expression.rank != 1 or found["value"].rank != found["place"].rank + 1:
        return None
    sizes, terms, stack = found["value"].shape, [], [found["place"]]
    while stack:
        term = stack.pop()
        stack += term.args if term.op == "add" else ()
        terms += [term] if term.op != "add" else []
    offsets = [_axis_counted(term, sizes) for term in terms]
    index = [term for term, axis in zip(terms, offsets) if axis is None]
    if sorted(axis for axis in offsets if axis is not None) != list(range(len(sizes) - 1)) or len(index) != 1:
        return None
    if index[0].shape != sizes[:-1]:
        return None
    picked = x.make("number_of_each", (found["value"], index[0]), sizes[:-1], expression.dtype, expression.node)
    return op_types.reshape(x, picked, expression.shape)


def _axis_counted(term, sizes):
    """Return the axis whose offsets into a flattened tensor this term computes, or None."""
    if term.op != "reshape":
        return None
    factors, stack, count = [], [term.args[0]], None
    while stack:
        part = stack.pop()
        if part.op == "multiply":
            stack += part.args
        elif part.op == "arange" and count is None:
            count = part
        else:
            factors += [size for size in as_sizes(part)] if part.op in ("size", "constant") else [None]
    for axis, size in enumerate(sizes[:-1]):
        shape = tuple(size if place == axis else 1 for place in range(len(sizes) - 1))
        if count is not None and _counts(count, size) and term.shape == shape and None not in factors:
            return axis if dims.product(factors) == dims.product(sizes[axis + 1 :]) else None
    return None


def _counts(expression, size):
    """Whether this is 0, 1, ..., size - 1."""
    if expression.op == "constant" and expression.rank == 1:
        return expression.value.tolist() == list(range(dims.fixed(size) or 0))
    return expression.op == "arange" and expression.shape == (size,) and len(expression.args) == 1


def mask_of_lengths(x, expression):
    """Recognize tf.sequence_mask with a maxlen: range(maxlen) < lengths."""
    if expression.op != "less" or expression.rank != 2 or expression.args[1].op != "reshape":
        return None
    count, lengths = expression.args[0], expression.args[1].args[0]
    batch, steps = expression.shape
    if count.rank != 1 or not _counts(count, steps) or lengths.shape != (batch,) or expression.args[1].rank != 2:
        return None
    return x.make("sequence_mask", (lengths,), (batch, steps), "bool", expression.node, steps=steps)


def transposed_later(x, expression):
    """Move transposes behind the concatenation of what is transposed, where others may cancel them."""
    if expression.op != "concatenate" or any(arg.op != "transpose" for arg in expression.args):
        return None
    axes = expression.args[0].options["axes"]
    if any(arg.options["axes"] != axes for arg in expression.args):
        return None
    joined = op_types.concatenate(x, [arg.args[0] for arg in expression.args], axes[expression.options["axis"]])
    return op_types.transpose(x, joined, axes, expression.node)


def concatenated_steps(x, expression):
    """Replace the concatenation of all steps of a sequence by a reshape."""
    if (
        expression.op != "concatenate"
        or expression.rank != 2
        or expression.options["axis"] != 1
        or len(expression.args) < 2
    ):
        return None
    first = expression.args[0]
    whole = first.args[0] if first.op == "getitem" else None
    if whole is None or whole.rank != 3 or whole.shape[1] != len(expression.args):
        return None
    if all(
        part.op == "getitem" and part.args[0] is whole and part.options["index"] == (slice(None), place)
        for place, part in enumerate(expression.args)
    ):
        return op_types.reshape(x, whole, (whole.shape[0], dims.product(whole.shape[1:])), expression.node)
    return None


def filled(x, expression):
    """Replace a tensor filled with one number by the scalar where broadcasting gives the same shape."""
    if expression.op not in ("add", "subtract", "multiply", "divide", "maximum", "minimum"):
        return None
    args = expression.args
    if expression.op == "add":
        for value, other in (args, args[::-1]):
            if number(other) == 0 and value.shape == expression.shape and value.op != "constant":
                return value
    if all(arg.op in ("full", "constant") for arg in args) and any(arg.op == "full" for arg in args):
        values = [_one_value(arg) for arg in args]
        if None in values:
            return None
        folded = op_types.OPS[
            {
                "add": "Add",
                "subtract": "Sub",
                "multiply": "Mul",
                "divide": "RealDiv",
                "maximum": "Maximum",
                "minimum": "Minimum",
            }[expression.op]
        ](x, None, *(x.constant(value, expression.dtype) for value in values))
        return x.make("full", (folded,), expression.shape, expression.dtype, expression.node)
    for place, arg in enumerate(args):
        if (
            (arg.op == "full" or arg.op == "constant" and arg.rank)
            and _one_value(arg) is not None
            and args[1 - place].shape == expression.shape
        ):
            value = x.constant(_one_value(arg), arg.dtype)
            if _one_value(arg) == 0 and expression.op == "multiply":
                return None
            new = [value, args[1]] if place == 0 else [args[0], value]
            return x.make(expression.op, new, expression.shape, expression.dtype, expression.node)
    if expression.op in ("multiply", "divide") and number(args[1]) == 1 and args[0].shape == expression.shape:
        return args[0]
    return None


def _one_value(expression):
    """Return the number that a tensor is filled with, or None."""
    if expression.op == "full":
        return number(expression.args[0])
    if expression.op == "constant" and expression.value.size and expression.value.dtype != object:
        first = expression.value.flat[0]
        return first.item() if (expression.value == first).all() else None
    return None


def cross_entropy_of_steps(x, expression):
    """Replace cross entropies of rows that are reshaped to sequences by cross entropies of the sequences."""
    kinds = ("softmax_cross_entropy", "sparse_softmax_cross_entropy")
    if expression.op != "reshape" or expression.args[0].op not in kinds:
        return None
    rows = expression.args[0]
    whole = [arg.args[0] if arg.op == "reshape" else arg for arg in rows.args]
    classes = () if rows.op.startswith("sparse") else whole[0].shape[-1:]
    if whole[0].shape != (*expression.shape, rows.args[0].shape[-1]) or whole[1].shape != (*expression.shape, *classes):
        return None
    return x.make(rows.op, whole, expression.shape, expression.dtype, rows.node)


def sigmoid_cross_entropy(x, expression):
    """Recognize tf.nn.sigmoid_cross_entropy_with_logits, which TensorFlow 1 composes of smaller ops."""
    if expression.op != "add" or expression.args[1].op != "log1p":
        return None
    positive = ("where", ("greater_equal", "logits", "zeros"), "logits", "zeros")
    found = match(("subtract", positive, ("multiply", "logits", "label")), expression.args[0])
    if found is None or not found["zeros"].is_constant(0):
        return None
    tail = match(
        ("log1p", ("exp", ("where", ("greater_equal", "logits", "zeros"), "less", "logits"))), expression.args[1], found
    )
    if tail is None or tail["less"].op != "negative" or tail["less"].args[0] is not found["logits"]:
        return None
    args = found["logits"], found["label"]
    return x.make("sigmoid_cross_entropy", args, expression.shape, expression.dtype, expression.node)


def of_all(x, expression):
    """Drop reshapes and transposes before a sum or mean over all elements."""
    if expression.op not in ("sum", "mean") or expression.rank or expression.args[0].op not in ("transpose", "reshape"):
        return None
    inner = expression.args[0].args
    return x.make(expression.op, inner, (), None, expression.node, axis=None, keepdims=False)


def mean(x, expression):
    """Replace a sum over all elements divided by their number by the mean."""
    if expression.op != "divide":
        return None
    value, divisor = expression.args
    count = number(divisor)
    if count is None and divisor.op == "cast" and divisor.args[0].op == "size":
        count = dims.fixed(divisor.args[0].options["size"])
        if (
            value.op == "sum"
            and value.rank == 0
            and dims.product(value.args[0].shape) == divisor.args[0].options["size"]
        ):
            return x.make("mean", value.args, (), None, expression.node, axis=None, keepdims=False)
    if count is None or not count:
        return None
    if value.op == "divide" and number(value.args[1]) is not None:
        both = x.constant(count * number(value.args[1]), divisor.dtype)
        return x.make("divide", (value.args[0], both), expression.shape, None, expression.node)
    if value.op == "sum" and value.rank == 0 and value.args[0].shape is not None:
        elements = dims.product(value.args[0].shape)
        if dims.fixed(elements) is not None and abs(dims.fixed(elements) - count) < 1e-6 * count:
            return x.make("mean", value.args, (), None, expression.node, axis=None, keepdims=False)
    return None


def same_shape(x, expression):
    """Drop reshapes, transposes and stacks that have no effect, and merge consecutive ones."""
    if expression.op == "reshape":
        return op_types.reshape(x, expression.args[0], expression.options["sizes"], expression.node)
    if expression.op == "transpose":
        return op_types.transpose(x, expression.args[0], expression.options["axes"], expression.node)
    if expression.op == "stack" and expression.rank is not None:
        return op_types.stack(x, expression.args, expression.options["axis"], expression.node)
    return None
