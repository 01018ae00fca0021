"""Import TensorFlow without its start-up messages."""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator

from mnist_training.cli.quick_start import quick_imports

# Messages of the C++ library before it reads its log level: about oneDNN, missing GPUs, CPU instructions.
_START_UP = re.compile(rb"^([IWE]0000 |WARNING: All log messages before absl|To enable the following instr)")


@contextlib.contextmanager
def without_startup_messages() -> Iterator[None]:
    """Context in which TensorFlow or Keras is imported, by `quick_imports`, without the C++ library's messages.

    Sets TF_CPP_MIN_LOG_LEVEL unless the user has. Everything else written to stderr in the body
    is printed when it ends, also when it fails.
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
                if not _START_UP.match(line):
                    os.write(2, line)
