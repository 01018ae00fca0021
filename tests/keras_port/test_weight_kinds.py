"""Each kind of weight: there and back, as gradients are moved, and in layers that compute what TF 1's cells compute."""

import keras
import numpy as np
import pytest

from keras_port.conversion import weight_kinds

UNITS, INPUTS = 3, 2


def row(how, variables, weights, **more):
    return {"how": how, "variable": variables, "keras": weights, **more}


def distinct(*shape):
    return np.linspace(-1, 1, int(np.prod(shape)), dtype="float32").reshape(shape)


ROWS = {  # kind: (row, shapes of the variables, shapes of the weights)
    "copy": (row("copy", "v", "w"), [(2, 3)], [(2, 3)]),
    "lstm_kernel": (row("lstm_kernel", "v", ["k", "r"]), [(5, 12)], [(2, 12), (3, 12)]),
    "lstm_bias": (row("lstm_bias", "v", "w"), [(12,)], [(12,)]),
    "lstm_bias_folded": (row("lstm_bias_folded", "v", "w", forget_bias=0.5), [(12,)], [(12,)]),
    "gru": (
        row("gru", ["g", "gb", "c", "cb"], ["k", "r", "b"]),
        [(5, 6), (6,), (5, 3), (3,)],
        [(2, 9), (3, 9), (9,)],
    ),
    "joined_kernel": (row("joined_kernel", "v", ["k", "r"]), [(5, 3)], [(2, 3), (3, 3)]),
    "joined_kernel of gates": (
        row("joined_kernel", ["i", "f"], ["k", "r"], state_first=True),
        [(5, 3), (5, 3)],
        [(2, 6), (3, 6)],
    ),
    "transpose": (row("transpose", "v", "w", axes=[1, 2, 0]), [(2, 3, 4)], [(3, 4, 2)]),
    "reshape": (row("reshape", "v", "w", shape=[6], tf1_shape=[1, 2, 3]), [(1, 2, 3)], [(6,)]),
    "split": (row("split", "v", ["a", "b"], axis=0, sizes=[2, 3]), [(5, 2)], [(2, 2), (3, 2)]),
    "concat": (row("concat", ["a", "b"], "w", axis=1, sizes=[2, 3]), [(4, 2), (4, 3)], [(4, 5)]),
}


def test_every_kind_is_tried():
    assert {each["how"] for each, _, _ in ROWS.values()} == set(weight_kinds.KINDS)


def test_the_rows_of_a_kernel_that_reads_the_state_first():
    each, shapes, _ = ROWS["joined_kernel of gates"]
    kernels = {name: distinct(*shape) for name, shape in zip("if", shapes)}
    found = weight_kinds.from_tf1([each], kernels)
    assert np.array_equal(found["k"][:, :3], kernels["i"][3:]) and np.array_equal(found["r"][:, 3:], kernels["f"][:3])


@pytest.mark.parametrize("kind", ROWS)
def test_there_and_back(kind):
    each, shapes, weights_shapes = ROWS[kind]
    variables = {name: distinct(*shape) for name, shape in zip(weight_kinds.names(each, "variable"), shapes)}
    weights = weight_kinds.from_tf1([each], variables)
    assert [weights[name].shape for name in weight_kinds.names(each, "keras")] == weights_shapes
    for name, value in weight_kinds.to_tf1([each], weights).items():
        np.testing.assert_allclose(value, variables[name], rtol=0, atol=1.2e-7 if kind == "lstm_bias_folded" else 0)


@pytest.mark.parametrize("kind", ROWS)
def test_gradients_are_the_transpose_of_what_weights_do(kind):
    """<J dv, g> = <dv, J' g>, where J is the derivative of from_tf1, found from two of its values."""
    each, shapes, weights_shapes = ROWS[kind]
    generator = np.random.default_rng(0)
    step = {name: generator.normal(size=shape) for name, shape in zip(weight_kinds.names(each, "variable"), shapes)}
    moved = weight_kinds.from_tf1([each], step)
    zero = weight_kinds.from_tf1([each], {name: 0 * value for name, value in step.items()})
    gradients = {name: generator.normal(size=value.shape) for name, value in moved.items()}
    back = weight_kinds.gradients_to_tf1([each], gradients)
    left = sum(np.sum((moved[name] - zero[name]) * gradients[name]) for name in moved)
    assert left == pytest.approx(sum(np.sum(step[name] * back[name]) for name in step))
    again = weight_kinds.gradients_from_tf1([each], back)
    assert all(np.array_equal(again[name], gradients[name]) for name in gradients)


