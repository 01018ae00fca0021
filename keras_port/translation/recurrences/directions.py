"""Joins pairs of recurrent layers that read one sequence forwards and backwards to a layers.Bidirectional."""

import dataclasses
import itertools

from keras_port.translation.expressions.expression import readers_of, substitute, walk
from keras_port.translation.layers.layer import Layer

_KINDS = ("LSTM", "GRU", "SimpleRNN")
_WEIGHTS = 3  # per layer: kernel, recurrent kernel, bias


def join_directions(x, roots):
    """Return `roots` with concatenated outputs of a forward and a backward layer given by a Bidirectional."""
    while True:
        readers = readers_of(roots)
        taken = set(map(id, roots))
        replaced = next(
            filter(None, (_joined(x, expression, readers, taken) for expression in walk(*roots))),
            None,
        )
        if replaced is None:
            return roots
        roots = substitute(x, roots, replaced)


def _joined(x, expression, readers, taken):
    """Return the replacements {id: expression} where `expression` concatenates a pair's outputs, or None."""
    if expression.op != "concatenate" or len(expression.args) != 2 or expression.options["axis"] != expression.rank - 1:
        return None
    forward, backward = expression.args
    sequences = expression.rank == 3
    if sequences:
        if backward.op != "flip" or backward.options["axis"] != 1 or _reads(backward, readers, taken) != [expression]:
            return None
        backward = backward.args[0]
    number = 0 if sequences else 1
    if not all(_is_item(value, number) for value in (forward, backward)):
        return None
    calls = forward.args[0], backward.args[0]
    if not _is_pair(*calls) or any(len(_reads(value, readers, taken)) != 1 for value in (forward, backward)):
        return None
    items = [readers.get(id(call), ()) for call in calls]
    if not sequences and any(len(each) != 1 for each in items):
        return None  # other states are also read, but layers.Bidirectional would return the outputs only
    return _replaced(x, expression, calls, items)


def _reads(value, readers, taken):
    return [*readers.get(id(value), ()), *([None] if id(value) in taken else [])]


def _is_item(value, number):
    return value.op == "item" and value.args[0].op == "layer" and value.options["number"] == number


def _is_pair(forward, backward):
    """Whether two calls differ in direction and weights only."""
    one, other = forward.options["layer"], backward.options["layer"]
    return (
        one.kind == other.kind
        and one.kind in _KINDS
        and "forget_bias" not in one.config
        and (one.positional, repr(one.config)) == (other.positional, repr(other.config))
        and not set(row.variables for row in one.weights) & set(row.variables for row in other.weights)
        and (forward.options["backward"], bool(backward.options["backward"])) == (False, True)
        and not forward.options["initial"]
        and not backward.options["initial"]
        and forward.args == backward.args
    )


def _replaced(x, expression, calls, items):
    one, other = (call.options["layer"] for call in calls)
    moved = [dataclasses.replace(row, places=tuple(place + _WEIGHTS for place in row.places)) for row in other.weights]
    layer = Layer("Bidirectional", {}, [*one.weights, *moved], _common_scope(one.scope, other.scope), inner=one)
    states = calls[0].options["states"]
    options = {**calls[0].options, "layer": layer, "states": 2 * states}
    whole = x.make("layer", calls[0].args, None, "float32", None, **options)
    number = 0 if expression.rank == 3 else 1
    replaced = {id(expression): x.make("item", (whole,), expression.shape, "float32", None, number=number)}
    for place, each in enumerate(items):
        for item in each:
            if item.options["number"] and number == 0:
                new = item.options["number"] + place * states
                replaced[id(item)] = x.make("item", (whole,), item.shape, "float32", None, number=new)
    return replaced


def _common_scope(one, other):
    """Return the scope that contains both directions' variables."""
    pairs = zip(one.split("/"), other.split("/"))
    return "/".join(a for a, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
