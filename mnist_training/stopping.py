"""Signals that ask a training run to end: it ends after the step it is in, and saves."""

import contextlib
import signal
import threading

_ASKING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Stop:
    """Whether a signal has asked for the end.

    Attributes:
      signum: the signal, or None.
      saving: whether a save is being made: a second signal then waits until it is.
    """

    def __init__(self):
        self.signum, self.saving = None, False

    def ask(self, signum, _frame=None):
        """Take in a signal. A second one during a step does not wait for the step: the last save stands."""
        again, self.signum = self.signum is not None, signum
        if again and not self.saving:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def during_save(self):
        """Let signals in the body wait."""
        self.saving = True
        try:
            yield
        finally:
            self.saving = False


@contextlib.contextmanager
def heeding_signals():
    """Yield a Stop that SIGINT, SIGTERM and SIGHUP ask in the body, but for those the process ignores.

    Outside the main thread Python gives no signals: there the Stop is never asked.
    """
    stop, before = Stop(), {}
    if threading.current_thread() is threading.main_thread():
        for signum in _ASKING:
            handler = signal.getsignal(signum)
            if handler not in (signal.SIG_IGN, None):
                before[signum] = signal.signal(signum, stop.ask)
    try:
        yield stop
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
