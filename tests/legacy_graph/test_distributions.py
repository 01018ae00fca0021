"""tf.contrib.distributions beyond its goldens: what is refused, and that other draws and densities are seen."""

import numpy as np
import pytest

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from tests.golden import store

CASES = store.load_module("distributions_slow")


class OtherSeed:
    """tf1, whose graphs get another seed than the script asks for."""

    def __getattr__(self, name):
        return (lambda seed: tf1.set_random_seed(seed + 1)) if name == "set_random_seed" else getattr(tf1, name)


def test_another_seed_is_seen():
    expected, _ = store.read("distributions_slow")
    with tf1_behavior():
        found = store.differences(expected["one_hot"], CASES.one_hot(OtherSeed()))
    assert {line.split(": ")[0] for line in found} >= {"relaxed/sample", "logarithm/sample", "gradient"}
    assert not any("log_prob" in line for line in found)


@pytest.mark.parametrize("change", ["none", "transposed", "squared"])
def test_a_covariance_that_is_read_otherwise_is_seen(change):
    """The log probability of one normal vector, against numpy; twins read the triangle in other ways."""
    triangle = np.array([[1.0, 0.0], [0.5, 2.0]], np.float32)
    x = np.array([0.3, -0.7], np.float32)
    covariance = {"none": triangle @ triangle.T, "transposed": triangle.T @ triangle, "squared": triangle}[change]
    expected = -0.5 * x @ np.linalg.solve(covariance, x) - np.log(2 * np.pi) - 0.5 * np.log(np.linalg.det(covariance))
    with tf1_behavior(), tf1.Session() as sess:
        got = sess.run(tf1.contrib.distributions.MultivariateNormalTriL(scale_tril=triangle).log_prob(x))
    assert bool(abs(got - expected) < 1e-5) is (change == "none")


@pytest.mark.parametrize(
    "build, words",
    [
        (lambda make: make.OneHotCategorical(), "probs or logits, but not both"),
        (lambda make: make.OneHotCategorical([0.0], [1.0]), "probs or logits, but not both"),
        (lambda make: make.MultivariateNormalDiag(), "Cannot infer `event_shape`"),
        (lambda make: make.Poisson(1.0, 0.0), "exactly one of"),
        (lambda make: make.Cauchy(0.0, 1.0, allow_nan_stats=False).mean(), "undefined for Cauchy"),
        (lambda make: make.Mixture(make.Categorical([0.0, 0.0]), []), "not empty"),
        (
            lambda make: make.MixtureSameFamily(make.Categorical([0.0, 0.0]), make.Normal([0.0] * 3, [1.0] * 3)),
            "does not equal",
        ),
        (lambda make: make.WishartFull, "WishartFull is not supplied"),
    ],
    ids=["none", "both", "no_size", "two_rates", "no_mean", "no_parts", "parts", "name"],
)
def test_what_does_not_fit_is_refused(build, words):
    with tf1_behavior(), pytest.raises((ValueError, AttributeError), match=words):
        build(tf1.contrib.distributions)
