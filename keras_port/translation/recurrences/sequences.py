"""Merges computations repeated in unrolled time steps into one computation on a batch-major sequence.

A Python loop over time steps builds the same ops for each step. The arguments of such ops are followed until a
sequence that a layer returns, or that was split into steps.
"""

from keras_port.translation import op_types
from keras_port.translation.expressions import shapes
from keras_port.translation.expressions.expression import readers_of, substitute, walk
from keras_port.translation.recurrences.lifting import ELEMENTWISE

# Operations that compute one number per row of their arguments.
_OF_ROWS = frozenset(("softmax_cross_entropy", "sparse_softmax_cross_entropy"))


class Sequences:
    """Builds batch-major sequences from the values of single steps.

    Attributes:
      known: {id of a step's value: (sequence, index of the step)}.
      replaced: {id of an expression: its replacement}.
    """

    def __init__(self, x):
        self.x, self.known, self.replaced, self._done = x, {}, {}, {}
        self._of_steps = set()  # ids of sequences computed from a layer's output, or from one split into steps

    def sequence(self, values):
        """Return the sequence with the elements `values`, each (batch, ...)."""
        key = tuple(map(id, values))
        if key not in self._done:
            self._done[key] = self._sequence(values)
        return self._done[key]

    def sequence_of_steps(self, values):
        """Return the sequence with the elements `values`; None where they do not come from a sequence."""
        made = self.sequence(values)
        return made if id(made) in self._of_steps else None

    def _sequence(self, values):
        found = self.sequence_of_slices(values)
        if found is not None:
            self._of_steps.add(id(found))
            return found
        return self._lifted(values) or op_types.stack(self.x, values, 1)

    def sequence_of_slices(self, values):
        """Return the sequence that `values` are slices of, or None."""
        return self._known(values) or self._slices(values)

    def _known(self, values):
        found = [self.known.get(id(value)) for value in values]
        if None in found or any(sequence is not found[0][0] for sequence, _ in found):
            return None
        return self._picked(found[0][0], [place for _, place in found])

    def _picked(self, sequence, places):
        """Return the steps `places` of a sequence where they are a range, or all of them reversed; otherwise None."""
        count, first = sequence.shape[1], places[0]
        if places == list(range(first, first + len(places))):
            return (
                sequence
                if len(places) == count
                else op_types.getitem(self.x, sequence, (slice(None), slice(first or None, first + len(places))))
            )
        if count == len(places) and places == list(range(count))[::-1]:
            return op_types.flip(self.x, sequence, 1)
        return None

    def _slices(self, values):
        x, found = self.x, [self._slice(value) for value in values]
        if None in found or any(whole is not found[0][0] or axis != found[0][1] for whole, axis, _ in found):
            return None
        whole, axis, _ = found[0]
        if axis == 0:
            whole = op_types.transpose(x, whole, (1, 0, *range(2, whole.rank)))
        return self._picked(whole, [place for _, _, place in found])

    def _slice(self, value):
        """Return (tensor that `value` is a slice of, axis 0 or 1, index), or None."""
        if value.op == "reshape" and value.args[0].op in ("item", "getitem"):  # one step, without its time axis
            inner = value.args[0]
            if (
                inner.op == "item"
                and inner.args[0].op == "split"
                and inner.args[0].options["axis"] == 1
                and inner.shape[1] == 1
                and inner.shape[:1] + inner.shape[2:] == value.shape
            ):
                return inner.args[0].args[0], 1, inner.options["number"]
            if inner.op == "getitem" and inner.shape is not None and len(inner.options["index"]) == 2:
                first, second = inner.options["index"]
                if (
                    first == slice(None)
                    and isinstance(second, slice)
                    and inner.shape[1] == 1
                    and isinstance(second.start or 0, int)
                    and inner.shape[:1] + inner.shape[2:] == value.shape
                ):
                    return inner.args[0], 1, second.start or 0
            return None
        if value.op == "getitem":
            index = value.options["index"]
            axis = len(index) - 1
            if (
                axis < 2
                and isinstance(index[axis], int)
                and index[axis] >= 0
                and all(item == slice(None) for item in index[:-1])
            ):
                return value.args[0], axis, index[axis]
            start = index[1].start or 0 if axis == 1 and isinstance(index[1], slice) else None
            if index[0] == slice(None) and isinstance(start, int) and start >= 0 and value.shape[1] == 1:
                whole = value.args[0]
                return op_types.reshape(self.x, whole, (*whole.shape[:2], 1, *whole.shape[2:])), 1, start
        if value.op == "item" and value.args[0].op == "split" and value.args[0].options["axis"] == 0:
            whole, count = value.args[0].args[0], value.args[0].options["count"]
            rows = op_types.reshape(self.x, whole, (count, *value.shape))
            return rows, 0, value.options["number"]
        return None

    def _lifted(self, values):
        """Return the operation that all `values` apply, applied once to the sequences of their arguments; or None."""
        first = values[0]
        if not are_alike(values):
            return None
        columns = list(zip(*(value.args for value in values)))
        constant = [all(value is column[0] for value in column) for column in columns]
        if all(constant) or not first.rank or not _are_independent(values):
            return None
        parts = []

        def sequence(column):
            parts.append(self.sequence(column))
            return parts[-1]

        made = self._lifted_op(first, columns, constant, sequence)
        if made is not None and any(id(part) in self._of_steps for part in parts):
            self._of_steps.add(id(made))
            self._read_out(made, values)
        return made

    def _read_out(self, sequence, values):
        """Replace other uses of the steps by slices of the sequence."""
        for place, value in enumerate(values):
            if sequence.shape[:1] + sequence.shape[2:] == value.shape:
                self.known[id(value)] = (sequence, place)
                self.replaced[id(value)] = op_types.getitem(self.x, sequence, (slice(None), place))

    def _lifted_op(self, first, columns, constant, sequence):
        """Apply the op of `first` to its `columns` of arguments, each constant over the steps or a sequence."""
        x = self.x
        if (first.op in ELEMENTWISE or first.op in _OF_ROWS) and all(
            column[0].rank == first.rank or same or first.op in _OF_ROWS for column, same in zip(columns, constant)
        ):
            if first.op in _OF_ROWS and any(constant) or first.options.get("noise_shape") is not None:
                return None
            args = [
                self._spread(column[0], first.rank) if same else sequence(column)
                for column, same in zip(columns, constant)
            ]
            if first.op in _OF_ROWS:
                shape = args[0].shape[:-1]
            else:
                shape = shapes.broadcast(*(arg.shape for arg in args)) if first.op != "dropout" else args[0].shape
            return x.make(first.op, args, shape, first.dtype, first.node, first.op == "dropout", **first.options)
        if first.op == "matmul" and constant == [False, True] and columns[1][0].rank == 2:
            whole = sequence(columns[0])
            return x.make("matmul", (whole, columns[1][0]), (*whole.shape[:-1], first.shape[-1]), None, first.node)
        if first.op == "take" and constant == [True, False] and first.options["axis"] == 0:
            ids = sequence(columns[1])
            return x.make(
                "take", (columns[0][0], ids), (*ids.shape, *columns[0][0].shape[1:]), None, first.node, axis=0
            )
        if first.op == "concatenate" and not any(constant) and first.options["axis"] != 0:
            return op_types.concatenate(x, list(map(sequence, columns)), first.options["axis"] + 1)
        if first.op == "reshape" and columns[0][0].shape and first.shape[0] == columns[0][0].shape[0]:
            whole = sequence(columns[0])
            return op_types.reshape(x, whole, (*whole.shape[:2], *first.shape[1:]))
        if first.op == "one_hot":
            ids = sequence(columns[0])
            return x.make("one_hot", (ids,), (*ids.shape, first.shape[-1]), first.dtype, first.node, **first.options)
        return None

    def _spread(self, value, rank):
        """Return a value that is constant over the steps, with a time axis inserted where it has a batch axis."""
        if value.rank == rank and rank:
            return op_types.reshape(self.x, value, (value.shape[0], 1, *value.shape[1:]))
        return value


