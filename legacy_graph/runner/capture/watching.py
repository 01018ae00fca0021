"""Watches what a script builds and runs: gradients, clipping, updates of variables, session runs.

Each is intercepted at the one function in TensorFlow that all public functions call: `_GradientsHelper` for
tf.gradients and every optimizer's compute_gradients; `Optimizer.apply_gradients` for minimize and optimize_loss;
`BaseSession._do_run` for Session.run, eval, and monitored and supervised sessions. No op is added to the graph.
"""

import contextlib
import functools
import inspect

from legacy_graph import internals
from legacy_graph.graph115.replacement import replace_function
from legacy_graph.runner.capture import graphs

_CLIPPING = {  # function -> its name in capture.json
    "clip_by_global_norm": "global_norm",
    "clip_by_norm": "norm",
    "clip_by_average_norm": "average_norm",
    "clip_by_value": "value",
}


class GradientsCall:
    """One call of tf.gradients.

    Args:
      losses: the tensors that were differentiated.
      weights: grad_ys of the call, or None.
      xs: the tensors or variables that they were differentiated with respect to.
      gradients: what the call returned: a tensor, IndexedSlices or None for each of `xs`.
    """

    def __init__(self, losses, weights, xs, gradients):
        self.losses, self.weights = losses, weights
        self._by_op = {_op(x): gradient for x, gradient in zip(xs, gradients) if gradient is not None}

    def of(self, variable):
        """Return the gradient with respect to a variable, or None."""
        return self._by_op.get(variable.op)

    def ops(self):
        """Return the set of ops whose outputs are the gradients."""
        return {values_of(gradient).op for gradient in self._by_op.values()}


class TrainOp:
    """The op that apply_gradients returned, which makes a training step.

    Attributes:
      op: the tf.Operation.
      optimizer: the optimizer.
      pairs: [(gradient, variable)] as applied.
      call: the GradientsCall that the gradients come from.
      clipping: how they were clipped, as in capture.json, or None.
    """

    def __init__(self, op, optimizer, pairs, call, clipping):
        self.op, self.optimizer, self.pairs, self.call, self.clipping = op, optimizer, pairs, call, clipping

    @property
    def graph(self):
        """The graph that contains the op."""
        return self.op.graph


class Watch:
    """Records what a script builds.

    Args:
      on_run: function (session, run, targets, fetches, feeds, ...) called in place of each session run.

    Attributes:
      train_ops: the TrainOps so far, in the order of creation.
    """

    def __init__(self, on_run):
        self._on_run = on_run
        self._calls, self._clippings = [], []
        self._inside_run = False
        self.train_ops = []

    @contextlib.contextmanager
    def watching(self):
        """Within the body, watch what is built and run."""
        optimizers = internals.optimizer.Optimizer
        with contextlib.ExitStack() as stack:
            for owner, name, ours in (
                (internals.gradients_util, "_GradientsHelper", self._gradients),
                (optimizers, "apply_gradients", self._apply_gradients),
                (internals.session.BaseSession, "_do_run", self._run),
                *((internals.clip_ops, name, functools.partial(self._clip, name)) for name in _CLIPPING),
            ):
                stack.callback(replace_function(owner, name, ours))
            yield self

    def _gradients(self, today, ys, xs, grad_ys=None, *args, **kwargs):
        gradients = today(ys, xs, grad_ys, *args, **kwargs)
        losses = [y for y in _as_list(ys) if isinstance(y, internals.tensor.Tensor)]
        if losses and len(losses) == len(_as_list(ys)):
            self._calls.append(GradientsCall(losses, grad_ys, _as_list(xs), gradients))
        return gradients

    def _clip(self, name, today, *args, **kwargs):
        clipped = today(*args, **kwargs)
        given = inspect.signature(today).bind(*args, **kwargs).arguments
        settings = {key: given[key] for key in ("clip_norm", "clip_value_min", "clip_value_max") if key in given}
        before = given.get("t_list", given.get("t"))
        pairs = zip(before, clipped[0]) if name == "clip_by_global_norm" else [(before, clipped)]
        for unclipped, its_clipped in pairs:
            if unclipped is not None:
                self._clippings.append((values_of(unclipped), values_of(its_clipped), _CLIPPING[name], settings))
        return clipped

    def _apply_gradients(self, today, optimizer, grads_and_vars, *args, **kwargs):
        pairs = list(grads_and_vars)
        before = internals.ops.get_default_graph().num_operations()
        applied = today(optimizer, pairs, *args, **kwargs)
        op = getattr(applied, "op", applied)
        pairs = [(gradient, variable) for gradient, variable in pairs if gradient is not None]
        call = self._gradients_call_of(pairs)
        if call:
            _update_after(call.losses, op, before)
            self.train_ops.append(TrainOp(op, optimizer, pairs, call, self._clipping_of(pairs, call)))
        return applied

    def _gradients_call_of(self, pairs):
        """Return the last GradientsCall whose gradients these depend on, or None."""
        behind = graphs.ancestors([values_of(gradient).op for gradient, _ in pairs])
        graph = pairs[0][1].graph
        for call in reversed(self._calls):
            if call.losses[0].graph is graph and any(call.of(variable) is not None for _, variable in pairs):
                if not call.ops().isdisjoint(behind):
                    return call
        return None

    def _clipping_of(self, pairs, call):
        """Return how the gradients were changed before they were applied, as in capture.json; None if they were not."""
        found = []
        for gradient, variable in pairs:
            raw = call.of(variable)
            if raw is None or values_of(raw) is not values_of(gradient):
                found.append(raw is not None and self._clipping_between(values_of(raw), values_of(gradient)))
        if not found:
            return None
        if all(found) and len(found) == len(pairs) and all(one == found[0] for one in found):
            return found[0]
        return {"kind": "other"}

    def _clipping_between(self, raw, gradient):
        for before, after, kind, settings in self._clippings:
            if before is raw and after is gradient:
                return {"kind": kind, **{key.removeprefix("clip_value_"): value for key, value in settings.items()}}
        return None

    def _run(self, today, session, handle, targets, fetches, feeds, options, metadata):
        run = functools.partial(today, session, handle)
        if self._inside_run or handle is not None:
            return run(targets, fetches, feeds, options, metadata)
        fed = {tensor.deref(): value for tensor, value in feeds.items()}
        return self._on_run(session, run, targets, fetches, fed, options, metadata)


def values_of(gradient):
    """Return the tensor that identifies a gradient: the values of IndexedSlices, otherwise the gradient itself."""
    return getattr(gradient, "values", gradient)


def _op(x):
    """Return the op of a variable that is given as any of its tensors."""
    op = x.op
    return op.inputs[0].op if op.type in ("Identity", "ReadVariableOp") and op.inputs else op


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _update_after(losses, train_op, number_before):
    """Make the ops that update variables wait for the loss.

    A penalty on a weight may read the weight at any time, and its gradient does not need its value. Without this
    control dependency a step's loss might be computed from the updated weights.
    """
    wait_for = [loss.op for loss in losses if graphs.is_fetchable(loss)]
    made = set(train_op.graph.get_operations()[number_before:])
    for op in graphs.ancestors([train_op]):
        if op in made and any(_is_state(tensor) for tensor in op.inputs) and op._get_control_flow_context() is None:
            op._add_control_inputs([one for one in wait_for if one not in op.control_inputs])


def _is_state(tensor):
    return tensor.dtype._is_ref_dtype or tensor.dtype == internals.dtypes.resource
