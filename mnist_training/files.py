"""Writing files atomically, and keeping earlier ones."""

import contextlib
import glob
import os
import pathlib
import shutil
from collections.abc import Callable, Iterable, Iterator

from mnist_training.errors import InputError


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yield a temporary name beside `path`, renamed to `path` when the body succeeds.

    The temporary name has the same extension, by which some writers choose the format. The file
    is synced before it is renamed. When the body fails it is removed, and an earlier file at
    `path` stays unchanged.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        sync(temporary)
        os.replace(temporary, path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync(path: str | os.PathLike) -> None:
    """Sync a file, or a folder's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not os.path.isdir(path):  # some file systems cannot do this for folders
            raise error
    finally:
        os.close(descriptor)


def keep_earlier(directory: str | os.PathLike, *patterns: str) -> pathlib.Path | None:
    """Hard-link the files in `directory` that match `patterns` into a new folder earlier-N there.

    The files also keep their names until new ones replace them, so that there is a model under
    the usual name at any moment. Returns the folder, or None when nothing matched.
    """
    directory = pathlib.Path(directory)
    found = matching(directory, patterns)
    if not found:
        return None
    last = _earlier(directory, _count(directory))
    if last.is_dir() and _holds(last, found):  # kept already, by a run that ended before it saved
        return last
    earlier = _earlier(directory, _count(directory) + 1)
    earlier.mkdir()
    try:
        for path in found:
            link_or_copy(path, earlier / path.name)
    except OSError:
        shutil.rmtree(earlier, ignore_errors=True)
        raise
    sync(earlier)
    return earlier


def keep_earlier_file(
    path: str | os.PathLike, unless: Callable[[str], bool] = lambda first_line: False
) -> pathlib.Path | None:
    """Hard-link an existing file that is not empty to NAME.earlier-N; returns that path, or None.

    Nothing is done where `unless(first line)` is true.
    """
    path = pathlib.Path(path)
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            first_line = stream.readline(2**16)
    except FileNotFoundError:
        return None
    if not first_line or unless(first_line):
        return None
    number = 1
    while os.path.lexists(f"{path}.earlier-{number}"):
        number += 1
    link_or_copy(path, f"{path}.earlier-{number}")
    return pathlib.Path(f"{path}.earlier-{number}")


def matching(directory: str | os.PathLike, patterns: Iterable[str]) -> list[pathlib.Path]:
    """Return the paths in `directory` that match any of the glob patterns, each once, sorted."""
    inside = glob.escape(str(directory))
    return sorted({pathlib.Path(name) for pattern in patterns for name in glob.glob(os.path.join(inside, pattern))})


def link_or_copy(path: str | os.PathLike, second: str | os.PathLike) -> None:
    """Hard-link a file; copy it where the file system has no links."""
    try:
        os.link(path, second)
    except OSError:
        (shutil.copytree if os.path.isdir(path) else shutil.copy2)(path, second)


def _count(directory):
    number = 0
    while _earlier(directory, number + 1).exists():
        number += 1
    return number


def _earlier(directory, number):
    return directory / f"earlier-{number}"


def _holds(folder, paths):
    return all((folder / path.name).exists() and os.path.samefile(folder / path.name, path) for path in paths)


def check_folder(path: str | os.PathLike, flag: str, shown: str | os.PathLike | None = None) -> None:
    """Raise InputError unless `path` is a writable folder, or one that can be created.

    To be called before a run, whose result would otherwise be lost. Errors name `flag` and `shown`.
    """
    place, path = os.path.abspath(path), shown or path
    if any(len(os.fsencode(part)) > 255 for part in place.split(os.sep)):
        raise InputError(f"{flag} {path}: a name of more than 255 bytes; choose a shorter one")
    while not os.path.lexists(place):
        place = os.path.dirname(place)
    if not os.path.isdir(place):
        raise InputError(f"{flag} {path}: {place} is not a folder; name a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"{flag} {path}: no permission to write into {place}; name another folder")


def check_file(path: str | os.PathLike, flag: str) -> None:
    """Raise InputError unless a file can be written at `path`, new or existing; see check_folder."""
    if os.path.isdir(path):
        raise InputError(f"{flag} {path}: a folder; expected the name of a file")
    check_folder(os.path.dirname(os.path.abspath(path)), flag, path)
    if len(os.fsencode(os.path.basename(path))) > 200:
        raise InputError(f"{flag} {path}: a name of more than 200 bytes; choose a shorter one")
    if os.path.lexists(path) and not os.path.isfile(path):
        raise InputError(f"{flag} {path}: not a regular file; it is left as it is: name another")
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise InputError(f"{flag} {path}: no permission to write to it; name another file")
