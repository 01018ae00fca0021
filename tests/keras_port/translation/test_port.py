"""Whole graphs become the code that a good engineer would have written, or are refused by name."""

import json
import textwrap

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from keras_port.conversion import weight_kinds
from keras_port.translation import capture, port
from keras_port.translation.errors import CannotTranslate
from keras_port.translation.layers import layer_patterns
from keras_port.translation.recurrences import sequences
from legacy_graph import tf1
from mnist_training import InputError
from tests.keras_port.translation import graphs

ROWS = np.random.default_rng(0).normal(size=(5, 7, 3)).astype("float32")
LENGTHS = np.array([7, 1, 3, 6, 2], "int32")


def stacked(inputs):
    cells = [tf1.nn.rnn_cell.BasicLSTMCell(4) for _ in range(2)]
    outputs, _ = tf1.nn.dynamic_rnn(tf1.nn.rnn_cell.MultiRNNCell(cells), inputs["x"], dtype=tf.float32)
    return {"logits": tf.matmul(outputs[:, -1], tf.Variable(tf.zeros([4, 2]))) + tf.Variable(tf.zeros([2]))}


def both_directions(inputs):
    outputs, _ = tf1.nn.bidirectional_dynamic_rnn(
        tf1.nn.rnn_cell.GRUCell(4),
        tf1.nn.rnn_cell.LSTMCell(4),
        inputs["x"],
        sequence_length=inputs["lengths"],
        dtype=tf.float32,
    )
    return {"joined": tf.concat(outputs, 2)}


def custom(inputs):
    cell = tf1.nn.rnn_cell.LSTMCell(4, use_peepholes=True, num_proj=2)
    return {"outputs": tf1.nn.dynamic_rnn(cell, inputs["x"], dtype=tf.float32)[0]}


def unrolled(inputs):
    cell = tf1.nn.rnn_cell.BasicLSTMCell(4)
    return {"last": tf1.nn.static_rnn(cell, tf.unstack(inputs["x"], axis=1), dtype=tf.float32)[0][-1]}


def bidirectional(inputs):
    cells = [tf1.nn.rnn_cell.GRUCell(4) for _ in range(2)]
    outputs, states = tf1.nn.bidirectional_dynamic_rnn(
        *cells, inputs["x"], sequence_length=inputs["lengths"], dtype=tf.float32
    )
    return {"joined": tf.concat(outputs, 2) * tf.expand_dims(states[0] - states[1], 1)[:, :, :1]}


def matrices(*names):
    return [tf.get_variable(name, shape) for name, shape in names]


def by_hand(inputs):
    """A cell with an update gate, as tutorials write it out."""
    w, u, v, wc, b = matrices(("w", [3, 4]), ("u", [4, 4]), ("v", [4, 4]), ("wc", [3, 4]), ("b", [1, 4]))
    state = tf.zeros([tf.shape(inputs["x"])[0], 4])
    for step in tf.unstack(inputs["x"], axis=1):
        gate = tf.sigmoid(tf.matmul(step, w) + tf.matmul(state, u) + b)
        state = gate * state + (1.0 - gate) * tf.tanh(tf.matmul(step, wc) + tf.matmul(state, v))
    return {"last": state}


def plain_by_hand(inputs):
    w, u, b = matrices(("w", [3, 4]), ("u", [4, 4]), ("b", [4]))
    state, states = tf.zeros([tf.shape(inputs["x"])[0], 4]), []
    for step in range(7):
        state = tf.tanh(tf.matmul(inputs["x"][:, step], w) + tf.matmul(state, u) + b)
        states.append(state)
    return {"last": tf.stack(states, 1)}


def one_step_differs(inputs):
    w, u, b = matrices(("w", [3, 4]), ("u", [4, 4]), ("b", [4]))
    state = tf.zeros([tf.shape(inputs["x"])[0], 4])
    for step in range(7):
        state = tf.tanh(tf.matmul(inputs["x"][:, step], w) + tf.matmul(state, u) + b)
        state = state * 2.0 if step == 3 else state
    return {"last": state}


