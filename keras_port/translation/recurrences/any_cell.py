"""Finds unrolled recurrences of any cell and turns each into a scan.

The steps are compared with each other. Where all of them apply the same op, their arguments are compared next, until
they are the same in every step (a weight), elements of a sequence (an input), or what the previous step computed (a
state). The result is a loop body, which `scans` translates like that of a tf.while_loop.
"""

from keras_port.translation import op_types
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.evaluation.loops import State
from keras_port.translation.expressions.expression import number, readers_of, substitute, walk
from keras_port.translation.recurrences import scans
from keras_port.translation.recurrences.lifting import NotLifted
from keras_port.translation.recurrences.sequences import Sequences, are_alike

_FEWEST = 3  # steps; two similar ops may be a coincidence


def roll_up_recurrences(x, roots):
    """Return `roots` with the unrolled recurrences of three or more steps under them replaced by layers."""
    count, tried = 0, set()
    while True:
        replaced = _one(x, roots, f"steps_{count}", tried)
        if replaced is None:
            return roots
        roots = substitute(x, roots, replaced)
        count += 1


def _one(x, roots, loop, tried):
    """Return the replacements {id: expression} for the steps of one recurrence, or None where none is left."""
    for key, products in _repeated(roots).items():
        levels = _levels(roots, products)
        if key in tried or [levels[id(product)] for product in products] != list(range(1, len(products) + 1)):
            continue
        tried.add(key)
        for values in _states(roots, products, levels):
            body = _Body(x, loop, levels)
            try:
                return body.translate(values, roots)
            except (_StepsDiffer, NotLifted, CannotTranslate):
                continue
    return None


def _repeated(roots):
    """Return {(weight, op): [expressions of this op that read the weight]} for weights read at least three times."""
    found = {}
    for expression in walk(*roots):
        for arg in expression.args:
            if arg.op == "weight":
                found.setdefault((arg.options["name"], expression.op), []).append(expression)
    return {key: products for key, products in found.items() if len(products) >= _FEWEST}


def _levels(roots, products):
    """Return {id of an expression: length of the longest chain of `products` that it depends on}."""
    ids, levels = set(map(id, products)), {}
    for expression in walk(*roots):
        before = max((levels[id(arg)] for arg in expression.args), default=0)
        levels[id(expression)] = before + (id(expression) in ids)
    return levels


def _states(roots, products, levels):
    """Yield candidates for the values of a state after each step."""
    tried = set()
    for values in _carried(tuple(products), levels):
        if values in tried:
            continue
        tried.add(values)
        after = values[1:]
        for last in walk(*roots):  # the last value is no product's argument: nothing reads it as the others are read
            if levels[id(last)] == len(products) and last not in after and are_alike((after[-1], last)):
                if last.shape == after[-1].shape:
                    yield (*after, last)
        yield after


def _carried(values, levels):
    """Yield the values of states before each step, where `values`, one per step, read them."""
    if are_alike(values):
        for column in zip(*(value.args for value in values)):
            yield from _carried(column, levels)
    if [levels[id(value)] for value in values] == list(range(len(values))):
        yield values


class _StepsDiffer(Exception):
    """The steps do not compute the same function."""


