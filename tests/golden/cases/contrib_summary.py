"""tf.contrib.summary in a graph: which events end up in the file, at which steps, and the seeds of ops after them."""

import glob
import os
import tempfile

from _tools import distinct

SUBJECTS = {
    "training": ["always_record_summaries", "record_summaries_every_n_global_steps", "never_record_summaries",
                 "create_file_writer", "initialize", "scalar", "histogram", "image", "generic", "all_summary_ops",
                 "flush", "graph", "summary_writer_initializer_op", "should_record_summaries", "eval_dir"],
}
SUBJECTS = {case: ["tf.contrib.summary." + name for name in names] for case, names in SUBJECTS.items()}


def _next_seed(tf):
    return tf.random_uniform([], name="probe").op.inputs[0].op.inputs[0].op.get_attr("seed2")


def _events(tf, folder):
    """Step and tag of each summary, with its number if it has one."""
    found = []
    path, = glob.glob(os.path.join(folder, "*"))
    for event in tf.train.summary_iterator(path):
        if event.graph_def:
            found.append("%d graph" % event.step)
        for value in event.summary.value:
            kind = value.WhichOneof("value")
            number = "%.6f" % value.simple_value if kind == "simple_value" else ""
            number = "%.4f" % value.histo.sum if kind == "histo" else number
            found.append(("%d %s %s %s" % (event.step, value.tag, kind, number)).strip())
    return sorted(found)  # ops of one step run in any order


def training(tf):
    summary, folder, seeds = tf.contrib.summary, tempfile.mkdtemp(), []
    tf.set_random_seed(3)
    step = tf.train.get_or_create_global_step()
    writer = summary.create_file_writer(folder, flush_millis=10000)
    x = tf.constant(distinct((4, 3)))
    with writer.as_default(), summary.always_record_summaries():
        summary.scalar("loss", tf.reduce_sum(x) + tf.to_float(step))
        seeds.append(_next_seed(tf))
        with tf.name_scope("inner"):
            summary.histogram("weights", x)
        summary.scalar("family", 2.0, family="some", step=tf.constant(7, tf.int64))
        summary.image("image", tf.reshape(x, [1, 4, 3, 1]))
        summary.generic("any", x)
        seeds.append(_next_seed(tf))
        with summary.record_summaries_every_n_global_steps(2):
            summary.scalar("even", 1.0)
            seeds.append(_next_seed(tf))
        with summary.never_record_summaries():
            summary.scalar("never", 1.0)
            seeds.append(_next_seed(tf))
    with writer.as_default():
        summary.scalar("unsaid", 1.0)
        flush = summary.flush()
        unsaid = summary.should_record_summaries()
    outside = summary.scalar("no_writer", 1.0)
    seeds.append(_next_seed(tf))
    more = tf.assign_add(step, 1)
    with tf.Session() as sess, writer.as_default():
        sess.run(tf.global_variables_initializer())
        summary.initialize(graph=tf.Graph())
        for _ in range(3):
            sess.run(summary.all_summary_ops())
            sess.run(more)
        sess.run(flush)
        values = {"unsaid": str(sess.run(unsaid)), "outside": str(outside is None or type(outside).__name__)}
    values.update(seeds=seeds, events=_events(tf, folder), number=len(summary.all_summary_ops()),
                  writers=len(summary.summary_writer_initializer_op()), eval_dir=summary.eval_dir("a", "b"))
    return values
