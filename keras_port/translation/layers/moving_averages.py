"""The moving averages of batch normalization, found from the ops that update them."""

from keras_port.translation.expressions.expression import number


class MovingAverages:
    """The moving averages that assign_moving_average updates in a graph.

    Args:
      graph: the Graph.
      evaluator: the Evaluator of its tensors.
      train_op: name of the op that makes a training step, or None.
    """

    def __init__(self, graph, evaluator, train_op):
        self._graph, self._evaluator, self._train_op = graph, evaluator, train_op

    def of(self, node):
        """Return the variables that average a FusedBatchNorm's moments, [mean, variance], or []."""
        found = {}
        for variable, assign in self._assigned():
            for source in self._graph.ancestors([assign.inputs[1][0]]):
                for name, place in self._graph[source].inputs:
                    if name == node.name and place in (1, 2):
                        found[place] = variable
        return [found[place] for place in (1, 2)] if len(found) == 2 else []

    def momentum(self, variable):
        """Return the momentum, 1 - decay, of a moving average; 1 where no step updates it, None where it is unknown."""
        running = self._graph.ancestors([self._train_op], controls=True) if self._train_op else None
        for name, node in self._assigned():
            if name == variable and running is not None and node.name not in running:
                return 1.0
            if name == variable:
                return self._kept_share(self._graph[node.inputs[1][0]])
        return None

    def _assigned(self):
        """Yield (variable, node) for each op that updates a moving average."""
        for node in self._graph.nodes.values():
            if node.op in ("AssignSub", "AssignSubVariableOp") and "AssignMovingAvg" in node.name:
                target = self._graph[node.inputs[0][0]]
                while target.op in ("Switch", "RefSwitch", "Identity", "RefIdentity"):  # inside a tf.cond
                    target = self._graph[target.inputs[0][0]]
                yield target.name, node

    def _kept_share(self, product):
        """Return the momentum in `(average - value) * (1 - momentum)`, or None."""
        for source, index in product.inputs if product.op == "Mul" else ():
            node = self._graph[source]
            if node.shapes and node.shapes[index] == ():
                share = _while_training(self._evaluator.value((source, index)))
                return None if share is None else round(1 - share, 6)
        return None


def _while_training(expression):
    """Return the value of a scalar in training, or None where it is not constant."""
    if expression.op == "cond" and expression.args[0].op == "training":
        return _while_training(expression.args[1])
    if expression.op == "subtract":
        left, right = map(_while_training, expression.args)
        return None if None in (left, right) else left - right
    return number(expression)
