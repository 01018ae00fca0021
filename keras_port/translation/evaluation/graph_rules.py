"""Rules applied during evaluation: recognize what TensorFlow 1 composed of smaller ops, such as dropout and masks.

Each rule takes (x, expression) and returns a replacement or None; the evaluator applies them to every new expression.
"""

import numpy as np

from keras_port.translation import op_types
from keras_port.translation.evaluation.fused_cells import masked_twice, picked_state
from keras_port.translation.expressions import dims, shapes
from keras_port.translation.expressions.expression import number, readers_of, substitute, walk
from keras_port.translation.expressions.patterns import match
from keras_port.translation.recurrences.lifting import ELEMENTWISE


def without_neutral_operand(x, expression):
    """Drop x * 1, and x + 0 for random numbers: tf.random_uniform(0, 1) adds its minimum to the draw."""
    if expression.op in ("add", "multiply") and any(arg.op.startswith("random_") for arg in expression.args):
        for value, other in (expression.args, expression.args[::-1]):
            if value.op.startswith("random_") and number(other) == (0 if expression.op == "add" else 1):
                return value
    if expression.op == "multiply":
        for value, other in (expression.args, expression.args[::-1]):
            if (
                other.is_constant(1)
                and value.shape is not None
                and (other.rank or 0) <= value.rank
                and all(
                    size in (1, of) or dims.fixed(of) == size for size, of in zip(other.shape[::-1], value.shape[::-1])
                )
            ):
                return value
    return None


def dropout(x, expression):
    """Recognize x * scale * mask, in each form in which TensorFlow 1 built tf.nn.dropout."""
    if expression.op != "multiply":
        return None
    found = match(("multiply", "kept", ("floor", ("add", "keep", "draw"))), expression)
    if found and found["draw"].op == "random_uniform":  # older versions, and variational masks
        scaled = (
            match(("divide", "x", "keep"), found["kept"], {"keep": found["keep"]})
            or match(("multiply", "x", ("divide", 1, "keep")), found["kept"], {"keep": found["keep"]})
            or match(("multiply", "x", "scale"), found["kept"])
        )
        if scaled:
            return _dropped(x, expression, scaled["x"], found["draw"], keep=found["keep"])
    found = match(("multiply", "kept", ("cast", ("greater_equal", "draw", "rate"))), expression)
    if found and found["draw"].op == "random_uniform" and not found["rate"].rank:  # 1.15
        scaled = match(("multiply", "x", "scale"), found["kept"])
        if scaled and _undoes(scaled["scale"], found["rate"]):
            return _dropped(x, expression, scaled["x"], found["draw"], rate=found["rate"])
        if _undoes(found["kept"], found["rate"]):  # dropout of ones
            ones = x.make("full", (x.constant(1.0, expression.dtype),), expression.shape, expression.dtype)
            return _dropped(x, expression, ones, found["draw"], rate=found["rate"])
    return None


def _undoes(scale, rate):
    """Whether `scale` is 1 / (1 - rate)."""
    if match(("divide", 1, ("subtract", 1, "rate")), scale, {"rate": rate}):
        return True
    return number(rate) is not None and _is_full_of(1 / (1 - number(rate)), scale)


def _is_full_of(wanted, expression):
    """Whether all elements of an expression are the same number, `wanted` up to rounding."""
    if expression.op == "full":
        return _is_full_of(wanted, expression.args[-1])
    return expression.op == "constant" and expression.value.size > 0 and np.allclose(expression.value, wanted, 1e-5)


def _dropped(x, expression, value, draw, rate=None, keep=None):
    """Return the dropout expression of (value, rate); `draw` provides the noise shape and the loop it was drawn in."""
    if rate is None:
        kept = number(keep)
        rate = (
            x.constant(round(1 - kept, 7), "float32")
            if kept is not None
            else op_types.OPS["Sub"](x, None, x.constant(1.0, "float32"), keep)
        )
    elif rate.op == "constant":
        rate = x.constant(round(float(number(rate)), 7), "float32")
    return x.make(
        "dropout",
        (value, rate),
        value.shape,
        value.dtype,
        expression.node,
        unique=True,
        loop=draw.options.get("loop"),
        draw=draw.node.name,
        noise_shape=None if _fixed(draw.shape) == _fixed(value.shape) else draw.shape,
    )


