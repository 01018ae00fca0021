"""A TensorFlow 1 graph as it lies in a file: nodes, attributes, and what the script's lines were."""

import dataclasses
import math

import numpy as np
import tensorflow as tf  # for its protocol buffers only: no session, no eager op

from keras_port.translation import untrusted
from mnist_training import InputError

_DTYPE = "type"
_LARGEST_CONSTANT = 2**26  # numbers: one written down may stand for all


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """One op of a graph.

    Attributes:
      name, op: its name, and its type such as "MatMul".
      inputs: [(node name, output index)]. controls: names of the nodes that run before it.
      attributes: {name: Python value}; dtypes as names, tensors as numpy arrays, shapes as tuples
        with None for what is not known (None itself where the rank is not).
      shapes: the static shape of each output, as such tuples.
      line: (file, number, text) of the script's line that made it, or None.
    """

    name: str
    op: str
    inputs: tuple
    attributes: dict
    shapes: tuple
    line: tuple | None = None
    controls: tuple = ()

    def __getitem__(self, attribute):
        return self.attributes[attribute]

    def get(self, attribute, default=None):
        """Return an attribute, or `default` where there is none."""
        return self.attributes.get(attribute, default)

    def __str__(self):
        made = f" ({self.line[0]}:{self.line[1]}: {self.line[2]})" if self.line else ""
        return f"{self.name}, an op of type {self.op}{made}"


class Graph:
    """The nodes of a GraphDef by name, and the variables among them.

    Args:
      graph_def: a tf.compat.v1.GraphDef, with shapes where the writer put them.
      lines: {op name: (file, number, text)}, where the script made its ops.
    """

    def __init__(self, graph_def, lines=None):
        lines = lines or {}
        self.functions = {function.signature.name for function in graph_def.library.function}
        self.nodes = {node.name: _node(node, lines.get(node.name)) for node in graph_def.node}

    def __getitem__(self, name):
        return self.nodes[name]

    def __contains__(self, name):
        return name in self.nodes

    def consumers(self):
        """Return {node name: [nodes that read one of its outputs]}."""
        found = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for source in {name for name, _ in node.inputs}:
                found[source].append(node)
        return found

    def ancestors(self, names, controls=False):
        """Return the names of the nodes that the nodes called `names` are computed of, these included.

        `controls`: with those that only have to run before.
        """
        found, waiting = set(), list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [source for source, _ in self.nodes[name].inputs]
                waiting += self.nodes[name].controls if controls else ()
        return found


def read_meta(path):
    """Return the MetaGraphDef in a .meta file; InputError where it is none."""
    data = untrusted.read_bytes(path)
    try:
        meta = tf.compat.v1.MetaGraphDef.FromString(data)
    except Exception as error:  # protobuf's DecodeError, which has no public home
        raise InputError(
            f"{path}: no MetaGraphDef ({' '.join(str(error).split())}); expected a file "
            "that tf.train.export_meta_graph or a Saver wrote"
        ) from error
    untrusted.check_graph(meta.graph_def, path)
    return meta


def tensor_name(name):
    """Split "add:0", or "add", into ("add", 0)."""
    node, _, index = name.partition(":")
    return node, int(index or 0)


def _node(proto, line):
    inputs = tuple(tensor_name(name) for name in proto.input if not name.startswith("^"))
    controls = tuple(name[1:] for name in proto.input if name.startswith("^"))
    attributes = {name: _value(value) for name, value in proto.attr.items()}
    shapes = tuple(attributes.pop("_output_shapes", None) or ())
    return Node(proto.name, proto.op, inputs, attributes, shapes, line, controls)


def _value(attribute):
    kind = attribute.WhichOneof("value")
    value = getattr(attribute, kind) if kind else None
    if kind == "list":
        for name in ("s", "i", "f", "b", "type", "shape", "tensor"):
            if getattr(value, name):
                return [_plain(name, item) for item in getattr(value, name)]
        return []
    return _plain(kind, value)


def _array(tensor):
    size = math.prod(max(dim.size, 0) for dim in tensor.tensor_shape.dim)
    if size > max(_LARGEST_CONSTANT, tensor.ByteSize()):
        raise InputError(f"a constant of {size} numbers in the graph; expected {_LARGEST_CONSTANT} at most")
    return tf.make_ndarray(tensor) if tensor.dtype != 7 else np.array(list(tensor.string_val), dtype=object)


def _plain(kind, value):
    if kind == "s":
        return untrusted.plain(value.decode("utf-8", "replace"))
    if kind == "type":
        return tf.as_dtype(value).base_dtype.name
    if kind == "tensor":
        return _array(value)
    if kind == "shape":
        return None if value.unknown_rank else tuple(None if dim.size < 0 else dim.size for dim in value.dim)
    return value
