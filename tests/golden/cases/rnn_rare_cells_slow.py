"""The rarer cells of contrib: over frequencies, in groups, over pictures, with coupled gates."""

from _rnn_tools import BATCH, WIDTH, dynamic, each_way, error, one_step, record, sequence
from _tools import distinct, structure

SUBJECTS = {
    "coupled_input_forget_gate_lstm_cell": ["CoupledInputForgetGateLSTMCell"],
    "coupled_input_forget_gate_lstm_cell_all": ["CoupledInputForgetGateLSTMCell"],
    "coupled_input_forget_gate_lstm_cell_one_tensor": ["CoupledInputForgetGateLSTMCell"],
    "time_freq_lstm_cell": ["TimeFreqLSTMCell"],
    "time_freq_lstm_cell_peepholes": ["TimeFreqLSTMCell"],
    "grid_lstm_cell": ["GridLSTMCell"],
    "grid_lstm_cell_peepholes": ["GridLSTMCell"],
    "grid_lstm_cell_shared_coupled": ["GridLSTMCell"],
    "grid_lstm_cell_one_tensor_state": ["GridLSTMCell"],
    "bidirectional_grid_lstm_cell": ["BidirectionalGridLSTMCell"],
    "bidirectional_grid_lstm_cell_offset": ["BidirectionalGridLSTMCell"],
    "glstm_cell": ["GLSTMCell"],
    "glstm_cell_projection": ["GLSTMCell"],
    "conv_lstm_cell": ["ConvLSTMCell"],
    "conv_1d_lstm_cell": ["Conv1DLSTMCell"],
    "conv_2d_lstm_cell": ["Conv2DLSTMCell"],
    "conv_3d_lstm_cell": ["Conv3DLSTMCell"],
    "errors": ["GLSTMCell", "GridLSTMCell", "ConvLSTMCell", "CoupledInputForgetGateLSTMCell"],
}


def coupled_input_forget_gate_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(5), (dynamic,))


def coupled_input_forget_gate_lstm_cell_all(tf):
    return each_way(tf, lambda: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
        5, use_peepholes=True, num_proj=4, proj_clip=0.1, num_unit_shards=2, num_proj_shards=3,
        forget_bias=0.3, activation=tf.nn.softsign, layer_norm=True, norm_gain=0.9, norm_shift=0.1),
        (one_step,))


def coupled_input_forget_gate_lstm_cell_one_tensor(tf):
    return each_way(tf, lambda: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
        5, num_proj=4, state_is_tuple=False), (one_step,))


def time_freq_lstm_cell(tf):
    """Its state is as wide as its windows are many, which its state_size does not say."""
    return _time_freq(tf, tf.contrib.rnn.TimeFreqLSTMCell(3, feature_size=2, cell_clip=0.5))


def time_freq_lstm_cell_peepholes(tf):
    return _time_freq(tf, tf.contrib.rnn.TimeFreqLSTMCell(
        3, use_peepholes=True, feature_size=2, frequency_skip=2, num_unit_shards=2, forget_bias=0.4))


def _time_freq(tf, cell):
    x = tf.constant(sequence())
    windows = (WIDTH - 2) // cell._frequency_skip + 1
    state, outputs = tf.constant(distinct([BATCH, 6 * windows], 0.5, 9)), []
    for row in tf.unstack(x, axis=1)[:2]:
        output, state = cell(row, state)
        outputs.append(output)
    recorded = record(tf, x, outputs, state)
    recorded["sizes"] = repr((cell.state_size, cell.output_size))
    return recorded


def grid_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GridLSTMCell(
        2, feature_size=2, frequency_skip=1, num_frequency_blocks=[3]), (dynamic,))


def grid_lstm_cell_peepholes(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GridLSTMCell(
        2, use_peepholes=True, cell_clip=0.4, num_unit_shards=2, forget_bias=0.3, feature_size=1,
        frequency_skip=1, num_frequency_blocks=[2, 1], start_freqindex_list=[0, 2],
        end_freqindex_list=[2, 3]), (one_step,))


def grid_lstm_cell_shared_coupled(tf):
    recorded = {}
    for share, couple in (True, False), (False, True), (True, True):
        values = each_way(tf, lambda: tf.contrib.rnn.GridLSTMCell(
            2, use_peepholes=True, share_time_frequency_weights=share,
            couple_input_forget_gates=couple, feature_size=3, frequency_skip=1,
            num_frequency_blocks=[2]), (one_step,))
        recorded.update(("%s %s: %s" % (share, couple, key), v) for key, v in values.items())
    return recorded


