"""Keras layers with the weights of TF 1 cells compute what TensorFlow 1.15 did with those cells."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from keras_port import BasicLSTMCell
from keras_port.conversion import cells
from tests.golden import store

RECORDED, _ = store.read("cells_for_keras")
INPUTS = store.load_cases("cells_for_keras")["basic_lstm"].__globals__["distinct"]((2, 4, 3), scale=1.0)
# float32, four steps: rounding only.
ROUNDING = dict(rtol=1e-5, atol=1e-6)


def variables_of(case):
    return {
        key.removeprefix("variables/"): value for key, value in RECORDED[case].items() if key.startswith("variables/")
    }


def sequence(layer, units, **options):
    return layer(units, return_sequences=True, **options)


def gru(units):
    return sequence(layers.GRU, units, reset_after=False)


def cudnn_gru(units):
    return sequence(layers.GRU, units, reset_after=True)


def basic_lstm(units, forget_bias=1.0):
    return layers.RNN(BasicLSTMCell(units, forget_bias), return_sequences=True)


def shared():
    return [sequence(layers.LSTM, 3)] * 3


CASES = {  # what makes the Keras side; options of the conversion
    "basic_lstm": (lambda: sequence(layers.LSTM, 5), {}),
    "basic_lstm to BasicLSTMCell": (lambda: basic_lstm(5), {}),
    "basic_lstm_with_another_forget_bias": (lambda: sequence(layers.LSTM, 5), {"forget_bias": 0.25}),
    "basic_lstm_with_another_forget_bias to BasicLSTMCell": (lambda: basic_lstm(5, 0.25), {"forget_bias": 0.25}),
    "lstm": (lambda: sequence(layers.LSTM, 5), {}),
    "gru": (lambda: gru(5), {}),
    "basic_rnn": (lambda: sequence(layers.SimpleRNN, 5), {}),
    "stack": (lambda: [sequence(layers.LSTM, 5), gru(4)], {}),
    "stack to StackedRNNCells": (
        lambda: layers.RNN([layers.LSTMCell(5), layers.GRUCell(4, reset_after=False)], return_sequences=True),
        {},
    ),
    "shared_stack": (shared, {}),
    "shared_stack to BasicLSTMCell": (lambda: [basic_lstm(3)] * 3, {}),
    "cudnn_lstm": (lambda: [sequence(layers.LSTM, 5), sequence(layers.LSTM, 5)], {}),
    "cudnn_lstm to BasicLSTMCell": (lambda: [basic_lstm(5, 0.0), basic_lstm(5, 0.0)], {}),
    "cudnn_gru": (lambda: [cudnn_gru(5), cudnn_gru(5)], {}),
    "cudnn_lstm_both_ways": (lambda: [layers.Bidirectional(sequence(layers.LSTM, 5)) for _ in range(2)], {}),
    "cudnn_gru_both_ways": (lambda: [layers.Bidirectional(cudnn_gru(5)) for _ in range(2)], {}),
    "pair": (lambda: layers.Bidirectional(sequence(layers.LSTM, 5)), {}),
    "pair_of_stacks": (
        lambda: layers.Bidirectional(layers.RNN([layers.LSTMCell(5), layers.LSTMCell(4)], return_sequences=True)),
        {},
    ),
    "stack_of_pairs": (lambda: [layers.Bidirectional(gru(5)), layers.Bidirectional(gru(4))], {}),
    "cell_among_others": (lambda: sequence(layers.LSTM, 5), {"scope": "decoder/rnn/reader"}),
}


def applied(layer):
    """The outputs of a layer, or of a list of layers one on the other; builds them at first."""
    outputs = INPUTS
    for one in layer if isinstance(layer, list) else [layer]:
        outputs = one(outputs)
    return keras.ops.convert_to_numpy(outputs)


def prepared(case):
    """A built Keras side, the TF 1 variables, and the conversion's options."""
    make, options = CASES[case]
    layer = make()
    applied(layer)
    return layer, variables_of(case.partition(" ")[0]), options


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_those_of_tensorflow_1_15(case):
    layer, variables, options = prepared(case)
    used = cells.to_keras(layer, variables, **options)
    np.testing.assert_allclose(applied(layer), RECORDED[case.partition(" ")[0]]["outputs"], **ROUNDING)
    assert set(used) == {name for name in variables if name.startswith(options.get("scope", ""))}


@pytest.mark.parametrize("case", CASES)
def test_the_way_back_gives_the_same_bits_but_for_a_folded_forget_bias(case):
    layer, variables, options = prepared(case)
    used = cells.to_keras(layer, variables, **options)
    back = cells.from_keras(layer, list(variables), **options)
    assert set(back) == set(used)
    for name, value in back.items():
        folded = name.endswith("lstm_cell/bias") or name.endswith("reader/bias")
        if folded and "BasicLSTMCell" not in case:
            np.testing.assert_allclose(value, variables[name], rtol=0, atol=1e-7)  # a float32 near 1
        else:
            assert value.tobytes() == variables[name].tobytes()


@pytest.mark.parametrize("mistake", ["forget bias", "directions"])
def test_a_mistake_is_seen(mistake):
    layer, variables, _ = prepared("pair")
    if mistake == "directions":
        variables = {
            re.sub("/(fw|bw)/", lambda way: {"/fw/": "/bw/", "/bw/": "/fw/"}[way[0]], name): value
            for name, value in variables.items()
        }
    cells.to_keras(layer, variables, forget_bias=0.0 if mistake == "forget bias" else 1.0)
    assert np.abs(applied(layer) - RECORDED["pair"]["outputs"]).max() > 1e-3


