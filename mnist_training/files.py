"""How results reach the disk: whole or not at all, and never over what was there."""

import contextlib
import glob
import os
import pathlib


@contextlib.contextmanager
def replacing(path):
    """Yield a temporary name beside `path`, renamed to `path` when the body succeeds.

    The temporary name keeps the ending, by which some writers choose the format. When the
    body fails it is removed, and an earlier file at `path` is as it was.
    """
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def keep_earlier(directory, *patterns):
    """Move what matches `patterns` in `directory` into its first free folder earlier-N.

    Returns that folder, or None when nothing matched: a model trained before is never lost.
    """
    directory = pathlib.Path(directory)
    found = [
        pathlib.Path(name)
        for pattern in patterns
        for name in sorted(glob.glob(os.path.join(glob.escape(directory), pattern)))
    ]
    if not found:
        return None
    number = 1
    while (directory / f"earlier-{number}").exists():
        number += 1
    earlier = directory / f"earlier-{number}"
    earlier.mkdir()
    for path in found:
        path.rename(earlier / path.name)
    return earlier
