"""Patterns of expressions that are replaced by Keras layers other than recurrent ones.

Each rule takes (x, expression) and returns a replacement or None; `rewriting` applies the rules.
"""

from keras_port.translation import op_types
from keras_port.translation.expressions import dims, simplifications
from keras_port.translation.expressions.expression import is_fixed, number
from keras_port.translation.expressions.patterns import match
from keras_port.translation.layers.layer import Weights, copied, scope_of


def dense(x, expression):
    """x W + b: a Dense."""
    found = match(("add", ("matmul", "x", "kernel"), "bias"), expression)
    if (
        found
        and _is_weight(x, found["bias"], 1)
        and _is_weight(x, found["kernel"], 2)
        and found["bias"].shape == found["kernel"].shape[1:]
        and not is_fixed(found["x"])
    ):
        return _dense(x, expression, found["x"], found["kernel"], found["bias"])
    return None


def bias_of_rows(x, expression):
    """Add a bias to the rows of a product, rather than to what they are reshaped to: tf.tensordot, before a bias."""
    found = match(("add", ("reshape", "product"), "bias"), expression)
    if found is None or found["product"].op != "matmul" or not _is_weight(x, found["bias"], 1):
        return None
    product, [units] = found["product"], found["bias"].shape
    if product.shape is None or expression.shape is None or not product.shape[-1] == expression.shape[-1] == units:
        return None
    total = x.make("add", (product, found["bias"]), product.shape, None, expression.node)
    return op_types.reshape(x, total, expression.shape)


def dense_without_bias(x, expression):
    """x W: a Dense without bias. Applied after `dense`, so that no bias is missed."""
    if expression.op != "matmul" or not _is_weight(x, expression.args[1], 2) or is_fixed(expression.args[0]):
        return None
    return _dense(x, expression, expression.args[0], expression.args[1], None)


def _is_weight(x, expression, rank):
    """Whether this is a variable of this rank that a layer may own."""
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
    """A Dense applied to flattened rows that are then reshaped back: a Dense on the last axis."""
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
    """Move a reshape to rows behind a Dense or an elementwise operation, which is then applied to the whole tensor.

    Likewise a transpose that keeps the last axis.
    """
    is_dense = expression.op == "call" and expression.options["layer"].kind == "Dense"
    if not (is_dense or expression.op in _OF_ELEMENTS or expression.op in ("softmax", "log_softmax")):
        return None
    rows = expression.args[0]
    if rows.op == "transpose" and is_dense and rows.options["axes"][-1] == rows.rank - 1:
        inner = rows.args[0]
        shape = (*inner.shape[:-1], expression.shape[-1])
        made = x.make("call", (inner,), shape, expression.dtype, expression.node, **expression.options)
        return op_types.transpose(x, made, rows.options["axes"])
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
    """An activation of a Dense or convolution whose output nothing else reads: the layer's activation argument."""
    if expression.op not in ("relu", "tanh", "sigmoid", "elu", "selu", "softplus", "relu6"):
        return None
    call = expression.args[0]
    if (
        call.op != "call"
        or call.options["layer"].kind not in ("Dense", "Conv2D", "Conv2DTranspose")
        or x.uses.get(id(call)) != 1
    ):
        return None
    layer = call.options["layer"]
    if "activation" in layer.config or x.layer_calls.get(id(layer)) != 1:
        return None
    layer.config["activation"] = expression.op
    return call


def embedding(x, expression):
    """Rows of a variable selected by index: an Embedding."""
    if expression.op != "take" or expression.options["axis"] != 0 or not _is_weight(x, expression.args[0], 2):
        return None
    table, ids = expression.args
    if is_fixed(ids) or x.weight_uses[table.options["name"]] != x.weight_takes[table.options["name"]]:
        return None  # the variable is also used in another way
    name = table.options["name"]
    layer = x.layers.get("Embedding", tuple(table.shape), {}, [copied(table, 0)], scope_of(name))
    return x.make("call", (ids,), expression.shape, None, expression.node, layer=layer)


