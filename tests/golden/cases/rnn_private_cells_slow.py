"""Cells that TF 1.15 kept in tensorflow.contrib.rnn.python.ops.rnn_cell without a public name."""

from _rnn_tools import BATCH, dynamic, each_way, error, module, one_step, record, sequence
from _tools import structure, variables

_PLACE = "tensorflow.contrib.rnn.python.ops.rnn_cell"
SUBJECTS = {
    "layer_norm_lstm_cell": [_PLACE + ".LayerNormLSTMCell"],
    "layer_norm_lstm_cell_all": [_PLACE + ".LayerNormLSTMCell"],
    "weight_norm_lstm_cell": [_PLACE + ".WeightNormLSTMCell"],
    "weight_norm_lstm_cell_all": [_PLACE + ".WeightNormLSTMCell"],
    "minimal_rnn_cell": [_PLACE + ".MinimalRNNCell"],
    "cfn_cell": [_PLACE + ".CFNCell"],
    "ntm_cell": [_PLACE + ".NTMCell", _PLACE + ".NTMControllerState"],
    "ntm_cell_one_head_each": [_PLACE + ".NTMCell"],
    "first_values": [_PLACE + ".MinimalRNNCell", _PLACE + ".CFNCell"],
}


def layer_norm_lstm_cell(tf):
    return each_way(tf, lambda: module(_PLACE).LayerNormLSTMCell(5), (one_step,))


def layer_norm_lstm_cell_all(tf):
    return each_way(tf, lambda: module(_PLACE).LayerNormLSTMCell(
        5, use_peepholes=True, cell_clip=0.4, num_proj=4, proj_clip=0.2, forget_bias=0.3,
        layer_norm=True, norm_gain=0.8, norm_shift=0.1, activation=tf.nn.softsign), (dynamic,))


def weight_norm_lstm_cell(tf):
    return each_way(tf, lambda: module(_PLACE).WeightNormLSTMCell(5, norm=False), (one_step,))


def weight_norm_lstm_cell_all(tf):
    return each_way(tf, lambda: module(_PLACE).WeightNormLSTMCell(
        5, use_peepholes=True, cell_clip=0.4, num_proj=4, proj_clip=0.2, forget_bias=0.3), (dynamic,))


def minimal_rnn_cell(tf):
    return each_way(tf, lambda: module(_PLACE).MinimalRNNCell(5), (one_step,))


def cfn_cell(tf):
    return each_way(tf, lambda: module(_PLACE).CFNCell(5, activation="relu", name="chaos_free"), (one_step,))


def _machine(tf, **how):
    controller = tf.contrib.rnn.LSTMCell(4)
    return module(_PLACE).NTMCell(controller, memory_size=5, memory_vector_dim=3, **how)


def ntm_cell(tf):
    cell, x = _machine(tf, read_head_num=2, write_head_num=1), tf.constant(sequence())
    state, outputs = cell.zero_state(BATCH, tf.float32), []
    for row in tf.unstack(x, axis=1):
        output, state = cell(row, state)
        outputs.append(output)
    time = state.time
    state = state._replace(time=tf.cast(time, tf.float32))
    recorded = record(tf, x, outputs, state)
    recorded["state size"] = repr(cell.state_size)
    return recorded


def ntm_cell_one_head_each(tf):
    cell, x = _machine(
        tf, read_head_num=1, write_head_num=1, output_dim=2, clip_value=1), tf.constant(sequence())
    outputs, state = tf.nn.dynamic_rnn(
        cell, x, initial_state=cell.zero_state(BATCH, tf.float32), dtype=tf.float32)
    return dict(record(tf, x, outputs, state._replace(time=tf.cast(state.time, tf.float32))),
                whole=structure(state), no_controller=error(module(_PLACE).NTMCell, 5, 5, 3, 1, 1))


def first_values(tf):
    """The biases begin at 1, which keeps the gates open."""
    x = tf.constant(sequence())
    for name in "MinimalRNNCell", "CFNCell":
        cell = getattr(module(_PLACE), name)(2, kernel_initializer=tf.orthogonal_initializer(seed=1))
        tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = {v.name: sess.run(v) for v in tf.global_variables()}
    return dict(values, variables=variables(tf.global_variables()))
