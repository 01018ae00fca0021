"""Recordings of TensorFlow 1.15: trainings of the tutorial programs with some seeds.

The arrays of data/tf115_curves.npz are named MODEL/SEED/KIND, those of a run with one thread
MODEL/SEED/KIND_one_thread; tests/golden/record_curves.py writes them.
"""

import dataclasses
import importlib.resources
import json

import numpy as np

from mnist_training import TUTORIAL, Recipe

_DATA = importlib.resources.files("parity.report") / "data"
TF115 = "TF 1.15"
ARRAYS, PROVENANCE = "tf115_curves.npz", "tf115_curves.json"


@dataclasses.dataclass(frozen=True)
class Recording:
    """One training run of TensorFlow 1.15.

    Attributes:
      losses: array, the loss before each step.
      accuracies: {step number: accuracy} on the batch just trained on, where the tutorial programs measure it.
      test_accuracy: on the test digits after training, without dropout; None for a run that is cut short.
    """

    losses: np.ndarray
    accuracies: dict
    test_accuracy: float | None


def recordings(recipe: Recipe, one_thread: bool = False) -> dict[int, Recording]:
    """Return {seed: Recording} of the seeds that were recorded for this recipe, cut to its steps.

    Each was trained twice, with a thread for every core and with `one_thread`; the two differ only by
    rounding, which shows how well TensorFlow 1.15 repeats itself. Empty where no run with these
    hyperparameters was recorded.
    """
    arrays = _DATA / ARRAYS
    # steps=None: as many as `samples` give
    full = dataclasses.replace(recipe, seed=None, steps=None)  # type: ignore[arg-type]
    if full != TUTORIAL[recipe.model] or not arrays.is_file():
        return {}
    found, suffix = {}, "_one_thread" if one_thread else ""
    with arrays.open("rb") as stream, np.load(stream) as curves:
        for name in curves.files:
            model, seed, kind = name.split("/")
            if model == recipe.model and kind == "losses" + suffix:
                found[int(seed)] = _cut(
                    recipe,
                    *(curves[f"{model}/{seed}/{kind}{suffix}"] for kind in ("losses", "accuracies", "test_accuracy")),
                )
    return found


def provenance() -> dict:
    """Return how the recordings were made: TensorFlow's version, the command; {} without recordings."""
    file = _DATA / PROVENANCE
    return json.loads(file.read_text()) if file.is_file() else {}


def _cut(recipe, losses, accuracies, test_accuracy):
    measured = filter(recipe.measures_accuracy, TUTORIAL[recipe.model].step_numbers)
    return Recording(
        losses[: recipe.steps],
        {
            step: float(accuracy)
            for step, accuracy in zip(measured, accuracies, strict=True)
            if step in recipe.step_numbers
        },
        float(test_accuracy) if recipe.steps == len(losses) else None,
    )
