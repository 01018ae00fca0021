"""The computation of a graph as expressions: operations on expressions, down to inputs, weights and constants.

Operations have their keras.ops names where keras.ops has them. Equal expressions are one object, so patterns compare
with `is`. Random operations are the exception: each is an object of its own.
"""

import itertools

import numpy as np

from keras_port.translation.expressions import dims

_SCALARS = (int, float, bool, np.generic)


class Expression:
    """One value in the computation.

    Attributes:
      op: the operation: a name in keras.ops, or one of "constant", "input", "weight", "setting", "dropout", "layer"
        and others that `writing` handles.
      args: tuple of the argument expressions.
      options: {name: value}, the operation's other arguments.
      shape: tuple of ints and Sizes; None where the rank is unknown.
      dtype: its name.
      node: the graph's Node it was translated from, for comments and error messages, or None.
    """

    __slots__ = ("op", "args", "options", "shape", "dtype", "node", "__weakref__")

    def __init__(self, op, args, options, shape, dtype, node):
        self.op, self.args, self.options = op, tuple(args), options
        self.shape, self.dtype, self.node = shape, dtype, node

    def __repr__(self):
        inside = ", ".join(
            [arg.op for arg in self.args] + [f"{k}={v}" for k, v in self.options.items() if k != "value"]
        )
        return f"<{self.op}({inside}) {self.shape}>"

    @property
    def rank(self):
        """Number of axes; None where it is unknown."""
        return None if self.shape is None else len(self.shape)

    @property
    def value(self):
        """The NumPy array of a constant; None for other expressions."""
        return self.options["value"] if self.op == "constant" else None

    def is_constant(self, number=None):
        """Whether this is a constant; where `number` is given, one whose elements all equal it."""
        if self.op == "full" and number is not None:
            return self.args[-1].is_constant(number)
        if self.op != "constant":
            return False
        return number is None or (
            self.value.size > 0 and self.value.dtype != object and bool(np.all(self.value == number))
        )


class Expressions:
    """Creates expressions, and returns the existing object for an equal one.

    Attributes:
      largest: {id of fed integers: tuple of the largest of them in each captured step}.
      sizes_seen: {tuple of sizes in each captured step: the Size of an axis that had them}.
    """

    def __init__(self):
        self._made = {}
        self._numbers = itertools.count()
        self.largest, self.sizes_seen = {}, {}
        self.last_of_steps = {}  # id of a sequence of states: (lengths or None, first state, last state)

    def make(self, op, args=(), shape=None, dtype=None, node=None, unique=False, **options):
        """Return the expression of `op` applied to `args`; a new object each time where `unique` is set."""
        dtype = dtype or (args[0].dtype if args else "float32")
        shape = tuple(shape) if shape is not None else None
        key = next(self._numbers) if unique else (op, tuple(map(id, args)), _key(options), dtype, _key(shape))
        if key not in self._made:
            self._made[key] = Expression(op, args, options, shape, dtype, node)
        return self._made[key]

    def constant(self, value, dtype=None, node=None):
        """Return a constant with the value of a number or array."""
        value = np.asarray(value, dtype=None if dtype == "string" else dtype)
        if value.dtype == object:
            dtype = "string"
        return self.make("constant", (), value.shape, dtype or value.dtype.name, node, value=value)

    def size(self, size, node=None):
        """Return a scalar int32 expression for the size of an axis."""
        if dims.is_known(size):
            return self.constant(size, "int32", node)
        return self.make("size", (), (), "int32", node, size=size)

    def sizes(self, sizes, node=None):
        """Return an int32 vector for the sizes of axes, like tf.shape."""
        if all(map(dims.is_known, sizes)):
            return self.constant(np.array(sizes, "int32"), "int32", node)
        return self.make("sizes", (), (len(sizes),), "int32", node, sizes=tuple(sizes))

    def longest(self, lengths):
        """Return the Size of an axis that was as long as the largest of `lengths` in every captured step, or None."""
        more = 0
        while lengths.op == "reshape" or lengths.op == "add" and number(lengths.args[1]) is not None:
            more += number(lengths.args[1]) if lengths.op == "add" else 0
            lengths = lengths.args[0]
        largest = self.largest.get(id(lengths))
        return None if largest is None else self.sizes_seen.get(tuple(each + more for each in largest))


