"""Signals that ask a training run to end: it ends after the step it is in, and saves."""

import contextlib
import signal
import threading

from mnist_training.errors import Stopped

_ASKING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stop:
    """Whether a signal has asked for the end.

    Attributes:
      signum: the signal, or None.
      waits: whether a signal waits: for the end of the step, or of the save. Else it ends all at once.
      saving: whether a save is being made.
    """

    def __init__(self, end=None):
        self.signum, self.waits, self.saving, self._end = None, False, False, end

    def ask(self, signum, _frame=None):
        """Take in a signal. A second one does not wait for the step, which may be long: the last save stands."""
        again, self.signum = self.signum is not None, signum
        if not self.saving and (again or not self.waits):
            if self._end is not None:
                self._end(Stopped(signum))
            raise Stopped(signum)

    def check(self):
        """Raise Stopped where a signal has asked; Python drops what is raised in some places, such as destructors."""
        if self.signum is not None:
            raise Stopped(self.signum)

    @contextlib.contextmanager
    def waiting(self):
        """Let a first signal in the body wait until `check`."""
        self.check()
        self.waits = True
        try:
            yield
        finally:
            self.waits = False

    @contextlib.contextmanager
    def during_save(self):
        """Let all signals in the body wait."""
        self.saving = True
        try:
            yield
        finally:
            self.saving = False


_active = []


@contextlib.contextmanager
def heeding_signals(end=None):
    """Yield a Stop that SIGINT, SIGTERM and SIGHUP ask in the body, but for those the process ignores.

    `end(stopped)` is what a command does about a signal that does not wait: to raise Stopped is
    not enough where Python drops it, with a traceback, as in destructors.

    Inside another such body that one's Stop. Outside the main thread Python gives no signals:
    there the Stop is never asked.
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
