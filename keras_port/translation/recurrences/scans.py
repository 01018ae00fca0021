"""Turns scans over time into layers.

States that depend on each other form one recurrence. It becomes a Keras layer where one computes it, and otherwise a
generated cell. Computations between recurrences, such as dropout, are lifted out of the loop and done for all time
steps at once. A stack of three cells thus becomes three layers.
"""

import dataclasses

from keras_port.translation import op_types
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import depends, mask_of, substitute, walk
from keras_port.translation.recurrences import stacked_states
from keras_port.translation.recurrences.cells import find_cell
from keras_port.translation.recurrences.generated_cells import carried_shape, generated_cell
from keras_port.translation.recurrences.lengths import as_input, without_lengths
from keras_port.translation.recurrences.lifting import ELEMENTWISE, Lifting, NotLifted
from keras_port.translation.recurrences.separate_gates import find_separate_gates


@dataclasses.dataclass
class Translated:
    """The replacement of a loop: `outputs`, time-major sequences, and `finals`, the states after the last step.

    A final state is None where it is not known: its sequence had ended before.
    """

    outputs: list
    finals: list


def translate(x, loop, length, states, outputs):
    """Return the Translated of a loop.

    Args:
      x: the Expressions, with the model's Layers as `x.layers`; `x.folded`: whether forget biases are folded; and
        `x.loops_of_states`: names of loops whose states are read at each step.
      loop: the loop's name.
      length: its number of steps, a size.
      states: [loops.State].
      outputs: expressions of the body, the outputs of a step.

    Raises CannotTranslate where the body has no counterpart.
    """
    unstacked = stacked_states.unstack_state(x, states, outputs)
    if unstacked is not None:
        found = translate(x, loop, length, unstacked.states, unstacked.outputs)
        return Translated(*unstacked.join(x, found.outputs, found.finals))
    states, outputs = _with_masks_outside(x, loop, states, outputs)
    with_selects = states, outputs
    lengths, states, outputs, zeroed, goes_on = without_lengths(states, outputs)
    if lengths is not None and lengths.is_constant(dims.fixed(length)):
        lengths, zeroed = None, [False] * len(outputs)  # no sequence ends before the last step
    elif lengths is not None and lengths.op == "constant":
        lengths = _in_batch(x, lengths)
    scan = Scan(x, loop, length, states, outputs, lengths)
    try:
        scan.split_up()
        sequences = [scan.lifting.sequence(output) for output in outputs]
    except NotLifted:
        scan = Scan(x, loop, length, states, outputs, lengths)
        try:
            sequences = scan.as_one_cell(outputs)
        except NotLifted as error:
            value = error.args[0]
            raise CannotTranslate(
                f"{value.node or loop}: {value.op} of what each step of a loop reads has no counterpart yet; expected "
                "sequences of the batch"
            ) from error
    if lengths is not None and scan.carries_varying:  # Keras's masking needs the sizes of all states
        return translate(x, loop, length, *as_input(x, loop, *with_selects, scan.mask))
    if lengths is not None:
        sequences = [
            scan.zero_past_the_end(sequence) if zero else sequence for sequence, zero in zip(sequences, zeroed)
        ]
    finals = [None if past_the_end else final for final, past_the_end in zip(scan.finals, goes_on)]
    return Translated([_time_major(x, sequence) for sequence in sequences], finals)


def _time_major(x, sequence):
    if sequence.op == "states_of_steps":
        return sequence
    return op_types.transpose(x, sequence, (1, 0, *range(2, sequence.rank)))


