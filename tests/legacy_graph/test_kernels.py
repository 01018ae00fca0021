"""When a graph's tanh, sigmoid and exp are TensorFlow 1.15's; their bits are held by the golden cases `kernels`."""

import pytest
import tensorflow as tf

from legacy_graph import lstm, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph115.kernels import TYPES, exact_kernels
from mnist_training import Recipe
from parity import networks
from tests.golden import store


def types(graph):
    return {op.type for op in graph.get_operations()} & {*TYPES, *TYPES.values()}


@pytest.mark.parametrize("case", ["tanh", "sigmoid", "exp", "periods", "names", "in_a_loop", "in_a_branch", "a_cell"])
def test_todays_kernels_are_not_those_of_tf115(case):
    expected, _ = store.read("kernels")
    with tf1_behavior(), exact_kernels("never"):
        got = store.load_cases("kernels")[case](tf1)
    assert store.differences(expected[case], got)


def test_a_seeded_program_has_those_of_tf115_and_a_pair_to_be_compared_has_todays():
    with tf1_behavior() as graph:
        tf1.set_random_seed(1)
        lstm.build(units=4)
        assert types(graph) == {"Tanh115", "Sigmoid115"}
    with networks.pair(Recipe.of("lstm", seed=1, units=4, batch_size=8)) as pair:
        assert types(pair.left.graph) == {"Tanh", "Sigmoid"}


@pytest.mark.parametrize(
    "choice, seed, expected",
    [
        ("seeded", None, "Tanh"),
        ("seeded", 3, "Tanh115"),
        ("always", None, "Tanh115"),
        ("always", 3, "Tanh115"),
        ("never", None, "Tanh"),
        ("never", 3, "Tanh"),
    ],
)
def test_exact_kernels_are_where_they_are_wanted(choice, seed, expected):
    with tf1_behavior() as graph, exact_kernels(choice):
        if seed is not None:
            tf1.set_random_seed(seed)
        tf1.tanh(tf1.zeros([2]))
    assert types(graph) == {expected}


def test_another_choice_is_refused():
    with pytest.raises(ValueError, match="seeded, always, never; received 'sometimes'"), exact_kernels("sometimes"):
        pass


def test_what_is_no_float32_or_is_recorded_on_a_tape_has_todays():
    with tf1_behavior() as graph, exact_kernels("always"):
        tf1.tanh(tf1.constant(1.0, tf1.float64))
        with tf.GradientTape() as tape:
            x = tf1.constant(1.0)
            tape.watch(x)
            y = tf1.sigmoid(x)
        assert tape.gradient(y, x) is not None
        assert types(graph) == {"Tanh", "Sigmoid"}
