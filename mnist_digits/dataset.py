"""Batches of digits in the very order TensorFlow 1.15's `input_data` gave them; numpy only."""

import hashlib
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mnist_digits.database import Digits, load


class DataSet:
    """Images and labels, and an endless supply of shuffled batches of them.

    It shuffles as TensorFlow 1.15's `DataSet` does, with the same generator at the same moments: with
    numpy seeded alike, the batches are the same bit for bit.

    Args:
      images: uint8, (n, rows, columns, 1).
      labels: (n, ...), of any further shape.
      fake_data: hold no data; `next_batch` must then be called with fake_data=True.
      one_hot: whether fake labels are one-hot; real labels stay as given.
      dtype: numpy.float32 scales pixels to [0, 1]; numpy.uint8 leaves them in 0 to 255.
      reshape: flatten each image to rows * columns values.
      generator: the generator that shuffles: `numpy.random`, numpy's global one, as in TensorFlow
        1.15, or a `numpy.random.RandomState`, which leaves the global one alone.

    Raises TypeError for another dtype, and AssertionError, as TensorFlow 1.15 does, where images
    and labels differ in number or images to be flattened have more than one channel.
    """

    def __init__(
        self,
        images: Any,
        labels: Any,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: npt.DTypeLike = np.float32,
        reshape: bool = True,
        generator: Any = np.random,
    ) -> None:
        dtype = np.dtype(dtype)
        if dtype not in (np.uint8, np.float32):
            raise TypeError(
                f"Invalid image dtype {dtype.name}: expected uint8, for pixels of 0 to 255, or float32, for 0 to 1"
            )
        self._fake_data, self._one_hot, self._generator = bool(fake_data), one_hot, generator
        self._epochs_completed = 0
        self._index_in_epoch = 0
        self._order: np.ndarray | None = None  # of the images now, as indices of those given
        self._given: tuple
        self._rows: _Rows | _WholeImages
        self._labels: Any
        if fake_data:
            self._given, self._rows, self._labels, self._num_examples = (), _WholeImages([]), [], 10000
            return
        assert images.shape[0] == labels.shape[0], (
            f"expected as many labels as images; received {labels.shape} for images {images.shape}"
        )
        if reshape:
            assert images.shape[3] == 1, f"expected images of one channel; received {images.shape}"
            images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
        self._given = images, labels
        self._rows, self._labels, self._num_examples = _Rows(images, scaled=dtype == np.float32), labels, len(images)

    @property
    def images(self) -> np.ndarray:
        """All images, in the order of the current epoch."""
        return self._rows.first(self._num_examples)

    @property
    def _images(self):  # TensorFlow 1.15's name
        return self.images

    @_images.setter
    def _images(self, images):
        self._rows = _WholeImages(images)

    @property
    def labels(self) -> np.ndarray:
        """All labels, in the order of the current epoch."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """The number of images; 10,000 for fake data."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """The number of completed epochs."""
        return self._epochs_completed

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[Any, Any]:
        """Return the next `batch_size` images and labels.

        The images are shuffled before the first batch and after every epoch. A batch across the end
        of an epoch has the rest of it, then the first images of the next. As in TensorFlow 1.15 a
        batch is a view, and one larger than the whole set may be shorter than `batch_size`.

        With fake_data (only for a set made with it): lists of images of 784 ones and of labels 0.
        Otherwise TensorFlow 1.15's errors: AttributeError for fake data from a real set, TypeError
        for real data from a fake one.
        """
        if bool(fake_data) != self._fake_data:
            kind = AttributeError if fake_data else TypeError
            raise kind(
                f"next_batch(fake_data={fake_data}) of a DataSet made with "
                f"fake_data={self._fake_data}: expected the same in both"
            )
        if fake_data:
            label = [1] + [0] * 9 if self._one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start, stop = self._index_in_epoch, self._index_in_epoch + batch_size
        if shuffle and start == 0 and self._epochs_completed == 0:
            self._shuffle()
        if stop <= self._num_examples:
            self._index_in_epoch = stop
            return self._rows.first(stop)[start:stop], self._labels[start:stop]
        rest_images, rest_labels = self._images[start:], self._labels[start:]
        if shuffle:
            self._shuffle()
        self._epochs_completed += 1
        self._index_in_epoch = stop = stop - self._num_examples
        images = np.concatenate([rest_images, self._rows.first(stop)[:stop]])
        return images, np.concatenate([rest_labels, self._labels[:stop]])

    def place(self) -> dict[str, np.ndarray]:
        """Return the position of the next batch as {name: array}: the order, the epoch, the generator's state."""
        _, keys, position, has_gauss, gauss = self._generator.get_state()
        return {
            "order": np.arange(0) if self._order is None else self._order,
            "epoch": np.array([self._epochs_completed, self._index_in_epoch]),
            "generator": keys,
            "generator_rest": np.array([position, has_gauss, gauss]),
        }

    def digest(self) -> str:
        """Return a hexadecimal hash of the images and labels that the set was made from."""
        found = hashlib.sha256()
        for array in self._given:
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()[:16]

    def go_to(self, place: Mapping[str, np.ndarray]) -> None:
        """Restore a position that `place()` of a set with the same images returned, and the generator's state.

        To be called before the first batch. Raises ValueError where the position is not one of this set.
        """
        order, (epochs, index) = place["order"], map(int, place["epoch"])
        if self._order is not None:
            raise ValueError("go_to: expected a DataSet that has given no batch; this one was shuffled")
        if len(order):
            if len(order) != self._num_examples or not np.array_equal(np.sort(order), np.arange(len(order))):
                raise ValueError(f"go_to: expected an order of {self._num_examples} images; received another set's")
            self._order, self._rows, self._labels = order, self._rows.in_order(order), self._labels[order]
        self._epochs_completed, self._index_in_epoch = epochs, index
        position, has_gauss, gauss = place["generator_rest"]
        self._generator.set_state(("MT19937", place["generator"], int(position), int(has_gauss), float(gauss)))

    def _shuffle(self):
        order = np.arange(self._num_examples)
        self._generator.shuffle(order)
        self._rows, self._labels = self._rows.in_order(order), self._labels[order]
        self._order = order if self._order is None else self._order[order]


