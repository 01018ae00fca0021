"""Pattern matching on expressions.

A pattern is written like the expression it matches: `("add", ("matmul", "x", "kernel"), "bias")`. A string in an
argument's place is a variable: it matches any expression, and the same one wherever it occurs. A number matches a
constant of that value; a dict at the end gives required options. Commutative operations match in either order.
"""

from keras_port.translation.expressions.expression import number

_COMMUTATIVE = frozenset(("add", "multiply", "maximum", "minimum", "logical_and", "logical_or", "equal"))


def match(pattern, expression, found=None):
    """Match an expression against a pattern; returns {variable: expression}, or None where it does not match.

    `found` gives variables that are already bound.
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
