"""Proves a port: runs the ladder of comparisons between a captured training and the Keras model made from it.

First with dropout off on both sides: names and shapes, weights, outputs on every captured batch, all gradients, one
optimizer step, and the losses of all steps. Then the losses with dropout on and the same masks on both sides, and the
outputs in inference mode. Last, the losses that the script itself computed or, where the graph is random, the
distribution of the outputs.
"""

import contextlib
import dataclasses

import numpy as np

from keras_port.conversion import weight_kinds
from mnist_training import InputError
from parity import ladder, tolerances
from parity.ladder import LEFT
from parity.ports import draws, fixed_random, script_run
from parity.ports.captured import Capture, CapturedGraph
from parity.ports.own_noise import OwnNoise
from parity.ports.pair import SECONDS, Batch, Pair, PortFails, running
from parity.ports.ported import Port, PortSide
from parity.sides import check_backend

_REPLAYED = 10, 2  # seconds and least number of steps of training with masks replayed
_KEPT_BYTES = 4_000_000  # bytes of batches stored for the port's own test


@dataclasses.dataclass(frozen=True)
class Proof:
    """The result of proving one port.

    Attributes:
      capture, port: the Capture and the Port.
      report: the ladder.Report.
      notes: sentences about how the port was proven.
      reference: {name: array}, the graph's results for the port's own test.
      shapes: {variable: shape} of the variables that were compared.
    """

    capture: Capture
    port: Port
    report: ladder.Report
    notes: tuple
    reference: dict
    shapes: dict

    @property
    def verdict(self):
        """The result in a few words."""
        return "ported and proven" if self.same else f"the port {self.report.verdict}"

    @property
    def same(self):
        """Whether all rungs hold."""
        return self.report.same


def prove(capture, port, progress=print, every_step=False):
    """Prove a port against its capture and return the Proof.

    Args:
      capture, port: paths of the two folders.
      progress: function called with lines that say what is being done.
      every_step: whether to compare all captured steps, however long that takes.

    Raises InputError where a folder is invalid, or the two do not belong together.
    """
    capture, port = Capture(capture), Port(port)
    try:
        check_backend()
    except ValueError as error:
        raise InputError(str(error)) from error
    report = ladder.Report((), {}, {})
    progress("running the captured graph ...")
    with _graph(capture, port) as left:
        right = PortSide(port)
        batches = [(Batch(step, right.batch(left, step)), None) for step in range(len(capture.feeds))]
        reference = _reference(port, left, batches)
        shapes = {name: value.shape for name, value in left.weights().items()}
        pair = Pair(capture, left, right, np.inf if every_step else SECONDS)
        try:
            report = _climb(pair, left, batches, reference, progress)
            for rung in _rungs_above(capture, port, left, pair, batches, report, progress) if report.same else ():
                report = dataclasses.replace(report, rungs=(*report.rungs, rung))
                if not rung.same:
                    break
        except PortFails as error:
            rung = ladder.Rung(error.rung, False, where=f"the port's model fails: {error}")
            report = dataclasses.replace(report, rungs=(*report.rungs, rung))
        return Proof(capture, port, report, tuple(_notes(left, pair, len(batches))), reference, shapes)


def check_folders(capture, port):
    """Raise InputError unless the two paths are folders of a capture and a port."""
    Capture(capture), Port(port)


def _graph(capture, port, dropout=False, fixed=True):
    rows = [name for row in port.rows for name in weight_kinds.names(row, "variable")]
    others = [name for name in rows if name not in capture.about["trainable"]]
    loss = port.about.get("loss", capture.about["loss"])
    outputs = [tensor for tensor in port.outputs if tensor] or [loss]
    try:
        return CapturedGraph(capture, outputs, loss, others, dropout, fixed)
    except InputError:
        raise
    except (LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{port.folder} does not belong to {capture.folder}: {' '.join(str(error).split())}. "
            "Convert this capture again"
        ) from error


def _notes(left, pair, steps):
    if pair.skipped:
        yield (
            f"the losses of the first {steps - pair.skipped} of {steps} captured steps are compared, since a step "
            "takes long here; --every-step compares all of them"
        )
    if left.silenced:
        number = len(left.silenced)
        masks = "its mask keeps" if number == 1 else f"its {number} masks keep"
        yield f"up to the losses, dropout is switched off on both sides: in the graph, {masks} everything"
    if left.has_ctc and pair.diverged:
        yield (
            "from equal weights, the graph's CTC loss is computed in float64: TensorFlow 1's own, in float32, is off "
            "by more than a step may differ"
        )
    if left.noise:
        yield f"{_listed(left.noise)}: both sides use the same fixed numbers instead of random ones"
    if left.random:
        yield f"{_listed(left.random)}: each side draws its own random numbers, so the two differ by chance there"