class _Body:
    """The loop body that the steps of a recurrence have in common.

    Its keys are tuples with one expression per step.

    Attributes:
      known: {values: their expression in the body}.
      computed: {values without the last: values}, for values that an op of the body computes.
      states: {values of a state before each step: the state's symbol}.
    """

    def __init__(self, x, loop, levels):
        self.x, self.loop, self.levels = x, loop, levels
        self.sequences = Sequences(x)
        self.known, self.computed, self.states = {}, {}, {}
        self.unfinished = set()  # ids of values that the last step does not compute

    def translate(self, values, roots):
        """Return the replacements {id: expression} for the steps.

        Args:
          values: the values of a state after each step.
          roots: the expressions that the model computes.

        Raises NotLifted, CannotTranslate or _StepsDiffer where the steps are not a recurrence.
        """
        self.of(values)
        if not self.states:
            raise _StepsDiffer
        nexts = {before: self.computed.get(before[1:]) for before in self.states}
        states = [
            State(symbol, before[0], self.of(nexts[before]) if nexts[before] else self._unfinished(before[1:]))
            for before, symbol in self.states.items()
        ]
        self._add_masking_selects(roots)
        outputs = self._read_outside(roots, [values for values in nexts.values() if values])
        found = scans.translate(self.x, self.loop, len(values), states, [self.known[output] for output in outputs])
        replaced = dict(self.sequences.replaced)
        for before, final in zip(self.states, found.finals):
            if nexts[before]:
                replaced[id(nexts[before][-1])] = final
        for output, sequence in zip(outputs, found.outputs):
            sequence = op_types.transpose(self.x, sequence, (1, 0, *range(2, sequence.rank)))
            for place, value in enumerate(output):
                replaced[id(value)] = op_types.getitem(self.x, sequence, (slice(None), place))
        return replaced

    def of(self, values):
        """Return the expression in the body for `values`, one per step."""
        if values not in self.known:
            self.known[values] = self._of(values)
        return self.known[values]

    def _of(self, values):
        x, first = self.x, values[0]
        if all(value is first for value in values):
            return first
        if values[1:] in self.computed:
            return self._state(values, self.computed[values[1:]][0].shape)
        numbers = [number(value) if not value.rank else None for value in values]
        if numbers == list(range(len(values))) and first.dtype == "int32":
            return x.make("step", (), (), "int32", None, loop=self.loop)
        sequence = self.sequences.sequence_of_slices(values)
        if sequence is None and not are_alike(values):
            if any(self.levels[id(value)] for value in values):
                return self._state(values, values[1].shape)
            if not all(value.rank for value in values):
                raise _StepsDiffer  # numbers that differ from step to step
            sequence = op_types.stack(x, values, 1)
        if sequence is not None:
            whole = op_types.transpose(x, sequence, (1, 0, *range(2, sequence.rank)))
            return x.make("step_of", (whole,), whole.shape[1:], None, None, loop=self.loop)
        self.computed[values[:-1]] = values
        args = [self.of(column) for column in zip(*(value.args for value in values))]
        options = {**first.options, "loop": self.loop} if first.op == "dropout" else first.options
        return x.make(first.op, args, first.shape, first.dtype, first.node, first.op == "dropout", **options)

    def _unfinished(self, values):
        """Return the expression in the body for `values` of all steps but the last, in which nothing reads it.

        Such is the prediction of a decoder that each step but the first reads.
        """
        return self._of_fewer(values, {key[:-1]: expression for key, expression in self.known.items()})

    def _of_fewer(self, values, known):
        if values in known:
            return known[values]
        first = values[0]
        if all(value is first for value in values):
            return first
        if not are_alike(values) or not first.args or first.op == "dropout":
            raise _StepsDiffer
        self.unfinished |= set(map(id, values))
        args = [self._of_fewer(column, known) for column in zip(*(value.args for value in values))]
        return self.x.make(first.op, args, first.shape, first.dtype, first.node, **first.options)

    def _state(self, values, shape):
        if values[0].shape != shape:
            raise _StepsDiffer
        name = f"state_{len(self.states)}"
        self.states[values] = self.x.make("state", (), shape, values[1].dtype, None, loop=self.loop, variable=name)
        return self.states[values]

    def _add_masking_selects(self, roots):
        """Add to the body the selects that keep a state where its sequence has ended."""
        readers = readers_of(roots)
        for masks in [values for values in self.computed.values() if values[0].dtype == "bool"]:
            reading = [readers.get(id(mask), ()) for mask in masks]
            if len(set(map(len, reading))) == 1:
                for column in filter(are_alike, zip(*reading)):
                    self.of(column)

    def _read_outside(self, roots, nexts):
        """Return the values of the body that expressions outside of it read, except the final states."""
        inside = {id(value) for values in self.computed.values() for value in values} | self.unfinished
        finals = {id(values[-1]) for values in nexts}
        read, readers = set(map(id, roots)), readers_of(roots)
        read |= {key for key, reading in readers.items() if any(id(reader) not in inside for reader in reading)}
        found = [values for values in self.computed.values() if any(id(value) in read - finals for value in values)]
        if any(values[0].rank is None for values in found) or read & self.unfinished:
            raise _StepsDiffer
        return found