def grid_lstm_cell_one_tensor_state(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GridLSTMCell(
        2, feature_size=2, frequency_skip=2, num_frequency_blocks=[2], state_is_tuple=False), (one_step,))


def bidirectional_grid_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.BidirectionalGridLSTMCell(
        2, feature_size=2, frequency_skip=1, num_frequency_blocks=[3]), (one_step,))


def bidirectional_grid_lstm_cell_offset(tf):
    recorded = {}
    for offset in 1, -1:
        values = each_way(tf, lambda: tf.contrib.rnn.BidirectionalGridLSTMCell(
            2, feature_size=2, frequency_skip=2, num_frequency_blocks=[2],
            share_time_frequency_weights=True, backward_slice_offset=offset), (one_step,))
        recorded.update(("%d: %s" % (offset, key), value) for key, value in values.items())
    return recorded


def glstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GLSTMCell(6, number_of_groups=2, forget_bias=0.7), (one_step,))


def glstm_cell_projection(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GLSTMCell(
        6, num_proj=4, number_of_groups=2, initializer=tf.random_uniform_initializer(-1, 1)), (dynamic,))


def _pictures(tf, cell, shape):
    x = tf.constant(sequence((2, 2) + shape))
    outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    recorded = record(tf, x, outputs, state)
    recorded["sizes"] = repr((cell.state_size, cell.output_size))
    return recorded


def conv_lstm_cell(tf):
    return _pictures(tf, tf.contrib.rnn.ConvLSTMCell(
        2, [3, 2, 2], 2, [2, 2], use_bias=False, forget_bias=0.5), (3, 2, 2))


def conv_1d_lstm_cell(tf):
    return _pictures(tf, tf.contrib.rnn.Conv1DLSTMCell(
        input_shape=[4, 2], output_channels=3, kernel_shape=[3]), (4, 2))


def conv_2d_lstm_cell(tf):
    """With skip_connection the output has the inputs' channels, so one step is all it can do."""
    recorded = _pictures(tf, tf.contrib.rnn.Conv2DLSTMCell(
        input_shape=[3, 2, 2], output_channels=2, kernel_shape=[2, 3]), (3, 2, 2))
    with tf.Graph().as_default():
        cell = tf.contrib.rnn.Conv2DLSTMCell(
            input_shape=[3, 2, 2], output_channels=2, kernel_shape=[2, 2], skip_connection=True)
        x = tf.constant(sequence((2, 3, 2, 2)))
        output, state = cell(x, cell.zero_state(2, tf.float32))
        values = record(tf, x, output, state)
    recorded.update(("skip: " + key, value) for key, value in values.items())
    return recorded


def conv_3d_lstm_cell(tf):
    return _pictures(tf, tf.contrib.rnn.Conv3DLSTMCell(
        input_shape=[2, 2, 2, 1], output_channels=2, kernel_shape=[2, 1, 2]), (2, 2, 2, 1))


def errors(tf):
    rnn, x = tf.contrib.rnn, tf.constant(sequence())[:, 0]
    pair = rnn.LSTMStateTuple(tf.zeros([3, 6]), tf.zeros([3, 6]))

    def grid(**how):
        how = dict({"feature_size": 2, "frequency_skip": 1, "num_frequency_blocks": [3]}, **how)
        cell = rnn.GridLSTMCell(2, **how)
        return cell(x, cell.zero_state(3, tf.float32))

    conv = rnn.Conv2DLSTMCell(input_shape=[3, 2, 2], output_channels=2, kernel_shape=[2, 2])
    return {
        "structure": structure(grid()), "groups of units": error(rnn.GLSTMCell, 5, number_of_groups=2),
        "groups of projection": error(rnn.GLSTMCell, 6, num_proj=3, number_of_groups=2),
        "groups of inputs": error(rnn.GLSTMCell(6, number_of_groups=3), x, pair),
        "no blocks": error(rnn.GridLSTMCell, 2),
        "wrong count": error(grid, num_frequency_blocks=[2]),
        "two blocks, no lists": error(grid, num_frequency_blocks=[2, 1]),
        "unequal lists": error(grid, start_freqindex_list=[0, 1], end_freqindex_list=[2]),
        "fewer blocks": error(grid, start_freqindex_list=[0, 1], end_freqindex_list=[2, 3]),
        "conv dimensions": error(rnn.ConvLSTMCell, 2, [3, 2], 2, [2, 2]),
        "conv of other rank": error(conv, x, conv.zero_state(3, tf.float32)),
        "no width": [error(cell, tf.placeholder(tf.float32, [3, None]), cell.zero_state(3, tf.float32))
                     for cell in (rnn.CoupledInputForgetGateLSTMCell(6), rnn.GLSTMCell(6))]}
