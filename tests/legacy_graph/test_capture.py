"""`run --capture`: which tensors a step's value depends on from outside."""

import pytest

from legacy_graph import tf1 as tf
from legacy_graph.behavior import tf1_behavior
from legacy_graph.runner.capture import graphs, naming
from legacy_graph.runner.capture.capture import Capture

SENTENCES = [["a", "b", "?"], ["c", "a", "b"]]


class Kept:
    """A folder that only remembers what it is given."""

    path = "nowhere"

    def write(self, meta_graph, variables, steps, description):
        self.feeds = {feed["tensor"]: feed for feed in description["feeds"]}
        self.steps, self.names = steps, description["names"]


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
    assert {"mask", "loss"} <= set(folder.names.values())
    assert (folder.names.get("words:0"), folder.names.get("counts:0")) == (
        ("words", "counts") if kind == "feed_dict" else (None, None)
    )


def test_the_batches_that_a_queue_numbers_are_fed_not_their_numbers():
    """As the producers of language models do: a scalar out of a queue says where the batch begins."""
    folder = Kept()
    capture = Capture(folder, steps=2, go_on=True)
    with tf1_behavior(), tf.Graph().as_default(), capture.watch.watching():
        data = tf.reshape(tf.range(12.0), [2, 6])
        number = tf.train.range_input_producer(3, shuffle=False).dequeue()
        batch = tf.strided_slice(data, [0, number * 2], [2, number * 2 + 2])
        batch.set_shape([2, 2])
        loss = tf.reduce_sum(tf.matmul(batch, tf.get_variable("w", [2, 1])))
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            for _ in range(2):
                session.run(train)
            coordinator.request_stop()
            coordinator.join(threads)
    [(name, feed)] = folder.feeds.items()
    assert (name, feed["kind"]) == (batch.name, "queue")
    assert [step["feeds"][name].tolist() for step in folder.steps] == [[[0, 1], [6, 7]], [[2, 3], [8, 9]]]


@pytest.fixture
def graph():
    with tf1_behavior(), tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.usefixtures("graph")
def test_tensors_have_the_names_that_the_script_gave_them():
    class Model:
        def __init__(self):
            self.rate = placeholder([])
            self.x, self.y = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.float32, [None, 2])

    def placeholder(shape):
        return tf.placeholder(tf.float32, shape)

    model = Model()
    feeds = {"scale": tf.placeholder(tf.float32, []), "not a name": tf.placeholder(tf.float32, [])}
    feeds["shift"] = tf.placeholder(
        tf.float32,
        [],
    )
    words, counts = tf.data.make_one_shot_iterator(tf.data.Dataset.from_tensors(([1.0, 2.0], 3.0))).get_next()
    hidden = model.x
    for _ in range(2):
        hidden = tf.tanh(hidden * feeds["scale"] + words)
    first, second = tf.split(hidden, 2, axis=1)
    unclear = [hidden * 2, hidden * 3]
    loss = tf.reduce_sum(first * second + tf.add_n(unclear) * model.y * model.rate) * counts
    data_loss = loss
    loss += feeds["shift"] * feeds["not a name"] + tf.placeholder(tf.float32, [])
    found = naming.names_of(graphs.ancestors([loss.op]), lambda file: file != __file__)
    given = {
        name: tensor.name
        for name, tensor in (
            *[("rate", model.rate), ("x", model.x), ("y", model.y), ("scale", feeds["scale"])],
            *[("shift", feeds["shift"]), ("words", words), ("counts", counts), ("hidden", hidden)],
            *[("first", first), ("second", second), ("loss", loss)],
        )
    }
    assert found.pop(data_loss.name) == "loss"  # as the other one was called before
    assert {name: tensor for tensor, name in found.items()} == given
    assert len(found) == len(given)


def test_a_line_with_several_statements_names_nothing():
    found = naming._by_line("x = f(); y = g()\nif x: z = f()\nfor _ in x: x = f(); y = g()\nwith x: y = g()\n")
    assert set(found) == {2, 4} and found[2].targets[0].id == "z"
