"""Restores behaviour of numpy 1 in a script's code, by small changes to its syntax tree.

numpy's array type is written in C and shared by all libraries of the process, so it is not changed.
What is changed is the code of the script, and of modules beside it, when Python compiles it:

    int(x), float(x), complex(x), math.sqrt(x), "%d" % x      x may be an array of one element
    a[i] = x                                                  the same
    x.tostring()                                              x.tobytes(), where x is numpy's
    x + 0.5, x < 0.5, x += 0.5, sum(x)                        types of results (`legacy_graph.runner.old_arithmetic`)

The functions called instead do what the script says, and something else only where today's numpy would
raise an error. Line numbers stay the same, and values that are not arrays pass through unchanged.
"""

import ast
import builtins
import contextlib
import importlib.machinery
import sys
import warnings

import numpy as np

from legacy_graph.runner import old_arithmetic, old_promotion
from legacy_graph.runner.tree_calls import builtin_names, call

_NUMBERS = ("int", "float", "complex")


class _OneElement(np.ndarray):
    """An array of one element that can be converted to a Python number."""

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __complex__(self):
        return complex(self.item())

    def __index__(self):
        return self.item().__index__()


_OneElement.__name__ = "array"  # what repr shows


def _number(x):
    """Return `x`, with arrays of one element converted to numbers, also in tuples."""
    if type(x) is np.ndarray and x.ndim and x.size == 1:
        return x.view(_OneElement)
    return tuple(map(_number, x)) if type(x) is tuple else x


def _set_item(value, container, index):
    """Do container[index] = value; an array's element may be assigned an array of one element."""
    try:
        container[index] = value
    except (TypeError, ValueError):
        if not (isinstance(container, np.ndarray) and isinstance(value, np.ndarray) and value.size == 1):
            raise
        container[index] = value.item()


def _bytes_method(x):
    """Return the method `tostring` of `x`, which is `tobytes` for today's numpy arrays and scalars."""
    return x.tobytes if isinstance(x, (np.ndarray, np.generic)) else x.tostring


_FUNCTIONS = builtin_names({"number": _number, "set_item": _set_item, "bytes_method": _bytes_method})
_FUNCTIONS.update(old_arithmetic.FUNCTIONS)


class _OldHabits(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Name) and function.id in _NUMBERS and len(node.args) == 1:
            node.args = [call("number", argument) for argument in node.args]
        elif isinstance(function, ast.Attribute) and function.attr == "tostring" and not node.args:
            node.func = call("bytes_method", function.value)
        elif isinstance(function, ast.Attribute) and _is_name(function.value, "math"):
            node.args = [call("number", argument) for argument in node.args]
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            node.right = call("number", node.right)
        return node

    def visit_Assign(self, node):
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript) or _has_slice(target.slice):
            return node
        change = call("set_item", node.value, target.value, target.slice, at=target)
        return ast.copy_location(ast.Expr(change), node)


def _is_name(node, name):
    return isinstance(node, ast.Name) and node.id == name


def _has_slice(index):
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return any(isinstance(part, (ast.Slice, ast.Starred)) for part in parts)


def compile_old(source, name, mode="exec"):
    """Compile source text or a syntax tree, with numpy 1's behaviour. Raises what `compile` raises."""
    tree = source if isinstance(source, ast.AST) else ast.parse(source, name, mode)
    for change in (_OldHabits(), old_arithmetic.OldArithmetic()):
        tree = change.visit(tree)
    return compile(tree, name, mode, dont_inherit=True)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with numpy 1's behaviour; writes no bytecode, which other processes would import."""

    def source_to_code(self, data, path, *, _optimize=-1):
        return compile_old(data, path)

    def path_stats(self, path):
        raise OSError("no cache")  # what importlib asks for before it reads one

    def set_data(self, path, data, *, _mode=0o666):
        """Write no cache."""


class _Finder:
    """A finder, before all others, for modules of old code."""

    def __init__(self, is_old):
        self._is_old = is_old

    def find_spec(self, name, path=None, target=None):
        """Return the spec that Python's path finder gives, with our loader; None for any other module."""
        if name.partition(".")[0] in sys.stdlib_module_names:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader:
            return None
        if not self._is_old(name, spec.origin):
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path)
        spec.cached = None
        return spec


@contextlib.contextmanager
def _warnings_name_the_script():
    """Context in which what numpy warns of in the script's arithmetic is shown with the script's line."""
    shown = warnings.showwarning

    def show(message, category, filename, lineno, file=None, line=None):
        if filename == old_promotion.__file__:
            frame = sys._getframe()
            while frame.f_back and frame.f_code.co_filename in (__file__, warnings.__file__, filename):
                frame = frame.f_back
            filename, lineno = frame.f_code.co_filename, frame.f_lineno
        shown(message, category, filename, lineno, file, line)

    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = shown


@contextlib.contextmanager
def old_habits(is_old):
    """Context in which modules with `is_old(name, file)`, and `compile_old`'s code, have numpy 1's behaviour."""
    finder = _Finder(is_old)
    vars(builtins).update(_FUNCTIONS)
    sys.meta_path.insert(0, finder)
    try:
        with _warnings_name_the_script():
            yield
    finally:
        sys.meta_path.remove(finder)
        for name in _FUNCTIONS:
            delattr(builtins, name)
