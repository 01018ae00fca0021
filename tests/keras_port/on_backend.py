"""What every backend must compute alike.

test_backends.py runs `main` in a process of each backend: MODEL.keras IMAGES.npy OUT.npz [NETWORK ...]
"""

import sys

import keras
import numpy as np

from keras_port import forward_pass, training
from mnist_training import MODELS, Recipe
from tests.keras_port import reference

EAGERLY = keras.backend.backend() == "tensorflow"  # for these few steps, tracing would take longer than running


class Digits:
    """The same six digits of five rows and four columns in every batch."""

    images, labels = reference.distinct((6, 20), scale=1, seed=3), np.eye(10)[np.arange(6)]

    def next_batch(self, batch_size):
        return self.images, self.labels


def compute(model_file, images, trained=MODELS):
    """Use a saved model; build and use each network, train some: {name: array} of what came out."""
    saved = training.load(model_file)
    saved.run_eagerly = EAGERLY
    found = {"saved/logits": saved.predict(images, verbose=0)}
    for name in MODELS:
        recipe = Recipe.of(name, units=6, batch_size=6, steps=3, learning_rate=0.01, seed=1).without_dropout()
        model = training.build(recipe, rows=5, columns=4)
        model.run_eagerly = EAGERLY
        reference.set_distinct_weights(model)
        found[f"{name}/evaluated before"] = np.array(training.evaluate(model, Digits))
        if name in trained:
            found[f"{name}/losses"] = np.array(list(training.train(model, recipe, Digits()).values()))
            found[f"{name}/logits"] = model.predict(Digits.images.reshape(6, 5, 4), verbose=0)
    if "multi_lstm" in trained:
        with_dropout = training.build(Recipe.of("multi_lstm", units=6, seed=1), rows=5, columns=4)
        images = Digits.images.reshape(6, 5, 4)
        assert np.isfinite(with_dropout.train_on_batch(images, Digits.labels)[0])
        masked = forward_pass.in_training(with_dropout)
        assert not np.allclose(masked(images), masked(images)), "two calls drew the same masks"
    return found


def main():
    """Write what `compute` finds, and the backend, to a file."""
    model_file, images, out, *trained = sys.argv[1:]
    found = compute(model_file, np.load(images), trained)
    np.savez(out, backend=keras.backend.backend(), **found)
