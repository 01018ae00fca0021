"""Op seeds as TensorFlow 1.15 numbered them.

A random op draws by two seeds: the graph's, set by tf.set_random_seed, and one of its own. An
op that is given none took, in TensorFlow 1.15, the number of ops made in its graph so far.
Today's TensorFlow counts 0, 1, 2, ... instead: other seeds, other initial weights. The kernels
are the same, so with 1.15's numbers today's TensorFlow draws the same bits.

The number of ops is 1.15's because graphs are built as in 1.15, op for op: `graph115` is the
mechanism, and this module what it is for.
"""

import collections

from legacy_graph import graph115, internals
from legacy_graph.graph115 import verified
from legacy_graph.shared import shared

RandomOp = collections.namedtuple("RandomOp", "op graph_seed op_seed is_counted doubt")
RandomOp.__doc__ = """A random op of a graph, and where its seeds come from.

op: the tf.Operation. graph_seed, op_seed: the two seeds; both None where it has none. is_counted:
whether the op seed is the number of ops before it. doubt: None where that number is known to be
TensorFlow 1.15's, else the first op before it that no recording covers.
"""

_counted = {}  # graph -> the op seeds that were counted in it, for `random_ops`


@shared
def numbered_as_in_115():
    """Build graphs op for op, and number random ops, as TensorFlow 1.15 did."""
    try:
        with graph115.replaced():
            yield
    finally:
        _counted.clear()  # the graphs may go


@graph115.replaces(internals.random_seed, "get_seed")
def get_seed(today, op_seed):
    """The op seed of a random op that has none was the number of ops in its graph."""
    graph = internals.ops.get_default_graph()
    if op_seed is None and graph.seed is not None:
        op_seed = graph115.count_in_115(graph)
        _counted.setdefault(graph, set()).add(op_seed)
    return today(op_seed)


def random_ops(graph):
    """Return the `RandomOp`s of a graph, in the order made."""
    uncovered = verified.first_not_covered(graph)
    found, doubt = [], None
    for op in graph.get_operations():
        seeds = _seeds(op)
        if seeds:
            is_counted = seeds[1] in _counted.get(graph, ())
            found.append(RandomOp(op, *seeds, is_counted, doubt if is_counted else None))
        doubt = doubt or (op if op is uncovered else None)
    return found


def _seeds(op):
    """The graph's and the op's seed of a random op, (None, None) where it has none; () of another op."""
    names = [argument.name for argument in op.op_def.input_arg]
    if "seed2" in op.node_def.attr:
        seeds = op.get_attr("seed"), op.get_attr("seed2")
    elif "seed2" in names:  # a dataset
        seeds = tuple(
            internals.tensor_util.try_evaluate_constant(op.inputs[names.index(name)]) for name in ("seed", "seed2")
        )
    else:
        return ()
    return (None, None) if seeds == (0, 0) or None in seeds else tuple(map(int, seeds))


def explain():
    """Tell, of each graph in use, its random ops, their seeds, and how sure these are TensorFlow 1.15's."""
    graphs = list(_counted)
    if internals.ops.get_default_graph() not in graphs:
        graphs.append(internals.ops.get_default_graph())
    return "\n\n".join(map(_explain, graphs))


def _explain(graph):
    rows = random_ops(graph)
    if not rows:
        return "No random op was made in the default graph."
    lines = ["graph seed    op seed  from            as in TF 1.15  op"]
    for row in rows:
        if row.op_seed is None:
            origin, as_in_115 = "none set", "every run differs"
        elif row.is_counted:
            origin, as_in_115 = "number of ops", "known" if row.doubt is None else "not known"
        else:
            origin, as_in_115 = "given", "known"
        seeds = ["-" if seed is None else seed for seed in row[1:3]]
        lines.append("{:>10}  {:>9}  {:14}  {:13}  {}".format(*seeds, origin, as_in_115, row.op.name))
    doubts = [row for row in rows if row.doubt is not None]
    if doubts:
        function, op_type = verified.way(doubts[0].doubt)
        lines.append(
            f"Not known from {doubts[0].op.name} on: no recording of TensorFlow 1.15 covers {function} with "
            f"an op {op_type} ({doubts[0].doubt.name}). The numbers are most likely right, but unproven."
        )
    return "\n".join(lines)
