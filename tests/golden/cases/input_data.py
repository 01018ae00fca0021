"""The digits as TensorFlow 1.15's `read_data_sets` and `DataSet` give them: values, order, generator.

Everything is whole numbers, shapes or sha256 checksums: equal bit for bit, or not at all.
"""

import hashlib
import os

import numpy as np

try:
    from tensorflow.contrib.learn.python.learn.datasets import mnist  # TensorFlow 1.15
except ImportError:
    from legacy_graph.namespace import input_data as mnist

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "mnist_digits", "data")


def _checksum(*arrays):
    """One sha256 for the dtypes, shapes and bytes of arrays, in their order."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(("%s%s" % (array.dtype.name, array.shape)).encode())
        sha.update(np.ascontiguousarray(array).data)
    return sha.hexdigest()


def _generator():
    """A checksum of numpy's global generator: all of its state."""
    _, key, position, has_gauss, gauss = np.random.get_state()
    return _checksum(key, np.int64([position, has_gauss]), np.float64([gauss]))


def _whole(name, data_set):
    return {
        name + " images": "%s%s" % (data_set.images.dtype.name, data_set.images.shape),
        name + " labels": "%s%s" % (data_set.labels.dtype.name, data_set.labels.shape),
        name + " num_examples": data_set.num_examples,
        name + " checksum": _checksum(data_set.images, data_set.labels),
    }


