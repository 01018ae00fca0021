"""One process at a time: a lock on a folder or a file, which the system takes back when the process ends."""

import contextlib
import errno
import os

from mnist_training.errors import InputError

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def locked(path, flag):
    """Hold the lock on an existing folder or file in the body. It leaves no file behind.

    Raises InputError where another process holds it. A file system without locks is taken as it is.
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
