"""What comparing one of the tutorial's networks gives, and the parts that it is done in. Imports no TensorFlow."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from mnist_training import InputError, Recipe
from parity import ladder, tolerances
from parity.ladder import LEFT, RIGHT


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


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a comparison that needs no other part's results; `compare.run` does it.

    Attributes:
      recipe: the network's.
      dropout: False: up the ladder, with dropout off. True: what is compared with dropout on.
    """

    recipe: Recipe
    dropout: bool

    @property
    def cost(self) -> int:
        """Roughly how long it takes, for comparison with other parts."""
        recipe = self.recipe
        return recipe.steps * recipe.layers * recipe.units**2 * (3 if self.dropout else 2)


def parts_of(recipe: Recipe) -> list[Part]:
    """Return the Parts of a recipe's comparison. Raises InputError where it has no step: there is no curve then."""
    if recipe.steps < 1:
        raise InputError("--steps must be 1 or more for a comparison: without training there is no curve")
    return [Part(recipe, dropout) for dropout in ((False,) if recipe.keep_prob == 1 else (False, True))]


def joined(results: Sequence[Any]) -> Comparison:
    """Return the Comparison, given the results of `parts_of` a recipe in their order.

    The ladder's last rungs are those with dropout on, where the ones before them held.
    """
    if len(results) == 1:
        return results[0]
    report, with_dropout = results
    rungs = with_dropout.report.rungs if report.same else ()
    return dataclasses.replace(with_dropout, report=dataclasses.replace(report, rungs=(*report.rungs, *rungs)))