def _batches(data_set, batch_size, steps, shuffle=True):
    """Every batch in one checksum, and a few in numbers, for a first look when they differ."""
    sha, labels, epochs = hashlib.sha256(), [], []
    for _ in range(steps):
        images, batch_labels = data_set.next_batch(batch_size, shuffle=shuffle)
        sha.update(_checksum(images, batch_labels).encode())
        labels.append(batch_labels)
        epochs.append(data_set.epochs_completed)
    picked = sorted({0, 1, steps // 3, steps // 2, steps - 1})
    return {
        "picked steps": picked,
        "first labels": np.array([labels[step][:20] for step in picked]),
        "first pixels": images[:3].reshape(min(3, len(images)), -1)[:, 180:220],
        "epochs": [epochs[step] for step in picked],
        "all batches": sha.hexdigest(),
        "generator after": _generator(),
    }


def _three_epochs(tf, batch_size, steps=None):
    train = mnist.read_data_sets(DATA, dtype=tf.uint8, seed=7).train
    return _batches(train, batch_size, steps or 3 * train.num_examples // batch_size + 2)


def batch_1(tf):
    return _three_epochs(tf, 1, steps=300)


def batch_50(tf):
    return _three_epochs(tf, 50)


def batch_100(tf):
    return _three_epochs(tf, 100)


def batch_128(tf):
    return _three_epochs(tf, 128)


def batch_1000(tf):
    return _three_epochs(tf, 1000)


def batch_7777(tf):
    return _three_epochs(tf, 7777)


def defaults_with_graph_seed(tf):
    tf.set_random_seed(7)
    tf.constant(1.0)
    data = mnist.read_data_sets(DATA)
    values = {"generator": _generator(), "type": type(data).__name__, "fields": list(data._fields)}
    for name in data._fields:
        values.update(_whole(name, getattr(data, name)))
    values.update(_batches(data.train, 128, 500))
    return values


def one_hot(tf):
    data = mnist.read_data_sets(DATA, one_hot=True, dtype=tf.uint8, seed=1)
    values = _whole("train", data.train)
    values.update(_whole("test", data.test))
    values.update(_batches(data.train, 100, 560))
    return values


def not_reshaped(tf):
    data = mnist.read_data_sets(DATA, reshape=False, seed=3)
    values = _whole("test", data.test)
    values.update(_batches(data.test, 300, 70))
    return values


def validation_size_0(tf):
    data = mnist.read_data_sets(DATA, dtype=tf.uint8, validation_size=0, seed=2)
    values = _whole("train", data.train)
    values.update(_whole("validation", data.validation))
    values.update(_batches(data.train, 5000, 13))
    return values


def validation_size_10000(tf):
    data = mnist.read_data_sets(DATA, dtype="uint8", validation_size=10000, seed=2)
    values = _whole("train", data.train)
    values.update(_whole("validation", data.validation))
    values.update(_batches(data.validation, 64, 500))
    return values


def seeded_afterwards(tf):
    """Without a seed, read_data_sets leaves numpy's generator in an unknown state."""
    data = mnist.read_data_sets(DATA, dtype=tf.uint8)
    np.random.seed(11)
    values = {}
    for step in range(40):  # three sets and the script itself draw from one generator
        for name in data._fields:
            values["%s %d" % (name, step)] = _checksum(*getattr(data, name).next_batch(900))
        values["drawn %d" % step] = np.random.randint(1000000)
    return {"bits/drawn": np.array([values.pop("drawn %d" % step) for step in range(40)]),
            "batches": hashlib.sha256("".join(values[k] for k in sorted(values)).encode()).hexdigest(),
            "generator": _generator()}


def graph_seed_and_argument(tf):
    tf.set_random_seed(5)
    data = mnist.read_data_sets(DATA, dtype=tf.uint8, seed=9)
    values = {"generator": _generator()}
    values.update(_batches(data.validation, 128, 120))
    return values


def _toy(tf, number=10, **options):
    images = np.arange(number * 6, dtype=np.uint8).reshape(number, 2, 3, 1)
    return mnist.DataSet(images, np.arange(number, dtype=np.uint8), **options)


def seeds(tf):
    """Of the graph, of the argument, of both, with and without ops in the graph."""
    values = {}
    for graph_seed in (None, 0, 7, -3, 2 ** 31, 2 ** 33 + 5):
        for seed in (None, 0, 5, -1, 2 ** 40):
            if graph_seed is None and seed is None:
                continue  # nothing to compare: the operating system's choice
            with tf.Graph().as_default():
                if graph_seed is not None:
                    tf.set_random_seed(graph_seed)
                for ops in (0, 1):
                    labels = _toy(tf, seed=seed).next_batch(10)[1]
                    values["graph %s, argument %s, ops %d" % (graph_seed, seed, ops)] = labels
                    tf.constant(1.0)
    return values


def not_shuffled(tf):
    toy = _toy(tf, seed=1)
    values = _batches(toy, 4, 8, shuffle=False)
    values["then shuffled"] = [toy.next_batch(4)[1].tolist() for _ in range(9)]
    mixed = _toy(tf, seed=1)
    values["by turns"] = [mixed.next_batch(3, shuffle=k % 2 == 1)[1].tolist() for k in range(12)]
    values["generator"] = _generator()
    return values


def odd_batch_sizes(tf):
    """Larger than the set, exactly the set, none at all."""
    toy = _toy(tf, seed=1)
    values = {}
    for step, batch_size in enumerate([0, 12, 3, 25, 1, 0, 40, 2, 2, 10, 10, 0, 10]):
        images, labels = toy.next_batch(batch_size)
        values["%d: %d" % (step, batch_size)] = labels
        values["%d: epochs" % step] = toy.epochs_completed
        values["%d: images" % step] = _checksum(images)
    return values


def every_pixel_value(tf):
    images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    labels = np.zeros(1, np.uint8)
    return {"bits/%s %s" % (dtype, reshape): mnist.DataSet(
        images, labels, dtype=dtype, reshape=reshape, seed=1).images
        for dtype in ("float32", "uint8") for reshape in (True, False)}


def fake(tf):
    tf.set_random_seed(3)
    values = {}
    for one_hot in (False, True):
        data = mnist.read_data_sets("nowhere", fake_data=True, one_hot=one_hot)
        images, labels = data.train.next_batch(3, fake_data=True)
        values.update({
            "images %s" % one_hot: images, "labels %s" % one_hot: labels,
            "types %s" % one_hot: [type(images).__name__, type(labels).__name__],
            "num_examples %s" % one_hot: data.test.num_examples,
            "epochs %s" % one_hot: data.test.epochs_completed,
            "all images %s" % one_hot: len(data.validation.images),
            "generator %s" % one_hot: _generator()})
    return values


def parts(tf):
    """The functions that read_data_sets is made of."""
    with open(os.path.join(DATA, "t10k-images-idx3-ubyte.gz"), "rb") as stream:
        images = mnist.extract_images(stream)
    with open(os.path.join(DATA, "t10k-labels-idx1-ubyte.gz"), "rb") as stream:
        labels = mnist.extract_labels(stream)
    with open(os.path.join(DATA, "t10k-labels-idx1-ubyte.gz"), "rb") as stream:
        wide = mnist.extract_labels(stream, one_hot=True, num_classes=12)
    return {"images": _checksum(images), "labels": _checksum(labels), "wide": _checksum(wide),
            "one_hot": mnist.dense_to_one_hot(np.array([[3], [0], [2]]), 4),
            "url": mnist.DEFAULT_SOURCE_URL}


def kinds_of_error(tf):
    images, labels = np.zeros((4, 2, 2, 1), np.uint8), np.zeros(4, np.uint8)

    def exchanged():
        with open(os.path.join(DATA, "t10k-labels-idx1-ubyte.gz"), "rb") as stream:
            mnist.extract_images(stream)

    mistakes = {
        "dtype float64": lambda: mnist.DataSet(images, labels, dtype=tf.float64),
        "dtype int": lambda: mnist.DataSet(images, labels, dtype=int),
        "dtype unknown": lambda: mnist.DataSet(images, labels, dtype="nonsense"),
        "dtype of fake data": lambda: mnist.DataSet([], [], fake_data=True, dtype=tf.int32),
        "dtype float is float32": lambda: mnist.DataSet(images, labels, dtype=float),
        "fewer labels": lambda: mnist.DataSet(images, labels[:3]),
        "three channels": lambda: mnist.DataSet(np.zeros((4, 2, 2, 3), np.uint8), labels),
        "seed is a fraction": lambda: mnist.DataSet(images, labels, seed=1.5),
        "fake batch of a real set": lambda: mnist.DataSet(images, labels).next_batch(2, fake_data=True),
        "real batch of a fake set": lambda: mnist.DataSet([], [], fake_data=True).next_batch(2),
        "validation_size below 0": lambda: mnist.read_data_sets(DATA, validation_size=-1),
        "validation_size too large": lambda: mnist.read_data_sets(DATA, validation_size=60001),
        "labels for images": exchanged,
    }
    return {name: _kind(mistake) for name, mistake in mistakes.items()}


def _kind(mistake):
    try:
        mistake()
    except (AssertionError, AttributeError, TypeError, ValueError) as error:
        kinds = (AssertionError, AttributeError, TypeError, ValueError)
        return [kind.__name__ for kind in kinds if isinstance(error, kind)]
    return "no error"