def steps_alike(inputs):
    """Logits and losses of each step by themselves, added up."""
    outputs, _ = tf1.nn.static_rnn(tf1.nn.rnn_cell.GRUCell(4), tf.unstack(inputs["x"], axis=1), dtype=tf.float32)
    w, b = matrices(("w", [4, 3]), ("b", [3]))
    logits = [tf.matmul(output, w) + b for output in outputs]
    pairs = zip(logits, tf.unstack(inputs["ids"], axis=1))
    losses = [tf.nn.sparse_softmax_cross_entropy_with_logits(logits=each, labels=ids) for each, ids in pairs]
    return {"loss": sum(losses) / 7.0}


def tagged(inputs):
    """A tagger whose tags depend on each other: a conditional random field, on sentences of any length."""
    scores = tf.reshape(tf.matmul(tf.reshape(inputs["x"], [-1, 3]), matrices(("w", [3, 3]))[0]), [-1, 7, 3])
    return {"log_likelihood": tf1.contrib.crf.crf_log_likelihood(scores, inputs["tags"], inputs["lengths"])[0]}


def last_of_each(inputs):
    """The last output of each sequence, out of the rows of all."""
    cell, steps = tf1.nn.rnn_cell.BasicLSTMCell(4), tf.unstack(inputs["x"], axis=1)
    outputs, _ = tf1.nn.static_rnn(cell, steps, dtype=tf.float32, sequence_length=inputs["lengths"])
    rows = tf.reshape(tf.stack(outputs, 1), [-1, 4])
    return {"last": tf.gather(rows, tf.range(tf.shape(inputs["x"])[0]) * 7 + inputs["lengths"] - 1)}


def of_constants(inputs):
    """A table of places, looked up by constants."""
    table, w = matrices(("table", [7, 3]), ("w", [3, 4]))
    return {"y": tf.matmul((inputs["x"] + tf.nn.embedding_lookup(table, tf.range(7)))[:, 2], w)}


def from_ones(inputs):
    """A state that starts from ones."""
    w, u = matrices(("w", [3, 4]), ("u", [4, 4]))
    return {"y": tf.matmul(tf.tanh(tf.matmul(inputs["x"][:, 0], w) + tf.matmul(tf.ones([1, 4]), u)), u)}


def shared_and_activated(inputs):
    """A Dense with an activation beside a variable that two places share."""
    w, b, v = matrices(("w", [3, 4]), ("b", [4]), ("v", [4, 4]))
    hidden = tf.tanh(tf.matmul(inputs["x"][:, 0], w) + b)
    return {"y": tf.matmul(hidden, v) + tf.reduce_sum(v * v)}


def perceptron(inputs):
    """Layers with activations, one after the other."""
    value = inputs["x"][:, 0]
    for place in range(3):
        w, b = matrices((f"w{place}", [value.shape[1], 4]), (f"b{place}", [4]))
        value = tf.nn.relu(tf.matmul(value, w) + b)
    return {"y": value}


def pointer(inputs):
    """One cell reads the sequence, and is called again step by step with its own variables."""
    cell = tf1.nn.rnn_cell.GRUCell(4)
    outputs, state = tf1.nn.dynamic_rnn(cell, inputs["x"], dtype=tf.float32, scope="rnn")
    with tf1.variable_scope("rnn", reuse=True):
        for step in range(3):
            state = cell(inputs["x"][:, step], state)[1]
    return {"scores": tf.reduce_sum(outputs * tf.expand_dims(state, 1), 2)}


