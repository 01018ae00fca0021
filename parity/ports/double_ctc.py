"""Computes the CTC losses of a captured graph in float64, to measure how far the graph's own are off.

TensorFlow 1's CTCLoss adds up log probabilities in float32: over 300 steps its gradients are off by 2e-4, a hundred
times as much as those of ops.ctc_loss. Weights that are moved by one ulp do not show this error, since all of these
losses share it.
"""

import tensorflow.compat.v1 as v1


def compute_in_double(graph_def):
    """Have the CTCLoss ops of a GraphDef compute in float64, with casts around them."""
    names = {node.name for node in graph_def.node if node.op == "CTCLoss"}
    for node in graph_def.node:
        for place, source in enumerate(node.input):
            name, _, output = source.partition(":")
            if name in names:
                node.input[place] = _cast_name(name, output or "0")
            elif source.startswith("^") and source[1:] in names:
                node.input[place] = f"^{_cast_name(source[1:], '0')}"
    for node in [node for node in graph_def.node if node.name in names]:
        graph_def.node.append(_cast(f"{node.name}/double", node.input[0], v1.float32, v1.float64))
        node.input[0] = f"{node.name}/double"
        node.attr["T"].type = v1.float64.as_datatype_enum
        node.attr.pop("_output_shapes", None)
        for output in "01":
            source = f"{node.name}:{output}" if output != "0" else node.name
            graph_def.node.append(_cast(_cast_name(node.name, output), source, v1.float64, v1.float32))


def _cast_name(name, output):
    return f"{name}/float_{output}"


def _cast(name, source, given, wanted):
    node = v1.NodeDef(name=name, op="Cast", input=[source])
    node.attr["SrcT"].type = given.as_datatype_enum
    node.attr["DstT"].type = wanted.as_datatype_enum
    return node
