"""TensorFlow 1's while loops: finds them in a graph and evaluates them as scans over time.

dynamic_rnn, bidirectional_dynamic_rnn and the like build loops that count steps, read sequences at the current step,
carry states, and write sequences. `recurrences.scans` turns such a scan into layers.
"""

import dataclasses

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import number, substitute, walk
from keras_port.translation.expressions.patterns import match
from keras_port.translation.op_types import OPS, getitem, transpose
from keras_port.translation.recurrences import scans


@dataclasses.dataclass(eq=False)
class Variable:
    """A loop variable: the nodes of the graph that implement it."""

    merge: object
    enter: object
    next: object
    switch: object

    def counts(self, graph):
        """Whether this is an integer counter that starts at 0 and is incremented by 1."""
        start, add = graph[self.enter.inputs[0][0]], graph[self.next.inputs[0][0]]
        if start.op != "Const" or add.op not in ("Add", "AddV2") or start["value"].shape != () or start["value"] != 0:
            return False
        if "int" not in start["dtype"]:
            return False
        found = {self._plain(graph, source) for source, _ in add.inputs}
        ones = [
            name
            for name in found
            if graph[name].op == "Const" and graph[name]["value"].size == 1 and graph[name]["value"] == 1
        ]
        return self.switch.name in found and len(ones) == 1

    @staticmethod
    def _plain(graph, name):
        while graph[name].op in ("Identity", "Enter"):
            name = graph[name].inputs[0][0]
        return name


@dataclasses.dataclass(eq=False)
class Loop:
    """A while loop: its LoopCond node, and its Variables by the names of their Merge, Switch and Exit nodes."""

    name: str
    condition: object
    by_merge: dict = dataclasses.field(default_factory=dict)
    by_switch: dict = dataclasses.field(default_factory=dict)
    by_exit: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(eq=False)
class Scope:
    """Where ops are evaluated: the whole graph, or the body of a loop.

    Attributes:
      parent: the scope around the loop; None for the graph.
      loop: the Loop whose body this is, or None.
      values: {node name: [expression of each output]}.
      states: {loop Variable: expression of its value at the start of an iteration}.
      step: the expression of the iteration number; None until a counter is evaluated.
    """

    parent: "Scope | None" = None
    loop: Loop | None = None
    values: dict = dataclasses.field(default_factory=dict)
    states: dict = dataclasses.field(default_factory=dict)
    step: object = None

    @property
    def depth(self):
        """Number of enclosing loops."""
        return 0 if self.parent is None else self.parent.depth + 1


@dataclasses.dataclass(eq=False)
class State:
    """A value that a scan carries from step to step.

    Attributes:
      symbol: its value at the start of a step, an expression in the body.
      initial: its value before the first step, an expression outside the loop.
      next: its value after a step, an expression in the body.
    """

    symbol: object
    initial: object
    next: object


def find_loops(graph):
    """Return {name of an Exit node: (its Loop, its Variable)}."""
    loops, found = {}, {}
    for node in graph.nodes.values():
        if node.op not in ("Switch", "RefSwitch") or graph[node.inputs[1][0]].op != "LoopCond":
            continue
        merge, condition = graph[node.inputs[0][0]], graph[node.inputs[1][0]]
        loop = loops.setdefault(condition.name, Loop(condition.name, condition))
        variable = Variable(merge, *(graph[source] for source, _ in merge.inputs[:2]), node)
        loop.by_merge[merge.name] = loop.by_switch[node.name] = variable
    for node in graph.nodes.values():
        if node.op in ("Exit", "RefExit"):
            switch = graph[node.inputs[0][0]]
            loop = loops.get(switch.inputs[1][0]) if len(switch.inputs) == 2 else None
            if loop is not None and switch.name in loop.by_switch:  # otherwise only the gradients use it
                loop.by_exit[node.name] = loop.by_switch[switch.name]
                found[node.name] = loop, loop.by_switch[switch.name]
    return found


def evaluate_loop(evaluator, loop, outer):
    """Evaluate a loop and return {Variable: expression of its final value} for the variables whose Exit is needed.

    Args:
      evaluator: the Evaluator.
      loop: the Loop.
      outer: the Scope around it.

    Raises CannotTranslate for loops that are no scans over time.
    """
    body = Scope(parent=outer, loop=loop)
    wanted = [variable for name, variable in loop.by_exit.items() if name in evaluator.needed]
    condition = evaluator.value(loop.condition.inputs[0], body)
    ends, states, sequences = {}, {}, {}
    waiting = [variable for variable in wanted if not variable.counts(evaluator.graph)]
    while waiting:
        variable = waiting.pop()
        if variable in ends:
            continue
        symbol = evaluator._state(variable, body)
        ends[variable] = evaluator.value(variable.next.inputs[0], body)
        waiting += [other for other in body.states if other not in ends and not other.counts(evaluator.graph)]
    initials = {variable: evaluator.value(variable.enter.inputs[0], outer) for variable in ends}
    finished = _finished(evaluator.x, condition, body, ends)
    if finished is not None:
        flag, lengths, most = finished
        over = evaluator.x.make("greater_equal", (body.step, lengths), lengths.shape, "bool")
        replaced = {id(body.states[flag]): over}
        ends = dict(zip(ends, substitute(evaluator.x, list(ends.values()), replaced)))
        del ends[flag]
        length = _longest_read(ends.values(), loop)
        if length is None:
            length = evaluator.x.longest(lengths) or most
        if length is None:
            raise CannotTranslate(f"{loop.condition}: a loop that decodes without reading what it should have decoded")
        length, ends = _up_to_longest(evaluator.x, length, lengths, ends)
    for variable, end in ends.items():
        symbol = body.states[variable]
        initial = initials[variable]
        if initial.op == "empty_array":
            sequences[variable] = _written(end, symbol, variable)
        elif end is not symbol:
            states[variable] = State(symbol, initial, end)
    if finished is not None:
        evaluator.notes.append(f"{loop.name}: runs over all steps; TensorFlow 1 stopped at the longest sequence's end")
    else:
        length = _length(condition, sequences.values(), loop, evaluator)
    found = scans.translate(evaluator.x, loop.name, length, list(states.values()), list(sequences.values()))
    results = {}
    for variable in wanted:
        if variable in sequences:
            results[variable] = evaluator.x.make("array_of", (found.outputs[list(sequences).index(variable)],))
        elif variable in states:
            results[variable] = found.finals[list(states).index(variable)]
            if results[variable] is None:
                raise CannotTranslate(
                    f"{variable.merge}: what its loop computes past the ends of the sequences is read"
                )
        elif variable in ends:  # a loop invariant
            results[variable] = evaluator.value(variable.enter.inputs[0], outer)
        elif not variable.counts(evaluator.graph):
            raise CannotTranslate(f"{variable.merge}: what a decoding loop found out about the sequences' ends")
        else:
            results[variable] = evaluator.x.size(length)
    return results