class Scan:
    """A loop being translated to layers, one recurrence after the other in the order of computation."""

    def __init__(self, x, loop, length, states, outputs, lengths):
        self.x, self.loop, self.length, self.states, self.lengths = x, loop, length, states, lengths
        self.outputs = outputs
        self.roots = [*(state.next for state in states), *outputs]
        self.lifting = Lifting(x, loop, length, self.roots)
        self.finals = [None] * len(states)
        self.mask, self.carries_varying = None, False
        if lengths is not None:
            batch = lengths.shape[0]
            self.mask = x.make("sequence_mask", (lengths,), (batch, length), "bool", None, steps=length)

    def split_up(self):
        """Turn each recurrence into a layer of its own; raises NotLifted where that is not possible."""
        for members in _recurrences(self.states):
            if len(members) == 1 and not self._feeds_itself(members[0]):
                self._delay(members[0])
            else:
                self._recurrence(members)

    def as_one_cell(self, outputs):
        """Turn the whole body into one cell; returns the sequences of `outputs`."""
        self._generated(list(range(len(self.states))), outputs, whole=True)
        return [self.lifting.known[id(output)] for output in outputs]

    def zero_past_the_end(self, sequence):
        """Replace values past the end of a sequence by zeros, as dynamic_rnn does."""
        inner = sequence
        while inner.op in ("flip", "reverse_sequence"):
            inner = inner.args[0]
        if inner.op == "item" and inner.args[0].op == "layer" and inner.args[0].options["masked"]:
            return sequence  # the layer does so: zero_output_for_mask
        mask = op_types.reshape(self.x, self.mask, (*self.mask.shape, *(1,) * (sequence.rank - 2)))
        zero = self.x.constant(0, sequence.dtype)
        return self.x.make("where", (mask, sequence, zero), sequence.shape, sequence.dtype)

    def _feeds_itself(self, number):
        state = self.states[number]
        return state.symbol in walk(state.next)

    def _delay(self, number):
        """Translate a state that only holds a value computed in the previous step."""
        if self._reads_along(number):
            return
        if self.lengths is not None:
            raise NotLifted(self.states[number].next)
        state, x = self.states[number], self.x
        sequence = self.lifting.sequence(state.next)
        self.finals[number] = op_types.getitem(x, sequence, (slice(None), -1))
        if any(state.symbol in walk(root) for root in self.roots):
            first = op_types.reshape(x, state.initial, (state.initial.shape[0], 1, *state.initial.shape[1:]))
            shifted = op_types.concatenate(x, [first, op_types.getitem(x, sequence, (slice(None), slice(None, -1)))], 1)
            self.lifting.known[id(state.symbol)] = shifted

    def _reads_along(self, number):
        """Whether a state is the current element of a sequence.

        Such a loop reads each element one step ahead, and the first one before it starts.
        """
        state, x = self.states[number], self.x
        if state.next.op != "step_of" or not state.next.options.get("ahead"):
            return False
        whole = state.next.args[0]
        first = op_types.getitem(x, whole, (0,))
        if state.initial is not first:
            return False
        sequence = op_types.transpose(x, whole, (1, 0, *range(2, whole.rank)))
        self.lifting.known[id(state.symbol)] = sequence
        self.finals[number] = state.initial  # unused: it would be the element after the last
        return True

    def _recurrence(self, members):
        states = [self.states[number] for number in members]
        nexts, symbols = [state.next for state in states], [state.symbol for state in states]
        found = find_cell(nexts, symbols, self.x.folded) or find_separate_gates(nexts, symbols)
        own = depends(self.roots, lambda expression: any(expression is state.symbol for state in states))
        hidden = self._given_last_only(nexts, found)
        if found is None or id(found.input) in own or not self._only_output_is_used(states, found, own, hidden):
            return self._generated(members, self._boundary(members, own) or [_last_computed(states)])
        sequence = self.lifting.sequence(found.input)
        initial = [states[number].initial for number in found.order]
        items = self._layer(found, sequence, initial)
        self.lifting.known[id(found.output)] = items[0]
        for place, number in enumerate(found.order):
            self.finals[members[number]] = items[1 + place]
            if nexts[number] in hidden:
                self.lifting.known[id(nexts[number])] = self._states_of_steps(initial[place], items[1 + place])

    def _given_last_only(self, nexts, found):
        """Return the states that a Keras layer gives after the last step only, though the loop writes them at each.

        Most scripts read the last one of them: then the layer is enough. Where that proves wrong, the translation
        starts again, with the loop in `x.loops_of_states`.
        """
        if found is None or self.lengths is not None or self.loop in self.x.loops_of_states:
            return []
        return [state for state in nexts if state is not found.output and state in self.outputs]

    def _states_of_steps(self, first, last):
        """Return a time-major sequence of which only the last element can be read."""
        shape = (self.length, *last.shape)
        found = self.x.make("states_of_steps", (last,), shape, last.dtype, None, loop=self.loop)
        self.x.last_of_steps[id(found)] = (None, first, last)
        return found

    def _only_output_is_used(self, states, found, own, hidden):
        """Whether nothing outside the recurrence reads its intermediate values or old states, except `hidden`."""
        inside = set(map(id, walk(*(state.next for state in states)))) & own
        for expression in walk(*self.roots):
            if id(expression) in inside:
                continue
            if any(id(arg) in inside and arg is not found.output for arg in expression.args):
                return False
        return all(output is found.output or output in hidden or id(output) not in inside for output in self.outputs)

    def _boundary(self, members, own):
        """Return the expressions of a recurrence that the rest of the body reads."""
        inside = set(map(id, walk(*(self.states[number].next for number in members)))) & own
        found = []
        for expression in walk(*self.roots):
            if id(expression) not in inside:
                found += [arg for arg in expression.args if id(arg) in inside and arg not in found]
        found += [output for output in self.outputs if id(output) in inside and output not in found]
        return found

    def _layer(self, found, sequence, initial):
        """Make the layer of a CellMatch; returns its items, the output sequence and the last states."""
        backward, sequence = self._backward(sequence)
        config = dict(found.config)
        layer = self.x.layers.get(found.kind, (found.units,), config, found.weights, found.scope)
        return self._items(layer, sequence, initial, backward, [(found.units,)], [[found.units]] * len(found.order))

    def _generated(self, members, outputs, whole=False):
        """Make a generated cell for a recurrence; it returns `outputs` in each step."""
        states = [self.states[number] for number in members]
        cell, inputs, carried = generated_cell(self.x, self.loop, states, outputs, self.lifting, whole)
        sequence = self._joined([self.lifting.sequence(value) for value in inputs], cell)
        layer = self.x.layers.get("RNN", (), {}, cell.weights, cell.scope, cell)
        backward, sequence = self._backward(sequence)
        self.carries_varying |= not all(dims.is_known(size) for value in carried for size in carried_shape(value))
        initial = [_flat(self.x, state.initial) for state in states]
        initial += [_flat(self.x, value) if value.rank == 1 and value.op != "weight" else value for value in carried]
        items = self._items(
            layer,
            sequence,
            initial,
            backward,
            [(cell.width(output),) for output in outputs],
            [value.shape[1:] for value in initial[: len(states)]]
            + [carried_shape(value) for value in initial[len(states) :]],
        )
        for output, value in zip(outputs, cell.split_outputs(self.x, items[0], outputs)):
            self.lifting.known[id(output)] = value
        for place, number in enumerate(members):
            initial = self.states[number].initial
            final = op_types.reshape(self.x, items[1 + place], initial.shape)
            self.finals[number] = _of_type(self.x, final, initial.dtype)

    def _joined(self, sequences, cell):
        """Return the cell's input sequence: all that it reads in a step, concatenated."""
        if not sequences:  # a cell without inputs is fed zeros for each step
            batch = self.states[0].initial.shape[0]
            return self.x.make(
                "zeros_sequence", (self.states[0].initial,), (batch, self.length, 1), "float32", None, steps=self.length
            )
        return cell.join_inputs(self.x, sequences)

    def _backward(self, sequence):
        """Return (name of the reversing op, the sequence before it); (None, sequence) where it is not reversed."""
        reversal = "flip" if self.lengths is None else "reverse_sequence"
        forward = self._unreversed(sequence, reversal)
        return (None, sequence) if forward is None else (reversal, forward)

    def _unreversed(self, sequence, reversal):
        """Return a sequence before its reversal, looking through stepwise operations; None where there is none."""
        if sequence.op == reversal:
            is_reverse = sequence.options["axis"] == 1 if reversal == "flip" else sequence.args[1] is self.lengths
            return sequence.args[0] if is_reverse else None
        if sequence.op not in ELEMENTWISE and sequence.op != "matmul":
            return None
        args = []
        for arg in sequence.args:
            has_steps = (arg.rank or 0) >= 3 and arg.shape[1] != 1
            args.append(self._unreversed(arg, reversal) if has_steps else arg)
        if None in args or all(new is arg for new, arg in zip(args, sequence.args)):
            return None
        is_new = sequence.op == "dropout"
        return self.x.make(sequence.op, args, sequence.shape, sequence.dtype, sequence.node, is_new, **sequence.options)

    def _items(self, layer, sequence, initial, backward, output_shapes, state_shapes):
        x, batch = self.x, sequence.shape[0]
        zero = all(value.is_constant(0) for value in initial) and all(len(shape) == 1 for shape in state_shapes)
        initial = [_in_batch(x, _of_type(x, value, "float32")) for value in initial]  # Keras cells carry no other
        args = [sequence, *([] if zero else initial), *([self.mask] if self.mask is not None else [])]
        whole = x.make(
            "layer",
            args,
            None,
            "float32",
            None,
            layer=layer,
            masked=self.mask is not None,
            backward=backward is not None,
            initial=0 if zero else len(initial),
            states=len(initial),
        )
        size = sum(shape[-1] for shape in output_shapes) if len(output_shapes) > 1 else None
        shape = (batch, self.length, *(output_shapes[0] if size is None else (size,)))
        outputs = x.make("item", (whole,), shape, "float32", None, number=0)
        if backward == "reverse_sequence":  # Keras returns them in reading order, padding first
            outputs = x.make(
                "reverse_sequence",
                (x.make("flip", (outputs,), shape, None, None, axis=1), self.lengths),
                shape,
                None,
                None,
                seq_axis=1,
                batch_axis=0,
            )
        finals = [
            x.make("item", (whole,), (batch, *shape), "float32", None, number=1 + place)
            for place, shape in enumerate(state_shapes)
        ]
        return [outputs, *finals]


