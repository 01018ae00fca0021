"""Attention mechanisms: scores of a query against a memory, normalised to alignments (Bahdanau, Luong).

One step of attention, with the names used here and in the papers:

    keys = memory_layer(values)                        # (batch, memory_time, units), computed once
    score = mechanism's own function of (query, keys)  # (batch, memory_time)
    alignments = probability_fn(score)                 # (batch, memory_time), sums to 1
    context = sum over memory_time of alignments * values

`attention_wrapper` computes the context and connects the mechanism to a cell.
"""

import math

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.rnn_cell_impl import _zero_state_tensors


class AttentionMechanism:
    """Interface that `AttentionWrapper` requires. Subclass it for a mechanism without keys and values."""

    @property
    def alignments_size(self):
        """Number of memory positions, the size of the alignments."""
        raise NotImplementedError

    @property
    def state_size(self):
        """Size of the state that the mechanism carries from step to step."""
        raise NotImplementedError


class _BaseAttentionMechanism(AttentionMechanism):
    """Base of the mechanisms: holds the memory as values and keys, masked past each sequence's end.

    Args:
      query_layer: a `tf.layers` layer applied to queries, or None.
      memory: (batch, memory_time, ...), usually an encoder's outputs.
      probability_fn: function (score, previous state) -> alignments.
      memory_sequence_length: int32, (batch,), or None if all of the memory is valid. Past a sequence's
        length, values are zeros and scores are `score_mask_value`.
      memory_layer: a `tf.layers` layer that computes the keys from the memory. It is required despite
        its default of None: TensorFlow 1.15 takes its dtype from it.
      check_inner_dims_defined: whether all dimensions but the first two must be known.
      score_mask_value: default minus infinity.
      custom_key_value_fn: function (keys, values) -> (keys, values), applied last.

    Raises:
      TypeError: a layer is not a layer, or `probability_fn` is not callable.
      ValueError: the memory has unknown inner dimensions.
    """

    def __init__(
        self,
        query_layer,
        memory,
        probability_fn,
        memory_sequence_length=None,
        memory_layer=None,
        check_inner_dims_defined=True,
        score_mask_value=None,
        custom_key_value_fn=None,
        name=None,
    ):
        if query_layer is not None:
            _require_layer("query_layer", query_layer)
        _require_layer("memory_layer", memory_layer)
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            raise TypeError(f"probability_fn must be callable, received: {type(probability_fn).__name__}")
        if score_mask_value is None:
            score_mask_value = tf.as_dtype(self.dtype).as_numpy_dtype(-np.inf)

        def probabilities(score, previous):
            score = _maybe_mask_score(
                score, memory_sequence_length=memory_sequence_length, score_mask_value=score_mask_value
            )
            return probability_fn(score, previous)

        self._probability_fn = probabilities
        with tf.name_scope(name, "BaseAttentionMechanismInit", tf.nest.flatten(memory)):
            self._values = _prepare_memory(
                memory, memory_sequence_length=memory_sequence_length, check_inner_dims_defined=check_inner_dims_defined
            )
            self._keys = self._memory_layer(self._values)
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = dimension(self._keys, 0)
            self._alignments_size = dimension(self._keys, 1)

    @property
    def memory_layer(self):
        """The layer that computes the keys."""
        return self._memory_layer

    @property
    def query_layer(self):
        """The layer applied to queries, or None."""
        return self._query_layer

    @property
    def values(self):
        """The memory, masked; (batch, memory_time, ...)."""
        return self._values

    @property
    def keys(self):
        """(batch, memory_time, units)."""
        return self._keys

    @property
    def batch_size(self):
        """Batch size: an int if it is known statically, else a scalar tensor."""
        return self._batch_size

    @property
    def alignments_size(self):
        return self._alignments_size

    @property
    def state_size(self):
        return self._alignments_size

    def initial_alignments(self, batch_size, dtype):
        """Return the alignments before the first step: zeros, (batch, memory_time)."""
        return _zero_state_tensors(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size, dtype):
        """Return the state before the first step: the initial alignments."""
        return self.initial_alignments(batch_size, dtype)


