"""The MNIST database: the four bundled files, or four files of the same format in a user's folder."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mnist_digits.idx import DataError, parse_idx, read_bytes

BUNDLED = Path(__file__).resolve().parent / "data"
TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"
SHA256 = {  # of the four compressed files, as first published
    TRAIN_IMAGES: "0b367032e93c5d0cea0925647cfdb18614af8ee15f83e6f2fc2ad904a6835971",
    TRAIN_LABELS: "1787548bbe0bff1ec2ecdc0ef292b02df999e2d1a6002d27500982c652b17203",
    TEST_IMAGES: "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be",
    TEST_LABELS: "b91679a0acfe4ba0e50a2437a903084cba1f5f92592b016a25a7dfd00455798b",
}
FILES = tuple(SHA256)


class Digits(NamedTuple):
    """Images, uint8 (n, 28, 28), 0 for background and 255 for ink; labels, uint8 (n,)."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray


def load(data_dir: str | os.PathLike | None = None) -> Digits:
    """Return the `Digits`: the bundled 60,000 and 10,000, or those of a folder.

    Args:
      data_dir: None for the bundled files; else a folder with the four files under their
        original names, with or without .gz. Any database of that format will do, such as
        Fashion-MNIST: 28x28 images and labels 0 to 9.

    Raises DataError, naming the file, where one is missing, damaged or of another kind.
    """
    paths = locate(BUNDLED if data_dir is None else data_dir)
    digits = Digits(*read_pair(*paths[:2]), *read_pair(*paths[2:]))
    for images, path in ((digits.train_images, paths[0]), (digits.test_images, paths[2])):
        if images.shape[1:] != (28, 28):
            raise DataError(
                f"{path}: expected images of 28x28 pixels; received {images.shape[1]}x"
                f"{images.shape[2]}. Name a folder with files in the MNIST format."
            )
    expect_classes(digits.train_labels, paths[1])
    expect_classes(digits.test_labels, paths[3])
    return digits


def locate(folder: str | os.PathLike) -> list[str]:
    """Return the paths of the four files in a folder, as FILES orders them; DataError where one is missing."""
    paths = [path for name in FILES if (path := find(folder, name)) is not None]
    if len(paths) < len(FILES):
        name = next(name for name in FILES if find(folder, name) is None)
        fault = "it is missing" if os.path.isdir(folder) else "there is no such folder"
        raise DataError(
            f"{folder}: expected the file {name} (or {name[:-3]}) there; {fault}. "
            "Put the four MNIST files there, or name no folder to use the bundled digits."
        )
    return paths


def find(folder: str | os.PathLike, name: str) -> str | None:
    """Return the path of a file (one of FILES) in a folder, gzipped or plain; None where there is neither."""
    gzipped = os.path.join(folder, name)
    return next(filter(os.path.exists, (gzipped, gzipped[: -len(".gz")])), None)


def read_pair(images_path: str | os.PathLike, labels_path: str | os.PathLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the images and labels of two files; DataError where they differ in number."""
    images, labels = read_images(images_path), read_labels(labels_path)
    if len(images) != len(labels):
        raise DataError(
            f"{labels_path}: expected {len(images)} labels, one for each image in "
            f"{images_path}; received {len(labels)}. Use images and labels of the same database."
        )
    return images, labels


def read_images(path: str | os.PathLike) -> np.ndarray:
    """Return the images of an idx file, uint8 (n, rows, columns); raises DataError."""
    return parse_images(_read(path), path)


def read_labels(path: str | os.PathLike) -> np.ndarray:
    """Return the labels of an idx file, uint8 (n,); raises DataError."""
    return parse_labels(_read(path), path)


def parse_images(data: bytes, name: str | os.PathLike) -> np.ndarray:
    """Return the images in `data`, the bytes of an idx file; errors call it `name`."""
    return _expect(parse_idx(data, name), name, "images", ndim=3)


def parse_labels(data: bytes, name: str | os.PathLike) -> np.ndarray:
    """Return the labels in `data`, the bytes of an idx file; errors call it `name`."""
    return _expect(parse_idx(data, name), name, "labels", ndim=1)


def expect_classes(labels: np.ndarray, name: str | os.PathLike, num_classes: int = 10) -> None:
    """Raise a DataError about file `name` unless every label is below `num_classes`."""
    if labels.max(initial=0) >= num_classes:
        raise DataError(
            f"{name}: expected labels 0 to {num_classes - 1}; received {labels.max()} at "
            f"index {labels.argmax()}. Use a database of {num_classes} classes."
        )


def _expect(array, name, what, ndim):
    if array.dtype != np.uint8 or array.ndim != ndim:
        raise DataError(
            f"{name}: expected {what}, a uint8 array with ndim {ndim}; received {array.dtype} "
            f"of shape {array.shape}. Check that the four files were not swapped."
        )
    return array


def _read(path):
    data, path = read_bytes(path), Path(path)
    if path.parent.resolve() == BUNDLED and hashlib.sha256(data).hexdigest() != SHA256.get(path.name):
        raise DataError(
            f"{path}: expected the bundled file, with sha256 {SHA256.get(path.name)}; received "
            "another. It was changed after installation: install the package again."
        )
    return data
