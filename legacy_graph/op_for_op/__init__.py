"""Graphs built op for op as TensorFlow 1.15 built them.

Today's TensorFlow builds nearly the graph that 1.15 built, but not quite: here a constant is
left out, there a gradient takes a shorter way. Each function that differs is swapped, while TF 1
behaviour is on, for one that makes 1.15's ops in 1.15's order. Then the number of ops in a graph,
their names, and what depends on them (the op seeds, see `legacy_graph.op_seeds`) are 1.15's.

A swap is a decorated function in a module of this package; `swap.FUNCTIONS` and
`swap.GRADIENTS` are the table of them all.
"""

from legacy_graph.op_for_op import (  # each registers its swaps
    arrays, counted, flow, gradients, kernels, keras_layers, layers, maths, random)
from legacy_graph.op_for_op.counting import count_in_115
from legacy_graph.op_for_op.swap import FUNCTIONS, GRADIENTS, as_in_115, swapped

__all__ = ["FUNCTIONS", "GRADIENTS", "arrays", "as_in_115", "count_in_115", "counted", "flow", "gradients", "kernels",
           "keras_layers", "layers", "maths", "random", "swapped"]


def table():
    """The swaps as lines of a Markdown table: what is swapped, and what TensorFlow 1.15 did."""
    rows = [(f"`{owner.__name__.split('.')[-1]}.{name}`", ours) for (owner, name), ours in FUNCTIONS.items()
            if ours.__doc__]
    rows += [(f"gradient of `{op_type}`", ours) for op_type, ours in GRADIENTS.items()]
    return [f"| {what} | {ours.__doc__.splitlines()[0]} |"
            for what, ours in sorted(rows, key=lambda row: row[0])]
