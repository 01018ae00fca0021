"""TensorFlow's start-up messages, kept off the user's screen."""

import contextlib
import os
import re
import sys
import tempfile

from mnist_training.cli.quick_start import quick_imports

# What the C++ side says before its log level is read: hints about oneDNN, missing GPUs, itself.
_CHATTER = re.compile(rb"^([IWE]0000 |WARNING: All log messages before absl|To enable the following instr)")


@contextlib.contextmanager
def without_startup_messages():
    """Import TensorFlow or Keras in the body, by `quick_imports`, without the C++ library's messages on stderr.

    Sets TF_CPP_MIN_LOG_LEVEL unless the user did. Everything else that was written to file
    descriptor 2 meanwhile is passed on afterwards, also when the body fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            with quick_imports():
                yield
        finally:
            sys.stderr.flush()
            os.dup2(real, 2)
            os.close(real)
            held.seek(0)
            for line in held:
                if not _CHATTER.match(line):
                    os.write(2, line)
