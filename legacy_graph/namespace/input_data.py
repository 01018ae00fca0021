"""`tensorflow.examples.tutorials.mnist.input_data` of TensorFlow 1.15, without its download.

Also `tf.contrib.learn.datasets.mnist`. The digits are read from the folder that the script names;
a file that is missing there is read from those bundled with this project, and a line on stderr says
so. Nothing is downloaded. The batches, and the state of numpy's global generator afterwards, are
those of TensorFlow 1.15, bit for bit.
"""

import os
import sys

import numpy as np
import tensorflow as tf

import mnist_digits
from legacy_graph import internals
from legacy_graph.namespace import refuse_unknown
from mnist_digits import Datasets, dense_to_one_hot

__all__ = [
    "DEFAULT_SOURCE_URL",
    "DataSet",
    "Datasets",
    "SOURCE_URL",
    "dense_to_one_hot",
    "extract_images",
    "extract_labels",
    "load_mnist",
    "maybe_download",
    "read_data_sets",
]

SOURCE_URL = "http://yann.lecun.com/exdb/mnist/"  # before TensorFlow 1.5
DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"

# A folder to read instead of the one that a script names, or None. It must have all four files.
data_dir = None

# Other databases in the same file format: their scripts must not run on the bundled digits.
_OTHER_DATABASES = ("fashion", "kmnist", "kuzushiji", "emnist", "notmnist")


class DataSet(mnist_digits.DataSet):
    """`mnist_digits.DataSet`, seeding numpy's global generator as TensorFlow 1.15 did.

    Without `seed` it is seeded with the default graph's seed, or from the operating system where
    the graph has none; with `seed`, with that. `dtype` is tf.float32 or tf.uint8, or a name for
    one; TypeError for another.
    """

    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=tf.float32, reshape=True, seed=None):
        graph_seed, op_seed = internals.random_seed.get_seed(seed)
        np.random.seed(graph_seed if seed is None else op_seed)
        numpy_dtype = tf.as_dtype(dtype).base_dtype.as_numpy_dtype
        super().__init__(images, labels, fake_data, one_hot, numpy_dtype, reshape)


def read_data_sets(
    train_dir,
    fake_data=False,
    one_hot=False,
    dtype=tf.float32,
    reshape=True,
    validation_size=5000,
    seed=None,
    source_url=DEFAULT_SOURCE_URL,
):
    """Return `Datasets` of train (55,000), validation (5,000) and test (10,000).

    Args:
      train_dir: folder with the four files, gzipped or plain; the bundled files replace missing
        ones.
      fake_data: make sets without digits, for `next_batch(n, fake_data=True)`.
      one_hot: labels as float64 (n, 10) instead of uint8 (n,).
      dtype, reshape, seed: as in `DataSet`; reshape=False keeps images (n, 28, 28, 1).
      validation_size: how many of the first training images are kept for validation.
      source_url: where TensorFlow 1.15 downloaded missing files. Not used, except that with the URL
        of Fashion-MNIST or the like the bundled digits do not replace missing files.

    Raises mnist_digits.DataError for a damaged file or missing files of another database,
    ValueError for a validation_size out of range, TypeError for a dtype that is not supported.
    """

    def data_set(images, labels, **fake):
        return DataSet(images, labels, dtype=dtype, reshape=reshape, seed=seed, **fake)

    if fake_data:
        return Datasets(*(data_set([], [], fake_data=True, one_hot=one_hot) for _ in Datasets._fields))
    paths = _locate(train_dir, source_url or DEFAULT_SOURCE_URL)
    train_images, train_labels = _read_pair(*paths[:2], one_hot)
    test_images, test_labels = _read_pair(*paths[2:], one_hot)
    return mnist_digits.split(train_images, train_labels, test_images, test_labels, validation_size, data_set)


def load_mnist(train_dir="MNIST-data"):
    """Return `read_data_sets(train_dir)`."""
    return read_data_sets(train_dir)


def extract_images(f):
    """Return the images in `f`, an open idx file, gzipped or plain: uint8 (n, rows, columns, 1).

    Raises mnist_digits.DataError, a ValueError, where it holds something else.
    """
    print("Extracting", f.name)
    return mnist_digits.parse_images(f.read(), f.name)[..., np.newaxis]


def extract_labels(f, one_hot=False, num_classes=10):
    """Return the labels in `f`, an open idx file: uint8 (n,), or float64 (n, num_classes).

    Raises mnist_digits.DataError, a ValueError, where it holds something else.
    """
    print("Extracting", f.name)
    labels = mnist_digits.parse_labels(f.read(), f.name)
    return _one_hot(labels, f.name, num_classes) if one_hot else labels


def maybe_download(filename, work_directory, source_url=DEFAULT_SOURCE_URL):
    """Return the path of a file in a folder, or of the bundled file of that name; download nothing.

    Raises mnist_digits.DataError where neither exists.
    """
    path = os.path.join(work_directory if data_dir is None else data_dir, filename)
    if os.path.exists(path):
        return path
    if filename in mnist_digits.FILES:
        return _bundled([filename], work_directory, source_url)[filename]
    raise mnist_digits.DataError(
        f"{path}: there is no such file, and nothing is downloaded from {source_url}. Put it there."
    )


def _locate(train_dir, source_url):
    """Return the paths of the four files, in the order of mnist_digits.FILES."""
    if data_dir is not None:
        return mnist_digits.locate(data_dir)
    paths = {name: mnist_digits.find(train_dir, name) for name in mnist_digits.FILES}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        paths.update(_bundled(missing, train_dir, source_url))
    return list(paths.values())


def _bundled(missing, folder, source_url):
    """Return {name: path} of the bundled files that replace missing ones, and print a line about it."""
    if any(name in source_url.lower() for name in _OTHER_DATABASES):
        raise mnist_digits.DataError(
            f"{folder}: expected the files {', '.join(missing)} there; they are missing, and nothing is "
            f"downloaded from {source_url}. Put them there: the bundled digits are another database."
        )
    which = "the four MNIST files" if len(missing) == len(mnist_digits.FILES) else ", ".join(missing)
    print(
        f"input_data: {which} not found in {folder}: reading the bundled digits instead "
        f"(nothing is downloaded from {source_url})",
        file=sys.stderr,
    )
    return {name: str(mnist_digits.BUNDLED / name) for name in missing}


def _read_pair(images_path, labels_path, one_hot):
    for path in (images_path, labels_path):
        if os.path.dirname(path) != str(mnist_digits.BUNDLED):
            print("Extracting", path)  # on stdout, as TensorFlow 1.15 did for what it found
    images, labels = mnist_digits.read_pair(images_path, labels_path)
    return images[..., np.newaxis], _one_hot(labels, labels_path) if one_hot else labels


def _one_hot(labels, name, num_classes=10):
    mnist_digits.expect_classes(labels, name, num_classes)
    return dense_to_one_hot(labels, num_classes)


__getattr__ = refuse_unknown("tensorflow.examples.tutorials.mnist.input_data", __all__)
