"""Multivariate normal distributions."""

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph.contrib.distributions.tools import Shaped


class _Normal(Shaped):
    """loc + L z, where z is a standard normal vector and L is lower triangular (`_matrix`) or diagonal."""

    def __init__(self, loc, scale, diagonal, validate_args, allow_nan_stats, name, arguments):
        self._diagonal = diagonal
        with tf.name_scope(name, values=[loc, scale]) as name:
            self._factor = tf.convert_to_tensor(scale, name="scale")
            self._location = None if loc is None else tf.convert_to_tensor(loc, name="loc")
        self._init_distribution(arguments, self._factor.dtype, True, [self._location, self._factor], name)

    @property
    def loc(self):
        """Location parameter; None if it was not given (zero)."""
        return self._location

    @property
    def scale(self):
        """Scale as a linear operator, L."""
        if self._diagonal:
            return tf.linalg.LinearOperatorDiag(self._factor, is_non_singular=True)
        return tf.linalg.LinearOperatorLowerTriangular(self._factor, is_non_singular=True)

    def _mean_shape(self, static):
        """Return the shape of the batch of means."""
        factor = self._factor if self._diagonal else self._factor[..., 0]
        if self._location is None:
            return factor.shape if static else tf.shape(factor)
        if static:
            return tf.broadcast_static_shape(factor.shape, self._location.shape)
        return tf.broadcast_dynamic_shape(tf.shape(factor), tf.shape(self._location))

    def _batch_shape_tensor(self):
        return self._mean_shape(static=False)[:-1]

    def _batch_shape(self):
        return self._mean_shape(static=True)[:-1]

    def _event_shape_tensor(self):
        return self._mean_shape(static=False)[-1:]

    def _event_shape(self):
        return self._mean_shape(static=True)[-1:]

    def _affine(self, z):
        """Return L z + loc."""
        y = z * self._factor if self._diagonal else tf.reduce_sum(self._factor * z[..., None, :], -1)
        return y if self._location is None else y + self._location

    def _sample_n(self, n, seed=None):
        return self._affine(tf.random_normal(self._sample_shape(n), 0.0, 1.0, self.dtype, seed=seed))

    def _log_prob(self, x):
        x = x if self._location is None else x - self._location
        if self._diagonal:
            z, spread = x / self._factor, self._factor
        else:
            shape = tf.broadcast_dynamic_shape(tf.shape(x)[:-1], tf.shape(self._factor)[:-2])
            size = tf.shape(x)[-1:]
            factor = tf.broadcast_to(self._factor, tf.concat([shape, size, size], 0))
            wide = tf.broadcast_to(x, tf.concat([shape, size], 0))
            z = tf.matrix_triangular_solve(factor, wide[..., None])[..., 0]
            spread = tf.matrix_diag_part(self._factor)
        each = -0.5 * tf.square(z) - 0.5 * np.log(2.0 * np.pi)
        return tf.reduce_sum(each, -1) - tf.reduce_sum(tf.log(tf.abs(spread)), -1)

    def _log_abs_determinant(self):
        spread = self._factor if self._diagonal else tf.matrix_diag_part(self._factor)
        return tf.reduce_sum(tf.log(tf.abs(spread)), -1)

    def _broadcast_to_mean(self, tensor):
        return tensor + tf.zeros(self._mean_shape(static=False), self.dtype)

    def _entropy(self):
        size = tf.cast(self._event_shape_tensor()[0], self.dtype)
        entropy = 0.5 * size * (1.0 + np.log(2.0 * np.pi)) + self._log_abs_determinant()
        return entropy + tf.zeros(self._batch_shape_tensor(), self.dtype)

    def _mean(self):
        return self._broadcast_to_mean(0.0 if self._location is None else self._location)

    def _mode(self):
        return self._mean()

    def _covariance(self):
        if self._diagonal:
            return tf.matrix_diag(tf.square(self._factor))
        return tf.matmul(self._factor, self._factor, adjoint_b=True)

    def _variance(self):
        return tf.square(self._factor) if self._diagonal else tf.reduce_sum(tf.square(self._factor), -1)

    def _stddev(self):
        return tf.abs(self._factor) if self._diagonal else tf.sqrt(self._variance())


