"""Categorical distributions as one-hot vectors, and their continuous, differentiable relaxations."""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib.distributions.tools import Shaped, logits_and_probs, positive


class _LogitsOverClasses(Shaped):
    """Base of distributions parameterized by logits, with the classes last."""

    def _set_logits(self, logits, probs, name):
        self._logits, self._probs = logits_and_probs(logits, probs, name, several=True)
        self._event_size = tf.shape(self._logits)[-1]

    @property
    def event_size(self):
        """Number of classes."""
        return self._event_size

    @property
    def logits(self):
        """Unnormalized log probabilities, classes last."""
        return self._logits

    @property
    def probs(self):
        """Probabilities, classes last."""
        return self._probs

    def _batch_shape_tensor(self):
        return tf.shape(self.logits)[:-1]

    def _batch_shape(self):
        return self.logits.shape[:-1]

    def _event_shape_tensor(self):
        return tf.shape(self.logits)[-1:]

    def _event_shape(self):
        return self.logits.shape.with_rank_at_least(1)[-1:]


class OneHotCategorical(_LogitsOverClasses):
    """Categorical distribution whose samples are one-hot vectors."""

    def __init__(
        self,
        logits=None,
        probs=None,
        dtype=tf.int32,
        validate_args=False,
        allow_nan_stats=True,
        name="OneHotCategorical",
    ):
        arguments = locals()
        with tf.name_scope(name, values=[logits, probs]) as name:
            self._set_logits(logits, probs, name)
        self._init_distribution(arguments, dtype, False, [self._logits, self._probs], name)

    def _sample_n(self, n, seed=None):
        logits = self.logits if self.logits.shape.ndims == 2 else tf.reshape(self.logits, [-1, self.event_size])
        classes = tf.transpose(tf.multinomial(logits, n, seed=seed))
        return tf.reshape(tf.one_hot(classes, self.event_size, dtype=self.dtype), self._sample_shape(n))

    def _log_prob(self, x):
        x = tf.cast(x, self.logits.dtype)
        return tf.reduce_sum(x * tf.nn.log_softmax(self.logits), -1)

    def _entropy(self):
        return -tf.reduce_sum(tf.nn.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self):
        mode = tf.one_hot(tf.argmax(self.logits, axis=-1), self.event_size, dtype=self.dtype)
        mode.set_shape(self.logits.shape)
        return mode

    def _variance(self):
        return self.probs * (1.0 - self.probs)

    def _covariance(self):
        products = -tf.matmul(self.probs[..., None], self.probs[..., None, :])
        return tf.matrix_set_diag(products, self._variance())


@tf.distributions.RegisterKL(OneHotCategorical, OneHotCategorical)
def _kl_of_classes(a, b, name=None):
    with tf.name_scope(name, "kl_categorical_categorical", values=[a.logits, b.logits]):
        difference = tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)
        return tf.reduce_sum(tf.nn.softmax(a.logits) * difference, axis=-1)


class ExpRelaxedOneHotCategorical(_LogitsOverClasses):
    """Distribution of the logarithm of a RelaxedOneHotCategorical's samples, which does not underflow."""

    def __init__(
        self,
        temperature,
        logits=None,
        probs=None,
        dtype=None,
        validate_args=False,
        allow_nan_stats=True,
        name="ExpRelaxedOneHotCategorical",
    ):
        arguments = locals()
        with tf.name_scope(name, values=[logits, probs, temperature]) as name:
            self._set_logits(logits, probs, name)
            temperature = temperature if dtype else tf.cast(temperature, self._logits.dtype)
            self._temperature = positive(temperature, validate_args, "temperature")
            self._column = tf.reshape(self._temperature, [-1, 1], name="temperature_2d")
        tensors = [self._logits, self._probs, self._temperature]
        self._init_distribution(arguments, dtype or self._logits.dtype, True, tensors, name)

    @property
    def temperature(self):
        """Temperature: near 0 samples are almost one-hot, for large values almost uniform."""
        return self._temperature

    def _rows(self, tensor):
        return tf.reshape(tensor, [-1, self.event_size])

    def _sample_n(self, n, seed=None):
        shape = self._sample_shape(n)
        logits = self._rows(self.logits * tf.ones(shape, dtype=self.dtype))
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        uniform = tf.random_uniform(tf.shape(logits), tiny, 1.0, self.dtype, seed=seed)
        gumbel = -tf.log(-tf.log(uniform))
        return tf.reshape(tf.nn.log_softmax((gumbel + logits) / self._column), shape)

    def _log_prob(self, x):
        logits = tf.ones_like(x) * self.logits
        x = tf.ones_like(logits) * x
        classes = tf.cast(self.event_size, x.dtype)
        constant = tf.lgamma(classes) + (classes - 1.0) * tf.log(self.temperature)
        each = tf.reduce_sum(tf.nn.log_softmax(self._rows(logits) - self._rows(x) * self._column), -1)
        return tf.reshape(constant + each, tf.shape(logits)[:-1])


class RelaxedOneHotCategorical(_LogitsOverClasses):
    """Gumbel-softmax (Concrete) distribution: vectors that sum to 1, almost one-hot as `temperature` approaches 0.

    E. Jang et al., https://arxiv.org/abs/1611.01144; C. J. Maddison et al., https://arxiv.org/abs/1611.00712.
    """

    def __init__(
        self,
        temperature,
        logits=None,
        probs=None,
        dtype=None,
        validate_args=False,
        allow_nan_stats=True,
        name="RelaxedOneHotCategorical",
    ):
        arguments = locals()
        self._under = ExpRelaxedOneHotCategorical(temperature, logits, probs, dtype, validate_args, allow_nan_stats)
        self._logits, self._probs = self._under.logits, self._under.probs
        self._event_size = self._under.event_size
        with tf.name_scope(name) as name:
            pass
        tensors = [self._logits, self._probs, self._under.temperature]
        self._init_distribution(arguments, self._under.dtype, True, tensors, name)

    @property
    def temperature(self):
        """Temperature: near 0 samples are almost one-hot, for large values almost uniform."""
        return self._under.temperature

    @property
    def distribution(self):
        """The underlying ExpRelaxedOneHotCategorical."""
        return self._under

    def _sample_n(self, n, seed=None):
        return tf.exp(self._under.sample(n, seed=seed))

    def _log_prob(self, x):
        logarithm = tf.log(x)
        return self._under.log_prob(logarithm) - tf.reduce_sum(logarithm, -1)
