"""Where the time of a training step of keras_port goes, on one core, where nothing waits for anything.

    python -m benchmarks.profile

What a step takes there is the sum of its parts, so what is no product is the rest. Half of it is what two cores could
at best make of it.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from benchmarks import floor
from mnist_training import MODELS

STEPS, WARM_UP = 50, 5


def measure():
    """Return {model: {part: milliseconds}}, each network in processes of its own."""
    found = {}
    for model in MODELS:
        found[model] = _in_a_process(model, one_core=True)
        found[model]["on all cores"] = _in_a_process(model, one_core=False)["whole"]
    return found


def _in_a_process(model, one_core):
    command = [sys.executable, "-m", "benchmarks.profile", model, *(["one"] if one_core else [])]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    if one_core:
        environment |= {"OPENBLAS_NUM_THREADS": "1"}  # numpy's product, for the rate
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout)


def _parts(model):
    """Return {part: milliseconds} of a step here and now."""
    import keras
    import numpy as np
    import tensorflow as tf

    from benchmarks.worker import BATCH
    from keras_port import training
    from mnist_training import Recipe

    images = np.random.RandomState(0).rand(BATCH, 28, 28).astype("float32")
    labels = np.eye(10)[np.arange(BATCH) % 10]
    network = training.build(Recipe.of(model, seed=1))
    gradients = [1e-3 * tf.random.normal(variable.shape) for variable in network.trainable_variables]

    @tf.function(autograph=False)
    def update():
        network.optimizer.apply(gradients, network.trainable_variables)

    small = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])
    small.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True))
    rate = floor.measure()["rate"]
    return {
        "whole": _median(lambda: network.train_on_batch(images, labels)),
        "products": 1000 * floor.operations(model) / rate,
        "optimizer": _median(update),
        "call": _median(lambda: small.train_on_batch(images, labels)),
        "rate": rate,
    }


def _median(step):
    took = []
    for _ in range(WARM_UP + STEPS):
        began = time.perf_counter()
        step()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took[WARM_UP:])


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
    """Print the table; of a given network, its parts as JSON."""
    if len(sys.argv) == 1:
        print("\n".join(table(measure())))
        return
    if sys.argv[2:]:  # before numpy and TensorFlow count the cores
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    print(json.dumps(_parts(sys.argv[1])))


if __name__ == "__main__":
    main()
