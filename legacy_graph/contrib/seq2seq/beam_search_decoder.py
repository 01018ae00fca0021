"""A beam search decoder; replaces `contrib.seq2seq.python.ops.beam_search_decoder`."""

import collections

import numpy as np
import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn.rnn_cell_impl import assert_like_rnncell
from legacy_graph.contrib.seq2seq.basic_decoder import output_size_after
from legacy_graph.contrib.seq2seq.beam_search_ops import gather_tree

# Includes private names that programs for TF 1 call.
from legacy_graph.contrib.seq2seq.beam_search_step import (
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
    _beam_search_step,
    _check_ndims,
    _get_scores,
    _length_penalty,
    _mask_probs,
    _maybe_tensor_gather_helper,
    _tensor_gather_helper,
    attention_probs_from_attn_state,
    get_attention_probs,
)
from legacy_graph.contrib.seq2seq.decoder import Decoder
from legacy_graph.contrib.seq2seq.helper_base import _embedding_fn

__all__ = [
    "BeamSearchDecoder",
    "BeamSearchDecoderOutput",
    "BeamSearchDecoderState",
    "FinalBeamSearchDecoderOutput",
    "tile_batch",
]


class FinalBeamSearchDecoderOutput(
    collections.namedtuple("FinalBeamDecoderOutput", ("predicted_ids", "beam_search_decoder_output"))
):
    """Result of a beam search.

    predicted_ids: int32, (batch, time, beam_width), or (time, batch, beam_width); complete
    hypotheses, best first. beam_search_decoder_output: the choices made at each step.
    """

    __slots__ = ()


def tile_batch(t, multiplier, name=None):
    """Repeat each row `multiplier` times: rows a, b become a, a, b, b if it is 2.

    Args:
      t: a tensor (batch, ...) of known rank, or a nested structure of them.
      multiplier: int, the beam width.

    Returns:
      Tensors (batch * multiplier, ...), nested like `t`.

    Raises:
      ValueError: a tensor is a scalar, or of unknown rank.
    """
    with tf.name_scope(name, "tile_batch", tf.nest.flatten(t) + [multiplier]):
        return tf.nest.map_structure(lambda part: _tile_batch(part, multiplier), t)


def _tile_batch(t, multiplier):
    t = tf.convert_to_tensor(t, name="t")
    shape = tf.shape(t)
    if not t.shape.ndims:
        raise ValueError(f"tile_batch needs tensors of known rank, at least 1; received: {t}")
    repeats = [1] * (t.shape.ndims + 1)
    repeats[1] = multiplier
    tiled = tf.tile(tf.expand_dims(t, 1), repeats)
    tiled = tf.reshape(tiled, tf.concat(([shape[0] * multiplier], shape[1:]), 0))
    batch_size = tf.dimension_value(t.shape[0])
    static = [None if batch_size is None else batch_size * multiplier]
    tiled.set_shape(tf.TensorShape(static).concatenate(t.shape[1:]))
    return tiled


def gather_tree_from_array(t, parent_ids, sequence_length):
    """Reorder values recorded at each step, e.g. alignments, so that each final beam has its own history.

    Args:
      t: (time, batch, beam_width, ...) or (time, batch * beam_width, ...), a stacked TensorArray.
      parent_ids: int32, (time, batch, beam_width), the beam of the previous step that each beam continues.
      sequence_length: int, (batch, beam_width).

    Returns:
      A tensor like `t`, in which each beam has the values of its ancestors.
    """
    max_time, batch_size, beam_width = (
        tf.dimension_value(size) or tf.shape(parent_ids)[axis] for axis, size in enumerate(parent_ids.shape)
    )
    own_beams = tf.expand_dims(tf.expand_dims(tf.range(beam_width), 0), 0)
    own_beams = tf.tile(own_beams, [max_time, batch_size, 1])
    longest = tf.cast(tf.reduce_max(sequence_length, axis=1), tf.int32)
    beams = gather_tree(
        step_ids=own_beams, parent_ids=parent_ids, max_sequence_lengths=longest, end_token=beam_width + 1
    )
    inside = tf.transpose(tf.sequence_mask(sequence_length, maxlen=max_time), perm=[2, 0, 1])
    beams = tf.where(inside, x=beams, y=own_beams)

    times = tf.tile(tf.reshape(tf.range(max_time), [-1, 1, 1]), [1, batch_size, beam_width])
    rows = tf.tile(tf.reshape(tf.range(batch_size), [-1, 1, 1]), [1, max_time, beam_width])
    rows = tf.transpose(rows, perm=[1, 0, 2])
    indices = tf.stack([times, rows, beams], -1)
    shape = tf.shape(t)
    gathered = tf.gather_nd(tf.reshape(t, [max_time, batch_size, beam_width, -1]), indices)
    return tf.reshape(gathered, shape)