def _fixed(shape):
    """Return a shape in which symbols are replaced by the sizes that the script fixed."""
    return tuple(dims.fixed(size) if dims.fixed(size) is not None else size for size in shape)


def batch_norm_either_way(x, expression):
    """Recognize batch normalization that uses the batch's moments in training and the moving ones otherwise."""
    if expression.op != "cond" or expression.args[0].op != "training":
        return None
    _, true, false = expression.args
    if true.op == false.op == "batch_norm" and true.args[:3] == false.args[:3]:
        return x.make(
            "batch_norm", false.args, true.shape, None, true.node, epsilon=true.options["epsilon"], training=None
        )
    return None


def dropout_under_cond(x, expression):
    """Replace a cond on the training flag between a value with and without dropout by the dropout."""
    if expression.op == "cond" and expression.args[0].op == "training":
        _, true, false = expression.args
        if true.op == "dropout" and true.args[0] is false:
            return true
    return None


def repeated_matrix(x, expression):
    """Replace a product with a matrix that tf.tile repeats for each example by one with the matrix itself."""
    if expression.op != "matmul" or expression.rank != 3:
        return None
    tiled = expression.args[1]
    if tiled.op != "tile" or tiled.options["repeats"][1:] != (1, 1) or tiled.args[0].shape[0] != 1:
        return None
    matrix = op_types.reshape(x, tiled.args[0], tiled.args[0].shape[1:])
    return x.make("matmul", (expression.args[0], matrix), expression.shape, None, expression.node)


def mask_of_longest(x, expression):
    """Recognize tf.sequence_mask(lengths) without maxlen, and give it the width of the sequences it is used with."""
    if expression.op == "less" and expression.args[0].op == "arange_longest":
        lengths = expression.args[0].args[0]
        steps = expression.args[0].shape[0]
        return x.make("sequence_mask", (lengths,), (lengths.shape[0], steps), "bool", expression.node, steps=steps)
    if expression.op == "sum" and expression.rank == 0 and _is_mask_of_longest(expression.args[0]):
        mask = expression.args[0]
        while mask.op != "sequence_mask":
            mask = mask.args[0]
        lengths = x.make("cast", mask.args, mask.args[0].shape, expression.dtype)
        return x.make("sum", (lengths,), (), expression.dtype, expression.node, axis=None, keepdims=False)
    if expression.op in ELEMENTWISE and len(expression.args) == 2 and expression.rank == 1:
        for mask, other in (expression.args, expression.args[::-1]):
            rows = mask.args[0] if mask.op == "reshape" else mask
            if rows.rank == 2 and _is_mask_of_longest(mask) and other.rank == 1:
                steps = dims.quotient(other.shape[0], rows.shape[0])
                if steps is not None:
                    new = _with_steps(x, mask, steps)
                    args = [new if arg is mask else arg for arg in expression.args]
                    return x.make(
                        expression.op, args, other.shape, expression.dtype, expression.node, **expression.options
                    )
    if expression.op in ELEMENTWISE and len(expression.args) > 1 and expression.rank and expression.rank > 1:
        for place, arg in enumerate(expression.args):
            others = [other for other in expression.args if other is not arg and other.rank == arg.rank]
            if _is_mask_of_longest(arg) and others:
                args = list(expression.args)
                args[place] = _with_steps(x, arg, others[0].shape[1])
                return x.make(
                    expression.op,
                    args,
                    shapes.broadcast(*(each.shape for each in args)),
                    expression.dtype,
                    expression.node,
                    **expression.options,
                )
    return None


