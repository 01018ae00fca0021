"""contrib.legacy_seq2seq: decoders, models, losses and buckets over lists of time steps."""

import sys

from _seq2seq_tools import error, run
from _tools import distinct, structure

BATCH, UNITS, SYMBOLS, EMBEDDING = 3, 4, 6, 3
SOURCE = [[1, 2, 3], [4, 5, 0]]  # two steps of three sequences
TARGET = [[1, 1, 1], [3, 0, 5], [2, 4, 4]]


def _about(*names):
    return ["tf.contrib.legacy_seq2seq." + name for name in names]


SUBJECTS = {
    "decoder": _about("rnn_decoder"),
    "decoder_with_loop_function": _about("rnn_decoder"),
    "basic": _about("basic_rnn_seq2seq"),
    "basic_stack": _about("basic_rnn_seq2seq"),
    "tied": _about("tied_rnn_seq2seq"),
    "tied_with_loop_function": _about("tied_rnn_seq2seq"),
    "embedding_decoder": _about("embedding_rnn_decoder"),
    "embedding_decoder_fed_back": _about("embedding_rnn_decoder"),
    "embedding_model": _about("embedding_rnn_seq2seq"),
    "embedding_tied": _about("embedding_tied_rnn_seq2seq"),
    "embedding_tied_fed_by_a_tensor": _about("embedding_tied_rnn_seq2seq"),
    "attention": _about("attention_decoder"),
    "attention_with_loop_function_and_first_attention": _about("attention_decoder"),
    "embedding_attention": _about("embedding_attention_decoder"),
    "embedding_attention_model": _about("embedding_attention_seq2seq"),
    "one_to_many": _about("one2many_rnn_seq2seq"),
    "losses": _about("sequence_loss", "sequence_loss_by_example"),
    "buckets": _about("model_with_buckets"),
    "private_names": _about("attention_decoder"),
    "errors": _about("attention_decoder", "embedding_rnn_decoder", "one2many_rnn_seq2seq",
                     "sequence_loss_by_example", "model_with_buckets"),
}


def _symbols(tf, steps):
    return [tf.constant(step) for step in steps]


def _vectors(tf, steps=3, size=EMBEDDING, seed=1):
    return [tf.constant(distinct((BATCH, size), seed=seed + k)) for k in range(steps)]


def _cell(tf, units=UNITS):
    return tf.nn.rnn_cell.GRUCell(units)


def _projection(tf):
    return (tf.get_variable("projection_w", [UNITS, SYMBOLS]),
            tf.get_variable("projection_b", [SYMBOLS]))


def _run(tf, results, wrt=(), scale=0.5):
    """Run the (outputs, state) that a function returned, with a loss over all outputs."""
    outputs, state = results
    losses = [tf.reduce_sum(tf.square(output) * distinct(output.shape.as_list()[-1:], seed=k))
              for k, output in enumerate(outputs)]
    values = run(tf, tf.add_n(losses), wrt, scale, joined=True, state=state,
                 outputs=[tf.concat(outputs, 1)])
    values["structure of outputs"] = structure(outputs)
    return values


def _each(tf, build, choices):
    """`build(**choice)` in a graph of its own, for each named choice."""
    results = {}
    for name, choice in sorted(choices.items()):
        with tf.Graph().as_default():
            values = build(tf, **choice)
        results.update(("%s: %s" % (name, key), value) for key, value in values.items())
    return results


def decoder(tf):
    inputs, state = _vectors(tf), tf.constant(distinct((BATCH, UNITS), seed=9))
    return _run(tf, tf.contrib.legacy_seq2seq.rnn_decoder(inputs, state, _cell(tf)),
                inputs + [state])


def decoder_with_loop_function(tf):
    inputs = _vectors(tf, size=UNITS)
    state = tf.nn.rnn_cell.LSTMStateTuple(*_vectors(tf, 2, UNITS, 9))

    def feed(previous, step):
        return tf.layers.dense(previous, UNITS, name="feed") * step if step < 0 else previous * step

    return _run(tf, tf.contrib.legacy_seq2seq.rnn_decoder(
        inputs, state, tf.nn.rnn_cell.BasicLSTMCell(UNITS), loop_function=feed, scope="mine"),
        inputs + list(state))