def test_the_folded_forget_bias_is_in_the_forget_gate_only():
    each = row("lstm_bias_folded", "v", "w")
    assert weight_kinds.from_tf1([each], {"v": np.zeros(8)})["w"].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert weight_kinds.gradients_to_tf1([each], {"w": np.ones(8)})["v"].tolist() == [1] * 8


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_step(variables, x, h, c):
    i, j, f, o = np.split(np.concatenate([x, h], 1) @ variables["kernel"] + variables["bias"], 4, axis=1)
    c = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
    return np.tanh(c) * sigmoid(o), c


def gru_step(variables, x, h, _):
    r, u = np.split(sigmoid(np.concatenate([x, h], 1) @ variables["g"] + variables["gb"]), 2, axis=1)
    candidate = np.tanh(np.concatenate([x, r * h], 1) @ variables["c"] + variables["cb"])
    return u * h + (1 - u) * candidate, None


def rnn_step(variables, x, h, _):
    return np.tanh(np.concatenate([x, h], 1) @ variables["v"] + variables["b"]), None


LAYERS = {
    "lstm": (
        keras.layers.LSTM,
        {},
        lstm_step,
        {"kernel": (5, 12), "bias": (12,)},
        [row("lstm_kernel", "kernel", ["kernel", "recurrent_kernel"]), row("lstm_bias_folded", "bias", "bias")],
    ),
    "gru": (
        keras.layers.GRU,
        {"reset_after": False},
        gru_step,
        {"g": (5, 6), "gb": (6,), "c": (5, 3), "cb": (3,)},
        [row("gru", ["g", "gb", "c", "cb"], ["kernel", "recurrent_kernel", "bias"])],
    ),
    "rnn": (
        keras.layers.SimpleRNN,
        {},
        rnn_step,
        {"v": (5, 3), "b": (3,)},
        [row("joined_kernel", "v", ["kernel", "recurrent_kernel"]), row("copy", "b", "bias")],
    ),
}


def computed(layer, weights, x):
    layer.set_weights([weights[name] for name in ("kernel", "recurrent_kernel", "bias")])
    return keras.ops.convert_to_numpy(layer(x))


@pytest.mark.parametrize("name", LAYERS)
def test_keras_layers_compute_what_the_cells_do(name):
    make, options, step, shapes, rows = LAYERS[name]
    variables = {name: distinct(*shape) for name, shape in shapes.items()}
    x = np.random.default_rng(0).normal(size=(4, 5, INPUTS)).astype("float32")
    h, c = np.zeros((2, 4, UNITS))
    for time in range(x.shape[1]):
        h, c = step(variables, x[:, time], h, c)
    layer = make(UNITS, **options)
    layer.build((None, None, INPUTS))
    weights = weight_kinds.from_tf1(rows, variables)
    np.testing.assert_allclose(computed(layer, weights, x), h, atol=1e-6)
    for mistake in weights:  # each weight counts
        swapped = {**weights, mistake: np.roll(weights[mistake], UNITS, axis=-1) + 0.01}
        assert np.max(np.abs(computed(layer, swapped, x) - h)) > 1e-3


WRONG = {
    "unknown kind": (row("lstm", "v", "w"), {"v": np.zeros(4)}, "unknown kind; expected one of copy, lstm_kernel"),
    "no such variable": (row("copy", "v", "w"), {"u": np.zeros(4)}, r"v -> w \(copy\): there is no v"),
    "shape": (row("lstm_bias", "v", "w"), {"v": np.zeros(6)}, r"does not fit arrays of shapes \(6,\)"),
    "count": (row("joined_kernel", "v", "w"), {"v": np.zeros((5, 3))}, "gives 2 arrays, the row names 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_row_that_cannot_be_followed_is_refused(case):
    each, variables, says = WRONG[case]
    with pytest.raises(ValueError, match=says):
        weight_kinds.from_tf1([each], variables)


def test_a_weight_in_two_rows_is_refused():
    with pytest.raises(ValueError, match="w is in another row, too"):
        weight_kinds.from_tf1([row("copy", "u", "w"), row("copy", "v", "w")], {"u": np.zeros(1), "v": np.ones(1)})
