"""Restores names of Python 3.7's standard library, and numpy 1's printing."""

import base64
import collections
import collections.abc
import contextlib
import fractions
import functools
import inspect
import json
import math
import threading
import time

import numpy as np

ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")


def getargspec(func):
    """Return the ArgSpec of a function, as `inspect.getargspec` did up to Python 3.10.

    Raises ValueError where the function has keyword-only arguments or annotations.
    """
    spec = inspect.getfullargspec(func)
    if spec.kwonlyargs or spec.annotations:
        raise ValueError("Function has keyword-only parameters or annotations, use inspect.signature()")
    return ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


def _without_encoding(load):
    """Accept and ignore the argument `encoding` of json's readers, as Python 3.7 did."""

    @functools.wraps(load)
    def call(*args, encoding=None, **kwargs):
        return load(*args, **kwargs)

    return call


# Module, name, what it is today. A name that Python still has is not replaced.
_GONE = [(collections, name, getattr(collections.abc, name)) for name in collections.abc.__all__] + [
    (time, "clock", time.process_time),
    (inspect, "ArgSpec", ArgSpec),
    (inspect, "getargspec", getargspec),
    (fractions, "gcd", math.gcd),
    (threading.Thread, "isAlive", threading.Thread.is_alive),
    (base64, "encodestring", base64.encodebytes),
    (base64, "decodestring", base64.decodebytes),
]
_CHANGED = [(json, "load", _without_encoding(json.load)), (json, "loads", _without_encoding(json.loads))]
_OLD_PRINTING = {"legacy": "1.25"} if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else {}


@contextlib.contextmanager
def old_python():
    """Give the body the names of Python 3.7's library, and numpy 1's way to print scalars.

    `print([np.float32(0.5)])` prints [0.5], not [np.float32(0.5)]. All is restored after it.
    """
    missing = [(owner, name, value) for owner, name, value in _GONE if not hasattr(owner, name)]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in _CHANGED]
    for owner, name, value in missing + _CHANGED:
        setattr(owner, name, value)
    try:
        with np.printoptions(**_OLD_PRINTING):
            yield
    finally:
        for owner, name, _ in missing:
            delattr(owner, name)
        for owner, name, value in before:
            setattr(owner, name, value)
