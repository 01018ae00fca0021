"""Trains one of the tutorial's networks as a TF 1 graph and in Keras, and compares the two."""

import os
import pathlib
from collections.abc import Callable
from typing import Any, NamedTuple

from keras_port import training as keras_training
from legacy_graph import training as graph_training
from mnist_training import Progress, Recipe, saves
from parity import comparison, dropout, ladder, networks
from parity.comparison import Comparison, Part
from parity.ladder import LEFT, RIGHT
from parity.sides import MeasuringSide

REPLAYED_STEPS, DRAWN_IMAGES, DRAWN_MASKS = 100, 8, 100


class Trained(NamedTuple):
    """The results of training both sides, each {side: ...} as in Comparison."""

    curves: dict
    seconds: dict
    accuracies: dict


def compare(recipe: Recipe, mnist: Any, model_dir: str | os.PathLike | None = None) -> Comparison:
    """Train one network on both sides, from the same weights on the same batches.

    The ladder is climbed with dropout off. Where the recipe has dropout, two rungs follow: the graph's
    masks replayed in Keras step by step, and the distribution of each side's logits under its own masks.
    Then both sides are trained again, each with its own masks; these two curves are not equal.

    Args:
      recipe: a mnist_training.Recipe of one step or more; with a seed where it has dropout.
      mnist: Datasets; its `train` gives the batches.
      model_dir: where both trained models go, or None.

    Raises InputError for a recipe without steps, or with dropout and without a seed.
    """
    parts = comparison.parts_of(recipe)
    dropout.check_replayable(recipe)
    batches = networks.batches(recipe, mnist)
    return comparison.joined([_result(part, batches, mnist, model_dir, Progress) for part in parts])


def run(part: Part, mnist: Any, model_dir: str | os.PathLike | None, progress: Callable) -> Any:
    """Do one Part of a comparison; returns its result, for `comparison.joined`.

    `progress`: function of a recipe and a label that returns what shows the training, such as mnist_training.Progress;
    the other arguments are those of `compare`.
    """
    dropout.check_replayable(part.recipe)
    return _result(part, networks.batches(part.recipe, mnist), mnist, model_dir, progress)


def _result(part, *arguments):
    return (_with_dropout if part.dropout else _without_dropout)(part.recipe, *arguments)


def _without_dropout(recipe, batches, mnist, model_dir, progress):
    """Climb the ladder; returns its Report where the recipe has dropout, else the Comparison."""
    with networks.pair(recipe.without_dropout()) as pair:
        report, trained = _climb(pair, batches, progress)
        return report if recipe.keep_prob < 1 else _finish(recipe, pair, report, trained, mnist, model_dir)


def _with_dropout(recipe, batches, mnist, model_dir, progress):
    """Return the Comparison with dropout on; its report has the two rungs that follow the ladder's."""
    with networks.pair(recipe) as pair:
        rungs = _replayed(pair, batches), _distribution(pair, batches)
        trained = _train(pair, batches, progress)
        report = ladder.Report(rungs, trained.curves, trained.seconds)
        return _finish(recipe, pair, report, trained, mnist, model_dir)


# The stages, in order: each takes a pair and its batches. A stage whose pair has been trained restarts it first.


def _climb(pair, batches, progress):
    """Climb the ladder; returns the Report, and the training that the climb did."""
    left, right = (MeasuringSide(side, pair.recipe) for side in (pair.left, pair.right))
    _say(pair, f"up the ladder, {len(batches)} steps of each side")
    report = ladder.climb(
        left, right, batches, progress=_labelled(progress, pair.recipe), first_step=pair.recipe.first_step
    )
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


def _train(pair, batches, progress):
    """Train each side with its own masks; return what was measured."""
    _say(pair, f"dropout on, {len(batches)} steps of each side")
    pair.restart()
    trained = Trained({}, {}, {})
    for name, side in ((LEFT, pair.left), (RIGHT, pair.right)):
        measuring = MeasuringSide(side, pair.recipe)
        trained.curves[name], trained.seconds[name] = ladder.train(
            measuring, batches, _labelled(progress, pair.recipe)(name)
        )
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


def _labelled(progress, recipe):
    kept = "" if recipe.model != "multi_lstm" else f", keep_prob {recipe.keep_prob:g}"
    return lambda name: progress(recipe, f"{recipe.model} as {name}{kept}")
