"""Losses that diverge by rounding are no difference; a small mistake, judged step by step, still is one."""

import numpy as np
import pytest

from parity import ladder
from parity.ports import each_step
from parity.ports.each_step import State

STEPS = 40
BATCHES = [(number, None) for number in range(STEPS)]


class Chaotic:
    """A training by Adam whose gradients follow a chaotic map of the weights, some of them tiny.

    `order` permutes a sum, so that two of them differ by rounding alone. The other arguments are those of Adam and of
    the gradients: `scale` multiplies them, `clip` cuts them off.
    """

    def __init__(self, order=1, rate=0.5, beta_1=0.9, beta_2=0.999, epsilon=1e-8, scale=1.0, clip=np.inf):
        self._order, self._settings = order, (rate, beta_1, beta_2, epsilon)
        self._scale, self._clip = np.float32(scale), np.float32(clip)
        start = np.random.default_rng(0).normal(size=64).astype("float32")
        self.start_from(State({"w": start}, {"m": {"w": 0 * start}, "v": {"w": 0 * start}}), 0)

    def start_from(self, state, steps_made):
        self._w, self._m, self._v = (state.weights["w"], state.slots["m"]["w"], state.slots["v"]["w"])
        self._made = steps_made

    def state(self):
        return State({"w": self._w}, {"m": {"w": self._m}, "v": {"w": self._v}})

    def steps_made(self):
        return self._made

    def offsets(self):
        return {}

    def train_step(self, number, _):
        rate, beta_1, beta_2, epsilon = map(np.float32, self._settings)
        parts = np.sin(30 * self._w + np.float32(number))
        gradient = np.cumsum(parts[:: self._order])[-1] * np.cos(30 * self._w) * np.logspace(0, -5, 64, dtype="float32")
        gradient = np.clip(gradient * self._scale, -self._clip, self._clip)
        self._m = beta_1 * self._m + (1 - beta_1) * gradient
        self._v = beta_2 * self._v + (1 - beta_2) * gradient * gradient
        self._made += 1
        rate = rate * np.sqrt(1 - beta_2**self._made) / (1 - beta_1**self._made)
        self._w = self._w - rate * self._m / (np.sqrt(self._v) + epsilon)
        return float(np.sum(parts))


def free(right):
    left = Chaotic()
    curves = [ladder.train(side, BATCHES)[0] for side in (left, right)]
    return ladder.compare_losses("losses", *curves)


def judged(**settings):
    right = Chaotic(order=-1, **settings)
    return each_step.compare(free(right), Chaotic(), right, BATCHES)


def test_losses_that_diverge_by_rounding_are_the_same_from_equal_weights():
    diverged = free(Chaotic(order=-1))
    assert not diverged.same and "they diverge" in diverged.where
    rung = judged()
    assert rung.same, rung
    assert "40 steps, each from equal weights" in rung.where and f"diverge by {diverged.difference:.2e}" in rung.where


@pytest.mark.parametrize(
    "mistake",
    [
        {"rate": 0.5 * 1.0003},
        {"beta_1": 0.9002},
        {"beta_2": 0.9991},
        {"epsilon": 1.1e-8},
        {"scale": 1.0002},
        {"clip": 2.0},
    ],
    ids=lambda mistake: next(iter(mistake)),
)
def test_a_small_mistake_is_caught_and_placed(mistake):
    rung = judged(**mistake)
    assert not rung.same and "also from equal weights, step" in rung.where, rung


def test_what_rounding_alone_decides_proves_nothing():
    class Noisy(Chaotic):
        def train_step(self, number, _):
            self._m = self._m + np.float32(1e-9) * np.random.default_rng(number).normal(size=64).astype("float32")
            return super().train_step(number, _)

    tiny = {"scale": 1e-8}
    right = Noisy(**tiny)
    rung = each_step.compare(free(right), Chaotic(**tiny), right, BATCHES)
    assert not rung.same and "rounding alone decides" in rung.where, rung
