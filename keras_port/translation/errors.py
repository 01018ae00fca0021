"""The error raised for a graph that cannot be translated."""

from mnist_training import InputError


class CannotTranslate(InputError):
    """Part of the graph has no counterpart in Keras; the message names the op and the script's line that made it."""
