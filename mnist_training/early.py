"""Ctrl-C while a command is still importing: one line on stderr, as later. This module imports almost nothing."""

import os
import signal
import sys


def begin(package: str) -> None:
    """Make Ctrl-C end the process with one line, if the process is this package's command.

    To be called before the other imports of its `__main__`. `end` restores Ctrl-C.
    """
    started = sys.argv[0] if sys.argv else ""
    name = os.path.basename(started)
    is_command = os.path.splitext(name)[0] == package.replace("_", "-")
    is_module = started.endswith(os.path.join(package, "__main__.py"))
    if (is_command or is_module) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _ExitOnInterrupt(package))


def end(package: str) -> None:
    """Make Ctrl-C raise KeyboardInterrupt again."""
    if isinstance(signal.getsignal(signal.SIGINT), _ExitOnInterrupt):
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _ExitOnInterrupt:
    def __init__(self, package):
        self._line = f"{package}: interrupted\n".encode()

    def __call__(self, signum, frame):
        os.write(2, self._line)
        os._exit(128 + signum)
