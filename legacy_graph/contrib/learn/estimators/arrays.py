"""Array inputs of `tf.contrib.learn`'s estimators, and `SKCompat`, the scikit-learn interface."""

import collections

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib import layers
from legacy_graph.contrib.learn.learn_io import data_feeder


def check_inputs(x, y, input_fn, feed_fn, batch_size):
    """Raise ValueError for missing or mutually exclusive arguments."""
    if input_fn is not None:
        if x is not None or y is not None:
            raise ValueError("Can not provide both input_fn and x or y.")
        if batch_size is not None:
            raise ValueError("Can not provide both input_fn and batch_size.")
        return
    if x is None:
        raise ValueError("Either x or input_fn must be provided.")
    if tf.is_tensor(x) or y is not None and tf.is_tensor(y):
        raise ValueError("Inputs cannot be tensors. Please provide input_fn.")
    if feed_fn is not None:
        raise ValueError("Can not provide both feed_fn and x or y.")


def fed_inputs(x, y, input_fn, feed_fn, batch_size, shuffle=False, epochs=1):
    """Return (input function, feed function); the latter is None if nothing is fed."""
    check_inputs(x, y, input_fn, feed_fn, batch_size)
    if input_fn is not None:
        return input_fn, feed_fn
    feeder = data_feeder.setup_train_data_feeder(x, y, None, batch_size, shuffle, epochs)
    return feeder.input_builder, feeder.get_feed_dict_fn()


def infer_real_valued_columns_from_input_fn(input_fn):
    """Return one real-valued column per feature that the input function returns."""
    with tf.Graph().as_default():
        features, _ = input_fn()
        return layers.infer_real_valued_columns(features)


def infer_real_valued_columns_from_input(x):
    """Return a list with one real-valued column for all features of an array."""
    return infer_real_valued_columns_from_input_fn(fed_inputs(x, None, None, None, None)[0])


class SKCompat:
    """An Estimator with the array interface of scikit-learn: fit, score, predict."""

    def __init__(self, estimator):
        self._estimator = estimator

    def fit(self, x, y, batch_size=128, steps=None, max_steps=None, monitors=None):
        """Train on shuffled batches of x and y, repeated indefinitely; return self."""
        input_fn, feed_fn = fed_inputs(x, y, None, None, batch_size, shuffle=True, epochs=None)
        hooks = [tf.train.FeedFnHook(feed_fn), *(monitors or [])]
        self._estimator.fit(input_fn=input_fn, steps=steps, max_steps=max_steps, monitors=hooks)
        return self

    def score(self, x, y, batch_size=128, steps=None, metrics=None, name=None):
        """Return the metrics of one pass over x and y. Raises ValueError if `metrics` is not a dict."""
        input_fn, feed_fn = fed_inputs(x, y, None, None, batch_size)
        if metrics is not None and not isinstance(metrics, dict):
            raise ValueError(f"Metrics argument should be None or dict. Got {metrics}.")
        return self._estimator._evaluate_model(input_fn, steps, feed_fn, metrics, name)

    def predict(self, x, batch_size=128, outputs=None):
        """Return the predictions for x: an array, or a dict of arrays."""
        input_fn, feed_fn = fed_inputs(x, None, None, None, batch_size)
        results = list(self._estimator._infer_model(input_fn, feed_fn, outputs, iterate_batches=True))
        if not isinstance(results[0], dict):
            return np.concatenate(results)
        joined = collections.defaultdict(list)
        for batch in results:
            for key, value in batch.items():
                joined[key].append(value)
        return {key: np.concatenate(values) for key, values in joined.items()}
