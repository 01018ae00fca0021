"""Describes a recorded training: the contents of capture.json."""

import inspect

import numpy as np
import tensorflow

from legacy_graph import internals
from legacy_graph.runner.capture import graphs, naming
from legacy_graph.runner.capture.watching import values_of
from mnist_training.cli.verdict import version as own_version

FORMAT = 1
_ATTRIBUTES = {"learning_rate": ("_learning_rate", "_lr"), "epsilon": ("_epsilon", "_eps")}
_NO_SETTINGS = ("self", "name", "use_locking")


def describe(recording, script, arguments, seed, fetched, is_machinery):
    """Return the contents of capture.json, a dict. Tensors have names such as "x:0", variables and ops such as "x".

    format: the version of this format. script, arguments, versions, seed: what ran.
    loss: the first loss tensor that was differentiated; losses: all of them. trainable: the variables trained.
    gradients: {variable: its gradient's tensor, or the three of IndexedSlices}, as tf.gradients returned them;
      applied_gradients: after clipping. clipping: how they were clipped; None for not at all.
    optimizer: its class, its settings by argument (a number, or a tensor with its value in the first step), its slot
      variables, its counters. train_op: the op that makes a training step.
    feeds: the tensors through which values enter, each with where they come from, dtype, shape.
    fetches: tensors that the script fetched; logits: the first inputs of ops that compute a cross entropy.
    batch_size, batch_axis: the batch size, and {feed: index of its batch axis}; None where all feeds are scalars.
    steps: the number of captured steps.
    sources: {op: [file, line number, text] of the script's line that made it}; names: {tensor: the script's variable}.

    Args:
      recording: the Recording, with at least one step.
      script, arguments, seed: what was run.
      fetched: names of the tensors that the script fetched.
      is_machinery: function of a file name that tells whether the file is not the script's own.
    """
    train_op = recording.train_op
    graph = train_op.graph
    steps = recording.steps
    feeds = [_feed(tensor, kind, steps) for tensor, kind in recording.feed_tensors.items()]
    size, axes = batch_axes(feeds, steps)
    names = [node.name for node in recording.meta_graph.graph_def.node]
    loss_ops = recording.loss_ops
    return {
        "format": FORMAT,
        "script": script,
        "arguments": list(arguments),
        "versions": {"tensorflow": tensorflow.__version__, "legacy_graph": own_version()},
        "seed": graph.seed if graph.seed is not None else seed,
        "loss": train_op.call.losses[0].name,
        "losses": [loss.name for loss in train_op.call.losses],
        "trainable": [variable.op.name for _, variable in train_op.pairs],
        "gradients": {
            variable.op.name: _gradient(train_op.call.of(variable))
            for _, variable in train_op.pairs
            if train_op.call.of(variable) is not None
        },
        "applied_gradients": {variable.op.name: _gradient(gradient) for gradient, variable in train_op.pairs},
        "clipping": _clipping(train_op.clipping, steps),
        "optimizer": _optimizer(train_op, steps),
        "train_op": train_op.op.name,
        "feeds": feeds,
        "fetches": [name for name in fetched if name.rpartition(":")[0] in set(names)],
        "logits": [tensor.name for tensor in recording.logits],
        "batch_axis": axes,
        "batch_size": size,
        "steps": len(steps),
        "sources": {op.name: line for op in loss_ops if (line := graphs.script_line(op, is_machinery)) is not None},
        "names": naming.names_of({*loss_ops, *_entries(graph, recording)}, is_machinery),
    }


def _entries(graph, recording):
    """Return the ops through which values enter the graph."""
    return [tensor.op for tensor in recording.feed_tensors] + [
        op for op in graph.get_operations() if op.type in naming.PLACEHOLDERS
    ]


def settings_tensors(train_op):
    """Return the tensors among an optimizer's and the clipping's settings, whose values are recorded in each step."""
    tensors = []
    for value in [*_settings(train_op.optimizer).values(), *_clip_settings(train_op.clipping)]:
        tensor = _tensor(value)
        if tensor is not None and graphs.is_fetchable(tensor) and tensor not in tensors:
            tensors.append(tensor)
    return tensors


def _clip_settings(clipping):
    return [value for key, value in (clipping or {}).items() if key != "kind"]


