"""Data feeders: batches of arrays, DataFrames and iterators for `tf.contrib.learn`'s estimators.

The order is TF 1.15's: shuffled by a RandomState with seed 42, and again after each epoch.
"""

import itertools
import math

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib.learn.learn_io.pandas_io import extract_pandas_data, extract_pandas_labels


def setup_train_data_feeder(x, y, n_classes, batch_size=None, shuffle=True, epochs=None):
    """Return a DataFeeder, or a StreamingDataFeeder if x is an iterator (then y must be one, too).

    Args:
      x: features: an array, a DataFrame, a dict of arrays, or an iterator over examples.
      y: labels of the same kind, or None.
      n_classes: number of classes, to one-hot encode the labels; None to use them as they are.
      batch_size: examples per batch; None for all, or for an iterator 1.
      shuffle: if True, shuffle before each epoch. Iterators are never shuffled.
      epochs: number of epochs; None to repeat indefinitely.

    Raises ValueError if x is an iterator and y is not, or if the batch size of arrays is not positive.
    """
    x = extract_pandas_data(x)
    y = None if y is None else extract_pandas_labels(y)
    if hasattr(x, "__next__"):
        if y is not None and not hasattr(y, "__next__"):
            raise ValueError("Both x and y should be iterators for streaming learning to work.")
        return StreamingDataFeeder(x, y, n_classes, batch_size)
    return DataFeeder(x, y, n_classes, batch_size, shuffle=shuffle, epochs=epochs)


def setup_predict_data_feeder(x, batch_size=None):
    """Return the batches of features: a list, or a generator if x is an iterator. Raises ValueError for a bad size."""
    x = extract_pandas_data(x)
    if batch_size is not None and batch_size <= 0:
        raise ValueError(f"Invalid batch_size {batch_size}.")
    if hasattr(x, "__next__"):
        return (np.stack(chunk) for chunk in _chunks(x, batch_size))
    if x.ndim == 1:
        x = np.reshape(x, (-1, 1))
    if batch_size is None:
        return [x]
    return [x[start * batch_size : (start + 1) * batch_size] for start in range(math.ceil(len(x) / batch_size))]


def _map(function, *values):
    """Call `function` with the values, or with each key's values if they are dicts."""
    if isinstance(values[0], dict):
        return {key: function(*(value[key] for value in values)) for key in values[0]}
    return function(*values)


def _chunks(iterator, size):
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


def _input_shape(shape):
    return [None, *(shape[1:] or [1])]


def _label_shape(shape, n_classes):
    shape = list(shape[1:])
    if shape and shape[0] == 1:  # labels of shape (batch, 1) become a vector
        shape = shape[1:]
    return [None, *shape, *([n_classes] if n_classes and n_classes > 1 else [])]


def _placeholder(name, shape, dtype):
    if isinstance(shape, dict):
        return {key: tf.placeholder(tf.as_dtype(dtype[key]), shape[key], f"{name}_{key}") for key in shape}
    return tf.placeholder(tf.as_dtype(dtype), shape, name)


def _one_hot(labels, shape, dtype):
    """One-hot encode integer labels; `shape` includes the batch dimension."""
    return np.eye(shape[-1], dtype=dtype)[np.asarray(labels).astype(int)].reshape([len(labels), *shape[1:]])


