"""Exports that TensorFlow 1.15 can load: plain op types, and no newer attributes.

A graph here may have function calls such as `Tanh115` (see `calls`), and today's TensorFlow writes attributes
into a GraphDef that 1.15 does not know. Both are removed from every exported GraphDef: `Graph.as_graph_def`,
and with it frozen graphs, summaries and SavedModels, and meta graphs. Converters and viewers then find the
op types Tanh and Sigmoid.
"""

import functools
import os

from legacy_graph import internals
from legacy_graph.graph115 import calls
from legacy_graph.graph115.replacement import replaces

FILE = os.path.join(os.path.dirname(__file__), "newer_attributes.txt")
# Hints, which do not change what an op computes: dropped whatever their value.
_HINTS = frozenset(("grad_a", "grad_b", "grad_x", "grad_y", "metadata", "debug_name"))
_NEWER_OP_FIELDS = ("is_distributed_communication",)
_NEWER_ARGUMENT_FIELDS = ("handle_data", "experimental_full_type")


@replaces(internals.ops.Graph, "_as_graph_def")
def as_graph_def(today, graph, *args, **kwargs):
    """Exported graphs had plain op types, and no attribute newer than 1.15."""
    graph_def, version = today(graph, *args, **kwargs)
    return make_plain(graph_def), version


@replaces(internals.meta_graph, "create_meta_graph_def")
def create_meta_graph_def(today, meta_info_def=None, graph_def=None, *args, **kwargs):
    """Exported meta graphs, too, also those of one scope."""
    if graph_def:
        make_plain(graph_def)
    meta_graph = today(meta_info_def, graph_def, *args, **kwargs)
    for op_def in meta_graph.meta_info_def.stripped_op_list.op:
        _clear_newer_fields(op_def)
    return meta_graph


def make_plain(graph_def):
    """Rewrite a GraphDef in place for TensorFlow 1.15 and its tools; returns it.

    Calls of `Tanh115` and the like become Tanh and so on, also inside functions, and those functions are
    removed from the library. An attribute that 1.15's op did not have is removed when it has its default value
    or is a hint; with another value it stays, and 1.15 refuses the graph instead of computing something else.
    """
    for node in graph_def.node:
        _make_node_plain(node)
    library = graph_def.library
    for position in reversed(range(len(library.function))):
        if library.function[position].signature.name in calls.TYPES:
            del library.function[position]
        else:
            _make_function_plain(library.function[position])
    for position in reversed(range(len(library.gradient))):
        if library.gradient[position].function_name in calls.TYPES:
            del library.gradient[position]
    if not (library.function or library.gradient):
        graph_def.ClearField("library")
    graph_def.ClearField("debug_info")
    return graph_def


def _make_function_plain(function):
    """Rewrite a function's body, which names outputs as node:argument:index: plain ops have other argument names."""
    _clear_newer_fields(function.signature)
    called = {node.name: calls.CALLS[node.op].output for node in function.node_def if node.op in calls.CALLS}
    for node in function.node_def:
        _make_node_plain(node)
        for position, source in enumerate(node.input):
            node.input[position] = _plain_output(source, called)
    for name, source in function.ret.items():
        function.ret[name] = _plain_output(source, called)


def _plain_output(source, called):
    name, _, rest = source.partition(":")
    return f"{name}:{called[name]}:0" if rest and name in called else source


def _make_node_plain(node):
    node.ClearField("experimental_type")
    calls.make_plain(node)
    for name in _newer_attributes().get(node.op, ()):
        if name in node.attr and (name in _HINTS or node.attr[name] == _default(node.op, name)):
            del node.attr[name]


def _clear_newer_fields(op_def):
    for field in _NEWER_OP_FIELDS:
        op_def.ClearField(field)
    for argument in (*op_def.input_arg, *op_def.output_arg):
        for field in _NEWER_ARGUMENT_FIELDS:
            argument.ClearField(field)


@functools.cache
def _newer_attributes():
    """Return {op type: names of the attributes added after TensorFlow 1.15}."""
    with open(FILE, encoding="utf-8") as stream:
        lines = [line.split() for line in stream if not line.startswith("#")]
    return {op_type.rstrip(":"): names for op_type, *names in lines}


@functools.cache
def _default(op_type, name):
    attributes = internals.op_def_registry.get(op_type).attr
    return next(attribute.default_value for attribute in attributes if attribute.name == name)
