"""What the three programs share: their session, the training loop, checkpoints, evaluation."""

import pathlib

import tensorflow.compat.v1 as v1

from legacy_graph import bi_lstm, lstm, multi_lstm
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph_model import GraphModel
from mnist_training import Progress, keep_earlier
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


def train(recipe, digits, model_dir=None, log=None):
    """Train one program as the tutorial programs do; returns (losses by step, weights).

    Args:
      recipe: a mnist_training.Recipe.
      digits: the training DataSet; its `next_batch` says which digits come.
      model_dir: where the checkpoint goes, also when interrupted; None for nowhere.
      log: a file for one JSON object a step, or None.

    Accuracy is measured after the step, on the batch just trained on, as the tutorial programs do.
    """
    trained = 0
    with Session(recipe) as session:
        session.initialize()
        try:
            with Progress(recipe, recipe.model, log) as progress:
                for step in recipe.step_numbers:
                    images, labels = digits.next_batch(recipe.batch_size)
                    loss = session.train_step(images, labels)
                    trained += 1
                    measured = recipe.measures_accuracy(step)
                    progress.step(step, loss, session.accuracy(images, labels) if measured else None)
        finally:
            if model_dir is not None:
                earlier = keep_earlier(model_dir, *MODEL_FILES)
                if earlier:
                    print(f"kept the earlier checkpoint in {earlier}")
                print(f"saved {session.save(model_dir, trained)}")
        return progress.losses, session.weights()


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