def basic(tf):
    source, target = _vectors(tf), _vectors(tf, 2, EMBEDDING + 1, 5)
    return _run(tf, tf.contrib.legacy_seq2seq.basic_rnn_seq2seq(source, target, _cell(tf)),
                source + target)


def basic_stack(tf):
    rnn = tf.nn.rnn_cell
    cell = rnn.MultiRNNCell([rnn.BasicLSTMCell(3), rnn.GRUCell(UNITS)])
    source = _vectors(tf)
    return _run(tf, tf.contrib.legacy_seq2seq.basic_rnn_seq2seq(
        source, source[:2], cell, scope="mine"), source)


def tied(tf):
    source, target = _vectors(tf), _vectors(tf, 2, EMBEDDING, 5)
    return _run(tf, tf.contrib.legacy_seq2seq.tied_rnn_seq2seq(source, target, _cell(tf)),
                source + target)


def tied_with_loop_function(tf):
    source = _vectors(tf, size=UNITS)
    return _run(tf, tf.contrib.legacy_seq2seq.tied_rnn_seq2seq(
        source, source, _cell(tf), loop_function=lambda previous, step: tf.sin(previous),
        scope="mine"), source)


def embedding_decoder(tf):
    state = tf.constant(distinct((BATCH, UNITS), seed=9))
    return _run(tf, tf.contrib.legacy_seq2seq.embedding_rnn_decoder(
        _symbols(tf, TARGET), state, _cell(tf), SYMBOLS, EMBEDDING), [state])


def embedding_decoder_fed_back(tf):
    def build(tf, projected=False, **arguments):
        state = tf.constant(distinct((BATCH, UNITS), seed=9))
        cell = _cell(tf) if projected else _cell(tf, SYMBOLS)
        if projected:
            arguments["output_projection"] = _projection(tf)
        else:
            state = tf.constant(distinct((BATCH, SYMBOLS), seed=9))
        return _run(tf, tf.contrib.legacy_seq2seq.embedding_rnn_decoder(
            _symbols(tf, TARGET), state, cell, SYMBOLS, EMBEDDING, feed_previous=True,
            **arguments), [state], scale=1.5)

    return _each(tf, build, {
        "plain": {}, "projected": dict(projected=True, scope="mine"),
        "not updated": dict(update_embedding_for_previous=False)})


def _embedding_model(tf, name="embedding_rnn_seq2seq", projected=False, lstm=False, fed=None,
                     scale=1.0, **arguments):
    if fed is not None:
        arguments["feed_previous"] = tf.placeholder_with_default(fed, [])
    if projected:
        arguments["output_projection"] = _projection(tf)
    sizes = [SYMBOLS, EMBEDDING] if "tied" in name else [SYMBOLS, SYMBOLS, EMBEDDING]
    cell = tf.nn.rnn_cell.BasicLSTMCell(UNITS) if lstm else _cell(tf)
    model = getattr(tf.contrib.legacy_seq2seq, name)
    return _run(tf, model(_symbols(tf, SOURCE), _symbols(tf, TARGET), cell, *sizes, **arguments),
                scale=scale)


_MODEL_CHOICES = {"given": {}, "fed back": dict(feed_previous=True, lstm=True),
                  "projected": dict(projected=True, scope="mine", feed_previous=True)}
_TENSOR_CHOICES = {"fed back": dict(fed=True), "given": dict(fed=False, lstm=True)}


def embedding_model(tf):
    return _each(tf, _embedding_model, dict(_MODEL_CHOICES, double=dict(dtype=tf.float64)))


def _tied_model(tf, **arguments):
    return _embedding_model(tf, "embedding_tied_rnn_seq2seq", **arguments)


def embedding_tied(tf):
    return _each(tf, _tied_model, dict(_MODEL_CHOICES, fewer=dict(num_decoder_symbols=4)))


def embedding_tied_fed_by_a_tensor(tf):
    return _each(tf, _tied_model, _TENSOR_CHOICES)


