"""`tf.contrib.training.SequenceQueueingStateSaver`: long sequences cut into segments, the state kept between them.

An example of n * num_unroll steps goes into a barrier as n entries, keyed "00000_of_0000n:key" and so on. An entry
can be taken once all its components are there. The first entry gets the initial states at once; each later one gets
its states from `save_state` of the entry before. There are as many ops as in 1.15: seeds counted from them hold.
"""

import collections

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.checked_tensors import assured, checked_multiple, checked_rank, checked_shape, checked_sizes

_TOKEN = 21051976  # 1.15's own; nobody reads it


class NextQueuedSequenceBatch:
    """A batch of segments taken from a SequenceQueueingStateSaver; the state saver of `static_state_saving_rnn`.

    Each property is a tensor with one entry per example of the batch, unless said otherwise.
    """

    def __init__(self, state_saver):
        self._saver = state_saver

    def _taken(self, name):
        return self._saver._taken[name]

    @property
    def total_length(self):
        """int32, the length of each whole example before padding."""
        return self._taken("__total_length")

    @property
    def length(self):
        """int32, how many of the segment's steps are the example's, between 0 and num_unroll."""
        return self._taken("__length")

    @property
    def batch_size(self):
        """int32 scalar, the number of examples; smaller at the end of the input if allow_small_batch."""
        return self._saver._taken_size

    @property
    def insertion_index(self):
        """int64, increasing from -2**63 with each example inserted; the oldest are served first."""
        return self._saver._indices

    @property
    def key(self):
        """string, "(segment)_of_(segments):(key)"."""
        return self._saver._keys

    @property
    def next_key(self):
        """string, the key of the next segment, or "STOP:(key)" after the last."""
        return self._taken("__next_key")

    @property
    def sequence(self):
        """int32, the segment's number, counted from 0."""
        return self._taken("__sequence")

    @property
    def sequence_count(self):
        """int32, the number of segments of the example."""
        return self._taken("__sequence_count")

    @property
    def context(self):
        """OrderedDict of name to tensor (batch, ...)."""
        return self._saver._taken_of("context")

    @property
    def sequences(self):
        """OrderedDict of name to tensor (batch, num_unroll, ...)."""
        return self._saver._taken_of("sequence")

    def state(self, state_name):
        """Return the state (batch, ...) as the previous segment saved it, or the initial one."""
        return self._saver._taken_states[state_name]

    def save_state(self, state_name, value, name=None):
        """Return an op that hands `value` (batch, ...) on to the next segments. Run it with every batch.

        Raises KeyError for a state that was not among the initial states.
        """
        saver = self._saver
        if state_name not in saver._taken_states:
            raise KeyError(f"state was not declared: {state_name}")
        with tf.name_scope(name, "InputQueueingStateSaver_SaveState", [value]):
            going_on = tf.reshape(tf.where_v2(tf.logical_not(saver._is_done)), [-1])
            keys = tf.gather(self.next_key, going_on)
            value = tf.identity(value, name=f"convert_{state_name}")
            value = checked_shape(value, tf.shape(saver._taken_states[state_name]))
            return saver._insert(
                f"__state__{state_name}", keys, tf.gather(value, going_on), f"BarrierInsertState_{state_name}"
            )


