"""contrib.seq2seq's decoding loop, BasicDecoder and helpers, teacher forcing and inference."""

import numpy as np
from _seq2seq_tools import BATCH, DEPTH, LENGTHS, SYMBOLS, TIME, UNITS, error, inputs, run
from _tools import distinct

_LOOP = ["tf.contrib.seq2seq." + name
         for name in ("BasicDecoder", "BasicDecoderOutput", "dynamic_decode")]


def _about(*names):
    return ["tf.contrib.seq2seq." + name for name in names] + _LOOP


SUBJECTS = {
    "training_helper": _about("TrainingHelper"),
    "training_helper_time_major_imputed": _about("TrainingHelper"),
    "training_helper_without_output_layer": _about("TrainingHelper"),
    "training_of_a_stack": _about("TrainingHelper"),
    "maximum_iterations": _about("TrainingHelper"),
    "some_lengths_are_zero": _about("TrainingHelper"),
    "unknown_batch_and_time": _about("TrainingHelper"),
    "greedy_from_a_table": _about("GreedyEmbeddingHelper"),
    "greedy_from_a_function_imputed": _about("GreedyEmbeddingHelper"),
    "gradients_through_greedy": _about("GreedyEmbeddingHelper"),
    "greedy_time_major": _about("GreedyEmbeddingHelper"),
    "training_and_greedy_share_variables": _about("TrainingHelper", "GreedyEmbeddingHelper"),
    "sample_embedding": _about("SampleEmbeddingHelper"),
    "sample_embedding_with_temperature": _about("SampleEmbeddingHelper"),
    "inference_helper": _about("InferenceHelper"),
    "inference_helper_feeds_samples": _about("InferenceHelper"),
    "custom_helper": _about("CustomHelper"),
    "helper_of_ones_own": _about("Helper"),
    "inside_a_loop": ["tf.contrib.seq2seq.dynamic_decode"],
    "decoder_of_ones_own": ["tf.contrib.seq2seq.Decoder", "tf.contrib.seq2seq.dynamic_decode"],
    "properties": ["tf.contrib.seq2seq." + name for name in (
        "TrainingHelper", "GreedyEmbeddingHelper", "CustomHelper", "BasicDecoder")],
    "errors": ["tf.contrib.seq2seq." + name for name in (
        "TrainingHelper", "GreedyEmbeddingHelper", "SampleEmbeddingHelper", "Helper", "Decoder",
        "BasicDecoder", "dynamic_decode")],
}


def _cell(tf):
    return tf.nn.rnn_cell.LSTMCell(UNITS)


def _loss(tf, outputs):
    weights = tf.constant(distinct(outputs.shape.as_list()[-1:], seed=7))
    return tf.reduce_sum(tf.square(outputs) * weights)


def _train(tf, cell=None, time_major=False, layer=True, lengths=LENGTHS, x=None, **arguments):
    """Teacher forcing; results for `run`."""
    seq2seq = tf.contrib.seq2seq
    x = inputs(tf) if x is None else x
    cell = cell or _cell(tf)
    helper = seq2seq.TrainingHelper(
        tf.transpose(x, [1, 0, 2]) if time_major else x, lengths, time_major=time_major)
    output_layer = tf.layers.Dense(SYMBOLS, name="out") if layer else None
    state = cell.zero_state(tf.shape(x)[0] if x.shape[0].value is None else BATCH, tf.float32)
    decoder = seq2seq.BasicDecoder(cell, helper, state, output_layer)
    outputs, state, lengths = seq2seq.dynamic_decode(
        decoder, output_time_major=time_major, **arguments)
    return dict(outputs=outputs, state=state, lengths=lengths,
                loss=_loss(tf, outputs.rnn_output), wrt=[x])


def training_helper(tf):
    return run(tf, **_train(tf))


def training_helper_time_major_imputed(tf):
    return run(tf, **_train(tf, time_major=True, impute_finished=True))


def training_helper_without_output_layer(tf):
    return run(tf, **_train(tf, layer=False, swap_memory=True, parallel_iterations=1))


