"""The left side of a proof: the captured graph, run from its checkpoint on the captured batches."""

import contextlib
import pathlib

import numpy as np
import tensorflow.compat.v1 as v1

from keras_port.translation import untrusted
from legacy_graph.behavior import tf1_behavior
from mnist_training import InputError
from parity.ports import dropout_off, fixed_random
from parity.ports.double_ctc import compute_in_double

_FILES = ("capture.json", "graph.meta", "model.ckpt.index", "steps.npz")


class Capture:
    """A folder written by `legacy-graph run --capture DIR`.

    Attributes:
      folder: its pathlib.Path.
      about: the contents of capture.json.
      feeds: [{tensor name: array}], one per captured step.
      losses: the losses that the script computed, one per step.
      meta: the MetaGraphDef.

    Raises InputError where the folder is not a capture, is damaged, or has no step with a finite loss at its start.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        missing = [name for name in _FILES if not (self.folder / name).is_file()]
        if missing:
            raise InputError(
                f"{folder}: no capture, {missing[0]} is not there; expected a folder that "
                "`legacy-graph run --capture DIR SCRIPT` wrote"
            )
        try:
            self.about = untrusted.read_facts(self.folder / "capture.json")
            if self.about.get("format") != 1:
                raise InputError(f"{folder}: a capture of format {self.about.get('format')!r:.80}; expected 1")
            untrusted.check_facts(self.about, self.folder / "capture.json")
            untrusted.check_arrays(self.folder / "steps.npz")
            with np.load(self.folder / "steps.npz", allow_pickle=False) as steps:
                values = {name: steps[name] for name in steps.files}
            self.feeds = [_of_step(values, f"step_{step}/feed/") for step in range(self.about["steps"])]
            self.losses = [float(np.sum(values[f"step_{step}/loss"])) for step in range(self.about["steps"])]
            self.meta = v1.MetaGraphDef.FromString(untrusted.read_bytes(self.folder / "graph.meta"))
            untrusted.check_graph(self.meta.graph_def, self.folder / "graph.meta")
            v1.train.NewCheckpointReader(str(self.folder / "model.ckpt"))
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{folder}: the capture cannot be read ({error}); make it again") from error
        if not self.feeds:
            raise InputError(f"{folder}: the capture has no training step, so there is nothing to prove the port on")
        if not np.isfinite(self.losses[0]):
            raise InputError(
                f"{folder}: the script's own loss is {self.losses[0]} at the first captured step, so there is nothing "
                "to prove a port on"
            )

    @property
    def slots(self):
        """{TF 1 slot name: {variable: name of its slot variable in the checkpoint}}."""
        found = {}
        for variable, slots in self.about["optimizer"].get("slots", {}).items():
            for slot, name in slots.items():
                found.setdefault(slot, {})[variable] = name
        return found


def _of_step(values, prefix):
    return {name[len(prefix) :]: value for name, value in values.items() if name.startswith(prefix)}


class CapturedGraph:
    """A side of the ladder: the captured graph in a session. Its batches are indices of captured steps.

    Args:
      capture: a Capture.
      outputs: names of the tensors that the model's outputs are compared with.
      loss: name of the loss tensor.
      others: names of variables that are compared but not trained, such as moving averages.
      dropout: whether dropout is on; when off, nothing is dropped or scaled.
      fixed: whether random numbers are replaced by the fixed ones of `parity.ports.fixed_random`.
      double_ctc: whether CTC losses are computed in float64.

    Attributes:
      silenced: names of the dropout masks that were switched off.
      noise: names of the other random ops that the outputs and the loss depend on, replaced by fixed numbers.
      random: names of those that still draw random numbers.
      has_ctc: whether the graph has a CTC loss.

    To be used as a context manager. Raises KeyError or ValueError where the graph does not contain a tensor,
    InputError for a damaged checkpoint or a graph with side effects.
    """

    def __init__(self, capture, outputs, loss, others=(), dropout=False, fixed=True, double_ctc=False):
        self._arguments = capture, outputs, loss, others, dropout, fixed
        self.capture, self._output_names, self._loss_name = capture, outputs, loss
        self._others = list(others)
        meta = v1.MetaGraphDef()
        meta.CopyFrom(capture.meta)
        self._off, self.silenced = ({}, []) if dropout else dropout_off.switch_off(meta.graph_def)
        drawing = dropout_off.random_ops(meta.graph_def, [loss, *outputs], capture.feeds[0], self.silenced)
        replaced = set(fixed_random.fix_in_graph(meta.graph_def)) if fixed else set()
        self.noise = [name for name in drawing if name in replaced]
        self.has_ctc = any(node.op == "CTCLoss" for node in meta.graph_def.node)
        if double_ctc:
            compute_in_double(meta.graph_def)
        self.random = [name for name in drawing if name not in replaced]
        gradients = _tensors(capture.about["gradients"])
        untrusted.check_side_effects(
            meta.graph_def,
            [loss, *outputs, *gradients, capture.about["train_op"]],
            [*capture.feeds[0], *self._off],
            capture.folder,
        )
        with tf1_behavior() as self.graph:
            v1.train.import_meta_graph(meta, clear_devices=True)
            for name in [loss, *outputs]:
                self.graph.get_tensor_by_name(name)
            # As it is: to optimize an unrolled graph of thousands of ops takes longer than all of its steps.
            config = v1.ConfigProto()
            config.graph_options.rewrite_options.disable_meta_optimizer = True
            self.session = v1.Session(graph=self.graph, config=config)
            self._variables = {v.op.name: v for v in [*v1.global_variables(), *v1.local_variables()]}
            self._tables = self._tables_read_by([loss, *outputs, *gradients, capture.about["train_op"]])
        self._reader = v1.train.NewCheckpointReader(str(capture.folder / "model.ckpt"))
        try:
            self.session.run(self._tables)
        except v1.errors.OpError as error:
            raise InputError(
                f"{capture.folder}: a lookup table of the graph cannot be filled: {str(error).splitlines()[0]}. "
                "Run this in the folder of the script"
            ) from error
        try:
            self.restore()
        except v1.errors.OpError as error:
            raise InputError(f"{capture.folder}: model.ckpt is damaged: {str(error).splitlines()[0]}") from error

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.session.close()

    def _tables_read_by(self, names):
        """Return the initializers of the lookup tables that are read when tensors or ops are run.

        The others are left alone: the vocabulary files they are filled from may be missing here.
        """
        fed = {_op_of(name) for name in [*self.capture.feeds[0], *self._off]}
        seen, waiting = set(), [self.graph.get_operation_by_name(_op_of(name)) for name in names]
        while waiting:
            op = waiting.pop()
            if op not in seen and op.name not in fed:
                seen.add(op)
                waiting += [*(tensor.op for tensor in op.inputs), *op.control_inputs]
        initializers = self.graph.get_collection(v1.GraphKeys.TABLE_INITIALIZERS)
        return [op for op in initializers if op.inputs and op.inputs[0].op in seen]

    def with_double_ctc(self):
        """Return the same side with CTC losses computed in float64."""
        return CapturedGraph(*self._arguments, double_ctc=True)

    def restore(self):
        """Set all variables to their values in the checkpoint."""
        kept = self._reader.get_variable_to_shape_map()
        self._load({name: self._reader.get_tensor(name) for name in self._variables if name in kept})

    @contextlib.contextmanager
    def at_checkpoint(self):
        """Within the body, variables have the checkpoint's values; their present values are restored afterwards."""
        kept = self.values([name for name in self._variables if self._reader.has_tensor(name)])
        self.restore()
        try:
            yield
        finally:
            self._load(kept)

    def values(self, names):
        """Return {name: array}, the present values of variables."""
        return self.session.run({name: self._variables[name] for name in names})

    def weights(self):
        """Return {name: array} of the trained variables, and of the others that are compared."""
        return self.values([*self.capture.about["trainable"], *self._others])

    def set_weights(self, weights):
        """Set variables to the values in {name: array}."""
        self._load(weights)

    def value(self, tensor, step):
        """Return the value of a tensor, fed or computed, on the batch of a captured step."""
        feeds = self.capture.feeds[step]
        return feeds[tensor] if tensor in feeds else self._run(tensor, step)

    def logits(self, step, feeds=None):
        """Return {tensor name: array} of the outputs on the batch of a captured step; `feeds` override its own."""
        with self._unchanged():
            return self._run({name: name for name in self._output_names}, step, feeds)

    def gradients(self, step, _=None):
        """Return {variable: array}, the unclipped gradients of the loss on the batch of a captured step."""
        with self._unchanged():
            found = self._run(self.capture.about["gradients"], step)
        return {name: _summed(value) if isinstance(value, dict) else value for name, value in found.items()}

    @contextlib.contextmanager
    def _unchanged(self):
        """Restore the variables that a forward pass may change, such as moving averages, after the body."""
        kept = self.values(self._others)
        yield
        self._load(kept)

    def learning_rate(self, step):
        """Return the learning rate at a captured step; None where it is a constant number."""
        rate = self.capture.about["optimizer"]["settings"].get("learning_rate")
        if not isinstance(rate, dict) or not self._is_there(rate["tensor"]):
            return None
        return float(self.value(rate["tensor"], step))

    def train_step(self, step, _=None):
        """Run the script's train op once; returns the loss before the update."""
        loss, _ = self._run([self._loss_name, self.capture.about["train_op"]], step)
        return float(np.sum(loss))

    def _run(self, fetches, step, feeds=None):
        feeds = {**self.capture.feeds[step], **self._off, **(feeds or {})}
        return self.session.run(fetches, {name: value for name, value in feeds.items() if self._is_there(name)})

    def _is_there(self, tensor):
        try:
            self.graph.get_tensor_by_name(tensor)
        except KeyError:
            return False
        return True

    def _load(self, values):
        ops = {name: self._variables[name].initializer for name in values}
        self.session.run(list(ops.values()), {op.inputs[1]: values[name] for name, op in ops.items()})


def _op_of(name):
    return name.partition(":")[0]


def _tensors(found):
    """Return the names of the tensors in nested dicts and lists."""
    if isinstance(found, str):
        return [found]
    return [name for value in (found.values() if isinstance(found, dict) else found or ()) for name in _tensors(value)]


def _summed(slices):
    summed = np.zeros(slices["dense_shape"], slices["values"].dtype)
    np.add.at(summed, slices["indices"], slices["values"])
    return summed
