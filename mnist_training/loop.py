"""The training loop of legacy_graph and keras_port: steps, saves, signals, and resuming an interrupted run."""

import contextlib
import math
import os
from typing import Any

import numpy as np

from mnist_training.errors import InputError, RunError
from mnist_training.files import check_file
from mnist_training.progress import Progress
from mnist_training.recipe import Recipe
from mnist_training.saves import FollowedSaves, Saves, State, differences
from mnist_training.stopping import handling_signals

SAVE_EVERY = 100


def train(
    trainee: Any,
    recipe: Recipe,
    digits: Any,
    model_dir: str | os.PathLike | None = None,
    log: str | os.PathLike | None = None,
    save_every: int = SAVE_EVERY,
    resume: bool | None = None,
    follows: bool = False,
) -> dict[int, float]:
    """Train as the tutorial programs do, or resume an interrupted run with the same settings.

    Args:
      trainee: the model. It has `wing`, the name of its package; `patterns` and `state_name` as `Saves`
        takes them; `step(images, labels)`, which returns the loss before the step;
        `accuracy(images, labels)`; `write(folder, trained)`, which writes its files and returns their
        names; `random_state()`, {name: array} of state that those files lack; `read(directory, state)`,
        which restores both; `is_finite()`.
      recipe: a mnist_training.Recipe.
      digits: the training DataSet, before its first batch.
      model_dir: folder of the saves; None saves nothing.
      log: path of a log with one JSON object a step, or None.
      save_every: steps between saves. The last step is always saved, and the run is saved when
        SIGINT, SIGTERM or SIGHUP stops it.
      resume: True resumes the unfinished run that must be in model_dir; None resumes if there is
        one; False starts a new run, and keeps the earlier files in earlier-N.
      follows: whether another process makes this run's saves: they are read here, and none is made.

    Returns {step number: loss} of the whole run, including the steps before an interruption.

    Raises InputError where model_dir holds another run, or cannot be written into, RunError where
    the loss or a weight is not finite or a save fails, Stopped after a signal.
    """
    if log is not None:
        check_file(log, "--log")
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(handling_signals())
        saving = None
        if model_dir is not None:
            make = FollowedSaves if follows else Saves
            saves = stack.enter_context(make(model_dir, trainee.patterns, trainee.state_name))
            if log is not None and os.path.dirname(os.path.abspath(log)) == os.path.abspath(model_dir):
                saves.check_free(os.path.basename(log))
            saving = _Saving(saves, trainee, recipe, digits, save_every)
        entries = saving.resume(resume) if saving else []
        progress = stack.enter_context(Progress(recipe, recipe.model, log, entries=entries))
        stack.enter_context(stop.waiting())
        try:
            _steps(trainee, recipe, digits, progress, stop, saving)
        except RunError as error:
            raise RunError(f"{error}; {saving.state_on_disk()}" if saving else str(error)) from error
    return progress.losses


def _steps(trainee, recipe, digits, progress, stop, saving):
    for step in recipe.step_numbers[len(progress.entries) :]:
        with _kept_when_interrupted(saving, progress):
            images, labels = digits.next_batch(recipe.batch_size)
        loss = trainee.step(images, labels)
        if not math.isfinite(loss):
            raise RunError(f"step {step}: the loss is {loss}, so training stops: try a smaller --learning-rate")
        accuracy = trainee.accuracy(images, labels) if recipe.measures_accuracy(step) else None
        progress.step(step, loss, accuracy)
        if saving:
            saving.passed()
            if stop.signum or saving.is_due(len(progress.entries)):
                with stop.during_save():
                    saving.save(progress.entries)
        if stop.signum:
            break
    else:
        if saving:
            with stop.during_save():
                saving.finish(progress.entries)
    if saving:
        saving.print_saved()
    stop.check()


