"""Turns unrolled recurrences of known cells back into layers.

static_rnn, legacy_seq2seq.rnn_decoder and Python loops build separate ops for each time step. A step that a Keras cell
computes is recognized by its pattern. Steps with the same variables, each starting from the state of the one before,
form a chain; a chain becomes a layer applied to the sequence of the steps' inputs.
"""

import dataclasses

from keras_port.translation import op_types
from keras_port.translation.expressions.expression import mask_of, number, readers_of, substitute, walk
from keras_port.translation.expressions.patterns import match
from keras_port.translation.layers.layer import Weights, copied, scope_of
from keras_port.translation.recurrences.any_cell import roll_up_recurrences
from keras_port.translation.recurrences.cells import (
    ACTIVATIONS,
    activation_of,
    gru_step,
    gru_weights,
    lstm_step,
    lstm_weights,
    simple_rnn_step,
)
from keras_port.translation.recurrences.sequences import Sequences, join_steps


@dataclasses.dataclass(eq=False)
class Step:
    """One step of a known cell.

    Attributes:
      kind: name of the Keras layer.
      key: identifies the cell; equal for all steps of one cell.
      config: {argument: value} of the layer.
      weights: list of Weights.
      input: the expression of its input.
      states: expressions of the states before the step, in Keras's order (h before c).
      results: expressions of the states after the step.
      scope: scope of the cell's variables.
    """

    kind: str
    key: tuple
    config: dict
    weights: list
    input: object
    states: tuple
    results: tuple
    scope: str


def roll_up(x, roots):
    """Return `roots` with the chains of unrolled steps under them replaced by layers."""
    roots = _without_conditionals(x, roots)
    roots = _with_shared_masks(x, roots)
    steps = [step for step in (_step(x, expression) for expression in walk(*roots)) if step]
    chains = _chains(steps, _masked_states(roots))
    rolling = Sequences(x)
    readers = readers_of(roots)
    for chain in chains:
        is_chain = len(chain.steps) > 1 or chain.is_single_step_from_zeros()
        if is_chain and chain.can_be_replaced(readers) and not chain.reads_its_outputs():
            chain.replace(x, rolling)
    roots = roll_up_recurrences(x, substitute(x, roots, rolling.replaced))
    return join_steps(x, roots)


# ---- steps -------------------------------------------------------------------------------------------------------


def _step(x, expression):
    """Return the Step whose output h is `expression`, or None."""
    if expression.op == "multiply":
        return _lstm(x, expression)
    if expression.op == "add":
        return _gru(expression)
    if expression.op in ACTIVATIONS:
        return _simple_rnn(expression)
    return None


def _lstm(x, new_h):
    for activation in ACTIVATIONS:
        outer = match(("multiply", (activation, "new_c"), ("sigmoid", ("item", "z", {"number": 3}))), new_h)
        found = outer and lstm_step(outer["new_c"], new_h, activation)
        if found and found["h"].shape[-1] == new_h.shape[-1]:
            kernel, bias = (found[name].options["name"] for name in ("kernel", "bias"))
            config = activation_of(activation)
            if not x.folded and found["forget_bias"]:
                config["forget_bias"] = found["forget_bias"]
            return Step(
                "LSTM",
                ("LSTM", kernel, bias, activation, found["forget_bias"]),
                config,
                lstm_weights(kernel, bias, found["forget_bias"], x.folded),
                found["x"],
                (found["h"], found["c"]),
                (new_h, found["new_c"]),
                scope_of(kernel),
            )
    return None


def _gru(new_h):
    for activation in ACTIVATIONS:
        found = gru_step(new_h, activation)
        if found:
            config = {"reset_after": False, **activation_of(activation)}
            weights = gru_weights(found)
            return Step(
                "GRU",
                ("GRU", weights[0].variables, activation),
                config,
                weights,
                found["x"],
                (found["h"],),
                (new_h,),
                scope_of(scope_of(weights[0].variables[0])),
            )
    return None