_CONVOLUTIONS = {"conv": ("Conv2D", 3), "conv_transpose": ("Conv2DTranspose", 2)}  # the kernel's axis of the filters


def convolution(x, expression):
    """A convolution and its bias: a Conv2D."""
    found = match(("add", "conv", "bias"), expression)
    if (
        found
        and found["conv"].op in _CONVOLUTIONS
        and _is_weight(x, found["conv"].args[1], 4)
        and _is_weight(x, found["bias"], 1)
    ):
        return _convolution(x, expression, found["conv"], found["bias"])
    return None


def convolution_without_bias(x, expression):
    """A convolution without bias. Applied after `convolution`, so that no bias is missed."""
    if expression.op in _CONVOLUTIONS and _is_weight(x, expression.args[1], 4):
        return _convolution(x, expression, expression, None)
    return None


def _convolution(x, expression, conv, bias):
    kernel = conv.args[1]
    weights = [weight for weight in (kernel, bias) if weight is not None]
    names = [weight.options["name"] for weight in weights]
    rows = [copied(weight, place) for place, weight in enumerate(weights)]
    rate = conv.options.get("dilation_rate", (1, 1))
    config = {
        "strides": conv.options["strides"],
        "padding": conv.options["padding"],
        **({"dilation_rate": rate} if rate != (1, 1) else {}),
        **({} if bias is not None else {"use_bias": False}),
    }
    if config["strides"] == (1, 1):
        del config["strides"]
    kind, filters = _CONVOLUTIONS[conv.op]
    layer = x.layers.get(kind, (kernel.shape[filters], tuple(kernel.shape[:2])), config, rows, _scope(names))
    return x.make("call", (conv.args[0],), conv.shape, None, expression.node, layer=layer)


def pooling(x, expression):
    """Max and average pooling layers."""
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


def up_sampling(x, expression):
    """Each pixel repeated."""
    if expression.op != "up_sampling":
        return None
    layer = x.layers.get("UpSampling2D", (expression.options["size"],), {}, [], "")
    return x.make("call", expression.args, expression.shape, None, expression.node, layer=layer)


def batch_norm_layer(x, expression):
    """A BatchNormalization; its moving moments are found from the ops that update them."""
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
        moving = x.moving_averages.of(expression.node)
    if len(moving) == 2:
        momentum = x.moving_averages.momentum(moving[0])
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
    """Batch normalization composed of smaller ops, as tf.nn.batch_normalization builds it."""
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
    """Return (None, moving moment) for a cond on the training flag between batch and moving moment, or None."""
    if expression.op == "cond" and expression.args[0].op == "training" and expression.args[2].op == "weight":
        return None, expression.args[2]
    return None


def dropout_layer(x, expression):
    """A Dropout."""
    if expression.op != "dropout":
        return None
    value, rate = expression.args
    noise = expression.options.get("noise_shape")
    if expression.options.get("same_every_step"):
        noise = (value.shape[0], 1, *value.shape[2:])
    config = {} if noise is None else {"noise_shape": tuple(size if dims.is_known(size) else None for size in noise)}
    layer = x.layers.get("Dropout", (rate,), config, [], "")
    return x.make("call", (value,), expression.shape, None, expression.node, layer=layer)


LAYER_RULES = (
    simplifications.same_shape,
    simplifications.sigmoid_cross_entropy,
    simplifications.cross_entropy_of_steps,
    simplifications.filled,
    simplifications.of_all,
    simplifications.mean,
    simplifications.one_step_each,
    simplifications.one_number_each,
    simplifications.concatenated_steps,
    simplifications.mask_of_lengths,
    simplifications.transposed_later,
    simplifications.last_step,
    bias_of_rows,
    dense,
    dense_of_rows,
    rows_later,
    embedding,
    convolution,
    pooling,
    up_sampling,
    batch_norm_written_out,
    batch_norm_layer,
    dropout_layer,
)
LATE_RULES = (
    dense_without_bias,
    convolution_without_bias,
    dense_of_rows,
    rows_later,
    simplifications.cross_entropy_of_steps,
    simplifications.same_shape,
)
LAST_RULES = (activation,)
