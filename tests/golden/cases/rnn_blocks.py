"""Cells computed by one op, and RNNs over whole sequences: LSTM and GRU blocks, fused RNNs, cuDNN's."""

from _rnn_tools import (
    BATCH, LENGTHS, TIME, WIDTH, dynamic, each_way, error, one_step, record, sequence)
from _tools import set_distinct_weights, structure, variables

SUBJECTS = {
    "lstm_block_cell": ["LSTMBlockCell"],
    "lstm_block_cell_peepholes_clipping": ["LSTMBlockCell"],
    "lstm_block_cell_gives_what_lstm_cell_gives": ["LSTMBlockCell", "LSTMCell"],
    "lstm_block_fused_cell": ["LSTMBlockFusedCell"],
    "lstm_block_fused_cell_lengths": ["LSTMBlockFusedCell"],
    "lstm_block_fused_cell_peepholes_clipping": ["LSTMBlockFusedCell"],
    "lstm_block_fused_cell_unknown_shape": ["LSTMBlockFusedCell"],
    "lstm_block_wrapper": ["LSTMBlockWrapper"],
    "gru_block_cell": ["GRUBlockCell"],
    "gru_block_cell_v2": ["GRUBlockCellV2"],
    "cudnn_compatible_lstm_cell": ["cudnn_rnn.CudnnCompatibleLSTMCell"],
    "cudnn_compatible_gru_cell": ["cudnn_rnn.CudnnCompatibleGRUCell"],
    "fused_rnn_cell_adaptor": ["FusedRNNCellAdaptor"],
    "time_reversed_fused_rnn": ["TimeReversedFusedRNN"],
    "time_reversed_fused_rnn_list": ["TimeReversedFusedRNN", "FusedRNNCellAdaptor"],
    "fused_rnn_cell": ["FusedRNNCell"],
    "first_values": ["LSTMBlockCell", "LSTMBlockFusedCell", "GRUBlockCell", "GRUBlockCellV2"],
    "errors": ["LSTMBlockCell", "LSTMBlockFusedCell", "GRUBlockCell", "GRUBlockCellV2"],
}


def _time_major(tf):
    return tf.constant(sequence((TIME, BATCH, WIDTH)))


def _run(tf, cell, **how):
    x = _time_major(tf)
    how.setdefault("dtype", tf.float32)
    outputs, state = cell(x, **how)
    return record(tf, x, outputs, state)


def lstm_block_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LSTMBlockCell(5), (one_step, dynamic))


def lstm_block_cell_peepholes_clipping(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LSTMBlockCell(
        5, 0.3, cell_clip=0.3, use_peephole=True, name="block"), (one_step,))


def lstm_block_cell_gives_what_lstm_cell_gives(tf):
    """The same variables under the same names: a model may change from one to the other."""
    x, results = tf.constant(sequence()), []
    for make, scope in (tf.contrib.rnn.LSTMBlockCell, "a"), (tf.contrib.rnn.LSTMCell, "a"):
        with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
            results.append(tf.nn.dynamic_rnn(make(5), x, dtype=tf.float32)[0])
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        block, cell = sess.run(results)
    return {"block": block, "equal": bool(abs(block - cell).max() < 1e-6),
            "variables": variables(tf.global_variables())}


def lstm_block_fused_cell(tf):
    return _run(tf, tf.contrib.rnn.LSTMBlockFusedCell(5))


def lstm_block_fused_cell_lengths(tf):
    recorded = {}
    for lengths in (LENGTHS, [0, 3, 2]):
        with tf.Graph().as_default():
            start = tf.constant(sequence((BATCH, 5), 7)), tf.constant(sequence((BATCH, 5), 8))
            values = _run(tf, tf.contrib.rnn.LSTMBlockFusedCell(5), initial_state=start,
                          sequence_length=tf.constant(lengths))
            recorded.update(("%s: %s" % (lengths, key), value) for key, value in values.items())
    return recorded


def lstm_block_fused_cell_peepholes_clipping(tf):
    return _run(tf, tf.contrib.rnn.LSTMBlockFusedCell(
        5, forget_bias=0.2, cell_clip=0.3, use_peephole=True, name="fused"), sequence_length=LENGTHS)


def lstm_block_fused_cell_unknown_shape(tf):
    x = tf.placeholder_with_default(_time_major(tf), [None, None, WIDTH])
    outputs, state = tf.contrib.rnn.LSTMBlockFusedCell(5)(
        x, dtype=tf.float32, sequence_length=tf.constant(LENGTHS))
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        values = sess.run([outputs, state])
    return {"outputs": values[0], "c": values[1].c, "h": values[1].h,
            "structure": structure([outputs, state])}


def lstm_block_wrapper(tf):
    """A user's own: outputs twice the inputs' running sum."""
    class Sums(tf.contrib.rnn.LSTMBlockWrapper):
        @property
        def num_units(self):
            return WIDTH

        def _call_cell(self, inputs, initial_cell_state, initial_output, dtype, sequence_length):
            scale = tf.get_variable("scale", [WIDTH], dtype)
            states = tf.cumsum(inputs) + initial_cell_state
            return states, 2 * states * scale

    x = _time_major(tf)
    outputs, state = Sums()(tf.unstack(x), dtype=tf.float32, sequence_length=tf.constant(LENGTHS))
    recorded = record(tf, x, outputs, state)
    recorded["abstract"] = error(tf.contrib.rnn.LSTMBlockWrapper)
    return recorded


