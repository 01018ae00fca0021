"""Recognizes the cells that Keras has a layer for, from the expressions of one step.

The equations are those of TensorFlow 1.15's rnn_cell_impl: kernel rows are [input; h], the columns of an LSTM are i,
j, f, o and those of a GRU r, u; the forget bias is added at run time.
"""

import dataclasses

from keras_port.translation.expressions.expression import number
from keras_port.translation.expressions.patterns import match
from keras_port.translation.layers.layer import Weights, copied, scope_of

ACTIVATIONS = ("tanh", "relu", "sigmoid", "softsign", "elu", "relu6")


@dataclasses.dataclass
class CellMatch:
    """A recurrence that a Keras layer computes.

    Attributes:
      kind: name of the layer's class.
      units: its number of units.
      config: {argument: value}, its other arguments.
      weights: list of Weights.
      input: the expression of a step's input.
      output: the expression of a step's output.
      order: indices of the recurrence's states in Keras's order (h before c).
      scope: scope of the cell's variables.
    """

    kind: str
    units: int
    config: dict
    weights: list
    input: object
    output: object
    order: tuple
    scope: str


def find_cell(nexts, symbols, folded=True):
    """Return the CellMatch of a recurrence, or None.

    Args:
      nexts, symbols: lists of expressions: each state after a step, and at its start.
      folded: whether an LSTM's constant forget bias is added to its bias.
    """
    for function in (_lstm, _gru, _simple_rnn):
        found = function(nexts, symbols, folded)
        if found is not None:
            return found
    return None


def activation_of(activation):
    """Return the layer's arguments for an activation: none for Keras's own, tanh."""
    return {} if activation == "tanh" else {"activation": activation}


def lstm_step(new_c, new_h, activation="tanh"):
    """Match one step of an LSTM; returns {x, h, c, kernel, bias, z, forget_bias, ...} or None."""
    found = match(
        ("multiply", (activation, "new_c"), ("sigmoid", ("item", "z", {"number": 3}))), new_h, {"new_c": new_c}
    )
    if found is None:
        return None
    kept = ("multiply", "c", ("sigmoid", ("add", ("item", "z", {"number": 2}), "forget_bias")))
    bare = ("multiply", "c", ("sigmoid", ("item", "z", {"number": 2})))
    added = ("multiply", ("sigmoid", ("item", "z", {"number": 0})), (activation, ("item", "z", {"number": 1})))
    matched = match(("add", kept, added), new_c, found) or match(("add", bare, added), new_c, found)
    if matched is None:
        return None
    z = matched["z"]
    product = ("matmul", ("concatenate", "x", "h"), "kernel")
    inner = match(("split", ("add", product, "bias"), {"count": 4}), z, matched)
    if inner is None or not are_weights(inner["kernel"], inner["bias"]):
        return None
    forget_bias = number(inner["forget_bias"]) if "forget_bias" in inner else 0.0
    return None if forget_bias is None else {**inner, "forget_bias": forget_bias}


def lstm_weights(kernel, bias, forget_bias, folded):
    """Return the Weights of an LSTM cell's two variables, given by name."""
    row = Weights((bias,), "lstm_bias_folded", (2,), {"forget_bias": float(forget_bias)})
    return [
        Weights((kernel,), "lstm_kernel", (0, 1)),
        row if folded and forget_bias else Weights((bias,), "lstm_bias", (2,)),
    ]


def _lstm(nexts, symbols, folded):
    if len(nexts) != 2:
        return None
    for c, h in ((0, 1), (1, 0)):
        for activation in ACTIVATIONS:
            found = lstm_step(nexts[c], nexts[h], activation)
            if found is not None and found["c"] is symbols[c] and found["h"] is symbols[h]:
                config = activation_of(activation)
                kernel, bias = (found[name].options["name"] for name in ("kernel", "bias"))
                if not folded and found["forget_bias"]:
                    config["forget_bias"] = found["forget_bias"]
                return CellMatch(
                    "LSTM",
                    nexts[h].shape[-1],
                    config,
                    lstm_weights(kernel, bias, found["forget_bias"], folded),
                    found["x"],
                    nexts[h],
                    (h, c),
                    scope_of(kernel),
                )
    return None


def gru_step(new_h, activation="tanh"):
    """Match one step of a GRU; returns {x, h, and the four variables} or None."""
    reset, update = (("item", "gates", {"number": place}) for place in (0, 1))
    found = match(("add", ("multiply", update, "h"), ("multiply", ("subtract", 1, update), "candidate")), new_h)
    if found is None:
        return None
    inner = ("concatenate", "x", ("multiply", reset, "h"))
    candidate = (activation, ("add", ("matmul", inner, "candidate_kernel"), "candidate_bias"))
    found = match(candidate, found["candidate"], found)
    if found is None:
        return None
    gates = ("sigmoid", ("add", ("matmul", ("concatenate", "x", "h"), "gate_kernel"), "gate_bias"))
    found = match(("split", gates, {"count": 2}), found["gates"], found)
    names = ("gate_kernel", "gate_bias", "candidate_kernel", "candidate_bias")
    return found if found is not None and are_weights(*(found[name] for name in names)) else None


def gru_weights(found):
    """Return the Weights of a GRU cell's four variables, from the result of gru_step."""
    names = [found[name].options["name"] for name in ("gate_kernel", "gate_bias", "candidate_kernel", "candidate_bias")]
    return [Weights(tuple(names), "gru", (0, 1, 2))]


def _gru(nexts, symbols, folded):
    if len(nexts) != 1:
        return None
    for activation in ACTIVATIONS:
        found = gru_step(nexts[0], activation)
        if found is not None and found["h"] is symbols[0]:
            config = {"reset_after": False, **activation_of(activation)}
            scope = scope_of(scope_of(found["gate_kernel"].options["name"]))
            return CellMatch("GRU", nexts[0].shape[-1], config, gru_weights(found), found["x"], nexts[0], (0,), scope)
    return None


def simple_rnn_step(new_h, activation="tanh"):
    """Match one step of a BasicRNNCell; returns {x, h, kernel, bias} or None."""
    product = ("matmul", ("concatenate", "x", "h"), "kernel")
    found = match((activation, ("add", product, "bias")), new_h)
    return found if found is not None and are_weights(found["kernel"], found["bias"]) else None


def _simple_rnn(nexts, symbols, folded):
    if len(nexts) != 1:
        return None
    for activation in ACTIVATIONS:
        found = simple_rnn_step(nexts[0], activation)
        if found is not None and found["h"] is symbols[0]:
            config = activation_of(activation)
            kernel, bias = (found[name].options["name"] for name in ("kernel", "bias"))
            weights = [Weights((kernel,), "joined_kernel", (0, 1)), copied(found["bias"], 2)]
            return CellMatch(
                "SimpleRNN", nexts[0].shape[-1], config, weights, found["x"], nexts[0], (0,), scope_of(kernel)
            )
    return None


def are_weights(*expressions):
    """Whether all of the expressions are variables that a layer may own."""
    return all(
        expression.op == "weight" and "shared_outside_cells" not in expression.options for expression in expressions
    )
