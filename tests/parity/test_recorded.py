"""The curves that TF 1.15 gave: whole, of known origin, and given again by the same programs today."""

import hashlib

import numpy as np
import pytest

from legacy_graph import training
from mnist_training import MODELS, TUTORIAL, Recipe, digits
from parity import ladder, networks
from parity.report import recorded
from parity.sides import MeasuringSide


def test_the_recordings_are_those_that_were_written():
    provenance = recorded.provenance()
    assert provenance["tensorflow"].startswith("1.15.") and "record_curves.py" in provenance["command"]
    arrays = (recorded._DATA / recorded.ARRAYS).read_bytes()
    assert hashlib.sha256(arrays).hexdigest() == provenance["sha256"]


@pytest.mark.parametrize("model, least", [("lstm", 0.95), ("multi_lstm", 0.96), ("bi_lstm", 0.86)])
def test_five_seeds_are_recorded_in_full(model, least):
    runs = recorded.recordings(TUTORIAL[model])
    assert sorted(runs) == [1, 2, 3, 4, 5]
    for run in runs.values():
        assert len(run.losses) == TUTORIAL[model].steps and np.isfinite(run.losses).all()
        assert list(run.accuracies) == [
            step for step in TUTORIAL[model].step_numbers if TUTORIAL[model].measures_accuracy(step)
        ]
        assert run.test_accuracy > least


def todays_graph(recipe, measuring=True):
    """Train today's TF 1 graph as a comparison does; returns the losses."""
    with training.Session(recipe) as session:
        session.initialize()
        side = MeasuringSide(session, recipe) if measuring else session
        return np.array(ladder.train(side, networks.batches(recipe, digits(recipe)))[0])


@pytest.mark.parametrize(
    "model",  # tests/legacy_graph/test_loss_curves.py holds the first steps of all three to other recordings
    [pytest.param(model, marks=[pytest.mark.slow] if model == "bi_lstm" else []) for model in MODELS],
)
def test_todays_graph_begins_the_curve_of_its_seed_only(model):
    losses = todays_graph(Recipe.of(model, seed=1, steps=3))
    for seed, run in recorded.recordings(Recipe.of(model, steps=3)).items():
        assert np.allclose(losses, run.losses, rtol=0, atol=1e-5) == (seed == 1)


@pytest.mark.slow
def test_without_the_tutorial_measuring_the_dropout_masks_are_others():
    recipe = Recipe.of("multi_lstm", seed=1, steps=5)
    losses, in_115 = todays_graph(recipe, measuring=False), recorded.recordings(recipe)[1].losses
    assert abs(losses[0] - in_115[0]) < 1e-5 < 1e-3 < np.max(np.abs(losses - in_115))
