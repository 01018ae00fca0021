"""What the op-seed cases share: run snippets of graph code, list the seeds their random ops got."""


def op_seeds(tf, snippets, seed=7):
    """Run each snippet in a graph of its own under set_random_seed; return {name: its op seeds}.

    A snippet is a function of no arguments that builds some ops. One random op is made after
    each, so that every snippet tells, too, how many ops TensorFlow 1.15 counted at its end.
    """
    found = {}
    for name, snippet in snippets.items():
        with tf.Graph().as_default() as graph:
            tf.set_random_seed(seed)
            snippet()
            tf.random_normal([1], name="at_the_end")
        found[name] = seeds_of_graph(tf, graph)
    return found


def seeds_of_graph(tf, graph):
    """"type seed seed2" of every random op, in the order made; those in functions come last."""
    nodes = [op.node_def for op in graph.get_operations()]
    for function in graph.as_graph_def().library.function:
        nodes += function.node_def
    lines = ["%s %d %d" % (node.op, node.attr["seed"].i, node.attr["seed2"].i)
             for node in nodes if "seed2" in node.attr]
    return lines + _dataset_seeds(tf, nodes)


def _dataset_seeds(tf, nodes):
    """Datasets take their seeds as tensors: the int64 constants named seed and seed2."""
    lines = []
    for node in nodes:
        role = node.name.split("/")[-1].split("_")[0]
        if node.op == "Const" and role in ("seed", "seed2"):
            value = tf.make_ndarray(node.attr["value"].tensor)
            if value.dtype == "int64" and value.shape == ():
                lines.append("%s %d" % (role, value))
    return lines
