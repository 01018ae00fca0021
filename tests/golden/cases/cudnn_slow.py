"""tf.contrib.cudnn_rnn's layers: names, shapes, seeds, and the numbers of the cells that equal them.

TensorFlow 1.15 builds these layers on any machine and runs them on GPUs only. So it records what it built, and what
its CudnnCompatible cells compute, which its documentation gives as equal; ours answers with the layers themselves.
"""

import os
import tempfile

from _tools import distinct, set_distinct_weights

SUBJECTS = {
    "built": ["CudnnLSTM", "CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu", "CudnnLSTMSaveable", "CudnnGRUSaveable",
              "CudnnRNNTanhSaveable", "CudnnRNNReluSaveable"],
    "computed": ["CudnnLSTM", "CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu"],
}
SUBJECTS = {case: ["tf.contrib.cudnn_rnn." + name for name in names] for case, names in SUBJECTS.items()}
SUBJECTS["errors"] = []
SUBJECTS["older_models_built"] = SUBJECTS["older_models_computed"] = [
    "tensorflow.contrib.cudnn_rnn.python.ops.cudnn_rnn_ops." + name.rpartition(".")[2] for name in SUBJECTS["computed"]]
KINDS = ("CudnnLSTM", "CudnnGRU", "CudnnRNNTanh", "CudnnRNNRelu")


def built(tf):
    values = {}
    for kind in KINDS:
        for direction in ("unidirectional", "bidirectional"):
            with tf.Graph().as_default() as graph:
                tf.set_random_seed(4)
                layer = getattr(tf.contrib.cudnn_rnn, kind)(2, 4, direction=direction, name="some")
                layer(tf.zeros([5, 2, 3]))
                outputs, states = layer(tf.zeros([5, 2, 3]), sequence_lengths=tf.constant([1, 2]))
                tf.random_uniform([])
                name = "%s %s/" % (kind, direction)
                values[name + "seeds"] = [op.get_attr("seed2") for op in graph.get_operations()
                                          if op.type == "RandomUniform"]
                values[name + "shapes"] = [str(tensor.shape) for tensor in (outputs,) + states]
                values[name + "variables"] = [v.name for v in tf.global_variables()]
                values[name + "trainable"] = [v.name for v in layer.trainable_variables]
                saveable, = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
                values[name + "saved"] = [saveable.name] + [spec.name for spec in saveable.specs]
                values[name + "weights"] = [str(tuple(shape)) for shape in layer.canonical_weight_shapes]
                values[name + "biases"] = [str(list(shape)) for shape in layer.canonical_bias_shapes]
                values[name + "layer"] = [str(part) for part in (
                    layer.num_dirs, layer.num_layers, layer.num_units, layer.input_size, layer.input_mode,
                    layer.direction, layer.rnn_mode, layer.saveable is saveable, layer.state_shape(7))]
    return values


def _cells(tf, kind):
    cudnn, rnn = tf.contrib.cudnn_rnn, tf.nn.rnn_cell
    return {"CudnnLSTM": cudnn.CudnnCompatibleLSTMCell, "CudnnGRU": cudnn.CudnnCompatibleGRUCell,
            "CudnnRNNTanh": rnn.BasicRNNCell, "CudnnRNNRelu": lambda units: rnn.BasicRNNCell(units, tf.nn.relu)}[kind]


def _with_cells(tf, kind, both, x, lengths):
    """Outputs and states of the cells, as one tensor each, states in the order of the layer."""
    make = _cells(tf, kind)
    settings = dict(dtype=tf.float32, sequence_length=lengths, time_major=True)
    with tf.variable_scope("some"):
        if both:
            outputs, forward, backward = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
                [make(4) for _ in range(2)], [make(4) for _ in range(2)], x, **settings)
            states = [state for pair in zip(forward, backward) for state in pair]
        else:
            cell = tf.nn.rnn_cell.MultiRNNCell([make(4) for _ in range(2)])
            outputs, states = tf.nn.dynamic_rnn(cell, x, **settings)
    if kind == "CudnnLSTM":
        return outputs, (tf.stack([state.h for state in states]), tf.stack([state.c for state in states]))
    return outputs, (tf.stack(states),)


def _runs_anywhere(tf):
    return not tf.contrib.cudnn_rnn.CudnnLSTM.__module__.startswith("tensorflow")


def computed(tf):
    values = {}
    for kind in KINDS:
        for both in (False, True):
            for lengths in (None, [5, 2]):
                name = "%s %s %s" % (kind, "both" if both else "one", "lengths" if lengths else "all")
                values.update(("%s/%s" % (name, key), value)
                              for key, value in _one(tf, kind, both, lengths).items())
    return values


def _of_cells(tf, kind, both, lengths):
    """Return (results of the compatible cells, path of their checkpoint)."""
    path = os.path.join(tempfile.mkdtemp(), "cells")
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(distinct((5, 2, 3), 1.0))
        results = _with_cells(tf, kind, both, x, lengths)
        set_distinct_weights(tf, sess)
        tf.train.Saver().save(sess, path)
        return _results(tf, sess, x, results), path


