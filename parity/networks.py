"""The documents' three networks as pairs of sides, ready to be compared."""

import contextlib

import numpy as np

import mnist_digits
from keras_port import training as keras_training
from keras_port import translation
from legacy_graph import training as graph_training
from parity.sides import KerasSide


@contextlib.contextmanager
def pair(recipe):
    """Yield (graph side, Keras side) of the recipe's network, both with the graph's initial weights."""
    with graph_training.Session(recipe) as left:
        left.initialize()
        right = keras_side(keras_training.build(recipe))
        right.set_weights(left.weights())
        yield left, right


def keras_side(model):
    """Return the KerasSide of one of keras_port's models."""
    return KerasSide(model, lambda weights: translation.to_tf1(model.name, weights),
                     lambda weights: translation.from_tf1(model.name, weights), model.input_shape[1:])


def digits(recipe, data_dir=None):
    """Return the Datasets, shuffled by the recipe's seed; InputError where a batch does not fit."""
    mnist = mnist_digits.read_data_sets(
        data_dir, one_hot=True, generator=np.random.RandomState(recipe.seed))
    recipe.check_fits(mnist.train)
    return mnist


def batches(recipe, mnist):
    """Return the recipe's training batches, [(images, labels)], the same for both sides."""
    return [mnist.train.next_batch(recipe.batch_size) for _ in range(recipe.steps)]
