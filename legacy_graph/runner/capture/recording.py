"""Records the steps of one training op: the feeds, the losses, and the variables before the first step."""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.runner.capture import graphs

_LOGITS_OF = ("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits")


class Recording:
    """The steps that one `TrainOp` makes in one session.

    Args:
      train_op: the TrainOp.
      settings_tensors: tensors among the optimizer's settings, such as a learning rate that is computed or fed.
    """

    def __init__(self, train_op, settings_tensors):
        self.train_op = train_op
        self.settings_tensors = settings_tensors
        self.steps = []  # one dict per step: feeds, loss, fetches; arrays by tensor name
        self.variables = None  # {op name: array} before the first step
        self.meta_graph = None
        self.feed_tensors = {}  # tensor -> "feed_dict", "iterator", "queue" or "lookup", in the order seen
        self._extra = None

    def begin(self, session, run, fed):
        """Store the graph and the variables as they are before the first step."""
        op = self.train_op.op
        self._prepare(fed)
        self.variables = _values_of_variables(session.graph, run, self.loss_ops)
        self.meta_graph = graphs.plain_meta_graph(op.graph)
        self.steps.clear()

    def _prepare(self, fed):
        losses = [loss for loss in self.train_op.call.losses]
        names = [tensor.name for tensor in fed]
        self.loss_ops = graphs.ancestors([loss.op for loss in losses], names)
        self._step_ops = graphs.ancestors([self.train_op.op], names)
        sources = [op for op in self._step_ops if graphs.source_kind(op)]
        brought = [tensor for op in sources for tensor in op.outputs if graphs.is_fetchable(tensor)]
        self._kinds = {}  # tensor -> kind of the op that brings it into the graph
        for tensor in brought:
            if graphs.is_read(tensor, self._step_ops):
                cut = graphs.batches_sliced_by(tensor)
                self._kinds.update(dict.fromkeys(cut, graphs.source_kind(tensor.op)))
        self.sources = list(self._kinds)
        self.logits = [
            op.inputs[0] for op in self.loss_ops if op.type in _LOGITS_OF and graphs.is_fetchable(op.inputs[0])
        ]
        self._extra = [*losses, *self.sources, *self.logits, *self.settings_tensors]

    def extra_fetches(self, fetches, fed):
        """Return the tensors to fetch in a step besides the script's own; fed tensors cannot be fetched."""
        return [tensor for tensor in self._extra if tensor not in fed]

    def add_step(self, fed, fetches, results, extra_values):
        """Store a step.

        Args:
          fed: {tensor: value}.
          fetches, results: the tensors that the script fetched, and their values.
          extra_values: the values of `extra_fetches`.
        """
        fetched = iter(extra_values)
        values = [_copied(fed[tensor] if tensor in fed else next(fetched)) for tensor in self._extra]
        number = len(self.train_op.call.losses)
        loss = sum(np.sum(value, dtype=np.float64) for value in values[:number])
        by_name = {tensor.name: value for tensor, value in zip(self._extra[number:], values[number:])}
        step_feeds = {}
        for tensor, value in fed.items():
            if graphs.is_read(tensor, self._step_ops):
                self.feed_tensors.setdefault(tensor, "feed_dict")
                step_feeds[tensor.name] = _copied(value)
        for tensor in self.sources:
            self.feed_tensors.setdefault(tensor, self._kinds[tensor])
            step_feeds[tensor.name] = by_name.pop(tensor.name)
        for tensor, value in zip(fetches, results):
            if tensor.op in self.loss_ops and tensor not in self.feed_tensors:
                by_name.setdefault(tensor.name, _copied(value))
        self.steps.append({"feeds": step_feeds, "loss": loss, "fetches": by_name})


def _copied(value):
    """Return a copy: an array that a session returns for a variable may change with the variable."""
    return np.array(value, copy=True)


def _values_of_variables(graph, run, loss_ops):
    """Return {op name: array} of the global variables, and of other variables that the loss reads."""
    elements = {}
    for variable in [*graph.get_collection("variables"), *graph.get_collection("local_variables")]:
        if variable.op.name not in elements and (
            variable.op in loss_ops or variable in graph.get_collection_ref("variables")
        ):
            elements[variable.op.name] = variable._as_graph_element()
    for op in loss_ops:
        if op.type in graphs.VARIABLE_TYPES and op.name not in elements and op.type != "VarHandleOp":
            elements[op.name] = op.outputs[0]
    values = zip(elements, _fetch(run, list(elements.values())))
    return {name: _copied(value) for name, value in values if value is not None}


def _fetch(run, tensors):
    """Return the values of tensors, with None for variables that were never initialized."""
    try:
        return run([], tensors, {}, None, None)
    except tf.errors.FailedPreconditionError:
        if len(tensors) == 1:
            return [None]
        half = len(tensors) // 2
        return [*_fetch(run, tensors[:half]), *_fetch(run, tensors[half:])]
