"""The two sides of a proof, and how they are run: both at the same time, for as many of the batches as time allows."""

import concurrent.futures
import contextlib
import time

import numpy as np

from keras_port.conversion import optimizer_state
from parity.ports import each_step

SECONDS, LEAST = 20, 5  # a rung takes no new batch after SECONDS, but at least LEAST batches


class Batch:
    """One captured batch.

    Attributes:
      step: index of the captured step, the left side's batch.
      given: (inputs, labels), the right side's batch.
      rate: the learning rate at that step relative to the first one, as a script may feed it or let it decay.
    """

    def __init__(self, step, given):
        self.step, self.given, self.rate = step, given, 1.0


class PortFails(Exception):
    """The port's model failed in the rung `rung`."""

    def __init__(self, rung, message):
        super().__init__(message)
        self.rung = rung


@contextlib.contextmanager
def running(rung):
    """Raise PortFails, of the rung, for any error in the body: generated code may raise anything."""
    try:
        yield
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines()]
        said = next((line for line in lines if line and "in user code" not in line and "File " not in line[:6]), "")
        raise PortFails(rung, f"{type(error).__name__}: {' '.join(lines)[:500] if len(lines) < 3 else said}") from error


class Pair:
    """A CapturedGraph and a PortSide, both taking Batches, for `ladder.climb`.

    Args:
      capture: the Capture.
      graph: the CapturedGraph, at its checkpoint.
      side: the PortSide.
      seconds, least: limits of the batches that a rung takes; see SECONDS.

    Attributes:
      left, right: the sides.
      skipped: number of batches that were left out of training for lack of time.
      diverged: whether free training diverged by rounding, so that its steps were judged from equal weights.
    """

    def __init__(self, capture, graph, side, seconds=SECONDS, least=LEAST):
        self.left, self.right = _Left(graph, capture, side.model), _Right(side)
        self._seconds, self._least = seconds, least
        self._trained, self.skipped, self.diverged = [], 0, False

    def both(self, work, *batch):
        """Return [work(left side, *batch), work(right side, *batch)], done at the same time."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            left = pool.submit(work, self.left, *batch)
            right = work(self.right, *batch)
            return [left.result(), right]

    def logits(self, batches):
        """Return, for each side, the list of its outputs on the batches, as many as time allows."""
        outputs = [self.both(lambda side, batch: side.logits(batch), batch) for batch, _ in self._in_time(batches)]
        return [list(of_side) for of_side in zip(*outputs)]

    def train(self, batches, shown=False):
        """Take a training step on the batches, as many as time allows.

        Returns, for each side, (losses, seconds since the start after each).
        """
        losses, seconds, began = [], [], time.perf_counter()
        for batch, labels in self._in_time(batches):
            self.left.set_rate(batch)
            losses.append(self.both(lambda side, *batch: side.train_step(*batch), batch, labels))
            seconds.append(round(time.perf_counter() - began, 4))
            self._trained.append((batch, labels))
        self.skipped = len(batches) - len(losses)
        return [([of_both[side] for of_both in losses], seconds) for side in (0, 1)]

    def each_step(self, free):
        """Judge the steps trained so far from equal weights; `free` is the Rung of the losses, which diverge."""
        self.left.restore()
        with self.left.in_double() as left:
            rung = each_step.compare(free, left, self.right, self._trained)
        self.diverged = rung.same
        return rung

    def _in_time(self, batches):
        end = time.monotonic() + self._seconds
        for number, batch in enumerate(batches):
            if number >= self._least and time.monotonic() > end:
                return
            yield batch


class _Left:
    """The captured graph, taking Batches."""

    def __init__(self, graph, capture, model):
        self._graph, self._capture, self._model, self._first_rate = graph, capture, model, None

    def logits(self, batch):
        return self._graph.logits(batch.step)

    def gradients(self, batch, _):
        return self._graph.gradients(batch.step)

    def set_rate(self, batch):
        """Set the `rate` of a batch, from the learning rate that the graph has now."""
        rate = self._graph.learning_rate(batch.step)
        if rate is not None:
            self._first_rate = self._first_rate or rate
            batch.rate = rate / self._first_rate if self._first_rate else 1.0

    def train_step(self, batch, _):
        return self._graph.train_step(batch.step)

    @contextlib.contextmanager
    def in_double(self):
        """Yield the same side with CTC losses in float64: TensorFlow 1's are off by more than a step may differ."""
        if not self._graph.has_ctc:
            yield self
            return
        with self._graph.with_double_ctc() as graph:
            yield _Left(graph, self._capture, self._model)

    def state(self):
        return each_step.State(self._graph.weights(), self.optimizer_state()[0])

    def steps_made(self):
        return self.optimizer_state()[1]

    def optimizer_state(self):
        """Return (slots, number of steps made) of the script's optimizer, as the port's optimizer has them.

        Raises ValueError where the port's optimizer is another one.
        """
        about, trained, graph = self._capture.about["optimizer"], self._capture.about["trainable"], self._graph
        optimizer = self._model.optimizer
        shapes = {name: value.shape for name, value in graph.values(trained).items()}
        slots = {}
        for slot in optimizer_state.slots_of(optimizer).values():
            names = self._capture.slots.get(slot, {})
            values = graph.values([names[name] for name in trained if name in names])
            slots[slot] = {name: values[names[name]] if name in names else np.zeros(shapes[name]) for name in trained}
        unknown = set(self._capture.slots) - set(slots) - ({"momentum"} if "rms" in slots else set())
        if unknown:
            raise ValueError(
                f"the script's {about['class']} keeps {', '.join(sorted(unknown))} for each weight; the port's "
                f"{type(optimizer).__name__} does not: it is another optimizer"
            )
        powers = about.get("bookkeeping", {})
        if {"beta1_power", "beta2_power"} <= set(powers) and hasattr(optimizer, "beta_1"):
            values = graph.values([powers["beta1_power"], powers["beta2_power"]])
            betas = optimizer.beta_1, optimizer.beta_2
            return slots, optimizer_state.steps_made([float(value) for value in values.values()], betas)
        step = powers.get("global_step")
        return slots, int(graph.values([step])[step]) if step else 0

    def __getattr__(self, name):
        return getattr(self._graph, name)


class _Right:
    """The port's model, taking Batches. Raises PortFails where it cannot be run."""

    def __init__(self, side):
        self._side = side

    def logits(self, batch):
        with running("logits"):
            return self._side.logits(batch.given)

    def gradients(self, batch, _):
        with running("gradients"):
            return self._side.gradients(batch.given)

    def train_step(self, batch, _):
        with running("losses"):
            self._side.scale_learning_rate(batch.rate)
            return self._side.train_step(batch.given)

    def start_from(self, state, steps_made):
        self._side.start_from(state.weights, state.slots, steps_made)

    def state(self):
        return each_step.State(self._side.weights(), self._side.optimizer_slots())

    def __getattr__(self, name):
        return getattr(self._side, name)
