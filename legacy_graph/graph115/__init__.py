"""Graphs built op for op as TensorFlow 1.15 built them.

Today's TensorFlow builds nearly, but not exactly, the graphs that 1.15 built: it omits a constant here and
uses fewer ops for a gradient there. While TF 1 behaviour is on, each function that differs is replaced by
one that makes 1.15's ops in 1.15's order. So the number of ops in a graph, their names, and the op seeds
that depend on them (see `legacy_graph.graph115.op_seeds`) are 1.15's.

A replacement is a decorated function in a module of this package; `replacement.FUNCTIONS` and
`replacement.GRADIENTS` list them all.
"""

from legacy_graph.graph115 import (  # each registers its replacements
    arrays,
    counted,
    embeddings,
    exports,
    flow,
    gradients,
    keras_layers,
    kernels,
    layers,
    maths,
    products,
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
    "embeddings",
    "exports",
    "flow",
    "gradients",
    "kernels",
    "keras_layers",
    "layers",
    "maths",
    "products",
    "random",
    "replaced",
]


def table():
    """Return the replacements as rows of a Markdown table: the function, and what TensorFlow 1.15 did."""
    rows = [
        (f"`{owner.__name__.split('.')[-1]}.{name}`", ours) for (owner, name), ours in FUNCTIONS.items() if ours.__doc__
    ]
    rows += [(f"gradient of `{op_type}`", ours) for op_type, ours in GRADIENTS.items()]
    return [f"| {what} | {ours.__doc__.splitlines()[0]} |" for what, ours in sorted(rows, key=lambda row: row[0])]
