"""The wrappers around a cell: dropout, residual, device, projections, attention, highway, XLA."""

from _rnn_tools import TIME, dynamic, each_way, error, one_step, record, sequence, static
from _tools import distinct, structure, variables

SUBJECTS = {
    "dropout_of_inputs_and_outputs": ["DropoutWrapper"],
    "dropout_of_states": ["DropoutWrapper"],
    "dropout_keep_prob_fed": ["DropoutWrapper"],
    "dropout_variational": ["DropoutWrapper"],
    "dropout_filter": ["DropoutWrapper"],
    "dropout_in_a_stack": ["DropoutWrapper", "MultiRNNCell"],
    "dropout_under_dynamic_rnn": ["DropoutWrapper"],
    "dropout_errors": ["DropoutWrapper"],
    "residual_wrapper": ["ResidualWrapper"],
    "residual_wrapper_function": ["ResidualWrapper"],
    "device_wrapper": ["DeviceWrapper"],
    "wrappers_of_wrappers": ["DropoutWrapper", "ResidualWrapper", "DeviceWrapper"],
    "embedding_wrapper": ["EmbeddingWrapper"],
    "embedding_wrapper_first_values": ["EmbeddingWrapper"],
    "input_projection_wrapper": ["InputProjectionWrapper"],
    "output_projection_wrapper": ["OutputProjectionWrapper"],
    "output_projection_wrapper_activation": ["OutputProjectionWrapper"],
    "attention_cell_wrapper": ["AttentionCellWrapper"],
    "attention_cell_wrapper_sizes": ["AttentionCellWrapper"],
    "attention_cell_wrapper_one_tensor_state": ["AttentionCellWrapper"],
    "highway_wrapper": ["HighwayWrapper"],
    "highway_wrapper_two_gates": ["HighwayWrapper"],
    "compiled_wrapper": ["CompiledWrapper"],
    "errors": ["EmbeddingWrapper", "InputProjectionWrapper", "OutputProjectionWrapper",
               "AttentionCellWrapper", "HighwayWrapper", "ResidualWrapper"],
}


def _lstm(tf, units=4, **how):
    return tf.contrib.rnn.BasicLSTMCell(units, **how)


def dropout_of_inputs_and_outputs(tf):
    """The second positional argument is input_keep_prob, the third output_keep_prob."""
    return each_way(tf, lambda: tf.contrib.rnn.DropoutWrapper(_lstm(tf), 0.6, 0.7, seed=11),
                    (one_step, static))


def dropout_of_states(tf):
    return each_way(tf, lambda: tf.contrib.rnn.DropoutWrapper(
        tf.contrib.rnn.MultiRNNCell([_lstm(tf), tf.contrib.rnn.GRUCell(3)]), state_keep_prob=0.5, seed=5),
        (one_step, static))


def dropout_keep_prob_fed(tf):
    recorded = {}
    for keep_prob in (0.4, 1.0):
        with tf.Graph().as_default():
            fed = tf.placeholder(tf.float32, [])
            cell = tf.nn.rnn_cell.DropoutWrapper(_lstm(tf), output_keep_prob=fed, seed=7)
            x = tf.constant(sequence())
            outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
            values = record(tf, x, outputs, state, {fed: keep_prob})
            recorded.update(("keep %s: %s" % (keep_prob, key), value) for key, value in values.items())
    return recorded


def dropout_variational(tf):
    return each_way(tf, lambda: tf.contrib.rnn.DropoutWrapper(
        _lstm(tf), 0.6, 0.7, 0.8, variational_recurrent=True, input_size=4, dtype=tf.float32, seed=3),
        (one_step, static, dynamic))


def dropout_filter(tf):
    def of_c_only(state):
        is_lstm = isinstance(state, tf.contrib.rnn.LSTMStateTuple)
        return tf.contrib.rnn.LSTMStateTuple(c=True, h=False) if is_lstm else True

    return each_way(tf, lambda: tf.contrib.rnn.DropoutWrapper(
        _lstm(tf), state_keep_prob=0.5, seed=9, dropout_state_filter_visitor=of_c_only), (static,))


def dropout_in_a_stack(tf):
    def stack():
        cells = [tf.contrib.rnn.DropoutWrapper(_lstm(tf), 0.5, seed=k) for k in range(2)]
        return tf.contrib.rnn.DropoutWrapper(
            tf.contrib.rnn.MultiRNNCell(cells), output_keep_prob=0.5, seed=2)
    return each_way(tf, stack, (static,))