def _simple_rnn(new_h):
    found = simple_rnn_step(new_h, new_h.op)
    if found is None or found["h"].shape != new_h.shape and not found["h"].is_constant(0):
        return None
    kernel, bias = (found[name].options["name"] for name in ("kernel", "bias"))
    config = activation_of(new_h.op)
    weights = [Weights((kernel,), "joined_kernel", (0, 1)), copied(found["bias"], 2)]
    return Step(
        "SimpleRNN",
        ("SimpleRNN", kernel, bias, new_h.op),
        config,
        weights,
        found["x"],
        (found["h"],),
        (new_h,),
        scope_of(kernel),
    )


# ---- chains ------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(eq=False)
class Chain:
    """Consecutive steps of one cell.

    Attributes:
      steps: list of Steps.
      carried: the states that follow each step; where `lengths` is given, the masked ones.
      lengths: expression of the sequences' lengths, or None.
      masked_outputs: {index of a step: its output with zeros past the end}.
    """

    steps: list
    carried: list
    lengths: object = None
    masked_outputs: dict = dataclasses.field(default_factory=dict)

    def is_single_step_from_zeros(self):
        """Whether the first step is that of an LSTM or GRU and starts from zeros.

        A single such step is the backward layer of a bidirectional network of which only the last output is read.
        """
        first = self.steps[0]
        return first.kind != "SimpleRNN" and all(state.is_constant(0) for state in first.states)

    def reads_its_outputs(self):
        """Whether a step's input is computed from an earlier step's output, as in a decoder that predicts on.

        No layer takes such steps: a layer is given the inputs of all steps before the first.
        """
        outputs = {id(result) for step in self.steps[:-1] for result in step.results}
        return any(id(part) in outputs for part in walk(*(step.input for step in self.steps[1:])))

    def can_be_replaced(self, readers):
        """Whether only states that a layer returns are read: each h, and the last c."""
        if len(self.steps[0].results) == 1:
            return True
        inside = set()
        for step in self.steps:
            borders = {id(part) for part in (step.input, *step.states)}
            inside |= {id(part) for part in walk(*step.results, known=borders)}
        return all(
            id(reader) in inside or reader.op == "where"
            for carried in self.carried[:-1]
            for state in carried[1:]
            for reader in readers.get(id(state), ())
        )

    def replace(self, x, rolling):
        """Create the layer, and store in `rolling` the replacements for the steps' results."""
        first, count = self.steps[0], len(self.steps)
        sequence = rolling.sequence([step.input for step in self.steps])
        units = first.results[0].shape[-1]
        layer = x.layers.get(first.kind, (units,), first.config, first.weights, first.scope)
        backward = sequence.op == "flip" and sequence.options["axis"] == 1 and self.lengths is None
        if backward:
            sequence = sequence.args[0]
        zero = all(state.is_constant(0) for state in first.states)
        batch = sequence.shape[0]
        mask = []
        if self.lengths is not None:
            mask = [x.make("sequence_mask", (self.lengths,), (batch, count), "bool", None, steps=count)]
        args = [sequence, *([] if zero else first.states), *mask]
        whole = x.make(
            "layer",
            args,
            None,
            "float32",
            None,
            layer=layer,
            masked=bool(mask),
            backward=backward,
            initial=0 if zero else len(first.states),
            states=len(first.states),
        )
        outputs = x.make("item", (whole,), (batch, count, units), "float32", None, number=0)
        for place, step in enumerate(self.steps):
            rolling.known[id(step.results[0])] = (outputs, place)
            value = op_types.getitem(x, outputs, (slice(None), place))
            rolling.replaced[id(step.results[0])] = value
            if place in self.masked_outputs:
                rolling.known[id(self.masked_outputs[place])] = (outputs, place)
                rolling.replaced[id(self.masked_outputs[place])] = value
        for number_of_state, last in enumerate(self.carried[-1]):
            final = x.make("item", (whole,), (batch, units), "float32", None, number=1 + number_of_state)
            if last is not self.steps[-1].results[0] or self.lengths is not None:
                rolling.replaced[id(last)] = final
        if self.lengths is None:
            rolling.replaced[id(self.steps[-1].results[0])] = op_types.getitem(x, outputs, (slice(None), count - 1))


