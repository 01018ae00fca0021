"""tf.contrib.distributions beside those that TensorFlow kept: log probabilities, moments, and what seeds draw."""

import numpy as np

from _tools import distinct

SUBJECTS = {
    "scalar": ["Cauchy", "Logistic", "Poisson", "RelaxedBernoulli", "NormalWithSoftplusScale", "softplus_inverse"],
    "one_hot": ["OneHotCategorical", "ExpRelaxedOneHotCategorical", "RelaxedOneHotCategorical"],
    "multivariate": ["MultivariateNormalDiag", "MultivariateNormalTriL", "MultivariateNormalFullCovariance",
                     "MultivariateNormalDiagWithSoftplusScale"],
    "mixtures": ["Mixture", "MixtureSameFamily"],
}
SUBJECTS = {case: ["tf.contrib.distributions." + name for name in names] for case, names in SUBJECTS.items()}


def _run(tf, values):
    with tf.Session() as sess:
        return sess.run(values)


def _ask(values, name, dist, x, what):
    values[name + "/log_prob"] = dist.log_prob(x)
    for ask in what.split():
        values["%s/%s" % (name, ask)] = getattr(dist, ask)()
    values[name + "/batch"] = dist.batch_shape_tensor()
    values[name + "/event"] = dist.event_shape_tensor()
    if "Mixture" not in dist.name:  # whose draws are others
        values[name + "/sample"] = dist.sample([3], seed=7)


def scalar(tf):
    make, values = tf.contrib.distributions, {}
    tf.set_random_seed(3)
    loc, scale = tf.constant([0.5, -1.0]), tf.constant([[1.5], [0.25]])
    x = tf.constant([[0.2, 0.9], [1.5, 0.0]])
    cauchy, logistic = make.Cauchy(loc, scale), make.Logistic(loc, scale)
    _ask(values, "cauchy", cauchy, x, "mode entropy mean")
    _ask(values, "logistic", logistic, x, "mode entropy mean stddev variance")
    values["cauchy/cdf"], values["logistic/cdf"] = cauchy.cdf(x), logistic.cdf(x)
    values["cauchy/quantile"] = cauchy.quantile(tf.constant(0.3))
    values["logistic/log_cdf"] = logistic.log_cdf(x)
    values["logistic/survival"] = logistic.survival_function(x)
    counts = tf.constant([[0.0, 3.0], [-1.0, 2.0]])
    _ask(values, "poisson", make.Poisson(tf.constant([0.7, 4.0])), counts, "mean variance mode")
    values["poisson/cdf"] = make.Poisson(log_rate=tf.constant([0.7, 1.0])).cdf(counts)
    inside = tf.constant([0.2, 0.9])
    _ask(values, "relaxed", make.RelaxedBernoulli(0.5, logits=tf.constant([0.3, -2.0])), inside, "")
    _ask(values, "relaxed probs", make.RelaxedBernoulli(2.0, probs=tf.constant([0.3, 0.9])), inside, "")
    _ask(values, "softplus", make.NormalWithSoftplusScale(loc, scale), x, "stddev")
    values["inverse"] = make.softplus_inverse(tf.constant([1e-8, 0.1, 2.0, 50.0]))
    return _run(tf, values)


