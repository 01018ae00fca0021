"""Reductions, losses, random numbers, convolutions, and ops that compute a whole cell or layer."""

import numpy as np

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims, shapes
from keras_port.translation.expressions.expression import as_sizes, number
from keras_port.translation.op_types.arrangement import concatenate, split, transpose
from keras_port.translation.op_types.registry import OPS, ints, translates, with_unknown


@translates("Cumsum", "Cumprod")
def _cumulative(x, node, value, axis):
    if node.get("exclusive") or node.get("reverse"):
        raise CannotTranslate(f"{node}: exclusive or reversed sums")
    return x.make(node.op.lower(), (value,), value.shape, None, node, axis=ints(node, axis, "axis")[0])


class _Cast(dict):
    """Stands for a Cast node with this dtype."""

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


@translates("L2Loss")
def _l2_loss(x, node, value):
    total = x.make("sum", (OPS["Square"](x, node, value),), (), None, node, axis=None, keepdims=False)
    return OPS["RealDiv"](x, node, total, x.constant(2.0, value.dtype))


@translates("SoftmaxCrossEntropyWithLogits")
def _softmax_cross_entropy(x, node, logits, labels):
    shape = (logits.shape or labels.shape)[:-1]
    return [x.make("softmax_cross_entropy", (logits, labels), shape, logits.dtype, node)]


@translates("SparseSoftmaxCrossEntropyWithLogits")
def _sparse_softmax_cross_entropy(x, node, logits, labels):
    return [x.make("sparse_softmax_cross_entropy", (logits, labels), logits.shape[:-1], logits.dtype, node)]


@translates("CTCLoss")
def _ctc_loss(x, node, logits, places, values, lengths):
    if node.get("preprocess_collapse_repeated") or not node.get("ctc_merge_repeated", True):
        raise CannotTranslate(f"{node}: repeated labels treated as one, or repeated outputs not merged")
    logits = transpose(x, logits, (1, 0, 2), node)  # Keras has the batch first
    labels = _dense_labels(x, node, places, values)
    is_label = x.make("greater_equal", (labels, x.constant(0, labels.dtype)), labels.shape, "bool")
    count = x.make("sum", (is_label,), lengths.shape, "int32", None, axis=1, keepdims=False)
    return [x.make("ctc_loss", (logits, labels, count, lengths), lengths.shape, None, node)]


def _dense_labels(x, node, places, values):
    """Return the labels of a CTC loss as rows of numbers, with -1 after the last."""
    if values.op == "input" and values.rank == 2:  # a SparseTensor that is fed
        return values
    while values.op == "cast":
        values = values.args[0]
    if values.op == "gather_pairs" and values.args[1] is places and places.op == "true_places":
        labels, (is_label,) = values.args[0], places.args
        if is_label.shape == labels.shape:  # made of rows: SparseTensor(tf.where(is_label), tf.gather_nd(labels, ...))
            return x.make("where", (is_label, labels, x.constant(-1, labels.dtype)), labels.shape, labels.dtype, node)
    raise CannotTranslate(f"{node}: labels computed in a way that is not known; expected a fed SparseTensor, or rows")


@translates("RandomUniform", "RandomStandardNormal", "TruncatedNormal")
def _random(x, node, sizes):
    name = {"RandomUniform": "random_uniform", "RandomStandardNormal": "random_normal"}.get(node.op, "truncated_normal")
    shape, batch = as_sizes(sizes), getattr(x, "batch", None)
    if batch is not None and len(shape) > 1 and shape[0] == batch.value:  # the batch's size as the script fixed it
        shape[0] = dims.of(batch)
    return x.make(name, (), shape, node["dtype"], node, unique=True, seeds=(node.get("seed"), node.get("seed2")))


# ---- images ----------------------------------------------------------------------------------------------------


def _channels_last(node):
    if node.get("data_format", "NHWC") != "NHWC":
        raise CannotTranslate(f"{node}: data_format {node['data_format']}; expected channels last")