def _key(value):
    if isinstance(value, dict):
        return tuple((name, _key(value[name])) for name in sorted(value))
    if isinstance(value, (list, tuple)):
        return tuple(map(_key, value))
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes() if value.dtype != object else tuple(value.ravel())
    if isinstance(value, (str, bytes, type(None), dims.Size, slice, *_SCALARS)):
        return repr(value) if isinstance(value, slice) else (type(value).__name__, value)
    return id(value)


def number(expression):
    """Return the Python number of a constant with one element; None for other expressions."""
    if expression.op == "constant" and expression.value.size == 1 and expression.value.dtype != object:
        return expression.value.reshape(()).item()
    return None


def as_sizes(expression):
    """Return the elements of an int scalar or vector as a list of ints and Sizes; None for unknown ones."""
    if expression.op == "constant":
        return [int(item) for item in np.atleast_1d(expression.value)]
    if expression.op == "size":
        return [expression.options["size"]]
    if expression.op == "sizes":
        return list(expression.options["sizes"])
    if expression.op in ("stack", "concatenate") and expression.rank == 1:
        return [size for arg in expression.args for size in as_sizes(arg)]
    count = expression.shape[0] if expression.shape else 1
    return [None] * (count if expression.shape is not None and dims.is_known(count) else 1)


def walk(*roots, known=()):
    """Yield every expression that `roots` depend on, `roots` included, once each and arguments first.

    Expressions whose ids are in `known` are skipped, and so are those that only they depend on.
    """
    seen, stack = set(), [(root, False) for root in reversed(roots)]
    while stack:
        expression, ready = stack.pop()
        if ready:
            yield expression
        elif id(expression) not in seen and id(expression) not in known:
            seen.add(id(expression))
            stack.append((expression, True))
            stack += [(arg, False) for arg in reversed(expression.args)]


def is_fixed(expression):
    """Whether an expression depends on constants only: Keras would compute it once, when the model is built."""
    return not any(
        not part.args and part.op != "constant" or part.shape is None or not all(map(dims.is_known, part.shape))
        for part in walk(expression)
    )


def readers_of(roots):
    """Return {id of an expression: [the expressions that have it as an argument]} for all under `roots`."""
    readers = {}
    for expression in walk(*roots):
        for arg in expression.args:
            readers.setdefault(id(arg), []).append(expression)
    return readers


def depends(roots, on):
    """Return the ids of the expressions under `roots` that are, or depend on, one for which `on` returns true."""
    marked = set()
    for expression in walk(*roots):
        if on(expression) or any(id(arg) in marked for arg in expression.args):
            marked.add(id(expression))
    return marked


def mask_of(x, dropout):
    """Return the mask of a dropout as a separate expression: the dropout of ones."""
    value, rate = dropout.args
    ones = x.make("full", (x.constant(1.0, value.dtype),), value.shape, value.dtype)
    return x.make(
        "dropout",
        (ones, rate),
        value.shape,
        value.dtype,
        dropout.node,
        loop=None,
        noise_shape=None,
        draw=dropout.options["draw"],
    )


def substitute(x, roots, replaced):
    """Return `roots` with expressions replaced as in `replaced`, {id: expression}.

    The replacements are substituted, too.
    """
    done, stack = {}, [*roots]
    while stack:
        expression = stack[-1]
        if id(expression) in done:
            stack.pop()
            continue
        better = replaced.get(id(expression))
        needed = [better] if better is not None else expression.args
        waiting = [other for other in needed if id(other) not in done]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if better is not None:
            done[id(expression)] = done[id(better)]
            continue
        args = tuple(done[id(arg)] for arg in expression.args)
        unchanged = all(a is b for a, b in zip(args, expression.args))
        done[id(expression)] = (
            expression
            if unchanged
            else x.make(
                expression.op,
                args,
                expression.shape,
                expression.dtype,
                expression.node,
                expression.op in ("dropout", "layer"),
                **expression.options,
            )
        )
    return [done[id(root)] for root in roots]