def one_hot(tf):
    make, values = tf.contrib.distributions, {}
    tf.set_random_seed(3)
    logits = tf.constant(distinct((2, 3), 2.0))
    chosen = tf.constant([[0, 1, 0], [1, 0, 0]])
    first, other = make.OneHotCategorical(logits), make.OneHotCategorical(probs=[0.2, 0.5, 0.3])
    _ask(values, "one hot", first, chosen, "entropy mode variance covariance")
    values["kl"] = make.kl_divergence(first, other)
    soft = tf.constant([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
    _ask(values, "relaxed", make.RelaxedOneHotCategorical(0.5, logits=logits), soft, "")
    _ask(values, "relaxed probs", make.RelaxedOneHotCategorical(2.0, probs=[0.1, 0.2, 0.7]), soft, "")
    _ask(values, "logarithm", make.ExpRelaxedOneHotCategorical(0.5, logits=logits), tf.log(soft), "")
    relaxed = make.RelaxedOneHotCategorical(0.7, logits=logits).sample(seed=5)
    values["gradient"], = tf.gradients(tf.reduce_sum(relaxed * soft), logits)
    return _run(tf, values)


def multivariate(tf):
    make, values = tf.contrib.distributions, {}
    tf.set_random_seed(3)
    loc = tf.constant(distinct((2, 3)))
    diagonal = tf.constant([0.5, 1.5, 2.0])
    triangle = tf.constant(np.float32([[1.0, 9.0, 9.0], [0.5, 2.0, 9.0], [-0.3, 0.2, 0.7]]))
    matrix = tf.matmul(tf.matrix_band_part(triangle, -1, 0), tf.matrix_band_part(triangle, -1, 0), adjoint_b=True)
    x = tf.constant(distinct((2, 3), 2.0, seed=4))
    what = "mean mode stddev variance covariance entropy"
    made = {
        "diag": make.MultivariateNormalDiag(loc, diagonal), "no loc": make.MultivariateNormalDiag(None, diagonal),
        "identity": make.MultivariateNormalDiag(loc, scale_identity_multiplier=2.0),
        "both": make.MultivariateNormalDiag(loc, diagonal, 0.5), "unit": make.MultivariateNormalDiag(loc),
        "softplus": make.MultivariateNormalDiagWithSoftplusScale(loc, diagonal),
        "triangle": make.MultivariateNormalTriL(loc, triangle),
        "full": make.MultivariateNormalFullCovariance(loc, matrix),
    }
    for name in sorted(made):
        _ask(values, name, made[name], x, what)
    for a, b in (("diag", "both"), ("triangle", "full"), ("diag", "triangle"), ("full", "softplus")):
        values["kl %s %s" % (a, b)] = make.kl_divergence(made[a], made[b])
    values["gradients"] = tf.gradients(made["full"].log_prob(x), [loc, triangle])
    found = _run(tf, values)
    found["gradient 0"], found["gradient 1"] = found.pop("gradients")
    return found


def mixtures(tf):
    make, values = tf.contrib.distributions, {}
    tf.set_random_seed(3)
    cat = make.Categorical(logits=distinct((2, 2)))
    parts = [make.Normal([0.5, -0.5], [1.0, 2.0]), make.Normal([3.0, 1.0], [0.5, 0.25])]
    x = tf.constant([[0.5, 1.0], [2.5, -1.0]])
    mixture = make.Mixture(cat, parts)
    _ask(values, "mixture", mixture, x, "mean variance stddev entropy_lower_bound")
    values["mixture/cdf"] = mixture.log_cdf(x)
    values["drawn"] = make.Mixture(cat, parts, use_static_graph=True).sample(4, seed=9)
    wide = [make.MultivariateNormalDiag(distinct((2, 3), seed=n), [0.5, 1.0, 1.5]) for n in range(2)]
    _ask(values, "vectors", make.Mixture(cat, wide), tf.constant(distinct((2, 3))), "mean")
    family = make.MixtureSameFamily(cat, make.Normal(distinct((2, 2)), [[0.5, 1.0], [1.5, 2.0]]))
    _ask(values, "family", family, tf.constant([0.5, 1.0]), "mean variance stddev")
    values["family/cdf"] = family.log_cdf(tf.constant([0.5, 1.0]))
    chooser = make.Categorical(probs=[0.3, 0.7])
    vectors = make.MixtureSameFamily(chooser, make.MultivariateNormalDiag(distinct((2, 3)), [0.5, 1.0, 1.5]))
    _ask(values, "family of vectors", vectors, tf.constant(distinct((4, 3))), "mean variance")
    return _run(tf, values)