def are_alike(values):
    """Whether `values` all apply the same op with the same options to the same number of arguments."""
    first = values[0]
    return bool(first.args) and all(
        value.op == first.op and len(value.args) == len(first.args) and _options(value) == _options(first)
        for value in values[1:]
    )


def _options(value):
    """Return an expression's options without those that identify a random draw."""
    return {key: option for key, option in value.options.items() if key not in ("loop", "draw")}


# ---- steps that are stacked, concatenated or summed --------------------------------------------------------------


def join_steps(x, roots):
    """Return `roots` with steps that are stacked, concatenated or summed computed as one sequence."""
    sequences = Sequences(x)
    for group in _groups(roots):
        if _are_independent(group.values):
            joined = group.join(x, sequences)
            if joined is not None:
                sequences.replaced[id(group.expression)] = joined
    return substitute(x, roots, sequences.replaced)


class _Stacked:
    """Steps that are stacked along a new axis, or concatenated."""

    def __init__(self, expression):
        self.expression, self.values = expression, list(expression.args)

    def join(self, x, sequences):
        """Return the same as one computation, or None where that is not possible."""
        expression, values, axis = self.expression, self.values, self.expression.options["axis"]
        if not values[0].rank:
            return _means(x, sequences, values)
        sequence = sequences.sequence_of_steps(values)
        if sequence is None or sequence.shape[:1] + sequence.shape[2:] != values[0].shape:
            return None
        if (
            expression.op == "stack"
            and axis > 1
            or expression.op == "concatenate"
            and axis != 0
            and expression.rank > 2
        ):
            return None
        if axis == 0:
            sequence = op_types.transpose(x, sequence, (1, 0, *range(2, sequence.rank)))
        return op_types.reshape(x, sequence, expression.shape) if expression.op == "concatenate" else sequence


