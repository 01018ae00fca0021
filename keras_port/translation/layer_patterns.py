"""Patterns of expressions that Keras has layers for, outside of recurrences.

Each rule takes (x, expression) and returns what stands for it, or None. `rewrite` applies them to a whole
computation, arguments first.
"""

from keras_port.translation import dims, op_types
from keras_port.translation.expressions import as_sizes, number, walk
from keras_port.translation.layers import Weights, copied, scope_of
from keras_port.translation.patterns import match


def rewrite(x, roots, rules):
    """Return `roots` with every expression under them rewritten by the first rule that applies, to the end."""
    done = {}
    for expression in walk(*roots):
        args = tuple(done[id(arg)] for arg in expression.args)
        if all(a is b for a, b in zip(args, expression.args)):
            new = expression
        else:
            new = x.make(
                expression.op,
                args,
                expression.shape,
                expression.dtype,
                expression.node,
                expression.op in ("dropout", "layer"),
                **expression.options,
            )
        done[id(expression)] = _rewritten(x, new, rules)
    return [done[id(root)] for root in roots]


def _rewritten(x, expression, rules):
    for rule in rules:
        better = rule(x, expression)
        if better is not None and better is not expression:
            return _rewritten(x, better, rules)
    return expression


def dense(x, expression):
    """x W + b."""
    found = match(("add", ("matmul", "x", "kernel"), "bias"), expression)
    if (
        found
        and _is_weight(x, found["bias"], 1)
        and _is_weight(x, found["kernel"], 2)
        and found["bias"].shape == found["kernel"].shape[1:]
    ):
        return _dense(x, expression, found["x"], found["kernel"], found["bias"])
    return None


def dense_without_bias(x, expression):
    """x W, after every W has found its b."""
    if expression.op != "matmul" or not _is_weight(x, expression.args[1], 2):
        return None
    return _dense(x, expression, expression.args[0], expression.args[1], None)


def _is_weight(x, expression, rank):
    """Whether this is a variable of its own rank that a layer may own."""
    return expression.op == "weight" and expression.rank == rank and expression.options["name"] not in x.shared


def _dense(x, expression, value, kernel, bias):
    weights = [weight for weight in (kernel, bias) if weight is not None]
    names = [weight.options["name"] for weight in weights]
    rows = [copied(weight, place) for place, weight in enumerate(weights)]
    config = {} if bias is not None else {"use_bias": False}
    units = expression.shape[-1]
    layer = x.layers.get("Dense", (units,), config, rows, _scope(names))
    return x.make("call", (value,), expression.shape, None, expression.node, layer=layer)


def _scope(names):
    scope = scope_of(names[0])
    return scope if scope != names[0] else ", ".join(names)


def dense_of_rows(x, expression):
    """A Dense on rows cut out of a longer tensor and put together again: a Dense on the last axis."""
    if expression.op != "reshape" or expression.args[0].op != "call":
        return None
    call = expression.args[0]
    value = call.args[0]
    if call.options["layer"].kind != "Dense" or value.op != "reshape" or len(call.args) != 1:
        return None
    whole = value.args[0]
    if whole.shape is None or whole.shape[-1] != value.shape[-1] or expression.shape[:-1] != whole.shape[:-1]:
        return None
    return x.make("call", (whole,), expression.shape, None, expression.node, layer=call.options["layer"])


_OF_ELEMENTS = frozenset(
    (
        "relu",
        "tanh",
        "sigmoid",
        "elu",
        "selu",
        "softplus",
        "softsign",
        "relu6",
        "negative",
        "exp",
        "log",
        "square",
        "absolute",
        "cast",
        "stop_gradient",
        "leaky_relu",
    )
)


