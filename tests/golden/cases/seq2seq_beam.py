"""contrib.seq2seq's beam search: hypotheses, scores, penalties, attention and its history."""

import sys

import numpy as np
from _seq2seq_tools import DEPTH, SYMBOLS, UNITS, error, inputs, run
from _tools import distinct

BEAM, START, END = 3, [1, 2], 0
ROWS = len(START) * BEAM


def _about(*names):
    return ["tf.contrib.seq2seq." + name for name in names]


_SEARCH = _about("BeamSearchDecoder", "BeamSearchDecoderOutput", "BeamSearchDecoderState",
                 "FinalBeamSearchDecoderOutput", "dynamic_decode")
SUBJECTS = {
    "search": _SEARCH,
    "search_of_one_beam": _SEARCH,
    "time_major_with_lstm_and_function": _SEARCH,
    "length_penalty": _SEARCH,
    "stack": _SEARCH + _about("tile_batch"),
    "unknown_batch": _SEARCH + _about("tile_batch"),
    "attention": _SEARCH + _about("AttentionWrapper", "tile_batch"),
    "attention_history_reordered": _SEARCH + _about("AttentionWrapper", "tile_batch"),
    "attention_history_as_it_is": _SEARCH + _about("AttentionWrapper", "tile_batch"),
    "coverage_penalty": _SEARCH + _about("AttentionWrapper", "tile_batch"),
    "coverage_of_several_attentions": _SEARCH + _about("AttentionWrapper", "tile_batch"),
    "tiles": _about("tile_batch"),
    "trees": _about("gather_tree"),
    "trees_of_arrays": _about("gather_tree"),
    "pieces": _about("BeamSearchDecoder"),
    "properties": _about("BeamSearchDecoder", "BeamSearchDecoderState"),
    "errors": _about("BeamSearchDecoder", "tile_batch", "gather_tree"),
}
LIVELY = 2.0  # with weights of this scale the beams cross and end at different steps


def _table(tf):
    return tf.get_variable("embedding", [SYMBOLS, DEPTH])


def _search(tf, cell=None, state=None, start=START, steps=6, function=False, beam=BEAM, end=END,
            time_major=False, scale=LIVELY, **arguments):
    seq2seq, table = tf.contrib.seq2seq, _table(tf)
    cell = cell or tf.nn.rnn_cell.GRUCell(UNITS)
    if state is None:
        state = cell.zero_state(len(START) * beam, tf.float32)
    embedding = (lambda ids: tf.sin(tf.nn.embedding_lookup(table, ids))) if function else table
    output_layer = tf.layers.Dense(SYMBOLS, use_bias=False, name="out")
    decoder = seq2seq.BeamSearchDecoder(
        cell, embedding, start, end, state, beam, output_layer, **arguments)
    outputs, state, lengths = seq2seq.dynamic_decode(
        decoder, maximum_iterations=steps, output_time_major=time_major)
    return dict(scale=scale, outputs=outputs, state=state, lengths=lengths)


def search(tf):
    results = {}
    for end in (0, 1, 2):
        with tf.Graph().as_default():
            values = run(tf, **_search(tf, end=end))
        results.update(("end=%d: %s" % (end, key), value) for key, value in values.items())
    return results


def search_of_one_beam(tf):
    return run(tf, **_search(tf, beam=1))


def time_major_with_lstm_and_function(tf):
    return run(tf, **_search(tf, tf.nn.rnn_cell.LSTMCell(UNITS), function=True, time_major=True))


def length_penalty(tf):
    results = {}
    for weight in (0.6, 1.0, tf.constant(2.0)):
        name = "2.0" if isinstance(weight, tf.Tensor) else str(weight)
        with tf.Graph().as_default():
            if name == "2.0":
                weight = tf.constant(2.0)
            values = run(tf, **_search(tf, length_penalty_weight=weight, end=2, steps=8))
        results.update(("%s: %s" % (name, key), value) for key, value in values.items())
    return results


def stack(tf):
    rnn = tf.nn.rnn_cell
    cell = rnn.MultiRNNCell([rnn.LSTMCell(3), rnn.GRUCell(UNITS)])
    state = (rnn.LSTMStateTuple(tf.constant(distinct((2, 3), seed=1)),
                                tf.constant(distinct((2, 3), seed=2))),
             tf.constant(distinct((2, UNITS), seed=3)))
    return run(tf, **_search(tf, cell, tf.contrib.seq2seq.tile_batch(state, BEAM)))