def gru_block_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GRUBlockCell(5), (one_step,))


def gru_block_cell_v2(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GRUBlockCellV2(5), (one_step, dynamic))


def cudnn_compatible_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(5), (one_step,))


def cudnn_compatible_gru_cell(tf):
    return each_way(tf, lambda: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(5))


def fused_rnn_cell_adaptor(tf):
    recorded = {}
    for use_dynamic_rnn in (False, True):
        with tf.Graph().as_default():
            cell = tf.contrib.rnn.FusedRNNCellAdaptor(tf.contrib.rnn.GRUCell(5), use_dynamic_rnn)
            values = _run(tf, cell, sequence_length=tf.constant(LENGTHS), scope="fused")
            recorded.update(("%s: %s" % (use_dynamic_rnn, key), v) for key, v in values.items())
    return recorded


def time_reversed_fused_rnn(tf):
    recorded = {}
    for lengths in (None, LENGTHS):
        with tf.Graph().as_default():
            forward = tf.contrib.rnn.LSTMBlockFusedCell(5)
            values = _run(tf, tf.contrib.rnn.TimeReversedFusedRNN(forward), sequence_length=lengths)
            recorded.update(("%s: %s" % (lengths, key), value) for key, value in values.items())
    return recorded


def time_reversed_fused_rnn_list(tf):
    recorded = {}
    for use_dynamic_rnn in (False, True):
        with tf.Graph().as_default():
            x = _time_major(tf)
            forward = tf.contrib.rnn.FusedRNNCellAdaptor(tf.contrib.rnn.GRUCell(5), use_dynamic_rnn)
            outputs, state = tf.contrib.rnn.TimeReversedFusedRNN(forward)(
                tf.unstack(x), dtype=tf.float32)
            recorded.update(("%s: %s" % (use_dynamic_rnn, key), value)
                            for key, value in record(tf, x, outputs, state).items())
    return recorded


def fused_rnn_cell(tf):
    class Twice(tf.contrib.rnn.FusedRNNCell):
        def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
            return inputs * 2, inputs[-1]

    x = _time_major(tf)
    recorded = record(tf, x, *tf.contrib.rnn.TimeReversedFusedRNN(Twice())(x))
    recorded["abstract"] = error(tf.contrib.rnn.FusedRNNCell)
    recorded["kinds"] = [issubclass(kind, tf.contrib.rnn.FusedRNNCell) for kind in (
        tf.contrib.rnn.FusedRNNCellAdaptor, tf.contrib.rnn.TimeReversedFusedRNN)]
    return recorded


def first_values(tf):
    """Where biases begin; the kernels follow the scope's initializer."""
    rnn, x = tf.contrib.rnn, tf.constant(sequence())
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(-1, 1, seed=2)):
        for number, cell in enumerate([
                rnn.LSTMBlockCell(2, use_peephole=True), rnn.GRUBlockCell(2), rnn.GRUBlockCellV2(2)]):
            tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="rnn%d" % number)
        rnn.LSTMBlockFusedCell(2, use_peephole=True)(x, dtype=tf.float32)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return {v.name: sess.run(v) for v in tf.global_variables()}


def errors(tf):
    rnn, x = tf.contrib.rnn, tf.constant(sequence())
    unknown = tf.placeholder(tf.float32, [3, None])
    lstm, gru = rnn.LSTMBlockCell(5), rnn.GRUBlockCellV2(5)
    return {
        "GRU of no size": error(rnn.GRUBlockCell), "GRU of two sizes": error(rnn.GRUBlockCellV2, 5, 5),
        "GRU of the older name": rnn.GRUBlockCell(cell_size=6).output_size,
        "state of other width": error(gru, x[:, 0], tf.zeros([3, 4])),
        "no width": error(gru, unknown, gru.zero_state(3, tf.float32)),
        "LSTM of no width": error(lstm, unknown, lstm.zero_state(3, tf.float32)),
        "state of three": error(lstm, x[:, 0], (x[:, 0], x[:, 0], x[:, 0])),
        "3-D inputs": error(lstm, x, lstm.zero_state(3, tf.float32)),
        "fused, 2-D inputs": error(rnn.LSTMBlockFusedCell(5), x[0], dtype=tf.float32),
        "fused, no dtype": error(rnn.LSTMBlockFusedCell(5), x),
        "fused, state of three": error(rnn.LSTMBlockFusedCell(5), x, [x[0]] * 3),
        "fused, a list": error(rnn.LSTMBlockFusedCell(5), tf.unstack(x), dtype=tf.float32),
        "float64": error(lambda: rnn.LSTMBlockCell(5)(
            tf.cast(x[:, 0], tf.float64), lstm.zero_state(3, tf.float64)))}
