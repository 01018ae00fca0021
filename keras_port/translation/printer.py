"""Expressions as lines of Python: keras.ops and operators, short values inline, others under names."""

import numpy as np

from keras_port.translation import dims
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import walk

_INFIX = {  # operation: (operator, how tightly it binds)
    "less": ("<", 3),
    "less_equal": ("<=", 3),
    "greater": (">", 3),
    "greater_equal": (">=", 3),
    "add": ("+", 4),
    "subtract": ("-", 4),
    "multiply": ("*", 5),
    "divide": ("/", 5),
    "floor_divide": ("//", 5),
    "mod": ("%", 5),
    "power": ("**", 7),
}
_ATOM = 9
_PLAIN = frozenset(
    (  # ops.NAME(args, **options), as they are
        "exp",
        "log",
        "sqrt",
        "rsqrt",
        "square",
        "absolute",
        "sign",
        "floor",
        "ceil",
        "round",
        "tanh",
        "sigmoid",
        "relu",
        "relu6",
        "elu",
        "selu",
        "softplus",
        "softsign",
        "sin",
        "cos",
        "tan",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "reciprocal",
        "erf",
        "log1p",
        "expm1",
        "logical_not",
        "logical_and",
        "logical_or",
        "stop_gradient",
        "maximum",
        "minimum",
        "arctan2",
        "equal",
        "not_equal",
        "isnan",
        "isinf",
        "isfinite",
        "where",
        "matmul",
        "take",
        "leaky_relu",
        "argmax",
        "argmin",
        "cumsum",
        "cumprod",
        "transpose",
        "flip",
        "pad",
        "top_k",
        "tile",
    )
)
_REDUCTIONS = frozenset(("sum", "mean", "max", "min", "prod", "all", "any"))
_LONGEST = 72  # a value longer than this gets a line and a name
LARGEST = 400  # elements of an array that is written out