def training_of_a_stack(tf):
    rnn = tf.nn.rnn_cell
    cell = rnn.MultiRNNCell([rnn.BasicLSTMCell(3), rnn.GRUCell(4)])
    return run(tf, **_train(tf, cell, impute_finished=True))


def maximum_iterations(tf):
    results = {}
    for steps, imputed in ((0, False), (2, True), (2, False), (9, True)):
        with tf.Graph().as_default():
            values = run(tf, **_train(
                tf, maximum_iterations=steps, impute_finished=imputed, scope="mine"))
        results.update(("%d steps, imputed=%s: %s" % (steps, imputed, key), value)
                       for key, value in values.items())
    return results


def some_lengths_are_zero(tf):
    values = run(tf, **_train(tf, lengths=[0, 2, 0], impute_finished=True))
    with tf.Graph().as_default():
        none = run(tf, **_train(tf, lengths=[0, 0, 0]))
    values.update(("all: " + key, value) for key, value in none.items())
    return values


def unknown_batch_and_time(tf):
    x = tf.placeholder_with_default(distinct((BATCH, TIME, DEPTH), seed=11), (None, None, DEPTH))
    return run(tf, **_train(tf, x=x, lengths=tf.placeholder_with_default(LENGTHS, [None])))


def _infer(tf, helper, cell=None, wrt=(), layer=True, time_major=False, **arguments):
    seq2seq = tf.contrib.seq2seq
    cell = cell or tf.nn.rnn_cell.GRUCell(UNITS)
    output_layer = tf.layers.Dense(SYMBOLS, use_bias=False, name="out") if layer else None
    decoder = seq2seq.BasicDecoder(cell, helper, cell.zero_state(BATCH, tf.float32), output_layer)
    outputs, state, lengths = seq2seq.dynamic_decode(
        decoder, output_time_major=time_major, **arguments)
    return dict(outputs=outputs, state=state, lengths=lengths,
                loss=_loss(tf, outputs.rnn_output), wrt=list(wrt))


def _lively(tf, helper, **arguments):
    return dict(_infer(tf, helper, **arguments), **LIVELY)


def _table(tf):
    return tf.get_variable("embedding", [SYMBOLS, DEPTH])


START = [1, 2, 3]
# With weights of this scale the argmax changes from step to step. Gradients through such
# saturated gates magnify rounding, so they are compared with smaller weights only.
LIVELY = dict(scale=4.0, loss=None)


def greedy_from_a_table(tf):
    """With one end token and another: which sequences end, and when, differs."""
    results = {}
    for end in (0, 2, 5):
        with tf.Graph().as_default():
            helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(_table(tf), START, end)
            values = run(tf, **_lively(tf, helper, maximum_iterations=6))
        results.update(("end=%d: %s" % (end, key), value) for key, value in values.items())
    return results


def greedy_from_a_function_imputed(tf):
    table = _table(tf)
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(
        lambda ids: tf.tanh(tf.nn.embedding_lookup(table, ids)), tf.constant(START), 0)
    return run(tf, **_lively(tf, helper, maximum_iterations=6, impute_finished=True))


def gradients_through_greedy(tf):
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(_table(tf), START, 0)
    return run(tf, **_infer(tf, helper, maximum_iterations=4))


def greedy_time_major(tf):
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(_table(tf), START, 0)
    return run(tf, **_lively(tf, helper, time_major=True, maximum_iterations=4))


def training_and_greedy_share_variables(tf):
    """One decoding function, called twice with AUTO_REUSE: the usual seq2seq program."""
    seq2seq = tf.contrib.seq2seq

    def decode(helper, scope, reuse=None):
        with tf.variable_scope(scope, reuse=reuse):
            return _infer(tf, helper, maximum_iterations=TIME)

    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
        table = _table(tf)
        ids = tf.constant([[1, 2, 0, 3], [2, 4, 4, 1], [3, 1, 5, 0]])
        training = decode(seq2seq.TrainingHelper(
            tf.nn.embedding_lookup(table, ids), LENGTHS), "decode")
        inference = decode(seq2seq.GreedyEmbeddingHelper(table, START, 0), "decode", reuse=True)
    return run(tf, training=training["outputs"], inference=inference["outputs"],
               lengths=inference["lengths"], **LIVELY)


