"""Matching expressions against patterns.

A pattern is written as the expression looks: `("add", ("matmul", "x", "kernel"), "bias")`. A string at an
argument's place is a variable, which matches anything, and the same thing each time; a number matches a
constant of that value; a dict at the end names options. Additions and the like match in either order.
"""

from keras_port.translation.expressions.expression import number

_COMMUTATIVE = frozenset(("add", "multiply", "maximum", "minimum", "logical_and", "logical_or", "equal"))


def match(pattern, expression, found=None):
    """Return {variable: expression} where `expression` is of this pattern, else None.

    `found` holds what variables already stand for.
    """
    return next(_matches(pattern, expression, found or {}), None)


def _matches(pattern, expression, found):
    if isinstance(pattern, str):
        if found.get(pattern, expression) is expression:
            yield {**found, pattern: expression}
    elif isinstance(pattern, (int, float)):
        if number(expression) is not None and abs(number(expression) - pattern) <= 1e-6 * max(1, abs(pattern)):
            yield found
    else:
        op, *args = pattern
        options = args.pop() if isinstance(args[-1], dict) else {}
        if expression.op != op or len(args) != len(expression.args):
            return
        if any(expression.options.get(name) != value for name, value in options.items()):
            return
        orders = [expression.args]
        if op in _COMMUTATIVE and len(args) == 2:
            orders.append(expression.args[::-1])
        for order in orders:
            yield from _all(args, order, found)


def _all(patterns, expressions, found):
    if not patterns:
        yield found
        return
    for more in _matches(patterns[0], expressions[0], found):
        yield from _all(patterns[1:], expressions[1:], more)
