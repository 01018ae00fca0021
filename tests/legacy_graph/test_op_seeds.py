"""Op seeds are TensorFlow 1.15's inside tf1_behavior, and today's everywhere else.

What 1.15 numbered is in the goldens `op_seeds_*`; here is how the mechanism behaves.
"""

import inspect
import pathlib
import sys
import warnings

import numpy as np
import pytest
import tensorflow as tf

from legacy_graph import bi_lstm, graph115, internals, lstm, multi_lstm, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph115 import op_seeds, replacement, verified
from tests.golden import store

TUTORIAL = {  # as real TensorFlow 1.15 numbers them, and as plain counting of today's ops would
    "lstm": (lstm, [5, 14, 130], [5, 14, 130]),
    "multi_lstm": (multi_lstm, [5, 14, 182, 197, 232, 266], [5, 14, 181, 189, 222, 247]),
    "bi_lstm": (bi_lstm, [5, 50, 595], [5, 49, 566]),
}
# What would not do is shown on two of them; the third is the largest graph.
TWO_OF_THEM = [pytest.param(name, marks=pytest.mark.slow) if name == "bi_lstm" else name for name in TUTORIAL]
GET_SEED = internals.random_seed, "get_seed"


def _op_seeds(build, seed=7):
    with tf1_behavior() as graph:
        tf1.set_random_seed(seed)
        build()
        return [op.get_attr("seed2") for op in graph.get_operations() if "seed2" in op.node_def.attr]


@pytest.mark.parametrize("name", TUTORIAL)
def test_the_tutorial_programs_have_the_op_seeds_of_tf115(name):
    module, in_115, _ = TUTORIAL[name]
    assert _op_seeds(module.build) == in_115


@pytest.mark.parametrize("name", TWO_OF_THEM)
def test_plain_counting_of_todays_ops_would_not_do(name, monkeypatch):
    module, _, plain = TUTORIAL[name]
    monkeypatch.setattr(replacement, "FUNCTIONS", {GET_SEED: replacement.FUNCTIONS[GET_SEED]})
    monkeypatch.setattr(replacement, "GRADIENTS", {})
    assert _op_seeds(module.build) == plain


@pytest.mark.parametrize("name", TWO_OF_THEM)
def test_todays_own_numbering_would_not_do(name, monkeypatch):
    module, in_115, _ = TUTORIAL[name]
    monkeypatch.setattr(replacement, "FUNCTIONS", {})
    monkeypatch.setattr(replacement, "GRADIENTS", {})
    assert _op_seeds(module.build) == list(range(len(in_115)))


def test_seeds_that_are_given_are_kept():
    with tf1_behavior():
        tf1.set_random_seed(7)
        tf1.constant(1.0)
        op = tf1.random_normal([2], seed=3).op.inputs[0].op.inputs[0].op
        assert (op.get_attr("seed"), op.get_attr("seed2")) == (7, 3)


def test_without_a_graph_seed_nothing_is_numbered():
    with tf1_behavior() as graph:
        tf1.random_normal([2])
        tf1.random_normal([2], seed=3)
        found = [(row.graph_seed, row.op_seed, row.is_counted) for row in op_seeds.random_ops(graph)]
    assert found == [(None, None, False), (internals.random_seed.DEFAULT_GRAPH_SEED, 3, False)]


def test_each_graph_counts_its_own_ops():
    with tf1_behavior():
        for _ in range(2):
            with tf1.Graph().as_default() as graph:
                tf1.set_random_seed(7)
                tf1.random_normal([2])
                assert [row.op_seed for row in op_seeds.random_ops(graph)] == [3]


def test_a_reset_graph_counts_from_the_start():
    with tf1_behavior():
        pass
    graph = tf1.Graph()
    with tf1_behavior(graph):
        tf1.set_random_seed(7)
        tf1.random_normal([2])
    with tf1_behavior() as fresh:
        tf1.set_random_seed(7)
        tf1.random_normal([2])
        assert [row.op_seed for row in op_seeds.random_ops(fresh)] == [3]


def _state():
    """What stands in every place where a function is replaced."""
    places = []
    for owner, name in replacement.FUNCTIONS:
        function = getattr(owner, name)
        cells, _ = replacement._places_of(owner, name)
        places.append([function, *(cell.cell_contents for cell in cells)])
    registry = internals.ops.gradient_registry._registry
    return places, [registry[op_type]["type"] for op_type in replacement.GRADIENTS]


def test_everything_is_put_back():
    before = _state()
    with tf1_behavior():
        assert _state() != before
        with tf1_behavior():
            assert _state() != before
        assert _state() != before
    assert _state() == before