def fused(inputs):
    """An LSTM that is one op, forwards and backwards, on sequences of their own lengths; and its last states."""
    steps = tf.transpose(inputs["x"], [1, 0, 2])
    cells = tf1.contrib.rnn.LSTMBlockFusedCell(4), tf1.contrib.rnn.LSTMBlockFusedCell(4)
    one, (c, _) = cells[0](steps, dtype=tf.float32, sequence_length=inputs["lengths"])
    other, (_, h) = tf1.contrib.rnn.TimeReversedFusedRNN(cells[1])(
        steps, dtype=tf.float32, sequence_length=inputs["lengths"]
    )
    return {"y": tf.concat([one, other], 2) * tf.concat([c, h], 1)}


def convolutional(inputs):
    """A cell whose state is a row of pixels with channels."""
    cell = tf1.contrib.rnn.Conv1DLSTMCell(input_shape=[3, 1], output_channels=2, kernel_shape=[3])
    outputs, state = tf1.nn.dynamic_rnn(cell, tf.expand_dims(inputs["x"], 3), dtype=tf.float32)
    return {"y": tf.reduce_max(outputs, 2) + tf.expand_dims(tf.reduce_max(state.c, 1), 1)}


def dropped_and_read_twice(inputs):
    """A recurrence in which a value that is dropped is read twice: one mask a step for both."""
    w = matrices(("w", [7, 4]))[0]

    def step(state, row):
        kept = tf.nn.dropout(tf.tanh(tf.matmul(tf.concat([row, state], 1), w)), rate=0.5)
        return kept + tf.square(kept)

    rows = tf.transpose(inputs["x"], [1, 0, 2])
    return {"y": tf.scan(step, rows, initializer=tf.zeros([tf.shape(inputs["x"])[0], 4]))}


def kept_by_masks(inputs):
    """Zoneout: values are multiplied by a mask that is a dropout of ones, of a batch whose size the script fixed."""
    mask = tf.nn.dropout(tf.ones([5, 3]), rate=0.3) * 0.7
    new = tf.matmul(tf.reduce_max(inputs["x"], 1), matrices(("w", [3, 3]))[0])
    return {"y": new * mask + (-mask + 1.0) * inputs["x"][:, 0]}


def one_cell_both_ways(inputs):
    """Both directions of a bidirectional network share their cell, and so their variables."""
    cell = tf1.nn.rnn_cell.LSTMCell(4)
    _, states = tf1.nn.bidirectional_dynamic_rnn(cell, cell, inputs["x"], inputs["lengths"], dtype=tf.float32)
    return {"y": tf.concat([state.h for state in states], 1)}


def losses_of_steps(inputs):
    """Losses of sequences whose length varies, computed of rows."""
    w = matrices(("w", [3, 4]))[0]
    logits = tf.reshape(tf.matmul(tf.reshape(inputs["x"], [-1, 3]), w), [-1, tf.shape(inputs["x"])[1], 4])
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=inputs["ids"])
    places = tf.range(tf.cast(tf.shape(inputs["x"])[1], tf.float32))
    return {"losses": losses * tf.exp(-places)}


def letters_of_words(inputs):
    """Each word is read letter by letter: sentences of any number of words of any number of letters."""
    letters = tf.nn.embedding_lookup(matrices(("table", [9, 3]))[0], inputs["ids"])
    count, words, most = tf.unstack(tf.shape(inputs["ids"]))
    rows, lengths = tf.reshape(letters, [count * words, most, 3]), tf.reshape(inputs["lengths"], [-1])
    state = tf1.nn.dynamic_rnn(tf1.nn.rnn_cell.GRUCell(4), rows, lengths, dtype=tf.float32)[1]
    return {"words": tf.reshape(state, [count, words, 4])}


def scored(inputs):
    """Attention as many write it: dense layers of sequences and of one vector, added."""
    memory = tf.transpose(tf.concat([tf.transpose(inputs["x"], [1, 0, 2])] * 2, 2), [1, 0, 2])
    w, b, u, c = matrices(("w", [6, 4]), ("b", [4]), ("u", [3, 4]), ("c", [4]))
    keys = tf.tensordot(memory, w, [[2], [0]]) + b
    query = tf.reshape(tf.matmul(inputs["x"][:, 0], u), [-1, 1, 4]) + c
    inside = tf.range(7) < tf.expand_dims(inputs["lengths"], 1)
    return {"scores": tf.reduce_sum(tf.tanh(keys + query), 2) * tf.cast(inside, tf.float32)}


