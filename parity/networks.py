"""The three networks as pairs of sides to compare."""

import contextlib

import keras

from keras_port import training as keras_training
from keras_port.conversion import weight_map
from legacy_graph import training as graph_training
from legacy_graph.graph115.kernels import exact_kernels
from parity.sides import KerasSide


class Pair:
    """The graph session `left` and the Keras side `right` of one recipe, both with the graph's initial weights."""

    def __init__(self, recipe, left, right):
        left.initialize()
        right.set_weights(left.weights())
        self.recipe, self.left, self.right = recipe, left, right
        self._weights = left.weights()
        self._start = [(variable, keras.ops.convert_to_numpy(variable)) for variable in _variables(right.model)]

    @property
    def sides(self):
        """Both, left first."""
        return self.left, self.right

    def restart(self):
        """Restore the initial state of both sides: weights, optimizer, random ops."""
        self.left.restart()
        self.left.initialize()
        self.left.set_weights(self._weights)  # without a seed others were drawn
        for variable, value in self._start:
            variable.assign(value)


@contextlib.contextmanager
def pair(recipe):
    """Yield the recipe's network as a Pair.

    The graph uses today's kernels of tanh, sigmoid and exp, as Keras does: this compares models, not kernels.
    """
    with exact_kernels("never"):
        left = graph_training.Session(recipe)
    with left:
        yield Pair(recipe, left, keras_side(keras_training.build(recipe)))


def _variables(model):
    return [*model.variables, *model.optimizer.variables]


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
