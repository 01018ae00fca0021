"""Record checkpoints that real TensorFlow 1.15 trained and saved, and what it computed from them.

    tf115/bin/python tests/golden/record_checkpoints.py            # dry run: what would be written
    tf115/bin/python tests/golden/record_checkpoints.py --write    # into tests/golden/checkpoints/
    tf115/bin/python tests/golden/record_checkpoints.py --restore DIR

The last restores DIR/NAME.ckpt for every name, with tf.train.Saver().restore into the tutorial's
graph, and fails unless each gives the recorded logits and losses. It is for checkpoints that were
converted to Keras and back.

The graphs are those of legacy_graph/lstm.py, multi_lstm.py and bi_lstm.py, run by TensorFlow 1.15.
"""

import argparse
import hashlib
import importlib
import json
import os
import sys
import types

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKPOINTS = os.path.join(HERE, "checkpoints")
ROWS, COLUMNS, BATCH, STEPS = 5, 7, 6, 4  # the rows are fewer than the columns on purpose
NETWORKS = {  # keep_prob 1: the logits of a checkpoint must not depend on chance
    "lstm": dict(units=6),
    "multi_lstm": dict(units=4, keep_prob=1.0),
    "bi_lstm": dict(units=3),
}
# Other spellings of the same variables: the outer scope, and the names of TensorFlow before 1.2
# and before 1.0. They are saved without the optimizer, in format V1 and V2.
RENAMED = {
    "lstm_before_1_2": (
        "lstm",
        1,
        {
            "train_op/lstm/rnn/basic_lstm_cell/kernel": "basic/rnn/basic_lstm_cell/weights",
            "train_op/lstm/rnn/basic_lstm_cell/bias": "basic/rnn/basic_lstm_cell/biases",
            "Variable": "basic/Variable",
            "Variable_1": "basic/Variable_1",
            "Variable_2": "basic/Variable_2",
            "Variable_3": "basic/Variable_3",
        },
    ),
    "multi_lstm_before_1_0": (
        "multi_lstm",
        2,
        {
            "train_op/lstm/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel": "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
            "train_op/lstm/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias": "RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Bias",
            "Variable": "Variable",
            "Variable_1": "Variable_1",
            "Variable_2": "Variable_2",
            "Variable_3": "Variable_3",
        },
    ),
    "bi_lstm_other_scope": (
        "bi_lstm",
        1,
        {
            "out/Variable": "tower/w",
            "out/biases": "tower/b",
            "train_op/BiRNN/bidirectional_rnn/fw/basic_lstm_cell/kernel": "tower/fw/basic_lstm_cell/kernel",
            "train_op/BiRNN/bidirectional_rnn/fw/basic_lstm_cell/bias": "tower/fw/basic_lstm_cell/bias",
            "train_op/BiRNN/bidirectional_rnn/bw/basic_lstm_cell/kernel": "tower/bw/basic_lstm_cell/kernel",
            "train_op/BiRNN/bidirectional_rnn/bw/basic_lstm_cell/bias": "tower/bw/basic_lstm_cell/bias",
        },
    ),
}


def batch(number):
    """Return images (BATCH, ROWS, COLUMNS) in [0, 1] and one-hot labels, the same for the same number."""
    random = np.random.RandomState(number)
    labels = np.eye(10, dtype="float32")[random.randint(10, size=BATCH)]
    return random.rand(BATCH, ROWS, COLUMNS).astype("float32"), labels


def build(tf, network):
    """Build one of the tutorial's programs in the default graph; returns its Program."""
    if "legacy_graph" not in sys.modules:  # a stand-in, so that only the programs are imported
        package = types.ModuleType("legacy_graph")
        package.__path__ = [os.path.join(HERE, "..", "..", "legacy_graph")]
        package.tf1 = tf
        sys.modules["legacy_graph"] = package
    module = importlib.import_module("legacy_graph." + network)
    return module.build(batch_size=BATCH, learning_rate=0.01, rows=ROWS, columns=COLUMNS, **NETWORKS[network])


def computed(sess, program):
    """Return logits of batch 0, then the losses of STEPS more steps on the batches after it."""
    logits = sess.run(program.logits, {program.x: batch(0)[0]})
    losses = []
    for number in range(1, STEPS + 1):
        images, labels = batch(number)
        loss, _ = sess.run([program.loss, program.train_op], {program.x: images, program.y: labels})
        losses.append(loss)
    return {"logits": logits, "losses": np.float32(losses)}


def record(tf, network, directory):
    """Train a program for STEPS steps, save it as NETWORK.ckpt, and return what it computes then."""
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(11)
        program = build(tf, network)
        sess.run(tf.global_variables_initializer())
        for number in range(STEPS):
            images, labels = batch(100 + number)
            sess.run(program.train_op, {program.x: images, program.y: labels})
        _save(tf.train.Saver(), sess, directory, network)
        by_name = {variable.op.name: variable for variable in tf.trainable_variables()}
        for name, (of_network, version, names) in RENAMED.items():
            if of_network == network:
                variables = {new: by_name[old] for old, new in names.items()}
                _save(tf.train.Saver(variables, write_version=version), sess, directory, name)
        return computed(sess, program)


def _save(saver, sess, directory, name):
    saver.save(sess, os.path.join(directory, name + ".ckpt"), write_meta_graph=False, write_state=False)


def restore(tf, network, directory):
    """Restore DIR/NETWORK.ckpt into the program and return what it computes."""
    with tf.Graph().as_default(), tf.Session() as sess:
        program = build(tf, network)
        tf.train.Saver().restore(sess, os.path.join(directory, network + ".ckpt"))
        return computed(sess, program)


def main():
    """Record, or check restored checkpoints, under TensorFlow 1.15."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--restore", metavar="DIR")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    if not tf.__version__.startswith("1.15."):
        parser.error("this is TensorFlow %s; only 1.15 may record" % tf.__version__)
    tf.logging.set_verbosity(tf.logging.ERROR)
    if arguments.restore:
        sys.exit(0 if all([_check(tf, name, arguments.restore) for name in NETWORKS]) else 1)
    if not arguments.write:
        print("would write %s" % ", ".join(list(NETWORKS) + list(RENAMED)))
        return
    if os.path.isdir(CHECKPOINTS):
        parser.error("%s is there already; remove it first" % CHECKPOINTS)
    os.makedirs(CHECKPOINTS)
    arrays = {
        "%s/%s" % (network, key): value
        for network in NETWORKS
        for key, value in record(tf, network, CHECKPOINTS).items()
    }
    np.savez_compressed(os.path.join(CHECKPOINTS, "computed.npz"), **arrays)
    with open(os.path.join(CHECKPOINTS, "provenance.json"), "w") as out:
        json.dump(
            {
                "tensorflow": tf.__version__,
                "numpy": np.__version__,
                "command": "python tests/golden/record_checkpoints.py --write",
                "sha256": {
                    name: _sha256(name) for name in sorted(os.listdir(CHECKPOINTS)) if name != "provenance.json"
                },
            },
            out,
            indent=1,
        )
        out.write("\n")


def _check(tf, network, directory):
    with np.load(os.path.join(CHECKPOINTS, "computed.npz")) as recorded:
        worst = {
            key: np.abs(value - recorded["%s/%s" % (network, key)]).max()
            for key, value in restore(tf, network, directory).items()
        }
    print("%s: largest difference of logits %.3g, of losses %.3g" % (network, worst["logits"], worst["losses"]))
    return max(worst.values()) == 0


def _sha256(name):
    with open(os.path.join(CHECKPOINTS, name), "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


if __name__ == "__main__":
    main()
