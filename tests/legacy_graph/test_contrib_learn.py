"""tf.contrib.learn beyond its goldens: that other numbers are seen, its names, and scripts of SKCompat."""

import numpy as np
import pytest

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib.feature_columns import cross
from legacy_graph.runner.imports import find_module
from tests.golden import store


def differences(module, case):
    expected, _ = store.read(module)
    with tf1_behavior():
        return store.differences(expected[case], store.load_cases(module)[case](tf1))


def test_another_order_of_examples_is_seen(monkeypatch):
    other = np.random.RandomState(43)
    monkeypatch.setattr(np.random, "RandomState", lambda seed: other)
    found = {line.split("/")[0] for line in differences("contrib_learn", "feeders")}
    assert "shuffled" in found
    assert "iterators" not in found  # they are not shuffled


def test_another_hash_of_crosses_is_seen(monkeypatch):
    monkeypatch.setattr(cross, "_START", 1)
    found = {line.split(":")[0] for line in differences("feature_columns", "crosses")}
    assert found == {"words", "buckets", "nested"}  # with a key it is another op


@pytest.mark.parametrize(
    "path, name",
    [
        ("tensorflow.contrib.learn.python.learn.estimators.estimator", "SKCompat"),
        ("tensorflow.contrib.learn.python.learn.estimators.model_fn", "ModelFnOps"),
        ("tensorflow.contrib.learn.python.learn.estimators.constants", "ProblemType"),
        ("tensorflow.contrib.learn.python.learn.estimators.rnn_common", "PredictionType"),
        ("tensorflow.contrib.learn.python.learn.estimators.metric_key", "MetricKey"),
        ("tensorflow.contrib.learn.python.learn.estimators.run_config", "RunConfig"),
        ("tensorflow.contrib.learn.python.learn.learn_io.data_feeder", "setup_train_data_feeder"),
        ("tensorflow.contrib.learn.python.learn.metric_spec", "MetricSpec"),
        ("tensorflow.contrib.learn.python.learn.monitors", "ValidationMonitor"),
        ("tensorflow.contrib.learn.python.learn.utils.saved_model_export_utils", "make_export_strategy"),
        ("tensorflow.contrib.learn.python.learn.utils.input_fn_utils", "InputFnOps"),
        ("tensorflow.contrib.layers.python.layers.feature_column", "_RealValuedColumn"),
        ("tensorflow.contrib.layers.python.layers.feature_column_ops", "input_from_feature_columns"),
        ("tensorflow.contrib.layers.python.layers.target_column", "multi_class_target"),
    ],
)
def test_a_file_of_tf115_has_its_names(path, name):
    assert getattr(find_module(path), name).__name__ == name


@pytest.mark.parametrize("name", sorted(set(tf1.contrib.learn.estimators.PLACES)))
def test_every_estimator_is_where_it_is_said_to_be(name):
    assert getattr(tf1.contrib.learn, name) is getattr(tf1.contrib.learn.estimators, name)


def test_columns_of_tf_feature_column_and_of_contrib_go_together():
    """tf.feature_column's own functions read contrib's columns, as in TensorFlow 1.15."""
    layers = tf1.contrib.layers
    with tf1_behavior(), tf1.Graph().as_default(), tf1.Session() as sess:
        size = layers.real_valued_column("size", dimension=2)
        used = [size, layers.bucketized_column(size, [0.0]), tf1.feature_column.numeric_column("one")]
        features = {"size": tf1.constant([[1.0, -1.0]]), "one": tf1.constant([[3.0]])}
        joined = sess.run(tf1.feature_column.input_layer(features, used))
    assert sorted(joined[0]) == [-1, 0, 0, 1, 1, 1, 3]
