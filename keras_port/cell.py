"""TensorFlow 1's LSTM cell as a Keras layer, and the loss and optimizer of the three networks."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_port.conversion.gates import KERAS_GATES


@keras.saving.register_keras_serializable(package="keras_port")
class BasicLSTMCell(keras.layers.Layer):
    """One step of the LSTM that TensorFlow 1 called BasicLSTMCell; for keras.layers.RNN.

    With [i, f, candidate, o] = x @ kernel + h @ recurrent_kernel + bias:

        new_c = sigmoid(f + forget_bias) * c + sigmoid(i) * tanh(candidate)
        new_h = sigmoid(o) * tanh(new_c)

    As in TensorFlow 1, and unlike keras.layers.LSTMCell:

    - The forget bias is a constant, added at run time. In Keras it is part of the trained bias, whose
      forget gate starts at 1.
    - Both kernels are initialized as the two parts of one matrix of (inputs + units, 4 * units), Glorot
      uniform with that matrix's limit. In Keras the recurrent kernel is orthogonal.

    As in Keras: two kernels, the gates in the order of `KERAS_GATES`, the state (h, c). TensorFlow 1 has
    one kernel, the gates in the order i, j (the candidate), f, o, and the state (c, h).

    Args:
      units: size of h and c.
      forget_bias: added to the forget gate. Jozefowicz et al., "An Empirical Exploration of
        Recurrent Network Architectures" (2015), recommend 1.

    Weights: kernel (inputs, 4 * units), recurrent_kernel (units, 4 * units), bias (4 * units).
    Raises ValueError unless units is a positive integer.
    """

    def __init__(self, units: int, forget_bias: float = 1.0, name: str = "basic_lstm_cell", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if units != int(units) or units < 1:
            raise ValueError(f"units: expected a positive whole number; received {units!r}")
        self.units = int(units)
        self.forget_bias = float(forget_bias)
        self.state_size = [self.units, self.units]
        self.output_size = self.units

    def build(self, input_shape: Any) -> None:
        """Create the weights for inputs of shape (batch, inputs)."""
        inputs, gates = input_shape[-1], 4 * self.units
        limit = math.sqrt(6 / (inputs + self.units + gates))
        for name, rows in (("kernel", inputs), ("recurrent_kernel", self.units)):
            # One initializer for each: an initializer that is called twice returns the same values twice.
            start = keras.initializers.RandomUniform(-limit, limit)
            setattr(self, name, self.add_weight(shape=(rows, gates), initializer=start, name=name))
        self.bias = self.add_weight(shape=(gates,), initializer="zeros", name="bias")

    def call(self, inputs: Any, states: Any) -> tuple[Any, list]:
        """Return h and the states [h, c] after a step; all are (batch, units)."""
        h, c = states
        gates = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        i, f, candidate, o = ops.split(gates, len(KERAS_GATES), axis=-1)
        c = ops.sigmoid(f + self.forget_bias) * c + ops.sigmoid(i) * ops.tanh(candidate)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]

    def get_build_config(self) -> None:
        """Return None: the RNN layer of a loaded cell builds it, under the layer's name."""

    def get_config(self) -> dict[str, Any]:
        """Return what the constructor needs to make this cell again."""
        return {**super().get_config(), "units": self.units, "forget_bias": self.forget_bias}


def compile_model(model: keras.Model, learning_rate: float) -> keras.Model:
    """Compile `model`, which returns logits, with the tutorial's loss and optimizer; returns it.

    Keras's Adam adds epsilon to the root of the moment that is not bias-corrected, just as
    TensorFlow 1's does ("epsilon hat"; Kingma and Ba, 2014, end of section 2). Two values differ:

    - epsilon is 1e-8; Keras's own default is 1e-7.
    - TensorFlow 1 takes 1 - beta in float32, where 1 - 0.999 is 1.3e-5 smaller than it should be.
      With betas rounded to float32, Keras computes the same. Otherwise every step is 6e-6 too
      large, and after 782 steps the losses differ by 7e-3 instead of 6e-5.
    """
    model.compile(
        optimizer=keras.optimizers.Adam(
            learning_rate, beta_1=float(np.float32(0.9)), beta_2=float(np.float32(0.999)), epsilon=1e-8
        ),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        # Each process decides. "auto" would be resolved here and the result saved: a model that was saved
        # under TensorFlow would run uncompiled under JAX.
        jit_compile=None,
    )
    model.optimizer.build(model.trainable_variables)  # else loading an untrained model warns
    # Create the metric's variables now: tf.function traces a training step that creates variables twice.
    zeros = np.zeros((1, *model.output_shape[1:]), "float32")
    model.compute_metrics(None, zeros, zeros)
    model.reset_metrics()
    return model
