"""The MNIST database of handwritten digits, bundled, and its readers. Needs numpy only.

import mnist_digits
digits = mnist_digits.load()                # uint8 arrays, 60,000 and 10,000
mnist = mnist_digits.read_data_sets(one_hot=True)
images, labels = mnist.train.next_batch(128)  # (128, 784) float32, (128, 10) float64
"""

from mnist_digits.database import (
    BUNDLED,
    FILES,
    Digits,
    expect_classes,
    find,
    load,
    locate,
    parse_images,
    parse_labels,
    read_images,
    read_labels,
    read_pair,
)
from mnist_digits.dataset import DataSet, Datasets, data_sets, dense_to_one_hot, read_data_sets, split
from mnist_digits.idx import DataError, parse_idx, read_idx

__all__ = [
    "BUNDLED",
    "DataError",
    "DataSet",
    "Datasets",
    "Digits",
    "FILES",
    "data_sets",
    "dense_to_one_hot",
    "expect_classes",
    "find",
    "load",
    "locate",
    "parse_idx",
    "parse_images",
    "parse_labels",
    "read_data_sets",
    "read_idx",
    "read_images",
    "read_labels",
    "read_pair",
    "split",
]