def _flat(x, initial):
    """Return a state as (batch, features), the form in which Keras cells carry it."""
    if initial.rank == 2 or not all(map(dims.is_known, initial.shape[1:])):
        return initial
    return op_types.reshape(x, initial, (initial.shape[0], dims.product(initial.shape[1:])))


def _of_type(x, value, dtype):
    return value if value.dtype == dtype else x.make("cast", (value,), value.shape, dtype)


def _recurrences(states):
    """Return the groups of states that depend on each other, as lists of indices, in the order of computation."""
    reads = [
        {other for other, candidate in enumerate(states) if candidate.symbol in set(walk(state.next))}
        for state in states
    ]
    reach = [set(row) for row in reads]
    for _ in states:
        for row in reach:
            for other in list(row):
                row |= reach[other]
    groups = []
    for number in range(len(states)):
        group = [
            other
            for other in range(len(states))
            if other == number or (other in reach[number] and number in reach[other])
        ]
        if group not in groups:
            groups.append(group)
    ordered, waiting = [], list(range(len(groups)))
    while waiting:
        ready = [g for g in waiting if not any(h in waiting and h != g for h in _needs(groups, g, reach))]
        ordered += [groups[g] for g in ready]
        if not ready:
            raise NotLifted(states[0].next)
        waiting = [g for g in waiting if g not in ready]
    return ordered


