"""`tf.flags.FLAGS`, with the method that scripts of TF 1.0 to 1.4 call before they read a flag."""

import functools
import sys

import tensorflow.compat.v1 as tf
from absl import flags


def parse_flags(values, args=None):
    """Set the flags from `args`, or from the command line, and return the remaining arguments."""
    return values([sys.argv[0], *(sys.argv[1:] if args is None else args)], known_only=True)[1:]


class _Flags(type(tf.flags.FLAGS)):  # type: ignore[misc]  # the class has no public name
    """Since TF 1.5 flags are parsed when they are first read, and there is no `_parse_flags()`."""

    def __getattribute__(self, name):
        if name == "_parse_flags":
            return functools.partial(parse_flags, flags.FLAGS)
        return super().__getattribute__(name)


FLAGS = _Flags(flags.FLAGS)
