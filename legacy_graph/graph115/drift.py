"""Checks that today's functions still have the signatures that our replacements were written for.

A replacement has the parameters of the function that it replaces. When TensorFlow renames, moves or reorders
one, building a graph would fail halfway; so all are checked before the first graph is built.
"""

import functools
import inspect

import tensorflow as tf

from legacy_graph import internals

TESTED = "2.21"  # the minor version of TensorFlow that the replacements were written for


class DriftError(RuntimeError):
    """The installed TensorFlow differs from the version that legacy_graph's replacements were written for."""


def check_functions(functions):
    """Compare {(owner, name): our function}; raise DriftError that names all differences."""
    _refuse([found for (owner, name), ours in functions.items() if (found := _function_drift(owner, name, ours))])


def check_gradients(gradients):
    """Check that each op type of {op type: our function} exists and has a gradient; raise DriftError."""
    registry = internals.ops.gradient_registry.list()
    _refuse([f"op {op_type} has no gradient" for op_type in gradients if op_type not in registry])


def _refuse(found):
    if found:
        raise DriftError(
            f"TensorFlow {tf.__version__} differs from {TESTED}, with which legacy_graph was tested: "
            f"{'; '.join(found)}. Install tensorflow~={TESTED}.0 and tf-keras~={TESTED}.0."
        )


@functools.cache
def _function_drift(owner, name, ours):
    """Return how today's `owner.name` differs, as text; None where it does not."""
    path = f"{getattr(owner, '__module__', None) or ''}.{owner.__name__}.{name}".lstrip(".")
    today = getattr(owner, name, None)
    if today is None:
        return f"{path} is gone"
    expected = list(inspect.signature(ours).parameters.values())[1:]  # without `today`
    actual = list(inspect.signature(inspect.unwrap(today)).parameters.values())
    if inspect.isclass(owner):  # the name of `self` does not matter
        expected, actual = expected[1:] if not _is_star(expected[0]) else expected, actual[1:]
    named = [parameter.name for parameter in expected if not _is_star(parameter)]
    names = [parameter.name for parameter in actual]
    is_whole = not any(map(_is_star, expected))
    leading = [parameter.name for parameter in expected if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    if names[: len(leading)] != leading or not set(named) <= set(names) or is_whole and names != named:
        rest = "" if is_whole else ", ..."
        return f"{path} has the parameters ({', '.join(names)}), expected ({', '.join(named)}{rest})"
    return None


def _is_star(parameter):
    return parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