def _attention(tf, lstm=False, **arguments):
    states = tf.constant(distinct((BATCH, 5, 2), seed=8))
    inputs = _vectors(tf, size=UNITS)
    first = tf.constant(distinct((BATCH, UNITS), seed=9))
    cell = _cell(tf)
    if lstm:
        cell, first = tf.nn.rnn_cell.LSTMCell(UNITS), tf.nn.rnn_cell.LSTMStateTuple(first, first / 2)
    return _run(tf, tf.contrib.legacy_seq2seq.attention_decoder(
        inputs, first, states, cell, **arguments), inputs + [states])


def attention(tf):
    return _each(tf, _attention, {
        "plain": {}, "heads": dict(num_heads=2, output_size=3, lstm=True, scope="mine")})


def attention_with_loop_function_and_first_attention(tf):
    return _attention(tf, initial_state_attention=True, num_heads=2,
                      loop_function=lambda previous, step: previous * step)


def embedding_attention(tf):
    def build(tf, projected=False, **arguments):
        states = tf.placeholder_with_default(distinct((BATCH, 5, 2), seed=8), (None, None, 2))
        state = tf.constant(distinct((BATCH, UNITS), seed=9))
        if projected:
            arguments["output_projection"] = _projection(tf)
        return _run(tf, tf.contrib.legacy_seq2seq.embedding_attention_decoder(
            _symbols(tf, TARGET), state, states, _cell(tf), SYMBOLS, EMBEDDING, **arguments),
            [states, state])

    return _each(tf, build, {
        "given": dict(output_size=SYMBOLS), "fed back": dict(projected=True, feed_previous=True),
        "not updated": dict(output_size=SYMBOLS, feed_previous=True, initial_state_attention=True,
                            update_embedding_for_previous=False, scope="mine")})


def _attention_model(tf, **arguments):
    return _embedding_model(tf, "embedding_attention_seq2seq", scale=0.5, **arguments)


def embedding_attention_model(tf):
    return _each(tf, _attention_model, dict(
        _MODEL_CHOICES, heads=dict(num_heads=2, initial_state_attention=True)))


def _one_to_many(tf, fed=None, lstm=False, **arguments):
    if fed is not None:
        arguments["feed_previous"] = tf.placeholder_with_default(fed, [])
    make = tf.nn.rnn_cell.BasicLSTMCell if lstm else tf.nn.rnn_cell.GRUCell
    outputs, states = tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq(
        _symbols(tf, SOURCE), {"a": _symbols(tf, TARGET), "b": _symbols(tf, TARGET[:2])},
        make(UNITS), {"a": make(UNITS), "b": make(UNITS)}, SYMBOLS, {"a": SYMBOLS, "b": 7},
        EMBEDDING, **arguments)
    return _run(tf, (outputs["a"] + outputs["b"], (states["a"], states["b"])))


def one_to_many(tf):
    return _each(tf, _one_to_many, {"given": {}, "fed": dict(feed_previous=True, scope="mine")})


def _logits_targets_weights(tf):
    weights = distinct((3, BATCH), seed=3) + 1
    weights[:, 1] = 0
    return _vectors(tf, 3, SYMBOLS), _symbols(tf, TARGET[:3]), [tf.constant(row) for row in weights]


def losses(tf):
    def squared(labels, logits):
        return tf.reduce_sum(tf.square(logits - tf.one_hot(labels, SYMBOLS)), 1)

    legacy, results = tf.contrib.legacy_seq2seq, {}
    logits, targets, weights = _logits_targets_weights(tf)
    for name, arguments in (("plain", {}), ("summed over time", dict(average_across_timesteps=False)),
                            ("own function", dict(softmax_loss_function=squared, name="mine"))):
        results["by example, " + name] = legacy.sequence_loss_by_example(
            logits, targets, weights, **arguments)
        results["loss, " + name] = legacy.sequence_loss(logits, targets, weights, **arguments)
    results["summed over batch"] = legacy.sequence_loss(
        logits, targets, weights, average_across_batch=False)
    # The word-level language models of the time: one list entry of (batch * time, words).
    results["one entry"] = legacy.sequence_loss_by_example(
        [tf.concat(logits, 0)], [tf.reshape(tf.stack(targets), [-1])], [tf.ones([3 * BATCH])])
    gradients = {"gradient of " + name: tf.stack(tf.gradients(loss, logits))
                 for name, loss in results.items()}
    return run(tf, **dict(results, **gradients))


