"""Cells, stacks and pairs with their weights and outputs, for those who convert them to Keras layers."""

from _tools import distinct

BATCH, TIME, WIDTH, UNITS = 2, 4, 3, 5


def _inputs(tf):
    return tf.constant(distinct((BATCH, TIME, WIDTH), scale=1.0))


def _run(tf, outputs):
    """Run `outputs` with distinct weights; returns them and every variable under its name."""
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for number, variable in enumerate(tf.trainable_variables()):
            variable.load(distinct(variable.shape.as_list(), seed=number + 1), sess)
        found = {"variables/" + v.op.name: sess.run(v) for v in tf.trainable_variables()}
        found["outputs"] = sess.run(outputs)
    return found


def _dynamic(tf, cell):
    outputs, _ = tf.nn.dynamic_rnn(cell, _inputs(tf), dtype=tf.float32)
    return _run(tf, outputs)


def basic_lstm(tf):
    return _dynamic(tf, tf.nn.rnn_cell.BasicLSTMCell(UNITS))


def basic_lstm_with_another_forget_bias(tf):
    return _dynamic(tf, tf.nn.rnn_cell.BasicLSTMCell(UNITS, forget_bias=0.25))


def lstm(tf):
    return _dynamic(tf, tf.nn.rnn_cell.LSTMCell(UNITS))


def gru(tf):
    return _dynamic(tf, tf.nn.rnn_cell.GRUCell(UNITS))


def basic_rnn(tf):
    return _dynamic(tf, tf.nn.rnn_cell.BasicRNNCell(UNITS))


def stack(tf):
    return _dynamic(tf, tf.nn.rnn_cell.MultiRNNCell(
        [tf.nn.rnn_cell.BasicLSTMCell(UNITS), tf.nn.rnn_cell.GRUCell(4)]))


def shared_stack(tf):
    cell = tf.nn.rnn_cell.BasicLSTMCell(WIDTH)
    return _dynamic(tf, tf.nn.rnn_cell.MultiRNNCell([cell, cell, cell]))


def pair(tf):
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        tf.nn.rnn_cell.BasicLSTMCell(UNITS), tf.nn.rnn_cell.BasicLSTMCell(UNITS), _inputs(tf),
        dtype=tf.float32)
    return _run(tf, tf.concat(outputs, axis=2))


def cudnn_lstm(tf):
    return _dynamic(tf, tf.nn.rnn_cell.MultiRNNCell(
        [tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(UNITS) for _ in range(2)]))


def cudnn_gru(tf):
    return _dynamic(tf, tf.nn.rnn_cell.MultiRNNCell(
        [tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(UNITS) for _ in range(2)]))


def _both_ways(tf, make):
    """What a checkpoint of a bidirectional cuDNN layer is called, and the cells that read it."""
    with tf.variable_scope("cudnn"):
        outputs, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
            [make(UNITS) for _ in range(2)], [make(UNITS) for _ in range(2)], _inputs(tf), dtype=tf.float32)
    return _run(tf, outputs)


def cudnn_lstm_both_ways(tf):
    return _both_ways(tf, tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell)


def cudnn_gru_both_ways(tf):
    return _both_ways(tf, tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell)


def pair_of_stacks(tf):
    def cells():
        return tf.nn.rnn_cell.MultiRNNCell(
            [tf.nn.rnn_cell.BasicLSTMCell(UNITS), tf.nn.rnn_cell.BasicLSTMCell(4)])
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(cells(), cells(), _inputs(tf), dtype=tf.float32)
    return _run(tf, tf.concat(outputs, axis=2))


def stack_of_pairs(tf):
    outputs, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        [tf.nn.rnn_cell.GRUCell(UNITS), tf.nn.rnn_cell.GRUCell(4)],
        [tf.nn.rnn_cell.GRUCell(UNITS), tf.nn.rnn_cell.GRUCell(4)], _inputs(tf), dtype=tf.float32)
    return _run(tf, outputs)


def cell_among_others(tf):
    with tf.variable_scope("encoder"):
        projected = tf.layers.dense(_inputs(tf), WIDTH)
        cell = tf.nn.rnn_cell.BasicRNNCell(UNITS)
        tf.nn.dynamic_rnn(cell, projected, dtype=tf.float32)
    with tf.variable_scope("decoder"):
        outputs, _ = tf.nn.dynamic_rnn(
            tf.nn.rnn_cell.LSTMCell(UNITS, name="reader"), _inputs(tf), dtype=tf.float32)
    return _run(tf, outputs)


def peepholes(tf):
    return _dynamic(tf, tf.nn.rnn_cell.LSTMCell(UNITS, use_peepholes=True))


def projection(tf):
    return _dynamic(tf, tf.nn.rnn_cell.LSTMCell(UNITS, num_proj=2))
