"""contrib.seq2seq's attention: mechanisms, the wrapper around a cell, its states and errors."""

import sys

from _seq2seq_tools import BATCH, DEPTH, LENGTHS, SYMBOLS, UNITS, error, inputs, run
from _tools import distinct, structure, variables

MEMORY_TIME, MEMORY_DEPTH = 4, 3
MEMORY_LENGTHS = [4, 2, 3]


def _about(*names):
    return ["tf.contrib.seq2seq." + name
            for name in names + ("AttentionWrapper", "AttentionWrapperState")]


SUBJECTS = {
    "bahdanau": _about("BahdanauAttention"),
    "bahdanau_normalized": _about("BahdanauAttention"),
    "luong": _about("LuongAttention"),
    "luong_scaled": _about("LuongAttention"),
    "unknown_batch_and_memory_time": _about("LuongAttention"),
    "without_lengths": _about("BahdanauAttention", "LuongAttention"),
    "cell_output_is_the_output": _about("BahdanauAttention"),
    "layer_of_ones_own": _about("BahdanauAttention"),
    "functions_of_ones_own": _about("LuongAttention"),
    "initial_cell_state": _about("LuongAttention"),
    "several_mechanisms": _about("BahdanauAttention", "LuongAttention"),
    "stack_with_attention_at_the_bottom": _about("LuongAttention"),
    "in_dynamic_rnn": _about("BahdanauAttention"),
    "hardmax_and_mask_value": _about("LuongAttention", "hardmax"),
    "keys_and_values_of_ones_own": _about("BahdanauAttention"),
    "double_precision": _about("BahdanauAttention", "LuongAttention"),
    "mechanism_of_ones_own": _about("AttentionMechanism"),
    "subclass_of_bahdanau": _about("BahdanauAttention"),
    "properties": _about("BahdanauAttention", "LuongAttention", "AttentionMechanism"),
    "clone": _about("LuongAttention"),
    "errors": _about("BahdanauAttention", "LuongAttention", "AttentionMechanism"),
    "errors_when_run": _about("BahdanauAttention", "LuongAttention"),
}


def _memory(tf, depth=MEMORY_DEPTH, seed=21):
    return inputs(tf, "memory", MEMORY_TIME, depth, seed)


def _decode(tf, make_mechanism, make_cell=None, memory=None, scale=0.5, clone=None, history=True,
            **arguments):
    """Train a decoder whose cell attends to the memory; `make_mechanism(memory)`."""
    seq2seq = tf.contrib.seq2seq
    x, memory = inputs(tf), _memory(tf) if memory is None else memory
    make_cell = make_cell or (lambda: tf.nn.rnn_cell.LSTMCell(UNITS))
    cell = seq2seq.AttentionWrapper(
        make_cell(), make_mechanism(memory), alignment_history=history, **arguments)
    state = cell.zero_state(BATCH, tf.float32)
    if clone:
        state = state.clone(**clone)
    helper = seq2seq.TrainingHelper(x, LENGTHS)
    decoder = seq2seq.BasicDecoder(cell, helper, state, tf.layers.Dense(SYMBOLS, name="out"))
    outputs, final_state, lengths = seq2seq.dynamic_decode(decoder, impute_finished=not history)
    weights = tf.constant(distinct((SYMBOLS,), seed=7))
    loss = tf.reduce_sum(tf.square(outputs.rnn_output) * weights)
    values = run(tf, loss, [x, memory], scale, outputs=outputs, state=final_state, lengths=lengths)
    values.update({"output size": cell.output_size, "zero state": structure(state)})
    return values


def bahdanau(tf):
    return _decode(tf, lambda memory: tf.contrib.seq2seq.BahdanauAttention(
        6, memory, MEMORY_LENGTHS), attention_layer_size=4)


def bahdanau_normalized(tf):
    return _decode(tf, lambda memory: tf.contrib.seq2seq.BahdanauAttention(
        6, memory, MEMORY_LENGTHS, normalize=True, name="mine"), attention_layer_size=4)