class _Summed:
    """Steps that are added up."""

    def __init__(self, expression, values):
        self.expression, self.values = expression, values

    def join(self, x, sequences):
        """Return the same as one sum over the time axis, or None where that is not possible."""
        if not self.values[0].rank:
            means = _means(x, sequences, self.values)
            return means and x.make("sum", (means,), (), None, self.expression.node, axis=None, keepdims=False)
        sequence = sequences.sequence_of_steps(self.values)
        if sequence is None or sequence.shape[:1] + sequence.shape[2:] != self.expression.shape:
            return None
        return x.make("sum", (sequence,), self.expression.shape, None, self.expression.node, axis=1, keepdims=False)


def _means(x, sequences, values):
    """Return the (time,) means or sums of the steps, where each of `values` is such a scalar; or None."""
    first = values[0]
    if first.op not in ("mean", "sum") or any(value.op != first.op or value.rank for value in values):
        return None
    inside = [value.args[0] for value in values]
    sequence = sequences.sequence_of_steps(inside) if inside[0].rank else None
    if sequence is None or sequence.shape[:1] + sequence.shape[2:] != inside[0].shape:
        return None
    axes = (0, *range(2, sequence.rank))
    axis = axes if len(axes) > 1 else 0
    return x.make(first.op, (sequence,), (len(values),), None, first.node, axis=axis, keepdims=False)


def _groups(roots):
    """Yield the groups of three or more values of one shape that are stacked, concatenated or added up."""
    readers = readers_of(roots)
    for expression in walk(*roots):
        if expression.op in ("stack", "concatenate"):
            group = _Stacked(expression)
        elif expression.op == "add" and not _is_within_sum(expression, readers):
            group = _Summed(expression, _terms(expression, readers))
        else:
            continue
        values = group.values
        shapes_of_all = {value.shape for value in values}
        if (
            len({id(value) for value in values}) == len(values) > 2
            and len(shapes_of_all) == 1
            and values[0].shape is not None
        ):
            yield group


def _is_within_sum(expression, readers):
    reading = readers.get(id(expression), ())
    return len(reading) == 1 and reading[0].op == "add" and reading[0].shape == expression.shape


def _terms(expression, readers):
    """Return the terms of nested additions in their order, without zeros."""
    found, stack = [], [expression]
    while stack:
        term = stack.pop()
        if term.op == "add" and (term is expression or _is_within_sum(term, readers)):
            stack += term.args[::-1]
        elif not term.is_constant(0):
            found.append(term)
    return found


def _are_independent(values):
    """Whether no value depends on another, so that no state is passed from step to step."""
    inner = {id(part) for part in walk(*(arg for value in values for arg in value.args))}
    return not any(id(value) in inner for value in values)
