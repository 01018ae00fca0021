"""`run --capture`: which tensors a step's value depends on from outside."""

import pytest

from legacy_graph import tf1 as tf
from legacy_graph.behavior import tf1_behavior
from legacy_graph.runner.capture.capture import Capture

SENTENCES = [["a", "b", "?"], ["c", "a", "b"]]


class Kept:
    """A folder that only remembers what it is given."""

    path = "nowhere"

    def write(self, meta_graph, variables, steps, description):
        self.feeds = {feed["tensor"]: feed for feed in description["feeds"]}
        self.steps = steps


def captured(read):
    """Train two steps on what `read()` returns: words, how many of them count, and a feed_dict."""
    folder = Kept()
    capture = Capture(folder, steps=2, go_on=True)
    with tf1_behavior(), tf.Graph().as_default(), capture.watch.watching():
        words, counts, fed = read()
        table = tf.contrib.lookup.index_table_from_tensor(["a", "b", "c"], num_oov_buckets=1)
        rows = tf.get_variable("rows", [4, 2])
        mask = tf.sequence_mask(counts, 3, tf.float32)
        loss = tf.reduce_sum(tf.nn.embedding_lookup(rows, table.lookup(words)) * mask[:, :, None])
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.tables_initializer()])
            for _ in range(2):
                session.run(train, fed)
    return folder


def of_a_dataset():
    data = tf.data.Dataset.from_tensors((SENTENCES, [3, 2])).repeat()
    return *tf.data.make_one_shot_iterator(data).get_next(), {}


def of_placeholders():
    words, counts = tf.placeholder(tf.string, [None, 3], "words"), tf.placeholder(tf.int32, [None], "counts")
    return words, counts, {words: SENTENCES, counts: [3, 2]}


@pytest.mark.parametrize("read, kind", [(of_a_dataset, "iterator"), (of_placeholders, "feed_dict")])
def test_words_are_fed_as_the_numbers_that_a_table_gave(read, kind):
    folder = captured(read)
    assert sorted((feed["kind"], feed["dtype"]) for feed in folder.feeds.values()) == sorted(
        [("lookup", "int64"), (kind, "int32")]
    )
    (name,) = [name for name, feed in folder.feeds.items() if feed["kind"] == "lookup"]
    for step in folder.steps:
        assert step["feeds"][name].tolist() == [[0, 1, 3], [2, 0, 1]]
