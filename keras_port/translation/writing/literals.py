"""Numbers, tuples and shapes as Python literals."""

import numpy as np

from keras_port.translation.expressions import dims

ATOM = 9  # operator precedence of a name or a call


def tuple_of(codes):
    """Return the code of a tuple from the codes of its elements."""
    codes = list(codes)
    return f"({', '.join(codes)}{',' if len(codes) == 1 else ''})"


def number(value):
    """Return the code of a number; a float32 reads as its author wrote it."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        return short(value)
    return repr(value)


def short(value):
    """Return the code of a float with the fewest digits that give the same float32."""
    return repr(float(str(np.float32(value)))) if np.float32(value) == value else repr(value)


def shape_comment(expression):
    """Return the shape for a comment, with symbols by name; empty for a scalar."""
    if not expression.shape:
        return ""
    return (
        "("
        + ", ".join(_size_comment(size) for size in expression.shape)
        + ("," if len(expression.shape) == 1 else "")
        + ")"
    )


def _size_comment(size):
    if dims.is_known(size):
        return str(size)
    return " * ".join(([str(size.factor)] if size.factor != 1 else []) + [symbol.name for symbol in size.symbols])
