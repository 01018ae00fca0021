"""numpy, with the names that numpy 1.16 to 1.18 had, meaning what they meant then.

`import numpy` in old code imports this module (see `legacy_graph.runner.imports`). Libraries still get
numpy itself, so nothing that they rely on changes. Names that are not defined here are numpy's.
"""

import numpy as _numpy

# The builtins under numpy's name. Today's np.bool and np.long are numpy's own scalars.
bool, complex, float, int, object, str = bool, complex, float, int, object, str
long, unicode = int, str

Inf = Infinity = PINF = infty = _numpy.inf
NaN = NAN = _numpy.nan
NINF, PZERO, NZERO = -_numpy.inf, 0.0, -0.0

float_, longfloat = _numpy.float64, _numpy.longdouble
cfloat = complex_ = _numpy.complex128
singlecomplex, longcomplex, clongfloat = _numpy.complex64, _numpy.clongdouble, _numpy.clongdouble
string_, unicode_ = _numpy.bytes_, _numpy.str_
bool8, int0, uint0, object0 = _numpy.bool_, _numpy.intp, _numpy.uintp, _numpy.object_
bytes0, str0, void0 = _numpy.bytes_, _numpy.str_, _numpy.void

alltrue, sometrue = _numpy.all, _numpy.any
product, cumproduct = _numpy.prod, _numpy.cumprod
mat, round_, row_stack = _numpy.asmatrix, _numpy.round, _numpy.vstack
trapz = getattr(_numpy, "trapezoid", None) or _numpy.trapz  # type: ignore[attr-defined]
typeDict = _numpy.sctypeDict

# Names that `from numpy import *` did not bring: they would hide Python's own.
_NOT_STARRED = (
    "abs",
    "bool",
    "complex",
    "float",
    "int",
    "long",
    "max",
    "min",
    "object",
    "pow",
    "round",
    "str",
    "unicode",
)


def alen(a):
    """Return the length of the first axis, 1 for a scalar."""
    return len(_numpy.atleast_1d(a))


def asfarray(a, dtype=_numpy.float64):
    """Return `a` as an array of floats; whole-number dtypes become float64."""
    if not _numpy.issubdtype(dtype, _numpy.inexact):
        dtype = _numpy.float64
    return _numpy.asarray(a, dtype)


def asscalar(a):
    """Return the only element of an array as a Python scalar."""
    return a.item()


def in1d(ar1, ar2, assume_unique=False, invert=False):
    """Return for each element of the flattened `ar1` whether it is in `ar2`."""
    return _numpy.isin(_numpy.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)


def msort(a):
    """Return a copy sorted along the first axis."""
    return _numpy.sort(a, axis=0)


def fromstring(string, dtype=float, count=-1, sep=""):
    """Return numbers read from text, or without `sep` from raw bytes (a copy of them)."""
    if sep:
        return _numpy.fromstring(string, dtype, count, sep=sep)
    raw = string.encode("latin1") if isinstance(string, str) else string
    return _numpy.frombuffer(raw, dtype, count).copy()


def reshape(a, newshape, order="C"):
    """Return `a` in another shape; today's numpy calls the argument `shape`."""
    return _numpy.reshape(a, newshape, order)


def array(object, dtype=None, copy=True, order="K", subok=False, ndmin=0):
    """Return an array; copy=False copies where it must, rows of unequal lengths become objects."""
    return _ragged_as_objects(_numpy.array, object, dtype, copy=copy or None, order=order, subok=subok, ndmin=ndmin)


def asarray(a, dtype=None, order=None):
    """Return `a` as an array; rows of unequal lengths become objects."""
    return _ragged_as_objects(_numpy.asarray, a, dtype, order=order)


def _ragged_as_objects(make, value, dtype, **options):
    try:
        return make(value, dtype, **options)
    except ValueError as error:
        if dtype is not None or "inhomogeneous" not in format(error):
            raise
        return make(value, _numpy.object_, **options)


def __getattr__(name):
    if name == "__all__":
        ours = {name for name in globals() if not name.startswith("_")}
        return sorted((ours | set(_numpy.__all__)) - set(_NOT_STARRED))
    return getattr(_numpy, name)


def __dir__():
    return sorted(set(__getattr__("__all__")) | set(_NOT_STARRED) | set(dir(_numpy)))
