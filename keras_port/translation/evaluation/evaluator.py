"""Evaluates a graph symbolically: computes an expression for each tensor, starting from the tensors that are fed.

TensorFlow 1 builds control flow from ops: a conditional is Switches and Merges, a loop is Enters, Merges, Switches and
NextIterations around a LoopCond (Yu et al., Dynamic Control Flow in Large-Scale Machine Learning, 2018). A conditional
becomes one expression `cond`; a loop is evaluated by `loops`.
"""

from keras_port.translation.errors import CannotTranslate
from keras_port.translation.evaluation.fused_cells import block_lstm
from keras_port.translation.evaluation.loops import Scope, evaluate_loop, find_loops
from keras_port.translation.expressions import dims
from keras_port.translation.expressions.expression import Expressions, number, walk
from keras_port.translation.op_types import OPS, element, stack

VARIABLES = ("VariableV2", "Variable", "VarHandleOp")
_ARRAYS = ("TensorArrayV3", "TensorArrayV2")


class Evaluator:
    """Evaluates the tensors of one graph.

    Args:
      graph: a graph.Graph.
      x: the Expressions to create expressions with.
      rules: functions (x, expression) that return a simpler expression or None; applied to each new expression.

    Attributes:
      arrays: {TensorArray node: expression of its number of elements}.
      notes: sentences about where the port behaves differently.
    """

    def __init__(self, graph, x=None, rules=()):
        self.graph, self.x, self.rules = graph, x or Expressions(), rules
        self.top = Scope()
        self.loops = find_loops(graph)
        self.arrays, self.notes = {}, []

    def bind(self, tensor, expression):
        """Set the expression of a tensor, given as (node name, output index)."""
        name, index = tensor
        values = self.top.values.setdefault(name, [])
        values += [None] * (index + 1 - len(values))
        values[index] = expression

    def value(self, tensor, scope=None):
        """Return the expression of a tensor, given as (node name, output index).

        Raises CannotTranslate where it depends on something that has no counterpart.
        """
        scope = scope or self.top
        stack = [tensor[0]]
        while stack:
            name = stack[-1]
            if name in scope.values:
                stack.pop()
                continue
            waiting = [source for source in self._needs(name, scope) if source not in scope.values]
            if waiting:
                stack += waiting
            else:
                scope.values[name] = self._compute(self.graph[name], scope)
                stack.pop()
        values = scope.values[tensor[0]]
        if tensor[1] >= len(values) or values[tensor[1]] is None:
            raise CannotTranslate(f"{self.graph[tensor[0]]}: its output {tensor[1]} is used, which is not translated")
        return values[tensor[1]]

    def _needs(self, name, scope):
        node = self.graph[name]
        if node.op in ("Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "LoopCond") or self._variable_of(
            node, scope
        ):
            return []
        needed = [source for source, _ in node.inputs]
        if node.op == "Merge":
            needed.append(self._predicate(node))
        return needed

    def _variable_of(self, node, scope):
        """Return the variable of the loop being evaluated that `node` is the Merge or Switch of, or None."""
        if scope.loop is None or node.op not in ("Merge", "RefMerge", "Switch", "RefSwitch"):
            return None
        return scope.loop.by_merge.get(node.name) or scope.loop.by_switch.get(node.name)

    def _compute(self, node, scope):
        variable = self._variable_of(node, scope)
        if variable is not None:
            state = self._state(variable, scope)
            return [state, state]
        if node.op in ("Enter", "RefEnter"):
            return [self.value(node.inputs[0], scope.parent)] if scope.parent else [self.value(node.inputs[0], scope)]
        if node.op in ("Exit", "RefExit"):
            return [self._exit(node, scope)]
        args = [
            scope.values[source][index] if index < len(scope.values[source]) else None for source, index in node.inputs
        ]
        if None in args:
            raise CannotTranslate(
                f"{node}: reads an output of {self.graph[node.inputs[args.index(None)][0]]} that is not translated"
            )
        if node.op in ("Switch", "RefSwitch"):
            return [args[0], args[0]]
        if node.op in ("Merge", "RefMerge"):
            return [self._cond(node, args, scope)]
        result = self._op(node, args, scope)
        results = result if isinstance(result, list) else [result]
        return [self._simplified(item) for item in results]

    def _op(self, node, args, scope):
        x = self.x
        if node.op == "Const":
            return x.constant(node["value"], node["dtype"], node)
        if node.op in VARIABLES:
            options = {"shared_outside_cells": True} if node.name in x.shared_outside_cells else {}
            return x.make("weight", (), node["shape"], node["dtype"], node, name=node.name, **options)
        if node.op.startswith("Placeholder") and not args:
            raise CannotTranslate(f"{node}: nothing was fed to it, and it is no input; name it with --inputs")
        if node.op.startswith("TensorArray"):
            return self._array_op(node, args, scope)
        if node.op == "BlockLSTM":
            return block_lstm(x, node, *args)
        if node.op not in OPS:
            raise CannotTranslate(f"{node}: there is no counterpart of {node.op} in Keras yet")
        made = OPS[node.op](x, node, *args)
        if node.op.startswith(("Random", "Truncated")):
            made.options["loop"] = scope.loop and scope.loop.name
        return made

    def _simplified(self, expression):
        for rule in self.rules:
            better = expression is not None and rule(self.x, expression)
            if better:
                return better
        return expression

    # -- conditionals -------------------------------------------------------------------------------------------

    def _predicate(self, merge):
        """Return the name of the predicate of the tf.cond that `merge` ends; TensorFlow names it SCOPE/pred_id."""
        name = merge.name.rpartition("/")[0] + "/pred_id"
        if name not in self.graph:
            raise CannotTranslate(f"{merge}: a Merge of no tf.cond and no tf.while_loop")
        return name

    def _cond(self, node, branches, scope):
        predicate = scope.values[self._predicate(node)][0]
        false, true = branches
        known = number(predicate) if predicate.op == "constant" else None
        if known is not None:
            return true if known else false
        if false is true:
            return true
        if predicate.op == "all" and scope.loop is not None and (true.is_constant(0) or _tells_ends(predicate.args[0])):
            return false  # never taken: the loop ends when all sequences have
        if predicate.op == "all" and true.is_constant(0) and false.op == "getitem":
            return false  # true only where every sequence is empty
        if predicate.op == "training" and false.op == "stop_gradient":
            false = false.args[0]
        made = self.x.make("cond", (predicate, true, false), true.shape or false.shape, true.dtype, node)
        return self._simplified(made)

    # -- loops --------------------------------------------------------------------------------------------------

    def _state(self, variable, scope):
        if variable not in scope.states:
            if variable.counts(self.graph):
                scope.step = scope.step or self.x.make("step", (), (), "int32", None, loop=scope.loop.name)
                scope.states[variable] = scope.step
            else:
                initial = self.value(variable.enter.inputs[0], scope.parent)
                scope.states[variable] = self.x.make(
                    "state",
                    (),
                    self._state_shape(initial, variable),
                    initial.dtype,
                    None,
                    loop=scope.loop.name,
                    variable=variable.merge.name,
                )
        return scope.states[variable]

    def _state_shape(self, initial, variable):
        """Return a loop variable's shape; initial sizes that the graph leaves open become new symbols."""
        static = variable.merge.shapes[0] if variable.merge.shapes else None
        if initial.shape is None or static is None or len(static) != len(initial.shape):
            return initial.shape
        return tuple(
            size
            if known is not None or not dims.is_known(size)
            else dims.of(dims.Symbol(f"{variable.merge.name}_{axis}"))
            for axis, (size, known) in enumerate(zip(initial.shape, static))
        )

    def _exit(self, node, scope):
        loop, variable = self.loops[node.name]
        key = "loop of " + loop.name
        if key not in scope.values:
            scope.values[key] = evaluate_loop(self, loop, scope)
        return scope.values[key][variable]

    # -- TensorArrays -------------------------------------------------------------------------------------------

    def _array_op(self, node, args, scope):
        """Evaluate a TensorArray op; an array is represented by its flow, the value that orders reads and writes."""
        x = self.x
        if node.op in _ARRAYS:
            self.arrays[node.name] = args[0]
            handle = x.make("array_handle", (), (), "resource", node, name=node.name)
            return [handle, x.make("empty_array", (), None, node["dtype"], node, name=node.name)]
        operation = node.op[len("TensorArray") : -len("V3")]
        if operation in ("Scatter", "Unpack"):
            return x.make("array_of", (args[2] if operation == "Scatter" else args[1],), None, None, node)
        if operation == "Read":
            handle, index, flow = args
            return read(x, flow, index, node)
        if operation == "Write":
            handle, index, value, flow = args
            return x.make("array_write", (flow, index, value), None, value.dtype, node)
        if operation in ("Gather", "Pack"):
            return stacked(x, args[-1], node)
        if operation == "Size":
            handle, flow = args
            if flow.op == "array_of":
                return x.size(flow.args[0].shape[0])
            return self.arrays[handle.options["name"]]
        raise CannotTranslate(f"{node}: this use of a TensorArray has no counterpart yet")


def _tells_ends(flags):
    """Whether flags tell which sequences end at a step of a loop: step >= lengths."""
    return flags.op == "greater_equal" and any(part.op == "step" for part in walk(flags.args[0]))


def read(x, flow, index, node):
    """Return the element `index` of the array `flow`.

    Raises CannotTranslate where a loop is still writing the array, or its rank is unknown.
    """
    if flow.op == "array_of":
        sequence = flow.args[0]
        if sequence.shape is None and number(index) is None:
            raise CannotTranslate(f"{node}: the graph does not tell the rank of what it reads")
        return element(x, sequence, index, node)
    raise CannotTranslate(f"{node}: reads an array while a loop writes it")


def stacked(x, flow, node):
    """Return all elements of the array `flow` along a new first axis.

    Raises CannotTranslate where the array was not written element by element.
    """
    if flow.op == "array_of":
        return flow.args[0]
    written = {}
    while flow.op == "array_write":
        flow, index, value = flow.args
        written[number(index)] = value
    if flow.op == "empty_array" and sorted(written, key=lambda i: -1 if i is None else i) == list(range(len(written))):
        return stack(x, [written[index] for index in range(len(written))], 0, node)
    raise CannotTranslate(f"{node}: the array was not written element by element")
