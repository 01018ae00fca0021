"""Training of both wings, killed and resumed; `python -m tests.faults.kill_and_resume` kills as often as one likes."""

import functools
import json
import subprocess
import sys

import numpy as np
import pytest

from keras_port import training as keras_training
from legacy_graph import random_positions
from legacy_graph import training as graph_training
from mnist_training import Recipe, digits

RECIPE = Recipe.of("multi_lstm", layers=2, seed=3, steps=24, units=16, batch_size=8)  # accuracy is measured twice


class Cut(Exception):
    """Stands for the death of the process."""


def graph(data, folder=None):
    losses, weights = graph_training.train(RECIPE, data, folder, save_every=5)
    return losses, weights


def keras(data, folder=None):
    model = keras_training.build(RECIPE)
    losses = keras_training.train(model, RECIPE, data, folder, save_every=5)
    return losses, {weight.path: np.asarray(weight.value) for weight in model.trainable_weights}


@pytest.fixture(scope="module")
def mnist():
    return lambda: digits(RECIPE).train


def cut_off(train, data, folder):
    give, given = data.next_batch, []

    def next_batch(size):
        given.append(size)
        if len(given) == 23:
            raise Cut
        return give(size)

    data.next_batch = next_batch
    with pytest.raises(Cut):
        train(data, folder)


def same(one, other):
    return one[0] == other[0] and all(np.array_equal(one[1][name], other[1][name]) for name in one[1])


@pytest.fixture(scope="module")
def whole(mnist):
    """Return a function of `graph` or `keras`: what a run gives that nothing cuts off."""
    return functools.cache(lambda train: train(mnist()))


@pytest.mark.parametrize("train", [graph, keras])
def test_a_run_that_was_cut_off_ends_as_one_that_was_not(train, mnist, whole, tmp_path):
    cut_off(train, mnist(), tmp_path)
    assert same(train(mnist(), tmp_path), whole(train))


def test_without_the_place_of_the_random_ops_it_ends_elsewhere(mnist, whole, tmp_path, monkeypatch):
    cut_off(graph, mnist(), tmp_path)
    monkeypatch.setattr(random_positions, "skip_runs", lambda *_: None)
    assert not same(graph(mnist(), tmp_path), whole(graph))


@pytest.fixture(scope="module")
def session():
    with graph_training.Session(RECIPE) as built:
        yield built


@pytest.mark.parametrize("runs", [1, 7, 60])
def test_random_ops_skip_ahead_exactly(runs, session, monkeypatch):
    """As if each run in between had drawn; in several draws, too, where they are many."""
    monkeypatch.setattr(random_positions, "_AT_ONCE", 1000)
    images = np.random.RandomState(0).rand(8, 28, 28)

    def logits():
        return session.run(session.program.logits, images)

    def begin():
        session.restart()
        session.initialize()

    begin()
    *_, drawn = [logits() for _ in range(runs + 1)]
    begin()
    random_positions.skip_runs(session, runs)
    skipped = logits()
    assert np.array_equal(drawn, skipped)
    assert not np.array_equal(logits(), skipped)


@pytest.mark.slow
@pytest.mark.parametrize("wing", ["legacy_graph", "keras_port"])
def test_killed_at_random_moments(wing):
    command = [sys.executable, "-m", "tests.faults.kill_and_resume", wing, "--kills", "12"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kills"] >= 12
