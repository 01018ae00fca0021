"""Univariate distributions."""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib.distributions.tools import ScalarShaped, logits_and_probs, positive


class _LocationScale(ScalarShaped):
    """Base of location-scale families: loc + scale * z, where z has no parameters."""

    def __init__(self, loc, scale, validate_args, allow_nan_stats, name, arguments):
        with tf.name_scope(name, values=[loc, scale]) as name:
            self._loc, self._scale = tf.identity(loc, name="loc"), positive(scale, validate_args, "scale")
            self._tensors = [self._loc, self._scale]
        self._init_distribution(arguments, self._scale.dtype, True, self._tensors, name)

    @property
    def loc(self):
        """Location parameter."""
        return self._loc

    @property
    def scale(self):
        """Scale parameter."""
        return self._scale

    def _z(self, x):
        return (x - self.loc) / self.scale

    def _mode(self):
        return self.loc * tf.ones_like(self.scale)


class Cauchy(_LocationScale):
    """Cauchy distribution: density 1 / (pi scale (1 + z^2)), z = (x - loc) / scale. It has no mean."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Cauchy"):
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, locals())

    def _sample_n(self, n, seed=None):
        return self._quantile(tf.random_uniform(self._sample_shape(n), 0.0, 1.0, self.dtype, seed=seed))

    def _log_prob(self, x):
        return -tf.log1p(tf.square(self._z(x))) - (np.log(np.pi) + tf.log(self.scale))

    def _cdf(self, x):
        return tf.atan(self._z(x)) / np.pi + 0.5

    def _quantile(self, value):
        return self.loc + self.scale * tf.tan(np.pi * (value - 0.5))

    def _entropy(self):
        return (np.log(4 * np.pi) + tf.log(self.scale)) * tf.ones_like(self.loc)

    def _mean(self):
        return self._undefined("mean")

    def _stddev(self):
        return self._undefined("stddev")


class Logistic(_LocationScale):
    """Logistic distribution: its cdf is sigmoid((x - loc) / scale)."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="Logistic"):
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, locals())

    def _sample_n(self, n, seed=None):
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        uniform = tf.random_uniform(self._sample_shape(n), tiny, 1.0, self.dtype, seed=seed)
        return (tf.log(uniform) - tf.log1p(-1.0 * uniform)) * self.scale + self.loc

    def _log_prob(self, x):
        z = self._z(x)
        return -z - 2.0 * tf.nn.softplus(-z) - tf.log(self.scale)

    def _cdf(self, x):
        return tf.sigmoid(self._z(x))

    def _log_cdf(self, x):
        return -tf.nn.softplus(-self._z(x))

    def _survival_function(self, x):
        return tf.sigmoid(-self._z(x))

    def _log_survival_function(self, x):
        return -tf.nn.softplus(self._z(x))

    def _entropy(self):
        return (tf.log(self.scale) + 2.0) * tf.ones_like(self.loc)

    def _mean(self):
        return self.loc * tf.ones_like(self.scale)

    def _stddev(self):
        return self.scale * tf.ones_like(self.loc) * np.pi / np.sqrt(3)


class Poisson(ScalarShaped):
    """Poisson distribution with mean `rate`; `log_rate` may be given instead."""

    def __init__(
        self,
        rate=None,
        log_rate=None,
        validate_args=False,
        allow_nan_stats=True,
        name="Poisson",
    ):
        arguments = locals()
        if (rate is None) == (log_rate is None):
            raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
        with tf.name_scope(name, values=[rate]) as name:
            if log_rate is None:
                self._rate = positive(tf.convert_to_tensor(rate, name="rate"), validate_args, "rate")
                self._log_rate = tf.log(self._rate, name="log_rate")
            else:
                self._log_rate = tf.convert_to_tensor(log_rate, name="log_rate")
                self._rate = tf.exp(self._log_rate, name="rate")
            self._tensors = [self._rate]
        self._init_distribution(arguments, self._rate.dtype, False, self._tensors, name)

    @property
    def rate(self):
        """Mean of the distribution."""
        return self._rate

    @property
    def log_rate(self):
        """Logarithm of the mean."""
        return self._log_rate

    def _sample_n(self, n, seed=None):
        return tf.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        return x * self.log_rate - tf.lgamma(1.0 + x) - self.rate

    def _cdf(self, x):
        return tf.igammac(1.0 + x, self.rate)

    def _mean(self):
        return tf.identity(self.rate)

    def _variance(self):
        return tf.identity(self.rate)

    def _mode(self):
        return tf.floor(self.rate)


class RelaxedBernoulli(ScalarShaped):
    """Binary Concrete distribution: values in (0, 1), close to Bernoulli samples as `temperature` approaches 0.

    A sample is the sigmoid of a logistic sample with location logits / temperature and scale 1 / temperature.
    C. J. Maddison et al., https://arxiv.org/abs/1611.00712.
    """

    def __init__(
        self, temperature, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name="RelaxedBernoulli"
    ):
        arguments = locals()
        with tf.name_scope(name, values=[logits, probs, temperature]) as name:
            temperature = positive(tf.convert_to_tensor(temperature), validate_args, "temperature")
            self._logits, self._probs = logits_and_probs(logits, probs, name, several=False)
            self._temperature = temperature
            self._under = Logistic(
                self._logits / temperature, 1.0 / temperature, validate_args, allow_nan_stats, name=name + "/Logistic"
            )
            self._tensors = [self._under.loc, self._under.scale]
        self._init_distribution(arguments, self._logits.dtype, True, [self._logits, self._probs, temperature], name)

    @property
    def temperature(self):
        """Temperature: near 0 samples are almost binary."""
        return self._temperature

    @property
    def logits(self):
        """Log odds of a 1."""
        return self._logits

    @property
    def probs(self):
        """Probability of a 1."""
        return self._probs

    def _sample_n(self, n, seed=None):
        return tf.sigmoid(self._under.sample(n, seed=seed))

    def _log_prob(self, x):
        logistic = tf.log(x) - tf.log1p(-x)
        return self._under.log_prob(logistic) - tf.log(x) - tf.log1p(-x)

    def _cdf(self, x):
        return self._under.cdf(tf.log(x) - tf.log1p(-x))


class NormalWithSoftplusScale(tf.distributions.Normal):
    """Normal distribution with scale softplus(scale)."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name="NormalWithSoftplusScale"):
        with tf.name_scope(name, values=[scale]) as name:
            super().__init__(loc, tf.nn.softplus(scale, name="softplus_scale"), validate_args, allow_nan_stats, name)
