"""tf.contrib.training's state saver: long sequences cut into segments, the state kept between them."""

import numpy as np

from _rnn_tools import error
from _tools import distinct, set_distinct_weights

SUBJECTS = {
    "segments": ["tf.contrib.training.batch_sequences_with_states", "tf.contrib.training.NextQueuedSequenceBatch"],
    "lstm": ["tf.contrib.training.batch_sequences_with_states", "tf.nn.static_state_saving_rnn"],
    "by_hand": ["tf.contrib.training.SequenceQueueingStateSaver"],
    "errors": ["tf.contrib.training.batch_sequences_with_states"],
}
LENGTHS = np.int32([4, 9, 1, 6, 3])


def _example(tf):
    """Return an example of the next length in a queue, (key, sequences, context, length), and the op that fills it."""
    queue = tf.FIFOQueue(len(LENGTHS), [tf.int32], shapes=[[]])
    fill = queue.enqueue_many([LENGTHS])
    length = queue.dequeue()
    steps = tf.cast(tf.range(1, length + 1), tf.float32)
    x = tf.stack([steps, tf.sin(steps) * tf.cast(length, tf.float32)], 1)
    words = tf.as_string(tf.range(length) * length)
    return (tf.string_join(["length ", tf.as_string(length)]), {"x": x, "words": words},
            {"twice": 2 * length, "pair": tf.stack([length, -length])}, length, fill)


def _all_batches(tf, fill, fetches):
    """Do by hand what the queue runner does, since 1.15 may hang in a race at the end; then fetch until the end."""
    runner, = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        set_distinct_weights(tf, sess)
        sess.run(fill)
        for _ in LENGTHS:
            sess.run(runner.enqueue_ops[0])
        sess.run(runner.close_op)
        return _served(tf, sess, fetches)


def _served(tf, sess, fetches):
    """One dict of all batches until the end, strings decoded."""
    found = {}
    for number in range(20):
        try:
            values = sess.run(fetches)
        except tf.errors.OutOfRangeError:
            found["batches"] = number
            break
        for name, value in values.items():
            if value is not None:
                found["%02d %s" % (number, name)] = (
                    [str(v) for v in np.ravel(value)] if value.dtype == object else value)
    return found


def _told(batch):
    told = {name: getattr(batch, name) for name in (
        "key", "next_key", "length", "total_length", "sequence", "sequence_count", "insertion_index", "batch_size")}
    told.update(batch.context)
    told.update(batch.sequences)
    return told


def segments(tf):
    values = {}
    for kind, settings in (("default", {}), ("whole", {"allow_small_batch": False}),
                           ("longer", {"num_unroll": 4, "name": "longer"}),
                           ("unique", {"make_keys_unique": True, "make_keys_unique_seed": 3})):
        with tf.Graph().as_default() as graph:
            key, sequences, context, length, fill = _example(tf)
            states = {"sum": tf.zeros([2]), "count": tf.constant(10)}
            batch = tf.contrib.training.batch_sequences_with_states(key, sequences, context, **dict(dict(
                input_length=None if kind == "longer" else length, initial_states=states, num_unroll=3, batch_size=2,
                num_threads=1), **settings))
            fetches = _told(batch)
            fetches["sum"], fetches["count"] = batch.state("sum"), batch.state("count")
            fetches["save"] = batch.save_state("sum", batch.state("sum") + tf.reduce_sum(batch.sequences["x"], 1))
            fetches["save too"] = batch.save_state("count", batch.state("count") + batch.length, name="mine")
            values[kind + "/ops"] = len(graph.get_operations())
            values[kind + "/names"] = ["%s %s" % (t.name, getattr(t, "shape", "")) for _, t in sorted(fetches.items())]
            values[kind + "/summaries"] = [t.op.name for t in tf.get_collection(tf.GraphKeys.SUMMARIES)]
            values.update((kind + "/" + name, value) for name, value in _all_batches(tf, fill, fetches).items())
    return values


def lstm(tf):
    """Truncated back-propagation through time as 1.15's own pages showed it, and a seed counted after it."""
    tf.set_random_seed(7)
    key, sequences, context, length, fill = _example(tf)
    cell = tf.nn.rnn_cell.BasicLSTMCell(3)
    states = {"c": tf.constant(distinct((3,), 0.5, 1)), "h": tf.constant(distinct((3,), 0.5, 2))}
    batch = tf.contrib.training.batch_sequences_with_states(
        key, sequences, context, length, states, num_unroll=3, batch_size=2, num_threads=1)
    inputs = tf.unstack(batch.sequences["x"], num=3, axis=1)
    outputs, state = tf.nn.static_state_saving_rnn(
        cell, inputs, batch, state_name=("c", "h"), sequence_length=batch.length)
    loss = tf.reduce_sum(tf.stack(outputs) ** 2)
    gradient, = tf.gradients(loss, cell.trainable_variables[:1])
    values = _all_batches(tf, fill, {"key": batch.key, "outputs": tf.stack(outputs), "c": state.c, "gradient": gradient})
    values["ops"] = len(tf.get_default_graph().get_operations())
    drawn = tf.random_uniform([4])
    with tf.Session() as sess:
        values["bits/drawn"] = sess.run(drawn)
        sess.run(tf.global_variables_initializer())
        values["bits/kernel"] = sess.run(cell.trainable_variables[0])
    return values


