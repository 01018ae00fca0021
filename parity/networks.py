"""the tutorial's three networks as pairs of sides, ready to be compared."""

import contextlib

from keras_port import training as keras_training
from keras_port.conversion import weight_map
from legacy_graph import training as graph_training
from legacy_graph.graph115.kernels import exact_kernels
from parity.sides import KerasSide


@contextlib.contextmanager
def pair(recipe):
    """Yield (graph side, Keras side) of the recipe's network, both with the graph's initial weights.

    The graph has today's tanh and sigmoid, as Keras has: models are compared here, not kernels.
    """
    with exact_kernels("never"):
        left = graph_training.Session(recipe)
    with left:
        left.initialize()
        right = keras_side(keras_training.build(recipe))
        right.set_weights(left.weights())
        yield left, right


def keras_side(model):
    """Return the KerasSide of one of keras_port's models."""
    return KerasSide(
        model,
        lambda weights: weight_map.to_tf1(model.name, weights),
        lambda weights: weight_map.from_tf1(model.name, weights),
        model.input_shape[1:],
    )


def batches(recipe, mnist):
    """Return the recipe's training batches, [(images, labels)], the same for both sides."""
    return [mnist.train.next_batch(recipe.batch_size) for _ in range(recipe.steps)]
