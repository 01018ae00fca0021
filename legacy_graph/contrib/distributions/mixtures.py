"""Mixture distributions."""

import hashlib

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.distributions.tools import Shaped


def _next_seed(seed):
    """Return the next component's seed, derived from the previous one as in TF 1.15."""
    if seed is None:
        return None
    return int(hashlib.md5(f"{seed}mixture".encode()).hexdigest()[:8], 16) & 0x7FFFFFFF


class Mixture(Shaped):
    """A mixture: `cat` chooses which component each sample is drawn from.

    Args:
      cat: a Categorical with one class per component.
      components: distributions of the same dtype, batch shape and event shape.
      use_static_graph: treated as True. With False, TF 1.15 sampled only what was needed of each component, so its
        samples differ from those drawn here.

    Raises TypeError or ValueError if the arguments do not match each other.
    """

    def __init__(
        self, cat, components, validate_args=False, allow_nan_stats=True, use_static_graph=False, name="Mixture"
    ):
        arguments = locals()
        if not isinstance(cat, tf.distributions.Categorical):
            raise TypeError(f"cat must be a Categorical distribution, but saw: {cat}")
        if not components:
            raise ValueError("components must be a list or tuple of Distributions, and not empty")
        if not all(isinstance(one, tf.distributions.Distribution) for one in components):
            raise TypeError(f"all entries in components must be Distribution instances but saw: {components}")
        dtype = components[0].dtype
        if not all(one.dtype == dtype for one in components):
            raise TypeError(f"All components must have the same dtype, but saw: {[one.dtype for one in components]}")
        self._cat, self._components = cat, list(components)
        with tf.name_scope(name, values=[cat.logits]) as name:
            pass
        self._init_distribution(arguments, dtype, False, [cat.logits], name)

    @property
    def cat(self):
        """The Categorical that chooses the component."""
        return self._cat

    @property
    def components(self):
        """The component distributions."""
        return self._components

    @property
    def num_components(self):
        """Number of components."""
        return len(self._components)

    def _batch_shape_tensor(self):
        return self.cat.batch_shape_tensor()

    def _batch_shape(self):
        return self.cat.batch_shape

    def _event_shape_tensor(self):
        return self.components[0].event_shape_tensor()

    def _event_shape(self):
        return self.components[0].event_shape

    def _map_components(self, function):
        """Return the list of `function(component)` over all components."""
        return [function(one) for one in self.components]

    def _probabilities(self, log=False):
        probabilities = (tf.nn.log_softmax if log else tf.nn.softmax)(self.cat.logits)
        return tf.unstack(probabilities, num=self.num_components, axis=-1)

    def _weighted(self, values):
        """Return the sum of the components' values, weighted by their mixture probabilities."""
        ndims = self.event_shape.ndims
        for_event = lambda p: tf.reshape(p, tf.concat([tf.shape(p), [1] * ndims], 0)) if ndims else p
        return tf.add_n([for_event(p) * value for p, value in zip(self._probabilities(), values)])

    def _sample_n(self, n, seed=None):
        chosen = self.cat.sample(n, seed=seed)
        samples = []
        for one in self.components:
            seed = _next_seed(seed)
            samples.append(one.sample(n, seed=seed))
        ndims = self.event_shape.ndims
        mask = tf.one_hot(chosen, self.num_components, dtype=self.dtype)
        mask = tf.reshape(mask, tf.concat([tf.shape(mask), [1] * ndims], 0)) if ndims else mask
        return tf.reduce_sum(tf.stack(samples, -ndims - 1) * mask, axis=-1 - ndims)

    def _log_prob(self, x):
        each = [p + one.log_prob(x) for p, one in zip(self._probabilities(log=True), self.components)]
        return tf.reduce_logsumexp(tf.stack(each, axis=0), [0])

    def _log_cdf(self, x):
        each = [p + one.log_cdf(x) for p, one in zip(self._probabilities(log=True), self.components)]
        return tf.reduce_logsumexp(tf.stack(each, axis=0), [0])

    def _mean(self):
        return self._weighted(self._map_components(lambda one: one.mean()))

    def _variance(self):
        means = self._map_components(lambda one: one.mean())
        mean = self._weighted(means)
        squares = [one.variance() + tf.square(each) for one, each in zip(self.components, means)]
        return self._weighted(squares) - tf.square(mean)

    def _stddev(self):
        return tf.sqrt(self._variance())

    def entropy_lower_bound(self, name="entropy_lower_bound"):
        """Lower bound of the entropy: the weighted sum of the components' entropies."""
        with self._name_scope(name, values=[self.cat.logits]):
            return tf.add_n([p * one.entropy() for p, one in zip(self._probabilities(), self.components)])


