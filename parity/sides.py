"""The Keras model of a comparison, behind the face of a TF 1 one.

A side speaks TensorFlow 1: its weights and gradients are {name: array} under the TF 1 variable
names, in TF 1's shapes and gate order, whatever the model itself holds. The left side is a
`legacy_graph.graph_model.GraphModel`, the right one a `KerasSide`: a Keras model with the two
functions that translate its weights.
"""

import keras
import numpy as np
import tensorflow as tf

from mnist_training.metrics import loss_and_accuracy


class KerasSide:
    """A compiled Keras 3 model, on the TensorFlow backend.

    Args:
      model: a compiled keras.Model from inputs to logits.
      to_tf1: function of {variable path: array} that returns {TF 1 name: array}. It must be linear,
        like a permutation or a joining of kernels: gradients are translated by it, too.
      from_tf1: function of {TF 1 name: array} that returns {variable path: array}.
      shape: of one input, e.g. (28, 28).
      training: whether gradients and steps run with dropout on.
    """

    def __init__(self, model, to_tf1, from_tf1, shape, training=True):
        if keras.backend.backend() != "tensorflow":
            raise ValueError(
                f"parity compares gradients on Keras's TensorFlow backend; this process uses "
                f"{keras.backend.backend()}. Start it with KERAS_BACKEND=tensorflow."
            )
        self.model, self.training = model, training
        self._to_tf1, self._from_tf1, self._shape = to_tf1, from_tf1, shape

    def weights(self):
        """Return the trainable weights as {TF 1 name: array}."""
        return self._to_tf1({v.path: keras.ops.convert_to_numpy(v) for v in self.model.trainable_variables})

    def set_weights(self, weights):
        """Load the trainable weights from {TF 1 name: array}; ValueError where one would be left out."""
        values = self._from_tf1(weights)
        paths = [variable.path for variable in self.model.trainable_variables]
        if set(values) != set(paths):
            raise ValueError(
                f"from_tf1 returned {sorted(values)}; expected a value for each of the model's "
                f"trainable variables, {sorted(paths)}"
            )
        for variable in self.model.trainable_variables:
            variable.assign(values[variable.path])

    def logits(self, images):
        """Return the logits, (n, classes), of any number of images, without dropout."""
        return self.model.predict(self._shaped(images), batch_size=1000, verbose=0)

    def gradients(self, images, labels):
        """Return {TF 1 name: array}, the gradient of the batch's loss."""
        with tf.GradientTape() as tape:
            logits = self.model(self._shaped(images), training=self.training)
            loss = self.model.compute_loss(y=tf.cast(labels, logits.dtype), y_pred=logits)
        variables = self.model.trainable_variables
        found = tape.gradient(loss, [variable.value for variable in variables])
        return self._to_tf1({variable.path: gradient.numpy() for variable, gradient in zip(variables, found)})

    def train_step(self, images, labels):
        """Take one optimizer step; returns the loss before it."""
        self.model.reset_metrics()  # else Keras returns the mean over all steps so far
        return float(self.model.train_on_batch(self._shaped(images), labels, return_dict=True)["loss"])

    def accuracy(self, images, labels):
        """Return the share of the batch that is classified right, dropout included as in TF 1."""
        logits = self.model(self._shaped(images), training=self.training)
        return loss_and_accuracy(keras.ops.convert_to_numpy(logits), labels)[1]

    def _shaped(self, images):
        return np.reshape(images, [-1, *self._shape])


class MeasuringSide:
    """A side that also measures accuracy where a recipe does: after some steps, on the batch just trained on.

    The tutorial's loop does so, and with dropout the measuring draws masks, too: leaving it out
    would change every loss after it.

    Attributes:
      accuracies: {step number: accuracy} so far.
    """

    def __init__(self, side, recipe):
        self._side, self._recipe, self._numbers = side, recipe, iter(recipe.step_numbers)
        self.accuracies = {}

    def train_step(self, images, labels):
        """Take one optimizer step; returns the loss before it."""
        loss = self._side.train_step(images, labels)
        step = next(self._numbers)
        if self._recipe.measures_accuracy(step):
            self.accuracies[step] = self._side.accuracy(images, labels)
        return loss

    def __getattr__(self, name):
        return getattr(self._side, name)