def luong(tf):
    return _decode(tf, lambda memory: tf.contrib.seq2seq.LuongAttention(
        UNITS, memory, MEMORY_LENGTHS), attention_layer_size=4)


def luong_scaled(tf):
    return _decode(tf, lambda memory: tf.contrib.seq2seq.LuongAttention(
        UNITS, memory, MEMORY_LENGTHS, scale=True), history=False)


def unknown_batch_and_memory_time(tf):
    memory = tf.placeholder_with_default(
        distinct((BATCH, MEMORY_TIME, MEMORY_DEPTH), seed=21), (None, None, MEMORY_DEPTH), "memory")
    lengths = tf.placeholder_with_default(MEMORY_LENGTHS, [None])
    encoder_state = tf.placeholder_with_default(distinct((BATCH, UNITS), seed=5), (None, UNITS))
    return _decode(
        tf, lambda memory: tf.contrib.seq2seq.LuongAttention(UNITS, memory, lengths),
        lambda: tf.nn.rnn_cell.GRUCell(UNITS), memory, attention_layer_size=4,
        clone=dict(cell_state=encoder_state))


def without_lengths(tf):
    seq2seq, results = tf.contrib.seq2seq, {}
    for make in (seq2seq.BahdanauAttention, seq2seq.LuongAttention):
        with tf.Graph().as_default():
            values = _decode(tf, lambda memory: make(UNITS, memory), attention_layer_size=4)
        results.update(("%s: %s" % (make.__name__, key), value) for key, value in values.items())
    return results


def cell_output_is_the_output(tf):
    return _decode(tf, lambda memory: tf.contrib.seq2seq.BahdanauAttention(
        6, memory, MEMORY_LENGTHS), output_attention=False, name="decoder_cell")


def layer_of_ones_own(tf):
    layer = tf.layers.Dense(4, activation=tf.tanh, name="my_layer")
    return _decode(tf, lambda memory: tf.contrib.seq2seq.BahdanauAttention(
        6, memory, MEMORY_LENGTHS), attention_layer=layer)


def functions_of_ones_own(tf):
    def attend(mechanism, cell_output, attention_state, attention_layer):
        alignments, state = mechanism(cell_output, state=attention_state)
        context = tf.reduce_sum(alignments[:, :, None] * mechanism.values, 1)
        return attention_layer(2 * context + 1), alignments, state

    return _decode(
        tf, lambda memory: tf.contrib.seq2seq.LuongAttention(
            UNITS, memory, MEMORY_LENGTHS, probability_fn=tf.sigmoid),
        attention_layer_size=2, attention_fn=attend,
        cell_input_fn=lambda x, attention: tf.concat([attention, 2 * x], -1))


def initial_cell_state(tf):
    rnn = tf.nn.rnn_cell
    state = (rnn.LSTMStateTuple(tf.constant(distinct((BATCH, 3), seed=1)),
                                tf.constant(distinct((BATCH, 3), seed=2))),
             tf.constant(distinct((BATCH, UNITS), seed=3)))
    return _decode(
        tf, lambda memory: tf.contrib.seq2seq.LuongAttention(UNITS, memory),
        lambda: rnn.MultiRNNCell([rnn.LSTMCell(3), rnn.GRUCell(UNITS)]), initial_cell_state=state)


def several_mechanisms(tf):
    seq2seq, other = tf.contrib.seq2seq, tf.constant(distinct((BATCH, 2, 2), seed=9))
    return _decode(
        tf, lambda memory: [seq2seq.BahdanauAttention(6, memory, MEMORY_LENGTHS),
                            seq2seq.LuongAttention(UNITS, other)],
        attention_layer_size=[4, 2])


