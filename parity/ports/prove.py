"""Proves a port: climbs the ladder between a captured training and the Keras model made of it.

Names and shapes, weights, outputs on every captured batch, every gradient, one optimizer step, the losses of
all steps, first with dropout off on both sides; then, where nothing is random, the losses that the script itself
computed, else the distribution of the outputs with dropout on.
"""

import contextlib
import dataclasses

import numpy as np
import tensorflow as tf

from keras_port.conversion import optimizer_state
from mnist_training import InputError
from parity import dropout, ladder
from parity.ladder import LEFT, RIGHT
from parity.ports.captured import Capture, CapturedGraph
from parity.ports.ported import Port, PortSide

DRAWS, DRAWN_NUMBERS = 100, 64  # sets of masks; numbers of the outputs whose distributions are compared


@dataclasses.dataclass(frozen=True)
class Proof:
    """What proving one port found.

    Attributes:
      capture, port: the Capture and the Port.
      report: the ladder.Report.
      notes: sentences about how it was proven.
      reference: {name: array}, what the graph computed, for the test that the port's owner keeps.
      shapes: {variable: shape} of those that were compared.
    """

    capture: Capture
    port: Port
    report: ladder.Report
    notes: tuple
    reference: dict
    shapes: dict

    @property
    def verdict(self):
        """The whole in a few words."""
        return "ported and proven" if self.same else f"the port {self.report.verdict}"

    @property
    def same(self):
        """Whether every rung held."""
        return self.report.same


def prove(capture, port, progress=print):
    """Prove a port against its capture, both given as folders; returns the Proof.

    Args:
      progress: function of a line that says what is being done.

    Raises InputError where a folder is not what it should be, or the two do not belong together.
    """
    capture, port = Capture(capture), Port(port)
    rows = [name for row in port.rows for name in _listed(row["variable"])]
    others = [name for name in rows if name not in capture.about["trainable"]]
    with contextlib.ExitStack() as stack:
        progress("running the captured graph ...")
        left = stack.enter_context(_graph(capture, port, others, dropout=False))
        right = PortSide(port)
        notes = list(_notes(left))
        shapes = {name: value.shape for name, value in left.weights().items()}
        steps = range(len(capture.feeds))
        batches = [(_Batch(step, right.batch(left, step)), None) for step in steps]
        wrong = _copy_optimizer_state(capture, left, right)
        reference = _reference(left, right, batches)
        if wrong is not None:
            return Proof(capture, port, ladder.Report((wrong,), {}, {}), tuple(notes), reference, shapes)
        progress(f"climbing the ladder, {len(batches)} captured steps ...")
        report = ladder.climb(_Stepping(left), _Taking(right), batches, forward=len(batches))
        reference["losses"] = np.array(report.curves.get(LEFT, []))
        if report.same:
            report = _with_last_rung(report, capture, port, others, left, batches, progress)
    return Proof(capture, port, report, tuple(notes), reference, shapes)


def check_folders(capture, port):
    """Raise InputError unless the two folders are a capture and a port."""
    Capture(capture), Port(port)


class _Batch:
    """One captured batch, as either side takes it."""

    def __init__(self, step, given):
        self.step, self.given = step, given


class _Stepping:
    """The left side, for batches of this kind."""

    def __init__(self, side):
        self._side = side

    def logits(self, batch):
        return self._side.logits(batch.step)

    def gradients(self, batch, _):
        return self._side.gradients(batch.step)

    def train_step(self, batch, _):
        return self._side.train_step(batch.step)

    def __getattr__(self, name):
        return getattr(self._side, name)


class _Taking(_Stepping):
    """The right side, for batches of this kind."""

    def logits(self, batch):
        return self._side.logits(batch.given)

    def gradients(self, batch, _):
        return self._side.gradients(batch.given)

    def train_step(self, batch, _):
        return self._side.train_step(batch.given)


def _graph(capture, port, others, dropout):
    try:
        return CapturedGraph(capture, port.outputs, port.about.get("loss", capture.about["loss"]), others, dropout)
    except (KeyError, ValueError) as error:
        raise InputError(
            f"{port.folder} does not belong to {capture.folder}: {' '.join(str(error).split())}. "
            "Convert this capture again"
        ) from error


