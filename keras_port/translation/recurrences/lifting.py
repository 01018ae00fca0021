"""Lifts computations that are the same in each step out of a loop, to compute them for all time steps at once.

Sequences are batch-major: an expression of shape (batch, ...) in a step becomes one of (batch, time, ...).
"""

from keras_port.translation import op_types
from keras_port.translation.expressions import shapes
from keras_port.translation.expressions.expression import depends

ELEMENTWISE = frozenset(
    (
        "add",
        "subtract",
        "multiply",
        "divide",
        "floor_divide",
        "mod",
        "maximum",
        "minimum",
        "power",
        "negative",
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
        "reciprocal",
        "erf",
        "log1p",
        "expm1",
        "equal",
        "not_equal",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "logical_and",
        "logical_or",
        "logical_not",
        "where",
        "cast",
        "dropout",
        "stop_gradient",
        "leaky_relu",
        "softmax",
        "log_softmax",
    )
)


class NotLifted(Exception):
    """An operation that is not known to be computable for all steps at once."""


class Lifting:
    """Lifts expressions of one loop's body.

    Args:
      x: the Expressions.
      loop: the loop's name.
      length: its number of steps, a size.
      roots: the body's new states and outputs.

    Attributes:
      known: {id of an expression in the body: the sequence of its values}; layers' outputs are added to it.
    """

    def __init__(self, x, loop, length, roots):
        self.x, self.loop, self.length, self.known = x, loop, length, {}
        self.roots, self.inside = roots, depends(roots, self._is_in_body)

    def _is_in_body(self, expression):
        return expression.options.get("loop") == self.loop and expression.op in (
            "step",
            "step_of",
            "state",
            "random_uniform",
            "random_normal",
            "truncated_normal",
        )

    def is_invariant(self, expression):
        """Whether an expression has the same value in all steps."""
        return id(expression) not in self.inside

    def sequence(self, expression):
        """Return the sequence of an expression's values; raises NotLifted where the expression cannot be lifted."""
        if id(expression) not in self.known:
            self.known[id(expression)] = self._lifted(expression)
        return self.known[id(expression)]

    def _lifted(self, expression):
        x, op = self.x, expression.op
        if self.is_invariant(expression):
            if expression.rank is None:
                raise NotLifted(expression)
            repeated = op_types.reshape(x, expression, (*expression.shape[:1], 1, *expression.shape[1:]))
            return x.make(
                "repeat_steps", (repeated,), self._shape(expression), expression.dtype, None, steps=self.length
            )
        if op == "step_of":
            if expression.args[0].rank < 2:
                raise NotLifted(expression)  # numbers of steps, the same for the whole batch
            axes = (1, 0, *range(2, expression.args[0].rank))
            sequence = op_types.transpose(x, expression.args[0], axes)
            if not expression.options.get("ahead"):
                return sequence
            rest = op_types.getitem(x, sequence, (slice(None), slice(1, None)))
            nothing = op_types.getitem(x, sequence, (slice(None), slice(None, 1)))
            return x.make("concatenate", (rest, nothing), sequence.shape, None, None, axis=1)
        if op in ELEMENTWISE:
            return self._elementwise(expression)
        if op == "item":
            whole = self.sequence_of_parts(expression.args[0])
            return x.make(
                "item", (whole,), self._shape(expression), expression.dtype, expression.node, **expression.options
            )
        function = getattr(self, "_" + op, None)
        if function is None or expression.rank is None:
            raise NotLifted(expression)
        return function(expression)

    def sequence_of_parts(self, expression):
        """Lift a split, whose results are items."""
        if expression.op != "split" or expression.options["axis"] == 0:
            raise NotLifted(expression)
        options = {**expression.options, "axis": expression.options["axis"] + 1}
        return self.x.make(
            "split", (self.sequence(expression.args[0]),), None, expression.dtype, expression.node, **options
        )

    def _shape(self, expression):
        return (expression.shape[0], self.length, *expression.shape[1:]) if expression.rank else (self.length,)

    def _elementwise(self, expression):
        rank = expression.rank
        if not rank:
            raise NotLifted(expression)
        args = []
        for arg in expression.args:
            if not self.is_invariant(arg):
                if arg.rank != rank and arg.op != "random_uniform":
                    raise NotLifted(expression)
                args.append(self.sequence(arg) if arg.op != "random_uniform" else arg)
            elif arg.rank == rank and rank > 0 and arg.shape[0] != 1:
                args.append(op_types.reshape(self.x, arg, (arg.shape[0], 1, *arg.shape[1:])))
            elif arg.rank == rank:
                args.append(op_types.reshape(self.x, arg, (1, *arg.shape)))
            else:
                args.append(arg)
        options = dict(expression.options)
        if expression.op == "dropout" and options.pop("loop", None) != self.loop:
            options["same_every_step"] = True  # its mask is drawn outside the loop
        shape = shapes.broadcast(*(arg.shape for arg in args)) if expression.op != "dropout" else args[0].shape
        unique = expression.op == "dropout"
        return self.x.make(expression.op, args, shape, expression.dtype, expression.node, unique, **options)

    def _matmul(self, expression):
        value, weight = expression.args
        if not self.is_invariant(weight) or weight.rank != 2 or value.rank != 2:
            raise NotLifted(expression)
        sequence = self.sequence(value)
        return self.x.make(
            "matmul", (sequence, weight), (*sequence.shape[:-1], weight.shape[-1]), None, expression.node
        )

    def _concatenate(self, expression):
        axis = expression.options["axis"] % expression.rank
        if axis == 0:
            raise NotLifted(expression)
        return op_types.concatenate(self.x, [self.sequence(arg) for arg in expression.args], axis + 1, expression.node)

    def _getitem(self, expression):
        index = expression.options["index"]
        if index[0] != slice(None) or None in index or Ellipsis in index:
            raise NotLifted(expression)
        return op_types.getitem(self.x, self.sequence(expression.args[0]), (slice(None), *index), expression.node)

    def _reshape(self, expression):
        value = expression.args[0]
        if not expression.shape or not value.shape or expression.shape[0] != value.shape[0]:
            raise NotLifted(expression)
        sequence = self.sequence(value)
        return op_types.reshape(self.x, sequence, (*sequence.shape[:2], *expression.shape[1:]), expression.node)

    def _take(self, expression):
        values, indices = expression.args
        if not self.is_invariant(values) or expression.options["axis"] != 0 or not indices.rank:
            raise NotLifted(expression)
        sequence = self.sequence(indices)
        return self.x.make(
            "take", (values, sequence), (*sequence.shape, *values.shape[1:]), None, expression.node, axis=0
        )

    def _one_hot(self, expression):
        sequence = self.sequence(expression.args[0])
        return self.x.make(
            "one_hot",
            (sequence,),
            (*sequence.shape, expression.shape[-1]),
            expression.dtype,
            expression.node,
            **expression.options,
        )
