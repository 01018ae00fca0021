"""Comparisons under dropout: with the same masks step by step, and of distributions over masks."""

import contextlib
import dataclasses

import keras
import numpy as np
import tensorflow as tf

from keras_port.cell import compile_model
from legacy_graph import training as graph_training
from mnist_training import InputError
from parity import ladder, tolerances


def check_replayable(recipe):
    """Raise InputError where the recipe's graph draws masks that cannot be reproduced."""
    if recipe.seed is None and recipe.keep_prob < 1:
        raise InputError("without a seed the graph's dropout masks cannot be replayed in Keras: give a seed")


def masks_of(session):
    """Yield, for each run of a multi_lstm session from its first, the masks it draws.

    Each is an array (layers, batch, rows, units) of 0 and 1/keep_prob. The graph's own random ops are
    inside its while loop, where nothing can be fetched; so ops with the same seeds are run in another
    graph. A random op's numbers depend only on its seeds and on how often it ran: once a time step.
    Raises InputError as `check_replayable` does.
    """
    recipe, rows = session.recipe, session.program.x.shape.as_list()[1]
    check_replayable(recipe)
    sources = [op for op in session.graph.get_operations() if op.type == "RandomUniform" and "rnn/while/" in op.name]
    with tf.Graph().as_default() as graph:
        draws = [
            tf.raw_ops.RandomUniform(
                shape=[recipe.batch_size, recipe.units],
                dtype=tf.float32,
                seed=op.get_attr("seed"),
                seed2=op.get_attr("seed2"),
            )
            for op in sources
        ]
    # Not in a `with`, which would make it the default session of the caller between two items.
    twin = tf.compat.v1.Session(graph=graph)
    try:
        while True:
            uniform = np.stack([twin.run(draws) for _ in range(rows)], axis=2)
            yield (uniform >= 1 - recipe.keep_prob).astype("float32") / np.float32(recipe.keep_prob)
    finally:
        twin.close()


class ReplayedKeras:
    """A keras_port multi_lstm that is trained with given masks instead of random ones.

    Shares the model's layers and weights; takes the masks from an iterator, one item a step.
    """

    def __init__(self, model, masks):
        self._masks = masks
        images, (rows, units) = model.input, model.get_layer("dropout_1").output.shape[1:]
        given = [keras.Input((rows, units), name=f"mask_{layer}") for layer in (1, 2)]
        lstm = model.get_layer("lstm")
        first, _, _ = lstm(model.get_layer("input_projection")(images) * given[0])
        _, second_h, _ = lstm(first * given[1])
        self._model = compile_model(
            keras.Model([images, *given], model.get_layer("readout")(second_h)), float(model.optimizer.learning_rate)
        )

    def train_step(self, images, labels):
        """Take one training step with the next masks; returns the loss before it."""
        first, second = next(self._masks)[:2]  # the layers above the second feed nothing
        images = np.reshape(images, [-1, *self._model.inputs[0].shape[1:]])
        self._model.reset_metrics()
        return float(self._model.train_on_batch([images, first, second], labels, return_dict=True)["loss"])


def compare_replayed(pair, batches, late=0):
    """Train both sides of a pair with the graph's masks in both; return the Rung of their losses.

    `late` leaves out that many of the masks first: the comparison must then fail.
    """
    pair.restart()  # the masks are those of a session from its first run
    with contextlib.closing(masks_of(pair.left)) as masks:
        for _ in range(late):
            next(masks)
        replayed = ReplayedKeras(pair.right.model, masks)
        curves = [ladder.train(side, batches)[0] for side in (pair.left, replayed)]
    return ladder.compare_losses("masks replayed", *curves, pair.recipe.first_step)


def draws(recipe, weights, images, number):
    """Return logits of `images` under `number` fresh masks, for the graph: (number, batch, classes)."""
    tiled = np.tile(images, (number, *[1] * (images.ndim - 1)))
    with graph_training.Session(dataclasses.replace(recipe, batch_size=len(tiled))) as session:
        session.initialize()
        session.set_weights(weights)
        return session.logits(tiled).reshape(number, len(images), -1)


def keras_draws(model, images, number):
    """Return logits of `images` under `number` fresh masks, for a Keras model: (number, batch, classes)."""
    tiled = np.tile(np.reshape(images, [-1, *model.input_shape[1:]]), (number, 1, 1))
    logits = keras.ops.convert_to_numpy(model(tiled, training=True))
    return logits.reshape(number, len(images), -1)


def compare_draws(left, right):
    """Compare the distributions of logits over masks: of two arrays (number, batch, classes) the Rung.

    Two figures are compared, each in units of its own standard error: the mean of every logit, and
    the spread of the logits over the masks. What no mask reaches spreads by rounding alone, which
    counts as none.
    """
    rounding = tolerances.FORWARD.bound(left)
    error = np.sqrt(left.var(axis=0, ddof=1) / len(left) + right.var(axis=0, ddof=1) / len(right))
    error = np.maximum(error, rounding)
    mean = float(np.max(np.abs(left.mean(axis=0) - right.mean(axis=0)) / error))
    (a, a_error), (b, b_error) = (_log_spread(draws, rounding) for draws in (left, right))
    spread = abs(a - b) / np.hypot(a_error, b_error) if a != b else 0.0
    worst, bound = max(mean, spread), tolerances.STANDARD_ERRORS.atol
    return ladder.Rung(
        "dropout",
        bool(worst <= bound),
        worst,
        bound,
        f"standard errors; a logit's mean is off by {mean:.1f}, "
        f"their spread, {np.exp(b - a):.2f} times the left's, by {spread:.1f}",
    )


def _log_spread(draws, least, groups=20):
    """The log of the mean deviation of a logit over masks, and its standard error, from groups of masks."""
    spreads = [np.mean(group.std(axis=0, ddof=1)) for group in np.array_split(draws, groups)]
    logs = np.log(np.maximum(np.asarray(spreads, "float64"), least))  # without dropout there is no spread at all
    return logs.mean(), logs.std(ddof=1) / np.sqrt(groups)
