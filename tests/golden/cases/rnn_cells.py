"""The cells that contrib had beside the core's."""

from _rnn_tools import (
    BATCH, LENGTHS, TIME, WIDTH, dynamic, each_way, error, one_step, record, sequence)
from _tools import distinct, structure

SUBJECTS = {
    "layer_norm_basic_lstm_cell": ["LayerNormBasicLSTMCell"],
    "layer_norm_basic_lstm_cell_dropout": ["LayerNormBasicLSTMCell"],
    "layer_norm_basic_lstm_cell_without": ["LayerNormBasicLSTMCell"],
    "nas_cell": ["NASCell"],
    "nas_cell_projection": ["NASCell"],
    "ugrnn_cell": ["UGRNNCell"],
    "intersection_rnn_cell": ["IntersectionRNNCell"],
    "intersection_rnn_cell_projection": ["IntersectionRNNCell"],
    "phased_lstm_cell": ["PhasedLSTMCell"],
    "phased_lstm_cell_peepholes": ["PhasedLSTMCell"],
    "ind_rnn_cell": ["IndRNNCell"],
    "indy_gru_cell": ["IndyGRUCell"],
    "indy_lstm_cell": ["IndyLSTMCell"],
    "sru_cell": ["SRUCell"],
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
    "first_values": ["IndRNNCell", "IndyLSTMCell", "IndyGRUCell", "LayerNormBasicLSTMCell", "UGRNNCell",
                     "PhasedLSTMCell", "NASCell", "SRUCell"],
    "errors": ["GLSTMCell", "GridLSTMCell", "ConvLSTMCell", "IntersectionRNNCell", "NASCell"],
}


def layer_norm_basic_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LayerNormBasicLSTMCell(5), (one_step, dynamic))


def layer_norm_basic_lstm_cell_dropout(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LayerNormBasicLSTMCell(
        5, forget_bias=0.5, activation=tf.nn.softsign, norm_gain=0.8, norm_shift=0.1,
        dropout_keep_prob=0.6, dropout_prob_seed=4), (one_step,))


def layer_norm_basic_lstm_cell_without(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LayerNormBasicLSTMCell(5, layer_norm=False), (one_step,))


def nas_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.NASCell(5), (one_step,))


def nas_cell_projection(tf):
    return each_way(tf, lambda: tf.contrib.rnn.NASCell(5, num_proj=3, use_bias=True), (dynamic,))


def ugrnn_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.UGRNNCell(5, forget_bias=0.4), (one_step, dynamic))


def intersection_rnn_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.IntersectionRNNCell(4), (one_step,))


def intersection_rnn_cell_projection(tf):
    return each_way(tf, lambda: tf.contrib.rnn.IntersectionRNNCell(
        5, num_in_proj=5, y_activation=tf.tanh), (dynamic,))


def _timed(tf, dtype):
    times = distinct([BATCH, TIME, 1], 40, 5).astype(dtype) + 50
    return tf.constant(times), tf.constant(sequence())


def phased_lstm_cell(tf):
    """Inputs are pairs: times (of another dtype) and values."""
    times, x = _timed(tf, "float64")
    cell = tf.contrib.rnn.PhasedLSTMCell(5, leak=0.01, ratio_on=0.4, period_init_max=9.0)
    outputs, state = tf.nn.dynamic_rnn(cell, (times, x), dtype=tf.float32, sequence_length=LENGTHS)
    return record(tf, x, outputs, state)


def phased_lstm_cell_peepholes(tf):
    times, x = _timed(tf, "float32")
    cell = tf.contrib.rnn.PhasedLSTMCell(
        5, use_peepholes=True, leak=0.1, trainable_ratio_on=False, period_init_min=2.0)
    zero = cell.zero_state(BATCH, tf.float32)
    output, state = cell((times[:, 0], x[:, 0]), zero)
    other_output, state = cell((times[:, 1], x[:, 1]), state)
    return record(tf, x, [output, other_output], state)


def ind_rnn_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.IndRNNCell(5, activation=tf.nn.relu), (dynamic,))


def indy_gru_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.IndyGRUCell(5), (one_step,))


def indy_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.IndyLSTMCell(5, forget_bias=0.6), (dynamic,))


def sru_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.SRUCell(5), (dynamic,))


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


def first_values(tf):
    """Initial values that do not come from the scope's initializer."""
    rnn, x = tf.contrib.rnn, tf.constant(sequence())
    cells = [rnn.IndRNNCell(3), rnn.IndyLSTMCell(3), rnn.IndyGRUCell(3), rnn.SRUCell(3),
             rnn.LayerNormBasicLSTMCell(3, norm_gain=0.7, norm_shift=0.2), rnn.NASCell(3, use_bias=True),
             rnn.UGRNNCell(3, initializer=tf.random_uniform_initializer(2, 3, seed=5)),
             rnn.IndyGRUCell(3, kernel_initializer=tf.random_normal_initializer(seed=6),
                             bias_initializer=tf.constant_initializer(0.4))]
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(5, 6, seed=9)):
        for number, cell in enumerate(cells):
            tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, scope="rnn%d" % number)
    phased = rnn.PhasedLSTMCell(200, period_init_min=3.0, period_init_max=5.0, ratio_on=0.3)
    phased((x[:, 0, :1], x[:, 0]), phased.zero_state(3, tf.float32))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = {v.op.name: sess.run(v) for v in tf.global_variables()}
    chosen = {name: value for name, value in values.items()
              if name.startswith("net") and not name.endswith("kernel_u")}
    bounded = {name: [bool(value.min() >= low), bool(value.max() <= high), bool(value.std() > 0)]
               for name, value in values.items()
               for ending, low, high in [("kernel_u", -1, 1), ("/period", 3, 5), ("/phase", 0, 5)]
               if name.endswith(ending)}
    chosen.update(("in bounds: " + name, flags) for name, flags in bounded.items())
    chosen["ratio_on"] = values["phased_lstm_cell/ratio_on"]
    return chosen


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
        "intersection": error(rnn.IntersectionRNNCell(6), x, tf.zeros([3, 6])),
        "no width": [error(cell, tf.placeholder(tf.float32, [3, None]), cell.zero_state(3, tf.float32))
                     for cell in (rnn.NASCell(6), rnn.SRUCell(6), rnn.IndRNNCell(6), rnn.UGRNNCell(6),
                                  rnn.CoupledInputForgetGateLSTMCell(6), rnn.GLSTMCell(6),
                                  rnn.IndyGRUCell(6), rnn.IndyLSTMCell(6))]}