class LuongAttention(_BaseAttentionMechanism):
    """Multiplicative attention: score = query . key, times a trainable `attention_g` if `scale`.

    (Luong, Pham, Manning, "Effective Approaches to Attention-based Neural Machine Translation",
    2015, https://arxiv.org/abs/1508.04025.)

    Variables: `memory_layer/kernel`, in the scope where the mechanism is created, and if `scale`
    `luong_attention/attention_g`, in the wrapper's scope.

    Args:
      num_units: number of units of the keys; must be the query's, that is the cell's.
      memory, memory_sequence_length, score_mask_value, custom_key_value_fn: see the base class.
      probability_fn: function score -> alignments; default `tf.nn.softmax`.
      dtype: dtype of the memory layer; default float32.
    """

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        scale=False,
        probability_fn=None,
        score_mask_value=None,
        dtype=None,
        custom_key_value_fn=None,
        name="LuongAttention",
    ):
        super().__init__(
            query_layer=None,
            memory_layer=_units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=_stateless(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._name = name

    def __call__(self, query, state):
        """Return `(alignments, next_state)` of a query (batch, units); both are the alignments."""
        with tf.variable_scope(None, "luong_attention", [query]):
            score = luong_score_with_variables(self, query)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class BahdanauAttention(_BaseAttentionMechanism):
    """Additive attention: score = v . tanh(key + query_layer(query)).

    (Bahdanau, Cho, Bengio, "Neural Machine Translation by Jointly Learning to Align and
    Translate", 2015, https://arxiv.org/abs/1409.0473.) With `normalize`, v is normalised to length
    `attention_g`, and `attention_b` is added inside the tanh (weight normalisation: Salimans,
    Kingma, 2016, https://arxiv.org/abs/1602.07868).

    Variables: `memory_layer/kernel`, in the scope where the mechanism is created; in the wrapper's
    scope `bahdanau_attention/query_layer/kernel`, `.../attention_v` and, if `normalize`,
    `.../attention_g` and `.../attention_b`.

    Args:
      num_units: number of units of keys and of processed queries.
      memory, memory_sequence_length, score_mask_value, custom_key_value_fn: see the base class.
      probability_fn: function score -> alignments; default `tf.nn.softmax`.
      dtype: dtype of the layers; default float32.
    """

    def __init__(
        self,
        num_units,
        memory,
        memory_sequence_length=None,
        normalize=False,
        probability_fn=None,
        score_mask_value=None,
        dtype=None,
        custom_key_value_fn=None,
        name="BahdanauAttention",
    ):
        super().__init__(
            query_layer=_units_layer(num_units, "query_layer", dtype),
            memory_layer=_units_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=_stateless(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name

    def __call__(self, query, state):
        """Return `(alignments, next_state)` of a query (batch, depth); both are the alignments."""
        with tf.variable_scope(None, "bahdanau_attention", [query]):
            score = bahdanau_score_with_variables(self, query)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def luong_score_with_variables(mechanism, query):
    """Return Luong's score; gets `attention_g` in the current variable scope if the mechanism is scaled."""
    scale = None
    if mechanism._scale:
        scale = tf.get_variable("attention_g", dtype=query.dtype, initializer=tf.ones_initializer, shape=())
    return _luong_score(query, mechanism._keys, scale)


def bahdanau_score_with_variables(mechanism, query):
    """Return Bahdanau's score; gets its variables in the current variable scope."""
    units, dtype = mechanism._num_units, query.dtype
    if mechanism.query_layer:
        query = mechanism.query_layer(query)
    attention_v = tf.get_variable("attention_v", [units], dtype=dtype)
    attention_g = attention_b = None
    if mechanism._normalize:
        attention_g = tf.get_variable(
            "attention_g", dtype=dtype, shape=(), initializer=tf.constant_initializer(math.sqrt(1.0 / units))
        )
        attention_b = tf.get_variable("attention_b", [units], dtype=dtype, initializer=tf.zeros_initializer())
    return _bahdanau_score(query, mechanism._keys, attention_v, attention_g, attention_b)


def _luong_score(query, keys, scale):
    """Return query (batch, units) . keys (batch, memory_time, units), times `scale` unless it is None.

    Raises ValueError unless both are known to have the same number of units.
    """
    depth, key_units = query.get_shape()[-1], keys.get_shape()[-1]
    if depth != key_units:
        raise ValueError(
            f"the query has {depth} units and the keys have {key_units}; Luong attention needs "
            f"the same number. Query: {query}. Keys: {keys}. Perhaps give the mechanism "
            "num_units of the query's depth"
        )
    score = tf.matmul(tf.expand_dims(query, 1), keys, transpose_b=True)  # (batch, 1, memory_time)
    score = tf.squeeze(score, [1])
    return score if scale is None else scale * score


def _bahdanau_score(processed_query, keys, attention_v, attention_g=None, attention_b=None):
    """Return attention_v . tanh(keys + processed_query), normalised if `attention_g` and `_b` are given."""
    processed_query = tf.expand_dims(processed_query, 1)
    if attention_g is None or attention_b is None:
        return tf.reduce_sum(attention_v * tf.tanh(keys + processed_query), [2])
    normed_v = attention_g * attention_v * tf.rsqrt(tf.reduce_sum(tf.square(attention_v)))
    return tf.reduce_sum(normed_v * tf.tanh(keys + processed_query + attention_b), [2])


def _prepare_memory(memory, memory_sequence_length=None, memory_mask=None, check_inner_dims_defined=True):
    """Return `memory` (which may be nested) as tensors, with zeros past each sequence's end.

    Takes either lengths (batch,) or a mask (batch, memory_time), not both.
    """
    memory = tf.nest.map_structure(lambda part: tf.convert_to_tensor(part, name="memory"), memory)
    _not_both(memory_sequence_length, memory_mask)
    if memory_sequence_length is not None:
        memory_sequence_length = tf.convert_to_tensor(memory_sequence_length, name="memory_sequence_length")
    if check_inner_dims_defined:
        for part in tf.nest.flatten(memory):
            if not part.get_shape()[2:].is_fully_defined():
                raise ValueError(
                    f"memory {part.name} must have fully defined inner dimensions, received shape: {part.get_shape()}"
                )
    first = tf.nest.flatten(memory)[0]
    if memory_sequence_length is not None:
        mask = tf.sequence_mask(memory_sequence_length, maxlen=tf.shape(first)[1], dtype=first.dtype)
    elif memory_mask is not None:
        mask = tf.cast(memory_mask, dtype=first.dtype)
    else:
        return memory

    def masked(part):
        rank = part.get_shape().ndims
        ones = tf.ones((tf.rank(part) if rank is None else rank) - 2, dtype=tf.int32)
        return part * tf.reshape(mask, tf.concat((tf.shape(mask), ones), 0))

    return tf.nest.map_structure(masked, memory)


def _maybe_mask_score(score, memory_sequence_length=None, memory_mask=None, score_mask_value=None):
    """Return `score` with `score_mask_value` past each sequence's end.

    Lengths must be positive, because a softmax over no positions is NaN; this is checked at run time.
    """
    _not_both(memory_sequence_length, memory_mask)
    if memory_sequence_length is not None:
        positive = tf.assert_positive(
            memory_sequence_length, message="Every memory_sequence_length must be greater than zero."
        )
        with tf.control_dependencies([positive]):
            memory_mask = tf.sequence_mask(memory_sequence_length, maxlen=tf.shape(score)[1])
    elif memory_mask is None:
        return score
    return tf.where(memory_mask, score, score_mask_value * tf.ones_like(score))


def _not_both(memory_sequence_length, memory_mask):
    if memory_sequence_length is not None and memory_mask is not None:
        raise ValueError("give memory_sequence_length or memory_mask, not both")


def _require_layer(name, layer):
    if not isinstance(layer, internals.legacy_layers.Layer):
        raise TypeError(f"{name} must be a tf.layers Layer, received: {type(layer).__name__}")


def _units_layer(num_units, name, dtype):
    return internals.legacy_layers.Dense(
        num_units, name=name, use_bias=False, dtype=tf.float32 if dtype is None else dtype
    )


def _stateless(probability_fn):
    """Wrap `probability_fn`, a function of the score (None: softmax), so that it accepts and ignores a state."""
    function = tf.nn.softmax if probability_fn is None else probability_fn
    return lambda score, _: function(score)


def dimension(tensor, axis):
    """Return the size of `tensor` along `axis`: an int if it is known statically, else a scalar tensor."""
    return tf.dimension_value(tensor.shape[axis]) or tf.shape(tensor)[axis]
