"""The session, training loop, checkpoints and evaluation that the three programs share."""

import os
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow.compat.v1 as v1

from legacy_graph import bi_lstm, lstm, multi_lstm, random_positions
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph_model import GraphModel
from mnist_training import Recipe, loop
from mnist_training.metrics import loss_and_accuracy

BUILDERS = {"lstm": lstm.build, "multi_lstm": multi_lstm.build, "bi_lstm": bi_lstm.build}
MODEL_FILES = ("checkpoint", "model.ckpt-*")  # a Saver's files in a model directory
EVALUATION_BATCH = 1000


class Session(GraphModel):
    """One of the programs, built in a graph of its own, and the session that runs it.

    A context manager. `recipe` names the program and its hyperparameters; with a seed the graph's
    random ops draw the same numbers as in TensorFlow 1.15.
    """

    def __init__(self, recipe: Recipe) -> None:
        with tf1_behavior() as graph:
            if recipe.seed is not None:
                v1.set_random_seed(recipe.seed)
            program = _build(recipe)
            # The tutorial programs have no Saver: its ops must come last, so that they change no op seed.
            self._initializer = v1.global_variables_initializer()
            self._saver = v1.train.Saver(max_to_keep=None)
            self.global_variables = v1.global_variables()
            super().__init__(_session(graph), program, recipe.batch_size)
        self.graph = graph
        self.recipe = recipe

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.session.close()

    @property
    def takes_any_batch(self) -> bool:
        """Whether the graph holds for batches of other sizes than the recipe's, too: no zero_state fixes one."""
        return self.program.logits.shape.as_list()[0] is None

    def restart(self) -> None:
        """Replace the session by a new one on the same graph: without values of variables or drawn numbers."""
        self.session.close()
        self.session = _session(self.graph)

    def initialize(self) -> None:
        """Draw the initial weights."""
        self.session.run(self._initializer)

    def save(self, directory: str | os.PathLike, step: int) -> str:
        """Write a checkpoint `model.ckpt-STEP` into `directory`; returns its prefix."""
        pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
        with tf1_behavior(self.graph):  # a Saver asks whether TensorFlow runs eagerly
            return self._saver.save(
                self.session, str(pathlib.Path(directory) / "model.ckpt"), global_step=step, write_meta_graph=False
            )

    def restore(self, prefix: str) -> None:
        """Read a checkpoint, of TensorFlow 1.15 or ours, optimizer slots included."""
        with tf1_behavior(self.graph):
            self._saver.restore(self.session, prefix)


class Trainee:
    """Adapts a Session to mnist_training.loop.train."""

    wing, patterns, saved_as = "legacy_graph", MODEL_FILES, "checkpoint"
    state_name = staticmethod("model.ckpt-{}.run.npz".format)

    def __init__(self, session):
        self._session = session
        self.step, self.accuracy = session.train_step, session.accuracy

    def write(self, folder, trained):
        """Write a checkpoint; its index, which marks it as complete, comes last."""
        self._session.save(folder, trained)
        return [f"model.ckpt-{trained}.data-00000-of-00001", f"model.ckpt-{trained}.index"]

    def random_state(self):
        """Return nothing: the random ops' state follows from the number of steps trained."""
        return {}

    def read(self, directory, state):
        """Load a checkpoint, and advance the random ops to where they were when it was saved."""
        recipe = self._session.recipe
        self._session.restore(str(pathlib.Path(directory) / f"model.ckpt-{state.trained}"))
        if draws_in_order(recipe):
            measured = sum(map(recipe.measures_accuracy, recipe.step_numbers[: state.trained]))
            random_positions.skip_runs(self._session, state.trained + measured)

    def is_finite(self):
        """Whether every variable is finite, including the optimizer's."""
        return all(np.isfinite(value).all() for value in self._session.global_values().values())

    @staticmethod
    def display(paths):
        """Return the name to print: the prefix that Saver.restore takes."""
        return str(paths[-1]).removesuffix(".index")


def train(
    recipe: Recipe,
    digits: Any,
    model_dir: str | os.PathLike | None = None,
    log: str | os.PathLike | None = None,
    save_every: int = loop.SAVE_EVERY,
    resume: bool | None = None,
) -> tuple[dict[int, float], dict[str, np.ndarray]]:
    """Train one program as the tutorial programs do; returns (losses by step, weights).

    Arguments and errors are those of mnist_training.loop.train. Accuracy is measured after the
    step, on the batch just trained on, as the tutorial programs do. With a seed and one thread a
    resumed run ends bit for bit as an uninterrupted one.
    """
    with Session(recipe) as session:
        session.initialize()
        losses = loop.train(Trainee(session), recipe, digits, model_dir, log, save_every, resume)
        return losses, session.weights()


def train_and_evaluate(recipe: Recipe, digits: Any, test_digits: Any, *args: Any, **kwargs: Any) -> tuple[float, float]:
    """Train like `train`, which takes the other arguments; returns (loss, accuracy) as `evaluate` does.

    A graph that takes any batch and has no dropout is not built again for that.
    """
    with Session(recipe) as session:
        session.initialize()
        loop.train(Trainee(session), recipe, digits, *args, **kwargs)
        if session.takes_any_batch and recipe.keep_prob == 1:
            session.batch_size = EVALUATION_BATCH
            return loss_and_accuracy(session.logits(test_digits.images), test_digits.labels)
        weights = session.weights()
    return evaluate(recipe, weights, test_digits)


def evaluate(recipe: Recipe, weights: Mapping[str, np.ndarray], digits: Any) -> tuple[float, float]:
    """Return (loss, accuracy) of `weights` on all of `digits`, without dropout."""
    with Session(recipe.without_dropout(batch_size=EVALUATION_BATCH)) as session:
        session.set_weights(weights)
        return loss_and_accuracy(session.logits(digits.images), digits.labels)


def draws_in_order(recipe: Recipe) -> bool:
    """Whether the graph's time steps run one after another, which makes a training step 1.5 times as long.

    Otherwise parallel time steps race for the generator, and the masks of a seed differ from run to run.
    """
    return recipe.seed is not None and recipe.keep_prob < 1


def _session(graph):
    """Return a session that optimizes the graph once: a second time finds nothing that makes a step faster."""
    config = v1.ConfigProto()
    config.graph_options.rewrite_options.meta_optimizer_iterations = 1
    return v1.Session(graph=graph, config=config)


def _build(recipe):
    arguments = dict(units=recipe.units, batch_size=recipe.batch_size, learning_rate=recipe.learning_rate)
    if recipe.model == "multi_lstm":
        arguments.update(
            layers=recipe.layers, keep_prob=recipe.keep_prob, parallel_iterations=1 if draws_in_order(recipe) else None
        )
    return BUILDERS[recipe.model](**arguments)
