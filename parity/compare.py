"""Trains one of the tutorial's networks as a TF 1 graph and in Keras, and compares the two."""

import dataclasses
import os
import pathlib
from typing import Any, NamedTuple

import numpy as np

from keras_port import training as keras_training
from legacy_graph import training as graph_training
from mnist_training import InputError, Progress, Recipe, saves
from parity import dropout, ladder, networks, tolerances
from parity.ladder import LEFT, RIGHT
from parity.sides import MeasuringSide

REPLAYED_STEPS, DRAWN_IMAGES, DRAWN_MASKS = 100, 8, 100


class Trained(NamedTuple):
    """The results of training both sides, each {side: ...} as in Comparison."""

    curves: dict
    seconds: dict
    accuracies: dict


@dataclasses.dataclass(frozen=True)
class Comparison:
    """The result of comparing one network.

    Attributes:
      recipe: what was trained.
      report: the ladder.Report, with dropout off.
      shapes: {TF 1 name: shape} of the trainable variables.
      curves: {side: losses of the training steps}, dropout as the recipe has it.
      seconds: {side: seconds since the training began, after each step}.
      test: {side: (loss, accuracy)} on the test digits after training, without dropout.
      accuracies: {side: {step number: accuracy}} on the batch just trained on, where the tutorial programs measure it.
      weights: {side: {TF 1 name: array}} after training.
    """

    recipe: Recipe
    report: ladder.Report
    shapes: dict
    curves: dict
    seconds: dict
    test: dict
    accuracies: dict
    weights: dict

    @property
    def accuracies_agree(self) -> bool:
        """Whether the test accuracies agree within the bound, which is wider where dropout masks differ."""
        bound = (
            tolerances.ACCURACY.atol if self.recipe.keep_prob == 1 else tolerances.dropout_accuracy(self.recipe.steps)
        )
        return abs(self.test[LEFT][1] - self.test[RIGHT][1]) <= bound

    def last_loss(self, side: str) -> float | None:
        """Return the loss of a side's last training step; None where it was not trained."""
        return self.curves[side][-1] if self.curves.get(side) else None

    def milliseconds(self, side: str) -> float | None:
        """Return the median time of a side's training step; None where it was not trained."""
        if not self.seconds.get(side):
            return None
        return 1000 * float(np.median(np.diff(self.seconds[side], prepend=0)))

    @property
    def same(self) -> bool:
        """Whether the two sides are the same model by every measure taken."""
        return self.report.same and self.accuracies_agree

    @property
    def verdict(self) -> str:
        """The whole in a few words."""
        if self.report.same and not self.accuracies_agree:
            return "differs in accuracy"
        return self.report.verdict


def compare(recipe: Recipe, mnist: Any, model_dir: str | os.PathLike | None = None) -> Comparison:
    """Train one network on both sides, from the same weights on the same batches.

    The ladder is climbed with dropout off. Where the recipe has dropout, two rungs follow: the graph's
    masks replayed in Keras step by step, and the distribution of each side's logits under its own masks.
    Then both sides are trained again, each with its own masks; these two curves are not equal.

    Args:
      recipe: a mnist_training.Recipe of one step or more; with a seed where it has dropout.
      mnist: Datasets; its `train` gives the batches.
      model_dir: where both trained models go, or None.
    """
    if recipe.steps < 1:
        raise InputError("--steps must be 1 or more for a comparison: without training there is no curve")
    dropout.check_replayable(recipe)
    batches = networks.batches(recipe, mnist)
    with networks.pair(recipe.without_dropout()) as pair:
        report, trained = _climb(pair, batches)
        if recipe.keep_prob == 1:
            return _finish(recipe, pair, report, trained, mnist, model_dir)
    with networks.pair(recipe) as pair:
        stages = (_replayed, _distribution) if report.same else ()
        report = dataclasses.replace(report, rungs=(*report.rungs, *(stage(pair, batches) for stage in stages)))
        return _finish(recipe, pair, report, _train(pair, batches), mnist, model_dir)


# The stages, in order: each takes a pair and its batches. A stage whose pair has been trained restarts it first.


def _climb(pair, batches):
    """Climb the ladder; returns the Report, and the training that the climb did."""
    left, right = (MeasuringSide(side, pair.recipe) for side in (pair.left, pair.right))
    _say(pair, f"up the ladder, {len(batches)} steps of each side")
    report = ladder.climb(left, right, batches, progress=_progress(pair.recipe), first_step=pair.recipe.first_step)
    return report, Trained(report.curves, report.seconds, {LEFT: left.accuracies, RIGHT: right.accuracies})


def _replayed(pair, batches):
    """Train both sides with the graph's masks; return the Rung."""
    batches = batches[:REPLAYED_STEPS]
    _say(pair, f"the graph's dropout masks replayed in Keras, {len(batches)} steps of each side")
    return dropout.compare_replayed(pair, batches)


def _distribution(pair, batches):
    """Compare the distributions of the logits, each side with its own masks; return the Rung."""
    _say(pair, f"logits under {DRAWN_MASKS} dropout masks of each side")
    pair.restart()
    images = batches[0][0][:DRAWN_IMAGES]
    return dropout.compare_draws(
        dropout.draws(pair.recipe, pair.left.weights(), images, DRAWN_MASKS),
        dropout.keras_draws(pair.right.model, images, DRAWN_MASKS),
    )


def _train(pair, batches):
    """Train each side with its own masks; return what was measured."""
    _say(pair, f"dropout on, {len(batches)} steps of each side")
    pair.restart()
    trained = Trained({}, {}, {})
    for name, side in ((LEFT, pair.left), (RIGHT, pair.right)):
        measuring = MeasuringSide(side, pair.recipe)
        trained.curves[name], trained.seconds[name] = ladder.train(measuring, batches, _progress(pair.recipe)(name))
        trained.accuracies[name] = measuring.accuracies
    return trained


def _finish(recipe, pair, report, trained, mnist, model_dir):
    """Evaluate and save the trained pair; return the Comparison."""
    _say(pair, f"both trained models on {mnist.test.num_examples:,} test digits")
    left, right = pair.left, pair.right
    weights = {LEFT: left.weights(), RIGHT: right.weights()}
    test = {
        LEFT: graph_training.evaluate(recipe, weights[LEFT], mnist.test),
        RIGHT: keras_training.evaluate(right.model, mnist.test),
    }
    if model_dir is not None:
        folder = pathlib.Path(model_dir) / recipe.model
        patterns = (*graph_training.MODEL_FILES, keras_training.MODEL_FILE)
        earlier = saves.store(folder, patterns, lambda place: _write(pair, place, recipe.steps))
        if earlier:
            print(f"kept the earlier models in {earlier}")
    shapes = {name: value.shape for name, value in weights[LEFT].items()}
    return Comparison(recipe, report, shapes, *trained[:2], test, trained.accuracies, weights)


def _write(pair, folder, trained):
    keras_training.save(pair.right.model, folder / keras_training.MODEL_FILE)
    return [keras_training.MODEL_FILE, *graph_training.Trainee(pair.left).write(folder, trained)]


def _say(pair, what):
    """Print what begins now, since it may take a minute."""
    print(f"{pair.recipe.model}: {what}", flush=True)


def _progress(recipe):
    kept = "" if recipe.model != "multi_lstm" else f", keep_prob {recipe.keep_prob:g}"
    return lambda name: Progress(recipe, f"{recipe.model} as {name}{kept}")
