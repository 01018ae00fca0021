"""cuDNN's layers beyond their goldens: against a loop in numpy, and what a Saver writes and reads back."""

import numpy as np
import pytest

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior

STEPS, BATCH, INPUTS, UNITS = 3, 2, 2, 3
X = np.linspace(-1, 1, STEPS * BATCH * INPUTS, dtype=np.float32).reshape(STEPS, BATCH, INPUTS)
KERNEL = "some/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell/kernel"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def in_numpy(vector, order):
    """cuDNN's LSTM of one layer: matrices of the inputs, of the state, two biases, each a gate after the other."""
    sizes = [UNITS * INPUTS] * 4 + [UNITS * UNITS] * 4 + [UNITS] * 8
    pieces = np.split(vector, np.cumsum(sizes)[:-1])
    w = [piece.reshape(UNITS, INPUTS) for piece in pieces[:4]]
    r = [piece.reshape(UNITS, UNITS) for piece in pieces[4:8]]
    h = c = np.zeros((BATCH, UNITS), np.float32)
    for x in X:
        gates = [x @ w[k].T + h @ r[k].T + pieces[8 + k] + pieces[12 + k] for k in range(4)]
        i, f, g, o = (gates[k] for k in order)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Weights, last output, the checkpoint, and what is read back from it into a changed layer."""
    path = str(tmp_path_factory.mktemp("cudnn") / "model")
    with tf1_behavior(), tf1.Session() as sess:
        layer = tf1.contrib.cudnn_rnn.CudnnLSTM(1, UNITS, name="some")
        outputs, (h, _) = layer(tf1.constant(X))
        batch_major, _ = layer(tf1.constant(X.transpose(1, 0, 2)), time_major=False)
        loss = tf1.reduce_mean(tf1.square(outputs - 0.5))
        train = tf1.train.AdamOptimizer(0.1).minimize(loss)
        saver = tf1.train.Saver()
        sess.run(tf1.global_variables_initializer())
        first, _ = sess.run([loss, train])
        saver.save(sess, path)
        found = dict(zip(("vector", "outputs", "h", "batch_major"), sess.run([layer.kernel, outputs, h, batch_major])))
        found["losses"] = first, sess.run(loss)
        sess.run(layer.kernel.assign(layer.kernel * 2.0))
        saver.restore(sess, path)
        found["read"] = sess.run(layer.kernel)
        weights = tf1.train.load_variable(path, KERNEL)
    return {**found, "path": path, "kernel": weights}


def test_it_is_cudnns_lstm(trained):
    np.testing.assert_allclose(trained["h"][0], in_numpy(trained["vector"], (0, 1, 2, 3)), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(trained["outputs"][-1], trained["h"][0])
    np.testing.assert_allclose(trained["batch_major"].transpose(1, 0, 2), trained["outputs"], rtol=1e-6)
    assert trained["losses"][1] < trained["losses"][0]


def test_gates_in_the_order_of_the_cells_are_seen(trained):
    assert np.abs(trained["h"][0] - in_numpy(trained["vector"], (0, 2, 1, 3))).max() > 1e-3


def test_a_checkpoint_has_the_cells_weights_and_is_read_back(trained):
    w_i = trained["vector"][: UNITS * INPUTS].reshape(UNITS, INPUTS)
    np.testing.assert_array_equal(trained["kernel"][:INPUTS, :UNITS], w_i.T)
    # The cells' biases are sums of cuDNN's, which come back as halves.
    weights = UNITS * (INPUTS + UNITS) * 4
    np.testing.assert_array_equal(trained["read"][:weights], trained["vector"][:weights])
    before, after = (np.split(trained[name][weights:], 2) for name in ("vector", "read"))
    np.testing.assert_allclose(before[0] + before[1], after[0] + after[1], rtol=1e-6, atol=1e-7)


def test_dropout_is_between_layers_and_in_training_only():
    with tf1_behavior(), tf1.Session() as sess:
        tf1.set_random_seed(1)
        layer = tf1.contrib.cudnn_rnn.CudnnGRU(2, UNITS, dropout=0.5)
        dropped, _ = layer(tf1.constant(X), training=True)
        whole, _ = layer(tf1.constant(X), training=False)
        fed = tf1.placeholder(tf1.bool, [])
        chosen, _ = layer(tf1.constant(X), training=fed)
        sess.run(tf1.global_variables_initializer())
        plain = sess.run(whole)
        assert np.abs(sess.run(dropped) - plain).max() > 1e-3
        np.testing.assert_array_equal(sess.run(chosen, {fed: False}), plain)
        assert np.abs(sess.run(chosen, {fed: True}) - plain).max() > 1e-3


@pytest.mark.parametrize(
    "ways, as_cells",
    [("unidirectional", True), pytest.param("bidirectional", False, marks=pytest.mark.slow)],
    ids=["cells", "cudnns_parts"],
)
def test_an_older_model_is_the_layer_with_its_weights_given(ways, as_cells, tmp_path):
    rnn, path = tf1.contrib.cudnn_rnn, str(tmp_path / "older")
    with tf1_behavior(), tf1.Session() as sess:
        layer = rnn.CudnnLSTM(2, UNITS, direction=ways)
        expected = layer(tf1.constant(X))[0]
        model = rnn.CudnnLSTM(num_layers=2, num_units=UNITS, input_size=INPUTS, direction=ways)
        start = tf1.random_uniform([model.params_size()], -0.5, 0.5)
        vector = tf1.get_variable("weights", initializer=start, validate_shape=False)
        zeros = tf1.zeros([2 * layer.num_dirs, BATCH, UNITS])
        outputs, _, _ = model(X, zeros, zeros, vector, True)
        saveable = rnn.RNNParamsSaveable(
            model, model.params_to_canonical, model.canonical_to_params, [vector], base_variable_scope="RNN"
        )
        saver = tf1.train.Saver([saveable])
        sess.run(tf1.global_variables_initializer())
        sess.run(layer.kernel.assign(vector))
        first = sess.run(outputs)
        np.testing.assert_array_equal(sess.run(expected), first)
        saver.save(sess, path)
        sess.run(vector.assign(vector * 2.0))
        assert np.abs(sess.run(outputs) - first).max() > 1e-3
        saver.restore(sess, path)
        np.testing.assert_array_equal(sess.run(outputs), first)
    cells = [f"RNN/multi_rnn_cell/cell_{k}/cudnn_compatible_lstm_cell/" for k in range(2)]
    names = [cell + name for cell in cells for name in ("bias", "bias_cudnn_0", "bias_cudnn_1", "kernel")]
    parts = sorted(f"RNN/CudnnRNNParamsToCanonical:{number}" for number in range(64))
    assert [name for name, _ in tf1.train.list_variables(path)] == (names if as_cells else parts)


def test_what_the_cells_cannot_do_is_refused():
    with pytest.raises(NotImplementedError, match='Use "linear_input"'):
        tf1.contrib.cudnn_rnn.CudnnLSTM(1, 2, input_mode="skip_input")
    with pytest.raises(AttributeError, match="known to cuDNN only"):
        tf1.contrib.cudnn_rnn.CudnnParamsFormatConverterLSTM
    with pytest.raises(NotImplementedError, match="equally many"):
        tf1.contrib.cudnn_rnn.CudnnLSTM(1, 2, input_size=2, input_mode="auto_select")
