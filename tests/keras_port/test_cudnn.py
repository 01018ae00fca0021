"""A cuDNN layer's checkpoint becomes stock Keras layers that compute what TensorFlow 1.15's own cells did."""

import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_port.conversion import convert
from keras_port.conversion.checkpoint import write
from mnist_training import InputError
from tests.golden import store

RECORDED, _ = store.read("cells_for_keras")
INPUTS = store.load_cases("cells_for_keras")["gru"].__globals__["distinct"]((2, 4, 3), scale=1.0)
CASES = ["cudnn_lstm", "cudnn_gru", "cudnn_lstm_both_ways", "cudnn_gru_both_ways"]


def variables_of(case, **more):
    start = "variables/"
    recorded = {key.removeprefix(start): value for key, value in RECORDED[case].items() if key.startswith(start)}
    return {**recorded, **more}


def converted(folder, variables, **options):
    write(folder / "model.ckpt", variables)
    return convert.load(folder / "model.ckpt", options)


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_those_of_tensorflow_1_15(tmp_path, case):
    opaque = {"cudnn/opaque_kernel": np.ones(9, "float32"), "readout/kernel": np.ones((5, 2), "float32")}
    model, report = converted(tmp_path, variables_of(case, **opaque))
    np.testing.assert_allclose(model.predict(INPUTS, verbose=0), RECORDED[case]["outputs"], rtol=1e-5, atol=1e-6)
    assert {name for name, _, _ in report.rows} == {*variables_of(case), *opaque}
    left_out = {name: why for name, _, why in report.rows if why.startswith("left out")}
    assert set(left_out) == set(opaque) and "cuDNN's own vector" in left_out["cudnn/opaque_kernel"]
    kinds = {type(layer) for layer in model.layers[1:]}
    assert kinds <= {keras.layers.LSTM, keras.layers.GRU, keras.layers.Bidirectional}


def test_layers_in_the_wrong_order_are_seen(tmp_path):
    """The planted mistake: the first layer's weights in the second, of the same shapes, and the other way round."""
    swap = {"fw": "bw", "bw": "fw"}
    variables = {
        "/".join(swap.get(part, part) for part in name.split("/")): value
        for name, value in variables_of("cudnn_gru_both_ways").items()
    }
    model, _ = converted(tmp_path, variables)
    difference = np.abs(model.predict(INPUTS, verbose=0) - RECORDED["cudnn_gru_both_ways"]["outputs"]).max()
    assert difference > 1e-3


def test_several_layers_and_options_are_refused(tmp_path):
    one = variables_of("cudnn_lstm")
    with pytest.raises(InputError, match=r"expected one cuDNN layer; found no scope \(lstm\), other \(lstm\)"):
        converted(tmp_path, {**one, **{f"other/{name}": value for name, value in one.items()}})
    with pytest.raises(InputError, match="--forget-bias: a cuDNN layer's checkpoint needs none of it"):
        converted(tmp_path, one, forget_bias=1.0)


def test_a_layer_that_is_not_whole_is_refused(tmp_path):
    whole = variables_of("cudnn_gru")
    lacking = {
        name: value for name, value in whole.items() if not name.endswith("cell_1/cudnn_compatible_gru_cell/gates/bias")
    }
    with pytest.raises(InputError, match="it lacks gates/bias"):
        converted(tmp_path, lacking)


@pytest.mark.slow
def test_the_command_converts_one(tmp_path):
    write(tmp_path / "model.ckpt", variables_of("cudnn_lstm_both_ways"))
    command = [sys.executable, "-m", "keras_port", "convert", tmp_path / "model.ckpt", tmp_path / "model.keras"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    assert "both_ways_lstm_1, backward, gates i, j, f, o -> i, f, c, o" in done.stdout
    model = keras.saving.load_model(tmp_path / "model.keras")
    expected = RECORDED["cudnn_lstm_both_ways"]["outputs"]
    np.testing.assert_allclose(model.predict(INPUTS, verbose=0), expected, rtol=1e-5, atol=1e-6)
