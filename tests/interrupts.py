"""Processes that can be interrupted, wherever the tests were started."""

import signal


def heed_interrupts():
    """For `preexec_fn`: what a shell runs in the background ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
