"""How a command can fail, as exceptions; `mnist_training.cli.command` says which exit status each has."""

import signal


class InputError(ValueError):
    """What was asked for cannot be done; the text says what, why, and what to do instead.

    A command prints it as one line and exits with status 2.
    """


class RunError(RuntimeError):
    """What was asked for rightly came to nothing: a full disk, a loss that is not finite.

    The text says what is left of it. A command prints it as one line and exits with status 1;
    `parity`, where 1 means "they differ", with 3.
    """


class Stopped(KeyboardInterrupt):
    """A signal ended a training run, after the save that it asked for.

    Attributes:
      signum: SIGINT, SIGTERM or SIGHUP.
    """

    def __init__(self, signum):
        super().__init__("interrupted" if signum == signal.SIGINT else f"ended by {signal.Signals(signum).name}")
        self.signum = signum
