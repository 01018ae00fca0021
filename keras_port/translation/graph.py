"""A TensorFlow 1 GraphDef read into plain Python: nodes, attributes, and the script's lines that made the ops."""

import dataclasses
import math

import numpy as np
import tensorflow as tf  # for its protocol buffers only: no session, no eager op

from keras_port.translation import untrusted
from mnist_training import InputError

_DTYPE = "type"
_LARGEST_CONSTANT = 2**26  # elements; a few bytes in the file can stand for many equal elements


@dataclasses.dataclass(frozen=True, eq=False)
class Node:
    """One op of a graph.

    Attributes:
      name, op: the op's name, and its type, such as "MatMul".
      inputs: ((node name, output index), ...).
      attributes: {name: Python value}; dtypes are names, tensors NumPy arrays, shapes tuples in which None is an
        unknown size. A shape of unknown rank is None.
      shapes: static shape of each output, in the same form.
      line: (file, line number, text) of the script's line that made the op, or None.
      controls: names of the nodes that this one has control dependencies on.
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
        """Return an attribute, or `default` where the node does not have it."""
        return self.attributes.get(attribute, default)

    def __str__(self):
        made = f" ({self.line[0]}:{self.line[1]}: {self.line[2]})" if self.line else ""
        return f"{self.name}, an op of type {self.op}{made}"


class Graph:
    """The nodes of a GraphDef, by name.

    Args:
      graph_def: a tf.compat.v1.GraphDef, with `_output_shapes` attributes where the writer added them.
      lines: {op name: (file, line number, text)} of the script's lines that made the ops.
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
        """Return {node name: [nodes that read at least one of its outputs]}."""
        found = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for source in {name for name, _ in node.inputs}:
                found[source].append(node)
        return found

    def ancestors(self, names, controls=False):
        """Return the set of names of all nodes that `names` depend on, `names` included.

        Args:
          names: node names.
          controls: whether control dependencies count too.
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
    """Return the MetaGraphDef in a .meta file; raises InputError where it is not one or the graph is malformed."""
    data = untrusted.read_bytes(path)
    try:
        meta = tf.compat.v1.MetaGraphDef.FromString(data)
    except Exception as error:  # protobuf's DecodeError has no public import path
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
