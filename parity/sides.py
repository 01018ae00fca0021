"""The two models that are compared, behind one face.

A side speaks TensorFlow 1: its weights and gradients are {name: array} under the TF 1 variable
names, in TF 1's shapes and gate order, whatever the model itself holds. `GraphSide` is a TF 1
graph in a session, `KerasSide` a Keras model with the two functions that translate its weights.
"""

import keras
import numpy as np
import tensorflow as tf


class GraphSide:
    """A TF 1 graph model in its session.

    Args:
      session: a tf.compat.v1.Session whose variables are initialised.
      x, y: placeholders of inputs and one-hot labels.
      logits, loss: tensors; train_op: the op that takes one optimizer step.
      name: what reports call this side.
    """

    def __init__(self, session, x, y, logits, loss, train_op, name="TF 1 graph"):
        self.name, self.session = name, session
        self._x, self._y, self._logits, self._loss, self._train_op = x, y, logits, loss, train_op
        with session.graph.as_default():
            self.variables = tf.compat.v1.trainable_variables()
            found = tf.compat.v1.gradients(loss, self.variables)
        self._gradients = {variable.op.name: gradient for variable, gradient in zip(self.variables, found)
                           if gradient is not None}

    def _run(self, fetches, images, labels=None):
        feed = {self._x: np.reshape(images, [-1, *self._x.shape.as_list()[1:]])}
        if labels is not None:
            feed[self._y] = labels
        return self.session.run(fetches, feed)

    def weights(self):
        """Return {name: array} of the trainable variables, in order of creation."""
        values = self.session.run(self.variables)
        return {variable.op.name: value for variable, value in zip(self.variables, values)}

    def set_weights(self, weights):
        """Load every trainable variable from {name: array}."""
        self.session.run([variable.initializer for variable in self.variables],
                         {variable.initializer.inputs[1]: weights[variable.op.name]
                          for variable in self.variables})

    def logits(self, images):
        """Return the logits of one batch, (batch, classes)."""
        return self._run(self._logits, images)

    def gradients(self, images, labels):
        """Return {name: array}, the gradient of the batch's loss; a variable that has none is left out."""
        return self._run(self._gradients, images, labels)

    def train_step(self, images, labels):
        """Take one optimizer step; returns the loss before it."""
        return float(self._run([self._loss, self._train_op], images, labels)[0])


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

    def __init__(self, model, to_tf1, from_tf1, shape, name="Keras 3", training=True):
        if keras.backend.backend() != "tensorflow":
            raise ValueError(f"parity compares gradients on Keras's TensorFlow backend; this process uses "
                             f"{keras.backend.backend()}. Start it with KERAS_BACKEND=tensorflow.")
        self.name, self.model, self.training = name, model, training
        self._to_tf1, self._from_tf1, self._shape = to_tf1, from_tf1, shape

    def weights(self):
        """Return the trainable weights as {TF 1 name: array}."""
        return self._to_tf1({v.path: keras.ops.convert_to_numpy(v) for v in self.model.trainable_variables})

    def set_weights(self, weights):
        """Load the trainable weights from {TF 1 name: array}."""
        values = self._from_tf1(weights)
        for variable in self.model.trainable_variables:
            variable.assign(values[variable.path])

    def logits(self, images):
        """Return the logits of one batch, (batch, classes), without dropout."""
        return keras.ops.convert_to_numpy(self.model(self._shaped(images), training=False))

    def gradients(self, images, labels):
        """Return {TF 1 name: array}, the gradient of the batch's loss."""
        with tf.GradientTape() as tape:
            logits = self.model(self._shaped(images), training=self.training)
            loss = self.model.loss(tf.cast(labels, logits.dtype), logits)
        variables = self.model.trainable_variables
        found = tape.gradient(loss, [variable.value for variable in variables])
        return self._to_tf1({variable.path: gradient.numpy() for variable, gradient in zip(variables, found)})

    def train_step(self, images, labels):
        """Take one optimizer step; returns the loss before it."""
        return float(self.model.train_on_batch(self._shaped(images), labels)[0])

    def _shaped(self, images):
        return np.reshape(images, [-1, *self._shape])
