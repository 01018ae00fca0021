"""The number of ops in a graph as TensorFlow 1.15 would count them.

Nearly always simply the number of ops: what is built differs no longer. A few ops of today's
are kept though 1.15 had none (they close a race), or are not worth building as 1.15 did; they
are counted as what 1.15 made in their place.
"""

import contextlib
import weakref

from legacy_graph import internals

_surplus = weakref.WeakKeyDictionary()  # graph -> how many ops more than 1.15 it has


def count_in_115(graph):
    """How many ops TensorFlow 1.15 would have made in `graph` so far."""
    return graph.num_operations() - _surplus.get(graph, 0)


@contextlib.contextmanager
def counted_as(number=None, more=0):
    """Count the ops made inside as `number`, or as `more` than there are.

    A ControlTrigger is counted in any case: a loop's gradient makes one, sooner or later.
    """
    graph = internals.ops.get_default_graph()
    before = graph.num_operations()
    yield
    made = [op for op in graph.get_operations()[before:] if op.type != "ControlTrigger"]
    surplus = -more if number is None else len(made) - number
    _surplus[graph] = _surplus.get(graph, 0) + surplus
