"""The tutorial's networks against their Keras ports, on real digits."""

import itertools

import numpy as np
import pytest

import parity
from mnist_training import MODELS, Recipe, digits
from parity import comparisons, dropout, ladder, networks, tolerances, traps

STEPS = 20


@pytest.fixture(scope="module", params=MODELS)
def climbed(request):
    """(recipe, left, right, batches, report of a climb of STEPS steps) of one network, dropout off."""
    recipe = Recipe.of(request.param, units=32, batch_size=32, seed=1, steps=STEPS).without_dropout()
    batches = networks.batches(recipe, digits(recipe))
    with networks.pair(recipe) as pair:
        left, right = pair.sides
        start = traps.distinct(left.weights())
        left.set_weights(start)
        report = parity.check(left, right, batches)
        yield recipe, left, right, batches, report, start


def test_the_port_is_the_same_model(climbed):
    report = climbed[4]
    assert [rung.name for rung in report.rungs] == [
        "names and shapes",
        "weights",
        "logits",
        "gradients",
        "one step",
        "losses",
    ]


def test_logits_and_gradients_keep_to_float32_rounding(climbed):
    figures = {rung.name: rung for rung in climbed[4].rungs}
    assert figures["logits"].bound <= 1e-5 and figures["gradients"].bound <= 1e-5
    assert figures["logits"].difference > 0 or figures["gradients"].difference > 0  # two programs did run


def test_losses_fall_and_agree(climbed):
    curves = climbed[4].curves
    np.testing.assert_allclose(curves[ladder.LEFT], curves[ladder.RIGHT], rtol=0, atol=1e-4)
    assert np.mean(curves[ladder.LEFT][-3:]) < np.mean(curves[ladder.LEFT][:3])


@pytest.mark.parametrize("one, other", list(itertools.combinations(comparisons.TF1_GATES, 2)))
def test_two_swapped_gates_are_caught(climbed, one, other):
    recipe, left, right, batches, _, start = climbed
    swapped = {
        name: traps.swap_gates(value, one, other) if "lstm_cell" in name else value for name, value in start.items()
    }
    left.set_weights(start)
    right.set_weights(swapped)
    rung = ladder.climb(left, right, batches[:1]).rungs[-1]
    assert rung.name == "weights" and rung.where[-1] in one + other
    logits = ladder.compare_arrays(
        "logits", {"": left.logits(batches[0][0])}, {"": right.logits(batches[0][0])}, tolerances.FORWARD
    )
    assert not logits.same and logits.difference > 100 * logits.bound


def test_with_its_masks_replayed_dropout_is_the_same_step_by_step():
    recipe = Recipe.of("multi_lstm", units=16, batch_size=16, seed=4, steps=8)
    batches = networks.batches(recipe, digits(recipe))
    with networks.pair(recipe) as pair:
        assert dropout.compare_replayed(pair, batches).same
        assert not dropout.compare_replayed(pair, batches, late=1).same


def test_a_pair_begins_again_where_it_began():
    recipe = Recipe.of("multi_lstm", units=4, batch_size=8, seed=4, steps=2)
    batches = networks.batches(recipe, digits(recipe))
    with networks.pair(recipe) as pair:
        curves = []
        for _ in range(2):
            curves.append([ladder.train(side, batches)[0] for side in (pair.left, pair.right)])
            pair.restart()
        further = [ladder.train(side, batches[:1])[0] + ladder.train(side, batches[:1])[0] for side in (pair.left,)]
        np.testing.assert_array_equal(*curves)
        assert further[0][0] == curves[0][0][0] and further[0][1] != further[0][0]  # without it, it goes on


def test_where_no_mask_reaches_there_is_no_spread_to_compare():
    still = np.tile(np.float32([[[0.3, -0.2]]]), (200, 4, 1))
    rounded = still + np.random.default_rng(0).normal(size=still.shape) * 1e-8
    rung = dropout.compare_draws(still, rounded)
    assert rung.same and rung.difference < 1 and "by 0.0" in rung.where
    spread = still + np.random.default_rng(0).normal(size=still.shape) * 1e-3
    assert not dropout.compare_draws(still, spread).same and not dropout.compare_draws(spread, still).same


def test_a_report_counts_steps_as_the_recipe_does():
    assert "they diverge at step 1" in ladder.compare_losses("losses", [1.0, 2.0], [1.0, 3.0]).where
    assert "they diverge at step 2" in ladder.compare_losses("losses", [1.0, 2.0], [1.0, 3.0], 1).where


def test_with_masks_of_its_own_dropout_is_the_same_in_distribution():
    recipe = traps.recipe_of("multi_lstm")
    with traps.faithful(recipe) as (left, right, batches):
        images = batches[0][0][:4]
        graph = dropout.draws(recipe, left.weights(), images, traps.MASKS)
        assert dropout.compare_draws(graph, dropout.keras_draws(right.model, images, traps.MASKS)).same
        other = traps.recipe_of("multi_lstm", keep_prob=0.6)
        assert not dropout.compare_draws(graph, dropout.draws(other, left.weights(), images, traps.MASKS)).same
