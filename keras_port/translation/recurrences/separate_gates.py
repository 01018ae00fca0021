"""Recognizes LSTM, GRU and simple RNN cells written by hand, with matrices of its own for each gate.

A gate computes x W + h U + b, or [x; h] K + b, or [h; x] K + b, in any order of the terms.
"""

import dataclasses

from keras_port.translation.expressions.patterns import match
from keras_port.translation.layers.layer import Weights, copied, scope_of_all
from keras_port.translation.recurrences.cells import ACTIVATIONS, CellMatch, activation_of, are_weights

_LONGEST = 60  # characters of a comment


@dataclasses.dataclass
class Gate:
    """What a gate computes before its activation.

    Attributes:
      x: the expression of the step's input.
      kernels: the weights (W, U), or (K,).
      bias: the weight b.
      state_first: whether the rows of K are [h; x].
    """

    x: object
    kernels: tuple
    bias: object
    state_first: bool = False


def find_separate_gates(nexts, symbols):
    """Return the CellMatch of a recurrence written by hand, or None; arguments as in `cells.find_cell`."""
    if len(nexts) == 2:
        return _lstm(nexts, symbols, 0, 1) or _lstm(nexts, symbols, 1, 0)
    return (_gru(nexts[0], symbols[0]) or _simple_rnn(nexts[0], symbols[0])) if len(nexts) == 1 else None


def _lstm(nexts, symbols, h, c):
    for activation in ACTIVATIONS:
        output = ("multiply", ("sigmoid", "o"), (activation, "new_c"))
        found = match(output, nexts[h], {"new_c": nexts[c]})
        kept, added = ("multiply", ("sigmoid", "f"), "c"), ("multiply", ("sigmoid", "i"), (activation, "g"))
        found = found and match(("add", kept, added), nexts[c], {**found, "c": symbols[c]})
        gates = [_gate(found[name], symbols[h]) for name in "ifgo"] if found else [None]
        weights = _joined(gates)
        if weights is not None:
            return _matched("LSTM", nexts[h], activation_of(activation), weights, gates, (h, c))
    return None


def _gru(new_h, h):
    kept, added = ("multiply", ("sigmoid", "z"), "h"), ("multiply", ("subtract", 1, ("sigmoid", "z")), "new")
    found = match(("add", kept, added), new_h, {"h": h})  # kept by z, as Keras keeps it; by 1 - z it cannot
    if found is None or found["new"].op not in ACTIVATIONS:
        return None
    candidate, reset = _candidate(found["new"].args[0], h)
    gates = [_gate(found["z"], h), _gate(reset, h), candidate] if candidate else [None]
    weights = _joined(gates)
    if weights is None:
        return None
    return _matched("GRU", new_h, {"reset_after": False, **activation_of(found["new"].op)}, weights, gates, (0,))


def _candidate(total, h):
    """Return (Gate of a GRU's candidate, expression of its reset gate before the sigmoid), or (None, None)."""
    multiplied = [term.args[0] for term in _terms(total) if term.op == "matmul"]
    for value in multiplied:
        for part in (value, *(value.args if value.op == "concatenate" else ())):
            found = match(("multiply", ("sigmoid", "r"), "h"), part, {"h": h})
            gate = found and _gate(total, part)
            if gate:
                return gate, found["r"]
    return None, None


def _simple_rnn(new_h, h):
    gate = _gate(new_h.args[0], h) if new_h.op in ACTIVATIONS else None
    weights = _joined([gate])
    if weights is None:
        return None
    return _matched("SimpleRNN", new_h, activation_of(new_h.op), weights, [gate], (0,))


def _matched(kind, output, config, weights, gates, order):
    names = [weight.options["name"] for gate in gates for weight in (*gate.kernels, gate.bias)]
    return CellMatch(kind, output.shape[-1], config, weights, gates[0].x, output, order, _described(names))


def _gate(total, h):
    """Return the Gate that computes the sum `total` of an input and the state `h`, or None."""
    terms = _terms(total)
    products = [term for term in terms if term.op == "matmul" and are_weights(term.args[1]) and term.args[1].rank == 2]
    biases = [term for term in terms if term.op == "weight" and term.rank == 1 and are_weights(term)]
    if len(biases) != 1 or len(products) + 1 != len(terms):
        return None
    if len(products) == 2:
        products.sort(key=lambda product: product.args[0] is h)
        (x, w), (state, u) = (product.args for product in products)
        return Gate(x, (w, u), biases[0]) if state is h and x is not h else None
    joined = products[0].args[0] if len(products) == 1 else None
    if joined is None or joined.op != "concatenate" or len(joined.args) != 2 or h not in joined.args:
        return None
    state_first = joined.args[0] is h
    return Gate(joined.args[1 if state_first else 0], (products[0].args[1],), biases[0], state_first)


def _terms(total):
    return [term for arg in total.args for term in _terms(arg)] if total.op == "add" else [total]


def _joined(gates):
    """Return the Weights of a cell with these gates, in Keras's order; None where they do not make one cell."""
    if None in gates or any(gate.x is not gates[0].x or len(gate.kernels) != len(gates[0].kernels) for gate in gates):
        return None
    weights = [weight for gate in gates for weight in (*gate.kernels, gate.bias)]
    if len(set(weights)) < len(weights) or len(gates) > 1 and any("tf1_shape" in each.options for each in weights):
        return None
    of_bias = _concatenated([gate.bias for gate in gates], 0, 2)
    if len(gates[0].kernels) == 2:
        kernels = [_concatenated([gate.kernels[place] for gate in gates], 1, place) for place in (0, 1)]
        return [*kernels, of_bias]
    if len({gate.state_first for gate in gates}) > 1:
        return None
    options = {"state_first": True} if gates[0].state_first else {}
    kernels = tuple(gate.kernels[0].options["name"] for gate in gates)
    return [Weights(kernels, "joined_kernel", (0, 1), options), of_bias]


def _concatenated(weights, axis, place):
    if len(weights) == 1:
        return copied(weights[0], place)
    names = tuple(weight.options["name"] for weight in weights)
    return Weights(names, "concat", (place,), {"axis": axis, "sizes": [weight.shape[axis] for weight in weights]})


def _described(names):
    """Return the scope of the variables, or their names where they have none in common; not all if they are many."""
    scope = scope_of_all(names)
    if scope:
        return scope
    listed = ", ".join(names)
    return listed if len(listed) <= _LONGEST else f"{names[0]}, {names[1]}, ... {names[-1]}"
