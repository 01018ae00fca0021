"""Switches dropout off in a GraphDef, so that two models can be compared number by number.

A graph keeps an element where `uniform >= rate` or, in older versions and in DropoutWrapper's variational masks, where
`floor(keep_prob + uniform)` is 1, and divides by keep_prob. With the rate set to 0, or keep_prob to 1, at its source,
nothing is dropped or scaled, also in the gradients. This works inside while loops too, whose tensors cannot be fed.
"""

import collections

import numpy as np
import tensorflow as tf

_UNIFORM = ("RandomUniform", "StatelessRandomUniform", "StatelessRandomUniformV2")
_RANDOM = (
    *_UNIFORM,
    *("RandomStandardNormal", "TruncatedNormal", "ParameterizedTruncatedNormal", "RandomUniformInt", "RandomShuffle"),
    *("Multinomial", "RandomGamma", "RandomPoissonV2", "StatelessRandomNormal", "StatelessRandomNormalV2"),
    *("LogUniformCandidateSampler", "UniformCandidateSampler", "LearnedUnigramCandidateSampler"),
    *("FixedUnigramCandidateSampler", "AllCandidateSampler"),
)
_PASS_ON = ("Identity", "Enter", "RefEnter", "Switch", "Snapshot", "StopGradient")  # these return their input unchanged
_DIVISIONS = ("RealDiv", "Div")
_SCALED = ("Mul", "Add", "AddV2", "Sub", "Cast", "Identity")  # from uniform numbers in [0, 1) to another range


def switch_off(graph_def):
    """Switch off every dropout in `graph_def`, in place.

    Returns ({tensor: value} to be fed as well, [names of the masks that were switched off]).
    """
    graph = _Graph(graph_def)
    feeds, silenced = {}, []
    for node in list(graph_def.node):
        entry = graph.rate_of_mask(node)
        if entry is None:
            continue
        divisors = graph.other_divisors(node, entry[0])
        if graph.set_value(*entry, feeds):
            silenced.append(node.name)
            for tensor in divisors:
                graph.set_value(tensor, 1.0, feeds)
    return feeds, silenced


def random_ops(graph_def, targets, feeds, silenced=()):
    """Return the sorted names of the random ops that `targets` depend on.

    Args:
      graph_def: a GraphDef.
      targets: names of tensors.
      feeds: {tensor: value}; the search stops at these.
      silenced: names of masks that are switched off; the search stops at these, too.
    """
    graph = _Graph(graph_def)
    fed = {name.rpartition(":")[0] for name in feeds}
    seen, waiting, found = set(), [name.rpartition(":")[0] for name in targets], []
    while waiting:
        name = waiting.pop()
        if name in seen or name in fed or name in silenced or name not in graph.nodes:
            continue
        seen.add(name)
        node = graph.nodes[name]
        if node.op in _RANDOM:
            found.append(name)
        waiting += [_owner(given) for given in node.input if not given.startswith("^")]
    return sorted(found)


class _Graph:
    def __init__(self, graph_def):
        self.nodes = {node.name: node for node in graph_def.node}
        self.readers = collections.defaultdict(list)
        for node in graph_def.node:
            for given in node.input:
                self.readers[_owner(given)].append(node.name)

    def rate_of_mask(self, node):
        """Return (rate or keep_prob tensor of a mask, value that switches it off); None where `node` is not a mask."""
        if node.op == "GreaterEqual" and self._is_uniform(node.input[0]):
            return node.input[1], 0.0
        if node.op == "Floor":
            summed = self.nodes[_owner(node.input[0])]
            if summed.op in ("Add", "AddV2"):
                a, b = summed.input[:2]
                if self._is_uniform(b):
                    return a, 1.0
                if self._is_uniform(a):
                    return b, 1.0
        return None

    def other_divisors(self, mask, keep_prob):
        """Return the tensors that divide what `mask` multiplies and equal keep_prob, other than `keep_prob` itself.

        DropoutWrapper's variational masks have such: keep_prob is a Python number there, and each op gets its own
        constant.
        """
        value = self._constant(keep_prob)
        if value is None:
            return []
        products = (self.nodes[name] for name in self.readers[mask.name] if self.nodes[name].op == "Mul")
        factors = [self.nodes[_owner(given)] for product in products for given in product.input[:2]]
        scaled = [factor for factor in factors if factor.op in _DIVISIONS]
        divisors = [
            division.input[1] for factor in scaled for division in (factor, *self._divisions_of_gradient(factor))
        ]
        return [divisor for divisor in divisors if self._constant(divisor) == value]

    def _divisions_of_gradient(self, division):
        """Return the divisions in the gradient of a division: in a while loop each has its own copy of the divisor."""
        scope = f"/{division.name}_grad/"  # the name that tf.gradients gives
        return [node for node in self.nodes.values() if node.op in _DIVISIONS and scope in f"/{node.name}"]

    def _constant(self, tensor):
        node = self.nodes[_owner(tensor)]
        while node.op in ("Identity", "Enter"):
            node = self._source(node)
        value = tf.make_ndarray(node.attr["value"].tensor) if node.op == "Const" else None
        return value.item() if value is not None and value.size == 1 else None

    def set_value(self, tensor, value, feeds):
        """Make a scalar tensor have `value` by changing its source; returns whether that was possible."""
        node = self.nodes[_owner(tensor)]
        if node.op == "Const":
            old = tf.make_ndarray(node.attr["value"].tensor)
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(np.full_like(old, value)))
        elif node.op in ("Placeholder", "PlaceholderWithDefault"):
            feeds[f"{node.name}:0"] = np.float32(value)
        elif node.op == "Sub" and self._is_one(node.input[0]):
            return self.set_value(node.input[1], 1.0 - value, feeds)
        elif node.op in _PASS_ON and self._source(node).op not in ("VariableV2", "VarHandleOp", "Variable"):
            return self.set_value(node.input[0], value, feeds)
        elif node.op in ("Identity", "Select", "SelectV2", "RealDiv", "Mul", "Sub", "Maximum", "Minimum", "AddV2"):
            like = node.input[1 if node.op.startswith("Select") else 0]
            kept = [like, *(given for given in node.input if given.startswith("^"))]
            node.op = "OnesLike" if value else "ZerosLike"
            del node.input[:]
            node.input.extend(kept)
        else:
            return False
        return True

    def _source(self, node):
        return self.nodes[_owner(node.input[0])]

    def _is_one(self, tensor):
        node = self.nodes[_owner(tensor)]
        return node.op == "Const" and bool(np.all(tf.make_ndarray(node.attr["value"].tensor) == 1))

    def _is_uniform(self, tensor, depth=5):
        node = self.nodes.get(_owner(tensor))
        if node is None or depth == 0:
            return False
        if node.op in _UNIFORM:
            return True
        data = [given for given in node.input if not given.startswith("^")]
        return node.op in (*_SCALED, *_PASS_ON) and any(self._is_uniform(given, depth - 1) for given in data[:2])


def _owner(tensor):
    return tensor.lstrip("^").split(":")[0]