def test_everything_is_put_back_after_an_error():
    before = _state()
    with pytest.raises(ZeroDivisionError), tf1_behavior():
        1 / 0  # noqa: B018
    assert _state() == before


def test_eager_code_outside_draws_as_before():
    def draw():
        tf.random.set_seed(5)
        return [tf.random.uniform([3]).numpy(), tf.nn.dropout(tf.ones([8]), 0.5).numpy()]

    before = draw()
    _op_seeds(lstm.build)
    for expected, got in zip(before, draw()):
        np.testing.assert_array_equal(got, expected)


def test_eager_code_inside_is_left_alone():
    tf.random.set_seed(5)
    expected = tf.nn.dropout(tf.ones([8]), 0.5).numpy()
    with op_seeds.numbered_as_in_115():
        tf.random.set_seed(5)
        assert tf.executing_eagerly()
        np.testing.assert_array_equal(tf.nn.dropout(tf.ones([8]), 0.5).numpy(), expected)


@pytest.mark.parametrize("owner, name", replacement.FUNCTIONS, ids=[name for _, name in replacement.FUNCTIONS])
def test_a_swap_reaches_every_name_of_the_function(owner, name):
    function = getattr(owner, name)
    is_reached_everywhere = (
        inspect.isclass(owner)
        or replacement._places_of(owner, name)[0]
        or (owner, name) == GET_SEED
        or not hasattr(function, "_tf_api_names_v1")
    )
    assert is_reached_everywhere, f"{name} is exported undecorated: tf.{name} would still be today's"


