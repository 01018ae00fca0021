"""A lock on a folder or a file, for one process at a time; the system releases it when the process ends."""

import contextlib
import errno
import os
from collections.abc import Iterator

from mnist_training.errors import InputError

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def locked(path: str | os.PathLike, flag: str) -> Iterator[None]:
    """Context that holds the lock on an existing folder or file. It leaves no lock file behind.

    Raises InputError where another process holds it. On a file system without locks nothing is locked.
    """
    if fcntl is None:
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise InputError(
                    f"{flag} {path}: another process is writing there; wait until it ends, or name another"
                ) from error
        yield
    finally:
        os.close(descriptor)
