"""The saves of a training run in its model directory: atomic, and enough to resume the run exactly.

A save is the model under its usual name and, beside it, a small file with the state that the model
does not hold: the run's settings, the step, the position in the shuffled data, the random state. That
file has each model file's size and SHA-256: a save is complete when they match.

Neither tf.train.CheckpointManager nor keras.callbacks.BackupAndRestore nor orbax gives this: they
keep weights and optimizer, not the place in a shuffled DataSet, the counters inside the kernels of
random ops or the states of seed generators. So tf.train.Saver and model.save write the model, and
this module does the rest.
"""

import contextlib
import fnmatch
import hashlib
import json
import os
import pathlib
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from mnist_training.errors import InputError, RunError
from mnist_training.files import check_folder, keep_earlier, matching, sync
from mnist_training.lock import locked

_SAVING = ".saving"  # a save is written in here; the next save removes what a killed process left
_POINTER = "checkpoint"
_BIGGEST_STATE = 256 * 2**20


class State(NamedTuple):
    """The state of a run that its model does not hold.

    settings: {name: value} of the run; a resumed run must have the same.
    trained: steps trained.
    finished: whether the run is finished.
    files: {name in the model directory: [bytes, SHA-256]} of the model.
    arrays: {name: array}: the position in the data, the random state and so on.
    """

    settings: dict
    trained: int
    finished: bool
    files: dict
    arrays: dict


class Saves:
    """The model directory of one run; a context manager that holds its lock.

    Args:
      directory: created on entering; removed again if it stays empty.
      patterns: glob patterns of the model files' names.
      state_name: function of a number of steps that returns the name of the State's file.

    Raises InputError where the directory is not writable, or another process trains there.
    """

    def __init__(
        self, directory: str | os.PathLike, patterns: Iterable[str], state_name: Callable[[int | str], str]
    ) -> None:
        self.directory, self._patterns, self._state_name = pathlib.Path(directory), patterns, state_name
        self._own: set[str] | None = None  # names of this run's files
        self._kept: pathlib.Path | None = None
        self._looked_for_others = False

    def __enter__(self):
        check_folder(self.directory, "--model-dir")
        self._made = _make(self.directory)
        self._open = contextlib.ExitStack()
        try:
            self._open.enter_context(locked(self.directory, "--model-dir"))
        except BaseException:
            self._remove_made_folders()
            raise
        shutil.rmtree(self.directory / _SAVING, ignore_errors=True)
        return self

    def __exit__(self, *exception):
        self._open.close()
        self._remove_made_folders()

    def _remove_made_folders(self):
        for folder in self._made:  # the innermost first
            with contextlib.suppress(OSError):
                folder.rmdir()

    def check_free(self, name: str) -> None:
        """Raise InputError where `name`, of a log, could be the name of a model file."""
        if any(fnmatch.fnmatch(name, pattern) for pattern in self._patterns):
            raise InputError(f"--log {name}: reserved for model files in {self.directory}; name another file")

    def newest(self) -> State | None:
        """Return the State of the newest complete save, or None."""
        names = matching(self.directory, [self._state_name("*")])
        states = filter(None, (_read(name) for name in names))
        return next(filter(self._is_whole, sorted(states, key=lambda state: -state.trained)), None)

    def resume_from(self, state: State) -> None:
        """Treat the saves of the resumed run as this run's own: they are replaced, not kept in earlier-N."""
        self._own = {name.name for name in matching(self.directory, [self._state_name("*")])} | set(state.files)
        for name in matching(self.directory, [self._state_name("*")]):
            other = _read(name)
            self._own.update(other.files if other else ())

    def save(self, state: State, write: Callable[[pathlib.Path], Iterable[str]]) -> list[pathlib.Path]:
        """Replace the previous save; returns the paths of the model's files.

        The first save of a run links another run's files into earlier-N. `write(folder)` writes the
        model's files and returns their names, in the order in which they are to be renamed. At every
        moment there is a complete model under the usual name. Raises RunError where the save cannot
        be written; the directory is then unchanged.
        """
        folder = self.directory / _SAVING
        try:
            folder.mkdir()
            names = write(folder)
            files = {name: [(folder / name).stat().st_size, digest(folder / name)] for name in names}
            state_name = self._state_name(state.trained)
            _write(folder / state_name, state._replace(files=files))
            for name in (state_name, *names):
                sync(folder / name)
            self._keep_others()
            self._publish(folder, (state_name, *names))
        except OSError as error:
            raise RunError(
                f"{self.directory}: cannot be saved: {error.strerror or error}; {self.state_on_disk()}"
            ) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return [self.directory / name for name in names]

    def kept(self) -> pathlib.Path | None:
        """Return the folder earlier-N with another run's files; None where there were none."""
        return self._kept

    def state_on_disk(self) -> str:
        """Return a message about the model that is on disk."""
        state = self.newest()
        if state:
            return f"the save of step {state.trained} is in place"
        return (
            "the model that was there is in place" if matching(self.directory, self._patterns) else "nothing is saved"
        )

    def forget_state(self) -> None:
        """Delete the state that only an unfinished run needs."""
        for path in matching(self.directory, [self._state_name("*")]):
            path.unlink()
        self._own = None if self._own is None else {name for name in self._own if (self.directory / name).exists()}

    def _is_whole(self, state):
        def fits(name, size, wanted):
            path = self.directory / name
            return path.is_file() and path.stat().st_size == size and digest(path) == wanted

        return bool(state.files) and all(fits(name, *told) for name, told in state.files.items())

    def _keep_others(self):
        if self._looked_for_others:
            return
        own = self._own or set()
        others = [path.name for path in matching(self.directory, self._patterns) if path.name not in own]
        if others == [_POINTER] or self._own is not None and not set(others) - {_POINTER}:
            others = []
        self._kept, self._looked_for_others = keep_earlier(self.directory, *others), True
        if self._kept:
            _point(self._kept, self._kept, others)

    def _publish(self, folder, names):
        index = next((name for name in names if name.endswith(".index")), None)
        old = {path.name for path in matching(self.directory, self._patterns)} - {_POINTER, *names}
        if index and (self.directory / index).exists() and self._kept:
            # The new checkpoint has the old one's name: until it is complete, `checkpoint` points to the kept one.
            _point(self.directory, self._kept, [index])
        for name in names:
            os.replace(folder / name, self.directory / name)
        sync(self.directory)
        if index:
            _point(self.directory, self.directory, [index])
        for name in old:
            path = self.directory / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self._own = set(names)


