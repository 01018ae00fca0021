"""contrib.seq2seq's scheduled sampling helpers: the same seeds draw the same symbols."""

from _seq2seq_tools import BATCH, DEPTH, LENGTHS, SYMBOLS, TIME, error, inputs, run
from _tools import distinct


def _about(name):
    return ["tf.contrib.seq2seq." + name]


SUBJECTS = {
    "embedding": _about("ScheduledEmbeddingTrainingHelper"),
    "embedding_by_a_function_time_major": _about("ScheduledEmbeddingTrainingHelper"),
    "output": _about("ScheduledOutputTrainingHelper"),
    "output_with_auxiliary_inputs": _about("ScheduledOutputTrainingHelper"),
    "output_through_a_function": _about("ScheduledOutputTrainingHelper"),
    "output_through_a_function_with_auxiliary_inputs": _about("ScheduledOutputTrainingHelper"),
    "errors": _about("ScheduledEmbeddingTrainingHelper") + _about("ScheduledOutputTrainingHelper"),
}


def _decode(tf, helper, units, wrt, layer=None, **arguments):
    seq2seq = tf.contrib.seq2seq
    cell = tf.nn.rnn_cell.GRUCell(units)
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32), layer)
    # The coins do not wait for the step before: in a loop of several iterations at once, not even
    # TensorFlow 1.15 draws the same twice.
    outputs, state, lengths = seq2seq.dynamic_decode(decoder, parallel_iterations=1, **arguments)
    weights = tf.constant(distinct(outputs.rnn_output.shape.as_list()[-1:], seed=7))
    loss = tf.reduce_sum(tf.square(outputs.rnn_output) * weights)
    return run(tf, loss, wrt, outputs=outputs, state=state, lengths=lengths)


def _embedding(tf, probability, time_major=False, function=False, **arguments):
    x = inputs(tf)
    table = tf.get_variable("embedding", [SYMBOLS, DEPTH])
    embedding = (lambda ids: 2 * tf.nn.embedding_lookup(table, ids)) if function else table
    helper = tf.contrib.seq2seq.ScheduledEmbeddingTrainingHelper(
        tf.transpose(x, [1, 0, 2]) if time_major else x, LENGTHS, embedding, probability,
        time_major=time_major, seed=3, scheduling_seed=8)
    return _decode(tf, helper, 5, [x], tf.layers.Dense(SYMBOLS, name="out"), **arguments)


def embedding(tf):
    results = {}
    for probability in (0.0, 0.5, 1.0):
        with tf.Graph().as_default():
            values = _embedding(tf, probability, impute_finished=probability == 0.5)
        results.update(("%s: %s" % (probability, key), value) for key, value in values.items())
    return results


def embedding_by_a_function_time_major(tf):
    return _embedding(tf, tf.placeholder_with_default(0.5, []), time_major=True, function=True)


def _output(tf, auxiliary=False, time_major=False, probability=0.5, **arguments):
    """The output, as wide as the input, is fed; `auxiliary` puts two more columns behind."""
    x = inputs(tf)
    wrt = [x]
    if auxiliary:
        more = inputs(tf, "auxiliary", depth=2, seed=12)
        wrt.append(more)
        arguments["auxiliary_inputs"] = tf.transpose(more, [1, 0, 2]) if time_major else more
    helper = tf.contrib.seq2seq.ScheduledOutputTrainingHelper(
        tf.transpose(x, [1, 0, 2]) if time_major else x, LENGTHS, probability, seed=4,
        time_major=time_major, **arguments)
    return _decode(tf, helper, DEPTH, wrt)


def output(tf):
    results = {}
    for probability in (0.0, 0.5, 1.0):
        with tf.Graph().as_default():
            values = _output(tf, probability=probability)
        results.update(("%s: %s" % (probability, key), value) for key, value in values.items())
    return results


def output_with_auxiliary_inputs(tf):
    return _output(tf, auxiliary=True)


def output_through_a_function(tf):
    return _output(tf, next_inputs_fn=lambda outputs: 3 * outputs)


def output_through_a_function_with_auxiliary_inputs(tf):
    return _output(tf, auxiliary=True, time_major=True, next_inputs_fn=lambda outputs: 3 * outputs)


def errors(tf):
    seq2seq, x, matrix = tf.contrib.seq2seq, inputs(tf), [[0.5] * BATCH] * TIME
    table = tf.constant(distinct((SYMBOLS, DEPTH)))
    return {
        "embedding": error(
            seq2seq.ScheduledEmbeddingTrainingHelper, x, LENGTHS, table, matrix),
        "output": error(seq2seq.ScheduledOutputTrainingHelper, x, LENGTHS, matrix),
        "a vector passes, and cannot be decoded": error(_embedding, tf, [0.1, 0.5, 0.9]),
    }
