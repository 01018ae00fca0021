"""A Keras model with the interface of a TF 1 graph.

The weights and gradients of a side are {TF 1 variable name: array}, in TF 1's shapes and gate order,
whatever the model's own layout. The left side is a `legacy_graph.graph_model.GraphModel`, the right one
a `KerasSide`: a Keras model with the two functions that translate its weights.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_port import forward_pass
from keras_port.conversion import optimizer_state
from mnist_training.metrics import loss_and_accuracy

_AT_ONCE = 1000  # examples in one forward pass


Translation = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


def check_backend() -> None:
    """Raise ValueError unless Keras runs on TensorFlow, whose tape gives the gradients."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"parity compares gradients on Keras's TensorFlow backend; this process uses "
            f"{keras.backend.backend()}. Start it with KERAS_BACKEND=tensorflow."
        )


class KerasSide:
    """A compiled Keras 3 model, on the TensorFlow backend.

    Args:
      model: a compiled keras.Model from inputs (one, or a list or dict of them) to logits. Labels that
        its loss takes as inputs of the model are inputs of the batch, too.
      to_tf1: function of {variable path: array} that returns {TF 1 name: array}. It may rearrange
        numbers, like a permutation or a joining of kernels, and add constants, like a folded forget bias.
      from_tf1: function of {TF 1 name: array} that returns {variable path: array}.
      shape: of one input, e.g. (28, 28), to which batches are reshaped; None: they are not.
      training: whether gradients and steps run with dropout on.
      gradients_to_tf1: like `to_tf1`, for gradients. Needed only where `to_tf1` does more than rearrange:
        multiplies weights, or copies them to several places. Otherwise it is derived from `to_tf1`.
    """

    def __init__(
        self,
        model: keras.Model,
        to_tf1: Translation,
        from_tf1: Translation,
        shape: tuple[int, ...] | None = None,
        training: bool = True,
        gradients_to_tf1: Translation | None = None,
    ) -> None:
        check_backend()
        self.model, self.training = model, training
        self._to_tf1, self._from_tf1, self._shape = to_tf1, from_tf1, shape
        self._gradients_to_tf1 = gradients_to_tf1
        self._forward_pass = forward_pass.in_training(model)

    def weights(self) -> dict[str, np.ndarray]:
        """Return the trainable weights as {TF 1 name: array}."""
        return self._to_tf1({v.path: keras.ops.convert_to_numpy(v) for v in self.model.trainable_variables})

    def offsets(self) -> dict[str, np.ndarray]:
        """Return {TF 1 name: array} of the constants that `to_tf1` adds, such as a folded forget bias; else zeros."""
        return self._to_tf1({v.path: np.zeros(v.shape) for v in self.model.trainable_variables})

    def set_weights(self, weights: dict[str, np.ndarray]) -> None:
        """Load the trainable weights from {TF 1 name: array}; raises ValueError where one is missing."""
        values = self._complete(self._from_tf1(weights))
        for variable in self.model.trainable_variables:
            variable.assign(values[variable.path])

    def set_optimizer_state(self, slots: Mapping[str, Mapping[str, np.ndarray]], step: int) -> None:
        """Load the optimizer's state: {TF 1's slot: {TF 1 name: array}}, and the number of steps made."""
        names = {name: value.shape for name, value in self.weights().items()}
        zeros = {name: np.zeros(shape) for name, shape in names.items()}

        def moved(values):
            filled = {**zeros, **{name: value.astype("float64") for name, value in values.items()}}
            return _linear(lambda given: self._complete(self._from_tf1(given)), filled)

        optimizer_state.load(self.model, {slot: moved(values) for slot, values in slots.items()}, step)

    def logits(self, inputs: Any) -> Any:
        """Return the logits, (n, ...), of any number of examples, without dropout; the model's structure of them."""
        inputs = self._fitting(inputs)
        if isinstance(inputs, np.ndarray) and len(inputs) > _AT_ONCE:
            return self.model.predict(inputs, batch_size=_AT_ONCE, verbose=0)
        return keras.tree.map_structure(keras.ops.convert_to_numpy, self.model(inputs, training=False))

    def gradients(self, inputs: Any, labels: Any) -> dict[str, np.ndarray]:
        """Return {TF 1 name: array}, the gradients of the batch's loss; zeros where it does not depend on a weight."""
        inputs, variables = self._fitting(inputs), self.model.trainable_variables
        with tf.GradientTape() as tape:
            outputs = self.model(inputs, training=self.training)
            loss = self.model.compute_loss(x=inputs, y=labels, y_pred=outputs)
        found = tape.gradient(
            loss, [variable.value for variable in variables], unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        # Converting makes an Embedding's sparse gradient dense.
        gradients = {v.path: tf.convert_to_tensor(gradient).numpy() for v, gradient in zip(variables, found)}
        return self._translated(gradients)

    def train_step(self, inputs: Any, labels: Any) -> float:
        """Take one optimizer step; returns the loss before it."""
        self.model.reset_metrics()  # else Keras returns the mean over all steps so far
        return float(self.model.train_on_batch(self._fitting(inputs), labels, return_dict=True)["loss"])

    def accuracy(self, inputs: Any, labels: Any) -> float:
        """Return the share of the batch that is classified right, dropout included as in TF 1."""
        logits = self._forward_pass(self._fitting(inputs)) if self.training else self.logits(inputs)
        return loss_and_accuracy(logits, labels)[1]

    def _fitting(self, inputs):
        if self._shape is not None:
            return np.reshape(inputs, [-1, *self._shape])
        return list(inputs) if isinstance(inputs, (tuple, list)) else inputs

    def _complete(self, values):
        paths = [variable.path for variable in self.model.trainable_variables]
        if set(values) != set(paths):
            raise ValueError(
                f"from_tf1 returned {sorted(values)}; expected a value for each of the model's "
                f"trainable variables, {sorted(paths)}"
            )
        return values

    def _translated(self, gradients):
        """Translate gradients by the linear part of `to_tf1`, which is right where that only rearranges numbers."""
        if self._gradients_to_tf1 is not None:
            return self._gradients_to_tf1(gradients)
        self._check_rearranges({path: value.shape for path, value in gradients.items()})
        translated = _linear(self._to_tf1, {path: value.astype("float64") for path, value in gradients.items()})
        return {name: value.astype("float32") for name, value in translated.items()}

    def _check_rearranges(self, shapes):
        generator = np.random.default_rng(0)
        given = {path: generator.normal(size=shape) for path, shape in shapes.items()}
        sizes = [
            sum(np.sum(np.square(value)) for value in values.values())
            for values in (given, _linear(self._to_tf1, given))
        ]
        if abs(sizes[1] - sizes[0]) > 1e-5 * sizes[0]:
            raise ValueError(
                "to_tf1 does more than move numbers and add constants: it multiplies some, or leaves some out, so how "
                "gradients go does not follow from it. Give KerasSide a function of its own, gradients_to_tf1"
            )


def _linear(translate, values):
    """Apply the linear part of `translate`, {name: array} to {name: array}: without the constants that it adds."""
    constants = translate({name: np.zeros_like(value) for name, value in values.items()})
    large = 2.0**24  # so that small numbers keep their digits when a constant is added in float32
    scaled = translate({name: large * value for name, value in values.items()})
    return {name: (value - constants[name]) / large for name, value in scaled.items()}


class MeasuringSide:
    """A side that also measures accuracy where a recipe does: after some steps, on the batch just trained on.

    The tutorial's loop does so. With dropout on, measuring draws masks, too, so that without it every
    later loss would differ.

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
