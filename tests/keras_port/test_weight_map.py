"""TF 1 variables become Keras weights and come back with the same bits."""

import numpy as np
import pytest

from keras_port import bi_lstm, lstm, multi_lstm
from keras_port.conversion import gates, weight_map
from tests.keras_port import reference

BUILDERS = {"lstm": lstm.build, "multi_lstm": multi_lstm.build, "bi_lstm": bi_lstm.build}
SMALL = dict(units=6, rows=5, columns=4, classes=3)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def weights_of(model):
    return {weight.path: weight.numpy() for weight in model.weights}


@pytest.fixture(params=BUILDERS)
def model(request):
    built = BUILDERS[request.param](**SMALL)
    reference.set_distinct_weights(built)
    return built


def test_the_translated_kernel_computes_tensorflow_1_s_equations():
    """One step with the gates named one by one: columns i, j, f, o of one kernel over [x; h]."""
    x, h, c = (reference.distinct(shape, seed=n) for n, shape in enumerate([(2, 4), (2, 3), (2, 3)]))
    kernel, bias = reference.distinct((7, 12), seed=5), reference.distinct((12,), seed=6)
    i, j, f, o = np.split(np.concatenate([x, h], axis=1) @ kernel + bias, 4, axis=1)
    new_c = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
    new_h = np.tanh(new_c) * sigmoid(o)

    (pair,) = [p for p in weight_map.WEIGHT_MAP["lstm"] if p.is_lstm_kernel]
    keras_kernel, recurrent_kernel = pair.from_tf1(kernel)
    z = x @ keras_kernel + h @ recurrent_kernel + gates.ijfo_to_ifco(bias)
    named = dict(zip(gates.KERAS_GATES, np.split(z, 4, axis=1)))
    keras_c = sigmoid(named["f"] + 1.0) * c + sigmoid(named["i"]) * np.tanh(named["c"])
    np.testing.assert_allclose(sigmoid(named["o"]) * np.tanh(keras_c), new_h, rtol=1e-6)


def test_there_and_back_has_the_same_bits(model):
    weights = weights_of(model)
    back = weight_map.from_tf1(model.name, weight_map.to_tf1(model.name, weights))
    assert list(back) != [] and set(back) == set(weights)
    assert all(np.array_equal(back[path], weights[path]) for path in weights)


def test_names_and_shapes_are_those_of_the_tf1_programs():
    shapes = {name: value.shape for name, value in weight_map.to_tf1("bi_lstm", weights_of(bi_lstm.build())).items()}
    scope = "train_op/BiRNN/bidirectional_rnn"
    assert list(shapes.items()) == [
        ("out/Variable", (512, 10)),
        ("out/biases", (10,)),
        (f"{scope}/fw/basic_lstm_cell/kernel", (284, 1024)),
        (f"{scope}/fw/basic_lstm_cell/bias", (1024,)),
        (f"{scope}/bw/basic_lstm_cell/kernel", (284, 1024)),
        (f"{scope}/bw/basic_lstm_cell/bias", (1024,)),
    ]
    for name, scope in (("lstm", "rnn"), ("multi_lstm", "rnn/multi_rnn_cell/cell_0")):
        shapes = {name: value.shape for name, value in weight_map.to_tf1(name, weights_of(BUILDERS[name]())).items()}
        assert list(shapes.items()) == [
            ("Variable", (28, 128)),
            ("Variable_1", (128, 10)),
            ("Variable_2", (128,)),
            ("Variable_3", (10,)),
            (f"train_op/lstm/{scope}/basic_lstm_cell/kernel", (256, 512)),
            (f"train_op/lstm/{scope}/basic_lstm_cell/bias", (512,)),
        ]


def test_the_permutation_is_its_own_inverse_and_not_none():
    ijfo = np.arange(8)
    assert gates.ijfo_to_ifco(ijfo).tolist() == [0, 1, 4, 5, 2, 3, 6, 7]
    assert gates.ifco_to_ijfo(gates.ijfo_to_ifco(ijfo)).tolist() == ijfo.tolist()


def test_missing_and_unknown_weights_are_named(model):
    weights = weights_of(model)
    weights["other"] = weights.pop("readout/bias")
    with pytest.raises(ValueError, match="not the weights of .*readout/bias is missing; other is unknown"):
        weight_map.to_tf1(model.name, weights)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: gates.ijfo_to_ifco(np.zeros((2, 6))),
        lambda: gates.split_kernel(np.zeros((3, 12)), 3),
        lambda: gates.split_kernel(np.zeros(12), 3),
    ],
    ids=["no four gates", "no input rows", "no matrix"],
)
def test_arrays_of_other_shapes_are_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
