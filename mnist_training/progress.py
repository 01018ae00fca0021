"""The progress display and the log of a training run."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

from mnist_training.files import keep_earlier_file, replacing


class Progress:
    """Shows the steps of one training run and logs them; a context manager.

    On a terminal it is a progress bar with loss and accuracy; in a pipe, a plain line for each
    measured accuracy. A closed pipe or a full disk there does not end the run. `log` names a file
    of one JSON object a step: step, loss, accuracy (where measured) and seconds since the run
    began, written after each step. The log of another run is kept as NAME.earlier-N.

    Args:
      recipe: what is trained.
      label: the name that is shown.
      log: path of the log, or None.
      stream: where progress is shown; default sys.stdout.
      entries: the log entries of the steps done before, when a run is resumed.

    Attributes:
      losses: {step: loss} of the steps so far.
      entries: list of dicts, the log entry of each step.
    """

    def __init__(
        self,
        recipe: Any,
        label: str,
        log: str | os.PathLike | None = None,
        stream: Any = None,
        entries: Iterable[dict] = (),
    ) -> None:
        self.recipe, self.label, self.log = recipe, label, log
        self._stream = _Stream(stream if stream is not None else sys.stdout)
        self.entries = list(entries)
        self.losses = {entry["step"]: entry["loss"] for entry in self.entries}

    def __enter__(self) -> "Progress":
        self._open = contextlib.ExitStack()
        self._bar = self._open.enter_context(
            tqdm(
                total=self.recipe.steps,
                initial=len(self.entries),
                desc=self.label,
                unit="step",
                file=self._stream,
                disable=not self._stream.isatty(),
                dynamic_ncols=True,
            )
        )
        self._log = None
        self._before = self.entries[-1]["seconds"] if self.entries else 0.0
        self._began = time.perf_counter()
        return self

    def step(self, step: int, loss: float, accuracy: float | None = None) -> None:
        """Record one training step: its number, its loss, and its accuracy where measured."""
        entry = {"step": step, "loss": float(loss)}
        self.losses[step] = entry["loss"]
        if accuracy is not None:
            entry["accuracy"] = float(accuracy)
            self._bar.set_postfix(loss=f"{loss:.4f}", accuracy=f"{accuracy:.4f}", refresh=False)
            if self._bar.disable:
                self._stream.write(f"{self.label} step {step} loss {loss:.6f} accuracy {accuracy:.6f}\n")
                self._stream.flush()
        entry["seconds"] = round(self._before + time.perf_counter() - self._began, 4)
        if self.log is not None:
            self._append(entry)
        self.entries.append(entry)
        self._bar.update()

    def _append(self, entry):
        if self._log is None:  # only now: a run without steps leaves an earlier log alone
            self._log = self._open.enter_context(_open_log(self.log, self.entries))
        self._log.write(_line(entry))
        self._log.flush()

    def __exit__(self, *exception: object) -> None:
        self._open.close()


def _open_log(path, entries):
    lines = [_line(entry) for entry in entries]
    earlier = keep_earlier_file(path, unless=lambda first: lines and first == lines[0])
    if earlier:
        print(f"kept the earlier log in {earlier}")
    with replacing(path) as name:
        name.write_text("".join(lines))
    return open(path, "a")


def _line(entry):
    return json.dumps(entry, allow_nan=False) + "\n"


class _Stream:
    """A text stream whose reader may go away or whose disk may fill up: later output is dropped."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        self._try(lambda: self._stream.write(text))

    def flush(self):
        self._try(lambda: self._stream.flush())

    def isatty(self):
        return self._stream is not None and self._stream.isatty()

    def fileno(self):
        return self._stream.fileno()

    @property
    def encoding(self):
        return getattr(self._stream, "encoding", None)

    def _try(self, action):
        if self._stream is not None:
            try:
                action()
            except (OSError, ValueError):  # ValueError: closed
                self._stream = None


def write_log(path: str | os.PathLike, entries: Iterable[dict], keep: bool = True) -> None:
    """Write a file of one JSON object a line; numbers that are not finite, which JSON lacks, become null.

    `keep`: keep an existing file as NAME.earlier-N.
    """
    earlier = keep_earlier_file(path) if keep else None
    if earlier:
        print(f"kept the earlier log in {earlier}")
    with replacing(path) as name:
        name.write_text("".join(_line({key: _plain(value) for key, value in entry.items()}) for entry in entries))


def _plain(value):
    return None if isinstance(value, float) and value - value != 0 else value
