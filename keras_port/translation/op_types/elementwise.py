"""Elementwise arithmetic, comparisons and activations; casts, selects and matrix products."""

import numpy as np

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims, shapes
from keras_port.translation.expressions.expression import as_sizes, number
from keras_port.translation.op_types.arrangement import reshape, transpose
from keras_port.translation.op_types.registry import OPS, translates


def _elementwise(name, dtype=None):
    def translate(x, node, *args):
        folded = _fold(x, name, args, dtype)
        if folded is not None:
            return folded
        return x.make(name, args, shapes.broadcast(*(arg.shape for arg in args)), dtype or args[0].dtype, node)

    return translate


_FOLDED = {  # computed at translation time where all arguments are constant
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "floor_divide": np.floor_divide,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "negative": np.negative,
    "mod": np.mod,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_not": np.logical_not,
    "sqrt": np.sqrt,
    "square": np.square,
    "exp": np.exp,
    "log": np.log,
    "power": np.power,
    "absolute": np.abs,
    "floor": np.floor,
}


def _fold(x, name, args, dtype):
    if all(arg.op == "constant" for arg in args) and name in _FOLDED:
        with np.errstate(all="ignore"):
            value = _FOLDED[name](*(arg.value for arg in args))
        return x.constant(value, dtype or args[0].dtype)
    if name == "multiply":
        for value, other in (args, args[::-1]):
            if value.op == "cast" and value.args[0].op == "size" and number(other) == 1:
                return value
    if (
        name in ("equal", "less_equal")
        and args[0].op == "cast"
        and args[0].args[0].op == "size"
        and number(args[1]) == 0
    ):
        return x.constant(False)  # no axis is empty
    if any(arg.op == "size" for arg in args) and all(arg.op in ("size", "constant") and arg.rank == 0 for arg in args):
        sizes = [as_sizes(arg)[0] for arg in args]
        if name == "multiply":
            return x.size(dims.product(sizes))
        if name == "floor_divide" and dims.quotient(*sizes) is not None:
            return x.size(dims.quotient(*sizes))
        if name in ("maximum", "minimum") and sizes[0] == sizes[1]:
            return args[0]
        if name == "maximum" and sizes[0] in (0, 1):
            return args[1]
        if name == "equal" and sizes[0] == sizes[1]:
            return x.constant(True)
    return None


_UNARY = {
    "Neg": "negative",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Rsqrt": "rsqrt",
    "Square": "square",
    "Abs": "absolute",
    "Sign": "sign",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Rint": "round",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Relu": "relu",
    "Relu6": "relu6",
    "Elu": "elu",
    "Selu": "selu",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Sin": "sin",
    "Cos": "cos",
    "Tan": "tan",
    "Asin": "arcsin",
    "Acos": "arccos",
    "Atan": "arctan",
    "Sinh": "sinh",
    "Cosh": "cosh",
    "Reciprocal": "reciprocal",
    "Inv": "reciprocal",
    "Erf": "erf",
    "Log1p": "log1p",
    "Expm1": "expm1",
    "LogicalNot": "logical_not",
    "StopGradient": "stop_gradient",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
}
_BINARY = {
    "Add": "add",
    "AddV2": "add",
    "BiasAdd": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "RealDiv": "divide",
    "FloorDiv": "floor_divide",
    "FloorMod": "mod",
    "Mod": "mod",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Pow": "power",
    "Atan2": "arctan2",
}
_TESTS = {
    "Equal": "equal",
    "NotEqual": "not_equal",
    "Less": "less",
    "LessEqual": "less_equal",
    "Greater": "greater",
    "GreaterEqual": "greater_equal",
    "LogicalAnd": "logical_and",
    "LogicalOr": "logical_or",
    "IsNan": "isnan",
    "IsInf": "isinf",
    "IsFinite": "isfinite",
}
_SAME = (
    "Identity",
    "Snapshot",
    "PreventGradient",
    "CheckNumerics",
    "EnsureShape",
    "Print",
    "Enter",
    "ReadVariableOp",
    "Exit",
    "RefIdentity",
    "ControlTrigger",
    "DeepCopy",
    "PlaceholderWithDefault",
    "RefEnter",
)
for _type, _name in {**_UNARY, **_BINARY}.items():
    OPS[_type] = _elementwise(_name)
for _type, _name in _TESTS.items():
    OPS[_type] = _elementwise(_name, "bool")


@translates(*_SAME)
def _same(x, node, value, *_):
    return value


@translates("BiasAdd", "BiasAddV1")
def _bias_add(x, node, value, bias):
    if node.get("data_format", "NHWC") == "NCHW" and value.rank > 2:
        raise CannotTranslate(f"{node}: data_format NCHW; expected channels last")
    return OPS["AddV2"](x, node, value, bias)


@translates("AddN")
def _add_n(x, node, *values):
    total = values[0]
    for value in values[1:]:
        total = OPS["AddV2"](x, node, total, value)
    return total


@translates("Div", "TruncateDiv")
def _div(x, node, a, b):
    return OPS["FloorDiv" if "int" in a.dtype else "RealDiv"](x, node, a, b)


@translates("DivNoNan")
def _div_no_nan(x, node, a, b):
    zero = x.constant(0, b.dtype)
    if b.op == "constant" and np.all(b.value != 0):
        return OPS["RealDiv"](x, node, a, b)
    is_zero = OPS["Equal"](x, node, b, zero)
    if is_zero.is_constant(0):
        return OPS["RealDiv"](x, node, a, b)
    safe = x.make("where", (is_zero, x.constant(1, b.dtype), b), b.shape, b.dtype)
    quotient = OPS["RealDiv"](x, node, a, safe)
    return x.make("where", (is_zero, zero, quotient), quotient.shape, a.dtype, node)


@translates("SquaredDifference")
def _squared_difference(x, node, a, b):
    return OPS["Square"](x, node, OPS["Sub"](x, node, a, b))


@translates("LeakyRelu")
def _leaky_relu(x, node, value):
    return x.make("leaky_relu", (value,), value.shape, None, node, negative_slope=float(node.get("alpha", 0.2)))


@translates("Cast")
def _cast(x, node, value):
    dtype = node["DstT"]
    if value.op == "constant":
        return x.constant(value.value.astype(dtype), dtype)
    if value.op in ("size", "sizes") and "int" in dtype:
        return value
    if value.dtype == dtype:
        return value
    return x.make("cast", (value,), value.shape, dtype, node)


@translates("Select", "SelectV2")
def _select(x, node, condition, a, b):
    if condition.op == "constant" and condition.rank == 0:
        return a if condition.value else b
    if node.op == "Select" and condition.rank == 1 and a.rank is not None and a.rank > 1:  # selects whole rows
        shape = (*condition.shape, *(1,) * (a.rank - 1))
        condition = reshape(x, condition, shape, node)
    return x.make("where", (condition, a, b), shapes.broadcast(condition.shape, a.shape, b.shape), a.dtype, node)


@translates("MatMul", "BatchMatMul", "BatchMatMulV2")
def _matmul(x, node, a, b):
    turn_a = node.get("transpose_a") or node.get("adj_x") or False
    turn_b = node.get("transpose_b") or node.get("adj_y") or False
    return x.make(
        "matmul",
        (_transposed(x, a, turn_a), _transposed(x, b, turn_b)),
        shapes.matmul(a.shape, b.shape, turn_a, turn_b),
        None,
        node,
    )


def _transposed(x, value, turn):
    if not turn:
        return value
    axes = [*range(value.rank - 2), value.rank - 1, value.rank - 2]
    return transpose(x, value, axes)
