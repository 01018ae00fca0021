"""A cell with attention; replaces `contrib.seq2seq.python.ops.attention_wrapper`."""

import collections

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.cell import as_written
from legacy_graph.contrib.rnn.rnn_cell_impl import RNNCell, _zero_state_tensors, assert_like_rnncell

# Includes private names that programs for TF 1 subclass and call.
from legacy_graph.contrib.seq2seq.attention_mechanism import (
    AttentionMechanism,
    BahdanauAttention,
    LuongAttention,
    _bahdanau_score,
    _BaseAttentionMechanism,
    _luong_score,
    _maybe_mask_score,
    _prepare_memory,
    dimension,
)
from legacy_graph.contrib.seq2seq.monotonic import (
    BahdanauMonotonicAttention,
    LuongMonotonicAttention,
    _BaseMonotonicAttentionMechanism,
    _monotonic_probability_fn,
    monotonic_attention,
    safe_cumprod,
)

__all__ = [
    "AttentionMechanism",
    "AttentionWrapper",
    "AttentionWrapperState",
    "BahdanauAttention",
    "BahdanauMonotonicAttention",
    "LuongAttention",
    "LuongMonotonicAttention",
    "hardmax",
    "monotonic_attention",
    "safe_cumprod",
]


class AttentionWrapperState(
    collections.namedtuple(
        "AttentionWrapperState",
        ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state"),
    )
):
    """State of an `AttentionWrapper` after a step.

    cell_state: state of the wrapped cell.
    attention: (batch, size), part of the cell's input at the next step.
    time: int32 scalar, the number of steps taken.
    alignments: (batch, memory_time), or a tuple with one entry per mechanism.
    alignment_history: () or a TensorArray with the alignments of all steps, or a tuple of these.
    attention_state: state of the mechanism, or a tuple with one entry per mechanism.
    """

    __slots__ = ()

    def clone(self, **kwargs):
        """Return a copy with some fields replaced, e.g. `clone(cell_state=encoder_state)`.

        Raises:
          ValueError: a tensor has another shape than the one it replaces. If the shapes are not fully
            known, they are checked at run time.
        """

        def checked(old, new):
            both = isinstance(old, tf.Tensor) and isinstance(new, tf.Tensor)
            return _with_same_shape(old, new) if both else new

        return tf.nest.map_structure(checked, self, self._replace(**kwargs))


def _with_same_shape(expected, tensor):
    """Return `tensor`, asserting, statically or at run time, that it has the shape of `expected`."""
    with tf.name_scope(tensor.op.name + "/"):
        if expected.shape.is_fully_defined() and tensor.shape.is_fully_defined():
            if not tensor.shape.is_compatible_with(expected.shape):
                raise ValueError(
                    f"{tensor.name} must have shape {expected.shape} to replace a state of it, received: {tensor.shape}"
                )
            return tensor
        known = expected.shape.is_fully_defined()
        shape = np.int32(expected.shape.as_list()) if known else tf.shape(expected, name="expected_shape")
        with tf.control_dependencies([_assert_shape(shape, tensor)]):
            result = tf.identity(tensor)
        if known:
            result.set_shape(shape)
        return result


def _assert_shape(shape, tensor):
    """Return an Assert that `tensor` has the shape `shape`, where -1 stands for any size.

    The callers never pass -1. The comparison with it is TensorFlow 1.15's; it is kept so that the number
    of ops in the graph, and thereby the seeds of later random ops, stay the same.
    """
    with tf.name_scope("assert_shape"):
        actual = tf.shape(tensor, name="actual")
        with tf.name_scope("is_shape"):
            same_rank = tf.equal(tf.size(shape), tf.rank(tensor))
            same_sizes = tf.logical_or(tf.equal(shape, -1), tf.equal(shape, actual))
            same = tf.logical_and(same_rank, tf.reduce_all(same_sizes))
        return tf.Assert(same, [f"Wrong shape for {tensor.name} [expected] [actual].", shape, actual])


def hardmax(logits, name=None):
    """Return one-hot rows with the 1 where `logits` (..., classes) are largest."""
    with tf.name_scope(name, "Hardmax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        depth = dimension(logits, -1)
        return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)


