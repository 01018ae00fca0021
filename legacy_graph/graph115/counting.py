"""The number of ops in a graph as TensorFlow 1.15 would count them.

Nearly always this is the number of ops, since graphs are built as in 1.15. A few of today's ops are kept
although 1.15 had none (they prevent a race), or are not worth replacing; they are counted as the ops
that 1.15 made.
"""

import contextlib
import weakref
from typing import Any

from legacy_graph import internals

# graph -> how many ops more than 1.15 it has
_surplus: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()


def count_in_115(graph):
    """Return how many ops TensorFlow 1.15 would have made in `graph` so far."""
    return graph.num_operations() - _surplus.get(graph, 0)


@contextlib.contextmanager
def counted_as(number=None, more=0):
    """Count the ops made in the body as `number`, or as `more` than there are.

    A ControlTrigger is always counted: the gradient of every loop makes one at some point.
    """
    graph = internals.ops.get_default_graph()
    before = graph.num_operations()
    yield
    made = [op for op in graph.get_operations()[before:] if op.type != "ControlTrigger"]
    surplus = -more if number is None else len(made) - number
    _surplus[graph] = _surplus.get(graph, 0) + surplus