def rows_later(x, expression):
    """What is done to rows cut out of a longer tensor is done to the tensor, and the rows are cut afterwards."""
    is_dense = expression.op == "call" and expression.options["layer"].kind == "Dense"
    if not (is_dense or expression.op in _OF_ELEMENTS or expression.op in ("softmax", "log_softmax")):
        return None
    rows = expression.args[0]
    if rows.op != "reshape" or rows.rank != 2 or rows.args[0].rank is None or rows.args[0].rank < 3:
        return None
    whole = rows.args[0]
    if whole.shape[-1] != rows.shape[-1] or not dims.is_known(whole.shape[-1]):
        return None
    made = x.make(
        expression.op,
        (whole,),
        (*whole.shape[:-1], expression.shape[-1]),
        expression.dtype,
        expression.node,
        **expression.options,
    )
    return op_types.reshape(x, made, expression.shape)


def activation(x, expression):
    """An activation right after a Dense or a convolution that nothing else reads."""
    if expression.op not in ("relu", "tanh", "sigmoid", "elu", "selu", "softplus", "relu6"):
        return None
    call = expression.args[0]
    if call.op != "call" or call.options["layer"].kind not in ("Dense", "Conv2D") or x.uses.get(id(call)) != 1:
        return None
    layer = call.options["layer"]
    if "activation" in layer.config or x.layer_calls.get(id(layer)) != 1:
        return None
    layer.config["activation"] = expression.op
    return call


def embedding(x, expression):
    """Rows of a table, by number."""
    if expression.op != "take" or expression.options["axis"] != 0 or not _is_weight(x, expression.args[0], 2):
        return None
    table, ids = expression.args
    if x.weight_uses[table.options["name"]] != x.weight_takes[table.options["name"]]:
        return None  # its values are used otherwise, too
    name = table.options["name"]
    layer = x.layers.get("Embedding", tuple(table.shape), {}, [copied(table, 0)], scope_of(name))
    return x.make("call", (ids,), expression.shape, None, expression.node, layer=layer)


def convolution(x, expression):
    """A convolution with its bias."""
    found = match(("add", "conv", "bias"), expression)
    if (
        found
        and found["conv"].op == "conv"
        and _is_weight(x, found["conv"].args[1], 4)
        and _is_weight(x, found["bias"], 1)
    ):
        return _convolution(x, expression, found["conv"], found["bias"])
    return None


def convolution_without_bias(x, expression):
    """A convolution, after every other has found its bias."""
    if expression.op == "conv" and _is_weight(x, expression.args[1], 4):
        return _convolution(x, expression, expression, None)
    return None


def _convolution(x, expression, conv, bias):
    kernel = conv.args[1]
    weights = [weight for weight in (kernel, bias) if weight is not None]
    names = [weight.options["name"] for weight in weights]
    rows = [copied(weight, place) for place, weight in enumerate(weights)]
    rate = conv.options["dilation_rate"]
    config = {
        "strides": conv.options["strides"],
        "padding": conv.options["padding"],
        **({"dilation_rate": rate} if rate != (1, 1) else {}),
        **({} if bias is not None else {"use_bias": False}),
    }
    if config["strides"] == (1, 1):
        del config["strides"]
    layer = x.layers.get("Conv2D", (kernel.shape[-1], tuple(kernel.shape[:2])), config, rows, _scope(names))
    return x.make("call", (conv.args[0],), conv.shape, None, expression.node, layer=layer)


def pooling(x, expression):
    """Max and average pooling."""
    kinds = {"max_pool": "MaxPooling2D", "average_pool": "AveragePooling2D"}
    if expression.op not in kinds:
        return None
    options = expression.options
    config = {
        **({} if options["strides"] == options["pool_size"] else {"strides": options["strides"]}),
        "padding": options["padding"],
    }
    layer = x.layers.get(kinds[expression.op], (options["pool_size"],), config, [], "")
    return x.make("call", expression.args, expression.shape, None, expression.node, layer=layer)


