"""Products that MatMul is slow at are computed otherwise, equal up to rounding, and only in graphs without a seed."""

import collections

import numpy as np
import pytest

from legacy_graph import bi_lstm, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph115 import calls
from legacy_graph.graph115.kernels import exact_kernels

PLAIN, TRANSPOSED = "MatMul115", "MatMulTransposed115"


def values(*shapes):
    numbers = np.random.default_rng(0)
    return [numbers.normal(size=shape).astype("float32") for shape in shapes]


def graph_of(units, batch, cell=tf1.nn.rnn_cell.BasicLSTMCell, seed=None):
    """Build a loop over three steps and its gradients; returns (graph, {op type: how many}, fetches, feeds)."""
    x, kernel = values([batch, 3, units], [2 * units, 4 * units])
    with tf1_behavior() as graph:
        if seed is not None:
            tf1.set_random_seed(seed)
        images = tf1.placeholder(tf1.float32, [batch, 3, units])
        _, state = tf1.nn.dynamic_rnn(cell(units), images, dtype=tf1.float32)
        variables = tf1.trainable_variables()
        state = state[-1] if isinstance(state[0], tuple) else state
        loss = tf1.reduce_sum(state.h)
        fetches = [state.h, *tf1.gradients(loss, [images, *variables])]
        feeds = {images: x, variables[0]: kernel / 20, variables[1]: np.zeros(4 * units, "float32")}
    return graph, collections.Counter(op.type for op in graph.get_operations()), fetches, feeds


def computed(graph, fetches, feeds):
    with tf1_behavior(graph), tf1.Session(graph=graph) as session:
        return session.run(fetches, feeds)


@pytest.mark.parametrize("units, batch, expected", [(128, 128, {PLAIN: 1}), (256, 8, {TRANSPOSED: 1}), (16, 8, {})])
def test_slow_products_are_computed_otherwise_and_equally(units, batch, expected):
    graph, types, *ours = graph_of(units, batch)
    plain, plain_types, *todays = graph_of(units, batch, seed=1)
    assert {name: types[name] for name in types if name in calls.CALLS} == expected
    assert [op.name for op in graph.get_operations()] == [op.name for op in plain.get_operations()]
    for got, wanted in zip(computed(graph, *ours), computed(plain, *todays)):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def test_the_layers_of_a_stack_share_the_cores():
    stack = lambda units: tf1.nn.rnn_cell.MultiRNNCell([tf1.nn.rnn_cell.BasicLSTMCell(units)])
    _, types, *_ = graph_of(128, 128, stack)
    assert not types[PLAIN]


@pytest.mark.parametrize("choice, seed", [("always", None), ("seeded", 1), ("never", 1)])
def test_where_numbers_are_compared_with_115s_every_product_is_todays(choice, seed):
    with tf1_behavior() as graph, exact_kernels(choice):
        if seed is not None:
            tf1.set_random_seed(seed)
        bi_lstm.build(rows=2)
        assert not {op.type for op in graph.get_operations()} & {PLAIN, TRANSPOSED}


def test_exports_have_the_op_with_its_attributes():
    graph, *_ = graph_of(256, 8)
    with tf1_behavior():
        nodes = {node.name: node for node in graph.as_graph_def().node}
    (name,) = [op.name for op in graph.get_operations() if op.type == TRANSPOSED]
    assert (nodes[name].op, nodes[name].attr["transpose_a"].b, nodes[name].attr["transpose_b"].b) == (
        "MatMul",
        False,
        True,
    )
    assert calls.CALLS[PLAIN].attributes == {"transpose_a": False, "transpose_b": False}


@pytest.mark.parametrize("name", [PLAIN, TRANSPOSED])
def test_gradients_of_gradients_are_matmuls(name):
    a, b = values([2, 3], [4, 3] if name == TRANSPOSED else [3, 4])
    with tf1_behavior() as graph, tf1.Session(graph=graph) as session:
        x, y = tf1.constant(a), tf1.constant(b)
        got = _twice(calls.call(name, {"a": x, "b": y}, None), x, y)
        wanted = _twice(tf1.matmul(x, y, transpose_b=name == TRANSPOSED), x, y)
        for one, other in zip(*session.run([got, wanted])):
            np.testing.assert_allclose(one, other, rtol=1e-5)


def _twice(product, x, y):
    first = tf1.gradients(tf1.square(product), [x, y])
    return first + tf1.gradients([tf1.square(gradient) for gradient in first], [x, y])
