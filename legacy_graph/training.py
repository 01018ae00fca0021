"""What the three programs share: their session, the training loop, checkpoints, evaluation."""

import pathlib

import numpy as np
import tensorflow.compat.v1 as v1

from legacy_graph import bi_lstm, lstm, multi_lstm
from legacy_graph.behavior import tf1_behavior
from recipe import Progress, keep_earlier
from recipe.metrics import loss_and_accuracy

BUILDERS = {"lstm": lstm.build, "multi_lstm": multi_lstm.build, "bi_lstm": bi_lstm.build}
EVALUATION_BATCH = 1000


class Session:
    """One of the programs, built in a graph of its own, and the session that runs it.

    A context manager. `recipe` says which program and its hyperparameters; with a seed the
    graph's random ops draw what they would draw in TensorFlow 1.15.
    """

    def __init__(self, recipe):
        with tf1_behavior() as graph:
            if recipe.seed is not None:
                v1.set_random_seed(recipe.seed)
            self.program = _build(recipe)
            # The documents keep no checkpoint; a Saver's ops stand after all of the program's.
            self._initializer = v1.global_variables_initializer()
            self.saver = v1.train.Saver(max_to_keep=None)
            self.trainable_variables = v1.trainable_variables()
            self.global_variables = v1.global_variables()
        self.graph = graph
        self.recipe = recipe
        self._session = v1.Session(graph=graph)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._session.close()

    def initialize(self):
        """Draw the initial weights."""
        self._session.run(self._initializer)

    def run(self, fetches, images, labels=None):
        """Run `fetches` on a batch: images (batch, 784) or (batch, rows, columns), one-hot labels."""
        shape = self.program.x.shape.as_list()[1:]
        feed = {self.program.x: np.reshape(images, [-1, *shape])}
        if labels is not None:
            feed[self.program.y] = labels
        return self._session.run(fetches, feed)

    def train_step(self, images, labels):
        """Take one step of Adam; returns the loss before it."""
        loss, _ = self.run([self.program.loss, self.program.train_op], images, labels)
        return float(loss)

    def accuracy(self, images, labels):
        """Return the share of the batch that is classified right, dropout included as in TF 1."""
        return float(self.run(self.program.accuracy, images, labels))

    def logits(self, images):
        """Return the logits, (n, classes), of any number of images."""
        size = self.recipe.batch_size  # part of the graph, so the last batch is filled up
        filling = np.zeros((-len(images) % size, *images.shape[1:]), images.dtype)
        padded = np.concatenate([images, filling])
        return np.concatenate([self.run(self.program.logits, padded[start:start + size])
                               for start in range(0, len(padded), size)])[:len(images)]

    def weights(self):
        """Return {name: array} of the trainable variables, in order of creation; names without ':0'."""
        values = self._session.run(self.trainable_variables)
        return {variable.op.name: value for variable, value in zip(self.trainable_variables, values)}

    def set_weights(self, weights):
        """Load {name: array} into the trainable variables; ValueError unless all are given."""
        names = [variable.op.name for variable in self.trainable_variables]
        if set(weights) != set(names):
            raise ValueError(f"weights of {sorted(weights)} do not fit a program of {sorted(names)}")
        # The value that an initializer assigns can be fed: no op is added to the graph.
        self._session.run([variable.initializer for variable in self.trainable_variables],
                          {variable.initializer.inputs[1]: weights[variable.op.name]
                           for variable in self.trainable_variables})

    def save(self, directory, step):
        """Write a checkpoint `model.ckpt-STEP` into `directory`; returns its prefix."""
        pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
        with tf1_behavior(self.graph):  # a Saver asks whether TensorFlow runs eagerly
            return self.saver.save(self._session, str(pathlib.Path(directory) / "model.ckpt"),
                                   global_step=step, write_meta_graph=False)

    def restore(self, prefix):
        """Read a checkpoint, of TensorFlow 1.15 or ours, optimizer slots included."""
        with tf1_behavior(self.graph):
            self.saver.restore(self._session, prefix)


def train(recipe, digits, model_dir=None, log=None):
    """Train one program as the documents do; returns (losses by step, weights).

    Args:
      recipe: a recipe.Recipe.
      digits: the training DataSet; its `next_batch` says which digits come.
      model_dir: where the checkpoint goes, also when interrupted; None for nowhere.
      log: a file for one JSON object a step, or None.

    Accuracy is measured after the step, on the batch just trained on, as the documents do.
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
                earlier = keep_earlier(model_dir, "checkpoint", "model.ckpt-*")
                if earlier:
                    print(f"kept the earlier checkpoint in {earlier}")
                print(f"saved {session.save(model_dir, trained)}")
        return progress.losses, session.weights()


def evaluate(recipe, weights, digits):
    """Return (loss, accuracy) of `weights` on all of `digits`, without dropout."""
    with Session(recipe.without_dropout(batch_size=EVALUATION_BATCH)) as session:
        session.set_weights(weights)
        return loss_and_accuracy(session.logits(digits.images), digits.labels)


def _build(recipe):
    arguments = dict(units=recipe.units, batch_size=recipe.batch_size,
                     learning_rate=recipe.learning_rate)
    if recipe.model == "multi_lstm":
        arguments.update(layers=recipe.layers, keep_prob=recipe.keep_prob, parallel_iterations=1)
    return BUILDERS[recipe.model](**arguments)
