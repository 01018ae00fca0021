"""The goldens of the state saver catch the mistakes it could make; it also runs with its queue runner."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib import state_batches, state_saver
from tests.golden import store

pytestmark = pytest.mark.slow


def _forgets_the_state(monkeypatch):
    monkeypatch.setattr(
        state_saver.NextQueuedSequenceBatch, "state", lambda self, name: tf.zeros_like(self._saver._taken_states[name])
    )


def _counts_padding(monkeypatch):
    padded = state_batches._padded

    def wrong(sequences, num_unroll):
        _, sequences = padded(sequences, num_unroll)
        return tf.shape(sequences["x"])[0], sequences

    monkeypatch.setattr(state_batches, "_padded", wrong)


@pytest.mark.parametrize(
    "mistake, key", [(_forgets_the_state, "default/01 sum"), (_counts_padding, "longer/02 length")]
)
def test_a_mistake_is_caught(monkeypatch, mistake, key):
    expected, _ = store.read("state_saver_slow")
    mistake(monkeypatch)
    with tf1_behavior():
        got = store.load_cases("state_saver_slow")["segments"](tf1)
    assert key in " ".join(store.differences(expected["segments"], got))


def test_the_queue_runner_serves_every_step_once():
    with tf1_behavior(), tf.Graph().as_default(), tf.Session() as sess:
        length = tf1.train.input_producer([[5], [2], [3]], num_epochs=1, shuffle=False).dequeue()[0]
        batch = tf1.contrib.training.batch_sequences_with_states(
            tf1.as_string(length), {"x": tf1.range(length)}, {}, length, {"s": tf1.constant(0)}, 2, 1
        )
        save = batch.save_state("s", batch.state("s") + 1)
        sess.run(tf1.local_variables_initializer())
        tf1.train.start_queue_runners(sess)
        served = [sess.run([batch.key, batch.sequences["x"], batch.state("s"), save])[:3] for _ in range(6)]
    steps = {}
    for key, x, state in served:
        number, whole = key[0].decode().split(":")[0].split("_of_"), key[0].decode().split(":")[1]
        assert int(number[0]) == state[0]
        steps.setdefault(whole, []).extend(x[0].tolist())
    assert steps == {"5": [0, 1, 2, 3, 4, 0], "2": [0, 1], "3": [0, 1, 2, 0]}


def test_sparse_input_is_refused():
    with tf1_behavior(), tf.Graph().as_default():
        words = tf1.sparse.from_dense(np.eye(2))
        with pytest.raises(NotImplementedError, match="'words' is a SparseTensor.*to_dense"):
            tf1.contrib.training.batch_sequences_with_states("a", {"words": words}, {}, None, {"s": 0}, 2, 1)
