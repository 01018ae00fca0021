"""The hyperparameters of the tutorial's three programs."""

import dataclasses
import difflib
from typing import Any

import numpy as np

from mnist_training import memory
from mnist_training.errors import InputError


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The hyperparameters of one model. `TUTORIAL[model]` has the tutorial's; see `Recipe.of`.

    Attributes:
      model: "lstm", "multi_lstm" or "bi_lstm".
      units: size of the LSTM's hidden state (of each direction, for bi_lstm).
      layers: number of layers; 1 except for multi_lstm.
      keep_prob: probability of keeping each input of a layer, in (0, 1]; 1 except for multi_lstm.
      learning_rate: Adam's.
      batch_size: digits in a training step.
      samples: the tutorial's `training_iters`: training stops when step * batch_size reaches it.
      first_step: the number of the first step in the tutorial's loop: 0, or 1 for bi_lstm.
      report_every: accuracy is measured at steps that are multiples of this.
      seed: of weights, batches and dropout masks; None draws a random one.
    """

    model: str
    units: int = 128
    layers: int = 1
    keep_prob: float = 1.0
    learning_rate: float = 0.001
    batch_size: int = 128
    samples: int = 100_000
    first_step: int = 0
    report_every: int = 20
    seed: int | None = None
    steps: int = None  # type: ignore[assignment]  # None: as many as `samples` give

    def __post_init__(self):
        if self.steps is None:  # while step * batch_size < samples
            last = -(-self.samples // self.batch_size)
            object.__setattr__(self, "steps", max(0, last - self.first_step))

    @property
    def step_numbers(self) -> range:
        """The numbers of the training steps, as the tutorial's loop counts them."""
        return range(self.first_step, self.first_step + self.steps)

    def measures_accuracy(self, step: int) -> bool:
        """Whether accuracy is measured, on the batch just trained on, after this step."""
        return step % self.report_every == 0

    def without_dropout(self, **changes: Any) -> "Recipe":
        """Return this recipe with keep_prob 1, and the given values changed."""
        return dataclasses.replace(self, keep_prob=1.0, **changes)

    def check_fits(self, digits: Any) -> None:
        """Raise InputError unless a batch fits into `digits`, the training DataSet."""
        if self.batch_size > digits.num_examples:
            raise InputError(
                f"--batch-size {self.batch_size} is more than the {digits.num_examples} training digits: ask for fewer"
            )
        needed, there = self._bytes(), memory.total_bytes()
        if needed > there:
            raise InputError(
                f"--units {self.units} with --batch-size {self.batch_size} would take some {needed / 1e9:.0f} GB; "
                f"this machine has {there / 1e9:.0f}: ask for fewer"
            )

    def _bytes(self, rows=28, columns=28, classes=10):
        """Estimate the memory of training in bytes: weights, Adam's two moments, gradients, kept activations."""
        inputs = columns if self.model == "bi_lstm" else self.units
        cells = (inputs + self.units) * 4 * self.units * (2 if self.model == "bi_lstm" else 1)
        weights = cells + 2 * (columns + classes) * self.units
        return 4 * (4 * weights + 8 * rows * self.layers * self.batch_size * self.units)

    @classmethod
    def of(cls, model: str, **changes: Any) -> "Recipe":
        """Return the tutorial's recipe of `model` with some values changed.

        Raises InputError for an unknown model or a value out of range.
        """
        if model not in TUTORIAL:
            nearest = difflib.get_close_matches(model, MODELS, n=1)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise InputError(f"unknown model {model!r}: expected one of {', '.join(MODELS)}.{hint}")
        for name, value in changes.items():
            _check(model, name, value)
        # steps follows from samples and batch_size unless it was given
        return dataclasses.replace(TUTORIAL[model], **{"steps": None, **changes})


TUTORIAL = {
    recipe.model: recipe
    for recipe in (
        Recipe("lstm"),
        Recipe("multi_lstm", layers=3, keep_prob=0.5),
        Recipe("bi_lstm", units=256, samples=20_000, first_step=1),
    )
}
MODELS = tuple(TUTORIAL)
TITLES = {"lstm": "LSTM", "multi_lstm": "Stacked LSTM", "bi_lstm": "Bidirectional LSTM"}

_BOUNDS = {
    "units": (1, 2**20),
    "layers": (1, 100),
    "batch_size": (1, 2**31 - 1),
    "samples": (1, 2**53),
    "steps": (0, 10**9),
    "seed": (0, 2**31 - 1),
}


def check_number(flag: str, value: float) -> None:
    """Raise InputError where the value of a flag such as --rows or --learning-rate is out of range."""
    if flag == "--learning-rate" and not _is_float32(value, above=0):
        raise InputError(f"{flag} must be above 0 and finite, not {value}")
    if flag == "--forget-bias" and not _is_float32(value):
        raise InputError(f"{flag} must be finite, not {value}")
    if flag == "--keep-prob" and not 2**-24 < value <= 1:  # below, no random float32 keeps anything
        raise InputError(f"{flag} must be above 0 and at most 1, not {value}")
    if flag == "--rows" and not 1 <= value <= 10_000:
        raise InputError(f"{flag} must be {'1 or more' if value < 1 else 'at most 10000'}, not {value}")


def _is_float32(value, above=None):
    """Whether a number is finite as float32, and above a bound where one is given."""
    with np.errstate(all="ignore"):
        value = np.float32(value)
    return bool(np.isfinite(value)) and (above is None or value > above)


def _check(model, name, value):
    flag = "--" + name.replace("_", "-")
    if value is None:
        return
    check_number(flag, value)
    least, most = _BOUNDS.get(name, (value, value))
    if value < least:
        raise InputError(f"{flag} must be {least} or more, not {value}")
    if value > most:
        most = "below 2**31" if name == "seed" else f"at most {most}"
        raise InputError(f"{flag} must be {most}, not {_shortened(value)}")
    if model != "multi_lstm" and name in ("layers", "keep_prob") and value != 1:
        raise InputError(
            f"{flag} {value} does not fit {model}, which has one layer and no dropout; only multi_lstm takes it"
        )
    if model == "multi_lstm" and name == "layers" and value < 2:
        raise InputError(f"--layers must be 2 or more for multi_lstm, which reads out its second layer, not {value}")


def _shortened(number):
    text = str(number)
    return text if len(text) < 40 else f"a number of {len(text)} digits"
