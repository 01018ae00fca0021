"""Ctrl-C while a command is still importing what it needs: one line, as later. Imports next to nothing itself."""

import os
import signal
import sys


def begin(package):
    """Let Ctrl-C end the process with one line, if it is the command of this package that starts.

    To be called before the other imports of its `__main__`. `end` gives Ctrl-C back.
    """
    started = sys.argv[0] if sys.argv else ""
    name = os.path.basename(started)
    is_command = os.path.splitext(name)[0] == package.replace("_", "-")
    is_module = started.endswith(os.path.join(package, "__main__.py"))
    if (is_command or is_module) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _End(package))


def end(package):
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if isinstance(signal.getsignal(signal.SIGINT), _End):
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _End:
    def __init__(self, package):
        self._line = f"{package}: interrupted\n".encode()

    def __call__(self, signum, frame):
        os.write(2, self._line)
        os._exit(128 + signum)
