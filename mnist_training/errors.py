"""The exceptions of a command that fails; `mnist_training.cli.command` has the exit status of each."""

import signal


class InputError(ValueError):
    """Bad input. The message says what is wrong, why, and what to do instead.

    A command prints it as one line and exits with status 2.
    """


class RunError(RuntimeError):
    """A run that failed although its input was good: a full disk, a loss that is not finite.

    The message says which model is left on disk. A command prints it as one line and exits with
    status 1; `parity`, where 1 means that models differ, with 3.
    """


class Stopped(KeyboardInterrupt):
    """A signal ended a training run, after a last save.

    Attributes:
      signum: SIGINT, SIGTERM or SIGHUP.
    """

    def __init__(self, signum: int) -> None:
        super().__init__("interrupted" if signum == signal.SIGINT else f"ended by {signal.Signals(signum).name}")
        self.signum = signum
