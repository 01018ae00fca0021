"""Signals that stop a training run: it finishes its step, saves and ends."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from mnist_training.errors import Stopped

_ASKING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stop:
    """Whether a signal has asked the run to stop.

    Attributes:
      signum: the signal, or None.
      waits: whether a first signal waits for the end of the step; otherwise it stops the run at once.
      saving: whether a save is being written, for which every signal waits.
    """

    def __init__(self, end: Callable[[Stopped], None] | None = None) -> None:
        self.signum: int | None = None
        self.waits, self.saving, self._end = False, False, end

    def ask(self, signum: int, _frame: Any = None) -> None:
        """Handle a signal. A second one does not wait for the step, which may be long: the last save stays."""
        again, self.signum = self.signum is not None, signum
        if not self.saving and (again or not self.waits):
            if self._end is not None:
                self._end(Stopped(signum))
            raise Stopped(signum)

    def check(self) -> None:
        """Raise Stopped after a signal, also where Python swallowed the handler's exception, as in destructors."""
        if self.signum is not None:
            raise Stopped(self.signum)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Context in which a first signal waits until `check` is called."""
        self.check()
        self.waits = True
        try:
            yield
        finally:
            self.waits = False

    @contextlib.contextmanager
    def during_save(self) -> Iterator[None]:
        """Context in which all signals wait."""
        self.saving = True
        try:
            yield
        finally:
            self.saving = False


_active: list = []


@contextlib.contextmanager
def handling_signals(end: Callable[[Stopped], None] | None = None) -> Iterator[Stop]:
    """Yield a Stop that handles SIGINT, SIGTERM and SIGHUP in the body, except those the process ignores.

    `end(stopped)` is called for a signal that does not wait, before Stopped is raised: Python
    swallows exceptions that are raised in a destructor, say.

    A nested context yields the outer one's Stop. Outside the main thread, where Python delivers
    no signals, the Stop is never used.
    """
    if _active:
        yield _active[-1]
        return
    stop, before = Stop(end), {}
    if threading.current_thread() is threading.main_thread():
        for signum in _ASKING:
            handler = signal.getsignal(signum)
            if handler not in (signal.SIG_IGN, None):
                before[signum] = signal.signal(signum, stop.ask)
    _active.append(stop)
    try:
        yield stop
    finally:
        _active.pop()
        for signum, handler in before.items():
            signal.signal(signum, handler)