class BeamSearchDecoder(Decoder):
    """Beam search: keeps the `beam_width` best partial hypotheses of each sequence.

    With an AttentionWrapper, tile the memory, its lengths and the encoder's state with
    `tile_batch(..., multiplier=beam_width)` before creating the mechanism, and call `zero_state`
    with batch size times beam width.

    Args:
      cell: an RNNCell.
      embedding: function of ids (batch, beam_width), or the embedding matrix.
      start_tokens: int32, (batch,).
      end_token: int32 scalar.
      initial_state: the cell's state, (batch * beam_width, ...).
      beam_width: int.
      output_layer: a layer that maps the cell's outputs to logits, or None.
      length_penalty_weight: exponent of the length penalty; with 0, short hypotheses are favoured, because
        each further symbol lowers the probability.
      coverage_penalty_weight: if positive, hypotheses that attend to all of the memory are favoured.
      reorder_tensor_arrays: if True, TensorArrays in the cell's state (an alignment history) are stacked
        and reordered, so that each beam has the values of its ancestors. If False they are returned as
        they are. That also happens, with a warning, if batch size and memory time are both known
        statically, because TensorFlow 1.15 does not recognize the beam axis then.

    Raises:
      TypeError: `cell` or `output_layer` is of the wrong type.
      ValueError: `start_tokens` is not a vector, `end_token` is not a scalar, or `initial_state` has
        not been tiled.
    """

    def __init__(
        self,
        cell,
        embedding,
        start_tokens,
        end_token,
        initial_state,
        beam_width,
        output_layer=None,
        length_penalty_weight=0.0,
        coverage_penalty_weight=0.0,
        reorder_tensor_arrays=True,
    ):
        assert_like_rnncell("cell", cell)
        if output_layer is not None and not isinstance(output_layer, internals.keras_v1.layers.Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._output_layer = output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        self._embedding_fn = _embedding_fn(embedding)
        self._start_tokens = tf.convert_to_tensor(start_tokens, dtype=tf.int32, name="start_tokens")
        if self._start_tokens.get_shape().ndims != 1:
            raise ValueError(f"start_tokens must be a vector, received shape: {self._start_tokens.get_shape()}")
        self._end_token = tf.convert_to_tensor(end_token, dtype=tf.int32, name="end_token")
        if self._end_token.get_shape().ndims != 0:
            raise ValueError(f"end_token must be a scalar, received shape: {self._end_token.get_shape()}")

        self._batch_size = tf.size(start_tokens)
        self._initial_cell_state = tf.nest.map_structure(self._maybe_split_batch_beams, initial_state, cell.state_size)
        self._start_tokens = tf.tile(tf.expand_dims(self._start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        # All beams are equal at first, so only the first one may be continued.
        self._finished = tf.one_hot(
            tf.zeros([self._batch_size], dtype=tf.int32),
            depth=beam_width,
            on_value=False,
            off_value=True,
            dtype=tf.bool,
        )

    @property
    def batch_size(self):
        return self._batch_size

    @property
    def tracks_own_finished(self):
        """True: the beams are reordered at each step, and `finished` with them."""
        return True

    def _rnn_output_size(self):
        return output_size_after(self._cell, self._output_layer)

    @property
    def output_size(self):
        shape = tf.TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(scores=shape, predicted_ids=shape, parent_ids=shape)

    @property
    def output_dtype(self):
        """Dtype of the first state tensor for the scores, int32 for the ids."""
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        return BeamSearchDecoderOutput(
            scores=tf.nest.map_structure(lambda _: dtype, self._rnn_output_size()),
            predicted_ids=tf.int32,
            parent_ids=tf.int32,
        )

    def initialize(self, name=None):
        dtype = tf.nest.flatten(self._initial_cell_state)[0].dtype
        log_probs = tf.one_hot(
            tf.zeros([self._batch_size], dtype=tf.int32),
            depth=self._beam_width,
            on_value=tf.convert_to_tensor(0.0, dtype=dtype),
            off_value=tf.convert_to_tensor(-np.inf, dtype=dtype),
            dtype=dtype,
        )
        attention = get_attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=tf.zeros([self._batch_size, self._beam_width], dtype=tf.int64),
            accumulated_attention_probs=() if attention is None else attention,
        )
        return self._finished, self._start_inputs, state

    def step(self, time, inputs, state, name=None):
        with tf.name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
            inputs = tf.nest.map_structure(lambda part: self._merge_batch_beams(part, s=part.shape[2:]), inputs)
            cell_state = tf.nest.map_structure(self._maybe_merge_batch_beams, state.cell_state, self._cell.state_size)
            outputs, next_cell_state = self._cell(inputs, cell_state)
            outputs = tf.nest.map_structure(lambda part: self._split_batch_beams(part, part.shape[1:]), outputs)
            next_cell_state = tf.nest.map_structure(
                self._maybe_split_batch_beams, next_cell_state, self._cell.state_size
            )
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            output, state = _beam_search_step(
                time=time,
                logits=outputs,
                next_cell_state=next_cell_state,
                beam_state=state,
                batch_size=self._batch_size,
                beam_width=self._beam_width,
                end_token=self._end_token,
                length_penalty_weight=self._length_penalty_weight,
                coverage_penalty_weight=self._coverage_penalty_weight,
            )
            next_inputs = tf.cond(
                tf.reduce_all(state.finished),
                lambda: self._start_inputs,
                lambda: self._embedding_fn(output.predicted_ids),
            )
        return output, state, next_inputs, state.finished

    def finalize(self, outputs, final_state, sequence_lengths):
        """Return complete hypotheses and reordered histories; the lengths are those in the state."""
        longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
        predicted_ids = gather_tree(
            outputs.predicted_ids, outputs.parent_ids, max_sequence_lengths=longest, end_token=self._end_token
        )
        if self._reorder_tensor_arrays:
            final_state = final_state._replace(
                cell_state=tf.nest.map_structure(
                    lambda part: self._maybe_sort_array_beams(part, outputs.parent_ids, final_state.lengths),
                    final_state.cell_state,
                )
            )
        return FinalBeamSearchDecoderOutput(predicted_ids, outputs), final_state

    def _merge_batch_beams(self, t, s=None):
        """Reshape (batch, beam_width, s...) to (batch * beam_width, s...)."""
        shape = tf.shape(t)
        batch_size = tf.get_static_value(self._batch_size)
        rows = None if batch_size is None else batch_size * self._beam_width
        merged = tf.reshape(t, tf.concat(([self._batch_size * self._beam_width], shape[2:]), 0))
        merged.set_shape(tf.TensorShape([rows]).concatenate(_static_shape(s)))
        return merged

    def _split_batch_beams(self, t, s=None):
        """Reshape (batch * beam_width, s...) to (batch, beam_width, s...). Raises ValueError for other shapes."""
        batch_size = tf.get_static_value(self._batch_size)
        expected = tf.TensorShape([batch_size, self._beam_width]).concatenate(_static_shape(s))
        rows = tf.dimension_value(t.shape[0])
        other_rows = None not in (batch_size, rows) and rows != batch_size * self._beam_width
        if other_rows or not t.shape[1:].is_compatible_with(expected[2:]):
            raise ValueError(
                f"a tensor of the beam search has shape {t.shape}, and cannot be split into "
                f"(batch, beam_width, ...) = {expected}. A state must have batch_size * beam_width "
                "rows: make it with tile_batch, or with zero_state of so many"
            )
        shape = tf.shape(t)
        split = tf.reshape(t, tf.concat(([self._batch_size, self._beam_width], shape[1:]), 0))
        split.set_shape(expected)
        return split

    def _maybe_split_batch_beams(self, t, s):
        """Split beams, except for scalars and TensorArrays."""
        if isinstance(t, tf.TensorArray):
            return t
        _check_ndims(t)
        return self._split_batch_beams(t, s) if t.shape.ndims >= 1 else t

    def _maybe_merge_batch_beams(self, t, s):
        """Merge beams, except for TensorArrays and tensors without a beam axis."""
        if isinstance(t, tf.TensorArray):
            return t
        _check_ndims(t)
        return self._merge_batch_beams(t, s) if t.shape.ndims >= 2 else t

    def _maybe_sort_array_beams(self, t, parent_ids, sequence_length):
        """Return a TensorArray stacked and reordered by beams, if its elements have a beam axis."""
        if not isinstance(t, tf.TensorArray):
            return t
        advice = "; reorder_tensor_arrays=False leaves out the reordering of TensorArrays"
        if not t.element_shape.ndims:
            tf.logging.warn(
                f"the TensorArray {t.handle.name} of the cell state is not reordered: its elements "
                f"must have a known rank of at least 1, their shape is {t.element_shape}{advice}"
            )
            return t
        if not _may_be_beams(t.element_shape, tf.get_static_value(self._batch_size), self._beam_width):
            tf.logging.warn(
                f"a TensorArray of the cell state is not reordered: its elements, of shape "
                f"{t.element_shape}, cannot be split by batch and beam{advice}"
            )
            return t
        t = t.stack()
        with tf.control_dependencies([self._assert_beams(t, advice)]):
            return gather_tree_from_array(t, parent_ids, sequence_length)

    def _assert_beams(self, t, advice):
        """Return an Assert that (time, ...) has a beam axis, separate or merged with the batch axis."""
        shape = tf.shape(t)
        is_beams = tf.equal(shape[1], self._batch_size * self._beam_width)
        if t.shape.ndims > 2:
            is_beams = tf.logical_or(
                is_beams, tf.logical_and(tf.equal(shape[1], self._batch_size), tf.equal(shape[2], self._beam_width))
            )
        return tf.Assert(is_beams, [f"elements of the TensorArray {t.name} cannot be split by batch and beam{advice}"])


def _static_shape(size):
    """Return the TensorShape of a size that is given as a tensor, an int or a shape."""
    return tf.TensorShape(tf.get_static_value(size) if isinstance(size, tf.Tensor) else size)


def _may_be_beams(shape, batch_size, beam_width):
    """Return whether TensorFlow 1.15 considers the known sizes of `shape` as (batch * beam_width, ...)."""
    rows = tf.dimension_value(shape[0])
    if batch_size is None or rows is None:
        return True
    columns = tf.dimension_value(shape[1]) if shape.ndims >= 2 else None
    return rows == batch_size * beam_width and (columns is None or (rows, columns) == (batch_size, beam_width))
