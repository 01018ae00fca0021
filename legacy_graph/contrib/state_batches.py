"""`tf.contrib.training.batch_sequences_with_states`: a state saver, padded input, and its queue runner."""

import numbers

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.state_saver import SequenceQueueingStateSaver


def batch_sequences_with_states(
    input_key,
    input_sequences,
    input_context,
    input_length,
    initial_states,
    num_unroll,
    batch_size,
    num_threads=3,
    capacity=1000,
    allow_small_batch=True,
    pad=True,
    make_keys_unique=False,
    make_keys_unique_seed=None,
    name=None,
):
    """Cut examples into segments of `num_unroll` steps; return the NextQueuedSequenceBatch of a new state saver.

    Start the queue runners with `tf.train.start_queue_runners`; run what `save_state` gives with every batch
    (`static_state_saving_rnn` sees to that).

    Args:
      input_length: int32 scalar, or None with `pad` for the length of the sequences.
      num_threads: number of threads that insert examples.
      pad: if True, pad the sequences with zeros to a multiple of num_unroll; else they must have such a length.
      make_keys_unique: if True, append a random number to the key, drawn with `make_keys_unique_seed`.
      The other arguments are those of SequenceQueueingStateSaver.

    Raises NotImplementedError for SparseTensors, ValueError for a num_unroll that is no int, TypeError for sequences
    that are no dict of strings, and whatever SequenceQueueingStateSaver raises.
    """
    given = [*input_sequences.values(), *input_context.values(), *initial_states.values()]
    _refuse_sparse({**input_sequences, **input_context})
    with tf.name_scope(name, "batch_sequences_with_states", given):
        if pad:
            length, input_sequences = _padded(input_sequences, num_unroll)
            input_length = length if input_length is None else input_length
        else:
            input_sequences = {key: _whole(key, value, num_unroll) for key, value in input_sequences.items()}
        _as_before(input_sequences)
        if make_keys_unique:
            number = tf.random_uniform((), minval=0, maxval=100000000, dtype=tf.int32, seed=make_keys_unique_seed)
            input_key = tf.string_join([input_key, tf.as_string(number)])
        saver = SequenceQueueingStateSaver(
            batch_size,
            num_unroll,
            input_length=input_length,
            input_key=input_key,
            input_sequences=input_sequences,
            input_context=input_context,
            initial_states=initial_states,
            capacity=capacity,
            allow_small_batch=allow_small_batch,
        )
        ready = tf.cast(saver.barrier.ready_size(), tf.float32)
        tf.summary.scalar(f"queue/{saver.barrier.name}/ready_segment_batches_", ready)
        ends = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
        runner = tf.train.QueueRunner(saver, [saver.prefetch_op] * num_threads, queue_closed_exception_types=ends)
        tf.train.add_queue_runner(runner)
        return saver.next_batch


def _refuse_sparse(given):
    for key, value in given.items():
        if isinstance(value, (tf.SparseTensor, tf.SparseTensorValue)):
            raise NotImplementedError(
                f"batch_sequences_with_states: {key!r} is a SparseTensor, which is not reproduced here; "
                "give tf.sparse.to_dense(...) of it"
            )


def _padded(sequences, num_unroll):
    """Return (the sequences' length, the sequences padded with zeros to a multiple of num_unroll)."""
    if not isinstance(num_unroll, numbers.Integral):
        raise ValueError(f"Unsupported num_unroll expected int, got: {num_unroll}")
    if not isinstance(sequences, dict):
        raise TypeError(f"Unsupported sequences expected dict, got: {sequences}")
    for key in sequences:
        if not isinstance(key, str):
            raise TypeError(f"Unsupported sequences key expected string, got: {key}")
    if not sequences:
        return 0, {}
    sequences = {key: tf.convert_to_tensor(value) for key, value in sorted(sequences.items())}
    length = _common_length(list(sequences.values()))
    unroll = tf.constant(num_unroll)
    padded_length = length + ((unroll - (length % unroll)) % unroll)
    return length, {key: _pad(value, padded_length) for key, value in sequences.items()}


def _common_length(tensors):
    lengths = [tf.shape(tensor)[0] for tensor in tensors]
    checks = []
    for length in lengths:
        same = tf.equal(length, lengths[0])
        message = ["All sequence lengths must match, but received lengths: ", tf.as_string(lengths)]
        checks.append(tf.Assert(same, [tf.string_join(message)]))
    with tf.control_dependencies(checks):
        return tf.identity(lengths[0], name="control_dependency")


def _pad(value, padded_length):
    missing = [padded_length - tf.shape(value)[0]]
    shape = tf.concat((missing, tf.shape(value)[1:]), 0)
    nothing = tf.constant("" if value.dtype == tf.string else 0, dtype=value.dtype)
    return tf.concat([value, tf.fill(dims=shape, value=nothing)], 0)


def _whole(key, value, num_unroll):
    """Return the sequence, checked to have a length that is a multiple of num_unroll."""
    value = tf.convert_to_tensor(value)
    length = tf.shape(value)[0]
    whole = tf.logical_and(tf.equal(length % num_unroll, 0), tf.not_equal(length, 0))
    message = tf.string_join(
        [
            f"Tensor {key} first dimension should be a multiple of: ",
            tf.as_string(num_unroll),
            ", but saw value: ",
            tf.as_string(length),
            ". Consider setting pad=True.",
        ]
    )
    with tf.control_dependencies([tf.Assert(whole, [message])]):
        return tf.identity(value, name="multiple_of_checked")


def _as_before(sequences):
    """Make the ops that 1.15 made here in case of SparseTensors: a seed counted from the ops must stay the same."""
    length = tf.constant(1)
    if sequences:
        first = next(iter(sequences.values()))
        with tf.control_dependencies([first]):
            length = tf.shape(first)[0]
    tf.cast(length, tf.int64)