class _Rows:
    """Shuffled images, computed from the front only as far as they are needed.

    Shuffling all 55,000 images at once would take as long as some twenty training steps.

    Args:
      source: array of images.
      scaled: convert to float32, pixels 0 to 255 to values 0 to 1.
      order: indices of `source`; None for its own order.
    """

    def __init__(self, source, scaled=False, order=None):
        self._source, self._scaled, self._order, self._whole = source, scaled, order, 0
        if scaled or order is not None:
            self._array = np.empty(source.shape, np.float32 if scaled else source.dtype)
        else:
            self._array, self._whole = source, len(source)

    def first(self, stop):
        """Return the array of images, computed up to `stop`."""
        start, stop = self._whole, min(stop, len(self._array))
        if start < stop:
            rows = self._source[start:stop] if self._order is None else self._source[self._order[start:stop]]
            if self._scaled:  # multiplied, not divided: that is how TensorFlow 1.15 rounds
                scale = np.float32(1 / 255)
                np.multiply(rows, scale, out=self._array[start:stop], dtype=np.float32, casting="unsafe")
            else:
                self._array[start:stop] = rows
            self._whole = stop
        return self._array

    def in_order(self, order):
        """Return the images in another order. A caller may have changed the computed ones in place."""
        if self._whole or self._order is not None:
            return _Rows(self.first(len(self._array)), order=order)
        return _Rows(self._source, self._scaled, order)


class _WholeImages:
    """Images that need no computing."""

    def __init__(self, array):
        self._array = array

    def first(self, stop):
        """Return them."""
        return self._array

    def in_order(self, order):
        """Return them in another order."""
        return _WholeImages(self._array[order])


class Datasets(NamedTuple):
    """The three `DataSet`s that `read_data_sets` returns."""

    train: DataSet
    validation: DataSet
    test: DataSet


def read_data_sets(
    data_dir: str | os.PathLike | None = None,
    one_hot: bool = False,
    dtype: npt.DTypeLike = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    generator: Any = np.random,
) -> Datasets:
    """Return the digits as `Datasets`: 55,000 to train, 5,000 to validate, 10,000 to test.

    This seeds nothing. Call `numpy.random.seed(s)` before, or pass `numpy.random.RandomState(s)` as
    `generator`, for the batches that TensorFlow 1.15 gives after `tf.set_random_seed(s)`.

    Args:
      data_dir: as in `load`: None for the bundled digits.
      one_hot: labels as float64 (n, 10) instead of uint8 (n,).
      dtype, reshape, generator: as in `DataSet`; reshape=False keeps (n, 28, 28, 1).
      validation_size: how many of the first training images are kept for validation.

    Raises DataError for bad files, ValueError for a validation_size out of range.
    """
    return data_sets(load(data_dir), one_hot, dtype, reshape, validation_size, generator)


def data_sets(
    digits: Digits,
    one_hot: bool = False,
    dtype: npt.DTypeLike = np.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    generator: Any = np.random,
) -> Datasets:
    """Return what `read_data_sets` does, from digits that `load` has read already."""
    train_images, train_labels, test_images, test_labels = digits
    if one_hot:
        train_labels, test_labels = dense_to_one_hot(train_labels), dense_to_one_hot(test_labels)
    return split(
        train_images[..., None],
        train_labels,
        test_images[..., None],
        test_labels,
        validation_size,
        lambda images, labels: DataSet(images, labels, dtype=dtype, reshape=reshape, generator=generator),
    )


def split(
    train_images: np.ndarray,
    train_labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    validation_size: int,
    data_set: Callable[[np.ndarray, np.ndarray], DataSet],
) -> Datasets:
    """Return `Datasets`; the first training images are the validation set.

    `data_set(images, labels)` makes each, in the order train, validation, test. Raises
    ValueError for a validation_size out of range.
    """
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(
            f"validation_size: expected 0 to {len(train_images)}, the number of training "
            f"images; received {validation_size}"
        )
    cut = validation_size
    return Datasets(
        train=data_set(train_images[cut:], train_labels[cut:]),
        validation=data_set(train_images[:cut], train_labels[:cut]),
        test=data_set(test_images, test_labels),
    )


def dense_to_one_hot(labels_dense: npt.ArrayLike, num_classes: int = 10) -> np.ndarray:
    """Return labels (n,) as one-hot float64 (n, num_classes); raises IndexError for a label out of range."""
    labels = np.asarray(labels_dense).ravel()
    one_hot = np.zeros((len(labels), num_classes))
    one_hot[np.arange(len(labels)), labels] = 1
    return one_hot