def _is_mask_of_longest(expression):
    while expression.op in ("cast", "reshape"):
        expression = expression.args[0]
    return (
        expression.op == "sequence_mask"
        and not dims.is_known(expression.options["steps"])
        and expression.options["steps"].symbols[0].origin[0].op == "arange_longest"
    )


def _with_steps(x, expression, steps):
    """Return the same mask for `steps` time steps."""
    if expression.op == "cast":
        inner = _with_steps(x, expression.args[0], steps)
        return x.make("cast", (inner,), inner.shape, expression.dtype, expression.node)
    if expression.op == "reshape":
        inner = _with_steps(x, expression.args[0], steps)
        if expression.rank == 1:
            return op_types.reshape(x, inner, (dims.product(inner.shape),), expression.node)
        return op_types.reshape(x, inner, (*inner.shape, *expression.shape[2:]), expression.node)
    lengths = expression.args[0]
    return x.make("sequence_mask", (lengths,), (lengths.shape[0], steps), "bool", expression.node, steps=steps)


_WITH_ROWS = frozenset(("softmax_cross_entropy", "sparse_softmax_cross_entropy", *ELEMENTWISE)) - {"dropout"}


def masked_rows(x, expression):
    """Move tf.boolean_mask behind operations on rows: they are done on all rows, and the mask is applied afterwards.

    Sums and means then leave out the rows that are not selected.
    """
    if expression.op == "take":
        return op_types.masked_rows(x, expression)
    if expression.op in _WITH_ROWS and expression.rank and any(arg.op == "masked_rows" for arg in expression.args):
        masks = {arg.args[1] for arg in expression.args if arg.op == "masked_rows"}
        others = [arg for arg in expression.args if arg.op != "masked_rows" and arg.rank]
        if len(masks) != 1 or others:
            return None
        mask = masks.pop()
        whole = [arg.args[0] if arg.op == "masked_rows" else arg for arg in expression.args]
        made = op_types.OPS[expression.node.op](x, expression.node, *whole) if expression.node is not None else None
        made = made[0] if isinstance(made, list) else made
        return made and x.make("masked_rows", (made, mask), expression.shape, expression.dtype, expression.node)
    if expression.op in ("sum", "mean") and expression.rank == 0 and expression.args[0].op == "masked_rows":
        value, mask = expression.args[0].args
        if value.rank != 1:
            return None
        if _is_mask_of_longest(mask):
            steps = dims.quotient(value.shape[0], mask.args[0].shape[0]) if mask.op == "reshape" else None
            mask = mask if steps is None else _with_steps(x, mask, steps)
        kept = x.make("cast", (mask,), mask.shape, value.dtype)
        total = x.make(
            "sum",
            (x.make("multiply", (value, kept), value.shape),),
            (),
            None,
            expression.node,
            axis=None,
            keepdims=False,
        )
        count = x.make("sum", (kept,), (), None, None, axis=None, keepdims=False)
        return total if expression.op == "sum" else x.make("divide", (total, count), (), None, expression.node)
    return None


EVALUATION_RULES = (
    picked_state,
    masked_twice,
    mask_of_longest,
    masked_rows,
    repeated_matrix,
    without_neutral_operand,
    dropout,
    dropout_under_cond,
    batch_norm_either_way,
)


def with_plain_biases(x, roots):
    """Turn variables of shape (1, n) that are only added as biases into vectors, as Keras layers have them."""
    readers = readers_of(roots)
    replaced = {}
    for weight in walk(*roots):
        if weight.op != "weight" or weight.rank != 2 or weight.shape[0] != 1:
            continue
        reading = readers.get(id(weight), ())
        if all(each.op == "add" and each.rank >= 2 and each.shape[0] != 1 for each in reading):
            options = {"name": weight.options["name"], "tf1_shape": weight.shape}
            replaced[id(weight)] = x.make("weight", (), weight.shape[1:], weight.dtype, weight.node, **options)
    return substitute(x, roots, replaced)
