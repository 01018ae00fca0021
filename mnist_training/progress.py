"""What a training run shows while it runs, and what it logs."""

import contextlib
import json
import sys
import time

from tqdm import tqdm

from mnist_training.files import replacing


class Progress:
    """Shows the steps of one training run and logs them; a context manager.

    On a terminal a progress bar with loss and accuracy; into a pipe, a plain line for each
    measured accuracy. `log` names a file of one JSON object a step: step, loss, accuracy
    (where measured) and seconds since the run began; it is written whole when the run ends,
    or is interrupted.

    Attributes:
      losses: {step: loss} of the steps so far.
      entries: what was or would be logged of each step, a list of dicts.
    """

    def __init__(self, recipe, label, log=None, stream=None):
        self.recipe, self.label, self.log = recipe, label, log
        self.stream = stream if stream is not None else sys.stdout
        self.losses, self.entries = {}, []

    def __enter__(self):
        self._open = contextlib.ExitStack()
        self._bar = self._open.enter_context(
            tqdm(
                total=self.recipe.steps,
                desc=self.label,
                unit="step",
                file=self.stream,
                disable=not self.stream.isatty(),
                dynamic_ncols=True,
            )
        )
        self._began = time.perf_counter()
        return self

    def step(self, step, loss, accuracy=None):
        """Take in one training step: its number, its loss, and its accuracy where measured."""
        entry = {"step": step, "loss": float(loss)}
        self.losses[step] = entry["loss"]
        if accuracy is not None:
            entry["accuracy"] = float(accuracy)
            self._bar.set_postfix(loss=f"{loss:.4f}", accuracy=f"{accuracy:.4f}", refresh=False)
            if self._bar.disable:
                print(f"{self.label} step {step} loss {loss:.6f} accuracy {accuracy:.6f}", file=self.stream, flush=True)
        entry["seconds"] = round(time.perf_counter() - self._began, 4)
        self.entries.append(entry)
        self._bar.update()

    def __exit__(self, *exception):
        self._open.close()
        if self.log is not None:
            write_log(self.log, self.entries)


def write_log(path, entries):
    """Write a file of one JSON object a line."""
    with replacing(path) as name:
        name.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