def _feed(tensor, kind, steps):
    values = [step["feeds"][tensor.name] for step in steps if tensor.name in step["feeds"]]
    shape = None if tensor.shape.ndims is None else tensor.shape.as_list()
    same = len(values) == len(steps) and all(_equal(values[0], value) for value in values)
    feed = {
        "tensor": tensor.name,
        "dtype": tensor.dtype.base_dtype.name,
        "shape": shape,
        "kind": kind,
        "example_shape": list(values[0].shape),
        "same_every_step": same,
    }
    if same and not values[0].shape:
        feed["value"] = _plain(values[0].item())
    return feed


def _equal(a, b):
    return a.shape == b.shape and bool(np.all((a == b) | ((a != a) & (b != b))))


def _plain(value):
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, (bool, int, str)) or np.isfinite(value) else repr(value)


def batch_axes(feeds, steps):
    """Return (batch size, {tensor name: index of its batch axis}), or (None, None) where all feeds are scalars.

    The batch's axis has the same sizes, step by step, as most of the feeds' first axes, or second ones (time-major).
    Axes whose size is unknown in the graph count more than those whose size the script fixed.
    """
    sizes = {}  # {(tensor name, axis): its size in each step, None where it was not fed}
    for feed in feeds:
        arrays = [step["feeds"].get(feed["tensor"]) for step in steps]
        for axis in range(len(feed["example_shape"])):
            sizes[feed["tensor"], axis] = [None if array is None else array.shape[axis] for array in arrays]
    votes = {}
    for candidate in sizes:
        votes[candidate] = 0
        for feed in feeds:
            for axis in range(len(feed["example_shape"][:2])):
                unknown = feed["shape"] is None or feed["shape"][axis] is None
                weight = (1 if axis == 0 else 0.9) + (0.2 if unknown else 0)
                votes[candidate] += weight * _agree(sizes[candidate], sizes[feed["tensor"], axis])
    if not votes:
        return None, None
    best = max(votes, key=votes.get)
    axes = {}
    for (tensor, axis), found in sizes.items():
        if _agree(found, sizes[best]):
            axes.setdefault(tensor, axis)
    return next(size for size in sizes[best] if size is not None), axes


def _agree(sizes, others):
    """Whether two axes have equal sizes in every step in which both were fed."""
    return all(None in pair or pair[0] == pair[1] for pair in zip(sizes, others))


def _gradient(gradient):
    if isinstance(gradient, internals.indexed_slices.IndexedSlices):
        shape = gradient.dense_shape
        return {
            "values": gradient.values.name,
            "indices": gradient.indices.name,
            "dense_shape": None if shape is None else shape.name,
        }
    return values_of(gradient).name


def _optimizer(train_op, steps):
    optimizer = train_op.optimizer
    slots = {}
    for _, variable in train_op.pairs:
        of_variable = {name: optimizer.get_slot(variable, name) for name in optimizer.get_slot_names()}
        slots[variable.op.name] = {name: slot.op.name for name, slot in of_variable.items() if slot is not None}
    return {
        "class": type(optimizer).__name__,
        "settings": {name: _setting(value, steps) for name, value in _settings(optimizer).items()},
        "slots": slots,
        "bookkeeping": {
            name: variable.op.name
            for (name, graph), variable in optimizer._non_slot_dict.items()
            if graph is train_op.graph
        },
    }


def _settings(optimizer):
    """Return {parameter name: value} of the arguments that an optimizer was created with."""
    found = {}
    for name in inspect.signature(type(optimizer).__init__).parameters:
        for attribute in _ATTRIBUTES.get(name, (f"_{name}",)):
            if name not in _NO_SETTINGS and hasattr(optimizer, attribute):
                value = getattr(optimizer, attribute)
                found[name] = value
                break
    return found


def _tensor(value):
    """Return the tensor of a setting that is a tensor or a variable, otherwise None."""
    if isinstance(value, internals.tensor.Tensor):
        return value
    element = getattr(value, "_as_graph_element", None)
    return element() if element else None


def _setting(value, steps):
    tensor = _tensor(value)
    if tensor is not None:
        known = steps[0]["fetches"].get(tensor.name)
        known = steps[0]["feeds"].get(tensor.name) if known is None else known
        return {"tensor": tensor.name, "value": None if known is None else _plain(known.item())}
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if isinstance(value, np.generic):
        return value.item()
    return repr(value)


def _clipping(clipping, steps):
    return clipping and {key: value if key == "kind" else _setting(value, steps) for key, value in clipping.items()}
