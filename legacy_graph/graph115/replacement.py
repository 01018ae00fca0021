"""How a function of today's TensorFlow is replaced by another while TF 1 behaviour is on."""

import contextlib
import functools
import inspect
import sys

from legacy_graph import internals

FUNCTIONS = {}  # (owner, name) -> our function, which takes today's as its first argument
GRADIENTS = {}  # op type -> our gradient function, likewise
_depth = 0


def replaces(owner, name):
    """Decorate `ours(today, *args)`: what `owner.name(*args)` calls while TF 1 behaviour is on."""

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


@contextlib.contextmanager
def replaced():
    """Put every registered function in its place, and today's back afterwards.

    Yields whether this did it: inside another such context, nothing is left to do.
    """
    global _depth
    is_outermost = not _depth
    with contextlib.ExitStack() as stack:
        if is_outermost:
            for (owner, name), ours in FUNCTIONS.items():
                stack.callback(replace_function(owner, name, ours))
            for op_type, ours in GRADIENTS.items():
                stack.callback(_replace_gradient(op_type, ours))
        _depth += 1
        stack.callback(_leave)
        yield is_outermost


def _leave():
    global _depth
    _depth -= 1


def replace_function(owner, name, ours):
    """Replace, and return the function that puts today's back.

    A public function of TensorFlow has many names in many modules. Most are a plain function inside
    decorators, which hold it in a closure cell: replacing it there reaches every name. Where a
    module has the plain function itself, the module's attribute is replaced.
    """
    today = inspect.unwrap(getattr(owner, name))
    cells, holders = _cells_of_plain_function(getattr(owner, name)), _holders(owner, name, today)
    if not (cells or holders):
        today, holders = getattr(owner, name), [owner]
    new = _in_graphs(today, ours)

    def put(function):
        for cell in cells:
            cell.cell_contents = function
        for holder in holders:
            setattr(holder, name, function)

    put(new)
    return lambda: put(today)


@functools.lru_cache(None)
def _cells_of_plain_function(decorated):
    plain = inspect.unwrap(decorated)
    cells, wrappers = [], [decorated]
    for wrapper in wrappers:
        for cell in getattr(wrapper, "__closure__", None) or ():
            if cell.cell_contents is plain:
                cells.append(cell)
            elif inspect.isfunction(cell.cell_contents) and cell.cell_contents not in wrappers:
                wrappers.append(cell.cell_contents)
    return cells


@functools.lru_cache(None)
def _holders(owner, name, plain):
    """The class, or the loaded modules of TensorFlow and tf_keras, that have the plain function under its name."""
    modules = [
        module
        for path, module in list(sys.modules.items())
        if inspect.ismodule(module) and path.partition(".")[0] in ("tensorflow", "tf_keras")
    ]
    owners = modules if inspect.ismodule(owner) else [owner]
    return [holder for holder in owners if vars(holder).get(name) is plain]


def _replace_gradient(op_type, ours):
    entry = internals.ops.gradient_registry._registry[op_type]
    today = entry["type"]
    entry["type"] = _in_graphs(today, ours)
    return lambda: entry.update(type=today)


def _in_graphs(today, ours):
    """Call `ours` while a graph is built, `today` when executing eagerly."""

    @functools.wraps(today)
    def replacing_function(*args, **kwargs):
        if internals.context.executing_eagerly():
            return today(*args, **kwargs)
        return ours(today, *args, **kwargs)

    return replacing_function