class MultivariateNormalDiag(_Normal):
    """Multivariate normal with a diagonal covariance.

    Args:
      loc: means, (..., k); None for zeros.
      scale_diag: standard deviations, (..., k).
      scale_identity_multiplier: added to all standard deviations; without `scale_diag` it needs `loc`.

    Raises ValueError if no scale is given, or k cannot be inferred.
    """

    def __init__(
        self,
        loc=None,
        scale_diag=None,
        scale_identity_multiplier=None,
        validate_args=False,
        allow_nan_stats=True,
        name="MultivariateNormalDiag",
    ):
        arguments = locals()
        with tf.name_scope(name, values=[loc, scale_diag, scale_identity_multiplier]) as name:
            scale = _diagonal(loc, scale_diag, scale_identity_multiplier)
        super().__init__(loc, scale, True, validate_args, allow_nan_stats, name, arguments)


def _diagonal(loc, scale_diag, multiplier):
    if scale_diag is None and multiplier is None and loc is None:
        raise ValueError("Cannot infer `event_shape` unless `loc` or `scale_diag` is specified.")
    if multiplier is not None:
        multiplier = tf.convert_to_tensor(multiplier, name="scale_identity_multiplier")[..., None]
    if scale_diag is not None:
        scale = tf.convert_to_tensor(scale_diag, name="scale_diag")
        return scale if multiplier is None else scale + multiplier
    if loc is None:
        raise ValueError("Cannot infer `event_shape` unless `loc` or `scale_diag` is specified.")
    loc = tf.convert_to_tensor(loc)
    ones = tf.ones(tf.shape(loc)[-1:], loc.dtype)
    return ones if multiplier is None else ones * multiplier


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """Multivariate normal with standard deviations softplus(scale_diag)."""

    def __init__(
        self,
        loc,
        scale_diag,
        validate_args=False,
        allow_nan_stats=True,
        name="MultivariateNormalDiagWithSoftplusScale",
    ):
        with tf.name_scope(name, values=[scale_diag]) as name:
            scale = tf.nn.softplus(scale_diag)
        super().__init__(loc, scale, None, validate_args, allow_nan_stats, name)


class MultivariateNormalTriL(_Normal):
    """Multivariate normal with covariance L L^T.

    Args:
      loc: mean, (..., k); None for zeros.
      scale_tril: L, (..., k, k); entries above the diagonal are ignored. None for the identity matrix.
    """

    def __init__(
        self, loc=None, scale_tril=None, validate_args=False, allow_nan_stats=True, name="MultivariateNormalTriL"
    ):
        arguments = locals()
        with tf.name_scope(name, values=[loc, scale_tril]) as name:
            if scale_tril is None:
                scale, diagonal = _diagonal(loc, None, None), True
            else:
                scale, diagonal = tf.matrix_band_part(tf.convert_to_tensor(scale_tril), -1, 0), False
        super().__init__(loc, scale, diagonal, validate_args, allow_nan_stats, name, arguments)


class MultivariateNormalFullCovariance(_Normal):
    """Multivariate normal with a full covariance matrix, (..., k, k), which must be symmetric positive definite."""

    def __init__(
        self,
        loc=None,
        covariance_matrix=None,
        validate_args=False,
        allow_nan_stats=True,
        name="MultivariateNormalFullCovariance",
    ):
        arguments = locals()
        with tf.name_scope(name, values=[loc, covariance_matrix]) as name:
            if covariance_matrix is None:
                scale, diagonal = _diagonal(loc, None, None), True
            else:
                matrix = tf.convert_to_tensor(covariance_matrix, name="covariance_matrix")
                if validate_args:
                    symmetric = tf.assert_equal(
                        matrix, tf.matrix_transpose(matrix), message="Matrix was not symmetric."
                    )
                    with tf.control_dependencies([symmetric]):
                        matrix = tf.identity(matrix)
                scale, diagonal = tf.cholesky(matrix), False
        super().__init__(loc, scale, diagonal, validate_args, allow_nan_stats, name, arguments)


@tf.distributions.RegisterKL(_Normal, _Normal)
def _kl_of_normals(a, b, name=None):
    """KL divergence: 1/2 (|b.L^-1 a.L|^2 + |b.L^-1 (b.mean - a.mean)|^2 - k) + log det b.L - log det a.L."""
    with tf.name_scope(name, "kl_mvn", values=[a._factor, b._factor]):
        full = lambda one: tf.matrix_diag(one._factor) if one._diagonal else one._factor
        size = tf.cast(a.event_shape_tensor()[0], a.dtype)
        spread = tf.matrix_triangular_solve(full(b), full(a))
        away = tf.matrix_triangular_solve(full(b), (b.mean() - a.mean())[..., None])
        squares = tf.reduce_sum(tf.square(spread), [-2, -1]) + tf.reduce_sum(tf.square(away), [-2, -1])
        return b._log_abs_determinant() - a._log_abs_determinant() + 0.5 * (squares - size)
