"""The curves that TF 1.15 gave: whole, of known origin, and given again by the same programs today."""

import hashlib

import numpy as np
import pytest

from legacy_graph import training
from parity import ladder, networks, recorded, tolerances
from parity.sides import MeasuringSide
from recipe import DOCUMENTS, MODELS, Recipe, digits


def test_the_recordings_are_those_that_were_written():
    provenance = recorded.provenance()
    assert provenance["tensorflow"].startswith("1.15.") and "record_curves.py" in provenance["command"]
    arrays = (recorded._DATA / recorded.ARRAYS).read_bytes()
    assert hashlib.sha256(arrays).hexdigest() == provenance["sha256"]


@pytest.mark.parametrize("model, least", [("lstm", 0.95), ("multi_lstm", 0.96), ("bi_lstm", 0.86)])
def test_five_seeds_are_recorded_in_full(model, least):
    runs = recorded.recordings(DOCUMENTS[model])
    assert sorted(runs) == [1, 2, 3, 4, 5]
    for run in runs.values():
        assert len(run.losses) == DOCUMENTS[model].steps and np.isfinite(run.losses).all()
        assert list(run.accuracies) == [
            step for step in DOCUMENTS[model].step_numbers if DOCUMENTS[model].measures_accuracy(step)]
        assert run.test_accuracy > least


def todays_graph(model, seed=1, **changes):
    """Train today's TF 1 graph as a comparison does; returns (losses, {step: accuracy})."""
    recipe = Recipe.of(model, seed=seed, **changes)
    with training.Session(recipe) as session:
        session.initialize()
        side = MeasuringSide(session, recipe)
        losses, _ = ladder.train(side, networks.batches(recipe, digits(recipe)))
    return np.array(losses), side.accuracies


@pytest.mark.parametrize("model", MODELS)
def test_todays_graph_begins_the_curve_of_its_seed_only(model):
    losses, _ = todays_graph(model, steps=3)
    for seed, run in recorded.recordings(Recipe.of(model, steps=3)).items():
        assert np.allclose(losses, run.losses, rtol=0, atol=1e-5) == (seed == 1)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_todays_graph_gives_the_whole_curve(model):
    losses, accuracies = todays_graph(model)
    run = recorded.recordings(Recipe.of(model))[1]
    assert np.all(np.abs(losses - run.losses) <= tolerances.trajectory(len(losses)))
    assert accuracies == pytest.approx(run.accuracies, abs=0.01)  # one digit of a batch


@pytest.mark.slow
def test_without_the_documents_measuring_the_dropout_masks_are_others():
    recipe = Recipe.of("multi_lstm", seed=1, steps=5)
    with training.Session(recipe) as session:
        session.initialize()
        losses, _ = ladder.train(session, networks.batches(recipe, digits(recipe)))
    recorded_losses = recorded.recordings(recipe)[1].losses
    assert abs(losses[0] - recorded_losses[0]) < 1e-5 < 1e-3 < np.max(np.abs(losses - recorded_losses))
