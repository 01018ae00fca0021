"""What TF 1 behaviour leaves behind: nothing. Who may be inside at a time: any number of threads."""

import subprocess
import sys
import threading

import pytest
import tensorflow as tf

from legacy_graph import behavior, graph115, internals
from legacy_graph import tf1 as tf1_namespace
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph115 import drift, op_seeds, replacement
from legacy_graph.shared import shared

FIRST_THING = """
import sys
import keras_port, legacy_graph, parity
assert not {"keras", "tensorflow"} & set(sys.modules), "a package loads what its commands need not"
from legacy_graph import tf1_behavior
with tf1_behavior():
    from legacy_graph import tf1 as tf, tf1_imports
    assert legacy_graph.tf1 is tf and tf.VERSION == "1.15.5" and not tf.executing_eagerly()
    with tf.Session() as session:
        assert session.run(tf.constant(1) + 1) == 2
assert parity.check.__name__ == "check"
import tensorflow, keras, numpy
assert keras.saving.get_registered_object("keras_port>BasicLSTMCell") is keras_port.BasicLSTMCell
assert tensorflow.executing_eagerly() and (tensorflow.constant(1) + 1).numpy() == 2
assert keras.ops.convert_to_numpy(keras.layers.Dense(1)(numpy.ones((1, 2)))).shape == (1, 1)
"""


def test_a_process_that_begins_with_tf1_gets_it_on_demand_and_is_eager_afterwards():
    result = subprocess.run([sys.executable, "-c", FIRST_THING], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def is_tf1():
    return not tf.compat.v1.resource_variables_enabled() and not internals.tf2.enabled()


def is_replaced():
    return internals.random_seed.get_seed.__code__ is replacement._in_graphs(len, len).__code__


def test_of_overlapping_threads_the_last_restores():
    """One enters, another enters, the first leaves, the second leaves: as two servers' threads would."""
    second_is_in, first_is_out = threading.Event(), threading.Event()
    seen = {}

    def second():
        with tf1_behavior():
            second_is_in.set()
            first_is_out.wait(60)
            seen["alone"] = is_tf1(), is_replaced()
            seen["seed"] = _drawn_op_seed()

    thread = threading.Thread(target=second)
    with tf1_behavior():
        thread.start()
        assert second_is_in.wait(60)
        expected = _drawn_op_seed()
    first_is_out.set()
    thread.join()
    assert seen == {"alone": (True, True), "seed": expected}
    assert not is_tf1() and not is_replaced()


def _drawn_op_seed():
    with tf1_namespace.Graph().as_default() as graph:
        tf1_namespace.set_random_seed(1)
        tf1_namespace.constant(0)
        tf1_namespace.random_normal([2])
    return graph.get_operation_by_name("random_normal/RandomStandardNormal").get_attr("seed2")


def test_a_context_that_each_thread_restores_for_itself_would_stay_on():
    """What `shared` is for: without it the second thread takes the first one's change for what was before."""
    state = ["off"]

    def switched():
        before = state[0]
        state[0] = "on"
        yield
        state[0] = before

    first, second = switched(), switched()
    for step in (first, second, first, second):
        next(step, None)
    assert state == ["on"]  # left on, and nobody is inside

    state[0] = "off"
    context = shared(switched)
    first, second = context(), context()
    for step in (first.__enter__, second.__enter__):
        step()
    first.__exit__(None, None, None)
    assert state == ["on"]
    second.__exit__(None, None, None)
    assert state == ["off"]


def test_an_exception_leaves_nothing_behind():
    with pytest.raises(ZeroDivisionError):
        with tf1_behavior():
            _drawn_op_seed()
            assert op_seeds._counted
            raise ZeroDivisionError
    assert not op_seeds._counted and not is_tf1() and not is_replaced()


def test_classes_of_layers_get_the_bases_that_tf_keras_gives_them():
    layers = internals.keras_v1.layers
    v2, v1 = (internals.keras_versions.base_layer.Layer, internals.keras_versions.base_layer_v1.Layer)
    for use_v2 in (False, True, False):
        ours, theirs = (type("Layer", (layers.Dense,), {}) for _ in range(2))
        assert behavior._swap_class(ours, v2, v1, use_v2) is ours
        assert internals.keras_versions.swap_class(theirs, v2, v1, use_v2) is theirs
        assert ours.__mro__[1:] == theirs.__mro__[1:] and (v1 in ours.__mro__) == (
            not use_v2 or v1 in layers.Dense.__mro__
        )
    before = internals.keras_versions.swap_class
    with tf1_behavior():
        assert internals.keras_versions.swap_class is behavior._swap_class
    assert internals.keras_versions.swap_class is before


def renamed(x, keep_prob=None):
    """A function of TensorFlow's that has drifted."""


@pytest.mark.parametrize(
    "name, says",
    [
        ("renamed", r"renamed has the parameters \(x, keep_prob\), expected \(x, rate\)"),
        ("nowhere", r"nowhere is gone"),
    ],
)
def test_a_drifted_function_is_refused_on_entering(monkeypatch, name, says):
    monkeypatch.setitem(graph115.FUNCTIONS, (sys.modules[__name__], name), lambda today, x, rate: None)
    with pytest.raises(drift.DriftError, match=says) as refused:
        with tf1_behavior():
            pass
    assert f"TensorFlow {tf.__version__} differs from" in str(refused.value)
    assert not is_tf1() and not is_replaced()


def test_a_lost_gradient_is_refused_on_entering(monkeypatch):
    monkeypatch.setitem(graph115.GRADIENTS, "NoSuchOp", lambda today, op, grad: grad)
    with pytest.raises(drift.DriftError, match="op NoSuchOp has no gradient"):
        with tf1_behavior():
            pass


@pytest.mark.parametrize("ours", [lambda today, x, keep_prob=None: 0, lambda today, x, *args, **kwargs: 0])
def test_a_function_that_has_not_drifted_is_taken(ours):
    drift.check_functions({(sys.modules[__name__], "renamed"): ours})
