"""`tf.contrib.training.bucket` and `bucket_by_sequence_length`: queues that batch similar examples together."""

import functools

import tensorflow.compat.v1 as tf

from legacy_graph import internals

_input = internals.train_input
_LEAST, _MOST = tf.int32.min, tf.int32.max


def bucket(
    tensors,
    which_bucket,
    batch_size,
    num_buckets,
    num_threads=1,
    capacity=32,
    bucket_capacities=None,
    shapes=None,
    dynamic_pad=False,
    allow_smaller_final_batch=False,
    keep_input=True,
    shared_name=None,
    name=None,
):
    """Batch examples by bucket, and return (bucket index, batch) as soon as any bucket can fill a batch.

    Each bucket is a queue. A full batch moves from its bucket to a top queue, from which the result is dequeued.
    Start the queue runners with `tf.train.start_queue_runners`.

    Args:
      tensors: list or dict of tensors, one example.
      which_bucket: int32 scalar tensor, the bucket of this example.
      batch_size: int, or a list with one batch size per bucket.
      num_buckets: int, the number of buckets.
      num_threads: number of threads that enqueue examples.
      capacity: capacity of the top queue in batches, and of each bucket in examples.
      bucket_capacities: list of the buckets' capacities; default `capacity` for each.
      shapes: list of the tensors' shapes; needed only where they cannot be inferred.
      dynamic_pad: if True, pad the examples of a batch to the largest shape in it.
      allow_smaller_final_batch: if True, return the remaining examples when the input ends.
      keep_input: bool scalar; False drops the example.
      shared_name: name under which sessions share the queues.
      name: name scope of the ops.

    Raises ValueError for lists of the wrong length, an empty `tensors`, or shapes that cannot be inferred.
    """
    batch_sizes, one_size = _sizes(batch_size, num_buckets)
    capacities = [capacity] * num_buckets if bucket_capacities is None else bucket_capacities
    if len(capacities) != num_buckets:
        raise ValueError(
            f"The list bucket_capacities ({capacities}) must have exactly num_buckets ({num_buckets}) elements."
        )
    given = _input._as_tensor_list(tensors)
    with tf.name_scope(name, "bucket", given) as name:
        given = internals.indexed_slices.convert_n_to_tensor_or_indexed_slices(given)
        if not given:
            raise ValueError("Expected at least one tensor in bucket().")
        keep_input = _input._validate_keep_input(keep_input, enqueue_many=False)
        given, sparse = _input._store_sparse_tensors(given, enqueue_many=False, keep_input=keep_input)
        batch_sizes = [_static(size) for size in batch_sizes]
        types = _input._dtypes([given])
        shapes = _input._shapes([given], shapes, enqueue_many=False)
        which_bucket = tf.convert_to_tensor(which_bucket, dtype=tf.int32, name="which_bucket")
        make = _input._which_queue(dynamic_pad)
        queues = [
            make(
                capacity=capacities[i],
                dtypes=types,
                shapes=shapes,
                shared_name=None if shared_name is None else f"{shared_name}_{i}",
                name=f"bucket_queue_{i}",
            )
            for i in range(num_buckets)
        ]
        known = batch_sizes[-1] if one_size and not allow_smaller_final_batch else None
        top = tf.PaddingFIFOQueue(
            capacity=capacity,
            dtypes=[tf.int32, *types],
            shapes=[tf.TensorShape([]), *(tf.TensorShape([known]).concatenate(shape) for shape in queues[0].shapes)],
            shared_name=shared_name,
            name="top_queue",
        )
        fill = internals.smart_cond.smart_cond(keep_input, lambda: _enqueue(queues, which_bucket, given), tf.no_op)
        _run_queues(queues, top, [fill] * num_threads, _batches(queues, top, batch_sizes, allow_smaller_final_batch))
        for queue in queues:
            tf.summary.scalar(f"bucket/{queue.name}/size", tf.cast(top.size(), tf.float32))
        fullness = tf.cast(top.size(), tf.float32) * (1.0 / capacity)
        tf.summary.scalar(f"bucket/{top.name}/fraction_of_{capacity}_full", fullness)
        which, *batch = top.dequeue(name="dequeue_top")
        batch = _input._restore_sparse_tensors(batch[0] if len(batch) == 1 else batch, sparse)
        return which, _input._as_original_type(tensors, batch)


def _sizes(batch_size, num_buckets):
    """Return one batch size per bucket, and whether a single size was given."""
    if not isinstance(batch_size, (list, tuple)):
        return [batch_size] * num_buckets, True
    if len(batch_size) != num_buckets:
        raise ValueError("If batch_size is a list it must have num_buckets elements")
    return list(batch_size), False


