"""How many examples and how many sets of draws the distributions are compared on."""

import types

import numpy as np
import pytest

from parity.ports import draws

SHAPES = {"words": [None, 4], "steps_first": [4, None], "size": [], "keep_prob": []}


def capture(shapes=SHAPES, size=40):
    feeds = {
        "words": np.arange(4 * size).reshape(size, 4),
        "steps_first": np.zeros([4, size], "float32"),
        "size": np.int32(size),
        "keep_prob": np.float32(0.5),
    }
    about = {
        "batch_size": size,
        "batch_axis": {"words": 0, "steps_first": 1},
        "feeds": [{"tensor": name, "shape": shape} for name, shape in shapes.items()],
    }
    return types.SimpleNamespace(about=about, feeds=[feeds, feeds])


def test_a_batch_of_any_size_becomes_a_small_one():
    given = capture()
    few = draws.few_examples(given)
    assert len(few.feeds) == 1 and len(given.feeds) == 2
    assert {name: np.shape(value) for name, value in few.feeds[0].items()} == {
        **{"words": (draws.EXAMPLES, 4), "steps_first": (4, draws.EXAMPLES)},
        **{"size": (), "keep_prob": ()},
    }
    assert (few.feeds[0]["words"] == given.feeds[0]["words"][: draws.EXAMPLES]).all()
    assert few.feeds[0]["size"] == draws.EXAMPLES and few.feeds[0]["keep_prob"] == 0.5


@pytest.mark.parametrize("given", [capture(size=16), capture({**SHAPES, "words": [40, 4]})])
def test_a_small_batch_and_one_of_a_fixed_size_are_left_alone(given):
    assert draws.few_examples(given) is None


class Side:
    """Draws standard normal numbers for each example of its batch; takes batches of `takes` examples alone."""

    def __init__(self, seed, scale=1.0, takes=None):
        self.random, self.scale, self.takes = np.random.default_rng(seed), scale, takes

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def of(self, given):
        self.examples = len(given.feeds[0]["words"])
        if self.takes not in (None, self.examples):
            raise ValueError(f"{self.takes} examples, not {self.examples}")
        return self

    def batch(self, graph, step):
        assert step == 0
        return graph.examples

    def logits(self, step):
        return {"y": self.random.normal(size=[self.examples, 3])}

    def draw(self, examples):
        return {"y": self.scale * self.random.normal(size=[examples, 3])}


@pytest.mark.parametrize("takes", [None, 40])
def test_equal_distributions_are_same_and_another_spread_is_not(takes):
    left = Side(1, takes=takes)
    assert draws.compare(capture(), left.of, lambda: Side(2)).same
    assert left.examples == (takes or draws.EXAMPLES)
    rung = draws.compare(capture(), left.of, lambda: Side(2, scale=1.3))
    assert not rung.same and "spread" in rung.where


def test_where_drawing_takes_long_fewer_sets_are_drawn_and_the_rung_says_so(monkeypatch):
    monkeypatch.setattr(draws, "SECONDS", -1)
    rung = draws.compare(capture(), Side(1).of, lambda: Side(2))
    assert rung.same and rung.where.endswith(f"; {draws.LEAST} draws")


def test_a_side_that_is_slower_and_draws_less_is_compared_with_as_many(monkeypatch):
    drawn = draws._drawn
    numbers = iter([draws.DRAWS, draws.LEAST])
    monkeypatch.setattr(draws, "_drawn", lambda draw: drawn(draw)[: next(numbers)])
    rung = draws.compare(capture(), Side(1).of, lambda: Side(2))
    assert rung.same and f"; {draws.LEAST} draws" in rung.where
