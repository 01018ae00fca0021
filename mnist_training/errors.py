"""The error of somebody who asked wrongly."""


class InputError(ValueError):
    """What was asked for cannot be done; the text says what, why, and what to do instead.

    A command prints it as one line and exits with status 2.
    """