class SequenceQueueingStateSaver:
    """Cuts examples into segments of `num_unroll` steps, batches the segments, keeps state between them.

    Args:
      batch_size: int or int32 scalar tensor.
      num_unroll: int, steps in a segment.
      input_length: int32 scalar, the example's length before padding.
      input_key: string scalar, different for each example.
      input_sequences: dict of name to tensor (padded length, ...); the padded length is a multiple of num_unroll.
      input_context: dict of name to tensor, given with every segment.
      initial_states: dict of name to tensor, one example's states before its first segment.
      capacity: int, how many examples may be under way; default no limit.
      allow_small_batch: if True, return the remaining examples when the input ends.
      name: name scope of the ops.

    Raises TypeError for what is no dict of strings and for a length or key of another dtype, ValueError for empty or
    badly named dicts, shapes that are not known, and a capacity below the batch size.
    """

    def __init__(
        self,
        batch_size,
        num_unroll,
        input_length,
        input_key,
        input_sequences,
        input_context,
        initial_states,
        capacity=None,
        allow_small_batch=False,
        name=None,
    ):
        if capacity is not None and isinstance(batch_size, tf.Tensor):
            enough = tf.debugging.assert_greater_equal(
                tf.cast(capacity, tf.int64),
                tf.cast(batch_size, tf.int64),
                message="capacity needs to be >= batch_size.",
            )
            with tf.control_dependencies([enough]):
                input_key = tf.identity(input_key)
        elif capacity is not None and capacity < batch_size:
            raise ValueError(f"capacity {capacity} needs to be >= batch_size {batch_size}")
        self._batch_size, self._num_unroll, self._allow_small_batch = batch_size, num_unroll, allow_small_batch
        self._prefetch = self._next = None
        self._capacity_queue = tf.FIFOQueue(capacity=capacity, dtypes=[tf.int32], shapes=[[]])
        _check_state_names(initial_states)
        used = [input_length, input_key, *input_sequences.values(), *input_context.values()]
        with tf.name_scope(name, "InputQueueingStateSaver", used) as self._scope:
            self._read_inputs(input_length, input_key, input_sequences, input_context, initial_states)
            self._barrier = internals.data_flow_ops.Barrier(*self._components())

    def _read_inputs(self, length, key, sequences, context, states):
        length, key = tf.convert_to_tensor(length, name="length"), tf.convert_to_tensor(key, name="key")
        _check_names(sequences, "sequence", "sequences", required=True)
        _check_names(context, "context", "context")
        sequences, context, states = (
            {k: tf.convert_to_tensor(v, name=f"{kind}_{k}") for k, v in given.items()}
            for kind, given in (("sequence", sequences), ("context", context), ("state", states))
        )
        for kind, given in (("state", states), ("context", context), ("sequence", sequences)):
            _check_known_shapes(kind, given, skipped=int(kind == "sequence"))
        length, key = checked_rank(length, 0), checked_rank(key, 0)
        for label, tensor, dtype in (("length", length, tf.int32), ("key", key, tf.string)):
            if tensor.dtype != dtype:
                raise TypeError(f"{label} dtype must be {dtype.name}, but received: {tensor.dtype}")
        sequences, self._context, self._states = _sorted(sequences), _sorted(context), _sorted(states)
        padded = tf.identity(tf.shape(next(iter(sequences.values())))[0], name="padded_length")
        self._padded_length = checked_multiple(padded, self._num_unroll)
        self._sequences = collections.OrderedDict(
            (k, checked_sizes(v, [0], [self._padded_length], f"sorted_sequences_{k}")) for k, v in sequences.items()
        )
        fits = tf.less_equal(length, self._padded_length)
        message = ["Input length should be <= than length from sequences:", length, " vs. ", self._padded_length]
        self._length, self._key = assured(length, fits, message), key

    def _components(self):
        """Return the dtypes and shapes of the barrier's components, and number their names."""
        own = "__length", "__total_length", "__next_key", "__sequence", "__sequence_count"
        types = [tf.string if name == "__next_key" else tf.int32 for name in own]
        shapes = [()] * len(own)
        names = list(own)
        for kind, given in (("sequence", self._sequences), ("context", self._context), ("state", self._states)):
            for name, tensor in given.items():
                names.append(f"__{kind}__{name}")
                types.append(tensor.dtype)
                shape = tensor.shape.as_list()
                shapes.append([self._num_unroll, *shape[1:]] if kind == "sequence" else shape)
        self._number = {name: number for number, name in enumerate(names)}
        return types, shapes

    @property
    def name(self):
        """The name scope of the ops."""
        return self._scope

    @property
    def barrier(self):
        """The barrier that holds the segments."""
        return self._barrier

    @property
    def batch_size(self):
        """The batch size as given."""
        return self._batch_size

    @property
    def num_unroll(self):
        """The number of steps in a segment."""
        return self._num_unroll

    @property
    def prefetch_op(self):
        """The op that inserts one example; made at the first use. It blocks when `capacity` is reached."""
        if self._prefetch is None:
            with tf.name_scope(None), tf.name_scope(self._scope):
                self._prefetch = self._make_prefetch()
        return self._prefetch

    @property
    def next_batch(self):
        """The NextQueuedSequenceBatch; made at the first use."""
        _ = self.prefetch_op
        if self._next is None:
            with tf.name_scope(None), tf.name_scope(self._scope):
                self._take()
            self._next = NextQueuedSequenceBatch(self)
        return self._next

    def close(self, cancel_pending_enqueues=False, name=None):
        """Return an op that ends the input: segments of examples under way can still be served."""
        with tf.name_scope(name, "SQSSClose", [self._prefetch]) as name:
            barrier = self._barrier.close(cancel_pending_enqueues, "BarrierClose")
            queue = self._capacity_queue.close(cancel_pending_enqueues, "FIFOClose")
            return tf.group(barrier, queue, name=name)

    def _insert(self, component, keys, values, name):
        return self._barrier.insert_many(self._number[component], keys, values, name=name)

    def _make_prefetch(self):
        count, unroll = tf.div(self._padded_length, self._num_unroll), self._num_unroll
        ones = tf.ones(tf.expand_dims(count, 0), dtype=tf.int32)
        numbers = tf.range(count)
        lengths = tf.minimum(unroll, tf.maximum(0, self._length - unroll * numbers))
        total_lengths, counts = self._length * ones, count * ones
        part, parts = (tf.as_string(n, width=5, fill="0") for n in (numbers, count))
        keys = tf.string_join([part, "_of_", parts, ":", self._key], name="StringJoinCurrentKeys")
        after = tf.slice(keys, [1], [-1])
        stop = tf.expand_dims(tf.string_join(["STOP:", self._key], name="StringJoinStop"), 0)
        next_keys = tf.concat([after, stop], 0, name="concat_next_keys")
        cut = {name: self._cut(name, tensor, count) for name, tensor in self._sequences.items()}
        copied = {name: _copies(name, tensor, count) for name, tensor in self._context.items()}

        numbered = self._insert("__sequence", keys, numbers, "BarrierInsertSequence")
        inserts = [
            self._insert("__sequence_count", keys, counts, "BarrierInsertSequenceCount"),
            self._insert("__next_key", keys, next_keys, "BarrierInsertNextKey"),
            self._insert("__length", keys, lengths, "BarrierInsertLength"),
            self._insert("__total_length", keys, total_lengths, "BarrierInsertTotalLength"),
        ]
        for name, value in copied.items():
            inserts.append(self._insert(f"__context__{name}", keys, value, f"BarrierInsertContext_{name}"))
        for name, value in cut.items():
            inserts.append(self._insert(f"__sequence__{name}", keys, value, f"BarrierInsertSequences_{name}"))
        token = self._capacity_queue.enqueue((_TOKEN,))
        # The segments of an example get one insertion index only if all of them are inserted before its first state.
        with tf.control_dependencies([numbered, token]):
            for name, value in self._states.items():
                first, state = tf.stack([keys[0]]), tf.stack([value])
                inserts.append(self._insert(f"__state__{name}", first, state, f"BarrierInitialInsertState_{name}"))
        return tf.group(token, numbered, *inserts, name="StateSaverPrefetchGroup")

    def _cut(self, name, tensor, count):
        """Return a sequence (segments, num_unroll, ...)."""
        rest = tensor.shape.as_list()[1:]
        parts = [tf.expand_dims(count, 0), tf.expand_dims(self._num_unroll, 0), rest]
        shape = tf.concat(parts, 0, name=f"concat_sequences_{name}")
        reshaped = tf.reshape(tensor, shape, name=f"reshape_sequences_{name}")
        sizes = [count, self._num_unroll, *rest]
        return checked_sizes(reshaped, list(range(len(sizes))), sizes, f"reshaped_sequences_{name}")

    def _take(self):
        """Make the ops that take a batch from the barrier."""
        self._indices, self._keys, values = self._barrier.take_many(
            self._batch_size, self._allow_small_batch, name="BarrierTakeMany"
        )
        self._taken = {name: values[number] for name, number in self._number.items()}
        self._of = {
            kind: collections.OrderedDict((name, self._taken[f"__{kind}__{name}"]) for name in given)
            for kind, given in (("context", self._context), ("sequence", self._sequences))
        }
        self._taken_size = tf.squeeze(tf.shape(self._taken["__length"]))
        self._is_done = self._taken["__sequence"] + 1 >= self._taken["__sequence_count"]
        finished = tf.reduce_sum(tf.cast(self._is_done, tf.int32))
        # Whoever reads the state also frees the places of the examples that end with this batch.
        with tf.control_dependencies([self._capacity_queue.dequeue_many(finished)]):
            self._taken_states = collections.OrderedDict(
                (name, tf.identity(self._taken[f"__state__{name}"])) for name in self._states
            )

    def _taken_of(self, kind):
        return self._of[kind]


