"""Changes the arithmetic in a script's syntax tree into calls, so that numbers have numpy 1's types.

    a + b, a < b              one call, which asks whether one of the two is numpy's (old_promotion)
    x += b, x.y += b          x = call(x, b)
    x[i] += b, x.y.z += b     a call that reads the place once, before b is computed, as Python does
    sum(...)                  the same additions, one by one

Left alone: what is known to be text or a list; comparisons in chains, or with a small whole number; and in-place
changes of slices, where an array keeps its type anyhow.
"""

import ast
import builtins
import operator
from typing import Any

from legacy_graph.runner.old_promotion import ARITHMETIC, COMPARISONS, IN_PLACE, old_sum
from legacy_graph.runner.tree_calls import builtin_names, call

_DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.JoinedStr)


class _Item:
    """An element of a container that is read once, changed, and written back."""

    read: Any = staticmethod(operator.getitem)
    write: Any = staticmethod(operator.setitem)

    def __init__(self, container, index):
        self._place = container, index
        self._value = self.read(container, index)

    def change(self, name, operand):
        """Do the in-place operator of this name."""
        self.write(*self._place, IN_PLACE[name](self._value, operand))


class _Attribute(_Item):
    """The same for an attribute."""

    read, write = staticmethod(getattr), staticmethod(setattr)


def _sum_of(function):
    """Return numpy 1's sum where `sum` is Python's, or the script's own."""
    return old_sum if function is builtins.sum else function


FUNCTIONS = builtin_names(
    {
        **ARITHMETIC,
        **COMPARISONS,
        **{"InPlace" + name: function for name, function in IN_PLACE.items()},
        "item": _Item,
        "attribute": _Attribute,
        "sum_of": _sum_of,
    }
)


class OldArithmetic(ast.NodeTransformer):
    """Rewrites operators and `sum` in a syntax tree; the tree is changed in place."""

    def visit_BinOp(self, node):
        plain = _is_plain(node.left) or _is_plain(node.right) or _both_constants(node.left, node.right)
        self.generic_visit(node)
        name = type(node.op).__name__
        return node if plain or name not in ARITHMETIC else call(name, node.left, node.right, at=node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        right, name = node.comparators[0], type(node.ops[0]).__name__
        if (
            len(node.ops) > 1
            or name not in COMPARISONS
            or any(_is_plain(x) or _is_small(x) for x in (node.left, right))
        ):
            return node
        return call(name, node.left, right, at=node)

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        target, name = node.target, type(node.op).__name__
        if name not in IN_PLACE or _is_plain(node.value):
            return node
        if isinstance(target, ast.Name) or isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            change = call("InPlace" + name, _read(target), node.value, at=node)
            return ast.copy_location(ast.Assign([target], change), node)
        if isinstance(target, ast.Attribute):
            if target.attr.startswith("__"):  # a class mangles it
                return node
            place = call("attribute", target.value, ast.Constant(target.attr), at=node)
        elif _has_slice(target.slice):
            return node
        else:
            place = call("item", target.value, target.slice, at=node)
        change = ast.Call(ast.Attribute(place, "change", ast.Load()), [ast.Constant(name), node.value], [])
        return _at(ast.Expr(change), node)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "sum":
            node.func = call("sum_of", node.func)
        return node


def _is_plain(node):
    """Whether a node is text, or a list or the like, for sure: such operands are not numpy's."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        return _is_plain(node.left) or _is_plain(node.right)
    return (
        isinstance(node, _DISPLAYS)
        or isinstance(node, ast.Constant)
        and not isinstance(node.value, (int, float, complex))
    )


def _is_small(node):
    """Whether a node is a number that every type of float holds exactly: comparing with it was the same in numpy 1."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and abs(node.value) <= 2048


def _both_constants(left, right):
    return isinstance(left, ast.Constant) and isinstance(right, ast.Constant)


def _has_slice(index):
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return any(isinstance(part, (ast.Slice, ast.Starred)) for part in parts)


def _read(target):
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)


def _at(node, place):
    """Give a new node and its new children the place of an old one."""
    for child in ast.walk(node):
        if "lineno" in child._attributes and not hasattr(child, "lineno"):
            ast.copy_location(child, place)
    return node
