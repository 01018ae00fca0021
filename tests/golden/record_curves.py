"""Record what the tutorial's training loops gave on real TensorFlow 1.15: losses, accuracies.

    tf115/bin/python tests/golden/record_curves.py                       # dry run: what would be trained
    tf115/bin/python tests/golden/record_curves.py --write --seeds 1-5   # adds to parity/report/data/tf115_curves.*

Each is trained twice, with the threads that TensorFlow takes by itself and with one: how far
TensorFlow 1.15 repeats itself. What is recorded is not trained again. `parity.report.recorded` tells
what the files hold.
"""

import argparse
import hashlib
import itertools
import json
import os

import numpy as np
from programs import ROOT, program_module

STEM = os.path.join(ROOT, "parity", "report", "data", "tf115_curves")
LOOPS = {"lstm": (0, 100000), "multi_lstm": (0, 100000), "bi_lstm": (1, 20000)}  # first step, samples
THREADS = ((0, ""), (1, "_one_thread"))  # one thread a core, and a single one; suffix of the array names
BATCH, REPORT_EVERY, TEST_BATCH = 128, 20, 1000


def train(tf, network, seed, threads=0):
    """Run a tutorial program's training loop; returns {kind: array}. `threads` 0 means one for each core.

    Measuring accuracy draws dropout masks, too, so the loop measures where the tutorial programs do. It
    computes one time step after another, since a run is not repeatable otherwise.
    """
    from tensorflow.examples.tutorials.mnist import input_data

    module = program_module(tf, network)
    losses, accuracies = [], []
    step, samples = LOOPS[network]
    with tf.Graph().as_default():
        tf.set_random_seed(seed)
        mnist = input_data.read_data_sets(os.path.join(ROOT, "mnist_digits", "data"), one_hot=True)
        program = module.build(**({"parallel_iterations": 1} if network == "multi_lstm" else {}))
        config = tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
        with tf.Session(config=config) as sess:
            sess.run(tf.global_variables_initializer())
            while step * BATCH < samples:
                images, labels = mnist.train.next_batch(BATCH)
                feed = {program.x: images.reshape(-1, 28, 28), program.y: labels}
                losses.append(sess.run([program.loss, program.train_op], feed)[0])
                if step % REPORT_EVERY == 0:
                    accuracies.append(sess.run(program.accuracy, feed))
                step += 1
            weights = sess.run(tf.trainable_variables())
    return {
        "losses": np.float32(losses),
        "accuracies": np.float32(accuracies),
        "test_accuracy": np.float64(evaluate(tf, module, network, weights, mnist.test)),
    }


def evaluate(tf, module, network, weights, digits):
    """Return the share of all `digits` that the weights classify right, without dropout."""
    without_dropout = {"keep_prob": 1.0} if network == "multi_lstm" else {}
    with tf.Graph().as_default():
        program = module.build(batch_size=TEST_BATCH, **without_dropout)
        with tf.Session() as sess:
            for variable, value in zip(tf.trainable_variables(), weights):
                variable.load(value, sess)
            return np.mean(
                [
                    sess.run(
                        program.accuracy,
                        {
                            program.x: digits.images[start : start + TEST_BATCH].reshape(-1, 28, 28),
                            program.y: digits.labels[start : start + TEST_BATCH],
                        },
                    )
                    for start in range(0, digits.num_examples, TEST_BATCH)
                ],
                dtype="float64",
            )


def write(arrays, provenance):
    """Write the arrays and what is said of them, each whole or not at all."""
    np.savez_compressed(STEM + ".new.npz", **arrays)
    os.replace(STEM + ".new.npz", STEM + ".npz")
    with open(STEM + ".npz", "rb") as stream:
        provenance["sha256"] = hashlib.sha256(stream.read()).hexdigest()
    with open(STEM + ".new.json", "w") as out:
        json.dump(provenance, out, indent=1, sort_keys=True)
        out.write("\n")
    os.replace(STEM + ".new.json", STEM + ".json")


def main():
    """Train what is not recorded yet, under TensorFlow 1.15."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--seeds", default="1-5", metavar="FIRST-LAST")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    if not tf.__version__.startswith("1.15."):
        parser.error("this is TensorFlow %s; only 1.15 may record" % tf.__version__)
    tf.logging.set_verbosity(tf.logging.ERROR)
    arrays = {}
    if os.path.exists(STEM + ".npz"):
        with np.load(STEM + ".npz") as recorded:
            arrays.update(recorded)
    first, last = map(int, arguments.seeds.split("-"))
    for seed, network, (threads, suffix) in itertools.product(range(first, last + 1), LOOPS, THREADS):
        name = "%s/%d/" % (network, seed)
        if name + "losses" + suffix in arrays:
            continue
        print(("training " if arguments.write else "would train ") + name[:-1] + suffix, flush=True)
        if arguments.write:
            arrays.update((name + kind + suffix, value) for kind, value in train(tf, network, seed, threads).items())
            write(
                arrays,
                {
                    "tensorflow": tf.__version__,
                    "numpy": np.__version__,
                    "command": "python tests/golden/record_curves.py --write --seeds " + arguments.seeds,
                },
            )


if __name__ == "__main__":
    main()
