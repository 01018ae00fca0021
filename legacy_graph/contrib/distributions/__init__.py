"""`tf.contrib.distributions`: those that TensorFlow still has, and others that RNN scripts use."""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.distributions.mixtures import Mixture, MixtureSameFamily
from legacy_graph.contrib.distributions.multivariate import (
    MultivariateNormalDiag,
    MultivariateNormalDiagWithSoftplusScale,
    MultivariateNormalFullCovariance,
    MultivariateNormalTriL,
)
from legacy_graph.contrib.distributions.one_hot import (
    ExpRelaxedOneHotCategorical,
    OneHotCategorical,
    RelaxedOneHotCategorical,
)
from legacy_graph.contrib.distributions.sample_stats import percentile
from legacy_graph.contrib.distributions.scalar import (
    Cauchy,
    Logistic,
    NormalWithSoftplusScale,
    Poisson,
    RelaxedBernoulli,
)
from legacy_graph.contrib.distributions.tools import softplus_inverse
from legacy_graph.namespace import refuse_unknown

# These were in TensorFlow itself by 1.15.
_KEPT = """
    Bernoulli Beta Categorical Dirichlet DirichletMultinomial Distribution Exponential
    FULLY_REPARAMETERIZED Gamma Laplace Multinomial NOT_REPARAMETERIZED Normal RegisterKL
    ReparameterizationType StudentT Uniform kl_divergence""".split()
globals().update({name: getattr(tf.distributions, name) for name in _KEPT})

__all__ = [
    *_KEPT,
    "Cauchy",
    "ExpRelaxedOneHotCategorical",
    "Logistic",
    "Mixture",
    "MixtureSameFamily",
    "MultivariateNormalDiag",
    "MultivariateNormalDiagWithSoftplusScale",
    "MultivariateNormalFullCovariance",
    "MultivariateNormalTriL",
    "NormalWithSoftplusScale",
    "OneHotCategorical",
    "Poisson",
    "RelaxedBernoulli",
    "RelaxedOneHotCategorical",
    "percentile",
    "softplus_inverse",
]
__getattr__ = refuse_unknown("tf.contrib.distributions", __all__)