def stack_with_attention_at_the_bottom(tf):
    """GNMT's way: only the first layer attends, and the others see its attention."""
    seq2seq, rnn, x, memory = tf.contrib.seq2seq, tf.nn.rnn_cell, inputs(tf), _memory(tf)
    bottom = seq2seq.AttentionWrapper(
        rnn.GRUCell(UNITS), seq2seq.LuongAttention(UNITS, memory, MEMORY_LENGTHS),
        alignment_history=False, name="bottom")
    cell = rnn.MultiRNNCell([bottom, rnn.GRUCell(4)])
    decoder = seq2seq.BasicDecoder(
        cell, seq2seq.TrainingHelper(x, LENGTHS), cell.zero_state(BATCH, tf.float32))
    outputs, state, _ = seq2seq.dynamic_decode(decoder)
    loss = tf.reduce_sum(tf.square(outputs.rnn_output) * tf.constant(distinct((4,), seed=7)))
    return run(tf, loss, [x, memory], outputs=outputs, state=state)


def in_dynamic_rnn(tf):
    seq2seq, x, memory = tf.contrib.seq2seq, inputs(tf), _memory(tf)
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(UNITS), seq2seq.BahdanauAttention(6, memory, MEMORY_LENGTHS), 4)
    outputs, state = tf.nn.dynamic_rnn(cell, x, LENGTHS, dtype=tf.float32)
    loss = tf.reduce_sum(tf.square(outputs) * tf.constant(distinct((4,), seed=7)))
    return run(tf, loss, [x, memory], outputs=outputs, state=state)


def hardmax_and_mask_value(tf):
    seq2seq = tf.contrib.seq2seq
    values = _decode(
        tf, lambda memory: seq2seq.LuongAttention(
            UNITS, memory, MEMORY_LENGTHS, probability_fn=seq2seq.hardmax), scale=2.0)
    with tf.Graph().as_default():
        masked = _decode(tf, lambda memory: seq2seq.LuongAttention(
            UNITS, memory, MEMORY_LENGTHS, score_mask_value=-0.5))
        unknown = tf.placeholder_with_default(distinct((4, 3)), (None, None))
        with tf.Session() as sess:
            hard = sess.run([seq2seq.hardmax(distinct((4, 3))), seq2seq.hardmax(unknown, "mine")])
    values.update(("mask value: " + key, value) for key, value in masked.items())
    values.update({"hardmax": hard[0], "hardmax of unknown shape": hard[1]})
    return values


def keys_and_values_of_ones_own(tf):
    return _decode(tf, lambda memory: tf.contrib.seq2seq.BahdanauAttention(
        6, memory, MEMORY_LENGTHS,
        custom_key_value_fn=lambda keys, values: (tf.tanh(keys), 2 * values)))


def double_precision(tf):
    seq2seq, results = tf.contrib.seq2seq, {}
    memory = tf.constant(distinct((BATCH, MEMORY_TIME, 4), seed=21).astype("float64"))
    query = tf.constant(distinct((BATCH, UNITS), seed=22).astype("float64"))
    for make, arguments in ((seq2seq.BahdanauAttention, dict(normalize=True)),
                            (seq2seq.LuongAttention, dict(scale=True))):
        mechanism = make(UNITS, memory, MEMORY_LENGTHS, dtype=tf.float64, **arguments)
        state = mechanism.initial_state(BATCH, tf.float64)
        results[make.__name__] = mechanism(query, state)
    return run(tf, **results)


def mechanism_of_ones_own(tf):
    class Newest(tf.contrib.seq2seq.AttentionMechanism):
        """Attends to the place after the one attended to before."""
        def __init__(self, values):
            self.values, self.batch_size, self.dtype = values, BATCH, values.dtype
            self.alignments_size = self.state_size = MEMORY_TIME

        alignments_size = state_size = None

        def initial_alignments(self, batch_size, dtype):
            return tf.one_hot([0] * BATCH, MEMORY_TIME)

        initial_state = initial_alignments

        def __call__(self, query, state):
            alignments = tf.concat([state[:, -1:], state[:, :-1]], 1)
            return alignments, alignments

    return _decode(tf, Newest, attention_layer_size=4)


