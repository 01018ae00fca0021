"""Reader of idx files, the format of the MNIST database, plain or gzipped.

An idx file has four bytes (two zeros, the type of the values, the number of dimensions), the size
of each dimension as a big-endian 32-bit number, then the values in row-major order.
"""

import gzip
import io
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
LARGEST = 2**30  # bytes, compressed or not; EMNIST, the largest such database, has 550 million
_MOST_DIMENSIONS = 32
_GZIP_MAGIC = b"\x1f\x8b"
_FETCH_AGAIN = "It was truncated or changed in transfer: download it again."


class DataError(ValueError):
    """A data file is missing, damaged or of another kind. The message names the file and says what to do."""


def read_idx(path: str | os.PathLike) -> np.ndarray:
    """Return the array in an idx file, plain or gzipped, in native byte order.

    Raises DataError where the file is missing, damaged or no idx file.
    """
    return parse_idx(read_bytes(path), path)


def read_bytes(path: str | os.PathLike) -> bytes:
    """Return the bytes of a file; DataError where it cannot be read, is not a regular file or too large."""
    try:
        if os.path.exists(path) and not os.path.isdir(path) and not os.path.isfile(path):
            raise DataError(f"{path}: expected an idx file; it is a device, a pipe or a socket. Name a file.")
        size = os.path.getsize(path)
        if size > LARGEST:
            raise DataError(
                f"{path}: expected an idx file of at most {LARGEST} bytes; it has {size}. Name another file."
            )
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path}: expected an idx file; it cannot be read ({getattr(error, 'strerror', None) or error}). "
            "Check the name and the permissions, or download the file."
        ) from error


def parse_idx(data: bytes, name: str | os.PathLike) -> np.ndarray:
    """Return the array in `data`, the bytes of an idx file; errors call it `name`.

    A gzipped file is decompressed up to the size in its idx header, and no further.
    """
    if data[:2] == _GZIP_MAGIC:
        data = _gunzip(data, name)
    dtype, shape, start = _header(data, name)
    expected, received = math.prod(shape) * dtype.itemsize, len(data) - start
    if received != expected:
        fault = "truncated" if received < expected else "followed by trailing bytes"
        raise DataError(
            f"{name}: {fault}: expected {expected} bytes of values for the shape {shape}; "
            f"received {received}{' or more' if received > expected else ''}. {_FETCH_AGAIN}"
        )
    try:
        values = np.frombuffer(data, dtype, offset=start).reshape(shape)
    except ValueError as error:  # a size of 0 in one dimension, and others beyond numpy's limits
        raise DataError(f"{name}: expected a shape that an array can have; received {shape}. {_FETCH_AGAIN}") from error
    return values.astype(dtype.newbyteorder("="))  # a copy, so that the array can be written to


def _header(data, name):
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in DTYPES:
        raise DataError(
            f"{name}: expected an idx file, which begins with 00 00, a type of "
            f"{', '.join(f'{code:02x}' for code in DTYPES)} and a number of dimensions; "
            f"received {data[:4].hex(' ') or 'an empty file'}. "
            "It is a file of another kind, or damaged: replace it."
        )
    dtype, ndim = np.dtype(DTYPES[data[2]]), data[3]
    if ndim > _MOST_DIMENSIONS:
        raise DataError(
            f"{name}: expected at most {_MOST_DIMENSIONS} dimensions; received {ndim}. "
            "It is a file of another kind, or damaged: replace it."
        )
    start = 4 + 4 * ndim
    if len(data) < start:
        raise DataError(
            f"{name}: expected a header of {start} bytes for {ndim} dimensions; "
            f"received {len(data)} bytes. {_FETCH_AGAIN}"
        )
    return dtype, struct.unpack(f">{ndim}I", data[4:start]), start


def _gunzip(data, name):
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            head = stream.read(4 + 4 * _MOST_DIMENSIONS)
            if head[:2] != b"\0\0" or len(head) < 4:
                return head  # no idx file: parse_idx says so
            dtype, shape, start = _header(head, name)
            wanted = start + math.prod(shape) * dtype.itemsize
            # gzip compresses 1032 to 1 at most: a header that promises more is wrong.
            limit = min(wanted, LARGEST, 1032 * len(data) + len(head))
            return head + stream.read(max(1, limit + 1 - len(head)))
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(
            f"{name}: expected a whole gzip file; received a damaged one of {len(data)} bytes ({error}). {_FETCH_AGAIN}"
        ) from error