class Printer:
    """Writes expressions as statements.

    Args:
      names: names.Names, for new variables.
      leaf: function of an expression without arguments (an input, a weight, a state ...) or one that is
        no plain operation; returns its code, a list of names where it has several results, or None where it
        is an operation like others.
    """

    def __init__(self, names, leaf, indent="    "):
        self.names, self.leaf, self.indent = names, leaf, indent
        self.lines, self._code = [], {}
        self._node = None  # of the expression that is written, for messages

    def assign(self, name, code, comment=""):
        """Add the line `name = code`."""
        self.lines.append((f"{self.indent}{name} = {code}", comment))

    def name(self, expression, name):
        """Let an expression be called `name` from here on."""
        self._code[id(expression)] = (name, _ATOM)

    def known(self):
        """The ids of the expressions that have code."""
        return set(self._code)

    def print(self, roots, uses):
        """Add the lines that compute `roots`; `uses` counts the readers of each expression by id."""
        for expression in walk(*roots, known=self.known()):
            self._node = expression.node or self._node
            own = self.leaf(self, expression)
            if own is not None:  # a name, or a list of names: one for each result
                self._code[id(expression)] = (own, _ATOM)
                continue
            code, binding = self._expression(expression)
            if code is None:
                continue
            repeated = uses.get(id(expression), 0) > 1 and expression.args
            is_long = len(code) > _LONGEST and expression.op not in ("constant", "size")
            if (repeated or is_long) and not code.isidentifier():
                name = self.names.unique(_short_name(expression))
                self.assign(name, code, shape_comment(expression))
                code, binding = name, _ATOM
            self._code[id(expression)] = (code, binding)

    def code(self, expression, least=0):
        """Return the code of a printed expression, in parentheses where it binds less tightly than `least`."""
        code, binding = self._code[id(expression)]
        return f"({code})" if binding < least else code

    def _expression(self, expression):
        op, args, options = expression.op, expression.args, expression.options
        if op == "split":
            parts = [self.names.unique(f"part_{n}") for n in range(options["count"])]
            self.assign(
                ", ".join(parts), f"ops.split({self.code(args[0])}, {options['count']}, axis={options['axis']})"
            )
            self._code[id(expression)] = (parts, _ATOM)
            return None, _ATOM
        if op == "item" and isinstance(self._code.get(id(args[0]), ("",))[0], list):
            return self._code[id(args[0])][0][options["number"]], _ATOM
        if op == "item":
            return f"{self.code(args[0], _ATOM)}[{options['number']}]", _ATOM
        if op == "constant":
            return self.constant(expression)
        if op == "size":
            ones = self.ones(options["size"], "int32")
            return (f"ops.sum({ones})" if ones else self.size(options["size"])), _ATOM
        if op == "sizes":
            return _tuple(map(self.size, options["sizes"])), _ATOM
        if op in _INFIX:
            return self._infix(expression)
        if op == "negative":
            return f"-{self.code(args[0], 6)}", 6
        if op in _REDUCTIONS:
            axis = "" if options["axis"] is None else f", axis={options['axis']}"
            return f"ops.{op}({self.code(args[0])}{axis}{', keepdims=True' if options['keepdims'] else ''})", _ATOM
        if op in _PLAIN:
            written = [self.code(arg) for arg in args]
            written += [f"{key}={self._option(value)}" for key, value in options.items()]
            return f"ops.{op}({', '.join(written)})", _ATOM
        function = getattr(self, "_" + op, None)
        if function is None:
            raise CannotTranslate(f"{expression.node or op}: {op} cannot be written in keras.ops here")
        written = function(expression)
        return written if isinstance(written, tuple) else (written, _ATOM)

    def _option(self, value):
        if isinstance(value, dims.Size):
            return self.size(value)
        if isinstance(value, tuple):
            return _tuple(map(self._option, value))
        return short(value) if isinstance(value, float) else repr(value)

    def _infix(self, expression):
        operator, binding = _INFIX[expression.op]
        left, right = expression.args
        is_array = (
            left.op == "constant" and left.rank or left.op in ("arange", "full")
        )  # it would do the operation itself
        if is_array or all(arg.op in ("constant", "size", "setting") for arg in expression.args) and binding < 4:
            return f"ops.{expression.op}({self.code(left)}, {self.code(right)})", _ATOM
        right_least = binding if expression.op in ("add", "multiply") and right.op == expression.op else binding + 1
        return f"{self.code(left, binding)} {operator} {self.code(right, right_least)}", binding

    def constant(self, expression):
        """Return (code, binding) of a constant."""
        value = expression.value
        if value.dtype == object or value.dtype.kind in "SU":
            raise CannotTranslate(f"{expression.node}: a string")
        if value.ndim == 0:
            written = number(value.item())
            return written, 6 if written.startswith("-") else _ATOM
        if value.size and np.all(value == value.flat[0]) and value.size > 1:
            return f'ops.full({tuple(value.shape)}, {number(value.flat[0].item())}, "{expression.dtype}")', _ATOM
        if value.size > LARGEST:
            raise CannotTranslate(
                f"{expression.node}: a constant of {value.size} numbers, too long to be written out; "
                "expected a variable"
            )
        if value.dtype.kind == "f":
            text = np.array2string(value, separator=", ", floatmode="unique", threshold=10**6, max_line_width=10**6)
            return f'np.array({" ".join(text.split())}, "{expression.dtype}")', _ATOM
        return f'np.array({value.tolist()}, "{expression.dtype}")', _ATOM

    def size(self, size):
        """Return a size as a number; what the script left open but always fed alike is fixed to that."""
        if dims.is_known(size):
            return str(size)
        if size.value is None:
            raise CannotTranslate(f"{self._node or 'the model'}: computes a shape of a size that varies ({size})")
        for symbol in size.symbols:
            symbol.is_fixed = True
        return str(size.value)

    def ones(self, size, dtype):
        """Return the code of a vector of as many ones as a size that is only one symbol, or None."""
        if len(size.symbols) != 1 or size.factor != 1:
            return None
        symbol, all_of_it = size.symbols[0], ":"
        if symbol.base is not None and symbol.offset < 0 and len(symbol.base.symbols) == 1 and symbol.base.factor == 1:
            symbol, all_of_it = symbol.base.symbols[0], f"{-symbol.offset}:"
        if symbol.origin is None:
            return None
        expression, axis = symbol.origin
        if id(expression) not in self._code or expression.rank is None:
            return None
        index = ", ".join(all_of_it if place == axis else "0" for place in range(expression.rank))
        index += ", ..." if expression.rank == 1 and index != ":" else ""
        read = self.code(expression, _ATOM) + (f"[{index}]" if index != ":" else "")
        return f'ops.ones_like({read}, dtype="{dtype}")'

    def target(self, sizes):
        """Return the code of a shape to reshape to: -1 for the one size that is not known."""
        unknown = [place for place, size in enumerate(sizes) if not dims.is_known(size)]
        written = [("-1" if place in unknown[:1] else self.size(size)) for place, size in enumerate(sizes)]
        return f"({', '.join(written)}{',' if len(written) == 1 else ''})"

    def _reshape(self, expression):
        source, sizes = expression.args[0].shape, expression.options["sizes"]
        unknown = [size for size in sizes if not dims.is_known(size)]
        if len(unknown) > 1 and any(size.value is None for size in unknown) and source is not None:
            if [size for size in source if size != 1] == [size for size in sizes if size != 1]:
                return self._with_axes_of_one(self.code(expression.args[0]), source, sizes)
        return f"ops.reshape({self.code(expression.args[0])}, {self.target(expression.options['sizes'])})"

    def _with_axes_of_one(self, code, source, sizes):
        """Take axes of one element out, and put others in: no size need be known for that."""
        gone = [axis for axis, size in enumerate(source) if size == 1]
        new = [axis for axis, size in enumerate(sizes) if size == 1]
        if gone:
            code = f"ops.squeeze({code}, axis={gone[0] if len(gone) == 1 else tuple(gone)})"
        if new:
            code = f"ops.expand_dims({code}, axis={new[0] if len(new) == 1 else tuple(new)})"
        return code

    def _getitem(self, expression):
        items = expression.options["index"]
        index = ", ".join(map(self._index, items))
        if len(items) == 1 and isinstance(items[0], slice):
            index += ", ..."  # Keras takes no slice alone
        return f"{self.code(expression.args[0], _ATOM)}[{index}]"

    def _index(self, item):
        if item is Ellipsis:
            return "..."
        if isinstance(item, slice):
            parts = ["" if part is None else self.size(part) for part in (item.start, item.stop)]
            return ":".join(parts) + (f":{item.step}" if item.step not in (None, 1) else "")
        return str(item)

    def _concatenate(self, expression):
        return f"ops.concatenate([{', '.join(map(self.code, expression.args))}], axis={expression.options['axis']})"

    def _stack(self, expression):
        return f"ops.stack([{', '.join(map(self.code, expression.args))}], axis={expression.options['axis']})"

    def _cast(self, expression):
        if expression.args[0].op == "size":
            ones = self.ones(expression.args[0].options["size"], expression.dtype)
            if ones:
                return f"ops.sum({ones})"
        return f'ops.cast({self.code(expression.args[0])}, "{expression.dtype}")'

    def _one_hot(self, expression):
        options = expression.options
        return f'ops.one_hot({self.code(expression.args[0])}, {options["classes"]}, dtype="{expression.dtype}")'

    def _softmax(self, expression):
        return f"ops.softmax({self.code(expression.args[0])})"

    def _log_softmax(self, expression):
        return f"ops.log_softmax({self.code(expression.args[0])})"

    def _full(self, expression):
        first, *rest = expression.shape
        ones = None if dims.is_known(first) or not all(map(dims.is_known, rest)) else self.ones(first, expression.dtype)
        value = self.code(expression.args[0], 5)
        if ones is None:
            return f'ops.full({_tuple(map(self.size, expression.shape))}, {value}, "{expression.dtype}")'
        if not rest:
            return f"{ones} * {value}", 5
        index = ", ".join([":", *["None"] * len(rest)])
        return f'{ones}[{index}] * ops.full({(1, *rest)}, {value}, "{expression.dtype}")', 5

    def _in_batch(self, expression):
        ones = self.ones(expression.shape[0], expression.dtype)
        value = self.code(expression.args[0], 5)
        index = f"[{', '.join([':', *['None'] * (expression.rank - 1)])}]" if expression.rank > 1 else ""
        return (value, 5) if ones is None else (f"{ones}{index} * {value}", 5)

    def _broadcast_to(self, expression):
        return f"ops.broadcast_to({self.code(expression.args[0])}, {_tuple(map(self.size, expression.shape))})"

    def _repeat_steps(self, expression):
        return f"ops.repeat({self.code(expression.args[0])}, {self.size(expression.options['steps'])}, axis=1)"

    def _count(self, size):
        """Return the code of 0, 1, ... up to a size, also one that varies from batch to batch."""
        if dims.is_known(size) or size.value is not None:
            return f"ops.arange({self.size(size)})"
        ones = self.ones(size, "int32")
        if ones is None:
            raise CannotTranslate(f"{self._node or 'the model'}: computes a shape of a size that varies ({size})")
        return f"(ops.cumsum({ones}) - 1)"

    def _arange(self, expression):
        if len(expression.args) == 1 and expression.args[0].op == "size":
            return self._count(expression.args[0].options["size"])
        limits = [self.size(arg.options["size"]) if arg.op == "size" else self.code(arg) for arg in expression.args]
        return f"ops.arange({', '.join(limits)})"

    def _zeros_sequence(self, expression):
        batch = self.code(expression.args[0])
        return f"ops.zeros((ops.shape({batch})[0], {self.size(expression.options['steps'])}, 1))"

    def _sequence_mask(self, expression):
        lengths = expression.args[0]
        return (
            f"{self.code(lengths, _ATOM)}[:, None] > {self._count(expression.options['steps'])}[None, :]",
            3,
        )

    def _arange_longest(self, expression):
        return f"ops.arange(ops.max({self.code(expression.args[0])}))"

    def _reverse_sequence(self, expression):
        value, lengths = expression.args
        axes = expression.options["batch_axis"], expression.options["seq_axis"]
        if axes != (0, 1) or value.rank not in (2, 3):
            raise CannotTranslate(
                f"{expression.node}: reverses axis {axes[1]} of {value.rank}; expected axis 1 of 2 or 3"
            )
        count = f"{self._count(value.shape[1])}[None, :]"
        last = f"{self.code(lengths, _ATOM)}[:, None] - 1"
        index = f"ops.where({last} >= {count}, {last} - {count}, {count})"
        if value.rank == 3:
            index = f"ops.expand_dims({index}, axis=2)"
        return f"ops.take_along_axis({self.code(value)}, {index}, axis=1)"

    def _softmax_cross_entropy(self, expression):
        logits, labels = map(self.code, expression.args)
        return f"ops.categorical_crossentropy({labels}, {logits}, from_logits=True)"

    def _sparse_softmax_cross_entropy(self, expression):
        logits, labels = map(self.code, expression.args)
        return f"ops.sparse_categorical_crossentropy({labels}, {logits}, from_logits=True)"

    def _sigmoid_cross_entropy(self, expression):
        logits, labels = map(self.code, expression.args)
        return f"ops.binary_crossentropy({labels}, {logits}, from_logits=True)"

    def _conv(self, expression):
        value, kernel = map(self.code, expression.args)
        options = expression.options
        rate = "" if options["dilation_rate"] == (1, 1) else f", dilation_rate={options['dilation_rate']}"
        return f'ops.conv({value}, {kernel}, strides={options["strides"]}, padding="{options["padding"]}"{rate})'

    def _depthwise_conv(self, expression):
        return self._conv(expression).replace("ops.conv(", "ops.depthwise_conv(", 1)

    def _max_pool(self, expression):
        options = expression.options
        return (
            f"ops.{expression.op}({self.code(expression.args[0])}, {options['pool_size']}, "
            f'strides={options["strides"]}, padding="{options["padding"]}")'
        )

    _average_pool = _max_pool

    def _step_of_each(self, expression):
        sequence, steps = map(self.code, expression.args)
        return f"ops.take_along_axis({sequence}, ops.reshape({steps}, (-1, 1, 1)), axis=1)[:, 0]"

    def _number_of_each(self, expression):
        value, index = map(self.code, expression.args)
        axis = expression.args[1].rank
        index = f"ops.expand_dims({index}, axis={axis})"
        return f"ops.squeeze(ops.take_along_axis({value}, {index}, axis={axis}), axis={axis})"

    def _gather_pairs(self, expression):
        values, pairs = map(self.code, expression.args)
        columns = expression.args[0].shape[1]
        rest = "".join(f", {self.size(size)}" for size in expression.args[0].shape[2:])
        flat = f"ops.reshape({values}, (-1{rest}{',' if not rest else ''}))"
        return f"ops.take({flat}, {pairs}[:, 0] * {self.size(columns)} + {pairs}[:, 1], axis=0)"

    def _cond(self, expression):
        condition, true, false = expression.args
        return f"ops.where({self.code(condition)}, {self.code(true)}, {self.code(false)})"


def _tuple(codes):
    codes = list(codes)
    return f"({', '.join(codes)}{',' if len(codes) == 1 else ''})"


def number(value):
    """Write a number: a float32 with the digits that its author wrote."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return f'float("{value}")'
        return short(value)
    return repr(value)


def short(value):
    """Write a float with the fewest digits that make the same float32."""
    return repr(float(str(np.float32(value)))) if np.float32(value) == value else repr(value)


def _short_name(expression):
    return {
        "matmul": "product",
        "add": "total",
        "concatenate": "joined",
        "sequence_mask": "mask",
        "softmax": "weights",
        "getitem": "part",
        "reshape": "rows",
    }.get(expression.op, expression.op)


def shape_comment(expression):
    """Return the shape as a comment says it, the batch by name."""
    if not expression.shape:
        return ""
    return (
        "("
        + ", ".join(_size_comment(size) for size in expression.shape)
        + ("," if len(expression.shape) == 1 else "")
        + ")"
    )


def _size_comment(size):
    if dims.is_known(size):
        return str(size)
    return " * ".join(([str(size.factor)] if size.factor != 1 else []) + [symbol.name for symbol in size.symbols])
