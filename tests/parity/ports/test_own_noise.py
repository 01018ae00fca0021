"""What is nothing but rounding is no difference; a small mistake beside it still is one."""

import contextlib
import types

import numpy as np
import tensorflow.compat.v1 as tf

from parity import ladder, tolerances
from parity.ports.double_ctc import compute_in_double
from parity.ports.own_noise import RUNS, OwnNoise

X = np.random.default_rng(0).normal(size=300).astype("float32")


class Normalized:
    """A bias before a normalization: its gradient is a sum of what cancels. Its sums run in the order of `x`.

    A training step moves the number that the loss is, by a map that magnifies rounding, `growth` times.
    """

    capture, has_ctc = types.SimpleNamespace(feeds=range(60)), False

    def __init__(self, x=X, growth=3.9):
        self._x, self._growth = x, np.float32(growth)
        self.restore()

    @contextlib.contextmanager
    def at_checkpoint(self):
        yield self.restore()

    def restore(self):
        self._weights = {"kernel": np.array([0.7], "float32"), "bias": np.array([0.3], "float32")}
        self._loss = None

    def weights(self):
        return self._weights

    def set_weights(self, weights):
        self._weights = weights

    def logits(self, step):
        return {"h": np.tanh(self._x * self._weights["kernel"] + self._weights["bias"])}

    def gradients(self, step):
        h = self.logits(step)["h"]
        centred = h - h.mean()
        return {"kernel": np.array([np.cumsum(centred * self._x)[-1]]), "bias": np.array([np.cumsum(centred)[-1]])}

    def train_step(self, step):
        loss = self._weights["kernel"][0] if self._loss is None else self._loss
        self._loss = self._growth * loss * (1 - loss)
        return float(loss)


LEFT = Normalized()


def widest(noises):
    """The last of what OwnNoise yields."""
    found = [*noises]
    assert len(found) == RUNS
    return found[-1]


def gradients_rung(kernel=0.0, bias=0.0, noise=None):
    found = Normalized(X[::-1].copy()).gradients(0)
    found = {"kernel": found["kernel"] * (1 + kernel), "bias": found["bias"] + bias}
    noise = widest(OwnNoise(LEFT).gradients()) if noise is None else noise
    return ladder.compare_gradients(LEFT.gradients(0), found, noise)


def test_a_gradient_that_is_rounding_alone_is_held_to_the_graphs_own():
    assert not gradients_rung(noise=()).same
    rung = gradients_rung()
    assert rung.same and "own rounding" in rung.where and rung.bound < 1e-3


def test_a_small_error_in_or_beside_such_a_gradient_is_caught():
    assert gradients_rung(kernel=1e-4).where.startswith("kernel")
    assert not gradients_rung(kernel=1e-4).same and not gradients_rung(bias=1e-3).same


def test_a_rung_names_rounding_only_where_it_made_it_pass():
    noise = widest(OwnNoise(LEFT).gradients())
    assert "own rounding" not in gradients_rung(bias=1e-3, noise=noise).where


def test_the_first_noise_that_suffices_is_taken():
    asked = []

    def noises():
        for bound in (0.5, 1.5, 2.5):
            asked.append(bound)
            yield bound

    def compare(bound=0.1):
        return ladder.Rung("x", bound > 1, 1.0, bound)

    assert ladder.compare_with_fallbacks(compare, noises).bound == 1.5 and asked == [0.5, 1.5]
    assert not ladder.compare_with_fallbacks(lambda bound=0.1: ladder.Rung("x", False, 1.0, bound), noises).same


def one_step(kernel=0.01, bias=-0.01, undecided=None):
    """The rung of a step like Adam's first, 0.01 whatever the gradient's size; the right side's is given."""
    start = LEFT.weights()
    left = {name: value + np.float32(0.01) for name, value in start.items()}
    right = {"kernel": start["kernel"] + np.float32(kernel), "bias": start["bias"] + np.float32(bias)}
    undecided = widest(OwnNoise(LEFT).undecided()) if undecided is None else undecided
    return ladder.compare_updates(start, left, right, None, (), undecided)