def test_the_page_lists_every_replacement_and_no_other():
    assert len(graph115.table()) >= len(replacement.GRADIENTS)
    page = (pathlib.Path(__file__).parents[2] / "docs" / "replaced.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]  # without the heading's row
    assert [line for line in rows if not line.startswith("| ---")] == graph115.table()


_X = np.linspace(-0.9, 1.1, 24).astype("float32").reshape(2, 3, 4)
_POSITIVE = np.abs(_X) + 0.1


def _gradient(function, x=_X):
    def build():
        tensor = tf1.constant(x)
        return tf1.convert_to_tensor(tf1.gradients(function(tensor), tensor)[0])

    return build


COMPUTED = {
    "tensordot": lambda: tf1.tensordot(_X, np.eye(4, dtype="float32") * 2, 1),
    "tensordot over two axes": lambda: tf1.tensordot(_X, _X, [[1, 2], [1, 2]]),
    "einsum": lambda: tf1.einsum("bij,kj->bik", _X, _X[0]),
    "linspace": lambda: tf1.linspace(0.0, 1.0, 7),
    "saturate_cast": lambda: tf1.saturate_cast(_X * 400, tf1.uint8),
    "clip_by_global_norm": lambda: tf1.clip_by_global_norm([tf1.constant(_X), tf1.constant(_X)], 0.5)[0],
    "clip_by_global_norm of what is not finite": lambda: tf1.clip_by_global_norm([_X * np.inf], 1.0)[0],
    "slices": lambda: tf1.constant(_X)[:, 1 : tf1.constant(3), ::2],
    "slices from the end": lambda: tf1.constant(_X)[..., tf1.constant(-2) :, tf1.newaxis],
    "an index of 64 bits": lambda: tf1.constant(_X)[tf1.constant(1, tf1.int64)],
    "one_hot": lambda: tf1.one_hot([0, 2], 3, on_value=0.9, off_value=0.1),
    "eye": lambda: tf1.eye(3, 4),
    "matrix_diag_part": lambda: tf1.matrix_diag_part(_X),
    "transpose": lambda: tf1.transpose(tf1.placeholder_with_default(_X, None)),
    "zeros": lambda: tf1.zeros([tf1.shape(_X)[0], 3]),
    "reduce_mean of a scalar": lambda: tf1.reduce_mean(tf1.constant(3.0)),
    "reduce_logsumexp": lambda: tf1.reduce_logsumexp(_X, [0, 2]),
    "swish": lambda: tf1.nn.swish(_X),
    "gradient of swish": _gradient(lambda x: tf1.nn.swish(x)),
    "confusion_matrix": lambda: tf1.confusion_matrix([0, 1, 2], [2, 1, 2]),
    **{
        f"gradient of {name}": _gradient(function)
        for name, function in {
            "add": lambda x: x + _X[0],
            "subtract": lambda x: _X[0] - x,
            "multiply": lambda x: x * _X[0, 0],
            "squared_difference": lambda x: tf1.squared_difference(x, _X[0]),
            "sign": lambda x: tf1.sign(x) * x,
            "maximum": lambda x: tf1.maximum(x, _X[0] * 0.5),
            "minimum": lambda x: tf1.minimum(x, 0.2),
            "sum": lambda x: tf1.reduce_sum(x, 1) * _X[:, 0],
            "mean": lambda x: tf1.reduce_mean(x, [0, 2], keepdims=True),
            "max": lambda x: tf1.reduce_max(x, 2),
            "min": lambda x: tf1.reduce_min(x),
            "slice": lambda x: x[:, 1:, -1],
            "prod": lambda x: tf1.reduce_prod(x, 1),
            "reshape": lambda x: tf1.reshape(x, [-1, 2]) * 2,
            "gather": lambda x: tf1.gather(x, [1, 0, 1]),
            "gather along 1": lambda x: tf1.gather(x, [2, 0], axis=1),
            "matmul in batches": lambda x: tf1.matmul(x, x, transpose_b=True),
            "mod": lambda x: tf1.mod(x, 0.3),
            "broadcast_to": lambda x: tf1.broadcast_to(x, [5, 2, 3, 4]),
            "select": lambda x: tf1.where_v2(x > 0, x, 0.0),
            "map_fn": lambda x: tf1.map_fn(tf1.square, x),
            "dropout of nothing": lambda x: tf1.nn.dropout(x, 1.0),
        }.items()
    },
    "gradient of division": _gradient(lambda x: 1 / x + x / _POSITIVE[0], _POSITIVE),
    "gradient of a power": _gradient(lambda x: x**3 + 2.0**x, _POSITIVE),
    "gradient of cross entropy": _gradient(
        lambda x: tf1.nn.softmax_cross_entropy_with_logits_v2(logits=x[0], labels=tf1.nn.softmax(_X[1]))
    ),
    "gradient of sparse cross entropy": _gradient(
        lambda x: tf1.nn.sparse_softmax_cross_entropy_with_logits(logits=x[0], labels=[0, 3, 1])
    ),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_what_is_built_otherwise_computes_the_same(name, monkeypatch):
    def computed():
        with tf1_behavior(), tf1.Session() as sess:
            return sess.run(COMPUTED[name]())

    as_in_115 = computed()
    monkeypatch.setattr(replacement, "FUNCTIONS", {})
    monkeypatch.setattr(replacement, "GRADIENTS", {})
    np.testing.assert_allclose(as_in_115, computed(), rtol=1e-5, atol=1e-6)


def test_the_origin_of_each_seed_is_told():
    with tf1_behavior() as graph:
        tf1.set_random_seed(3)
        tf1.random_normal([2], name="counted")
        tf1.random_normal([2], seed=5, name="given")
        rows = op_seeds.random_ops(graph)
        text = op_seeds.explain()
    assert [(row.graph_seed, row.op_seed, row.is_counted, row.doubt) for row in rows] == [
        (3, 3, True, None),
        (3, 5, False, None),
    ]
    counted, given = text.splitlines()[1:]
    assert "number of ops" in counted and "known" in counted and "not known" not in counted
    assert "given" in given


def test_origins_are_unverified_after_an_op_that_no_recording_covers(monkeypatch):
    with tf1_behavior() as graph:
        tf1.set_random_seed(3)
        tf1.random_normal([2])
        image = tf1.image.resize_image_with_crop_or_pad(tf1.placeholder(tf1.float32, [1, 8, 8, 3]), 4, 12)
        tf1.nn.dropout(image, 0.5)
        rows = op_seeds.random_ops(graph)
        text = op_seeds.explain()
    assert [row.doubt is None for row in rows] == [True, False]
    assert "image_ops_impl.resize_image_with_crop_or_pad" in text.splitlines()[-1]


def test_a_datasets_seeds_are_told():
    with tf1_behavior() as graph:
        tf1.set_random_seed(3)
        tf1.data.Dataset.range(5).shuffle(3, seed=11)
        (row,) = op_seeds.random_ops(graph)
    assert (row.graph_seed, row.op_seed) == (3, 11)


def test_a_graph_without_random_ops_is_reported():
    with tf1_behavior():
        assert "No random op" in op_seeds.explain()


@pytest.mark.parametrize("module", ["op_seeds_math"])
def test_verified_origins_come_from_the_recordings(module):
    sys.path.insert(0, store.HERE)
    try:
        import record_verified_ops
    finally:
        sys.path.remove(store.HERE)
    origins = record_verified_ops.origins_of(module)
    assert origins <= verified.verified_origins()


@pytest.mark.slow
def test_every_verified_origin_is_in_a_recording():
    sys.path.insert(0, store.HERE)
    try:
        import record_verified_ops
    finally:
        sys.path.remove(store.HERE)
    modules = [name for name in store.case_modules() if name.startswith("op_seeds_")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert set().union(*map(record_verified_ops.origins_of, modules)) == verified.verified_origins()
