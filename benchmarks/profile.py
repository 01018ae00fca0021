"""Where the time of a training step of keras_port goes, on one core, where nothing waits for anything.

    python -m benchmarks.profile

What a step takes there is the sum of its parts, so what is no product is the rest. Half of it is what two cores could
at best make of it.
"""

import json
import os
import subprocess
import sys

import numpy as np

from benchmarks import floor
from benchmarks.growth import median_seconds
from mnist_training import MODELS, Recipe

STEPS, WARM_UP = 50, 5


def measure():
    """Return {model: {part: milliseconds}}, each network in processes of its own."""
    return {model: {**_in_a_process(model, "parts"), "on all cores": _in_a_process(model, "whole")} for model in MODELS}


def _in_a_process(model, what):
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    if what == "parts":
        environment["OPENBLAS_NUM_THREADS"] = "1"  # numpy's product, for the rate
    command = [sys.executable, "-m", "benchmarks.profile", model, what]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)


def _network(model):
    """Return the network, and a function that takes a step of it."""
    from keras_port import training

    images = np.random.RandomState(0).rand(floor.BATCH, floor.ROWS, floor.COLUMNS).astype("float32")
    labels = np.eye(10)[np.arange(floor.BATCH) % 10]
    network = training.build(Recipe.of(model, seed=1))
    return network, lambda of=network: of.train_on_batch(images, labels)


def _parts(model):
    """Return {part: milliseconds} of a step here and now."""
    import keras
    import tensorflow as tf

    network, step = _network(model)
    gradients = [1e-3 * tf.random.normal(variable.shape) for variable in network.trainable_variables]

    @tf.function(autograph=False)
    def update():
        network.optimizer.apply(gradients, network.trainable_variables)

    small = keras.Sequential([keras.Input(network.input_shape[1:]), keras.layers.Flatten(), keras.layers.Dense(10)])
    small.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
    rate = floor.measure()["rate"]
    return {
        "whole": _milliseconds(step),
        "products": 1000 * floor.operations(model) / rate,
        "optimizer": _milliseconds(update),
        "call": _milliseconds(lambda: step(small)),
        "rate": rate,
    }


def _milliseconds(step):
    return 1000 * median_seconds(step, STEPS, WARM_UP)


def table(found):
    """Return the lines of a Markdown table."""
    rates = ", ".join(f"{parts['rate'] / 1e9:.0f}" for parts in found.values())
    lines = [
        f"A step of keras_port with dropout on, median of {STEPS}, in ms, on one core; large matrices of float32 are "
        f"multiplied there at {rates} GFLOP/s (measured beside each network). *Products* are the floor's operations at "
        "that rate. *Gates and loop* is the rest: activations, their gradients, dropout, what the loops keep.",
        "",
        "| network | one core | products | gates and loop | optimizer | Keras's call, data | half of it | all cores |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for model, parts in found.items():
        rest = parts["whole"] - parts["products"] - parts["optimizer"] - parts["call"]
        shown = (parts["whole"], parts["products"], rest, parts["optimizer"], parts["call"], parts["whole"] / 2)
        figures = " | ".join(f"{value:.1f}" for value in (*shown, parts["on all cores"]))
        lines.append(f"| {model} | {figures} |")
    return lines


def main():
    """Print the table; of a given network as JSON its parts, on one core, or the milliseconds of the whole step."""
    if len(sys.argv) == 1:
        print("\n".join(table(measure())))
        return
    model, what = sys.argv[1:]
    if what == "parts":
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])  # before TensorFlow counts them
        print(json.dumps(_parts(model)))
    else:
        print(json.dumps(_milliseconds(_network(model)[1])))


if __name__ == "__main__":
    main()
