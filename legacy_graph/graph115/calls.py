"""Ops of TensorFlow 1.15 that are function calls in our graphs, so that they compute otherwise than today's ops.

A call has the name that the op had, and is one op, so numbers of ops, and the seeds that depend on them, are
1.15's. Exports and captures have the plain op in its place.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from legacy_graph import internals
from legacy_graph.internals import ops

_FLOAT32 = internals.dtypes.float32
_KEPT = frozenset(("_output_shapes", "_class"))


class Call(NamedTuple):
    """What a function call stands for: the type of 1.15's op, its output's name, and its attributes beside T."""

    op_type: str
    output: str
    attributes: dict[str, bool]
    function: Any


CALLS: dict[str, Call] = {}  # by the call's op type
TYPES: dict[str, str] = {}  # op type in our graphs -> in TensorFlow 1.15


def define(
    name: str,
    op_type: str,
    body: Callable,
    gradient: Callable,
    shape: Callable,
    output: str = "y",
    inlined: bool = False,
    **attributes: bool,
) -> None:
    """Define the function `name`, which stands for `op_type`.

    Args:
      name: the op type of its calls.
      op_type: the op of TensorFlow 1.15.
      body: computes the result from tensors of float32.
      gradient: `gradient(op, grad)` as in tf.RegisterGradient.
      shape: `shape(op)`, the shape of its output.
      output: the name of the op's output in its definition.
      inlined: whether the graph optimizer may put the body in the call's place.
      **attributes: the op's attributes beside T.
    """
    function = internals.function.Defun(
        *[_FLOAT32] * len(inspect.signature(body).parameters),
        func_name=name,
        noinline=not inlined,
        shape_func=lambda op: [shape(op)],
        python_grad_func=gradient,
    )(body)
    CALLS[name] = Call(op_type, output, attributes, function)
    TYPES[name] = op_type


def call(name: str, inputs: dict[str, Any], op_name: str | None) -> Any:
    """Add a call of the function `name` to the graph, named as the op that it stands for."""
    it = CALLS[name]
    with ops.name_scope(op_name, it.op_type, list(inputs.values())) as scope:
        return it.function(*(ops.convert_to_tensor(x, name=key) for key, x in inputs.items()), name=scope)


def make_plain(node: Any) -> None:
    """Put the plain op in the place of a call, in a NodeDef; other nodes stay as they are."""
    if node.op in CALLS:
        it = CALLS[node.op]
        node.op = it.op_type
        for name in [name for name in node.attr if name not in _KEPT]:
            del node.attr[name]
        node.attr["T"].type = _FLOAT32.as_datatype_enum
        for name, value in it.attributes.items():
            node.attr[name].b = value