CUDNN_MISTAKES = {  # what a wrong conversion of a cuDNN layer's checkpoint would be; seen in the outputs
    "a forget bias": ("cudnn_lstm", lambda name, value: value, {"forget_bias": 1.0}),
    "gates swapped": (
        "cudnn_gru",
        lambda name, value: np.roll(value, 5, axis=-1) if "gates/" in name else value,
        {},
    ),
    "the state's bias beside the input": (
        "cudnn_gru",
        lambda name, value: np.zeros_like(value) if name.endswith("hidden_projection/bias") else value,
        {},
    ),
}


@pytest.mark.parametrize("mistake", CUDNN_MISTAKES)
def test_a_mistake_with_cudnn_is_seen(mistake):
    case, change, options = CUDNN_MISTAKES[mistake]
    layer, variables, _ = prepared(case)
    cells.to_keras(layer, {name: change(name, value) for name, value in variables.items()}, **options)
    assert np.abs(applied(layer) - RECORDED[case]["outputs"]).max() > 1e-3


OLD_NAMES = {
    "before 1.2": ("stack", [("kernel", "weights"), ("bias", "biases")]),
    "before 1.0": (
        "stack",
        [
            ("kernel", "Linear/Matrix"),
            ("bias", "Linear/Bias"),
            ("rnn/multi_rnn_cell/cell_", "RNN/MultiRNNCell/Cell"),
            ("basic_lstm_cell", "BasicLSTMCell"),
            ("gru_cell", "GRUCell"),
            ("gates", "Gates"),
            ("candidate", "Candidate"),
        ],
    ),
    "an outer scope": ("stack", [("rnn/multi", "tower/model/rnn/multi")]),
}


@pytest.mark.parametrize("case", OLD_NAMES)
def test_other_names_are_understood(case):
    recorded, replacements = OLD_NAMES[case]
    layer, variables, _ = prepared(recorded)
    for old, new in replacements:
        variables = {name.replace(old, new): value for name, value in variables.items()}
    cells.to_keras(layer, variables)
    np.testing.assert_allclose(applied(layer), RECORDED[recorded]["outputs"], **ROUNDING)


def built(layer):
    applied(layer)
    return layer


REFUSED = {  # what makes the layer, what makes the variables, what is said
    "peepholes": (
        lambda: built(layers.LSTM(5)),
        lambda: variables_of("peepholes"),
        "holds bias, kernel, w_f_diag, w_i_diag, w_o_diag; LSTMCell takes only kernel, bias",
    ),
    "a projection": (
        lambda: built(layers.LSTM(5)),
        lambda: variables_of("projection"),
        "holds bias, kernel, projection/kernel; LSTMCell takes only kernel, bias",
    ),
    "another kind of cell": (
        lambda: built(layers.LSTM(5)),
        lambda: variables_of("gru"),
        "holds candidate/bias, .*gates/kernel; LSTMCell takes only kernel, bias",
    ),
    "another size": (lambda: built(layers.LSTM(6)), lambda: variables_of("lstm"), "give weights of shapes .*has"),
    "a layer without weights": (lambda: layers.LSTM(5), lambda: variables_of("lstm"), "has no weights yet"),
    "no cell": (lambda: built(layers.LSTM(5)), dict, "expected the variables of one cell; found none"),
    "several cells": (
        lambda: built(layers.LSTM(5)),
        lambda: variables_of("pair"),
        "expected the variables of one cell; found .*bw/basic_lstm_cell.* Say which by `scope`",
    ),
    "layers that do not share": (
        lambda: [built(layers.LSTM(3)), built(layers.LSTM(3))],
        lambda: variables_of("shared_stack"),
        r"expected cells \[0, 1\].*have \['0'\]",
    ),
    "a layer for two cells": (
        lambda: [built(layers.LSTM(5))] * 2,
        lambda: variables_of("stack"),
        r"expected cells \[0\].*have \['0', '1'\]",
    ),
    "one direction": (
        lambda: built(layers.Bidirectional(layers.LSTM(5))),
        lambda: variables_of("lstm"),
        r"expected cells \['fw', 'bw'\].*have \['None'\]",
    ),
    "reset after": (lambda: built(layers.GRU(5)), lambda: variables_of("gru"), "make the layer with reset_after=False"),
    "reset before": (
        lambda: [built(gru(5)), gru(5)],
        lambda: variables_of("cudnn_gru"),
        "make the layer with reset_after=True",
    ),
    "another forget bias": (
        lambda: built(basic_lstm(5, 0.5)),
        lambda: variables_of("basic_lstm"),
        "adds a forget bias of 0.5; expected 1.0",
    ),
    "no recurrent layer": (lambda: built(layers.Dense(5)), lambda: variables_of("lstm"), "expected one of .*LSTMCell"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_pair_up_is_refused(case):
    make, variables, says = REFUSED[case]
    layer = make()
    before = [weight.numpy() for weight in getattr(layer, "weights", [])]
    with pytest.raises(ValueError, match=says):
        cells.to_keras(layer, variables())
    assert all(map(np.array_equal, before, [weight.numpy() for weight in getattr(layer, "weights", [])]))