def _masked_states(roots):
    """Return {id of a new state: [(the where that masks it, lengths, the value past the end)]}."""
    found = {}
    for expression in walk(*roots):
        if expression.op == "where":
            condition = expression.args[0]
            condition = condition.args[0] if condition.op == "reshape" else condition
            if (
                condition.op == "greater_equal"
                and number(condition.args[0]) is not None
                or (condition.op == "less_equal" and number(condition.args[1]) is not None)
            ):
                lengths = condition.args[1] if condition.op == "greater_equal" else condition.args[0]
                found.setdefault(id(expression.args[2]), []).append((expression, lengths, expression.args[1]))
    return found


def _chains(steps, masked):
    """Group steps into chains, in the order of computation."""
    after, chains = {}, []
    for step in steps:  # in the order of computation
        before = after.get((step.key, tuple(map(id, step.states))))
        carried, lengths, zeroed = _carried(step, masked)
        if before is not None and before.carried[-1] is not None and before.lengths is lengths:
            chain = before
            del after[step.key, tuple(map(id, step.states))]
        else:
            chain = Chain([], [], lengths)
            chains.append(chain)
        if zeroed is not None:
            chain.masked_outputs[len(chain.steps)] = zeroed
        chain.steps.append(step)
        chain.carried.append(carried)
        after[step.key, tuple(map(id, carried))] = chain
    return chains


def _carried(step, masked):
    """Return (states that the next step starts from, lengths or None, output with zeros past the end or None)."""
    states, lengths, zeroed = [], None, None
    for old, new in zip(step.states, step.results):
        kept = [(where, of) for where, of, other in masked.get(id(new), ()) if other is old]
        states.append(kept[0][0] if kept else new)
        lengths = kept[0][1] if kept else lengths
    for where, of, other in masked.get(id(step.results[0]), ()):
        if lengths in (None, of) and other.is_constant(0):
            zeroed, lengths = where, of  # after the last step the states may not be read
    return tuple(states), lengths, zeroed


def _with_shared_masks(x, roots):
    """Replace dropouts with the same draw by products with one mask, as variational dropout uses in unrolled steps."""
    draws = {}
    for expression in walk(*roots):
        if expression.op == "dropout":
            draws.setdefault(expression.options["draw"], []).append(expression)
    replaced = {}
    for same in draws.values():
        if len(same) > 1:
            mask = mask_of(x, same[0])
            for expression in same:
                value = expression.args[0]
                replaced[id(expression)] = x.make("multiply", (value, mask), value.shape, value.dtype, expression.node)
    return substitute(x, roots, replaced) if replaced else roots


def _without_conditionals(x, roots):
    """Replace static_rnn's tf.conds, which skip steps past the end of all sequences, by the equivalent selects."""
    replaced = {}
    for expression in walk(*roots):
        if expression.op == "cond":
            condition, true, false = expression.args
            inner = replaced.get(id(false), false)
            if condition.op in ("less", "greater") and false.op == "where" and false.args[2] is true:
                replaced[id(expression)] = false  # no sequence has ended yet: the select takes every new row
            elif (
                condition.op in ("greater_equal", "less_equal")
                and inner.op == "where"
                and (inner.args[1] is true or inner.args[1].is_constant(0) and true.is_constant(0))
            ):
                replaced[id(expression)] = inner  # every sequence has ended: the select keeps every old row
    return substitute(x, roots, replaced) if replaced else roots