def _static(size):
    """Return the batch size as an int if it is known statically, else as a tensor."""
    tensor = tf.convert_to_tensor(size, dtype=tf.int32, name="batch_size")
    known = tf.get_static_value(tensor)
    return tensor if known is None else known


def _enqueue(queues, which, tensors):
    """Return an op that enqueues the example in its bucket."""
    into = [
        tf.cond(tf.equal(which, i), functools.partial(queue.enqueue, tensors), tf.no_op)
        for i, queue in enumerate(queues)
    ]
    return tf.group(*into, name="group_enqueues")


def _batches(queues, top, sizes, smaller):
    """Return one op per bucket that moves a batch from the bucket to the top queue."""
    moves = []
    for i, (queue, size) in enumerate(zip(queues, sizes)):
        take = queue.dequeue_up_to if smaller else queue.dequeue_many
        number = tf.constant(i)
        batch = take(size, name=f"read_bucket_{i}")
        batch = batch if isinstance(batch, (list, tuple)) else [batch]
        moves.append(top.enqueue([number, *batch], name=f"enqueue_from_bucket_{i}"))
    return moves


def _run_queues(queues, top, fill, moves):
    """Add the queue runners: one fills the buckets and closes them at the end of input, one moves batches."""
    ends = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
    tf.train.add_queue_runner(
        tf.train.QueueRunner(
            queues[0],
            moves,
            close_op=top.close(),
            cancel_op=top.close(cancel_pending_enqueues=True),
            queue_closed_exception_types=ends,
        )
    )
    tf.train.add_queue_runner(
        tf.train.QueueRunner(
            top,
            fill,
            close_op=tf.group(*[queue.close() for queue in queues]),
            cancel_op=tf.group(*[queue.close(cancel_pending_enqueues=True) for queue in queues]),
            queue_closed_exception_types=ends,
        )
    )


def bucket_by_sequence_length(
    input_length,
    tensors,
    batch_size,
    bucket_boundaries,
    num_threads=1,
    capacity=32,
    bucket_capacities=None,
    shapes=None,
    dynamic_pad=False,
    allow_smaller_final_batch=False,
    keep_input=True,
    shared_name=None,
    name=None,
):
    """Batch examples of similar length, and return (lengths, batch).

    Args:
      input_length: int32 scalar tensor, the length of the example.
      bucket_boundaries: strictly increasing list of ints. Bucket 0 takes lengths below the first boundary, the last
        bucket those from the last boundary on, so there is one more bucket than boundaries.
      The other arguments are those of `bucket`.

    Raises TypeError for boundaries that are not integers, ValueError for an empty list or for boundaries that do not
    increase, and whatever `bucket` raises.
    """
    given = _input._as_tensor_list(tensors)
    _check_boundaries(bucket_boundaries)
    with tf.name_scope(name, "bucket_by_sequence_length", [input_length, *given]) as name:
        input_length = tf.convert_to_tensor(input_length, dtype=tf.int32, name="input_length")
        least, below = [_LEAST, *bucket_boundaries], [*bucket_boundaries, _MOST]
        inside = tf.logical_and(tf.less_equal(least, input_length), tf.less(input_length, below))
        which = tf.cast(tf.reduce_min(tf.where_v2(inside)), tf.int32)
        _, batch = bucket(
            tensors=[input_length, *given],
            which_bucket=which,
            batch_size=batch_size,
            num_buckets=len(bucket_boundaries) + 1,
            num_threads=num_threads,
            capacity=capacity,
            bucket_capacities=bucket_capacities,
            shapes=None if shapes is None else [tf.TensorShape([]), *shapes],
            dynamic_pad=dynamic_pad,
            allow_smaller_final_batch=allow_smaller_final_batch,
            keep_input=keep_input,
            shared_name=shared_name,
        )
        return batch[0], _input._as_original_type(tensors, batch[1:])


def _check_boundaries(boundaries):
    if not isinstance(boundaries, (list, tuple)):
        raise TypeError(f"bucket_boundaries must be a list or tuple, but received: {boundaries}")
    if not boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for start, end in zip(boundaries[:-1], boundaries[1:]):
        if not isinstance(start, int) or not isinstance(end, int):
            raise TypeError(f"bucket boundaries must be integers, but saw: {start} and {end}")
        if start >= end:
            raise ValueError(f"Buckets must contain sequential increasing lengths, but saw: {start} before {end}")