def by_hand(tf):
    """The saver without queue runners: inserted by hand, closed by hand."""
    number = tf.placeholder(tf.int32, [])
    saver = tf.contrib.training.SequenceQueueingStateSaver(
        2, 2, number, tf.as_string(number), {"x": tf.reshape(tf.range(number + number % 2), [-1, 1])},
        {"n": number}, {"s": tf.constant([0])}, capacity=2, allow_small_batch=True, name="saver")
    values = {"own": [saver.name, saver.barrier.name, saver.batch_size, saver.num_unroll]}
    batch = saver.next_batch
    same = [saver.next_batch is batch, saver.prefetch_op is saver.prefetch_op, saver.prefetch_op.name]
    values["same"] = [str(thing) for thing in same]
    fetches = dict(_told(batch), s=batch.state("s"), save=batch.save_state("s", batch.state("s") + 1))
    close = saver.close()
    values["close"] = close.name
    patience = tf.RunOptions(timeout_in_ms=5000)
    with tf.Session() as sess:
        for n in (3, 4):
            sess.run(saver.prefetch_op, {number: n})
        for turn in range(2):  # frees the places of both
            values["before %d" % turn] = sess.run([batch.length, fetches["s"], fetches["save"]])[1]
        sess.run(saver.prefetch_op, {number: 5}, patience)
        sess.run(close)
        values.update(_served(tf, sess, fetches))
    return values


def _failure(tf, fetches, feed=None):
    with tf.Session() as sess:
        try:
            sess.run(fetches, feed)
        except tf.errors.OpError as problem:
            said = [line for line in problem.message.split("\n") if "assertion failed" in line]
            return "%s: %s" % (type(problem).__name__, said[0])
    return "no error"


def errors(tf):
    def call(**changed):
        arguments = dict(
            input_key=tf.constant("a"), input_sequences={"x": tf.zeros([4, 2])}, input_context={"c": tf.constant(1)},
            input_length=tf.constant(4), initial_states={"s": tf.zeros([2])}, num_unroll=2, batch_size=2)
        return tf.contrib.training.batch_sequences_with_states(**dict(arguments, **changed))

    unknown = tf.placeholder(tf.float32)
    wrong = {
        "no states": {"initial_states": {}}, "colon": {"initial_states": {"a:b": tf.zeros([1])}},
        "state unknown": {"initial_states": {"s": tf.placeholder(tf.float32, [None])}},
        "context unknown": {"input_context": {"c": tf.placeholder(tf.float32, [None])}},
        "sequence unknown": {"input_sequences": {"x": tf.placeholder(tf.float32, [None, None])}},
        "no sequences": {"input_sequences": {}}, "capacity": {"capacity": 1}, "unroll": {"num_unroll": 2.5},
        "length": {"input_length": tf.constant(4.0)}, "key": {"input_key": tf.constant(4)},
        "length's rank": {"input_length": tf.constant([4])}, "name": {"input_sequences": {3: tf.zeros([4, 2])}},
        "unpadded": {"input_sequences": {"x": unknown}, "pad": False}}
    values = {name: error(call, **changed) for name, changed in wrong.items()}
    values["undeclared"] = error(call().save_state, "t", tf.zeros([2, 2]))
    values["rank"] = error(call().save_state, "s", tf.zeros([2]))
    rows = tf.placeholder(tf.float32, [None, 2])
    ask = tf.contrib.training.SequenceQueueingStateSaver
    saver = ask(2, 2, tf.shape(rows)[0], "a", {"x": rows}, {}, {"s": [0.0]})
    values["odd"] = _failure(tf, saver.prefetch_op, {rows: np.zeros((3, 2))})
    values["empty"] = _failure(tf, saver.prefetch_op, {rows: np.zeros((0, 2))})
    saver = ask(2, 2, tf.constant(5), "a", {"x": rows}, {}, {"s": [0.0]})
    values["long"] = _failure(tf, saver.prefetch_op, {rows: np.zeros((4, 2))})
    saver = ask(2, 2, 4, "a", {"x": rows, "y": tf.zeros([6, 1])}, {}, {"s": [0.0]})
    values["uneven"] = _failure(tf, saver.prefetch_op, {rows: np.zeros((4, 2))})
    return values