def _last_computed(states):
    """Return the new state that no other new state depends on, such as h of an LSTM."""
    return next(
        (
            state.next
            for state in states
            if not any(state.next in walk(*other.next.args) for other in states if other is not state)
        ),
        states[0].next,
    )


def _needs(groups, g, reach):
    """Return the groups whose states group `g` depends on."""
    return [
        h
        for h in range(len(groups))
        if h != g and any(other in reach[number] for number in groups[g] for other in groups[h])
    ]


def _with_masks_outside(x, loop, states, outputs):
    """Replace dropout in a recurrence whose mask is drawn outside the loop by a product: one mask for all steps."""
    nexts = [state.next for state in states]
    moving = depends([*nexts, *outputs], lambda part: any(part is state.symbol for state in states))
    replaced = {}
    for part in walk(*nexts):
        if part.op == "dropout" and id(part) in moving and part.options.get("loop") != loop:
            mask = mask_of(x, part)
            replaced[id(part)] = x.make("multiply", (part.args[0], mask), part.shape, part.dtype, part.node)
    if not replaced:
        return states, outputs
    found = substitute(x, [*nexts, *outputs], replaced)
    states = [dataclasses.replace(state, next=new) for state, new in zip(states, found)]
    return states, found[len(states) :]


def _in_batch(x, value):
    """Return a constant or variable with the symbolic batch size, which Keras requires here; others unchanged."""
    if value.op == "weight":
        return x.make("in_batch", (value,), (dims.of(x.batch), *value.shape), value.dtype, value.node)
    if value.op != "constant" or not value.rank or x.batch.value != value.shape[0]:
        return value
    shape = (dims.of(x.batch), *value.shape[1:])
    if value.value.size and (value.value == value.value.flat[0]).all():
        return x.make("full", (x.constant(value.value.flat[0], value.dtype),), shape, value.dtype, value.node)
    return x.make("in_batch", (value,), shape, value.dtype, value.node)
