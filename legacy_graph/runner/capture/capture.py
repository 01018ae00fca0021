"""Records every training op until one of them has made N steps, and writes the recording of that one."""

import os
import sys
import threading
import weakref

from legacy_graph.runner import runner
from legacy_graph.runner.capture import graphs
from legacy_graph.runner.capture.describing import describe, settings_tensors
from legacy_graph.runner.capture.recording import Recording
from legacy_graph.runner.capture.watching import Watch

_ENOUGH = 100  # a script that catches SystemExit this often is ended by os._exit


class Capture:
    """Records a script's runs, which its `watch` intercepts.

    Args:
      folder: the writing.Folder.
      steps: number of steps to record.
      go_on: whether the script continues once the capture is written.
      origin: (script, its arguments, seed), for capture.json.
    """

    def __init__(self, folder, steps, go_on=False, origin=(None, (), None)):
        self.watch = Watch(self._on_run)
        self.is_written = False
        self._folder, self._number, self._go_on, self._origin = folder, steps, go_on, origin
        self._recordings = {}  # (id of session, TrainOp) -> Recording
        self._trained_by = weakref.WeakKeyDictionary()  # graph -> {names of targets, fetches, feeds: TrainOps}
        self._fetched = weakref.WeakKeyDictionary()  # graph -> {name of a tensor that the script fetched: None}
        self._lock = threading.RLock()
        self._times_ended = 0

    def finish(self):
        """Write the longest recording, unless one is written already; to be called when the script is over."""
        with self._lock:
            recordings = [recording for recording in self._recordings.values() if recording.steps]
            if recordings and not self.is_written:
                self._write(max(recordings, key=lambda recording: len(recording.steps)))

    def _on_run(self, session, run, targets, fetches, fed, *options):
        if self.is_written:
            if not self._go_on:
                self._end()
            return run(targets, fetches, _references(fed), *options)
        fetched = self._fetched.setdefault(session.graph, {})
        fetched.update((t.name, None) for t in fetches if t.dtype.is_floating or t.dtype.is_integer)
        train_ops = self._train_ops_in(session.graph, targets, fetches, fed)
        if not train_ops:
            return run(targets, fetches, _references(fed), *options)
        with self._lock:
            return self._step(train_ops, session, run, targets, fetches, fed, options)

    def _step(self, train_ops, session, run, targets, fetches, fed, options):
        recordings = []
        for train_op in train_ops:
            key = id(session), train_op
            if key not in self._recordings:
                self._recordings[key] = Recording(train_op, settings_tensors(train_op))
            recording = self._recordings[key]
            if not recording.steps:
                recording.begin(session, run, fed)
            recordings.append((recording, recording.extra_fetches(fetches, fed)))
        extra = [tensor for _, tensors in recordings for tensor in tensors]
        results = run(targets, [*fetches, *extra], _references(fed), *options)
        results, values = results[: len(fetches)], iter(results[len(fetches) :])
        for recording, tensors in recordings:
            recording.add_step(fed, fetches, results, [next(values) for _ in tensors])
        complete = [recording for recording, _ in recordings if len(recording.steps) >= self._number]
        if complete:
            self._write(complete[0])
            if not self._go_on:
                self._end()
        return results

    def _train_ops_in(self, graph, targets, fetches, fed):
        """Return the TrainOps that a run of these targets and fetches executes."""
        asked = frozenset(op.name for op in targets), frozenset(t.name for t in fetches), frozenset(t.name for t in fed)
        known = self._trained_by.setdefault(graph, {})
        if asked not in known:
            train_ops = [train_op for train_op in self.watch.train_ops if train_op.graph is graph]
            run = graphs.ancestors([*targets, *(t.op for t in fetches)], asked[2]) if train_ops else ()
            known[asked] = [train_op for train_op in train_ops if train_op.op in run]
        return known[asked]

    def _write(self, recording):
        script, arguments, seed = self._origin
        fetched = self._fetched[recording.train_op.graph]
        description = describe(recording, script, arguments, seed, fetched, runner.is_machinery)
        self._folder.write(recording.meta_graph, recording.variables, recording.steps, description)
        self.is_written = True
        self._recordings.clear()
        steps = len(recording.steps)
        few = f" (fewer than the {self._number} asked for: the script trained no more)" if steps < self._number else ""
        print(
            f"legacy_graph: captured {steps} training step{'s'[: steps != 1]}{few} of "
            f"{recording.train_op.call.losses[0].name} in {self._folder.path}",
            file=sys.stderr,
        )

    def _end(self):
        self._times_ended += 1
        if self._times_ended > _ENOUGH:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
        raise SystemExit(0)


def _references(fed):
    return {tensor.ref(): value for tensor, value in fed.items()}
