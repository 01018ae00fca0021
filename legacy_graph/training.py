"""What the three programs share: their session, the training loop, checkpoints, evaluation."""

import pathlib

import numpy as np
import tensorflow.compat.v1 as v1

from legacy_graph import bi_lstm, lstm, multi_lstm, random_place
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph_model import GraphModel
from mnist_training import loop
from mnist_training.metrics import loss_and_accuracy

BUILDERS = {"lstm": lstm.build, "multi_lstm": multi_lstm.build, "bi_lstm": bi_lstm.build}
MODEL_FILES = ("checkpoint", "model.ckpt-*")  # what a Saver leaves in a model directory
EVALUATION_BATCH = 1000


class Session(GraphModel):
    """One of the programs, built in a graph of its own, and the session that runs it.

    A context manager. `recipe` says which program and its hyperparameters; with a seed the
    graph's random ops draw what they would draw in TensorFlow 1.15.
    """

    def __init__(self, recipe):
        with tf1_behavior() as graph:
            if recipe.seed is not None:
                v1.set_random_seed(recipe.seed)
            program = _build(recipe)
            # The tutorial programs keep no checkpoint; a Saver's ops stand after all of the program's.
            self._initializer = v1.global_variables_initializer()
            self._saver = v1.train.Saver(max_to_keep=None)
            self.global_variables = v1.global_variables()
            super().__init__(v1.Session(graph=graph), program, recipe.batch_size)
        self.graph = graph
        self.recipe = recipe

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.session.close()

    def restart(self):
        """Go on in a new session on the same graph: no variable has a value, no random op has drawn."""
        self.session.close()
        self.session = v1.Session(graph=self.graph)

    def initialize(self):
        """Draw the initial weights."""
        self.session.run(self._initializer)

    def save(self, directory, step):
        """Write a checkpoint `model.ckpt-STEP` into `directory`; returns its prefix."""
        pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
        with tf1_behavior(self.graph):  # a Saver asks whether TensorFlow runs eagerly
            return self._saver.save(
                self.session, str(pathlib.Path(directory) / "model.ckpt"), global_step=step, write_meta_graph=False
            )

    def restore(self, prefix):
        """Read a checkpoint, of TensorFlow 1.15 or ours, optimizer slots included."""
        with tf1_behavior(self.graph):
            self._saver.restore(self.session, prefix)


class Trainee:
    """A Session as mnist_training.loop.train takes it."""

    wing, patterns, saved_as = "legacy_graph", MODEL_FILES, "checkpoint"
    state_name = staticmethod("model.ckpt-{}.run.npz".format)

    def __init__(self, session):
        self._session = session
        self.step, self.accuracy = session.train_step, session.accuracy

    def write(self, folder, trained):
        """Write a checkpoint; its index, which tells that it is whole, comes last."""
        self._session.save(folder, trained)
        return [f"model.ckpt-{trained}.data-00000-of-00001", f"model.ckpt-{trained}.index"]

    def random_state(self):
        """Return nothing: where the random ops stand follows from the steps trained."""
        return {}

    def read(self, directory, state):
        """Load a checkpoint, and bring the random ops to where they were after it."""
        recipe = self._session.recipe
        self._session.restore(str(pathlib.Path(directory) / f"model.ckpt-{state.trained}"))
        if draws_in_order(recipe):
            measured = sum(map(recipe.measures_accuracy, recipe.step_numbers[: state.trained]))
            random_place.skip_runs(self._session, state.trained + measured)

    def is_finite(self):
        """Whether every variable is, the optimizer's too."""
        return all(np.isfinite(value).all() for value in self._session.global_values().values())

    @staticmethod
    def display(paths):
        """Return what is said to be saved: the prefix that Saver.restore takes."""
        return str(paths[-1]).removesuffix(".index")


def train(recipe, digits, model_dir=None, log=None, save_every=loop.SAVE_EVERY, resume=None):
    """Train one program as the tutorial programs do; returns (losses by step, weights).

    Arguments and errors are those of mnist_training.loop.train. Accuracy is measured after the
    step, on the batch just trained on, as the tutorial programs do. With a seed and one thread a
    run that was cut off and gone on with ends as one that was not, bit for bit.
    """
    with Session(recipe) as session:
        session.initialize()
        losses = loop.train(Trainee(session), recipe, digits, model_dir, log, save_every, resume)
        return losses, session.weights()


def evaluate(recipe, weights, digits):
    """Return (loss, accuracy) of `weights` on all of `digits`, without dropout."""
    with Session(recipe.without_dropout(batch_size=EVALUATION_BATCH)) as session:
        session.set_weights(weights)
        return loss_and_accuracy(session.logits(digits.images), digits.labels)


def draws_in_order(recipe):
    """Whether the time steps of the graph run one after another, which takes half as long again.

    Else those that overlap race for the generator, and the masks of a seed differ from run to run.
    """
    return recipe.seed is not None and recipe.keep_prob < 1


def _build(recipe):
    arguments = dict(units=recipe.units, batch_size=recipe.batch_size, learning_rate=recipe.learning_rate)
    if recipe.model == "multi_lstm":
        arguments.update(
            layers=recipe.layers, keep_prob=recipe.keep_prob, parallel_iterations=1 if draws_in_order(recipe) else None
        )
    return BUILDERS[recipe.model](**arguments)