def _copies(name, tensor, count):
    """Return a context (segments, ...), the same for each segment."""
    shape = tensor.shape.as_list()
    times = tf.concat([tf.expand_dims(count, 0), [1] * len(shape)], 0, name=f"concat_context_{name}")
    tiled = tf.tile(tf.expand_dims(tensor, 0), times, name=f"tile_context_{name}")
    return checked_sizes(tiled, list(range(len(shape) + 1)), [count, *shape], f"expanded_context_{name}")


def _sorted(given):
    return collections.OrderedDict(sorted(given.items()))


def _check_state_names(states):
    if not isinstance(states, dict):
        raise TypeError("initial_states must be a dictionary")
    if not states:
        raise ValueError(
            "initial_states may not be empty: at least one state variable is required to properly enqueue split "
            "sequences to run in separate iterations"
        )
    for name in states:
        if not isinstance(name, str):
            raise TypeError(f"state name must be a string: {name}")
        if ":" in name:
            raise ValueError(f"state name may not have a colon: '{name}'")


def _check_names(given, kind, what, required=False):
    if not isinstance(given, dict):
        raise TypeError(f"{what} must be a dict")
    if required and not given:
        raise ValueError("must have at least one sequence tensor")
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"{kind} key must be string: {name}")
        if ":" in name:
            raise ValueError(f"{kind} key may not have a colon: '{name}'")


def _check_known_shapes(kind, given, skipped):
    for name, tensor in given.items():
        if not tensor.shape[skipped:].is_fully_defined():
            which = "(ignoring first dimension)" if skipped else ""
            raise ValueError(f"Shape for {kind} {name} is not fully defined {which}: {tensor.shape}")
