"""Reader of idx files, the format of the MNIST database, plain or gzipped.

An idx file is four bytes (two zeros, the type of the values, the number of dimensions), the
size of each dimension as a big-endian 32-bit number, then the values, the last index fastest.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP_MAGIC = b"\x1f\x8b"
_FETCH_AGAIN = "It was cut short or changed on its way: fetch it again."


class DataError(ValueError):
    """A data file is missing, damaged or of another kind. The message names it and says what to do."""


def read_idx(path):
    """Return the array in an idx file, plain or gzipped, in the machine's own byte order.

    Raises DataError where the file is missing, damaged or no idx file.
    """
    return parse_idx(read_bytes(path), path)


def read_bytes(path):
    """Return the bytes of a file; DataError where it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise DataError(
            f"{path}: expected an idx file; it cannot be read ({error.strerror}). "
            "Check the name and the rights, or fetch the file."
        ) from error


def parse_idx(data, name):
    """Return the array held by `data`, the bytes of an idx file; `name` is what errors call it."""
    if data[:2] == _GZIP_MAGIC:
        data = _gunzip(data, name)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in DTYPES:
        raise DataError(
            f"{name}: expected an idx file, which begins with 00 00, a type of "
            f"{', '.join(f'{code:02x}' for code in DTYPES)} and a number of dimensions; "
            f"received {data[:4].hex(' ') or 'an empty file'}. "
            "It is a file of another kind, or damaged: replace it."
        )
    dtype, ndim = np.dtype(DTYPES[data[2]]), data[3]
    start = 4 + 4 * ndim
    if len(data) < start:
        raise DataError(
            f"{name}: expected a header of {start} bytes for {ndim} dimensions; "
            f"received {len(data)} bytes. {_FETCH_AGAIN}"
        )
    shape = struct.unpack(f">{ndim}I", data[4:start])
    expected, received = math.prod(shape) * dtype.itemsize, len(data) - start
    if received != expected:
        fault = "truncated" if received < expected else "followed by trailing bytes"
        raise DataError(
            f"{name}: {fault}: expected {expected} bytes of values for the shape {shape}; "
            f"received {received}. {_FETCH_AGAIN}"
        )
    values = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="))  # a copy, so that the array can be written to


def _gunzip(data, name):
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"{name}: expected a whole gzip file; received a damaged one of {len(data)} bytes ({error}). {_FETCH_AGAIN}"
        ) from error
