"""How long a training step of each network takes, side by side: ratios within one run.

    python -m benchmarks.step_time [--steps 20] [--rounds 5] [MODEL...]

Compares the TF 1 graph on today's TensorFlow, the Keras port, and what a naive port would use:
stock Keras layers; and PyTorch's nn.LSTM where it is installed. The candidates take turns, round
after round, so that a machine whose speed drifts slows all of them; the ratios are medians of
the rounds' ratios to the TF 1 graph. Dropout is on.
"""

import argparse
import importlib.util
import time

import keras
import numpy as np

from keras_port import training as keras_training
from keras_port.cell import compile_model
from legacy_graph import training as graph_training
from mnist_training import MODELS, Recipe


def main():
    """Print a table a model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(MODELS))
    parser.add_argument("--steps", type=int, default=20, help="steps a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    images = np.random.default_rng(0).random((128, 28, 28), dtype="float32")
    labels = np.eye(10)[np.arange(128) % 10]
    for model in arguments.models or MODELS:
        steps = candidates(Recipe.of(model, seed=1))
        times = {name: [] for name in steps}
        for step in steps.values():
            step(images, labels)  # trace, and fill caches
        for _ in range(arguments.rounds):
            for name, step in steps.items():
                began = time.perf_counter()
                for _ in range(arguments.steps):
                    step(images, labels)
                times[name].append((time.perf_counter() - began) / arguments.steps)
        print(f"{model}: median ms a step, and times the TF 1 graph's")
        for name, took in times.items():
            ratio = np.median(np.divide(took, times["TF 1 graph"]))
            print(f"  {name:<20} {1000 * np.median(took):7.1f}   {ratio:5.2f}")


def candidates(recipe):
    """Return {name: function of (images, labels) that takes one training step}."""
    session = graph_training.Session(recipe)
    session.initialize()
    found = {
        "TF 1 graph": session.train_step,
        "Keras port": keras_training.build(recipe).train_on_batch,
        "stock Keras layers": stock(recipe).train_on_batch,
    }
    if importlib.util.find_spec("torch"):
        from benchmarks.torch_step import torch_step

        found["PyTorch nn.LSTM"] = torch_step(recipe)
    return found


def stock(recipe):
    """Return the network that a naive port would build from Keras's own layers."""
    layers = keras.layers
    images = keras.Input((28, 28))
    if recipe.model == "bi_lstm":
        hidden = layers.Bidirectional(layers.LSTM(recipe.units))(images)
    else:
        hidden = layers.Dense(recipe.units)(images)
        for layer in range(recipe.layers):
            hidden = layers.LSTM(
                recipe.units, dropout=1 - recipe.keep_prob, return_sequences=layer < recipe.layers - 1
            )(hidden)
    return compile_model(keras.Model(images, layers.Dense(10)(hidden)), recipe.learning_rate)


if __name__ == "__main__":
    main()