def sample_embedding(tf):
    helper = tf.contrib.seq2seq.SampleEmbeddingHelper(_table(tf), START, 0, seed=5)
    return run(tf, **_infer(tf, helper, maximum_iterations=8))


def sample_embedding_with_temperature(tf):
    results = {}
    for temperature in (0.3, 3.0):
        with tf.Graph().as_default():
            helper = tf.contrib.seq2seq.SampleEmbeddingHelper(
                _table(tf), START, 0, softmax_temperature=temperature, seed=5)
            values = run(tf, **_lively(tf, helper, maximum_iterations=8))
        results.update(("temperature=%s: %s" % (temperature, key), value)
                       for key, value in values.items())
    return results


def inference_helper(tf):
    """Samples are vectors: the output's sign, halved for the next input."""
    helper = tf.contrib.seq2seq.InferenceHelper(
        sample_fn=tf.sign, sample_shape=[DEPTH], sample_dtype=tf.float32,
        start_inputs=tf.constant(distinct((BATCH, DEPTH))),
        end_fn=lambda ids: tf.reduce_sum(ids, 1) > 2.5,
        next_inputs_fn=lambda ids: ids / 2)
    return run(tf, **_infer(tf, helper, tf.nn.rnn_cell.GRUCell(DEPTH), layer=False,
                            maximum_iterations=4))


def inference_helper_feeds_samples(tf):
    helper = tf.contrib.seq2seq.InferenceHelper(
        lambda outputs: outputs, [DEPTH], tf.float32, tf.constant(distinct((BATCH, DEPTH))),
        lambda ids: tf.reduce_sum(ids, 1) > 0.5)
    return run(tf, **_infer(tf, helper, tf.nn.rnn_cell.GRUCell(DEPTH), layer=False,
                            maximum_iterations=4, impute_finished=True))


def custom_helper(tf):
    x = inputs(tf)

    def next_inputs(time, outputs, state, sample_ids):
        finished = tf.tile([time >= TIME - 2], [BATCH])
        return finished, x[:, time + 1] + tf.cast(sample_ids[:, None], tf.float32), state

    helper = tf.contrib.seq2seq.CustomHelper(
        initialize_fn=lambda: (tf.tile([False], [BATCH]), x[:, 0]),
        sample_fn=lambda time, outputs, state: tf.cast(tf.argmin(outputs, -1), tf.int32),
        next_inputs_fn=next_inputs)
    return run(tf, **_infer(tf, helper, wrt=[x]))


def helper_of_ones_own(tf):
    """A subclass of Helper: feeds the output's first columns back, ends by time."""
    class Echo(tf.contrib.seq2seq.Helper):
        batch_size = BATCH
        sample_ids_shape = tf.TensorShape([2])
        sample_ids_dtype = tf.float32

        def initialize(self, name=None):
            return tf.tile([False], [BATCH]), tf.zeros([BATCH, 2])

        def sample(self, time, outputs, state, name=None):
            return outputs[:, :2]

        def next_inputs(self, time, outputs, state, sample_ids, name=None):
            return time >= tf.constant([1, 2, 0]), sample_ids, state

    return run(tf, **_infer(tf, Echo(), impute_finished=True))


def inside_a_loop(tf):
    """Each turn decodes and then changes the weights: variables must be read anew in every turn."""
    x = inputs(tf)

    def turn(k, total):
        with tf.variable_scope("model", reuse=tf.AUTO_REUSE, use_resource=True):
            decoded = _train(tf, tf.nn.rnn_cell.GRUCell(UNITS), layer=False, x=x)
        weights = tf.trainable_variables()
        with tf.control_dependencies([decoded["loss"]]):
            halved = [tf.assign(weight, weight * 0.5) for weight in weights]
        with tf.control_dependencies(halved):
            return k + 1, total + decoded["loss"]

    turns, total = tf.while_loop(lambda k, _: k < 3, turn, (0, 0.0), parallel_iterations=1)
    return run(tf, total=total, turns=turns)


