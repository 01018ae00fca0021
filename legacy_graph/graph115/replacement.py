"""Replaces functions of today's TensorFlow while TF 1 behaviour is on."""

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable

from legacy_graph import internals
from legacy_graph.graph115.drift import check_functions, check_gradients
from legacy_graph.shared import shared

FUNCTIONS: dict[tuple, Callable] = {}  # (owner, name) -> our function, which takes today's as its first argument
GRADIENTS: dict[str, Callable] = {}  # op type -> our gradient function, likewise


def replaces(owner, name):
    """Decorate `ours(today, *args)`, which `owner.name(*args)` calls while TF 1 behaviour is on."""

    def register(ours):
        FUNCTIONS[owner, name] = ours
        return ours

    return register


def replaces_gradient(*op_types):
    """Decorate `ours(today, op, *grads)`: the gradient of these op types while TF 1 behaviour is on."""

    def register(ours):
        GRADIENTS.update(dict.fromkeys(op_types, ours))
        return ours

    return register


@shared
def replaced():
    """Replace every registered function; restore today's when the context ends.

    Raises DriftError where today's TensorFlow differs from what a registered function was written for.
    """
    check_functions(FUNCTIONS)
    check_gradients(GRADIENTS)
    with contextlib.ExitStack() as stack:
        for (owner, name), ours in FUNCTIONS.items():
            stack.callback(replace_function(owner, name, ours))
        for op_type, ours in GRADIENTS.items():
            stack.callback(_replace_gradient(op_type, ours))
        yield


def replace_function(owner, name, ours):
    """Replace `owner.name` by `ours`; return a function that restores it."""
    cells, holders = _places_of(owner, name)
    before = cells[0].cell_contents if cells else getattr(holders[0], name)

    def put(function):
        for cell in cells:
            cell.cell_contents = function
        for holder in holders:
            setattr(holder, name, function)

    put(_in_graphs(before, ours))
    return lambda: put(before)


@functools.cache
def _places_of(owner, name):
    """Return all places of the function `owner.name`: closure cells, and holders.

    A public function of TensorFlow has many names in many modules. Most are decorated functions, whose
    decorator holds the plain function in a closure cell. A holder is a class or module that has the plain
    function itself as an attribute.
    """
    decorated = getattr(owner, name)
    plain = inspect.unwrap(decorated)
    cells, wrappers = [], [decorated]
    for wrapper in wrappers:
        for cell in getattr(wrapper, "__closure__", None) or ():
            if cell.cell_contents is plain:
                cells.append(cell)
            elif inspect.isfunction(cell.cell_contents) and cell.cell_contents not in wrappers:
                wrappers.append(cell.cell_contents)
    holders = [holder for holder in _possible_holders(owner) if vars(holder).get(name) is plain]
    if not cells and owner not in holders:  # a decorator without a closure cell for it
        holders = [owner]
    return cells, holders


def _possible_holders(owner):
    if inspect.isclass(owner):
        return [owner]
    modules = ((path, module) for path, module in list(sys.modules.items()) if inspect.ismodule(module))
    return [module for path, module in modules if path.partition(".")[0] in ("tensorflow", "tf_keras")]


def _replace_gradient(op_type, ours):
    entry = internals.ops.gradient_registry._registry[op_type]
    today = entry["type"]
    entry["type"] = _in_graphs(today, ours)
    return lambda: entry.update(type=today)


def _in_graphs(today, ours):
    """Return a function that calls `ours` while a graph is built, `today` when executing eagerly."""

    @functools.wraps(today)
    def replacing_function(*args, **kwargs):
        if internals.context.executing_eagerly():
            return today(*args, **kwargs)
        return ours(today, *args, **kwargs)

    return replacing_function
