"""`tf.keras.datasets` without downloads: bundled digits, or files that exist already."""

import functools
from pathlib import Path

import mnist_digits

CACHE = Path("~/.keras/datasets").expanduser()
# What each loader reads from CACHE. An npz's or json's name is the loader's own `path` argument.
FILES = {
    "boston_housing.load_data": "boston_housing.npz",
    "cifar10.load_data": "cifar-10-batches-py.tar.gz",
    "cifar100.load_data": "cifar-100-python.tar.gz",
    "fashion_mnist.load_data": [f"fashion-mnist/{name}" for name in mnist_digits.FILES],
    "imdb.load_data": "imdb.npz",
    "imdb.get_word_index": "imdb_word_index.json",
    "reuters.load_data": "reuters.npz",
    "reuters.get_word_index": "reuters_word_index.json",
}


def mnist_load_data(path="mnist.npz"):
    """Return (x_train, y_train), (x_test, y_test) of MNIST: uint8, as Keras does.

    An earlier download in ~/.keras/datasets is not needed: the bundled digits are the same.
    """
    digits = mnist_digits.load()
    return (digits.train_images, digits.train_labels), (digits.test_images, digits.test_labels)


def offline(name, load):
    """Wrap Keras's loader `load` so that it never downloads.

    The wrapper raises FileNotFoundError where a file that it reads does not exist.
    """
    files = FILES[name]

    @functools.wraps(load)
    def load_existing(*args, **kwargs):
        wanted = files
        if isinstance(files, str):
            own = args[0] if args and isinstance(args[0], str) else kwargs.get("path", files)
            wanted = [own if files.endswith((".npz", ".json")) else files]
        for file in wanted:
            if not (CACHE / file).exists():
                raise FileNotFoundError(
                    f"tf.keras.datasets.{name}: {CACHE / file} is not there, and legacy_graph "
                    f"never downloads. Put the file there, or use the bundled "
                    f"tf.keras.datasets.mnist."
                )
        return load(*args, **kwargs)

    return load_existing
