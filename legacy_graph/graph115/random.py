"""Random ops and dropout, op for op as TensorFlow 1.15 built them."""

import numbers

import numpy as np

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces
from legacy_graph.internals import array_ops, math_ops, nn_ops, random_ops, tensor_util


@replaces(random_ops, "random_uniform")
def random_uniform(today, shape, minval=0, maxval=None, dtype="float32", seed=None, name=None):
    """The draw was scaled to the bounds by ops, for 0 and 1, too."""
    if internals.dtypes.as_dtype(dtype).is_floating:
        minval, maxval = _as_float(minval), _as_float(1 if maxval is None else maxval)
    return today(shape, minval, maxval, dtype, seed, name)


def _as_float(bound):
    return float(bound) if isinstance(bound, int) else bound


@replaces(nn_ops, "_dropout")
def dropout(today, x, rate, noise_shape, uniform_sampler, dummy_rng_step, name, default_name):
    """x * (1 / (1 - rate)) * mask, with an op for each operation; no op for a rate known to be 0."""
    if default_name != "dropout":  # the stateless and general forms are newer than 1.15
        return today(x, rate, noise_shape, uniform_sampler, dummy_rng_step, name, default_name)
    with internals.ops.name_scope(name, "dropout", [x]):
        x = internals.ops.convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError(f"x must be a floating point tensor: dropout scales it. It is {x.dtype.name}.")
        if isinstance(rate, numbers.Real) and not 0 <= rate < 1:
            raise ValueError(f"rate must be in [0, 1). It is {rate}.")
        if isinstance(rate, numbers.Real) and rate == 0:
            return x
        rate = internals.ops.convert_to_tensor(rate, dtype=x.dtype, name="rate")
        rate.shape.assert_has_rank(0)
        if tensor_util.constant_value(rate) == 0:
            return x
        drawn = uniform_sampler(shape=nn_ops._get_noise_shape(x, noise_shape), dtype=x.dtype)
        scale = 1 / (1 - rate)
        is_kept = drawn >= rate
        kept = x * scale * math_ops.cast(is_kept, x.dtype)
        kept.set_shape(x.shape)
        return kept


@replaces(random_ops, "random_gamma")
def random_gamma(today, shape, alpha, beta=None, dtype="float32", seed=None, name=None):
    """alpha was broadcast to beta's shape by adding zeros."""
    with internals.ops.name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = internals.ops.convert_to_tensor(shape, name="shape", dtype=internals.dtypes.int32)
        alpha = internals.ops.convert_to_tensor(alpha, name="alpha", dtype=dtype)
        beta = internals.ops.convert_to_tensor(1 if beta is None else beta, name="beta", dtype=dtype)
        alpha = alpha + array_ops.zeros_like(beta)
        seed1, seed2 = internals.random_seed.get_seed(seed)
        drawn = internals.gen_random_ops.random_gamma(shape, alpha, seed=seed1, seed2=seed2)
        return math_ops.maximum(np.finfo(alpha.dtype.as_numpy_dtype).tiny, drawn / beta)
