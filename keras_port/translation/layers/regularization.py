"""Turns penalties on weights in the loss into regularizers of the layers that own the weights.

Also finds the variables that no layer can own, because they are used in more than one place.
"""

import math

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions.expression import number, walk
from keras_port.translation.expressions.patterns import match

_ARGUMENTS = {  # kind of layer: the regularizer argument for each of its weights
    "Dense": ("kernel_regularizer", "bias_regularizer"),
    "Conv2D": ("kernel_regularizer", "bias_regularizer"),
    "Conv2DTranspose": ("kernel_regularizer", "bias_regularizer"),
    "Embedding": ("embeddings_regularizer",),
    "LSTM": ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"),
    "GRU": ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"),
    "SimpleRNN": ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"),
    "BatchNormalization": ("gamma_regularizer", "beta_regularizer"),
}
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN")


class FoldedBias(CannotTranslate):
    """An LSTM's bias is penalized, so its forget bias must not be folded into it."""


class SharedWeights(CannotTranslate):
    """A generated cell and something else use the variables `names`, so they must be passed to the cell."""

    def __init__(self, names):
        super().__init__(f"{', '.join(sorted(names))}: used by a recurrent cell and elsewhere, too")
        self.names = frozenset(names)


def shared_weights(roots):
    """Return the names of variables that two layers use, or a layer and another operation.

    Raises SharedWeights where one of those layers is recurrent.
    """
    owners, bare = _owners(roots), set()
    for expression in walk(*roots):
        if expression.op == "weight":
            bare.add(expression.options["name"])
    penalized = set()
    for term, _ in _terms(roots[0]):
        variable = _penalty(term)
        if variable is not None:
            penalized.add(variable[0])
    counts = _readers(roots)
    found = {name for name, layers in owners.items() if len(layers) > 1}
    found |= {name for name in bare & set(owners) if counts[name] > (1 if name in penalized else 0)}
    of_cells = {name for name in found if any(layer.kind in _RECURRENT for layer in owners[name])}
    if of_cells:
        raise SharedWeights(of_cells)
    return found


def move_into_layers(x, loss, outputs):
    """Move penalties on layers' weights from the loss to the layers' regularizers; returns the rest of the loss.

    Args:
      x: the Expressions.
      loss: the expression of the loss.
      outputs: the expressions of the model's outputs.

    Raises CannotTranslate where the layer has no such regularizer, FoldedBias for an LSTM's folded bias.
    """
    owners = _owners([loss, *outputs])
    left, penalties = [], {}
    for term, factor in _terms(loss):
        penalty = _penalty(term)
        if penalty is None or penalty[0] not in owners:
            left += [] if term.is_constant(0) else [(term, factor)]
            continue
        name, kind, strength = penalty
        of_variable = penalties.setdefault(name, {})
        of_variable[kind] = of_variable.get(kind, 0.0) + strength * factor
    if not penalties:
        return loss
    for layer in dict.fromkeys(next(iter(owners[name])) for name in penalties):
        _configure(layer, penalties)
    total = None
    for term, factor in left:
        value = term if factor == 1 else x.make("multiply", (x.constant(factor, "float32"), term), term.shape)
        total = value if total is None else x.make("add", (total, value), ())
    return total if total is not None else x.constant(0.0, "float32")


def _owners(roots):
    """Return {variable: {layers whose weights it fills}}."""
    found = {}
    for expression in walk(*roots):
        if expression.op in ("call", "layer"):
            for row in expression.options["layer"].weights:
                for name in row.variables:
                    found.setdefault(name, set()).add(expression.options["layer"])
    return found


def _readers(roots):
    """Return {variable: number of expressions that read it directly}."""
    counts = {}
    for expression in walk(*roots):
        for arg in expression.args:
            if arg.op == "weight":
                counts[arg.options["name"]] = counts.get(arg.options["name"], 0) + 1
    return counts


def _terms(loss, factor=1.0):
    """Yield (term, constant factor) for each term of a sum."""
    if loss.op == "add" and loss.rank == 0:
        for arg in loss.args:
            yield from _terms(arg, factor)
    elif loss.op == "multiply" and loss.rank == 0 and any(number(arg) is not None for arg in loss.args):
        known, other = loss.args if number(loss.args[0]) is not None else loss.args[::-1]
        yield from _terms(other, factor * number(known))
    else:
        yield loss, factor


def _penalty(term):
    """Return (variable, "L2" or "L1", strength) for a penalty on one variable's elements, or None."""
    found = match(("mean", ("square", "w")), term)  # for two elements also half the sum of squares
    if found and found["w"].op == "weight" and term.rank == 0:
        return found["w"].options["name"], "L2", 1.0 / math.prod(found["w"].shape)
    for pattern, kind, strength in (
        (("divide", ("sum", ("square", "w")), 2), "L2", 0.5),
        (("sum", ("square", "w")), "L2", 1.0),
        (("sum", ("absolute", "w")), "L1", 1.0),
    ):
        found = match(pattern, term)
        if found and found["w"].op == "weight" and term.rank == 0:
            return found["w"].options["name"], kind, strength
    return None


def _configure(layer, penalties):
    """Set a layer's regularizers; `penalties` is {variable: {"L1" or "L2": strength}}."""
    if layer.cell is not None:
        _configure_cell(layer.cell, penalties)
        return
    arguments = _ARGUMENTS.get(layer.kind)
    for place in sorted({place for row in layer.weights for place in row.places}):
        names = [name for row in layer.weights for name in _filling(row, place)]
        wanted = [penalties.get(name, {}) for name in names]
        if not any(wanted):
            continue
        if arguments is None:
            raise CannotTranslate(f"a penalty on {names[0]}: {layer.kind} takes no regularizer")
        if any(row.how == "lstm_bias_folded" and place in row.places for row in layer.weights):
            raise FoldedBias(f"a penalty on {names[0]}, the bias of an LSTM whose forget bias is folded into it")
        if any(other != wanted[0] for other in wanted) or len(wanted[0]) > 1:
            raise CannotTranslate(f"penalties on {', '.join(names)}, which become one weight, that are not the same")
        [(kind, strength)] = wanted[0].items()
        layer.config[arguments[place]] = Regularizer(kind, strength)


def _configure_cell(cell, penalties):
    """Set the regularizers of a generated cell's weights."""
    for row in cell.weights:
        wanted = penalties.get(row.variables[0], {})
        if len(wanted) > 1:
            raise CannotTranslate(f"penalties on {row.variables[0]} of two kinds, L1 and L2")
        for kind, strength in wanted.items():
            cell.regularizers[row.variables[0]] = Regularizer(kind, strength)


def _filling(row, place):
    """Return the variables of a row that fill the layer's weight number `place`."""
    if place not in row.places:
        return ()
    if row.how == "gru":  # kernels fill the kernels, biases the bias
        return [name for name in row.variables if name.endswith("bias") == (place == row.places[-1])]
    return row.variables


class Regularizer:
    """A keras.regularizers.L1 or L2; its repr is its code."""

    def __init__(self, kind, strength):
        self.kind, self.strength = kind, strength

    def __repr__(self):
        return f"keras.regularizers.{self.kind}({float(f'{self.strength:.7g}')!r})"
