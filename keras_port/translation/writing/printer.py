"""Writes expressions as Python statements in keras.ops and operators; long or repeated values get a variable."""

import numpy as np

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import walk
from keras_port.translation.writing.keras_ops import INFIX, PLAIN, REDUCTIONS, WRITTEN
from keras_port.translation.writing.literals import ATOM, number, shape_comment, short, tuple_of

_LONGEST = 72  # characters; a longer value gets its own variable
LARGEST = 400  # elements of an array literal


class Printer:
    """Writes expressions as statements.

    Args:
      names: a names.Names, for new variables.
      leaf: function (printer, expression) for inputs, weights, states, layers and the like. Returns the code, a list of
        names where there are several results, or None where the expression is an ordinary operation.
      indent: indentation of the statements.

    Attributes:
      lines: [(code, comment)].
    """

    def __init__(self, names, leaf, indent="    "):
        self.names, self.leaf, self.indent = names, leaf, indent
        self.lines, self._code = [], {}
        self.node = None  # of the expression being written, for messages

    def assign(self, name, code, comment=""):
        """Add the line `name = code`."""
        self.lines.append((f"{self.indent}{name} = {code}", comment))

    def name(self, expression, name):
        """Refer to an expression by `name` from here on."""
        self._code[id(expression)] = (name, ATOM)

    def known(self):
        """Return the ids of the expressions that already have code."""
        return set(self._code)

    def print(self, roots, uses):
        """Add the lines that compute `roots`; `uses` is {id of an expression: number of its readers}."""
        for expression in walk(*roots, known=self.known()):
            self.node = expression.node or self.node
            own = self.leaf(self, expression)
            if own is not None:  # a name, or a list of names, one per result
                self._code[id(expression)] = (own, ATOM)
                continue
            code, binding = self._expression(expression)
            if code is None:
                continue
            repeated = uses.get(id(expression), 0) > 1 and expression.args
            is_long = len(code) > _LONGEST and expression.op not in ("constant", "size")
            if (repeated or is_long) and not code.isidentifier():
                name = self.names.unique(_short_name(expression))
                self.assign(name, code, shape_comment(expression))
                code, binding = name, ATOM
            self._code[id(expression)] = (code, binding)

    def code(self, expression, least=0):
        """Return the code of a printed expression, in parentheses where its precedence is below `least`."""
        code, binding = self._code[id(expression)]
        return f"({code})" if binding < least else code

    def _expression(self, expression):
        op, args, options = expression.op, expression.args, expression.options
        if op == "split":
            parts = [self.names.unique(f"part_{n}") for n in range(options["count"])]
            self.assign(
                ", ".join(parts), f"ops.split({self.code(args[0])}, {options['count']}, axis={options['axis']})"
            )
            self._code[id(expression)] = (parts, ATOM)
            return None, ATOM
        if op == "item" and isinstance(self._code.get(id(args[0]), ("",))[0], list):
            return self._code[id(args[0])][0][options["number"]], ATOM
        if op == "item":
            return f"{self.code(args[0], ATOM)}[{options['number']}]", ATOM
        if op == "constant":
            return self.constant(expression)
        if op == "size":
            ones = self.ones(options["size"], "int32")
            return (f"ops.sum({ones})" if ones else self.size(options["size"])), ATOM
        if op == "sizes":
            return tuple_of(map(self.size, options["sizes"])), ATOM
        if op in INFIX:
            return self._infix(expression)
        if op == "negative":
            return f"-{self.code(args[0], 6)}", 6
        if op in REDUCTIONS:
            axis = "" if options["axis"] is None else f", axis={options['axis']}"
            return f"ops.{op}({self.code(args[0])}{axis}{', keepdims=True' if options['keepdims'] else ''})", ATOM
        if op in PLAIN:
            written = [self.code(arg) for arg in args]
            written += [f"{key}={self._option(value)}" for key, value in options.items()]
            return f"ops.{op}({', '.join(written)})", ATOM
        if op not in WRITTEN:
            raise CannotTranslate(f"{expression.node or op}: {op} cannot be written in keras.ops here")
        written = WRITTEN[op](self, expression)
        return written if isinstance(written, tuple) else (written, ATOM)

    def _option(self, value):
        if isinstance(value, dims.Size):
            return self.size(value)
        if isinstance(value, tuple):
            return tuple_of(map(self._option, value))
        return short(value) if isinstance(value, float) else repr(value)

    def _infix(self, expression):
        operator, binding = INFIX[expression.op]
        left, right = expression.args
        is_array = (
            left.op == "constant" and left.rank or left.op in ("arange", "full")
        )  # its own operator would be called
        if is_array or all(arg.op in ("constant", "size", "setting") for arg in expression.args) and binding < 4:
            return f"ops.{expression.op}({self.code(left)}, {self.code(right)})", ATOM
        right_least = binding if expression.op in ("add", "multiply") and right.op == expression.op else binding + 1
        return f"{self.code(left, binding)} {operator} {self.code(right, right_least)}", binding

    def constant(self, expression):
        """Return (code, precedence) of a constant; raises CannotTranslate for strings and large arrays."""
        value = expression.value
        if value.dtype == object or value.dtype.kind in "SU":
            raise CannotTranslate(f"{expression.node}: a string")
        if value.ndim == 0:
            written = number(value.item())
            return written, 6 if written.startswith("-") else ATOM
        if value.size and np.all(value == value.flat[0]) and value.size > 1:
            return f'ops.full({tuple(value.shape)}, {number(value.flat[0].item())}, "{expression.dtype}")', ATOM
        if value.size > LARGEST:
            raise CannotTranslate(
                f"{expression.node}: a constant of {value.size} numbers, too long to be written out; "
                "expected a variable"
            )
        if value.dtype.kind == "f":
            text = np.array2string(value, separator=", ", floatmode="unique", threshold=10**6, max_line_width=10**6)
            return f'np.array({" ".join(text.split())}, "{expression.dtype}")', ATOM
        return f'np.array({value.tolist()}, "{expression.dtype}")', ATOM

    def size(self, size):
        """Return the code of a size as a number.

        A size that the script left open but always fed alike is fixed to that value. Raises CannotTranslate where it
        varies.
        """
        if dims.is_known(size):
            return str(size)
        if size.value is None:
            raise CannotTranslate(f"{self.node or 'the model'}: computes a shape of a size that varies ({size})")
        for symbol in size.symbols:
            symbol.is_fixed = True
        return str(size.value)

    def ones(self, size, dtype):
        """Return the code of a vector of ones whose length is a size of one symbol, or None."""
        vector = self.vector(size)
        return vector and f'ops.ones_like({vector}, dtype="{dtype}")'

    def vector(self, size):
        """Return the code of a vector, of any values, whose length is a size of one symbol; or None."""
        if len(size.symbols) != 1 or size.factor != 1:
            return None
        symbol, all_of_it = size.symbols[0], ":"
        if symbol.base is not None and symbol.offset > 0:
            fewer = self.vector(symbol.base)
            return fewer and f"ops.pad({fewer}, ((0, {symbol.offset}),))"
        if symbol.base is not None and symbol.offset < 0 and len(symbol.base.symbols) == 1 and symbol.base.factor == 1:
            symbol, all_of_it = symbol.base.symbols[0], f"{-symbol.offset}:"
        if symbol.origin is None:
            return None
        expression, axis = symbol.origin
        if id(expression) not in self._code or expression.rank is None:
            return None
        index = ["0"] * axis + [all_of_it] + ["0"] * (expression.rank - axis - 1)
        if index == [":"]:
            return self.code(expression, ATOM)
        if index[1:] == [":"]:
            index = index[:1]  # x[0] rather than x[0, :]
        if len(index) == 1 and index != ["0"]:
            index.append("...")  # Keras takes no slice as the only index
        return f"{self.code(expression, ATOM)}[{', '.join(index)}]"

    def like(self, shape):
        """Return the code of an input, or of another origin of sizes, that has exactly this shape; or None."""
        for symbol in (symbol for size in shape if not dims.is_known(size) for symbol in size.symbols):
            found = symbol.origin[0] if symbol.origin else None
            if found is not None and found.shape == tuple(shape) and id(found) in self._code:
                return self.code(found)
        return None

    def target(self, sizes):
        """Return the code of a target shape for reshape, with -1 for the first unknown size."""
        unknown = [place for place, size in enumerate(sizes) if not dims.is_known(size)]
        written = [("-1" if place in unknown[:1] else self.size(size)) for place, size in enumerate(sizes)]
        return f"({', '.join(written)}{',' if len(written) == 1 else ''})"


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
