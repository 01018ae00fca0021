"""Replaces random numbers by fixed ones that are the same on both sides of a proof.

A fixed number depends only on its position along the last axis. So it is the same whether masks are drawn per step, as
in a while loop, or for all steps at once, as in a Keras layer. This makes masks and noise repeatable on both sides.
That masks differ between steps and examples is tested separately, by their distributions.
"""

import contextlib

import tensorflow as tf

_SEED = (1257, 1)  # its first numbers are well spread: 0.70, 0.01, 0.38, 0.97, 0.22, 0.05
_FIXED = {  # random op: the op that gives one row of fixed numbers
    "RandomUniform": "StatelessRandomUniform",
    "RandomStandardNormal": "StatelessRandomNormal",
    "TruncatedNormal": "StatelessTruncatedNormal",
}


def fix_in_graph(graph_def):
    """Replace the random ops in `graph_def`, in place; returns the names of those that were replaced."""
    drawing = [node for node in graph_def.node if node.op in _FIXED]
    for node in drawing:
        _replace(graph_def, node)
    return [node.name for node in drawing]


@contextlib.contextmanager
def fixed_in_keras(dropout=True):
    """Within the body, Keras models on the TensorFlow backend draw the same fixed numbers.

    With dropout=False nothing is dropped. A model that was already traced keeps the ops it was traced with.
    """
    kept = {(tf.random, name): getattr(tf.random, name) for name in _DRAWN}
    kept[tf.nn.experimental, "stateless_dropout"] = tf.nn.experimental.stateless_dropout
    try:
        for name, op in _DRAWN.items():
            setattr(tf.random, name, _drawer(op, kept[tf.random, name]))
        tf.nn.experimental.stateless_dropout = _dropout if dropout else lambda x, *_, **__: x
        yield
    finally:
        for (module, name), function in kept.items():
            setattr(module, name, function)


_DRAWN = {  # function of tf.random that Keras calls: the op that gives one row of fixed numbers
    "stateless_uniform": "StatelessRandomUniform",
    "stateless_normal": "StatelessRandomNormal",
    "stateless_truncated_normal": "StatelessTruncatedNormal",
}


def _replace(graph_def, node):
    """Turn `node` into a broadcast of one row of fixed numbers to its shape."""
    shape = node.input[0]
    index, dtype, int32 = node.attr["T"].type, node.attr["dtype"].type, tf.int32.as_datatype_enum

    def add(name, op, inputs, **types):
        added = graph_def.node.add(name=f"{node.name}/fixed_{name}", op=op, input=inputs)
        for attribute, kind in types.items():
            added.attr[attribute].type = kind
        return added

    def constant(name, value):
        # The control input places the constant in the while loop, if any, that the node belongs to.
        made = add(name, "Const", [f"^{shape.split(':')[0]}"], dtype=int32)
        made.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value, tf.int32))
        return made.name

    bounds = [constant("begin", [-1]), constant("end", [0]), constant("by", [1])]
    last = add("last", "StridedSlice", [shape, *bounds], T=index, Index=int32)
    last.attr["end_mask"].i = 1
    row = add("row", _FIXED[node.op], [last.name, constant("seed", _SEED)], dtype=dtype, T=index, Tseed=int32)
    node.op = "BroadcastTo"
    node.input.insert(0, row.name)
    for name in [name for name in node.attr if not name.startswith("_")]:
        del node.attr[name]
    node.attr["T"].type, node.attr["Tidx"].type = dtype, index


def _row(op, shape, dtype):
    """Return fixed numbers of any shape, the same in each row."""
    shape = tf.convert_to_tensor(shape, tf.int32)
    row = getattr(tf.raw_ops, op)(shape=shape[-1:], seed=_SEED, dtype=dtype)
    return tf.broadcast_to(row, shape)


def _drawer(op, original):
    if op == "StatelessRandomUniform":

        def uniform(shape, seed, minval=0, maxval=None, dtype=tf.float32, **options):
            if not tf.as_dtype(dtype).is_floating:
                return original(shape, seed, minval, maxval, dtype, **options)
            return _row(op, shape, dtype) * ((1 if maxval is None else maxval) - minval) + minval

        return uniform

    def normal(shape, seed, mean=0.0, stddev=1.0, dtype=tf.float32, **_):
        return _row(op, shape, dtype) * stddev + mean

    return normal


def _dropout(x, rate, seed, noise_shape=None, **_):
    drawn = _row("StatelessRandomUniform", tf.shape(x) if noise_shape is None else noise_shape, x.dtype)
    return tf.where(drawn >= rate, x / (1 - rate), tf.zeros_like(x))