def decoder_of_ones_own(tf):
    """Counts steps; one sequence ends earlier; `finalize` adds 100; keeps a TensorArray."""
    class Counter(tf.contrib.seq2seq.Decoder):
        batch_size = tf.constant(2)
        output_size = tf.TensorShape([])
        output_dtype = tf.int32

        def initialize(self, name=None):
            history = tf.TensorArray(tf.int32, 0, dynamic_size=True, element_shape=[])
            return tf.constant([False, False]), tf.constant([0, 10]), (tf.constant([0, 0]), history)

        def step(self, time, inputs, state, name=None):
            total, history = state
            return (inputs + time, (total + inputs, history.write(time, time)), inputs + 1,
                    tf.equal(time, tf.constant([1, 3])))

        def finalize(self, outputs, final_state, sequence_lengths):
            return outputs + 100, final_state

    results = {}
    for imputed in (False, True):
        outputs, state, lengths = tf.contrib.seq2seq.dynamic_decode(
            Counter(), impute_finished=imputed)
        results["imputed=%s" % imputed] = (outputs, state, lengths)
    return run(tf, **results)


def properties(tf):
    seq2seq = tf.contrib.seq2seq
    cell, layer = _cell(tf), tf.layers.Dense(SYMBOLS)
    training = seq2seq.TrainingHelper(inputs(tf), LENGTHS)
    greedy = seq2seq.GreedyEmbeddingHelper(_table(tf), START, 0)
    custom = seq2seq.CustomHelper(lambda: (tf.constant([False]), None), None, None, [4], tf.float32)
    before = error(lambda: custom.batch_size)
    custom.initialize()
    decoder = seq2seq.BasicDecoder(cell, training, cell.zero_state(BATCH, tf.float32), layer)
    plain = seq2seq.BasicDecoder(cell, greedy, cell.zero_state(BATCH, tf.float32))
    with tf.Session() as sess:
        sizes = sess.run([training.batch_size, greedy.batch_size, custom.batch_size,
                          training.inputs, training.sequence_length, decoder.batch_size])
    values = {"value %d" % k: np.asarray(value) for k, value in enumerate(sizes)}
    values.update({
        "size with layer": str(decoder.output_size), "dtype": str(decoder.output_dtype),
        "size without": str(plain.output_size), "tracks": str(decoder.tracks_own_finished),
        "custom": str((custom.sample_ids_shape, custom.sample_ids_dtype)),
        "training": str((training.sample_ids_shape, training.sample_ids_dtype)),
        "greedy": str((greedy.sample_ids_shape, greedy.sample_ids_dtype)),
        "batch size before initialize": before,
        "finalize": error(decoder.finalize, None, None, None),
    })
    return values


def errors(tf):
    seq2seq = tf.contrib.seq2seq
    cell, x, table = _cell(tf), inputs(tf), tf.constant(distinct((SYMBOLS, DEPTH)))
    state = cell.zero_state(BATCH, tf.float32)
    helper = seq2seq.TrainingHelper(x, LENGTHS)
    decoder = seq2seq.BasicDecoder(cell, helper, state)
    greedy = seq2seq.GreedyEmbeddingHelper(table, START, 0)
    return {
        "lengths are a matrix": error(seq2seq.TrainingHelper, x, [LENGTHS]),
        "start tokens are a scalar": error(seq2seq.GreedyEmbeddingHelper, table, 1, 0),
        "end token is a vector": error(seq2seq.GreedyEmbeddingHelper, table, START, [0]),
        "start tokens are floats": error(seq2seq.SampleEmbeddingHelper, table, [1.0], 0),
        "no cell": error(seq2seq.BasicDecoder, x, helper, state),
        "no helper": error(seq2seq.BasicDecoder, cell, x, state),
        "no layer": error(seq2seq.BasicDecoder, cell, helper, state, x),
        "keras layer": error(
            seq2seq.BasicDecoder, cell, helper, state, tf.keras.layers.Dense(3)),
        "no decoder": error(seq2seq.dynamic_decode, cell),
        "iterations are a vector": error(seq2seq.dynamic_decode, decoder, maximum_iterations=[2]),
        "outputs are a pair": error(greedy.sample, 0, (x, x), None),
        "helper is abstract": error(seq2seq.Helper),
        "decoder is abstract": error(seq2seq.Decoder),
    }