def batch_norm_layer(x, expression):
    """Batch normalization; its moving moments are found by what assigns them."""
    if expression.op != "batch_norm":
        return None
    value, scale, offset, mean, variance = expression.args
    config, rows, names = {}, [], []
    if scale.is_constant(1):
        config["scale"] = False
    elif _is_weight(x, scale, 1):
        names.append(scale.options["name"])
    else:
        return None
    if offset.is_constant(0):
        config["center"] = False
    elif _is_weight(x, offset, 1):
        names.append(offset.options["name"])
    else:
        return None
    moving = [each.options["name"] for each in (mean, variance) if each.op == "weight"]
    momentum = None
    if len(moving) != 2:
        moving = x.moving_moments(expression.node)
    if len(moving) == 2:
        momentum = x.momentum_of(moving[0])
    rows = [Weights((name,), "copy", (place,)) for place, name in enumerate([*names, *moving])]
    config = {
        **({"momentum": momentum} if momentum is not None else {}),
        "epsilon": float(f"{expression.options['epsilon']:.6g}"),
        **config,
    }
    layer = x.layers.get("BatchNormalization", (), config, rows, _scope([*names, *moving] or ["batch_norm"]))
    options = {} if expression.options["training"] is None else {"training": expression.options["training"]}
    return x.make("call", (value,), expression.shape, None, expression.node, layer=layer, **options)


def batch_norm_written_out(x, expression):
    """Batch normalization as tf.nn.batch_normalization writes it out."""
    found = match(
        ("add", ("multiply", "x", "scaled"), ("subtract", "beta", ("multiply", "mean", "scaled"))), expression
    )
    if found is None:
        return None
    inner = match(("multiply", ("rsqrt", ("add", "variance", "epsilon")), "gamma"), found["scaled"]) or match(
        ("rsqrt", ("add", "variance", "epsilon")), found["scaled"]
    )
    if inner is None or number(inner["epsilon"]) is None:
        return None
    moments = [_moment(found["mean"]), _moment(inner["variance"])]
    if None in moments or moments[0][0] != moments[1][0]:
        return None
    training, (mean, variance) = moments[0][0], [moving for _, moving in moments]
    one = x.constant(1.0, "float32")
    return x.make(
        "batch_norm",
        (found["x"], inner.get("gamma", one), found["beta"], mean, variance),
        expression.shape,
        None,
        expression.node,
        epsilon=float(number(inner["epsilon"])),
        training=training,
    )


def _moment(expression):
    """(None, moving moment) of a cond on the training flag between a batch's moment and a moving one, or None."""
    if expression.op == "cond" and expression.args[0].op == "training" and expression.args[2].op == "weight":
        return None, expression.args[2]
    return None


def dropout_layer(x, expression):
    """Dropout as a layer."""
    if expression.op != "dropout":
        return None
    value, rate = expression.args
    noise = expression.options.get("noise_shape")
    if expression.options.get("same_every_step"):
        noise = (value.shape[0], 1, *value.shape[2:])
    config = {} if noise is None else {"noise_shape": tuple(size if dims.is_known(size) else None for size in noise)}
    layer = x.layers.get("Dropout", (rate,), config, [], "")
    return x.make("call", (value,), expression.shape, None, expression.node, layer=layer)


def last_step(x, expression):
    """The last of a layer's outputs is its last hidden state."""
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
    """A step of its own for each row: rows that the script counted through, or picked by (row, step) pairs."""
    found = _picked_rows(x, expression) or _picked_pairs(expression)
    if found is None:
        return None
    return x.make("step_of_each", found, expression.shape, expression.dtype, expression.node)


def _picked_rows(x, expression):
    """(sequence, steps) of sequence.reshape(-1, n)[arange(batch) * time + steps], or None."""
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
    """(sequence, steps) of tf.gather_nd(sequence, tf.stack([arange(batch), steps], 1)), or None."""
    if expression.op != "gather_pairs" or expression.args[1].op != "stack" or expression.args[0].rank != 3:
        return None
    sequence, (count, steps) = expression.args[0], expression.args[1].args
    return (sequence, steps) if _counts(count, sequence.shape[0]) else None


