"""Train one of legacy_graph's program files under real TensorFlow 1.15 (Python 3.7); prints JSON.

    python3.7 benchmarks/convergence_tf115.py MODEL SEED STEPS
"""

import importlib
import json
import os
import sys
import types

import numpy as np
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def program_module(name):
    """Import a program file with real TensorFlow 1.15 in the place of `legacy_graph.tf1`."""
    package = types.ModuleType("legacy_graph")
    package.__path__, package.tf1 = [os.path.join(ROOT, "legacy_graph")], tf
    sys.modules["legacy_graph"] = package
    return importlib.import_module("legacy_graph." + name)


def main():
    """Train with the documents' defaults, then evaluate without dropout in a graph of its own."""
    name, seed, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tf.logging.set_verbosity(tf.logging.ERROR)
    module = program_module(name)
    losses = []
    with tf.Graph().as_default():
        tf.set_random_seed(seed)
        mnist = input_data.read_data_sets(os.path.join(ROOT, "mnist_digits", "data"), one_hot=True)
        program = module.build()
        saver_names = [variable.op.name for variable in tf.trainable_variables()]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(steps):
                images, labels = mnist.train.next_batch(128)
                feed = {program.x: images.reshape(-1, 28, 28), program.y: labels}
                losses.append(float(session.run([program.loss, program.train_op], feed)[0]))
            weights = dict(zip(saver_names, session.run(tf.trainable_variables())))
    with tf.Graph().as_default():
        program = module.build(batch_size=1000, **({"keep_prob": 1.0} if name == "multi_lstm" else {}))
        with tf.Session() as session:
            for variable in tf.trainable_variables():
                variable.load(weights[variable.op.name], session)
            right = [session.run(program.accuracy, {
                program.x: mnist.test.images[start:start + 1000].reshape(-1, 28, 28),
                program.y: mnist.test.labels[start:start + 1000]}) for start in range(0, 10000, 1000)]
    print(json.dumps({"losses": losses, "accuracy": float(np.mean(right, dtype="float64"))}))


if __name__ == "__main__":
    main()