def _image_shape(node, value, channels):
    """Return the shape of a convolution's or pooling's output; None for an axis of unknown size."""
    static = node.shapes[0] if node.shapes else None
    if static is None or len(static) != value.rank:
        return None
    kept = [node["padding"] == "SAME" and stride == 1 for stride in node["strides"][1:-1]]
    sizes = [old if keep else new for old, new, keep in zip(value.shape[1:-1], static[1:-1], kept)]
    return (value.shape[0], *sizes, channels)


@translates("Conv2D", "DepthwiseConv2dNative")
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


@translates("Conv2DBackpropInput")
def _conv_transpose(x, node, sizes, kernel, value):
    """tf.nn.conv2d_transpose: Keras has it give the size that stride and padding make of the input's."""
    _channels_last(node)
    strides, padding = tuple(node["strides"][1:3]), node["padding"].lower()
    wanted, found = as_sizes(sizes)[1:3], []
    for size, width, stride in zip(value.shape[1:3], kernel.shape[:2], strides):
        if not dims.is_known(size):
            raise CannotTranslate(f"{node}: the size of its image is not known")
        found.append(size * stride + (max(width - stride, 0) if padding == "valid" else 0))
    if wanted != found or padding not in ("same", "valid"):
        raise CannotTranslate(f"{node}: gives images of {wanted}; Keras's Conv2DTranspose would give {found}")
    shape = (value.shape[0], *found, kernel.shape[2])
    return x.make("conv_transpose", (value, kernel), shape, None, node, strides=strides, padding=padding)


@translates("ResizeNearestNeighbor")
def _resize_nearest_neighbor(x, node, value, size):
    """tf.image.resize_nearest_neighbor, which takes the pixel at floor(i * old / new): by number along each axis."""
    if node.get("align_corners") or node.get("half_pixel_centers"):
        raise CannotTranslate(f"{node}: align_corners or half_pixel_centers")
    wanted, static = ints(node, size, "size"), value.shape[1:3]
    if not all(map(dims.is_known, static)):
        raise CannotTranslate(f"{node}: the size of its image is not known")
    if not any(new % old for new, old in zip(wanted, static)):
        factors = tuple(new // old for new, old in zip(wanted, static))
        shape = (value.shape[0], *wanted, value.shape[3])
        return x.make("up_sampling", (value,), shape, None, node, size=factors)
    for axis, new, old in zip((1, 2), wanted, static):
        places = np.minimum(np.floor(np.arange(new) * np.float32(old / new)).astype("int32"), old - 1)
        shape = (*value.shape[:axis], new, *value.shape[axis + 1 :])
        value = x.make("take", (value, x.constant(places, "int32")), shape, None, node, axis=axis)
    return value


@translates("MaxPool", "AvgPool")
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


# ---- fused cells --------------------------------------------------------------------------------------------------


@translates("LSTMBlockCell")
def _lstm_block_cell(x, node, value, c, h, kernel, w_i, w_f, w_o, bias):
    """Expand one step of an LSTM as BasicLSTMCell computes it, with the op's peepholes and clipping."""
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


@translates("GRUBlockCell")
def _gru_block_cell(x, node, value, h, gate_kernel, candidate_kernel, gate_bias, candidate_bias):
    """Expand one step of a GRU as GRUCell computes it."""
    gates = OPS["AddV2"](x, node, _matmul_of(x, concatenate(x, [value, h], 1), gate_kernel), gate_bias)
    r, u = split(x, node, OPS["Sigmoid"](x, node, gates), 1, 2)
    inner = concatenate(x, [value, OPS["Mul"](x, node, r, h)], 1)
    c = OPS["Tanh"](x, node, OPS["AddV2"](x, node, _matmul_of(x, inner, candidate_kernel), candidate_bias))
    kept = OPS["Sub"](x, node, x.constant(1.0, "float32"), u)
    return [r, u, c, OPS["AddV2"](x, node, OPS["Mul"](x, node, u, h), OPS["Mul"](x, node, kept, c))]


@translates("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
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