class DataFeeder:
    """Feeds batches of arrays.

    Args: see `setup_train_data_feeder`; random_state: a numpy RandomState, default one with seed 42.
    """

    def __init__(self, x, y, n_classes, batch_size=None, shuffle=True, random_state=None, epochs=None):
        self._x, self._y = x, np.array(y) if isinstance(y, list) else y
        self.n_classes, self.max_epochs, self._shuffle = n_classes, epochs, shuffle
        if n_classes is not None and self._y is not None and not isinstance(self._y, dict):
            self._y = np.asarray(self._y, np.int64 if n_classes > 1 else np.float32)
        self._length = len(next(iter(x.values())) if isinstance(x, dict) else x)
        if batch_size is not None and batch_size <= 0:
            raise ValueError(f"Invalid batch_size {batch_size}.")
        self._batch_size = self._length if batch_size is None else batch_size
        self.input_shape = _map(lambda array: _input_shape(array.shape), self._x)
        self._input_dtype = _map(lambda array: array.dtype, self._x)
        if self._y is not None:
            classes = _map(lambda _: None, self._y) if n_classes is None else n_classes
            self.output_shape = _map(lambda array, number: _label_shape(array.shape, number), self._y, classes)
            self._output_dtype = _map(lambda array: array.dtype, self._y)
        else:
            self.output_shape, self._output_dtype = None, np.float32
        self.random_state = np.random.RandomState(42) if random_state is None else random_state
        self.indices = self._order()
        self.offset = self.epoch = 0
        self._epoch_placeholder = None

    @property
    def x(self):
        """The features."""
        return self._x

    @property
    def y(self):
        """The labels."""
        return self._y

    @property
    def shuffle(self):
        """Whether examples are shuffled before each epoch."""
        return self._shuffle

    @property
    def input_dtype(self):
        """Dtype of the features."""
        return self._input_dtype

    @property
    def output_dtype(self):
        """Dtype of the labels."""
        return self._output_dtype

    @property
    def batch_size(self):
        """Number of examples per batch."""
        return self._batch_size

    def _order(self):
        return self.random_state.permutation(self._length) if self._shuffle else np.arange(self._length)

    def make_epoch_variable(self):
        """Return a placeholder to which the epoch is fed."""
        self._epoch_placeholder = tf.placeholder(tf.int32, [1], name="epoch")
        return self._epoch_placeholder

    def input_builder(self):
        """Return placeholders for (features, labels); the latter is None if there are no labels."""
        inputs = _placeholder("input", self.input_shape, self._input_dtype)
        outputs = None if self.output_shape is None else _placeholder("output", self.output_shape, self._output_dtype)
        self.set_placeholders(inputs, outputs)
        return inputs, outputs

    def set_placeholders(self, input_placeholder, output_placeholder):
        """Set the placeholders to feed."""
        self._input_placeholder, self._output_placeholder = input_placeholder, output_placeholder

    def get_feed_params(self):
        """Return the current position in the data: epoch, offset and batch size."""
        return {"epoch": self.epoch, "offset": self.offset, "batch_size": self._batch_size}

    def get_feed_dict_fn(self):
        """Return a function that returns the next batch's feed dict and raises StopIteration after the last epoch."""

        def next_feeds():
            if self.max_epochs is not None and self.epoch + 1 > self.max_epochs:
                raise StopIteration
            chosen = self.indices[self.offset : self.offset + self._batch_size]
            feeds = {} if self._epoch_placeholder is None else {self._epoch_placeholder.name: [self.epoch]}
            feeds.update(_feeds(self._input_placeholder, _map(lambda array: _rows(array, chosen), self._x)))
            if self._output_placeholder is not None:
                feeds.update(_feeds(self._output_placeholder, self._labels(chosen)))
            self.offset += self._batch_size
            if self.offset >= self._length:
                self.indices, self.offset, self.epoch = self._order(), 0, self.epoch + 1
            return feeds

        return next_feeds

    def _labels(self, chosen):
        classes = _map(lambda _: None, self._y) if self.n_classes is None else self.n_classes

        def label(array, shape, dtype, number):
            if number and number > 1:
                return _one_hot(array[chosen], shape, dtype)
            return np.asarray(array[chosen], dtype).reshape([len(chosen), *shape[1:]])

        return _map(label, self._y, self.output_shape, self._output_dtype, classes)


def _rows(array, chosen):
    rows = array[chosen]
    return np.asarray(rows).reshape(-1, 1) if array.ndim == 1 else rows


def _feeds(placeholder, values):
    if isinstance(placeholder, dict):
        return {placeholder[key].name: values[key] for key in values}
    return {placeholder.name: values}


class StreamingDataFeeder(DataFeeder):
    """Feeds batches from iterators, in their order."""

    def __init__(self, x, y, n_classes, batch_size):
        first_x = next(x)
        first_y = None if y is None else next(y)
        self._x = itertools.chain([first_x], x)
        self._y = None if y is None else itertools.chain([first_y], y)
        self.n_classes, self._batch_size = n_classes, 1 if batch_size is None else batch_size
        self.input_shape = _map(lambda one: _input_shape([1, *one.shape]), first_x)
        self._input_dtype = _map(lambda one: one.dtype, first_x)
        self.output_shape = self._output_dtype = None
        if y is not None:
            classes = _map(lambda _: None, first_y) if n_classes is None else n_classes
            self.output_shape = _map(lambda one, number: _label_shape([1, *np.shape(one)], number), first_y, classes)
            kind = (lambda one: np.asarray(one).dtype) if n_classes is None else (lambda one: np.dtype(np.float32))
            self._output_dtype = _map(kind, first_y)
        self._epoch_placeholder = None

    def get_feed_params(self):
        """Return {"batch_size": examples per batch}."""
        return {"batch_size": self._batch_size}

    def get_feed_dict_fn(self):
        """Return a function that returns the next batch's feed dict and raises StopIteration at the end."""

        def next_feeds():
            examples = list(itertools.islice(self._x, self._batch_size))
            if not examples:
                raise StopIteration
            stacked = _map(lambda *values: np.stack(values), *examples)
            feeds = _feeds(
                self._input_placeholder,
                _map(lambda array: array.reshape(-1, 1) if array.ndim == 1 else array, stacked),
            )
            if self._y is not None:
                feeds.update(_feeds(self._output_placeholder, self._next_labels(len(examples))))
            return feeds

        return next_feeds

    def _next_labels(self, number):
        labels = list(itertools.islice(self._y, number))
        classes = _map(lambda _: None, labels[0]) if self.n_classes is None else self.n_classes

        def label(shape, dtype, count, *values):
            if count and count > 1:
                return _one_hot(np.stack(values), shape, dtype)
            return np.asarray(np.stack(values), dtype).reshape([number, *shape[1:]])

        return _map(label, self.output_shape, self._output_dtype, classes, *labels)
