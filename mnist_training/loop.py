"""The training loop of both wings: steps, saves, signals, and going on where a run was cut off."""

import contextlib
import hashlib
import math
import os

import numpy as np

from mnist_training.errors import InputError, RunError
from mnist_training.files import check_file
from mnist_training.progress import Progress
from mnist_training.saves import Saves, State, differences
from mnist_training.stopping import heeding_signals

SAVE_EVERY = 100


def train(trainee, recipe, digits, model_dir=None, log=None, save_every=SAVE_EVERY, resume=None):
    """Train as the tutorial programs do, or go on where a run of the same settings was cut off.

    Args:
      trainee: what learns. It has `wing`, a name; `patterns` and `state_name` as `Saves` takes them;
        `step(images, labels)`, which returns the loss before it; `accuracy(images, labels)`;
        `write(folder, trained)`, which writes its files and returns their names; `random_state()`,
        {name: array} of what those do not hold; `read(directory, state)`, the opposite of both;
        `is_finite()`.
      recipe: a mnist_training.Recipe.
      digits: the training DataSet that has given no batch yet.
      model_dir: where saves go; None for nowhere.
      log: a file of one JSON object a step, or None.
      save_every: steps from one save to the next. There is one at the end, too, and when SIGINT,
        SIGTERM or SIGHUP asks for the end.
      resume: True: there must be an unfinished run in model_dir; None: go on if there is one;
        False: begin anew, and keep what is there in earlier-N.

    Returns {step number: loss} of the whole run, the steps before an interruption too.

    Raises InputError where model_dir holds another run, or cannot be written into, RunError where
    the loss or a weight is not finite or a save fails, Stopped after a signal.
    """
    if log is not None:
        check_file(log, "--log")
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(heeding_signals())
        saving = None
        if model_dir is not None:
            saves = stack.enter_context(Saves(model_dir, trainee.patterns, trainee.state_name))
            if log is not None and os.path.dirname(os.path.abspath(log)) == os.path.abspath(model_dir):
                saves.check_free(os.path.basename(log))
            saving = _Saving(saves, trainee, recipe, digits, save_every)
        entries = saving.go_on(resume) if saving else []
        progress = stack.enter_context(Progress(recipe, recipe.model, log, entries=entries))
        stack.enter_context(stop.waiting())
        try:
            _steps(trainee, recipe, digits, progress, stop, saving)
        except RunError as error:
            raise RunError(f"{error}; {saving.left()}" if saving else str(error)) from error
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
        saving.tell()
    stop.check()


@contextlib.contextmanager
def _kept_when_interrupted(saving, progress):
    """Save what is trained when the body, between two steps, is interrupted by other means than a signal of ours."""
    try:
        yield
    except KeyboardInterrupt:
        if saving and progress.entries:
            saving.save(progress.entries)
            saving.tell()
        raise


class _Saving:
    """One run's saves: what goes into them, when, and what is said of them."""

    def __init__(self, saves, trainee, recipe, digits, every):
        self._saves, self._trainee, self._digits, self._every = saves, trainee, digits, every
        self._recipe, self._saved, self._paths = recipe, None, []
        # Digits of a caller's own may not tell their place: what is saved is then a model, and no run to go on with.
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
            "data": _digest(digits) if self._resumable else None,
        }

    def passed(self):
        """Note where the digits stand after a step."""
        self._place = self._digits.place() if self._resumable else {}

    def go_on(self, resume):
        """Bring trainee and digits to where an unfinished run stopped; returns its entries so far."""
        state = None if resume is False or not self._resumable else self._saves.newest()
        if state is None or state.finished:
            if resume:
                raise InputError(
                    f"--resume: {self._saves.directory} holds no unfinished run; train without --resume to begin one"
                )
            return []
        if state.settings != self._settings:
            raise InputError(
                f"{self._saves.directory}: holds an unfinished run of other settings "
                f"({differences(state.settings, self._settings)}): ask for the same to go on, "
                "name another --model-dir, or say --no-resume to begin anew and keep that run in earlier-N"
            )
        self._trainee.read(self._saves.directory, state)
        self._digits.go_to({name: state.arrays[name] for name in self._place})
        self.passed()
        self._saves.go_on_from(state)
        self._saved = state.trained
        print(f"goes on after step {state.trained} of {self._recipe.steps}, from {self._saves.directory}")
        return _entries(state.arrays["entries"])

    def is_due(self, trained):
        """Whether a save is to be made now; the last of a run is `finish`'s."""
        return trained % self._every == 0 and trained < self._recipe.steps

    def save(self, entries, finished=False):
        """Make a save, unless there is one of this very step. RunError where a weight is not finite."""
        trained = len(entries)
        if self._saved == trained and not finished:
            return
        if not self._trainee.is_finite():
            raise RunError(
                f"step {trained}: weights that are not finite, so training stops: try a smaller --learning-rate"
            )
        arrays = {"entries": _table(entries), **self._place, **self._trainee.random_state()}
        state = State(self._settings, trained, finished, {}, arrays)
        self._paths = self._saves.save(state, lambda folder: self._trainee.write(folder, trained))
        self._saved = trained
        if not self._resumable:
            self._saves.forget_state()

    def finish(self, entries):
        """Make the last save; what only an unfinished run needs goes."""
        self.save(entries, finished=True)
        self._saves.forget_state()

    def tell(self):
        """Say what was saved where."""
        if self._saves.kept():
            print(f"kept the earlier {self._trainee.saved_as} in {self._saves.kept()}")
        if self._paths:
            print(f"saved {self._trainee.display(self._paths)}")

    def left(self):
        """Say which model is in place now."""
        return self._saves.left()


def _digest(digits):
    """Tell one training set from another, as it is before it is shuffled."""
    found = hashlib.sha256(np.ascontiguousarray(digits.images))
    found.update(np.ascontiguousarray(digits.labels))
    return found.hexdigest()[:16]


_COLUMNS = ("step", "loss", "accuracy", "seconds")


def _table(entries):
    return np.array([[entry.get(name, np.nan) for name in _COLUMNS] for entry in entries]).reshape(-1, len(_COLUMNS))


def _entries(table):
    rows = [dict(zip(_COLUMNS, map(float, row))) for row in table]
    return [
        {name: int(value) if name == "step" else value for name, value in row.items() if not math.isnan(value)}
        for row in rows
    ]