def subclass_of_bahdanau(tf):
    """The private pieces that speech synthesis programs of the time build on."""
    module = sys.modules[tf.contrib.seq2seq.AttentionWrapper.__module__]

    class LocationSensitive(tf.contrib.seq2seq.BahdanauAttention):
        def __call__(self, query, state):
            with tf.variable_scope(None, "location_sensitive", [query]):
                processed = self.query_layer(query)
                location = tf.layers.dense(state[:, :, None], self._num_units, use_bias=False)
                v = tf.get_variable("v", [self._num_units])
                score = module._bahdanau_score(processed, self._keys + location, v)
            alignments = self._probability_fn(score, state)
            return alignments, alignments + state

    def attend(mechanism, cell_output, attention_state, attention_layer):
        found = module._compute_attention(mechanism, cell_output, attention_state, attention_layer)
        return found[0] * 2, found[1], found[2]

    values = _decode(tf, lambda memory: LocationSensitive(6, memory, MEMORY_LENGTHS),
                     attention_fn=attend)
    score = tf.constant(distinct((BATCH, MEMORY_TIME)))
    masked = module._maybe_mask_score(score, tf.constant(MEMORY_LENGTHS), score_mask_value=-9.0)
    prepared = module._prepare_memory(
        [score[:, :, None], tf.ones([BATCH, MEMORY_TIME, 2, 2])], MEMORY_LENGTHS)
    by_mask = module._prepare_memory(score[:, :, None], memory_mask=tf.greater(score, 0.0))
    with tf.Session() as sess:
        values["masked"], parts, values["by mask"] = sess.run([masked, prepared, by_mask])
    values.update(("prepared %d" % k, part) for k, part in enumerate(parts))
    values["luong"] = structure(module._luong_score(tf.ones([2, 3]), tf.ones([2, 4, 3]), None))
    return values


def properties(tf):
    seq2seq, memory = tf.contrib.seq2seq, _memory(tf)
    bahdanau = seq2seq.BahdanauAttention(6, memory, MEMORY_LENGTHS)
    luong = seq2seq.LuongAttention(UNITS, memory, dtype=tf.float32)
    values = {}
    for name, mechanism in (("bahdanau", bahdanau), ("luong", luong)):
        values[name] = str((
            mechanism.batch_size, mechanism.alignments_size, mechanism.state_size,
            mechanism.dtype, structure(mechanism.keys), structure(mechanism.values),
            mechanism.memory_layer.name, mechanism.query_layer and mechanism.query_layer.name,
            structure(mechanism.initial_state(BATCH, tf.float32))))
    rnn = tf.nn.rnn_cell
    for history in (False, True):
        one = seq2seq.AttentionWrapper(rnn.LSTMCell(UNITS), luong, alignment_history=history)
        two = seq2seq.AttentionWrapper(
            rnn.MultiRNNCell([rnn.GRUCell(2), rnn.LSTMCell(UNITS)]), [bahdanau, luong], [2, 3],
            alignment_history=history, output_attention=False)
        for name, cell in (("one", one), ("two", two)):
            values["%s, history=%s" % (name, history)] = str((cell.state_size, cell.output_size))
    one(tf.ones([BATCH, DEPTH]), one.zero_state(BATCH, tf.float32))
    values["variables"] = variables(one.trainable_variables)
    abstract = seq2seq.AttentionMechanism()
    values["abstract"] = [error(lambda: abstract.alignments_size),
                          error(lambda: abstract.state_size)]
    return values


def clone(tf):
    seq2seq = tf.contrib.seq2seq
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(UNITS), seq2seq.LuongAttention(UNITS, _memory(tf)))
    state = cell.zero_state(BATCH, tf.float32)
    unknown = tf.placeholder_with_default(distinct((BATCH, UNITS)), (None, None))
    known = state.clone(cell_state=tf.constant(distinct((BATCH, UNITS))), alignments=None)
    return run(tf, checked=state.clone(cell_state=unknown), same=state.clone(),
               known=known._replace(alignments=known.attention))