def dropout_under_dynamic_rnn(tf):
    """One iteration at a time: else the masks' order over time is not fixed."""
    cell = tf.contrib.rnn.DropoutWrapper(_lstm(tf), 0.5, 0.6, 0.7, seed=13)
    return dynamic(tf, cell, parallel_iterations=1)


def dropout_errors(tf):
    wrapper, cell = tf.contrib.rnn.DropoutWrapper, _lstm(tf)
    return {
        "no cell": error(wrapper, 5), "above 1": error(wrapper, cell, 1.5),
        "below 0": error(wrapper, cell, output_keep_prob=-0.1),
        "no filter": error(wrapper, cell, dropout_state_filter_visitor=5),
        "no dtype": error(wrapper, cell, 0.5, variational_recurrent=True, input_size=4),
        "no input size": error(wrapper, cell, 0.5, variational_recurrent=True, dtype=tf.float32),
        "nothing to drop": structure(wrapper(cell)(
            tf.zeros([3, 4]), wrapper(cell).zero_state(3, tf.float32))),
        "wrapped": wrapper(cell).wrapped_cell is cell,
        "sizes": repr((wrapper(cell).state_size, wrapper(cell).output_size)),
        "is a cell": isinstance(wrapper(cell), tf.contrib.rnn.RNNCell)}


def residual_wrapper(tf):
    return each_way(tf, lambda: tf.contrib.rnn.ResidualWrapper(_lstm(tf)), (one_step,))


def residual_wrapper_function(tf):
    return each_way(tf, lambda: tf.nn.rnn_cell.ResidualWrapper(
        _lstm(tf, 2), residual_fn=lambda inputs, outputs: tf.concat([inputs * 2, outputs], 1)),
        (one_step, static))


def device_wrapper(tf):
    cell = tf.contrib.rnn.DeviceWrapper(_lstm(tf), "/cpu:0")
    recorded = one_step(tf, cell)
    recorded["device"] = cell(tf.zeros([3, 4]), cell.zero_state(3, tf.float32))[0].op.device
    return recorded


def wrappers_of_wrappers(tf):
    def layer(seed):
        cell = tf.contrib.rnn.DropoutWrapper(_lstm(tf), 0.8, seed=seed)
        return tf.contrib.rnn.DeviceWrapper(tf.contrib.rnn.ResidualWrapper(cell), "/cpu:0")
    return each_way(tf, lambda: tf.contrib.rnn.MultiRNNCell([layer(1), layer(2)]), (static,))


def embedding_wrapper(tf):
    recorded, ids = {}, distinct([3, TIME], 3.4, 4).round().astype("int32") + 3
    for way in ("dynamic", "static"):
        with tf.Graph().as_default():
            cell = tf.contrib.rnn.EmbeddingWrapper(_lstm(tf), 7, 3)
            x = tf.constant(ids)
            if way == "dynamic":
                outputs, state = tf.nn.dynamic_rnn(
                    cell, tf.expand_dims(x, 2), dtype=tf.float32, sequence_length=[3, 1, 2])
            else:
                outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
            weight = tf.constant(1.0)
            values = record(tf, weight, [output * weight for output in tf.unstack(
                outputs, axis=1)] if way == "dynamic" else [o * weight for o in outputs], state)
            recorded.update(("%s: %s" % (way, key), value) for key, value in values.items())
    return recorded


def embedding_wrapper_first_values(tf):
    """Without an initializer, that of the scope; without one there, variance 1."""
    ids = tf.constant([1, 2, 3])
    by_hand = tf.contrib.rnn.EmbeddingWrapper(
        _lstm(tf), 7, 3, initializer=tf.random_normal_initializer(seed=6))
    by_hand(ids, by_hand.zero_state(3, tf.float32))
    with tf.variable_scope("scope", initializer=tf.random_uniform_initializer(2, 3, seed=8)):
        by_scope = tf.contrib.rnn.EmbeddingWrapper(_lstm(tf), 7, 3)
        by_scope(ids, by_scope.zero_state(3, tf.float32))
    with tf.variable_scope("default"):
        default = tf.contrib.rnn.EmbeddingWrapper(_lstm(tf), 500, 3)
        default(ids, default.zero_state(3, tf.float32))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tables = [sess.run(v) for v in tf.global_variables() if v.op.name.endswith("embedding")]
    return {"by hand": tables[0], "by scope": tables[1], "variables": variables(tf.global_variables()),
            "default lies within sqrt(3)": [bool(abs(tables[2]).max() <= 3 ** 0.5),
                                            bool(abs(tables[2]).max() > 1.7)]}


