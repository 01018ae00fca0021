"""`tf.contrib.learn.datasets`: MNIST from the bundled digits, and the CSV readers of `base`."""

import collections
import csv

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.namespace import Namespace, refuse_unknown
from legacy_graph.namespace import input_data as mnist

Dataset = collections.namedtuple("Dataset", ["data", "target"])


def load_csv_with_header(filename, target_dtype, features_dtype, target_column=-1):
    """Read a CSV file whose header starts with the numbers of rows and of features; return a Dataset."""
    with tf.gfile.Open(filename) as stream:
        rows = csv.reader(stream)
        samples, features = (int(number) for number in next(rows)[:2])
        data = np.zeros((samples, features), dtype=features_dtype)
        target = np.zeros((samples,), dtype=target_dtype)
        for number, row in enumerate(rows):
            target[number] = np.asarray(row.pop(target_column), dtype=target_dtype)
            data[number] = np.asarray(row, dtype=features_dtype)
    return Dataset(data=data, target=target)


def load_csv_without_header(filename, target_dtype, features_dtype, target_column=-1):
    """Read a CSV file without a header; return a Dataset. `target_column` is the target, the others are features."""
    data, target = [], []
    with tf.gfile.Open(filename) as stream:
        for row in csv.reader(stream):
            target.append(row.pop(target_column))
            data.append(np.asarray(row, dtype=features_dtype))
    return Dataset(data=np.array(data), target=np.array(target, dtype=target_dtype))


def load_dataset(name, size="small", test_with_fake_data=False):
    """Return `mnist.load_mnist()` for "mnist", the only one of TF 1.15's data sets that is bundled."""
    if name != "mnist":
        raise ValueError(f"Name of dataset is not found: {name}. legacy_graph bundles mnist only and never downloads.")
    return mnist.load_mnist()


base = Namespace(
    "tf.contrib.learn.datasets.base",
    ours={
        f"tf.contrib.learn.datasets.base.{key}": value
        for key, value in {
            "Dataset": Dataset,
            "Datasets": mnist.Datasets,
            "maybe_download": mnist.maybe_download,
            "load_csv_with_header": load_csv_with_header,
            "load_csv_without_header": load_csv_without_header,
        }.items()
    },
)

__all__ = ["base", "load_dataset", "mnist"]
__getattr__ = refuse_unknown("tf.contrib.learn.datasets", __all__)
