"""Processes that can be interrupted, wherever the tests were started."""

import signal


def heed_interrupts():
    """For `preexec_fn`: restore Ctrl-C, which a background process of a shell, and so its children, would ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
