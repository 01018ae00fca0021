"""The goldens of the rarer names of tf.contrib catch the mistakes that they could make."""

import sys

import pytest
import tensorflow.compat.v1 as tf

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib import opt_scipy, opt_signs
from legacy_graph.contrib.distributions import sample_stats
from tests.golden import store

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "case, owner, name, mistake, key",
    [
        ("power_sign", opt_signs.PowerSignOptimizer, "_factor", lambda self, of, agreement: 1.0, "model/table:0"),
        ("add_sign", opt_signs.AddSignOptimizer, "_factor", lambda self, of, agreement: of["alpha"], "model/table:0"),
        ("percentile", sample_stats, "_ROUNDED", dict.fromkeys(sample_stats._ROUNDED, tf.ceil), "30.0 higher"),
        ("scipy_optimizer", opt_scipy.ExternalOptimizerInterface, "_pack_bounds", lambda *_: None, "bounds vector"),
    ],
    ids=["power_sign", "add_sign", "percentile", "scipy"],
)
def test_a_mistake_is_caught(monkeypatch, case, owner, name, mistake, key):
    expected, _ = store.read("contrib_rarer_slow")
    monkeypatch.setattr(owner, name, mistake)
    with tf1_behavior():
        got = store.load_cases("contrib_rarer_slow")[case](tf1)
    assert key in " ".join(store.differences(expected[case], got))


def test_scipy_is_asked_for_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with tf1_behavior(), tf.Graph().as_default(), tf.Session() as sess:
        weight = tf1.get_variable("weight", initializer=1.0)
        optimizer = tf1.contrib.opt.ScipyOptimizerInterface(weight**2)
        sess.run(tf1.global_variables_initializer())
        with pytest.raises(ImportError, match="pip install scipy"):
            optimizer.minimize(sess)