def _finished(x, condition, body, ends):
    """Return (flag's Variable, lengths, most) for a loop that decodes until every sequence has ended, None for others.

    dynamic_decode and raw_rnn carry a boolean `finished` for each sequence. With a TrainingHelper it only tells whether
    the step has reached the sequence's length. `most` is the number of steps after which every sequence ends, or None.
    """
    terms, found, most = [condition], None, None
    while terms:
        term = terms.pop()
        if term.op == "logical_and":
            terms += term.args
        elif term.op == "logical_not":
            found = match(("logical_not", ("all", "flag")), term)
        elif term.op != "less" or term.args[0] is not body.step:
            return None
    variable = next((each for each in ends if found and body.states[each] is found["flag"]), None)
    if variable is None or body.step is None:
        return None
    terms, lengths = [ends[variable]], set()
    while terms:
        term = terms.pop()
        if term.op == "logical_or":
            terms += term.args
            continue
        if term is found["flag"]:
            continue
        reached = match(("greater_equal", "steps", "lengths"), term)
        more = _steps_before(reached["steps"], body) if reached else None
        if more is None:
            return None
        if reached["lengths"].rank == 1:
            lengths.add(reached["lengths"] if more else OPS["Add"](x, None, reached["lengths"], x.constant(1, "int32")))
        elif number(reached["lengths"]) is None:
            return None
        else:
            most = int(number(reached["lengths"])) + 1 - more
    return (variable, lengths.pop(), most) if len(lengths) == 1 else None


def _steps_before(steps, body):
    """Return 0 for the counter at the start of a step, 1 for the counter after it, and None for anything else."""
    if steps is body.step:
        return 0
    return 1 if (match(("add", "step", 1), steps) or {}).get("step") is body.step else None


def _longest_read(ends, loop):
    """Return the number of elements of the sequences that a decoding loop reads; None where it reads none."""
    sizes = {
        expression.args[0].shape[0]
        for expression in walk(*ends)
        if expression.op == "step_of" and expression.options["loop"] == loop.name
    }
    if len(sizes) > 1:
        raise CannotTranslate(f"{loop.condition}: a loop that decodes and reads sequences of several lengths")
    return sizes.pop() if sizes else None


def _up_to_longest(x, length, lengths, ends):
    """Return (number of steps, ends) of a decoding loop that reads sequences of `length` elements.

    Where the script fed no batch whose longest sequence was longer, the loop leaves out the elements after that: with a
    start token in front, sequences have one element more than there are labels.
    """
    longest = x.longest(lengths)
    more = next((more for more in (1, 2) if longest is not None and dims.add(longest, more) == length), None)
    if more is None:
        return length, ends
    replaced = {}
    for part in walk(*ends.values()):
        if part.op == "step_of" and part.args[0].shape[0] == length:
            turn = (1, 0, *range(2, part.args[0].rank))
            sequence = getitem(x, transpose(x, part.args[0], turn), (slice(None), slice(None, -more)))
            read = (transpose(x, sequence, turn),)
            replaced[id(part)] = x.make("step_of", read, part.shape, part.dtype, part.node, **part.options)
    return longest, dict(zip(ends, substitute(x, list(ends.values()), replaced)))


def _written(end, symbol, variable):
    """Return the value that a loop writes to an array in each step."""
    if end.op == "array_write" and end.args[0] is symbol and end.args[1].op == "step":
        return end.args[2]
    raise CannotTranslate(f"{variable.merge}: a TensorArray that its loop does not write once a step, in order")


def _length(condition, sequences, loop, evaluator):
    """Return the number of steps of a loop, as a size: the bound of its counter."""
    bounds = []
    waiting = [condition]
    while waiting:
        term = waiting.pop()
        if term.op == "logical_and":
            waiting += term.args
        elif term.op == "less" and term.args[0].op == "step":
            bounds.append(_bound(term.args[1]))
        else:
            raise CannotTranslate(
                f"{loop.condition}: a loop that ends by {term.op} of what it computed; expected one that counts steps"
            )
    known = [bound for bound in bounds if bound is not None]
    if not known:
        raise CannotTranslate(f"{loop.condition}: how many steps the loop takes is computed from values")
    return known[0]


def _bound(expression):
    """Return the size of a bound; None for the longest sequence's length, beyond which masks make steps no-ops."""
    if expression.op == "size":
        return expression.options["size"]
    if number(expression) is not None:
        return int(number(expression))
    if expression.op == "minimum":
        sizes = [_bound(arg) for arg in expression.args]
        return next((size for size in sizes if size is not None), None)
    return None
