"""Which ops a recording of TensorFlow 1.15 verifies, by their origin.

An op's origin is the library function that the script called and the op's type, as in
`array_ops.split Split`. The recordings have 1.15's op count after each such call; `verified_ops.txt` lists the
origins of the ops in them. `tests/golden/record_verified_ops.py` writes it.
"""

import functools
import importlib.util
import os
import sysconfig

from legacy_graph.graph115 import calls


def _folder(package, *inner):
    """Return a package's folder without importing it: Keras and tf_slim take seconds."""
    return os.path.join(os.path.dirname(importlib.util.find_spec(package).origin), *inner, "")


_LIBRARIES = tuple(map(_folder, ("tensorflow", "keras", "tf_keras", "tf_slim", "legacy_graph")))
_HERE = _folder("legacy_graph", "graph115")
_WRAPPERS = (
    _folder("tensorflow", "python", "util"),
    _HERE + "replacement.py",
    _HERE + "counted.py",
    _folder("legacy_graph") + "tf1.py",
)
_WRAPPING_FUNCTIONS = frozenset(("wrapper", "wrapped", "call_with_layout", "binary_op_wrapper", "func_with_args"))
FILE = _HERE + "verified_ops.txt"
_PROGRAMS = tuple(_folder("legacy_graph") + name + ".py" for name in ("lstm", "multi_lstm", "bi_lstm"))
_STANDARD_LIBRARY = os.path.join(sysconfig.get_path("stdlib"), "")
_INSTALLED = os.path.join(sysconfig.get_path("purelib"), "")


def origin(op):
    """Return the library function that a script called to make `op`, and the op's type; None for an imported op."""
    called = None
    for frame in reversed(op.traceback or ()):
        file = frame.filename
        if file.startswith(_LIBRARIES) and file not in _PROGRAMS:
            if not file.startswith(_WRAPPERS) and frame.name not in _WRAPPING_FUNCTIONS:
                module = os.path.splitext(os.path.basename(file))[0]
                called = f"{module}.{frame.name}"
        elif called and not (file.startswith(_STANDARD_LIBRARY) and not file.startswith(_INSTALLED)):
            break
    return called and (called, calls.TYPES.get(op.type, op.type))


@functools.lru_cache(None)
def verified_origins():
    """Return the origins in the recordings, as a set of (function, op type)."""
    with open(FILE, encoding="utf-8") as stream:
        lines = [line.split() for line in stream if not line.startswith("#")]
    return frozenset((function.rstrip(":"), op_type) for function, *types in lines for op_type in types)


def first_unverified(graph):
    """Return the first op of `graph` whose origin is in no recording, or None."""
    for op in graph.get_operations():
        its_origin = origin(op)
        if its_origin and its_origin not in verified_origins():
            return op
    return None
