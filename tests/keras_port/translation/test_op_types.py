"""What each type of op becomes computes what TensorFlow computes."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from keras_port.translation.op_types import OPS
from legacy_graph import tf1
from tests.keras_port.translation import graphs

X = np.random.default_rng(0).uniform(0.2, 0.9, (3, 4, 6)).astype("float32")
IMAGE = np.random.default_rng(1).normal(size=(3, 6, 6, 2)).astype("float32")
NUMBERS = np.array([[1, 0, 2, 3], [3, 3, 1, 0], [2, 0, 0, 1]], "int32")
FEEDS = {"x": X, "image": IMAGE, "numbers": NUMBERS}

UNARY = (
    "negative exp log sqrt rsqrt square abs sign floor ceil round tanh sigmoid sin cos tan asin acos atan sinh cosh "
    "reciprocal erf log1p expm1 nn.relu nn.relu6 nn.elu nn.selu nn.softplus nn.softsign nn.softmax nn.log_softmax "
    "nn.leaky_relu is_nan is_finite zeros_like ones_like stop_gradient"
).split()


def _function(name):
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    return found


CASES = {name.replace("nn.", ""): lambda x, i, n, name=name: _function(name)(x) for name in UNARY} | {
    "add": lambda x, i, n: x + x[:, :1],
    "subtract": lambda x, i, n: 1.5 - x,
    "divide": lambda x, i, n: x / (x + 1.0),
    "floor_divide": lambda x, i, n: n // 2,
    "mod": lambda x, i, n: n % 3,
    "power": lambda x, i, n: x**2.5,
    "maximum": lambda x, i, n: tf.maximum(x, 0.5),
    "minimum": lambda x, i, n: tf.minimum(x, x[:, :, :1]),
    "squared_difference": lambda x, i, n: tf.squared_difference(x, 0.3),
    "add_n": lambda x, i, n: tf.add_n([x, x, 2 * x]),
    "div_no_nan": lambda x, i, n: tf.div_no_nan(x, tf.floor(x + 0.5)),
    "comparisons": lambda x, i, n: tf.cast(tf.logical_and(x > 0.3, tf.logical_not(x >= 0.7)), tf.float32),
    "where": lambda x, i, n: tf.where(x > 0.5, x, -x),
    "where_rows": lambda x, i, n: tf.where(x[:, 0, 0] > 0.5, x, -x),
    "matmul": lambda x, i, n: tf.matmul(x, x, transpose_b=True),
    "reshape": lambda x, i, n: tf.reshape(x, [-1, 8, 3]),
    "reshape_by_shape": lambda x, i, n: tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1] * 6]),
    "transpose": lambda x, i, n: tf.transpose(x, [0, 2, 1]),
    "expand_and_squeeze": lambda x, i, n: tf.squeeze(tf.expand_dims(x, 1) * 2.0, 1),
    "slices": lambda x, i, n: x[:, 1:, ::2],
    "last": lambda x, i, n: x[:, -1],
    "new_axis": lambda x, i, n: x[:, tf.newaxis, :, 0],
    "slice": lambda x, i, n: tf.slice(x, [0, 1, 2], [-1, 2, 3]),
    "unstack_and_stack": lambda x, i, n: tf.stack(tf.unstack(x, axis=1)[::-1], axis=2),
    "split": lambda x, i, n: tf.concat(tf.split(x, 3, axis=2)[::-1], 2),
    "split_sizes": lambda x, i, n: tf.concat(tf.split(x, [1, 5], axis=2)[::-1], 2),
    "fill": lambda x, i, n: tf.fill([tf.shape(x)[0], 4, 6], 2.0) + x,
    "tile": lambda x, i, n: tf.tile(x, [1, 2, 1]),
    "pad": lambda x, i, n: tf.pad(x, [[0, 0], [1, 2], [0, 0]]),
    "reverse": lambda x, i, n: tf.reverse(x, [1]),
    "gather": lambda x, i, n: tf.gather(tf.constant(np.arange(20, dtype="float32").reshape(4, 5)), n),
    "one_hot": lambda x, i, n: tf.one_hot(n, 5),
    "argmax": lambda x, i, n: tf.cast(tf.argmax(x, 2), tf.float32),
    "top_k": lambda x, i, n: tf.nn.top_k(x, 2)[0],
    "cumsum": lambda x, i, n: tf.cumsum(x, 1),
    "sum": lambda x, i, n: tf.reduce_sum(x, [1, 2]),
    "mean": lambda x, i, n: tf.reduce_mean(x, -1, keepdims=True),
    "max_min": lambda x, i, n: tf.reduce_max(x, 1) - tf.reduce_min(x, 1),
    "prod": lambda x, i, n: tf.reduce_prod(x, 2),
    "any_all": lambda x, i, n: tf.cast(tf.reduce_any(x > 0.8, 2) & ~tf.reduce_all(x > 0.8, 2), tf.float32),
    "batch_size": lambda x, i, n: tf.reduce_sum(x, [1, 2]) / tf.cast(tf.shape(x)[0], tf.float32),
    "softmax_cross_entropy": lambda x, i, n: tf.nn.softmax_cross_entropy_with_logits_v2(
        labels=tf.one_hot(n[:, 0], 6), logits=x[:, 0]
    ),
    "sparse_cross_entropy": lambda x, i, n: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=n, logits=x),
    "sigmoid_cross_entropy": lambda x, i, n: tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=2 * x - 1),
    "conv": lambda x, i, n: tf.nn.conv2d(i, tf.get_variable("k", [3, 3, 2, 4]), [1, 2, 2, 1], "SAME"),
    "conv_transpose": lambda x, i, n: tf.nn.conv2d_transpose(
        i, tf.get_variable("kt", [3, 3, 4, 2]), [tf.shape(i)[0], 12, 12, 4], [1, 2, 2, 1], "SAME"
    ),
    "conv_transpose_valid": lambda x, i, n: tf1.layers.conv2d_transpose(i, 3, 3, 2, "valid", activation=tf.nn.relu),
    "up_sampling": lambda x, i, n: tf.image.resize_nearest_neighbor(i, [12, 18]),
    "resize": lambda x, i, n: tf.image.resize_nearest_neighbor(i, [9, 12]),
    "max_pool": lambda x, i, n: tf.nn.max_pool(i, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
    "average_pool": lambda x, i, n: tf.nn.avg_pool(i, [1, 3, 3, 1], [1, 1, 1, 1], "SAME"),
    "l2_loss": lambda x, i, n: x[:, 0, 0] * tf.nn.l2_loss(tf.get_variable("w", [3, 2])),
}


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """What TensorFlow and the port give for every case, from one graph and one model."""
    folder = tmp_path_factory.mktemp("op_types")

    def build(inputs):
        given = inputs["x"], inputs["image"], inputs["numbers"]
        return {f"out_{name}": make(*given) for name, make in CASES.items()}

    expected = graphs.write(folder, build, FEEDS)
    model, _ = graphs.model(folder, expected, list(FEEDS))
    return expected, dict(zip(expected, model.predict(list(FEEDS.values()), verbose=0)))


@pytest.mark.parametrize("name", CASES)
def test_computes_what_tensorflow_does(computed, name):
    expected, found = (side[f"out_{name}"] for side in computed)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


def test_another_function_is_noticed(computed):
    expected, found = computed
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(found["out_tanh"], expected["out_sigmoid"], rtol=2e-5, atol=2e-6)


def test_the_table_says_what_it_has():
    assert {"MatMul", "Sigmoid", "Conv2D", "LSTMBlockCell"} <= set(OPS)