@contextlib.contextmanager
def _kept_when_interrupted(saving, progress):
    """Save the model when the body, between two steps, raises a KeyboardInterrupt that is not from `stop`."""
    try:
        yield
    except KeyboardInterrupt:
        if saving and progress.entries:
            saving.save(progress.entries)
            saving.print_saved()
        raise


class _Saving:
    """The saves of one run: their contents, when they are written, and the messages about them."""

    def __init__(self, saves, trainee, recipe, digits, every):
        self._saves, self._trainee, self._digits, self._every = saves, trainee, digits, every
        self._recipe, self._saved, self._paths = recipe, None, []
        # A caller's own digits may have no `place`: then only the model is saved, and the run cannot be resumed.
        self._resumable = hasattr(digits, "place")
        self.passed()
        self._settings = {
            "wing": trainee.wing,
            **{
                name: getattr(recipe, name)
                for name in (
                    "model seed steps batch_size units layers keep_prob learning_rate first_step report_every".split()
                )
            },
            "data": digits.digest() if self._resumable else None,
        }

    def passed(self):
        """Record the digits' position after a step."""
        self._place = self._digits.place() if self._resumable else {}

    def resume(self, resume):
        """Restore trainee and digits from an unfinished run, if it is to be resumed; returns its log entries."""
        state = None if resume is False or not self._resumable else self._saves.newest()
        if state is None or state.finished:
            if resume:
                raise InputError(
                    f"--resume: {self._saves.directory} holds no unfinished run; train without --resume to start one"
                )
            return []
        if state.settings != self._settings:
            raise InputError(
                f"{self._saves.directory}: holds an unfinished run with other settings "
                f"({differences(state.settings, self._settings)}): use the same settings to resume it, "
                "another --model-dir, or --no-resume to start a new run and keep that one in earlier-N"
            )
        self._trainee.read(self._saves.directory, state)
        self._digits.go_to({name: state.arrays[name] for name in self._place})
        self.passed()
        self._saves.resume_from(state)
        self._saved = state.trained
        print(f"resuming after step {state.trained} of {self._recipe.steps}, from {self._saves.directory}")
        return _entries(state.arrays["entries"])

    def is_due(self, trained):
        """Whether a save is due after so many steps; the last one of a run is `finish`'s."""
        return trained % self._every == 0 and trained < self._recipe.steps

    def save(self, entries, finished=False):
        """Save, unless this step is saved already. Raises RunError where a weight is not finite."""
        trained = len(entries)
        if self._saved == trained and not finished:
            return
        if not self._trainee.is_finite():
            raise RunError(f"step {trained}: a weight is not finite, so training stops: try a smaller --learning-rate")
        arrays = {"entries": _table(entries), **self._place, **self._trainee.random_state()}
        state = State(self._settings, trained, finished, {}, arrays)
        self._paths = self._saves.save(state, lambda folder: self._trainee.write(folder, trained))
        self._saved = trained
        if not self._resumable:
            self._saves.forget_state()

    def finish(self, entries):
        """Make the last save and delete the state that only an unfinished run needs."""
        self.save(entries, finished=True)
        self._saves.forget_state()

    def print_saved(self):
        """Print what was saved where."""
        if self._saves.kept():
            print(f"kept the earlier {self._trainee.saved_as} in {self._saves.kept()}")
        if self._paths:
            print(f"saved {self._trainee.display(self._paths)}")

    def state_on_disk(self):
        """Return a message about the model that is on disk now."""
        return self._saves.state_on_disk()


_COLUMNS = ("step", "loss", "accuracy", "seconds")


def _table(entries):
    return np.array([[entry.get(name, np.nan) for name in _COLUMNS] for entry in entries]).reshape(-1, len(_COLUMNS))


def _entries(table):
    rows = [dict(zip(_COLUMNS, map(float, row))) for row in table]
    return [
        {name: int(value) if name == "step" else value for name, value in row.items() if not math.isnan(value)}
        for row in rows
    ]
