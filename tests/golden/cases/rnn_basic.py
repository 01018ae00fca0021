"""The cells of the core: BasicRNNCell, BasicLSTMCell, GRUCell, LSTMCell, MultiRNNCell."""

from _rnn_tools import dynamic, each_way, error, one_step, sequence, static
from _tools import set_distinct_weights, structure, variables

SUBJECTS = {
    "basic_rnn_cell": ["BasicRNNCell"],
    "basic_rnn_cell_relu": ["BasicRNNCell"],
    "basic_lstm_cell": ["BasicLSTMCell"],
    "basic_lstm_cell_one_tensor_state": ["BasicLSTMCell"],
    "basic_lstm_cell_forget_bias_and_activation": ["BasicLSTMCell"],
    "gru_cell": ["GRUCell"],
    "gru_cell_initializers": ["GRUCell"],
    "lstm_cell": ["LSTMCell"],
    "lstm_cell_peepholes_projection_clipping": ["LSTMCell"],
    "lstm_cell_one_tensor_state": ["LSTMCell"],
    "lstm_cell_shards": ["LSTMCell"],
    "lstm_cell_scope_partitioner": ["LSTMCell"],
    "multi_rnn_cell": ["MultiRNNCell"],
    "multi_rnn_cell_of_one_shared_cell": ["MultiRNNCell"],
    "multi_rnn_cell_one_tensor_state": ["MultiRNNCell"],
    "lstm_state_tuple": ["LSTMStateTuple"],
    "float64": ["BasicRNNCell", "BasicLSTMCell", "GRUCell", "LSTMCell"],
    "scopes_names_and_reuse": ["BasicLSTMCell", "GRUCell"],
    "zero_states": ["BasicLSTMCell", "GRUCell", "MultiRNNCell", "RNNCell"],
    "errors": ["BasicLSTMCell", "MultiRNNCell", "LSTMCell"],
}


def basic_rnn_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.BasicRNNCell(5), (one_step, dynamic, static))


def basic_rnn_cell_relu(tf):
    return each_way(tf, lambda: tf.nn.rnn_cell.BasicRNNCell(5, activation="relu", name="unit"), (one_step,))


def basic_lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.BasicLSTMCell(5), (one_step, dynamic, static))


def basic_lstm_cell_one_tensor_state(tf):
    return each_way(tf, lambda: tf.nn.rnn_cell.BasicLSTMCell(5, state_is_tuple=False), (one_step,))


def basic_lstm_cell_forget_bias_and_activation(tf):
    return each_way(tf, lambda: tf.contrib.rnn.BasicLSTMCell(5, 0.3, activation=tf.nn.softsign), (dynamic,))


def gru_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.GRUCell(5), (one_step, dynamic, static))


def gru_cell_initializers(tf):
    def first_values(cell):
        x = tf.constant(sequence())
        tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            return {v.name: sess.run(v) for v in tf.global_variables()}

    recorded = first_values(tf.contrib.rnn.GRUCell(
        5, kernel_initializer=tf.orthogonal_initializer(seed=3),
        bias_initializer=tf.constant_initializer(0.25)))
    with tf.Graph().as_default():
        values = first_values(tf.contrib.rnn.GRUCell(
            5, activation=tf.nn.relu, kernel_initializer=tf.random_uniform_initializer(-1, 1, seed=4)))
        recorded.update(("no bias initializer: " + name, value) for name, value in values.items())
    return recorded


def lstm_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LSTMCell(5), (one_step, dynamic, static))


def lstm_cell_peepholes_projection_clipping(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LSTMCell(
        5, use_peepholes=True, cell_clip=0.3, num_proj=4, proj_clip=0.05, forget_bias=0.7,
        initializer=tf.random_uniform_initializer(-1, 1)))


def lstm_cell_one_tensor_state(tf):
    return each_way(tf, lambda: tf.nn.rnn_cell.LSTMCell(5, num_proj=3, state_is_tuple=False), (one_step,))


