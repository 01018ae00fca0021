"""numpy 1's types of results, for arithmetic in a script's code.

    np.float32(0.1) + 0.5                    float64; today's numpy says float32
    0.0 + np.float32(0.1)                    float64, and so sum() of float32 numbers
    np.uint8(200) + 100                      int64, 300; today it overflows
    np.float32([0.1]) * np.float64(0.5)      float32; today float64

In numpy 1 a Python number had the type of a numpy number, and beside an array, numbers counted by their value, not
their type (NEP 50 ended that). Here operands are converted so that today's rules give the old type. Only operands that
are numpy's own numbers and arrays, or Python's numbers, are ever converted.
"""

import builtins
import operator

import numpy as np

_NUMPY = frozenset(
    {np.ndarray, *(np.dtype(code).type for code in np.typecodes["All"] if np.dtype(code).kind in "biufc")}
)
_PYTHON = frozenset({bool, int, float, complex})
_NUMBERS = _NUMPY | _PYTHON
_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 2}


def promoted(a, b):
    """Return the two operands, converted so that today's numpy gives the result numpy 1 gave."""
    if type(a) not in _NUMBERS or type(b) not in _NUMBERS or type(a) is type(b) is not np.ndarray:
        return a, b
    a_is_array, b_is_array = np.ndim(a) > 0, np.ndim(b) > 0
    if a_is_array:
        return (a, b) if b_is_array else (a, _beside_array(b, a.dtype))
    if b_is_array:
        return _beside_array(a, b.dtype), b
    return _beside_number(a, b), _beside_number(b, a)


def _beside_number(number, other):
    """Return a Python number as numpy's; beside an int too large for numpy, a numpy integer as Python's."""
    if type(number) in _PYTHON:
        array = np.asarray(number)
        return number if array.dtype == object else array[()]
    huge = type(other) is int and np.asarray(other).dtype == object
    return number.item() if huge and number.dtype.kind in "iu" else number


def _beside_array(number, array_type):
    """Return `number` so that the result beside an array of this type has numpy 1's type."""
    own_type = np.asarray(number).dtype
    if own_type.kind not in _CATEGORY or array_type.kind not in _CATEGORY:
        return number
    result = _result_type(number, own_type, array_type)
    if type(number) in _PYTHON and result == array_type:
        return number  # today's rule, too, and arrays have shortcuts for it: x ** 2
    return result.type(number)


def _result_type(number, own_type, array_type):
    if _CATEGORY[own_type.kind] > _CATEGORY[array_type.kind]:
        return np.promote_types(own_type, array_type)
    smallest = np.min_scalar_type(number)
    signed = np.dtype(smallest.name.lstrip("u")) if smallest.kind == "u" else None
    if signed and array_type.kind != "u" and number <= np.iinfo(signed).max:
        smallest = signed  # 100 is an int8 beside signed numbers
    return np.promote_types(smallest, array_type)


def _old(operation, convert):
    """Return the operation with numpy's operands converted first."""

    def old(a, b):
        if type(a) in _NUMPY or type(b) in _NUMPY:
            a, b = convert(a, b)
        return operation(a, b)

    return old


def _promoted_to_compare(a, b):
    """As `promoted`; integers are left alone, for today's numpy compares them by value."""
    both = promoted(a, b)
    return both if any(np.asarray(x).dtype.kind in "fc" for x in both if type(x) in _NUMBERS) else (a, b)


def old_sum(iterable, /, start=0):
    """Add up like the builtin `sum`; each addition gives numpy 1's type."""
    if isinstance(iterable, (list, tuple)) and _NUMPY.isdisjoint(map(type, iterable)):
        return builtins.sum(iterable, start)
    total = start
    for item in iterable:
        total = ARITHMETIC["Add"](total, item)
    return total


# By the name of the operator in a syntax tree.
_OPERATORS = {
    "Add": "add",
    "Sub": "sub",
    "Mult": "mul",
    "Div": "truediv",
    "FloorDiv": "floordiv",
    "Mod": "mod",
    "Pow": "pow",
    "LShift": "lshift",
    "RShift": "rshift",
    "BitAnd": "and_",
    "BitOr": "or_",
    "BitXor": "xor",
}
ARITHMETIC = {name: _old(getattr(operator, function), promoted) for name, function in _OPERATORS.items()}
IN_PLACE = {
    name: _old(getattr(operator, "i" + function.rstrip("_")), promoted) for name, function in _OPERATORS.items()
}
COMPARISONS = {
    name: _old(getattr(operator, function), _promoted_to_compare)
    for name, function in (("Lt", "lt"), ("LtE", "le"), ("Gt", "gt"), ("GtE", "ge"), ("Eq", "eq"), ("NotEq", "ne"))
}
