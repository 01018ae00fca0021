"""Base classes of the distributions, and small tensor functions that they share."""

import numpy as np
import tensorflow.compat.v1 as tf


class Shaped(tf.distributions.Distribution):
    """Base class: derives the shape of samples from the batch shape and the event shape.

    Subclasses call `_init_distribution` after setting their own tensors, and implement the shape methods,
    `_sample_n`, `_log_prob` and the like.
    """

    def _init_distribution(self, arguments, dtype, reparameterized, tensors, name):
        arguments = {key: value for key, value in arguments.items() if key not in ("self", "__class__")}
        kind = tf.distributions.FULLY_REPARAMETERIZED if reparameterized else tf.distributions.NOT_REPARAMETERIZED
        tf.distributions.Distribution.__init__(
            self,
            dtype=dtype,
            reparameterization_type=kind,
            validate_args=arguments["validate_args"],
            allow_nan_stats=arguments["allow_nan_stats"],
            parameters=arguments,
            graph_parents=[tensor for tensor in tensors if tensor is not None],
            name=name,
        )

    def _sample_shape(self, n):
        return tf.concat([[n], self.batch_shape_tensor(), self.event_shape_tensor()], 0)

    def _undefined(self, what):
        """Return NaNs for an undefined statistic; raise ValueError instead if `allow_nan_stats` is False."""
        if not self.allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for {type(self).__name__} distribution.")
        return tf.fill(self.batch_shape_tensor(), self.dtype.as_numpy_dtype(np.nan))


class ScalarShaped(Shaped):
    """Base of univariate distributions; the parameters are the tensors in `_tensors`."""

    def _batch_shape_tensor(self):
        shapes = [tf.shape(tensor) for tensor in self._tensors]
        return shapes[0] if len(shapes) == 1 else tf.broadcast_dynamic_shape(*shapes)

    def _batch_shape(self):
        shapes = [tensor.shape for tensor in self._tensors]
        return shapes[0] if len(shapes) == 1 else tf.broadcast_static_shape(*shapes)

    def _event_shape_tensor(self):
        return tf.constant([], dtype=tf.int32)

    def _event_shape(self):
        return tf.TensorShape([])


def positive(tensor, validate, name):
    """Return the tensor with a name; if `validate`, assert that all entries are positive."""
    with tf.control_dependencies([tf.assert_positive(tensor)] if validate else []):
        return tf.identity(tensor, name=name)


def logits_and_probs(logits, probs, name, several):
    """Return (logits, probs), computed from the one that is given.

    `several`: True for classes (softmax), False for a single probability (sigmoid).
    Raises ValueError unless exactly one is given.
    """
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")
    with tf.name_scope(name, values=[logits, probs]):
        if logits is not None:
            logits = tf.convert_to_tensor(logits, name="logits")
            return logits, tf.nn.softmax(logits, name="probs") if several else tf.sigmoid(logits, name="probs")
        probs = tf.convert_to_tensor(probs, name="probs")
        return (tf.log(probs) if several else tf.log(probs) - tf.log1p(-1.0 * probs)), probs


def softplus_inverse(x, name=None):
    """Return the inverse of softplus, log(exp(x) - 1), without overflow or underflow."""
    with tf.name_scope(name, "softplus_inverse", values=[x]):
        x = tf.convert_to_tensor(x, name="x")
        threshold = np.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.0
        small, large = tf.less(x, np.exp(threshold)), tf.greater(x, -threshold)
        safe = tf.where(tf.logical_or(small, large), tf.ones_like(x), x)
        y = safe + tf.log(-tf.expm1(-safe))
        return tf.where(small, tf.log(x), tf.where(large, x, y))