def buckets(tf):
    def build(tf, **arguments):
        legacy, (_, targets, weights) = tf.contrib.legacy_seq2seq, _logits_targets_weights(tf)
        source, target = _symbols(tf, SOURCE), _symbols(tf, TARGET)
        outputs, losses = legacy.model_with_buckets(
            source, target, targets, weights, [(1, 2), (2, 3)],
            lambda x, y: legacy.embedding_rnn_seq2seq(
                x, y, _cell(tf), SYMBOLS, SYMBOLS, EMBEDDING), **arguments)
        return run(tf, tf.add_n([tf.reduce_sum(loss) for loss in losses]), joined=True,
                   outputs=outputs, losses=losses)

    return _each(tf, build, {"plain": {}, "by example": dict(per_example_loss=True, name="mine")})


def private_names(tf):
    module = sys.modules[tf.contrib.legacy_seq2seq.attention_decoder.__module__]
    legacy, table = tf.contrib.legacy_seq2seq, tf.get_variable("table", [SYMBOLS, EMBEDDING])
    feed = module._extract_argmax_and_embed(table, update_embedding=False)
    x = tf.constant(distinct((BATCH, SYMBOLS)))
    linear = module.Linear([x, x], 2, True)
    outputs, state = legacy.rnn_decoder(
        _vectors(tf), tf.zeros([BATCH, SYMBOLS]), _cell(tf, SYMBOLS), loop_function=feed)
    return run(tf, outputs=outputs, state=state, linear=linear([x, x]), fed=feed(x, 1))


def errors(tf):
    legacy, cell = tf.contrib.legacy_seq2seq, _cell(tf)
    inputs, state = _vectors(tf, size=UNITS), tf.zeros([BATCH, UNITS])
    states, symbols = tf.constant(distinct((BATCH, 5, 2))), _symbols(tf, TARGET)
    wrong = (tf.zeros([UNITS, 5]), tf.zeros([5]))
    unknown = tf.placeholder(tf.float32, [BATCH, None])
    logits, targets, weights = _logits_targets_weights(tf)
    model = lambda x, y: legacy.basic_rnn_seq2seq(x, y, cell)  # noqa: E731
    return {
        "no inputs": error(legacy.attention_decoder, [], state, states, cell),
        "no heads": error(legacy.attention_decoder, inputs, state, states, cell, num_heads=0),
        "unknown states": error(legacy.attention_decoder, inputs, state,
                                tf.placeholder(tf.float32, [BATCH, 5, None]), cell),
        "unknown input": error(legacy.attention_decoder, [unknown], state, states, cell),
        "projection": error(legacy.embedding_rnn_decoder, symbols, state, cell, SYMBOLS,
                            EMBEDDING, output_projection=wrong),
        "projection with attention": error(
            legacy.embedding_attention_decoder, symbols, state, states, cell, SYMBOLS, EMBEDDING,
            output_projection=wrong),
        "no encoder cell": error(
            legacy.one2many_rnn_seq2seq, symbols, {"a": symbols}, state, {"a": cell}, 6, {"a": 6}, 3),
        "no decoder cell": error(
            legacy.one2many_rnn_seq2seq, symbols, {"a": symbols}, cell, {"a": state}, 6, {"a": 6}, 3),
        "other names": error(
            legacy.one2many_rnn_seq2seq, symbols, {"a": symbols}, cell, {"b": cell}, 6, {"a": 6}, 3),
        "lists of two lengths": error(legacy.sequence_loss_by_example, logits, targets, weights[:2]),
        "too few inputs": error(
            legacy.model_with_buckets, inputs, inputs, targets, weights, [(4, 2)], model),
        "too few targets": error(
            legacy.model_with_buckets, inputs, inputs, targets[:1], weights, [(3, 2)], model),
        "too few weights": error(
            legacy.model_with_buckets, inputs, inputs, targets, weights[:1], [(3, 2)], model),
    }
