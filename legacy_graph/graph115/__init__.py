"""Graphs built op for op as TensorFlow 1.15 built them.

Today's TensorFlow builds nearly the graph that 1.15 built, but not quite: here a constant is
left out, there a gradient takes a shorter way. Each function that differs is replaced, while TF 1
behaviour is on, by one that makes 1.15's ops in 1.15's order. Then the number of ops in a graph,
their names, and what depends on them (the op seeds, see `legacy_graph.graph115.op_seeds`) are 1.15's.

A replacement is a decorated function in a module of this package; `replacement.FUNCTIONS` and
`replacement.GRADIENTS` are the table of them all.
"""

from legacy_graph.graph115 import (  # each registers its replacements
    arrays,
    counted,
    exports,
    flow,
    gradients,
    keras_layers,
    kernels,
    layers,
    maths,
    random,
)
from legacy_graph.graph115.counting import count_in_115
from legacy_graph.graph115.replacement import FUNCTIONS, GRADIENTS, replaced, replaces

__all__ = [
    "FUNCTIONS",
    "GRADIENTS",
    "arrays",
    "replaces",
    "count_in_115",
    "counted",
    "exports",
    "flow",
    "gradients",
    "kernels",
    "keras_layers",
    "layers",
    "maths",
    "random",
    "replaced",
]


def table():
    """The replacements as lines of a Markdown table: what is replaced, and what TensorFlow 1.15 did."""
    rows = [
        (f"`{owner.__name__.split('.')[-1]}.{name}`", ours) for (owner, name), ours in FUNCTIONS.items() if ours.__doc__
    ]
    rows += [(f"gradient of `{op_type}`", ours) for op_type, ours in GRADIENTS.items()]
    return [f"| {what} | {ours.__doc__.splitlines()[0]} |" for what, ours in sorted(rows, key=lambda row: row[0])]