class FollowedSaves(Saves):
    """The model directory of a run that another process saves: this one can only resume from the saves."""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def save(self, state: State, write: Callable[[pathlib.Path], Iterable[str]]) -> list[pathlib.Path]:
        """Do nothing: the other process saves. Returns no path."""
        return []

    def forget_state(self) -> None:
        """Do nothing: the other process does."""

    def kept(self) -> pathlib.Path | None:
        """Return None: this process keeps no earlier files."""


def store(
    directory: str | os.PathLike, patterns: Iterable[str], write: Callable[[pathlib.Path], Iterable[str]]
) -> pathlib.Path | None:
    """Save finished models into a directory, as the last save of a run does.

    `write(folder)` writes their files and returns the names. Returns the folder earlier-N with the
    files that were there before, or None. Raises InputError and RunError as Saves does.
    """
    with Saves(directory, patterns, ".run-{}.npz".format) as saves:
        saves.save(State({}, 0, True, {}, {}), write)
        saves.forget_state()
        return saves.kept()


def _point(directory, holder, names):
    """Make the `checkpoint` file in `directory` point to the newest checkpoint of `names`, which are in `holder`."""
    prefixes = sorted(
        (name.removesuffix(".index") for name in names if name.endswith(".index")),
        key=lambda prefix: (holder / f"{prefix}.index").stat().st_mtime,
    )
    if not prefixes:
        return
    path = (holder / prefixes[-1]).relative_to(directory).as_posix()
    quoted = path.replace("\\", "\\\\").replace('"', '\\"')
    temporary = directory / f".{_POINTER}.{os.getpid()}"
    temporary.write_text(f'model_checkpoint_path: "{quoted}"\nall_model_checkpoint_paths: "{quoted}"\n')
    sync(temporary)
    os.replace(temporary, directory / _POINTER)
    sync(directory)


def digest(path: str | os.PathLike) -> str:
    """Return a file's SHA-256, in hexadecimal."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else _sha(stream)


def _sha(stream):  # Python 3.10
    found = hashlib.sha256()
    while block := stream.read(2**20):
        found.update(block)
    return found.hexdigest()


def _write(path, state):
    head = json.dumps(state._replace(arrays=None)._asdict(), allow_nan=False).encode()
    with open(path, "wb") as stream:
        np.savez(stream, head=np.frombuffer(head, "uint8"), **state.arrays)


def _read(path):
    """Return the State in a file; None where the file is damaged or of another kind."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _BIGGEST_STATE:
                return None
        with np.load(path, allow_pickle=False) as parts:
            arrays = {name: parts[name] for name in parts.files}
        head = json.loads(arrays.pop("head").tobytes())
        state = State(**{**head, "arrays": arrays})
        return state if isinstance(state.files, dict) and isinstance(state.settings, dict) else None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError, NotImplementedError):
        return None


def _make(directory):
    """Create a folder and its parents; returns the created ones, the innermost first."""
    missing = []
    place = directory
    while not place.exists():
        missing.append(place)
        place = place.parent
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--model-dir {directory}: cannot be made: {error.strerror}; name another folder") from error
    return missing


def differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """Return the settings that differ, as text: `--units 64, there 128`."""
    flags = {"data": "digits", "wing": "trained by", "first_step": "first step", "report_every": "accuracy every"}
    return ", ".join(
        f"{flags.get(name, '--' + name.replace('_', '-'))} {here.get(name)}, there {there.get(name)}"
        for name in {**here, **there}
        if there.get(name) != here.get(name)
    )
