"""Building, training, saving and evaluating the three models."""

import os
import pathlib
import warnings
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from keras_port import forward_pass, structure
from keras_port.inputs import check_keras_file
from keras_port.structure import BUILDERS
from keras_port.workers import Workers
from mnist_training import InputError, Recipe, loop, replacing
from mnist_training.metrics import loss_and_accuracy

MODEL_FILE = "model.keras"
EVALUATION_BATCH = 1000


def build(recipe: Recipe, **sizes: int) -> keras.Model:
    """Return the compiled model of a mnist_training.Recipe; `sizes` may change rows, columns and classes.

    With a seed in the recipe this seeds Python's, numpy's and the backend's global generators
    (keras.utils.set_random_seed), from which Keras draws weights and dropout masks.
    """
    if recipe.seed is not None:
        keras.utils.set_random_seed(recipe.seed)
    arguments = dict(units=recipe.units, learning_rate=recipe.learning_rate, **sizes)
    if recipe.model == "multi_lstm":
        arguments.update(layers=recipe.layers, keep_prob=recipe.keep_prob)
    return BUILDERS[recipe.model](**arguments)


class Trainee:
    """Adapts a compiled model to mnist_training.loop.train."""

    patterns, saved_as = (MODEL_FILE, "model.run-*.npz"), "model"
    state_name = staticmethod("model.run-{}.npz".format)

    def __init__(self, model):
        self._model = model
        self._forward_pass = forward_pass.in_training(model)
        self.wing = f"keras_port on {keras.backend.backend()}"

    def step(self, images, labels):
        """Take one step; returns the loss before it."""
        self._model.reset_metrics()  # else Keras returns the mean loss of all steps so far
        return float(self._model.train_on_batch(self._shaped(images), labels, return_dict=True)["loss"])

    def accuracy(self, images, labels):
        """Return the share of a batch that is classified right, with dropout on."""
        return loss_and_accuracy(self._forward_pass(self._shaped(images)), labels)[1]

    def write(self, folder, trained):
        """Write the model and its optimizer."""
        self._model.save(folder / MODEL_FILE)
        return [MODEL_FILE]

    def random_state(self):
        """Return {name: array}, the states of the seed generators, which a .keras file does not have."""
        return {f"seed_{n}": keras.ops.convert_to_numpy(state) for n, state in enumerate(self._seed_states())}

    def read(self, directory, state):
        """Restore what `write` wrote and `random_state` returned."""
        saved = load(pathlib.Path(directory) / MODEL_FILE)
        self._model.optimizer.build(self._model.trainable_variables)
        for variable, value in zip(self._variables(), Trainee(saved)._variables(), strict=True):
            variable.assign(value)
        for number, seed_state in enumerate(self._seed_states()):
            seed_state.assign(state.arrays[f"seed_{number}"])

    def is_finite(self):
        """Whether every variable is finite, including the optimizer's."""
        return all(np.isfinite(keras.ops.convert_to_numpy(variable)).all() for variable in self._variables())

    @staticmethod
    def display(paths):
        """Return the name to print."""
        return str(paths[-1])

    def _shaped(self, images):
        return images.reshape(-1, *self._model.input_shape[1:])

    def _variables(self):
        return [*self._model.variables, *self._model.optimizer.variables]

    def _seed_states(self):
        return [variable for variable in self._model.variables if variable.path.endswith("seed_generator_state")]


class WorkersTrainee(Trainee):
    """A model that several workers train at once, each a `workers.Workers`."""

    def __init__(self, model, workers):
        super().__init__(model)
        self._workers, self._step = workers, workers.step_of(model)

    def step(self, images, labels):
        """Take one step together; returns the whole batch's loss before it."""
        return self._step(self._shaped(images), labels)


def train_distributed(
    workers: Workers,
    model: keras.Model,
    recipe: Recipe,
    digits: Any,
    model_dir: str | os.PathLike | None = None,
    log: str | os.PathLike | None = None,
    save_every: int = loop.SAVE_EVERY,
    resume: bool | None = None,
) -> dict[int, float]:
    """Train as `train` does, in each of several processes, for which `workers` is their `workers.Workers`.

    The first worker writes model_dir and the log; the others read model_dir where a run is resumed.
    Raises RunError, which names the worker, where another worker does not answer any more.
    """
    trainee, first = WorkersTrainee(model, workers), workers.cluster.is_first
    workers.check_alike(model)
    losses = loop.train(
        trainee, recipe, digits, model_dir, log if first else None, save_every, resume, follows=not first
    )
    workers.wait()  # a worker that left earlier would be taken for lost
    return losses


def train(
    model: keras.Model,
    recipe: Recipe,
    digits: Any,
    model_dir: str | os.PathLike | None = None,
    log: str | os.PathLike | None = None,
    save_every: int = loop.SAVE_EVERY,
    resume: bool | None = None,
) -> dict[int, float]:
    """Train `model`, from `build(recipe)`, as the tutorial programs do; returns {step: loss}.

    The other arguments and the errors are those of mnist_training.loop.train. The loss is the one
    before the step. Accuracy is measured after it, on the batch just trained on and with dropout
    on, because that is what the tutorial programs print. A run that was interrupted and resumed
    ends as one that was not, bit for bit where there is one thread.
    """
    return loop.train(Trainee(model), recipe, digits, model_dir, log, save_every, resume)


def evaluate(model: keras.Model, digits: Any) -> tuple[float, float]:
    """Return (loss, accuracy) of `model` on all of `digits`, without dropout."""
    images = digits.images.reshape(-1, *model.input_shape[1:])
    logits = model.predict(images, batch_size=EVALUATION_BATCH, verbose=0)
    return loss_and_accuracy(logits, digits.labels)


def predict(model: keras.Model, images: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the most likely digit of each image and its probability, two arrays of n."""
    logits = model.predict(np.asarray(images), batch_size=EVALUATION_BATCH, verbose=0)
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


def save(model: keras.Model, path: str | os.PathLike) -> str | os.PathLike:
    """Write `model` to `path`, whole or not at all; returns the path."""
    with replacing(path) as temporary:
        model.save(temporary)
    return path


def load(path: str | os.PathLike) -> keras.Model:
    """Return the model in the .keras file `path`.

    Raises InputError where its layers are not those of one of the three networks, where a weight is
    not finite, or where its optimizer's state is incomplete.
    """
    structure.check(path, check_keras_file(path))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras only warns of what a file lacks
            return keras.saving.load_model(path)
    except Exception as error:  # Keras raises whatever the damaged part leads to
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise InputError(f"{path}: Keras cannot load it: {reason}") from error