class MixtureSameFamily(Shaped):
    """A mixture whose components are the last batch dimension of one distribution.

    Args:
      mixture_distribution: a Categorical with one class per component.
      components_distribution: the components, along its last batch dimension.

    Raises ValueError if the numbers of components differ.
    """

    def __init__(
        self,
        mixture_distribution,
        components_distribution,
        validate_args=False,
        allow_nan_stats=True,
        name="MixtureSameFamily",
    ):
        arguments = locals()
        self._chooser, self._family = mixture_distribution, components_distribution
        classes = mixture_distribution.logits.shape.with_rank_at_least(1)[-1]
        components = components_distribution.batch_shape.with_rank_at_least(1)[-1]
        if not tf.TensorShape([classes]).is_compatible_with([components]):
            raise ValueError(
                f"`mixture_distribution components` ({classes}) does not equal "
                f"`components_distribution.batch_shape[-1]` ({components})"
            )
        with tf.name_scope(name) as name:
            pass
        self._init_distribution(arguments, components_distribution.dtype, False, [mixture_distribution.logits], name)

    @property
    def mixture_distribution(self):
        """The Categorical that chooses the component."""
        return self._chooser

    @property
    def components_distribution(self):
        """The components, along its last batch dimension."""
        return self._family

    def _batch_shape_tensor(self):
        return self._family.batch_shape_tensor()[:-1]

    def _batch_shape(self):
        return self._family.batch_shape.with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self):
        return self._family.event_shape_tensor()

    def _event_shape(self):
        return self._family.event_shape

    def _pad_event_dims(self, tensor):
        """Append one dimension per event dimension to a tensor whose last dimension is the components."""
        for _ in range(self.event_shape.ndims):
            tensor = tf.expand_dims(tensor, -1)
        return tensor

    def _pad_component_dim(self, x):
        return tf.expand_dims(x, -1 - self.event_shape.ndims)

    def _weighted(self, values):
        return tf.reduce_sum(self._pad_event_dims(self._chooser.probs) * values, axis=-1 - self.event_shape.ndims)

    def _sample_n(self, n, seed=None):
        samples = self._family.sample(n)
        depth = tf.shape(self._chooser.logits)[-1]
        mask = tf.one_hot(self._chooser.sample(n), depth, dtype=self.dtype)
        while self.batch_shape.ndims and mask.shape.ndims < 2 + self.batch_shape.ndims:
            mask = tf.expand_dims(mask, 1)  # one mixture distribution for the whole batch
        return tf.reduce_sum(samples * self._pad_event_dims(mask), axis=-1 - self.event_shape.ndims)

    def _log_prob(self, x):
        each = self._family.log_prob(self._pad_component_dim(x))
        return tf.reduce_logsumexp(each + tf.nn.log_softmax(self._chooser.logits), axis=-1)

    def _log_cdf(self, x):
        each = self._family.log_cdf(self._pad_component_dim(x))
        return tf.reduce_logsumexp(each + tf.nn.log_softmax(self._chooser.logits), axis=-1)

    def _mean(self):
        return self._weighted(self._family.mean())

    def _variance(self):
        away = tf.squared_difference(self._family.mean(), self._pad_component_dim(self._mean()))
        return self._weighted(self._family.variance()) + self._weighted(away)

    def _stddev(self):
        return tf.sqrt(self._variance())
