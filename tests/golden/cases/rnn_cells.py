"""The cells that contrib had beside the core's; the rarer ones are in rnn_rare_cells_slow."""

from _rnn_tools import BATCH, LENGTHS, TIME, dynamic, each_way, error, one_step, record, sequence
from _tools import distinct

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
    "first_values": ["IndRNNCell", "IndyLSTMCell", "IndyGRUCell", "LayerNormBasicLSTMCell", "UGRNNCell",
                     "PhasedLSTMCell", "NASCell", "SRUCell"],
    "errors": ["IntersectionRNNCell", "NASCell", "SRUCell", "IndRNNCell", "UGRNNCell", "IndyGRUCell",
               "IndyLSTMCell"],
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
    rnn = tf.contrib.rnn
    return {
        "intersection": error(rnn.IntersectionRNNCell(6), tf.zeros([3, 4]), tf.zeros([3, 6])),
        "no width": [error(cell, tf.placeholder(tf.float32, [3, None]), cell.zero_state(3, tf.float32))
                     for cell in (rnn.NASCell(6), rnn.SRUCell(6), rnn.IndRNNCell(6), rnn.UGRNNCell(6),
                                  rnn.IndyGRUCell(6), rnn.IndyLSTMCell(6))]}
