"""Op seeds as TensorFlow 1.15 numbered them.

A random op that is given no seed of its own draws from two: the graph's, set by
tf.set_random_seed, and one of its own. TensorFlow 1.15 took for the second the number of ops
made in the graph so far. Today's takes 0, 1, 2, ...: other seeds, other weights. The kernels
are the same, so with 1.15's numbers today's TensorFlow draws the same bits.

The number of ops is 1.15's because graphs are built as in 1.15, op for op: see `op_for_op`.
"""

from legacy_graph import internals, op_for_op

as_in_115 = op_for_op.swapped


@op_for_op.as_in_115(internals.random_seed, "get_seed")
def get_seed(today, op_seed):
    """The op seed of a random op that has none was the number of ops in its graph."""
    graph = internals.ops.get_default_graph()
    if op_seed is None and graph.seed is not None:
        op_seed = op_for_op.count_in_115(graph)
    return today(op_seed)
