"""How a function of today's TensorFlow is replaced by another while TF 1 behaviour is on."""

import contextlib
import functools
import inspect

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

    A public function of TensorFlow is a plain one inside decorators, and has many names in
    many modules. The decorators hold the plain one in a closure cell: replacing it there
    reaches every name. What is not decorated has one name only.
    """
    decorated = getattr(owner, name)
    cells = _cells_of_plain_function(decorated)
    if cells:
        today = cells[0].cell_contents
        for cell in cells:
            cell.cell_contents = _in_graphs(today, ours)
        return lambda: [setattr(cell, "cell_contents", today) for cell in cells]
    setattr(owner, name, _in_graphs(decorated, ours))
    return lambda: setattr(owner, name, decorated)


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
