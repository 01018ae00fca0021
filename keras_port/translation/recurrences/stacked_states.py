"""Splits a state that is a stack of several, such as the only state of a tf.scan that computes h and c.

    state = tf.stack([h, c])          h, c = tf.unstack(state)

Each part becomes a state of its own, so that the cell can be recognized.
"""

import dataclasses

from keras_port.translation import op_types
from keras_port.translation.expressions.expression import substitute, walk


@dataclasses.dataclass
class Unstacked:
    """A loop body whose stacked state became several.

    Attributes:
      states: [loops.State], those from the stack first.
      outputs: expressions of the body; the stack, where it was an output, became its parts.
      count: the number of parts.
      place: the index that the stacked state had.
      were_stacks: [whether each former output was the stack].
    """

    states: list
    outputs: list
    count: int
    place: int
    were_stacks: list

    def join(self, x, outputs, finals):
        """Return time-major sequences and final states as they were before: stacked."""
        sequences = iter(outputs)
        joined = [
            op_types.stack(x, [next(sequences) for _ in range(self.count)], 1) if was_stack else next(sequences)
            for was_stack in self.were_stacks
        ]
        others = list(finals[self.count :])
        others.insert(self.place, op_types.stack(x, finals[: self.count], 0))
        return joined, others


def unstack_state(x, states, outputs):
    """Return the Unstacked of a loop body for its first state that is a stack on axis 0, or None where no state is."""
    stacked = next((state for state in states if state.next.op == "stack" and state.next.options["axis"] == 0), None)
    if stacked is None:
        return None
    parts, symbol = stacked.next.args, stacked.symbol
    symbols = [_symbol(x, symbol, part, place) for place, part in enumerate(parts)]
    others = [state for state in states if state is not stacked]
    were_stacks = [output is stacked.next for output in outputs]
    split = [part for output, was in zip(outputs, were_stacks) for part in (parts if was else [output])]
    roots = [*parts, *(state.next for state in others), *split]
    replaced = {id(symbol): op_types.stack(x, symbols, 0)}
    for part in walk(*roots):
        if part.op == "getitem" and part.args[0] is symbol and isinstance(part.options["index"][0], int):
            first, *rest = part.options["index"]
            replaced[id(part)] = op_types.getitem(x, symbols[first], rest)
    roots = substitute(x, roots, replaced)
    new = [
        dataclasses.replace(
            stacked, symbol=symbols[place], initial=op_types.getitem(x, stacked.initial, (place,)), next=roots[place]
        )
        for place in range(len(parts))
    ]
    new += [dataclasses.replace(state, next=root) for state, root in zip(others, roots[len(parts) :])]
    return Unstacked(new, roots[len(new) :], len(parts), states.index(stacked), were_stacks)


def _symbol(x, symbol, part, place):
    options = {**symbol.options, "variable": f"{symbol.options['variable']}_{place}"}
    return x.make("state", (), part.shape, part.dtype, None, **options)
