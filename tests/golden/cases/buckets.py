"""tf.contrib.training's buckets: what comes in which batch."""

import numpy as np

SUBJECTS = {
    "by_length": ["tf.contrib.training.bucket_by_sequence_length"],
    "by_number": ["tf.contrib.training.bucket"],
}


def _run(tf, fetches, limit=20):
    """Fetch until the queues are empty; batches of different buckets come in no order, so they are sorted."""
    found = []
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        try:
            for _ in range(limit):
                found.append([part.tolist() for part in sess.run(fetches)])
        except tf.errors.OutOfRangeError:
            pass
        coord.request_stop()
        coord.join(threads)
    return sorted(map(str, found))


def by_length(tf):
    lengths = np.int32([3, 1, 5, 2, 3, 6, 1, 4, 2, 5, 3])
    values = {}
    for name, settings in {"whole": {}, "rest": {"allow_smaller_final_batch": True},
                           "sizes": {"batch_size": [3, 2, 1], "bucket_capacities": [4, 5, 6]}}.items():
        with tf.Graph().as_default() as graph:
            length, = tf.train.slice_input_producer([lengths], num_epochs=1, shuffle=False)
            words = tf.range(1, length + 1)
            out_length, out = tf.contrib.training.bucket_by_sequence_length(
                length, {"words": words, "twice": 2 * length}, **dict(
                    dict(batch_size=2, bucket_boundaries=[2, 4], dynamic_pad=True), **settings))
            values[name] = _run(tf, [out_length, out["words"], out["twice"]])
            values[name + "/ops"] = len(graph.get_operations())
            values[name + "/shapes"] = ["%s %s" % (t.name, t.shape) for t in (out_length, out["words"], out["twice"])]
            values[name + "/summaries"] = [t.op.name for t in tf.get_collection(tf.GraphKeys.SUMMARIES)]
    for name, boundaries in (("empty", []), ("floats", [1.5, 2.5]), ("order", [4, 2]), ("number", 3)):
        try:
            tf.contrib.training.bucket_by_sequence_length(tf.constant(1), [tf.constant(1)], 2, boundaries)
        except (ValueError, TypeError) as error:
            values["error " + name] = "%s: %s" % (type(error).__name__, error)
    return values


def by_number(tf):
    number, = tf.train.slice_input_producer([np.arange(12, dtype=np.int32)], num_epochs=1, shuffle=False)
    which, out = tf.contrib.training.bucket(
        [number], number % 3, 2, 3, keep_input=tf.not_equal(number, 4), num_threads=1)
    return {"batches": _run(tf, [which, out]), "shape": str(out.shape), "names": [which.name, out.name],
            "runners": len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS))}