def _one(tf, kind, both, lengths):
    found, path = _of_cells(tf, kind, both, lengths)
    if not _runs_anywhere(tf):
        return found
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(distinct((5, 2, 3), 1.0))
        layer = getattr(tf.contrib.cudnn_rnn, kind)(
            2, 4, direction="bidirectional" if both else "unidirectional", name="some")
        results = layer(x, sequence_lengths=lengths)
        tf.train.Saver([layer.saveable]).restore(sess, path)  # the cells' checkpoint is the layer's
        return _results(tf, sess, x, results)


def _results(tf, sess, x, results):
    outputs, states = results
    loss = tf.reduce_sum(outputs * tf.constant(distinct(outputs.shape.as_list()))) + sum(map(tf.reduce_sum, states))
    values = {"outputs": outputs, "gradient": tf.gradients(loss, x)[0]}
    values.update(("state %d" % number, state) for number, state in enumerate(states))
    return sess.run(values)


def _older(tf):
    if _runs_anywhere(tf):
        from legacy_graph.contrib.cudnn_rnn import cudnn_rnn_ops
    else:
        from tensorflow.contrib.cudnn_rnn.python.ops import cudnn_rnn_ops
    return cudnn_rnn_ops


def older_models_built(tf):
    """The models of cudnn_rnn_ops, which are given their weights: seeds, shapes, settings."""
    values = {}
    for kind in KINDS:
        for direction in ("unidirectional", "bidirectional"):
            with tf.Graph().as_default():
                tf.set_random_seed(4)
                seeds = []
                model = getattr(_older(tf), kind)(2, 4, 3, direction=direction)
                size = model.params_size()
                seeds.append(tf.random_uniform([]).op.inputs[0].op.inputs[0].op.get_attr("seed2"))
                state = tf.zeros([4 if direction == "bidirectional" else 2, 2, 4])
                states = [state, state] if kind == "CudnnLSTM" else [state]
                gates, ways = dict(CudnnLSTM=4, CudnnGRU=3).get(kind, 1), 1 + (direction == "bidirectional")
                vector = tf.get_variable("weights", [ways * gates * (4 * (3 + 4 + 2) + 4 * (4 * ways + 4 + 2))])
                results = model(tf.zeros([5, 2, 3]), *(states + [vector]), is_training=True)
                seeds.append(tf.random_uniform([]).op.inputs[0].op.inputs[0].op.get_attr("seed2"))
                weights, biases = model.params_to_canonical(vector)
                model.canonical_to_params(weights, biases)
                seeds.append(tf.random_uniform([]).op.inputs[0].op.inputs[0].op.get_attr("seed2"))
                name = "%s %s/" % (kind, direction)
                values[name + "seeds"] = seeds
                values[name + "ranks"] = [size.shape.ndims, size.dtype.name] + [result.shape.ndims for result in results]
                values[name + "parts"] = [len(weights), len(biases)]
                values[name + "model"] = [str(part) for part in (
                    model.num_layers, model.num_units, model.input_size, model.input_mode, model.direction,
                    model.rnn_mode)]
    return values


def older_models_computed(tf):
    values = {}
    for kind in KINDS:
        for both in (False, True):
            name = "%s %s" % (kind, "both" if both else "one")
            values.update(("%s/%s" % (name, key), value) for key, value in _one_older(tf, kind, both).items())
    return values


def _one_older(tf, kind, both):
    found, path = _of_cells(tf, kind, both, None)
    if not _runs_anywhere(tf):
        return found
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(distinct((5, 2, 3), 1.0))
        direction = "bidirectional" if both else "unidirectional"
        model = getattr(_older(tf), kind)(2, 4, 3, direction=direction)
        vector = tf.get_variable("vector", initializer=tf.zeros([model.params_size()]), validate_shape=False)
        saveable = getattr(_older(tf), kind + "Saveable")(vector, 2, 4, 3, direction=direction, scope="some")
        state = tf.zeros([2, 4 if both else 2, 4])
        outputs, *states = model(tf.transpose(x, [1, 0, 2]), *([state] * (1 + (kind == "CudnnLSTM")) + [vector]),
                                 time_major=False)
        outputs = tf.transpose(outputs, [1, 0, 2])
        tf.train.Saver([saveable]).restore(sess, path)
        return _results(tf, sess, x, (outputs, [tf.transpose(each, [1, 0, 2]) for each in states]))


def errors(tf):
    make, values = tf.contrib.cudnn_rnn.CudnnLSTM, {}
    for name, wrong in (("direction", lambda: make(1, 2, direction="sideways")),
                        ("mode", lambda: make(1, 2, input_mode="other")),
                        ("dtype", lambda: make(1, 2, dtype=tf.int32)),
                        ("dimensions", lambda: make(1, 2).build([3, 4])),
                        ("inputs", lambda: make(1, 2).build([None, 4, None])),
                        ("unbuilt", lambda: make(1, 2).input_size),
                        ("state", lambda: make(1, 2)(tf.zeros([2, 3, 4]), initial_state=[tf.zeros([1, 3, 2])] * 2))):
        try:
            wrong()
        except (ValueError, TypeError) as error:
            values[name] = "%s: %s" % (type(error).__name__, str(error)[:40] if name != "state" else "")
    return values