def _wrap(tf, mechanism=None, **arguments):
    """A wrapped cell after one step."""
    seq2seq = tf.contrib.seq2seq
    mechanism = mechanism or seq2seq.LuongAttention(UNITS, _memory(tf))
    batch_size = arguments.pop("batch_size", BATCH)
    state = arguments.pop("state", None)
    cell = seq2seq.AttentionWrapper(
        arguments.pop("cell", tf.nn.rnn_cell.GRUCell(UNITS)), mechanism, **arguments)
    if state is None:
        state = cell.zero_state(batch_size, tf.float32)
    return cell(tf.ones([batch_size, DEPTH]), state)


def errors(tf):
    seq2seq, memory, x = tf.contrib.seq2seq, _memory(tf), tf.ones([BATCH, DEPTH])
    luong, layer = seq2seq.LuongAttention(UNITS, memory), tf.layers.Dense(2)
    unknown = tf.placeholder(tf.float32, (BATCH, MEMORY_TIME, None))
    state = tf.nn.rnn_cell.GRUCell(UNITS).zero_state(BATCH, tf.float32)
    zero_state = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(UNITS), luong).zero_state(BATCH, tf.float32)
    return {
        "no cell": error(_wrap, tf, luong, cell=x),
        "no mechanism": error(_wrap, tf, layer),
        "no mechanism in the list": error(_wrap, tf, [luong, layer]),
        "no input function": error(_wrap, tf, luong, cell_input_fn=3),
        "layer and size": error(_wrap, tf, luong, attention_layer_size=2, attention_layer=layer),
        "two sizes": error(_wrap, tf, luong, attention_layer_size=[2, 3]),
        "two layers": error(_wrap, tf, luong, attention_layer=[layer, layer]),
        "one size for two": error(_wrap, tf, [luong, luong], attention_layer_size=2),
        "plain state": error(_wrap, tf, luong, state=state),
        "units differ": error(_wrap, tf, seq2seq.LuongAttention(UNITS + 1, memory)),
        "batch sizes known to differ": error(_wrap, tf, luong, batch_size=BATCH + 1),
        "unknown depth": error(seq2seq.BahdanauAttention, 6, unknown),
        "no probability function": error(
            seq2seq.BahdanauAttention, 6, memory, probability_fn=3),
        "clone of another shape": error(zero_state.clone, cell_state=tf.ones([BATCH, 7])),
        "clone of another structure": error(zero_state.clone, cell_state=(x, x)),
        "clone of an unknown field": error(zero_state.clone, states=x),
    }


def errors_when_run(tf):
    """Batch sizes that turn out to differ, and lengths of zero."""
    seq2seq, values = tf.contrib.seq2seq, {}
    memory = tf.placeholder_with_default(
        distinct((BATCH + 1, MEMORY_TIME, MEMORY_DEPTH)), (None, MEMORY_TIME, MEMORY_DEPTH))
    cell = tf.nn.rnn_cell.GRUCell(UNITS)
    builds = {
        "zero state": lambda: seq2seq.AttentionWrapper(
            cell, seq2seq.LuongAttention(UNITS, memory)).zero_state(BATCH, tf.float32)[0],
        "initial state": lambda: seq2seq.AttentionWrapper(
            cell, seq2seq.LuongAttention(UNITS, memory),
            initial_cell_state=tf.ones([BATCH, UNITS]))._initial_cell_state,
        "length of zero": lambda: _wrap(tf, seq2seq.BahdanauAttention(
            6, _memory(tf), tf.placeholder_with_default([1, 0, 2], [None])))[0],
    }
    for name, build in sorted(builds.items()):
        tensor = build()
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            values[name] = error(sess.run, tensor)
    values["length known to be zero"] = error(
        lambda: _wrap(tf, seq2seq.BahdanauAttention(6, _memory(tf), [1, 0, 2])))
    return values