def test_a_step_of_rounding_alone_is_left_out_and_nothing_else():
    assert {name: value.tolist() for name, value in widest(OwnNoise(LEFT).undecided()).items()} == {
        "kernel": [False],
        "bias": [True],
    }
    assert not one_step(undecided={}).same
    assert one_step().same and "1 weights are left out" in one_step().where
    assert not one_step(kernel=0.0101).same


def test_a_step_where_rounding_decides_most_weights_proves_nothing():
    everything = {name: np.array([True]) for name in LEFT.weights()}
    assert not one_step(undecided=everything).same


def losses(model):
    model.restore()
    return [model.train_step(step) for step in model.capture.feeds]


def test_losses_are_compared_until_rounding_alone_decides():
    left, noise = losses(Normalized()), widest(OwnNoise(LEFT).losses(60))
    right = losses(Normalized(growth=np.nextafter(np.float32(3.9), np.float32(4))))
    assert not ladder.compare_losses("losses", left, right).same
    rung = ladder.compare_losses("losses", left, right, 0, noise)
    assert rung.same and "of 60 steps, then rounding alone decides" in rung.where and 10 < np.isfinite(noise).sum() < 40
    wrong = losses(Normalized(growth=3.9 * 1.001))
    assert not ladder.compare_losses("losses", left, wrong, 0, noise).same


def test_a_first_loss_that_says_nothing_is_no_proof():
    assert not ladder.compare_losses("losses", [1.0, 1.0], [2.0, 1.0], 0, np.array([np.inf, np.inf])).same


def test_outputs_that_cancel_are_held_to_their_own_rounding():
    bounds = widest(OwnNoise(LEFT).logits(60))
    assert set(bounds) == {"logits[h]"} | {f"logits[h], batch {step}" for step in range(1, 60)}
    assert 0 < bounds["logits[h]"] < 10 * tolerances.FORWARD.atol


def ctc_gradient(in_double):
    """The gradient of a CTC loss over 250 steps as a graph computes it, and as ops of float64 do."""
    sounds = np.random.default_rng(0).normal(size=(250, 1, 6)).astype("float32")
    letters = np.random.default_rng(1).integers(0, 5, 40).astype("int32")
    places = np.stack([np.zeros(40, "int64"), np.arange(40)], 1)
    with tf.Graph().as_default() as graph:
        x = tf.constant(sounds, name="x")
        losses = tf.raw_ops.CTCLoss(inputs=x, labels_indices=places, labels_values=letters, sequence_length=[250])
        tf.identity(tf.gradients(losses[0], x)[0], name="gradient")
        precise = tf.raw_ops.CTCLoss(
            inputs=tf.cast(x, tf.float64), labels_indices=places, labels_values=letters, sequence_length=[250]
        )
        tf.identity(precise[1], name="precise")
    definition = graph.as_graph_def()
    if in_double:
        float64 = [
            node
            for node in definition.node
            if node.op == "CTCLoss" and node.attr["T"].type == tf.float64.as_datatype_enum
        ]
        for node in float64:
            node.op = "kept"
        compute_in_double(definition)
        for node in float64:
            node.op = "CTCLoss"
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(definition, name="")
        return session.run(["gradient:0", "precise:0"])


def test_a_ctc_loss_in_double_shows_how_far_the_graphs_own_is_off():
    found, precise = ctc_gradient(in_double=False)
    assert 2e-5 < np.max(np.abs(found - precise)) < 1e-3
    found, precise = ctc_gradient(in_double=True)
    np.testing.assert_allclose(found, precise, rtol=1e-6, atol=1e-7)


class Imprecise(Normalized):
    """A graph whose CTC loss is off in float32."""

    has_ctc = True

    @contextlib.contextmanager
    def with_double_ctc(self):
        yield Normalized(X * np.float32(1.001))


def test_what_a_ctc_loss_is_off_by_is_noise_of_the_graph():
    usual, found = (widest(OwnNoise(graph).gradients())["kernel"] for graph in (LEFT, Imprecise()))
    assert found > 100 * usual