def _notes(left):
    if left.silenced:
        yield f"dropout is off on both sides, up to the losses: {len(left.silenced)} masks of the graph keep everything"
    if left.random:
        yield (
            f"{', '.join(left.random[:3])} {'draws' if len(left.random) == 1 else 'draw'} at random and cannot be "
            "switched off: the two sides differ by chance there"
        )


def _copy_optimizer_state(capture, left, right):
    """Give the port's optimizer the state that the script's had; the failed Rung where that cannot be, else None."""
    try:
        right.set_optimizer_state(*_optimizer_state(capture, left, right.model))
    except ValueError as error:
        return ladder.Rung("optimizer", False, where=str(error))
    return None


def _optimizer_state(capture, left, model):
    """Return (slots, steps made) of the optimizer when the captured steps began."""
    about = capture.about["optimizer"]
    trained = capture.about["trainable"]
    shapes = {name: value.shape for name, value in left.values(trained).items()}
    slots = {}
    for slot in optimizer_state.slots_of(model.optimizer).values():
        names = capture.slots.get(slot, {})
        values = left.values([names[name] for name in trained if name in names])
        slots[slot] = {name: values[names[name]] if name in names else np.zeros(shapes[name]) for name in trained}
    unknown = set(capture.slots) - set(slots) - ({"momentum"} if "rms" in slots else set())
    if unknown:
        raise ValueError(
            f"the script's {about['class']} keeps {', '.join(sorted(unknown))} for each weight; the port's "
            f"{type(model.optimizer).__name__} does not: it is another optimizer"
        )
    powers = about.get("bookkeeping", {})
    if {"beta1_power", "beta2_power"} <= set(powers) and hasattr(model.optimizer, "beta_1"):
        values = left.values([powers["beta1_power"], powers["beta2_power"]])
        betas = model.optimizer.beta_1, model.optimizer.beta_2
        return slots, optimizer_state.steps_made([float(value) for value in values.values()], betas)
    return slots, int(left.values([powers["global_step"]])[powers["global_step"]]) if "global_step" in powers else 0


def _with_last_rung(report, capture, port, others, left, batches, progress):
    if left.random:
        return report
    if not left.silenced:
        rung = ladder.compare_losses("captured losses", capture.losses, report.curves[RIGHT])
    else:
        progress(f"drawing {DRAWS} sets of dropout masks on each side ...")
        rung = _compare_dropout(capture, port, others, batches[0][0])
    return dataclasses.replace(report, rungs=(*report.rungs, rung))


def _compare_dropout(capture, port, others, batch):
    with _graph(capture, port, others, dropout=True) as graph:
        left = [_some(graph.logits(batch.step)) for _ in range(DRAWS)]
    model = port.model()

    @tf.function
    def forward(inputs):
        return tf.nest.flatten(model(inputs, training=True))

    right = [_some(dict(zip(port.outputs, forward(batch.given[0])))) for _ in range(DRAWS)]
    return dropout.compare_draws(np.stack(left), np.stack(right))


def _some(outputs):
    """The same few numbers of all outputs, evenly from everywhere."""
    flat = np.concatenate([np.ravel(np.asarray(value, "float64")) for _, value in sorted(outputs.items())])
    return flat[np.unique(np.linspace(0, len(flat) - 1, DRAWN_NUMBERS).astype(int))]


def _reference(left, right, batches):
    """What a test of the port alone needs: batches, the outputs of the first, the optimizer's state."""
    kept, size = {"losses": np.array([])}, 0
    for number, (batch, _) in enumerate(batches):
        arrays = {}
        for what, given in zip(("inputs", "labels"), batch.given):
            for place, value in enumerate(given if isinstance(given, list) else [given]):
                if value is not None:
                    arrays[f"{number}/{what}/{place}"] = value
        size += sum(value.nbytes for value in arrays.values())
        if number and size > 4_000_000:
            break
        kept.update(arrays)
    for place, value in enumerate(left.logits(0).values()):
        kept[f"outputs/{place}"] = value
    for place, variable in enumerate(right.model.optimizer.variables):
        kept[f"optimizer/{place}"] = np.asarray(variable)
    return kept


def _listed(names):
    return [names] if isinstance(names, str) else list(names)
