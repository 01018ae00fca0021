"""The selects with which loops stop at each sequence's length, as dynamic_rnn writes them.

    state = where(step >= lengths, state, new state)
    output = where(step >= lengths, zeros, output)

They are dropped where a layer's mask does the same, and otherwise kept, with the mask as one more input.
"""

import dataclasses

from keras_port.translation import op_types
from keras_port.translation.expressions.expression import substitute, walk


def without_lengths(states, outputs):
    """Remove the selects with which dynamic_rnn stops at the sequences' lengths.

    Returns (lengths or None, states, outputs, [whether each output is zero past the end], [whether each state goes on
    past the end]). A state may go on where nothing but itself reads it there: the other states and all outputs stop.
    """
    lengths = {
        _length_test(state.next.args[0])
        for state in states
        if state.next.op == "where" and state.next.args[1] is state.symbol
    }
    goes_on = [not _is_element(state) and not _stops(state, lengths) for state in states]
    zeroed = [
        output.op == "where" and _length_test(output.args[0]) in lengths and output.args[1].is_constant(0)
        for output in outputs
    ]
    if len(lengths) != 1 or None in lengths or any(goes_on) and not all(zeroed):
        return None, states, outputs, [False] * len(outputs), [False] * len(states)
    plain = [
        dataclasses.replace(state, next=state.next.args[2]) if _stops(state, lengths) else state for state in states
    ]
    outputs = [output.args[2] if zero else output for output, zero in zip(outputs, zeroed)]
    return lengths.pop(), plain, outputs, zeroed, goes_on


def _stops(state, lengths):
    """Whether a state keeps its value past the end of its sequence."""
    select = state.next
    return select.op == "where" and select.args[1] is state.symbol and _length_test(select.args[0]) in lengths


def _is_element(state):
    """Whether a state only holds an element of a sequence, read for the next step."""
    return state.next.op == "step_of"


def _length_test(condition):
    """Return the lengths in `step >= lengths` or `lengths <= step`, or None."""
    if condition.op == "reshape":
        condition = condition.args[0]
    if condition.op == "greater_equal" and condition.args[0].op == "step":
        return condition.args[1]
    if condition.op == "less_equal" and condition.args[1].op == "step":
        return condition.args[0]
    return None


def as_input(x, loop, states, outputs, mask):
    """Return (states, outputs) in which the selects read a sequence of masks, one more input of the loop.

    Args:
      x: the Expressions.
      loop: the loop's name.
      states: [loops.State].
      outputs: expressions of the body.
      mask: bool expression, (batch, time): whether a step comes before the sequence's end.
    """
    nexts = [state.next for state in states]
    steps = (op_types.transpose(x, mask, (1, 0)),)
    before_the_end = x.make("step_of", steps, mask.shape[:1], "bool", None, loop=loop)
    replaced = {
        id(part): x.make("logical_not", (before_the_end,), part.shape, "bool")
        for part in walk(*nexts, *outputs)
        if part.op in ("greater_equal", "less_equal") and _length_test(part) is not None
    }
    roots = substitute(x, [*nexts, *outputs], replaced)
    states = [dataclasses.replace(state, next=root) for state, root in zip(states, roots)]
    return states, roots[len(states) :]