def one_number_each(x, expression):
    """A number of its own for each step, read out of the flattened tensor, as crf_unary_score reads the scores."""
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
    """The axis along which a term counts the places of a flattened tensor's elements, or None."""
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
    """Whether this is 0, 1, ... up to a size."""
    if expression.op == "constant" and expression.rank == 1:
        return expression.value.tolist() == list(range(dims.fixed(size) or 0))
    return expression.op == "arange" and expression.shape == (size,) and len(expression.args) == 1


def side_by_side(x, expression):
    """All steps of a sequence next to each other are the sequence in another shape."""
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
    """A tensor of one number takes no shape of its own where it meets one of the shape of the result."""
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
    """The one number that a tensor is filled with, or None."""
    if expression.op == "full":
        return number(expression.args[0])
    if expression.op == "constant" and expression.value.size and expression.value.dtype != object:
        first = expression.value.flat[0]
        return first.item() if (expression.value == first).all() else None
    return None


def sigmoid_cross_entropy(x, expression):
    """tf.nn.sigmoid_cross_entropy_with_logits, which TensorFlow 1 built of smaller ops."""
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
    """A sum or mean over everything, in whatever order."""
    if expression.op not in ("sum", "mean") or expression.rank or expression.args[0].op not in ("transpose", "reshape"):
        return None
    inner = expression.args[0].args
    return x.make(expression.op, inner, (), None, expression.node, axis=None, keepdims=False)


def mean(x, expression):
    """A sum over everything, divided by how many there were in the script: the mean."""
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
    """Reshapes and transposes that have come to nothing, or met another of their kind."""
    if expression.op == "reshape":
        return op_types.reshape(x, expression.args[0], expression.options["sizes"], expression.node)
    if expression.op == "transpose":
        return op_types.transpose(x, expression.args[0], expression.options["axes"], expression.node)
    if expression.op == "stack" and expression.rank is not None:
        return op_types.stack(x, expression.args, expression.options["axis"], expression.node)
    return None


LAYER_RULES = (
    same_shape,
    sigmoid_cross_entropy,
    filled,
    of_all,
    mean,
    one_step_each,
    one_number_each,
    side_by_side,
    last_step,
    dense,
    dense_of_rows,
    rows_later,
    embedding,
    convolution,
    pooling,
    batch_norm_written_out,
    batch_norm_layer,
    dropout_layer,
)
LATE_RULES = (dense_without_bias, convolution_without_bias, dense_of_rows, rows_later, same_shape)
LAST_RULES = (activation,)


def count_uses(x, roots):
    """Tell `x` how often each expression, weight and layer is used under `roots`."""
    x.uses, x.weight_uses, x.weight_takes, x.layer_calls = {}, {}, {}, {}
    for expression in walk(*roots):
        if expression.op in ("call", "layer"):
            key = id(expression.options["layer"])
            x.layer_calls[key] = x.layer_calls.get(key, 0) + 1
        for arg in expression.args:
            x.uses[id(arg)] = x.uses.get(id(arg), 0) + 1
            if arg.op == "weight":
                name = arg.options["name"]
                x.weight_uses[name] = x.weight_uses.get(name, 0) + 1
                if expression.op == "take" and expression.options["axis"] == 0 and arg is expression.args[0]:
                    x.weight_takes[name] = x.weight_takes.get(name, 0) + 1
    for root in roots:
        x.uses[id(root)] = x.uses.get(id(root), 0) + 1
    x.only_last = _only_last(roots)


def _only_last(roots):
    """The ids of sequences of which only the last element is read."""
    found, others = set(), {id(root) for root in roots}
    for expression in walk(*roots):
        for arg in expression.args:
            index = expression.options.get("index")
            if (
                arg.rank == 3
                and expression.op == "getitem"
                and len(index) == 2
                and index[0] == slice(None)
                and index[1] in (-1, arg.shape[1] - 1 if dims.is_known(arg.shape[1]) else -1)
            ):
                found.add(id(arg))
            else:
                others.add(id(arg))
    return found - others
