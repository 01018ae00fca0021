"""The table of op types, and helpers that most of its functions use."""

from collections.abc import Callable

import numpy as np

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims

OPS: dict[str, Callable] = {}


def translates(*types):
    """Return a decorator that registers a function as the translation of these op types."""

    def register(function):
        OPS.update(dict.fromkeys(types, function))
        return function

    return register


def ints(node, expression, what):
    """Return the elements of a constant as a list of ints; raises CannotTranslate where they are computed."""
    if expression.op != "constant":
        raise CannotTranslate(f"{node}: its {what} are computed from values; expected constants")
    return [int(item) for item in np.atleast_1d(expression.value)]


def with_unknown(x, op, args, shape, dtype, node, **options):
    """Make an expression; each None in `shape` becomes a new symbol for that axis."""
    made = x.make(op, args, shape, dtype, node, **options)
    if made.shape is not None and None in made.shape:
        made.shape = tuple(
            dims.of(dims.Symbol(f"{op}_{axis}", None, (made, axis))) if size is None else size
            for axis, size in enumerate(made.shape)
        )
    return made
