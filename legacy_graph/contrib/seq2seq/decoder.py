"""The decoding loop; replaces `contrib.seq2seq.python.ops.decoder` of TensorFlow 1.15."""

import abc

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.rnn import transpose_batch_time as _transpose_batch_time
from legacy_graph.contrib.rnn.rnn_cell_impl import _zero_state_tensors

__all__ = ["Decoder", "dynamic_decode"]


class Decoder(abc.ABC):
    """Interface for `dynamic_decode`: initialization, one decoding step, and finalization.

    Subclasses implement `initialize`, `step` and the three properties; `finalize` and
    `tracks_own_finished` are optional.
    """

    @property
    def batch_size(self):
        """Number of sequences: a scalar int32 tensor."""
        raise NotImplementedError

    @property
    def output_size(self):
        """Shape of one step's outputs without the batch axis: nested ints or TensorShapes."""
        raise NotImplementedError

    @property
    def output_dtype(self):
        """DTypes, nested like `output_size`."""
        raise NotImplementedError

    @abc.abstractmethod
    def initialize(self, name=None):
        """Return `(finished, first_inputs, initial_state)`; `finished` is bool, (batch,)."""
        raise NotImplementedError

    @abc.abstractmethod
    def step(self, time, inputs, state, name=None):
        """Return `(outputs, next_state, next_inputs, finished)` of step `time`, a scalar int32."""
        raise NotImplementedError

    def finalize(self, outputs, final_state, sequence_lengths):
        """Return `(final_outputs, final_state)`, given the time-major outputs of all steps."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self):
        """Whether `step` itself keeps track of finished sequences.

        If False (the default), `dynamic_decode` does, and a finished sequence stays finished. A decoder
        that reorders its sequences between steps, as beam search does, must keep track itself.
        """
        return False


def dynamic_decode(
    decoder,
    output_time_major=False,
    impute_finished=False,
    maximum_iterations=None,
    parallel_iterations=32,
    swap_memory=False,
    scope=None,
    **kwargs,
):
    """Decode until all sequences are finished: call `initialize` once, then `step` in a loop.

    Args:
      decoder: a `Decoder`.
      output_time_major: if True, outputs are (time, batch, ...), else (batch, time, ...).
      impute_finished: if True, past a sequence's end outputs are zeros and the state is its last one.
        If False, outputs are the decoder's until the longest sequence ends.
      maximum_iterations: int32 scalar, the maximum number of steps; None for no limit.
      parallel_iterations, swap_memory: arguments of `tf.while_loop`.
      scope: variable scope; default a unique "decoder".

    Returns:
      `(final_outputs, final_state, final_sequence_lengths)`; the lengths are int32, with the shape of
      the decoder's `finished`, usually (batch,).

    Raises:
      TypeError: `decoder` is not a Decoder; or there are other keyword arguments, which TensorFlow 1.15
        accepts for its Keras decoders only (not supplied here).
      ValueError: `maximum_iterations` is not a scalar.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"dynamic_decode runs a seq2seq Decoder, received: {type(decoder)}")
    if kwargs:
        raise TypeError(f"dynamic_decode does not know the argument {sorted(kwargs)[0]!r}")

    with tf.variable_scope(scope, "decoder") as variable_scope:
        _cache_variables(variable_scope)
        if maximum_iterations is not None:
            maximum_iterations = _scalar_int32("maximum_iterations", maximum_iterations)
        finished, inputs, state = decoder.initialize()
        zero_outputs = _create_zero_outputs(decoder.output_size, decoder.output_dtype, decoder.batch_size)
        if maximum_iterations is not None:
            finished = tf.logical_or(finished, 0 >= maximum_iterations)
        lengths = tf.zeros_like(finished, dtype=tf.int32)
        time = tf.constant(0, dtype=tf.int32)
        outputs_ta = tf.nest.map_structure(
            lambda size, dtype: _output_array(size, dtype, decoder.batch_size),
            decoder.output_size,
            decoder.output_dtype,
        )

        _, outputs_ta, state, _, _, lengths = tf.while_loop(
            lambda time, outputs_ta, state, inputs, finished, lengths: tf.logical_not(tf.reduce_all(finished)),
            _loop_body(decoder, zero_outputs if impute_finished else None),
            loop_vars=(time, outputs_ta, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            maximum_iterations=maximum_iterations,
            swap_memory=swap_memory,
        )

        outputs = tf.nest.map_structure(lambda array: array.stack(), outputs_ta)
        try:
            outputs, state = decoder.finalize(outputs, state, lengths)
        except NotImplementedError:
            pass
        if not output_time_major:
            outputs = tf.nest.map_structure(_transpose_batch_time, outputs)
    return outputs, state, lengths


def _scalar_int32(name, value):
    tensor = tf.convert_to_tensor(value, dtype=tf.int32, name=name)
    if tensor.get_shape().ndims != 0:
        raise ValueError(f"{name} must be a scalar, received shape: {tensor.get_shape()}")
    return tensor


def _cache_variables(variable_scope):
    """Cache variable reads outside the loop, unless this loop is inside another loop.

    An iteration of the outer loop may include a training step, after which the weights must be read again.
    """
    context = tf.get_default_graph()._get_control_flow_context()
    in_loop = internals.control_flow_util.GetContainingWhileContext(context) is not None
    if not in_loop and variable_scope.caching_device is None:
        variable_scope.set_caching_device(lambda op: op.device)


def _loop_body(decoder, zero_outputs):
    """Return the loop body; if `zero_outputs` is not None, they replace the outputs past a sequence's end."""
    impute_finished = zero_outputs is not None

    def body(time, outputs_ta, state, inputs, finished, lengths):
        outputs, next_state, next_inputs, next_finished = decoder.step(time, inputs, state)
        if not decoder.tracks_own_finished:
            next_finished = tf.logical_or(next_finished, finished)
        next_lengths = tf.where(tf.logical_not(finished), tf.fill(tf.shape(lengths), time + 1), lengths)

        tf.nest.assert_same_structure(state, next_state)
        tf.nest.assert_same_structure(outputs_ta, outputs)
        tf.nest.assert_same_structure(inputs, next_inputs)
        if impute_finished:
            outputs = tf.nest.map_structure(lambda out, zero: tf.where(finished, zero, out), outputs, zero_outputs)
            next_state = tf.nest.map_structure(lambda new, old: _keep_finished(finished, new, old), next_state, state)
        outputs_ta = tf.nest.map_structure(lambda array, out: array.write(time, out), outputs_ta, outputs)
        return time + 1, outputs_ta, next_state, next_inputs, next_finished, next_lengths

    return body


def _keep_finished(finished, new, old):
    """Return `old` where `finished`, else `new`; always `new` for TensorArrays and scalars."""
    if isinstance(old, tf.TensorArray):
        return new
    new.set_shape(old.shape)
    return new if new.shape.ndims == 0 else tf.where(finished, old, new)


def _create_zero_outputs(size, dtype, batch_size):
    """Return zeros with the structure of `size`, one row per sequence."""
    return tf.nest.map_structure(
        lambda part, part_dtype: _zero_state_tensors(part, batch_size, part_dtype), size, dtype
    )


def _output_array(size, dtype, batch_size):
    """Return a dynamic-size TensorArray with elements (batch, size...)."""
    element_shape = None
    if isinstance(size, tf.TensorShape) and size.ndims != 0:
        static_batch_size = tf.get_static_value(tf.convert_to_tensor(batch_size, name="batch_size"))
        element_shape = tf.TensorShape([static_batch_size]).concatenate(size)
    return tf.TensorArray(dtype=dtype, size=0, dynamic_size=True, element_shape=element_shape)