def unknown_batch(tf):
    start = tf.placeholder_with_default(START, [None])
    state = tf.placeholder_with_default(distinct((2, UNITS), seed=4), (None, UNITS))
    state = tf.contrib.seq2seq.tile_batch(state, multiplier=BEAM)
    return run(tf, **_search(tf, state=state, start=start))


def _attend(tf, time=4, several=False, unknown=False, history=True, **arguments):
    """Search with a cell that attends to two memories of `time` places, the second shorter."""
    seq2seq = tf.contrib.seq2seq
    memory = distinct((2, time, 4), seed=21)
    memory = tf.placeholder_with_default(memory, (None, None, 4)) if unknown else tf.constant(memory)
    start = tf.placeholder_with_default(START, [None]) if unknown else START
    lengths = seq2seq.tile_batch(tf.constant([time, time - 2]), BEAM)
    memory = seq2seq.tile_batch(memory, BEAM)
    mechanism = seq2seq.LuongAttention(UNITS, memory, lengths)
    if several:
        mechanism = [mechanism, seq2seq.BahdanauAttention(3, memory, lengths)]
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(UNITS), mechanism, [4, 4] if several else 4,
        alignment_history=history)
    rows = BEAM * (tf.size(start) if unknown else len(START))
    encoder_state = seq2seq.tile_batch(tf.constant(distinct((2, UNITS), seed=5)), BEAM)
    state = cell.zero_state(rows, tf.float32).clone(cell_state=encoder_state)
    if several:
        cell = tf.nn.rnn_cell.MultiRNNCell([cell, tf.nn.rnn_cell.GRUCell(UNITS)])
        state = (state, encoder_state)
    return run(tf, **_search(tf, cell, state, start, **arguments))


def attention(tf):
    return _attend(tf, history=False)


def attention_history_reordered(tf):
    return _attend(tf, unknown=True)


def attention_history_as_it_is(tf):
    """Asked for, and where all sizes are known, which TensorFlow 1.15 takes for a mismatch."""
    values = _attend(tf, unknown=True, reorder_tensor_arrays=False)
    with tf.Graph().as_default():
        known = _attend(tf)
    values.update(("known: " + key, value) for key, value in known.items())
    return values


def coverage_penalty(tf):
    return _attend(tf, history=False, coverage_penalty_weight=0.8, length_penalty_weight=0.5)


def coverage_of_several_attentions(tf):
    return _attend(tf, several=True, unknown=True, coverage_penalty_weight=0.8, scale=1.0)


def tiles(tf):
    tile, pair = tf.contrib.seq2seq.tile_batch, tf.nn.rnn_cell.LSTMStateTuple
    vector = tf.constant([5, 6, 7])
    matrix = tf.placeholder_with_default(distinct((2, 3)), (None, 3))
    return run(tf, vector=tile(vector, 2), nested=tile((pair(matrix, matrix + 1), [vector]), 3),
               named=tile(matrix, multiplier=2, name="mine"), array=tile(np.ones((2, 1, 2)), 2))


def _random_trees(times, rows, beams, symbols, seed):
    random = np.random.RandomState(seed)
    return (random.randint(0, symbols, (times, rows, beams)).astype("int32"),
            random.randint(0, beams, (times, rows, beams)).astype("int32"),
            random.randint(0, times + 2, (rows,)).astype("int32"))


def trees(tf):
    results = {}
    gather_tree = tf.contrib.seq2seq.gather_tree
    for number, (times, rows, beams, symbols) in enumerate(
            [(5, 3, 4, 9), (1, 1, 1, 2), (7, 2, 3, 3), (6, 4, 2, 20)]):
        ids, parents, lengths = _random_trees(times, rows, beams, symbols, number)
        results["tree %d" % number] = gather_tree(ids, parents, lengths, 1)
        results["no end %d" % number] = gather_tree(
            tf.placeholder_with_default(ids, (None, None, None)), parents, lengths, end_token=99)
    broken = np.full((3, 1, 2), 7, "int32")
    values = run(tf, **results)
    with tf.Session() as sess:
        for length in (1, 2):  # the parents of a first step are never looked at
            tree = gather_tree(np.zeros((3, 1, 2), "int32"), broken, [length], 1)
            values["broken parents, length %d" % length] = error(sess.run, tree)
    return values


