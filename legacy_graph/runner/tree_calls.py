"""Calls of our functions, for the syntax tree of a script."""

import ast

_NAME = "__legacy_graph_{}__"  # a name that a class body does not mangle


def builtin_names(functions):
    """Return {name: function}, renamed as `call` calls them."""
    return {_NAME.format(name): function for name, function in functions.items()}


def call(name, *arguments, at=None):
    """Return a call of our function `name`, at the place of node `at` or of the first argument.

    A starred first argument is returned as it is.
    """
    if isinstance(arguments[0], ast.Starred):
        return arguments[0]
    at = at or arguments[0]
    function = ast.copy_location(ast.Name(_NAME.format(name), ast.Load()), at)
    return ast.copy_location(ast.Call(function, list(arguments), []), at)
