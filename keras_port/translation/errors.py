"""The error of a graph that cannot be translated."""

from mnist_training import InputError


class CannotTranslate(InputError):
    """Something in the graph has no counterpart in Keras; the text names it, and where the script made it."""