def input_projection_wrapper(tf):
    return each_way(tf, lambda: tf.contrib.rnn.InputProjectionWrapper(
        _lstm(tf), 6, activation=tf.nn.relu), (one_step, dynamic))


def output_projection_wrapper(tf):
    return each_way(tf, lambda: tf.contrib.rnn.OutputProjectionWrapper(
        tf.contrib.rnn.BasicRNNCell(4, activation=tf.nn.relu), output_size=2), (one_step, static))


def output_projection_wrapper_activation(tf):
    return each_way(tf, lambda: tf.contrib.rnn.OutputProjectionWrapper(
        tf.contrib.rnn.MultiRNNCell([_lstm(tf), _lstm(tf, 3)]), 2, tf.tanh), (dynamic,))


def attention_cell_wrapper(tf):
    return each_way(tf, lambda: tf.contrib.rnn.AttentionCellWrapper(_lstm(tf), 2), (one_step, dynamic))


def attention_cell_wrapper_sizes(tf):
    return each_way(tf, lambda: tf.contrib.rnn.AttentionCellWrapper(
        tf.contrib.rnn.MultiRNNCell([_lstm(tf), tf.contrib.rnn.GRUCell(2)]), 3, attn_size=5,
        attn_vec_size=2, input_size=3), (dynamic,))


def attention_cell_wrapper_one_tensor_state(tf):
    return each_way(tf, lambda: tf.contrib.rnn.AttentionCellWrapper(
        tf.contrib.rnn.GRUCell(4), 2, state_is_tuple=False), (one_step,))


def highway_wrapper(tf):
    return each_way(tf, lambda: tf.contrib.rnn.HighwayWrapper(_lstm(tf)), (_one_scope,))


def highway_wrapper_two_gates(tf):
    return each_way(tf, lambda: tf.contrib.rnn.HighwayWrapper(
        _lstm(tf), couple_carry_transform_gates=False, carry_bias_init=0.5), (_one_scope, dynamic))


def _one_scope(tf, cell):
    with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
        return one_step(tf, cell)


def compiled_wrapper(tf):
    """Marked for XLA: the variables' ops are left out unless compile_stateful."""
    cells = [tf.contrib.rnn.CompiledWrapper(tf.contrib.rnn.BasicRNNCell(4)),
             tf.contrib.rnn.CompiledWrapper(tf.contrib.rnn.BasicRNNCell(4), compile_stateful=True)]
    recorded = {}
    for cell in cells:
        cell(tf.constant(sequence())[:, 0], cell.zero_state(3, tf.float32))
    for number, scope in enumerate(["basic_rnn_cell/", "basic_rnn_cell_1/"]):
        marked = []
        for op in tf.get_default_graph().get_operations():
            if op.name.startswith(scope):
                try:
                    marked.append("%s %s" % (op.name, op.get_attr("_XlaCompile")))
                except ValueError:
                    pass
        recorded["marked %d" % number] = sorted(marked)
    recorded["variables"] = variables(tf.global_variables())
    recorded["sizes"] = repr((cells[0].state_size, cells[0].output_size))
    return recorded


def errors(tf):
    rnn, cell = tf.contrib.rnn, _lstm(tf, 5)
    x, state = tf.constant(sequence())[:, 0], _lstm(tf, 5).zero_state(3, tf.float32)
    return {
        "embedding of no cell": error(rnn.EmbeddingWrapper, 5, 3, 2),
        "embedding of no classes": error(rnn.EmbeddingWrapper, cell, 0, 2),
        "embedding of no size": error(rnn.EmbeddingWrapper, cell, 3, 0),
        "input projection of no cell": error(rnn.InputProjectionWrapper, 5, 3),
        "output projection of no cell": error(rnn.OutputProjectionWrapper, 5, 3),
        "output projection to nothing": error(rnn.OutputProjectionWrapper, cell, 0),
        "attention of no cell": error(rnn.AttentionCellWrapper, 5, 3),
        "attention to nothing": error(rnn.AttentionCellWrapper, cell, 0),
        "attention, tuples, but not the flag": error(
            rnn.AttentionCellWrapper, cell, 2, state_is_tuple=False),
        "residual of other width": error(rnn.ResidualWrapper(cell), x, state),
        "highway of other width": error(rnn.HighwayWrapper(cell), x, state),
        "residual of no cell": error(rnn.ResidualWrapper, 5)}