def lstm_cell_shards(tf):
    return each_way(tf, lambda: tf.contrib.rnn.LSTMCell(
        6, num_proj=4, num_unit_shards=2, num_proj_shards=3))


def lstm_cell_scope_partitioner(tf):
    with tf.variable_scope("parts", partitioner=tf.fixed_size_partitioner(2)):
        return dynamic(tf, tf.contrib.rnn.LSTMCell(6))


def multi_rnn_cell(tf):
    return each_way(tf, lambda: tf.contrib.rnn.MultiRNNCell(
        [tf.contrib.rnn.BasicLSTMCell(5), tf.contrib.rnn.GRUCell(3), tf.contrib.rnn.BasicRNNCell(2)]),
        (one_step, dynamic, static))


def multi_rnn_cell_of_one_shared_cell(tf):
    return each_way(
        tf, lambda: tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(4)] * 3),
        (one_step, dynamic, static))


def multi_rnn_cell_one_tensor_state(tf):
    return each_way(tf, lambda: tf.nn.rnn_cell.MultiRNNCell(
        [tf.nn.rnn_cell.BasicLSTMCell(3, state_is_tuple=False), tf.nn.rnn_cell.GRUCell(2)],
        state_is_tuple=False), (one_step,))


def lstm_state_tuple(tf):
    state = tf.contrib.rnn.LSTMStateTuple(tf.zeros([2, 3]), tf.ones([2, 3]))
    return {"repr": repr(tf.contrib.rnn.LSTMStateTuple(5, 6)), "repr of tensors": repr(state),
            "dtype": state.dtype.name, "sizes": repr(tf.contrib.rnn.LSTMCell(5, num_proj=3).state_size),
            "is a tuple": isinstance(state, tuple), "fields": list(state._fields),
            "one class": tf.contrib.rnn.LSTMStateTuple is tf.nn.rnn_cell.LSTMStateTuple,
            "unequal dtypes": error(lambda: tf.contrib.rnn.LSTMStateTuple(
                tf.zeros([1]), tf.zeros([1], tf.float64)).dtype)}


def float64(tf):
    recorded = {}
    cells = [tf.contrib.rnn.BasicRNNCell(2), tf.contrib.rnn.BasicLSTMCell(2), tf.contrib.rnn.GRUCell(2),
             tf.contrib.rnn.LSTMCell(2, use_peepholes=True, num_proj=2, dtype=tf.float64)]
    x = tf.constant(sequence().astype("float64"))
    for number, cell in enumerate(cells):
        with tf.variable_scope("rnn%d" % number):
            outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float64)
        recorded["structure %d" % number] = structure([outputs, state])
        with tf.Session() as sess:
            set_distinct_weights(tf, sess)
            recorded["outputs %d" % number] = sess.run(outputs)
    recorded["variables"] = variables(tf.global_variables())
    return recorded


