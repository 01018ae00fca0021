"""Recurrences that no Keras layer computes: each becomes a cell whose call() computes the loop body."""

import dataclasses

from keras_port.translation import op_types
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import depends, readers_of, walk
from keras_port.translation.layers.layer import copied, scope_of_all

# A cell cannot compute these itself: states of other recurrences, and random numbers.
_NOT_IN_CELLS = frozenset(("state", "dropout", "random_uniform", "random_normal", "truncated_normal"))


@dataclasses.dataclass(eq=False)
class Cell:
    """A generated cell.

    Attributes:
      symbols: the states at the start of a step.
      nexts: expressions of the states after the step.
      outputs: expressions of the step's outputs.
      inputs: expressions of the body that are concatenated and passed in as the step's input.
      carried: expressions from outside the loop, passed in as states that do not change.
      weights: list of Weights, one per variable.
      scope: variable scope of the weights.
      weight_shapes: {variable: shape}.
      regularizers: {variable: Regularizer}.
    """

    symbols: list
    nexts: list
    outputs: list
    inputs: list
    carried: list
    weights: list
    scope: str
    weight_shapes: dict
    regularizers: dict = dataclasses.field(default_factory=dict)

    def join_inputs(self, x, sequences):
        """Return the cell's input, (batch, time, features): the given sequences concatenated along the last axis.

        Raises CannotTranslate for sequences of several ranks.
        """
        if len(sequences) == 1 and sequences[0].rank >= 3:
            return sequences[0]
        flat = [op_types.reshape(x, value, (*value.shape[:2], 1)) if value.rank == 2 else value for value in sequences]
        flat = [
            value if value.dtype.startswith("float") else x.make("cast", (value,), value.shape, "float32", None)
            for value in flat
        ]
        if any(value.rank != 3 for value in flat):
            raise CannotTranslate(f"{self.scope}: its cell reads tensors of several ranks in a step")
        return op_types.concatenate(x, flat, 2)

    def input_widths(self):
        """Return the number of features of each input; None for a single input that is passed in unchanged."""
        if len(self.inputs) == 1 and self.inputs[0].rank >= 2:
            return None
        return [1 if value.rank == 1 else value.shape[-1] for value in self.inputs]

    def split_outputs(self, x, sequence, outputs):
        """Return the sequence of each output, cut from the concatenated one."""
        parts, start = [], 0
        for output in outputs:
            stop = start + self.width(output)
            part = sequence
            if len(outputs) > 1:
                part = op_types.getitem(x, sequence, (slice(None), slice(None), slice(start or None, stop)))
            parts.append(op_types.reshape(x, part, (*sequence.shape[:2], *output.shape[1:])))
            start = stop
        return parts

    def width(self, output):
        """Return the number of features of an output flattened to (batch, features), as Keras cells return it.

        Raises CannotTranslate where it is not constant.
        """
        width = dims.product(output.shape[1:]) if output.shape is not None else None
        if width is None or not dims.is_known(width):
            raise CannotTranslate(f"{self.scope}: its cell gives an output of a size that varies")
        return width


def generated_cell(x, loop, states, outputs, lifting, whole=False):
    """Make the cell of a recurrence.

    Args:
      x: the Expressions.
      loop: the loop's name.
      states: [loops.State], the recurrence's states.
      outputs: expressions of the body that the cell returns.
      lifting: the loop's Lifting.
      whole: whether the cell computes the whole body; otherwise only what depends on `states`, and it is fed the rest.

    Returns (Cell, its inputs, expressions in the body, its carried expressions from outside).
    """
    roots = [*(state.next for state in states), *outputs]
    symbols = [state.symbol for state in states]
    own = depends(roots, lambda expression: any(expression is symbol for symbol in symbols))
    inputs, carried, weights = _read(x, roots, symbols, lifting, lambda part: not whole and id(part) not in own)
    if len(inputs) > 1 and not whole and _are_only_for(own, inputs, lifting.roots):
        # several projections of one input: the cell computes them itself
        impure = depends(inputs, lambda part: part.op in _NOT_IN_CELLS)
        fewer = _read(x, roots, symbols, lifting, lambda part: id(part) not in own and id(part) in impure)
        if len(fewer[0]) < len(inputs):
            inputs, carried, weights = fewer
    weights.sort(key=lambda weight: weight.options["name"])
    if not weights:
        scope = loop.rpartition("/")[0]
    else:
        scope = scope_of_all([weight.options["name"] for weight in weights])
    rows = [copied(weight, place) for place, weight in enumerate(weights)]
    cell = Cell(
        symbols,
        [state.next for state in states],
        list(outputs),
        inputs,
        carried,
        rows,
        scope,
        {weight.options["name"]: tuple(weight.shape) for weight in weights},
    )
    return cell, inputs, carried


def _are_only_for(own, inputs, roots):
    """Whether only the recurrence, `own`, reads its inputs and the expressions that they are computed from."""
    computed = {id(part) for part in walk(*inputs) if part.args and part.op != "step_of"}
    readers = readers_of(roots)
    return not computed & set(map(id, roots)) and all(
        id(reader) in own or id(reader) in computed for key in computed for reader in readers.get(key, ())
    )


def carried_shape(value):
    """Return the shape of a carried expression without the batch axis, which a variable does not have."""
    return tuple(value.shape if value.op == "weight" else value.shape[1:])


def _read(x, roots, symbols, lifting, is_fed):
    """Return (inputs, carried expressions, weights) of a cell that computes `roots`.

    `is_fed(part)` tells which expressions of the body are inputs, rather than computed in the cell.
    """
    inputs, carried, weights, seen = [], [], [], set()
    stack = list(roots)
    while stack:
        expression = stack.pop()
        if id(expression) in seen or any(expression is symbol for symbol in symbols):
            continue
        seen.add(id(expression))
        if expression.op == "weight":
            (carried if expression.options["name"] in x.shared_outside_cells else weights).append(expression)
        elif lifting.is_invariant(expression):
            if _is_computed_of_weights(expression):
                stack += expression.args
            else:
                carried.append(expression)
        elif expression.op in ("step_of", "step") or is_fed(expression):
            inputs.append(expression)
        else:
            stack += expression.args
    return inputs[::-1], carried, weights


def _is_computed_of_weights(expression):
    """Whether an expression depends on weights, constants and settings only, so that a cell can compute it."""
    return all(
        part.op in ("weight", "constant", "setting", "training") or part.args
        for part in walk(expression)
        if not part.args
    ) and not any(
        part.op in ("input", "layer", "size", "sizes", "arange", "full", "random_uniform", "random_normal")
        for part in walk(expression)
    )