def trees_of_arrays(tf):
    module = sys.modules[tf.contrib.seq2seq.BeamSearchDecoder.__module__]
    _, parents, _ = _random_trees(5, 2, 3, 4, 11)
    lengths = np.array([[3, 5, 2], [4, 1, 3]], "int64")
    array = distinct((5, 2, 3, 2))
    unknown = tf.placeholder_with_default(parents, (None, None, None))
    return run(tf, split=module.gather_tree_from_array(tf.constant(array), tf.constant(parents), lengths),
               merged=module.gather_tree_from_array(
                   tf.constant(array.reshape(5, 6, 2)), unknown, tf.constant(lengths)))


def pieces(tf):
    """The private functions that programs of the time took from the module."""
    module = sys.modules[tf.contrib.seq2seq.BeamSearchDecoder.__module__]
    lengths = tf.constant([[1, 2], [3, 4]], tf.int64)
    probs, finished = tf.constant(distinct((2, 2, 3), seed=3)), tf.constant([[True, False]] * 2)
    attended = tf.constant(np.abs(distinct((2, 2, 4), seed=6)) * 3)
    gathered = module._tensor_gather_helper(
        gather_indices=tf.constant([[1, 1], [0, 1]]), gather_from=probs, batch_size=tf.constant(2),
        range_size=2, gather_shape=[4, -1])
    scores = module._get_scores(
        log_probs=probs, sequence_lengths=tf.expand_dims(lengths, 2), length_penalty_weight=0.7,
        coverage_penalty_weight=0.4, finished=finished, accumulated_attention_probs=attended)
    values = run(tf, penalty=module._length_penalty(lengths, 0.8), gathered=gathered, scores=scores,
                 masked=module._mask_probs(probs, 1, finished))
    values["no penalty"] = module._length_penalty(lengths, 0.0)
    values["coverage without attention"] = error(
        module._get_scores, probs, lengths, 0.0, 0.5, finished, None)
    values["coverage of a plain cell"] = error(module.get_attention_probs, probs, 0.5)
    return values


def properties(tf):
    seq2seq, cell = tf.contrib.seq2seq, tf.nn.rnn_cell.GRUCell(UNITS)
    decoder = seq2seq.BeamSearchDecoder(
        cell, _table(tf), START, END, cell.zero_state(ROWS, tf.float32), BEAM)
    finished, first, state = decoder.initialize()
    values = run(tf, finished=finished, first=first, state=state, batch_size=decoder.batch_size)
    values["strings"] = [str(decoder.output_size), str(decoder.output_dtype),
                         str(decoder.tracks_own_finished)]
    return values


def errors(tf):
    seq2seq, cell, table = tf.contrib.seq2seq, tf.nn.rnn_cell.GRUCell(UNITS), _table(tf)
    state, x = cell.zero_state(ROWS, tf.float32), inputs(tf)
    unknown = tf.placeholder(tf.float32)

    def make(cell=cell, start=START, end=END, state=state, **arguments):
        decoder = seq2seq.BeamSearchDecoder(cell, table, start, end, state, BEAM, **arguments)
        return seq2seq.dynamic_decode(decoder, maximum_iterations=2)

    ids, lengths = tf.zeros([3, 1, 2], tf.int32), [3]
    return {
        "no cell": error(make, cell=x),
        "no layer": error(make, output_layer=x),
        "keras layer": error(make, output_layer=tf.keras.layers.Dense(SYMBOLS)),
        "start is a scalar": error(make, start=1),
        "end is a vector": error(make, end=[0]),
        "state is not tiled": error(make, state=cell.zero_state(len(START), tf.float32)),
        "state of unknown rank": error(make, state=unknown),
        "coverage without attention": error(make, coverage_penalty_weight=0.5),
        "coverage is a vector": error(make, coverage_penalty_weight=tf.constant([0.5])),
        "tile a scalar": error(seq2seq.tile_batch, tf.constant(1.0), 2),
        "tile unknown rank": error(seq2seq.tile_batch, unknown, 2),
        "trees of long ids": error(seq2seq.gather_tree, tf.cast(ids, tf.int64), ids, lengths, 1),
        "trees of matrices": error(seq2seq.gather_tree, ids[0], ids[0], lengths, 1),
        "trees of two shapes": error(seq2seq.gather_tree, ids, ids[:2], lengths, 1),
        "trees with two ends": error(seq2seq.gather_tree, ids, ids, lengths, [1, 2]),
        "trees with lengths of another batch": error(seq2seq.gather_tree, ids, ids, [3, 3], 1),
    }