def _compute_attention(attention_mechanism, cell_output, attention_state, attention_layer):
    """Return `(attention, alignments, next_attention_state)`.

    The attention is the context, i.e. the memory's values weighted by the alignments; or, given an
    `attention_layer`, its output for the concatenated cell output and context.
    """
    alignments, next_attention_state = attention_mechanism(cell_output, state=attention_state)
    context = tf.matmul(tf.expand_dims(alignments, 1), attention_mechanism.values)
    context = tf.squeeze(context, [1])  # (batch, depth of the memory)
    if attention_layer is None:
        return context, alignments, next_attention_state
    attention = attention_layer(tf.concat([cell_output, context], 1))
    return attention, alignments, next_attention_state


def _join_attention(inputs, attention):
    return tf.concat([inputs, attention], -1)


class AttentionWrapper(RNNCell):
    """A cell whose input is concatenated with the attention of the previous step.

    For beam search, tile the memory, its lengths and the encoder's state with `tile_batch`, and call
    `zero_state` with batch size times beam width.

    Args:
      cell: an RNNCell.
      attention_mechanism: an AttentionMechanism or a list of them. With a list, the alignments, their
        history and the attention states are tuples, and the attentions are concatenated.
      attention_layer_size: number of units of the attention layer (without bias), which maps the cell's
        output and the context to the attention; or a list of sizes. If None, the context is the attention.
      alignment_history: if True, store the alignments of all steps in a TensorArray in the state.
      cell_input_fn: function (inputs, attention) -> cell input; by default they are concatenated.
      output_attention: if True, the output is the attention (Luong), otherwise the cell's (Bahdanau).
      initial_cell_state: the cell's part of `zero_state`, used instead of zeros.
      attention_layer: a `tf.layers` layer, or a list of them, used instead of `attention_layer_size`.
      attention_fn: function (mechanism, cell_output, attention_state, attention_layer) -> (attention,
        alignments, next_attention_state), used instead of the computation described above.

    Raises:
      TypeError: an argument is of the wrong type.
      ValueError: both layers and sizes are given, or their number differs from that of the mechanisms.
      InvalidArgumentError: at run time, if the batch sizes of memory and cell differ.
    """

    def __init__(
        self,
        cell,
        attention_mechanism,
        attention_layer_size=None,
        alignment_history=False,
        cell_input_fn=None,
        output_attention=True,
        initial_cell_state=None,
        name=None,
        attention_layer=None,
        attention_fn=None,
        dtype=None,
    ):
        super().__init__(name=name, dtype=dtype)
        assert_like_rnncell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for mechanism in mechanisms:
            if not isinstance(mechanism, AttentionMechanism):
                raise TypeError(
                    "attention_mechanism must be an AttentionMechanism or a list of "
                    f"them, received: {type(mechanism).__name__}"
                )
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, received: {type(cell_input_fn).__name__}")
        self._attention_layers, self._attention_layer_size = _attention_layers(
            cell, mechanisms, attention_layer_size, attention_layer
        )
        self._attention_fn = attention_fn or _compute_attention
        self._cell = cell
        self._attention_mechanisms = mechanisms
        self._cell_input_fn = cell_input_fn or _join_attention
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        with tf.name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = None
            if initial_cell_state is not None:
                last = tf.nest.flatten(initial_cell_state)[-1]
                self._initial_cell_state = self._checked(
                    initial_cell_state,
                    dimension(last, 0),
                    "check_initial_cell_state",
                    "is made with an initial_cell_state",
                )

    def _batch_size_checks(self, batch_size, error_message):
        return [
            tf.assert_equal(batch_size, mechanism.batch_size, message=error_message)
            for mechanism in self._attention_mechanisms
        ]

    def _checked(self, value, batch_size, name, situation):
        """Return `value`, asserting at run time that its batch size is the memory's."""
        message = (
            f"The AttentionWrapper {self.name} {situation} of another batch size than its "
            "memory. For beam search, tile memory, lengths and states with "
            "seq2seq.tile_batch(..., multiplier=beam_width), and give zero_state "
            "batch_size * beam_width."
        )
        with tf.control_dependencies(self._batch_size_checks(batch_size, message)):
            return tf.nest.map_structure(lambda part: tf.identity(part, name=name), value)

    def _item_or_tuple(self, items):
        """Return the items as a tuple if a list of mechanisms was given, else the only item."""
        items = tuple(items)
        return items if self._is_multi else items[0]

    @property
    def output_size(self):
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self):
        """An `AttentionWrapperState` of the sizes."""
        mechanisms = self._attention_mechanisms
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=tf.TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(m.alignments_size for m in mechanisms),
            attention_state=self._item_or_tuple(m.state_size for m in mechanisms),
            alignment_history=self._item_or_tuple(
                m.alignments_size if self._alignment_history else () for m in mechanisms
            ),
        )

    def zero_state(self, batch_size, dtype):
        """Return the `AttentionWrapperState` before the first step.

        It is all zeros, except for the alignments of a monotonic mechanism and an `initial_cell_state`.
        """
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            cell_state = self._initial_cell_state
            if cell_state is None:
                cell_state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype)
            cell_state = self._checked(cell_state, batch_size, "checked_cell_state", "is asked for a zero_state")
            alignments = [mechanism.initial_alignments(batch_size, dtype) for mechanism in self._attention_mechanisms]
            return AttentionWrapperState(
                cell_state=cell_state,
                time=tf.zeros([], dtype=tf.int32),
                attention=_zero_state_tensors(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(alignments),
                attention_state=self._item_or_tuple(
                    mechanism.initial_state(batch_size, dtype) for mechanism in self._attention_mechanisms
                ),
                alignment_history=self._item_or_tuple(self._empty_history(dtype, part) for part in alignments),
            )

    def _empty_history(self, dtype, alignments):
        if not self._alignment_history:
            return ()
        return tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=alignments.shape)

    @as_written
    def call(self, inputs, state):
        """Run one step: run the cell, then compute attention with its output.

        Returns:
          `(output, next_state)`; the output is the attention or the cell's output.

        Raises:
          TypeError: `state` is not an `AttentionWrapperState`.
        """
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                "the state of an AttentionWrapper is an AttentionWrapperState, as "
                f"zero_state returns, received: {type(state)}"
            )
        cell_inputs = self._cell_input_fn(inputs, state.attention)
        cell_output, next_cell_state = self._cell(cell_inputs, state.cell_state)
        cell_output = self._checked(
            cell_output, dimension(cell_output, 0), "checked_cell_output", "is called with a state"
        )

        attentions, alignments, attention_states, histories = [], [], [], []
        for i, mechanism in enumerate(self._attention_mechanisms):
            attention, alignment, attention_state = self._attention_fn(
                mechanism,
                cell_output,
                self._part(state.attention_state, i),
                self._attention_layers[i] if self._attention_layers else None,
            )
            history = ()
            if self._alignment_history:
                history = self._part(state.alignment_history, i).write(state.time, alignment)
            attentions.append(attention)
            alignments.append(alignment)
            attention_states.append(attention_state)
            histories.append(history)

        attention = tf.concat(attentions, 1)
        next_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=next_cell_state,
            attention=attention,
            attention_state=self._item_or_tuple(attention_states),
            alignments=self._item_or_tuple(alignments),
            alignment_history=self._item_or_tuple(histories),
        )
        return attention if self._output_attention else cell_output, next_state

    def _part(self, item_or_tuple, index):
        return item_or_tuple[index] if self._is_multi else item_or_tuple


def _attention_layers(cell, mechanisms, sizes, layers):
    """Return the mechanisms' attention layers, or None, and the total size of the attentions."""
    if sizes is not None and layers is not None:
        raise ValueError("give attention_layer_size or attention_layer, not both")
    if sizes is not None:
        sizes = _one_for_each(mechanisms, "attention_layer_size", sizes)
        return tuple(
            internals.legacy_layers.Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
            for size, mechanism in zip(sizes, mechanisms)
        ), sum(sizes)

    memory_sizes = [tf.dimension_value(m.values.shape[-1]) for m in mechanisms]
    if layers is None:
        return None, sum(memory_sizes)
    layers = _one_for_each(mechanisms, "attention_layer", layers)
    shapes = [layer.compute_output_shape([None, cell.output_size + size]) for layer, size in zip(layers, memory_sizes)]
    return layers, sum(tf.dimension_value(shape[-1]) for shape in shapes)


def _one_for_each(mechanisms, name, given):
    given = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    if len(given) != len(mechanisms):
        raise ValueError(
            f"{name} must have one entry for each of the {len(mechanisms)} attention mechanisms, received {len(given)}"
        )
    return given
