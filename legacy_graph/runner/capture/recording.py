"""Keeps the steps of one training op: what was fed, the loss, and the variables before the first of them."""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.runner.capture import graphs

_LOGITS_OF = ("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits")


class Recording:
    """The steps in which one `TrainOp` ran, of one session."""

    def __init__(self, train_op, settings_tensors):
        self.train_op = train_op
        self.settings_tensors = settings_tensors  # of the optimizer: a learning rate that is computed or fed
        self.steps = []  # one dict a step: feeds, loss, fetches; arrays by tensor name
        self.variables = None  # {op name: array} before the first step
        self.meta_graph = None
        self.feed_tensors = {}  # tensor -> "feed_dict", "iterator", "queue" or "lookup", in the order seen
        self._extra = None

    def begin(self, session, run, fed):
        """Keep the variables and the graph as they are before the first step."""
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
        self._kinds = {}  # tensor -> what brought it into the graph
        for tensor in brought:
            if graphs.is_read(tensor, self._step_ops):
                cut = graphs.batches_cut_by(tensor)
                self._kinds.update(dict.fromkeys(cut, graphs.source_kind(tensor.op)))
        self.sources = list(self._kinds)
        self.logits = [
            op.inputs[0] for op in self.loss_ops if op.type in _LOGITS_OF and graphs.is_fetchable(op.inputs[0])
        ]
        self._extra = [*losses, *self.sources, *self.logits, *self.settings_tensors]

    def extra_fetches(self, fetches, fed):
        """The tensors to fetch in the run of a step, besides what the script fetches; what is fed cannot be."""
        return [tensor for tensor in self._extra if tensor not in fed]

    def add_step(self, fed, fetches, results, extra_values):
        """Keep a step: what was fed, what the script fetched, and the values of `extra_fetches`."""
        fetched = iter(extra_values)
        values = [_own(fed[tensor] if tensor in fed else next(fetched)) for tensor in self._extra]
        number = len(self.train_op.call.losses)
        loss = sum(np.sum(value, dtype=np.float64) for value in values[:number])
        by_name = {tensor.name: value for tensor, value in zip(self._extra[number:], values[number:])}
        step_feeds = {}
        for tensor, value in fed.items():
            if graphs.is_read(tensor, self._step_ops):
                self.feed_tensors.setdefault(tensor, "feed_dict")
                step_feeds[tensor.name] = _own(value)
        for tensor in self.sources:
            self.feed_tensors.setdefault(tensor, self._kinds[tensor])
            step_feeds[tensor.name] = by_name.pop(tensor.name)
        for tensor, value in zip(fetches, results):
            if tensor.op in self.loss_ops and tensor not in self.feed_tensors:
                by_name.setdefault(tensor.name, _own(value))
        self.steps.append({"feeds": step_feeds, "loss": loss, "fetches": by_name})


def _own(value):
    """A copy: what a session gives of a variable may change with it."""
    return np.array(value, copy=True)


def _values_of_variables(graph, run, loss_ops):
    """Return {op name: array} of the global variables, and of others that the loss reads."""
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
    return {name: _own(value) for name, value in values if value is not None}


def _fetch(run, tensors):
    """The values of tensors, None for a variable that was never given one."""
    try:
        return run([], tensors, {}, None, None)
    except tf.errors.FailedPreconditionError:
        if len(tensors) == 1:
            return [None]
        half = len(tensors) // 2
        return [*_fetch(run, tensors[:half]), *_fetch(run, tensors[half:])]