def both_ways_at_once(inputs):
    return {"y": inputs["x"] + 2.0 * tf.reverse_sequence(inputs["x"], inputs["lengths"], 1)}


def test_a_stack_reads_as_if_written_by_hand(ported):
    expected, found, text = ported(stacked, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    body = text[text.index("    x = ") : text.index("    return")]
    assert body == textwrap.indent(
        textwrap.dedent("""\
            x = keras.Input((7, 3), name="x")                            # (batch, 7, 3)
            h = layers.LSTM(4, return_sequences=True, name="cell_0")(x)  # rnn/multi_rnn_cell/cell_0/basic_lstm_cell
            h = layers.LSTM(4, name="cell_1")(h)                         # rnn/multi_rnn_cell/cell_1/basic_lstm_cell
            logits = layers.Dense(2, name="logits")(h)                   # Variable, Variable_1
            model = keras.Model(x, logits)
            """),
        "    ",
    )


def test_lengths_become_masks_and_directions_layers_that_go_backwards(ported):
    expected, found, text = ported(both_directions, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "go_backwards=True" in text and "mask=mask" in text


def test_directions_of_one_kind_become_bidirectional(ported):
    expected, found, text = ported(bidirectional, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "layers.Bidirectional(" in text and text.count("layers.GRU(") == 1 and "go_backwards" not in text


def test_an_activation_goes_into_its_layer(ported):
    expected, found, text = ported(perceptron, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count('activation="relu"') == 3 and "ops.relu" not in text


def test_any_cell_becomes_a_cell(ported):
    expected, found, text = ported(custom, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "class LstmCell(layers.Layer):" in text


def test_unrolled_steps_become_one_layer(ported):
    expected, found, text = ported(unrolled, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "layers.LSTM(4" in text and "split" not in text


def test_a_recurrence_written_out_by_hand_becomes_one_layer(ported):
    expected, found, text = ported(by_hand, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "layers.RNN(RecurrentCell(name=" in text and text.count("ops.sigmoid") == 1


def test_a_written_out_plain_rnn_becomes_the_stock_layer(ported):
    expected, found, text = ported(plain_by_hand, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "layers.SimpleRNN(4, return_sequences=True" in text


def test_what_each_unrolled_step_does_alike_is_done_once(ported):
    expected, found, text = ported(steps_alike, x=ROWS, ids=LENGTHS[:, None].repeat(7, 1) % 3)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("layers.Dense(") == text.count("crossentropy(") == 1


def test_the_last_output_of_each_sequence_takes_no_batch_size(ported):
    expected, found, text = ported(last_of_each, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "ops.take_along_axis(" in text and text.count("layers.LSTM(") == 1


def test_a_conditional_random_field_is_ported(ported):
    tags = np.random.default_rng(2).integers(0, 3, (5, 7)).astype("int32")
    expected, found, text = ported(tagged, x=ROWS, tags=tags, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    assert 'name="transitions")' in text  # read by the cell and by the score of the tags


def test_a_fused_lstm_becomes_the_stock_layer(ported):
    expected, found, text = ported(fused, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("layers.LSTM(") == (1 if "Bidirectional" in text else 2) and "take" not in text


def test_a_cell_with_a_state_of_several_axes(ported):
    expected, found, text = ported(convolutional, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "LstmCell(layers.Layer)" in text


def test_a_cell_draws_a_mask_once_however_often_it_is_read(tmp_path):
    graphs.write(tmp_path, dropped_and_read_twice, {"x": ROWS})
    text = graphs.translated(tmp_path, ["y"], ["x"]).text
    assert text.count("keras.random.dropout(") == 1


def test_dropout_of_ones_becomes_the_layer(tmp_path):
    graphs.write(tmp_path, kept_by_masks, {"x": ROWS})
    text = graphs.translated(tmp_path, ["y"], ["x"]).text
    assert "layers.Dropout(0.3)" in text and "Noise" not in text


def test_a_layer_that_reads_both_ways_is_given_one_of_them_in_reverse(ported):
    expected, found, text = ported(one_cell_both_ways, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("layers.LSTM(") == 1 and text.count("ops.flip(") == 2 and "go_backwards" not in text


def test_losses_of_rows_are_those_of_sequences(ported):
    expected, found, text = ported(losses_of_steps, x=ROWS, ids=LENGTHS[:, None].repeat(7, 1) % 4)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("reshape") == 0


def test_two_sizes_that_vary_are_joined_and_split(ported):
    ids, lengths = np.arange(24).reshape(2, 3, 4).astype("int32") % 9, np.array([[4, 1, 2], [3, 4, 1]], "int32")
    expected, found, text = ported(letters_of_words, open_axes=3, ids=ids, lengths=lengths)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "JoinAxes(" in text and "SplitAxis(" in text and "keras.Input((None, None)" in text


def test_attention_reads_as_if_written_by_hand(ported):
    expected, found, text = ported(scored, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("layers.Dense(4, name=") == 2 and "transpose" not in text
    assert "lengths[:, None] > ops.arange(7)" in text


def test_a_sequence_reversed_up_to_its_length(ported):
    expected, found, _ = ported(both_ways_at_once, x=ROWS, lengths=LENGTHS)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert np.abs(found - (ROWS + 2.0 * ROWS[:, ::-1])).max() > 0.1


@pytest.mark.parametrize("build", [of_constants, from_ones, shared_and_activated, pointer])
def test_variables_in_several_places_and_with_constants(build, ported):
    expected, found, text = ported(build, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert text.count("ops.tanh") <= 2 and text.count("layers.GRU(") <= 1


def test_a_layer_called_on_a_constant_would_be_noticed(tmp_path, monkeypatch):
    """Keras computes such a call as the model is built, from weights that are not there yet."""
    expected = graphs.write(tmp_path, from_ones, {"x": ROWS})["y"]
    monkeypatch.setattr(layer_patterns, "is_fixed", lambda expression: False)
    model, _ = graphs.model(tmp_path, ["y"])
    assert np.abs(model.predict(ROWS, verbose=0) - expected).max() > 1e-3


@pytest.mark.parametrize("build", ["by_hand", "plain_by_hand"])
def test_steps_in_another_order_are_noticed(build, tmp_path, monkeypatch):
    expected = graphs.write(tmp_path, globals()[build], {"x": ROWS})["last"]
    sequence_of_slices = sequences.Sequences.sequence_of_slices

    def reversed_steps(self, values):
        found = sequence_of_slices(self, values)
        return found if found is None else self.x.make("flip", (found,), found.shape, None, None, axis=1)

    monkeypatch.setattr(sequences.Sequences, "sequence_of_slices", reversed_steps)
    model, _ = graphs.model(tmp_path, ["last"])
    assert np.abs(model.predict(ROWS, verbose=0) - expected).max() > 1e-3


def test_steps_that_are_not_alike_stay_as_they_are(ported):
    expected, found, text = ported(one_step_differs, x=ROWS)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert "RNN" not in text and text.count("ops.tanh") == 7


def test_the_module_needs_keras_only(ported):
    _, _, text = ported(custom, x=ROWS)
    imports = [line for line in text.splitlines() if line.startswith(("import", "from"))]
    assert imports == ["import keras", "from keras import layers, ops"]


MISTAKES = {
    "swapped gates": lambda kernel: kernel[:, [*range(4), *range(8, 12), *range(4, 8), *range(12, 16)]],
    "state before input": lambda kernel: np.concatenate([kernel[3:], kernel[:3]]),
    "stale": lambda kernel: kernel[::-1] * 1.01,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_weights_changes_the_outputs(mistake, tmp_path, monkeypatch):
    expected = graphs.write(tmp_path, stacked, {"x": ROWS})["logits"]
    real = weight_kinds.KINDS["lstm_kernel"]
    wrong = real._replace(forward=lambda row, arrays: real.forward(row, [MISTAKES[mistake](array) for array in arrays]))
    monkeypatch.setitem(weight_kinds.KINDS, "lstm_kernel", wrong)
    model, _ = graphs.model(tmp_path, ["logits"])
    assert np.abs(model.predict(ROWS, verbose=0) - expected).max() > 1e-3


def test_an_op_without_counterpart_is_refused_by_name_and_nothing_is_written(tmp_path):
    graphs.write(
        tmp_path, lambda inputs: {"y": tf.self_adjoint_eig(tf.matmul(inputs["x"], inputs["x"], True))[0]}, {"x": ROWS}
    )
    with pytest.raises(CannotTranslate, match="SelfAdjointEigV2.*no counterpart"):
        graphs.model(tmp_path, ["y"])
    assert not (tmp_path / "port").exists()


def test_two_models_in_one_graph_the_named_one_is_ported(tmp_path):
    build = lambda inputs: {  # noqa: E731
        "one": inputs["x"] * 2.0,
        "two": tf.matmul(inputs["x"][:, 0], tf.Variable(tf.zeros([3, 2]))),
    }
    expected = graphs.write(tmp_path, build, {"x": ROWS})
    model, _ = graphs.model(tmp_path, ["two"])
    np.testing.assert_allclose(model.predict(ROWS, verbose=0), expected["two"], rtol=1e-6, atol=1e-7)
    assert len(model.weights) == 1


def test_facts_lie_beside_the_model(tmp_path):
    graphs.write(tmp_path, stacked, {"x": ROWS})
    graphs.model(tmp_path, ["logits"])
    facts = json.loads((tmp_path / "port" / "port.json").read_text())
    assert facts["inputs"] == [{"name": "x", "tensor": "x:0"}]
    assert [row["how"] for row in facts["weights"]][:2] == ["lstm_kernel", "lstm_bias_folded"]


BAD = {
    "no file": (lambda folder: capture.read_graph(folder / "none.meta", None, (), ("y",)), "there is no such file"),
    "no graph": (lambda folder: _junk(folder), "no MetaGraphDef"),
    "no capture": (lambda folder: capture.read_capture(folder), "no capture"),
}


def _junk(folder):
    (folder / "junk.meta").write_bytes(b"\xff junk")
    return capture.read_graph(folder / "junk.meta", None, (), ("y",))


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_line(name, tmp_path):
    call, message = BAD[name]
    with pytest.raises(InputError, match=message) as caught:
        call(tmp_path)
    assert "\n" not in str(caught.value)


def test_an_unknown_output_is_refused_with_names_that_there_are(tmp_path):
    graphs.write(tmp_path, stacked, {"x": ROWS})
    with pytest.raises(InputError, match="there is no tensor nothing"):
        capture.read_graph(tmp_path / "graph.meta", None, (), ("nothing",))


def test_a_bare_forget_bias_is_kept_when_asked(tmp_path):
    expected = graphs.write(tmp_path, stacked, {"x": ROWS})["logits"]
    found = capture.read_graph(tmp_path / "graph.meta", None, (), ["logits"])
    port.port(found, tmp_path / "kept", folded=False)
    module = port.load_module(tmp_path / "kept" / "model.py")
    model = module.build()
    model.load_weights(tmp_path / "kept" / "model.keras")
    np.testing.assert_allclose(model.predict(ROWS, verbose=0), expected, rtol=1e-5, atol=1e-6)
    assert "ForgetBiasLSTMCell(4, 1.0)" in (tmp_path / "kept" / "model.py").read_text()