def scopes_names_and_reuse(tf):
    """Where variables land: unnamed cells side by side, named, called with a scope, shared."""
    x, rnn = tf.constant(sequence()), tf.contrib.rnn
    for _ in range(2):
        cell = rnn.BasicLSTMCell(2)
        cell(x[:, 0], cell.zero_state(3, tf.float32))
    named = rnn.GRUCell(2, name="mine")
    named(x[:, 0], named.zero_state(3, tf.float32))
    scoped = rnn.BasicRNNCell(2)
    scoped(x[:, 0], scoped.zero_state(3, tf.float32), scope="there")
    sharing = rnn.BasicRNNCell(2, reuse=True, name="there")
    sharing(x[:, 0], sharing.zero_state(3, tf.float32))
    with tf.variable_scope("net"):
        outputs, _ = tf.nn.dynamic_rnn(rnn.BasicLSTMCell(2), x, dtype=tf.float32)
    with tf.variable_scope("net", reuse=True):
        again, _ = tf.nn.dynamic_rnn(rnn.BasicLSTMCell(2), x, dtype=tf.float32)
    with tf.variable_scope("net"):
        clash = error(tf.nn.dynamic_rnn, rnn.BasicLSTMCell(2), x, dtype=tf.float32)
    auto = []
    for _ in range(2):
        with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
            auto.append(tf.nn.dynamic_rnn(rnn.BasicLSTMCell(2), x, dtype=tf.float32, scope="inner")[0])
    with tf.variable_scope("rows", initializer=tf.constant_initializer(0.125)):
        tf.nn.static_rnn(rnn.GRUCell(2), tf.unstack(x, axis=1), dtype=tf.float32)
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        values = sess.run([outputs, again] + auto)
    absent = rnn.BasicRNNCell(2, reuse=True, name="nowhere")
    return {"variables": variables(tf.global_variables()), "clash": clash,
            "reused": values[0].tolist() == values[1].tolist(),
            "auto reused": values[2].tolist() == values[3].tolist(),
            "nothing to reuse": error(absent, x[:, 0], absent.zero_state(3, tf.float32)),
            "names": [cell.name, named.name, scoped.name, rnn.BasicLSTMCell(2).name],
            "scope names": [cell.scope_name, named.scope_name, scoped.scope_name],
            "weights of a cell": variables(cell.trainable_weights + named.weights + scoped.variables),
            "operations": [tensor.op.name for tensor in (outputs, again, auto[0], auto[1])]}


def zero_states(tf):
    rnn = tf.contrib.rnn
    cells = [rnn.BasicLSTMCell(2), rnn.GRUCell(3), rnn.BasicLSTMCell(2, state_is_tuple=False)]
    cells.append(rnn.MultiRNNCell(cells[:2]))
    batch = tf.placeholder(tf.int32, [])
    states = [cell.zero_state(size, tf.float32) for cell in cells for size in (4, batch)]
    states.append(cells[3].get_initial_state(inputs=tf.zeros([4, 7])))
    states.append(cells[0].get_initial_state(batch_size=3, dtype=tf.float64))
    flat = tf.contrib.framework.nest.flatten(states)
    with tf.Session() as sess:
        values = sess.run(flat, {batch: 2})
    return {"structure": [structure(state) for state in states], "names": [t.name for t in flat],
            "shapes": [str(value.shape) for value in values],
            "all zero": not any(value.any() for value in values),
            "errors": [error(cells[0].get_initial_state), error(
                cells[0].get_initial_state, inputs=tf.zeros([4, 7]), batch_size=3)]}


def errors(tf):
    rnn, x = tf.contrib.rnn, tf.constant(sequence())
    lstm = rnn.BasicLSTMCell(5)
    state = lstm.zero_state(3, tf.float32)
    unknown = tf.placeholder(tf.float32, [3, None])
    return {
        "no cells": error(rnn.MultiRNNCell, []), "no list of cells": error(rnn.MultiRNNCell, lstm),
        "tuples, but not the flag": error(rnn.MultiRNNCell, [lstm], state_is_tuple=False),
        "3-D inputs": error(lstm, x, state), "no width": error(lstm, unknown, state),
        "whole numbers": error(lstm, tf.zeros([3, 4], tf.int32), state),
        "whole number cell": error(rnn.GRUCell, 5, dtype=tf.int32),
        "unknown argument": error(rnn.BasicLSTMCell, 5, units=3),
        "unknown activation": error(rnn.BasicLSTMCell, 5, activation="no such"),
        "state no tuple": error(rnn.MultiRNNCell([rnn.GRUCell(4)]), x[:, 0], tf.zeros([3, 4])),
        "no dtype": error(tf.nn.dynamic_rnn, lstm, x),
        "no cell": error(tf.nn.dynamic_rnn, 5, x, dtype=tf.float32),
        "abstract": error(lambda: rnn.RNNCell().state_size)}