def _listed(names):
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _climb(pair, left, batches, reference, progress):
    """Return the Report of the ladder with dropout off, from names to the losses of all steps.

    Stores the losses and the optimizer's state in `reference`.
    """
    try:
        captured, in_file = pair.right.set_optimizer_state(*pair.left.optimizer_state())
    except ValueError as error:
        return ladder.Report((ladder.Rung("optimizer", False, where=str(error)),), {}, {})
    for place, value in enumerate(captured.values()):
        reference[f"optimizer/{place}"] = value
    if in_file:  # training continued from model.keras starts with it
        rung = ladder.compare_arrays("optimizer", captured, in_file, tolerances.EXACT)
        if not rung.same:
            return ladder.Report((rung,), {}, {})
    progress(f"climbing the ladder, {len(batches)} captured steps ...")
    with fixed_random.fixed_in_keras(dropout=False):
        report = ladder.climb(pair.left, pair.right, batches, own_noise=OwnNoise(left), pair=pair)
    reference["losses"] = np.array([] if left.noise else report.curves.get(LEFT, []))
    return report


def _rungs_above(capture, port, left, pair, batches, report, progress):
    """Yield the rungs after the losses: dropout on, inference, and random outputs or the script's own losses."""
    if left.silenced:
        progress("training with masks replayed ...")
        yield _replayed(capture, port, batches[: len(batches) - pair.skipped])
    if left.silenced or port.training_feeds:
        left.restore()
        yield _inference(port, left, batches[0][0])
    if left.silenced or left.noise:
        progress(f"drawing {draws.DRAWS} sets of random numbers on each side ...")
        yield _draws(capture, port)
    elif not left.random:
        yield script_run.compare(capture, report.curves, OwnNoise(left), pair.diverged)


def _replayed(capture, port, batches):
    """Return the rung that trains with dropout on and the same masks on both sides."""
    with _graph(capture, port, dropout=True) as left, fixed_random.fixed_in_keras():
        right = PortSide(port, dropout=True)
        pair = Pair(capture, left, right, *_REPLAYED)
        right.set_optimizer_state(*pair.left.optimizer_state())
        curves = [losses for losses, _ in pair.train(batches)]
        return ladder.compare_with_fallbacks(
            lambda: ladder.compare_losses("masks replayed", *curves), each_step=pair.each_step
        )


def _inference(port, left, batch):
    """Return the rung that compares outputs in inference mode: no dropout, moving averages instead of batch moments."""
    graph = left.logits(batch.step, feeds=_inference_feeds(port))
    with fixed_random.fixed_in_keras(), running("inference"):
        model = PortSide(port, dropout=True).logits(batch.given, training=False)
    return ladder.compare_arrays(
        "inference", ladder.named_arrays("logits", graph), ladder.named_arrays("logits", model), tolerances.FORWARD
    )


def _inference_feeds(port):
    return {tensor: not value for tensor, value in port.training_feeds.items()}


def _draws(capture, port):
    """Return the rung that compares the outputs' distributions over random draws."""

    @contextlib.contextmanager
    def drawing():
        with running("dropout"):
            yield PortSide(port, dropout=True)

    return draws.compare(capture, lambda of: _graph(of, port, dropout=True, fixed=False), drawing)


def _reference(port, left, batches):
    """Return {name: array} for the port's own test: batches, and the outputs on the first one in inference mode."""
    kept, size = {"losses": np.array([])}, 0
    for number, (batch, _) in enumerate(batches):
        arrays = {}
        for what, given in zip(("inputs", "labels"), batch.given):
            for place, value in enumerate(given if isinstance(given, list) else [given]):
                if value is not None:
                    arrays[f"{number}/{what}/{place}"] = value
        size += sum(value.nbytes for value in arrays.values())
        if number and size > _KEPT_BYTES:
            break
        kept.update(arrays)
    if any(port.outputs) and not (left.noise or left.random):
        for tensor, value in left.logits(0, _inference_feeds(port)).items():
            kept[f"outputs/{port.outputs.index(tensor)}"] = value
    return kept
