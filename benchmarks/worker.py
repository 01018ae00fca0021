"""A process that takes training steps of one candidate when it is told to: `python -m benchmarks.worker CANDIDATE`.

Reads "MODEL STEPS" a line from stdin and answers a JSON object a line: the seconds of each step, of the clock
and of the processors, the process's peak memory, and the GPU's where one is used. Python 3.7 must be able to run
this file, for TensorFlow 1.15 has no newer one.
"""

import json
import os
import resource
import sys
import time

import numpy as np

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
BATCH = 128


def tf115(model):
    """Our TF 1 program as it stands, on real TensorFlow 1.15."""
    sys.path.insert(0, os.path.join(ROOT, "tests", "golden"))
    import tensorflow as tf
    from programs import program_module

    with tf.Graph().as_default():
        program = program_module(tf, model).build()
        session = tf.Session()
        session.run(tf.global_variables_initializer())
    fetches = [program.loss, program.train_op]
    return lambda images, labels: session.run(fetches, {program.x: images, program.y: labels})


def graph(model, seed=None):
    """The TF 1 graph on today's TensorFlow."""
    from legacy_graph.training import Session
    from mnist_training import Recipe

    session = Session(Recipe.of(model, seed=seed))
    session.initialize()
    return session.train_step


def seeded_graph(model):
    """The same with a seed: 1.15's kernels, and dropout's time steps one after another."""
    return graph(model, seed=1)


def keras_port(model):
    """The Keras port, on the backend that KERAS_BACKEND names."""
    from keras_port import training
    from mnist_training import Recipe

    return training.build(Recipe.of(model, seed=1)).train_on_batch


def keras_port_cudnn(model):
    """The same on JAX with cuDNN's kernel."""
    from benchmarks import jax_cudnn

    jax_cudnn.take()
    return keras_port(model)


def stock_keras(model):
    """What a naive port would build from Keras's own layers."""
    import keras
    from keras import layers

    from keras_port.cell import compile_model
    from mnist_training import Recipe

    recipe = Recipe.of(model)
    images = keras.Input((28, 28))
    if model == "bi_lstm":
        hidden = layers.Bidirectional(layers.LSTM(recipe.units))(images)
    else:
        hidden = layers.Dense(recipe.units)(images)
        for layer in range(recipe.layers):
            hidden = layers.LSTM(
                recipe.units, dropout=1 - recipe.keep_prob, return_sequences=layer < recipe.layers - 1
            )(hidden)
    return compile_model(keras.Model(images, layers.Dense(10)(hidden)), recipe.learning_rate).train_on_batch


def pytorch(model):
    """What a PyTorch user would build."""
    from benchmarks.torch_step import torch_step
    from mnist_training import Recipe

    return torch_step(Recipe.of(model))


def gpu_memory():
    """Return {"gpu_mib": the most that this process's arrays took}; {} where it uses no GPU."""
    torch, jax = sys.modules.get("torch"), sys.modules.get("jax")
    if torch is not None and torch.cuda.is_initialized():
        return {"gpu_mib": torch.cuda.max_memory_allocated() // 2**20}
    if jax is not None and jax.default_backend() == "gpu":
        return {"gpu_mib": jax.devices()[0].memory_stats()["peak_bytes_in_use"] // 2**20}
    return {}


def main():
    """Serve until stdin ends."""
    make, steps = globals()[sys.argv[1]], {}
    images = np.random.RandomState(0).rand(BATCH, 28, 28).astype("float32")
    labels = np.eye(10)[np.arange(BATCH) % 10]
    answers = os.fdopen(os.dup(1), "w")  # whatever else is printed goes to stderr
    os.dup2(2, 1)
    for line in iter(sys.stdin.readline, ""):
        model, count = line.split()
        if model not in steps:
            steps[model] = make(model)
        seconds = []
        for _ in range(int(count)):
            began = time.perf_counter(), time.process_time()
            steps[model](images, labels)
            seconds.append((time.perf_counter() - began[0], time.process_time() - began[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        answers.write(json.dumps(dict({"seconds": seconds, "peak_mib": peak}, **gpu_memory())) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
