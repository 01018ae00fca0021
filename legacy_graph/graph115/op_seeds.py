"""Op seeds as TensorFlow 1.15 numbered them.

A random op has two seeds: the graph's, set by tf.set_random_seed, and its own. In TensorFlow 1.15 the
op seed of an op without one was the number of ops made in its graph so far. Today's TensorFlow counts
0, 1, 2, ... instead, which gives other initial weights. The random kernels are the same, so with 1.15's
op seeds today's TensorFlow draws the same bits.

The number of ops is 1.15's because `graph115` builds graphs op for op as in 1.15; op seeds are what it is for.
"""

import collections
from collections.abc import Iterable
from typing import Any

from legacy_graph import graph115, internals
from legacy_graph.graph115 import verified
from legacy_graph.shared import shared

RandomOp = collections.namedtuple("RandomOp", "op graph_seed op_seed is_counted doubt overlap")
RandomOp.__doc__ = """A random op of a graph, and the origin of its seeds.

op: the tf.Operation. graph_seed, op_seed: the two seeds; both None where it has none. is_counted:
whether the op seed is the number of ops before it. doubt: None where that number is verified to be
TensorFlow 1.15's, else the first op before it that no recording verifies. overlap: how many time steps
of its while loop may run in parallel, and then draw in any order; 1 where none do.
"""

_counted: dict[Any, set] = {}  # graph -> the op seeds that were counted in it, for `random_ops`


@shared
def numbered_as_in_115():
    """Build graphs op for op, and number random ops, as TensorFlow 1.15 did."""
    try:
        with graph115.replaced():
            yield
    finally:
        _counted.clear()  # keeps no graph alive


@graph115.replaces(internals.random_seed, "get_seed")
def get_seed(today, op_seed):
    """The op seed of a random op without a seed was the number of ops in its graph."""
    graph = internals.ops.get_default_graph()
    if op_seed is None and graph.seed is not None:
        op_seed = graph115.count_in_115(graph)
        _counted.setdefault(graph, set()).add(op_seed)
    return today(op_seed)


def random_ops(graph: Any) -> list[RandomOp]:
    """Return the `RandomOp`s of a graph, in the order of creation."""
    unverified = verified.first_unverified(graph)
    found: list[RandomOp] = []
    doubt: Any = None
    overlaps = _overlaps(graph)
    for op in graph.get_operations():
        seeds = _seeds(op)
        if seeds:
            is_counted = seeds[1] in _counted.get(graph, ())
            graph_seed, op_seed = seeds
            found.append(
                RandomOp(op, graph_seed, op_seed, is_counted, doubt if is_counted else None, overlaps.get(op, 1))
            )
        doubt = doubt or (op if op is unverified else None)
    return found


def _seeds(op):
    """Return a random op's graph seed and op seed, (None, None) where it has none; () for another op."""
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


def _overlaps(graph):
    """Return {op: how many steps of its loops may run in parallel} for the ops inside while loops."""
    frames = {}  # op -> the Enter ops of the loops around it
    for op in graph.get_operations():  # only a loop's back edge comes from an op made later
        sources = [tensor.op for tensor in op.inputs] + list(op.control_inputs)
        inside = max((frames.get(source, ()) for source in sources), key=len, default=())
        if op.type in ("Enter", "RefEnter"):
            inside = (*inside, op)
        elif op.type in ("Exit", "RefExit"):
            inside = inside[:-1]
        frames[op] = inside
    return {
        op: max(enter.get_attr("parallel_iterations") for enter in enters) for op, enters in frames.items() if enters
    }


def explain(graphs: Iterable = ()) -> str:
    """Return a text that lists each graph's random ops, their seeds, and whether these are known to be 1.15's.

    `graphs`: those that sessions ran; the default graph and those with counted op seeds are always included.
    """
    graphs = list(dict.fromkeys([*graphs, *_counted, internals.ops.get_default_graph()]))
    told = [text for text in map(_explain, graphs) if text]
    return "\n\n".join(told) if told else "No random op was made in any graph that was used."


def _explain(graph):
    rows = random_ops(graph)
    in_functions = _in_functions(graph)
    if not rows and not in_functions:
        return ""
    lines = ["graph seed    op seed  from            as in TF 1.15  op"]
    for row in rows:
        if row.op_seed is None:
            origin, as_in_115 = "none set", "every run differs"
        elif row.is_counted:
            origin, as_in_115 = "number of ops", "known" if row.doubt is None else "not known"
        else:
            origin, as_in_115 = "given", "known"
        if row.overlap > 1 and row.op_seed is not None:
            as_in_115 += ", any order"
        seeds = ["-" if seed is None else seed for seed in row[1:3]]
        lines.append("{:>10}  {:>9}  {:14}  {:13}  {}".format(*seeds, origin, as_in_115, row.op.name))
    doubts = [row for row in rows if row.doubt is not None]
    if doubts:
        function, op_type = verified.origin(doubts[0].doubt)
        lines.append(
            f"Not known from {doubts[0].op.name} on: no recording of TensorFlow 1.15 covers {function} with "
            f"an op {op_type} ({doubts[0].doubt.name}). The numbers are most likely right, but unproven."
        )
    overlap = next((row for row in rows if row.overlap > 1), None)
    if overlap:
        lines.append(
            f"Any order: {overlap.op.name} is in a while loop of which {overlap.overlap} steps may run at once. They "
            "race for its generator, so two runs may differ, as they did in TensorFlow 1.15. --repeatable prevents it."
        )
    if in_functions:
        lines.append(f"Not listed: random ops inside functions, such as a dataset's: {', '.join(in_functions)}.")
    return "\n".join(lines)


def _in_functions(graph):
    """The random ops in functions that a graph calls, by name."""
    return [
        f"{function.signature.name}/{node.name}"
        for function in graph.as_graph_def().library.function
        for node in function.node_def
        if "seed2" in node.attr
    ]
