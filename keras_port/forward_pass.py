"""A compiled forward pass in training mode, with dropout on: Keras compiles only the one for inference."""

from collections.abc import Callable
from typing import Any

import keras


def in_training(model: keras.Model) -> Callable[[Any], Any]:
    """Return a function from inputs to the logits, a numpy array, with dropout on.

    Each call draws masks as a training step would, and advances the model's seed generators. It is compiled at
    its first call on TensorFlow and JAX, as training steps are, but not on PyTorch or where the model runs eagerly.
    """
    compiled = {"tensorflow": _on_tensorflow, "jax": _on_jax}
    make = _uncompiled if model.run_eagerly else compiled.get(keras.backend.backend(), _uncompiled)
    run = make(model)
    return lambda inputs: keras.ops.convert_to_numpy(run(inputs))


def _uncompiled(model):
    return lambda inputs: model(inputs, training=True)


def _on_tensorflow(model):
    import tensorflow as tf

    return tf.function(_uncompiled(model), autograph=False)


def _on_jax(model):
    import jax

    @jax.jit
    def run(trainable, others, inputs):
        return model.stateless_call(trainable, others, inputs, training=True)

    def run_and_keep(inputs):
        others = model.non_trainable_variables
        outputs, after = run(
            [variable.value for variable in model.trainable_variables], [variable.value for variable in others], inputs
        )
        for variable, value in zip(others, after):  # the states of the seed generators
            variable.assign(value)
        return outputs

    return run_and_keep
