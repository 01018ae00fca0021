"""The ladder on two sides that are numpy arrays: every rung holds, and every rung can break."""

import numpy as np
import pytest

import parity
from parity import ladder

KERNEL = "cell/basic_lstm_cell/kernel"


class LinearSide:
    """A linear classifier with squared error and plain gradient descent, and a kernel that is an LSTM's by name."""

    def __init__(self, scale=0.0, rate=0.1, extra=0.0):
        generator = np.random.default_rng(0)
        self.w = {KERNEL: generator.normal(size=(3, 8)).astype("float32"), "b": np.zeros(8, "float32")}
        self.scale, self.rate, self.extra = scale, rate, extra

    def weights(self):
        return {name: value.copy() for name, value in self.w.items()}

    def set_weights(self, weights):
        self.w = {name: value.copy() for name, value in weights.items()}

    def logits(self, images):
        return images @ self.w[KERNEL] + self.w["b"] + self.extra

    def gradients(self, images, labels):
        error = (self.logits(images) - labels) / len(images)
        return {KERNEL: images.T @ error * (1 + self.scale), "b": error.sum(axis=0)}

    def train_step(self, images, labels):
        loss = np.mean((self.logits(images) - labels) ** 2)
        for name, gradient in self.gradients(images, labels).items():
            self.w[name] = (self.w[name] - self.rate * gradient).astype("float32")
        return float(loss)


@pytest.fixture
def batches():
    generator = np.random.default_rng(1)
    return [
        (generator.normal(size=(5, 3)).astype("float32"), np.eye(8)[generator.integers(0, 8, 5)]) for _ in range(10)
    ]


def test_equal_sides_reach_the_top(batches):
    report = parity.climb(LinearSide(), LinearSide(), batches, test=batches[0])
    assert report.same and report.verdict == "same"
    assert [rung.name for rung in report.rungs] == [
        "names and shapes",
        "weights",
        "logits",
        "gradients",
        "one step",
        "losses",
        "accuracy",
    ]
    assert len(report.curves[ladder.LEFT]) == len(report.seconds[ladder.RIGHT]) == 10


def broken_names(side):
    side.w["c"] = side.w.pop("b")


def broken_shape(side):
    side.w["b"] = side.w["b"][:4]


def broken_dtype(side):
    side.w["b"] = side.w["b"].astype("float64")


def broken_weight(side):
    side.w[KERNEL][1, 5] += 1e-6


def broken_logits(side):
    side.extra = 1e-4


def broken_gradients(side):
    side.scale = 1e-3


def broken_step(side):
    side.rate *= 1.001


BREAKS = [
    (broken_names, "names and shapes", "b is on the left only"),
    (broken_shape, "names and shapes", "b: float32(8,) on the left, float32(4,) on the right"),
    (broken_dtype, "names and shapes", "b: float32(8,) on the left, float64(8,) on the right"),
    (broken_weight, "weights", f"{KERNEL}[1, 5], gate f"),
    (broken_logits, "logits", "logits["),
    (broken_gradients, "gradients", KERNEL),
    (broken_step, "one step", ""),
]


@pytest.mark.parametrize("breaks, rung, where", BREAKS, ids=[f.__name__ for f, _, _ in BREAKS])
def test_a_mistake_is_caught_at_its_rung_and_placed(batches, breaks, rung, where):
    right = LinearSide()
    breaks(right)
    report = parity.climb(LinearSide(), right, batches)
    assert not report.same
    assert report.rungs[-1].name == rung and where in report.rungs[-1].where
    assert report.verdict == f"differs at {rung}"


def test_a_mistake_that_grows_is_caught_in_the_losses(batches):
    class Forgetful(LinearSide):
        """Skips its fourth step."""

        steps = 0

        def train_step(self, images, labels):
            self.steps += 1
            before = self.weights()
            loss = super().train_step(images, labels)
            if self.steps == 4:
                self.set_weights(before)
            return loss

    report = parity.climb(LinearSide(), Forgetful(), batches)
    assert report.rungs[-1].name == "losses" and "they diverge at step 4" in report.rungs[-1].where


@pytest.mark.parametrize("values", [[1.0, np.nan], [np.nan, np.nan]], ids=["one", "both"])
def test_nan_is_no_agreement(values):
    assert not ladder.compare_losses("losses", [1.0, 1.0], values).same
    assert not ladder.compare_arrays(
        "weights", {"w": np.ones(2)}, {"w": np.array(values)}, ladder.tolerances.FORWARD
    ).same
    assert not ladder.compare_updates({"w": np.zeros(2)}, {"w": np.ones(2)}, {"w": np.array(values)}).same


def test_another_accuracy_is_caught():
    labels = np.eye(2)[[0] * 100]
    left, right = np.tile([1.0, 0.0], (100, 1)), np.tile([1.0, 0.0], (100, 1))
    assert ladder.compare_accuracy(left, right, labels).same
    right[:1] = [0.0, 1.0]
    assert not ladder.compare_accuracy(left, right, labels).same


def test_check_raises_the_report(batches):
    right = LinearSide()
    broken_weight(right)
    parity.check(LinearSide(), right, batches)  # copies the weights first
    broken_gradients(right)
    with pytest.raises(AssertionError, match="differs at gradients") as caught:
        parity.check(LinearSide(), right, batches)
    shown = caught.traceback.filter(caught)  # what pytest shows: the test's own line, and the report
    assert [str(entry.path) for entry in shown] == [__file__]
