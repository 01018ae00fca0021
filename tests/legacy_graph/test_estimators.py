"""tf.estimator beyond its goldens: what it must not touch, what it refuses, and that other numbers are seen."""

import json
import sys

import pytest
import tensorflow as tf

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.estimators import package
from tests.golden import store

CASES = store.load_module("estimators")
TOOLS = sys.modules["_estimator_tools"]


def with_settings(monkeypatch, **settings):
    """Run the first golden case with other settings of its RunConfig; return what differs from TF 1.15's."""
    expected, _ = store.read("estimators")
    config = TOOLS.config
    monkeypatch.setattr(TOOLS, "config", lambda tf, **others: config(tf, **{**others, **settings}))
    with tf1_behavior():
        got = CASES.train_evaluate_predict(tf1)
    return store.differences(expected["train_evaluate_predict"], got)


@pytest.mark.slow
def test_another_seed_and_other_summaries_are_seen(monkeypatch):
    found = with_settings(monkeypatch, tf_random_seed=8, save_summary_steps=3)
    names = {line.split(": ")[0] for line in found}
    assert {"eval/loss", "logits", "summary/loss/steps", "checkpoint/reader/rnn/basic_lstm_cell/kernel"} <= names


def test_the_rest_of_the_process_sees_nothing_of_it():
    before = set(vars(tf.compat.v1))
    finders = list(sys.meta_path)
    assert package.load("canned.dnn") is package.load("canned.dnn")
    assert sys.meta_path == finders
    assert set(vars(tf.compat.v1)) == before
    assert not hasattr(tf, "estimator")


def test_it_is_given_our_names_for_tensorflow_1():
    module = package.load("canned.dnn")
    assert module.tf.compat.v1.train.AdamOptimizer is tf1.train.AdamOptimizer
    assert module.tf.keras.__name__ == "tf_keras"
    assert module.tf is not tf


@pytest.mark.parametrize("name", ["no_such_module", "tpu.no_such_module"])
def test_a_module_that_there_is_not_is_not_found(name):
    with pytest.raises(ModuleNotFoundError, match=name):
        package.load(name)


def test_a_strategy_on_a_cluster_is_refused_and_one_of_parameter_servers_is_not(monkeypatch):
    cluster = {"chief": ["localhost:1"], "ps": ["localhost:2"], "worker": ["localhost:3"]}
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": cluster, "task": {"type": "worker", "index": 0}}))
    with tf1_behavior():
        config = tf1.estimator.RunConfig(model_dir="folder")
        assert (config.num_ps_replicas, config.num_worker_replicas, config.is_chief) == (1, 2, False)
        with pytest.raises(NotImplementedError, match="train on one machine"):
            tf1.estimator.RunConfig(train_distribute=tf1.distribute.OneDeviceStrategy("/cpu:0"))


def test_an_experiment_takes_what_it_can_do_only():
    learn = tf1.contrib.learn
    with tf1_behavior():
        estimator = tf1.estimator.Estimator(TOOLS.model_fn(tf1), "folder")
        with pytest.raises(NotImplementedError, match="with exporters"):
            learn.Experiment(estimator, None, None, checkpoint_and_export=True)
        with pytest.raises(NotImplementedError, match="TF_CONFIG"):
            learn.RunConfig("grpc://localhost:1")
        with pytest.raises(RuntimeError, match="likely a different `RunConfig`"):
            config = learn.RunConfig(model_dir="folder")
            learn.learn_runner.run(lambda c, h: learn.Experiment(estimator, None, None), run_config=config)
        with pytest.raises(ValueError, match="accepting checkpoint_path"):
            learn.ExportStrategy("mine", lambda estimator, folder: folder).export(estimator, "folder", "a checkpoint")
