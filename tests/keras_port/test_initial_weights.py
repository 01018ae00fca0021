"""The weights start from TensorFlow 1's distributions, not from Keras's."""

import keras
import numpy as np
import pytest

from keras_port import BasicLSTMCell, bi_lstm, lstm, multi_lstm


@pytest.fixture(scope="module")
def weights():
    """The initial weights of the three networks at the tutorial's sizes: {model: {path: array}}."""
    keras.utils.set_random_seed(1)
    return {
        build.__module__.rpartition(".")[2]: {weight.path: weight.numpy() for weight in build().weights}
        for build in (lstm.build, multi_lstm.build, bi_lstm.build)
    }


@pytest.mark.parametrize("model", ["lstm", "multi_lstm"])
@pytest.mark.parametrize("kernel", ["input_projection/kernel", "readout/kernel"])
def test_projection_and_readout_start_normal_0_1(weights, model, kernel):
    values = weights[model][kernel]
    five_deviations = 5 / np.sqrt(values.size)
    assert abs(values.mean()) < five_deviations
    assert abs(values.std() - 1) < five_deviations
    assert np.abs(values).max() > 2.5  # Glorot's uniform would end at 0.4


def test_the_bi_lstm_readout_starts_truncated_normal_0_1(weights):
    """Cut at two deviations and not scaled up again, as tf.truncated_normal: deviation 0.088."""
    values = weights["bi_lstm"]["readout/kernel"]
    assert np.abs(values).max() <= 0.2
    assert values.std() == pytest.approx(0.0880, rel=0.05)  # 5 deviations; an uncut one has 0.1


@pytest.mark.parametrize(
    "model, path",
    [
        ("lstm", "input_projection/bias"),
        ("lstm", "readout/bias"),
        ("multi_lstm", "input_projection/bias"),
        ("multi_lstm", "readout/bias"),
        ("bi_lstm", "readout/bias"),
    ],
)
def test_biases_of_projection_and_readout_start_at_a_tenth(weights, model, path):
    assert np.all(weights[model][path] == np.float32(0.1))


def fills_the_uniform(values, inputs, units):
    """Whether values are drawn evenly from Glorot's uniform of the joined kernel."""
    limit = np.sqrt(6 / ((inputs + units) + 4 * units))
    reaches_the_ends = 0.999 * limit < values.max() <= limit and -limit <= values.min() < -0.999 * limit
    return reaches_the_ends and values.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)


@pytest.mark.parametrize(
    "model, layer, inputs, units",
    [
        ("lstm", "lstm", 128, 128),
        ("multi_lstm", "lstm", 128, 128),
        ("bi_lstm", "forward_lstm", 28, 256),
        ("bi_lstm", "backward_lstm", 28, 256),
    ],
)
def test_both_kernels_start_in_the_uniform_of_the_joined_one(weights, model, layer, inputs, units):
    for name in ("kernel", "recurrent_kernel"):
        assert fills_the_uniform(weights[model][f"{layer}/basic_lstm_cell/{name}"], inputs, units)
    assert np.all(weights[model][f"{layer}/basic_lstm_cell/bias"] == 0)  # no ones for the forget gate


def test_the_limit_of_each_kernel_by_itself_is_found(monkeypatch):
    monkeypatch.setattr(keras.initializers, "RandomUniform", lambda *limits: keras.initializers.GlorotUniform())
    cell = BasicLSTMCell(256)
    cell.build((None, 28))
    for values in cell.get_weights()[:2]:
        assert not fills_the_uniform(values, 28, 256)


def test_the_two_kernels_are_not_the_same_draw():
    cell = BasicLSTMCell(8)
    cell.build((None, 8))
    assert not np.any(cell.get_weights()[0] == cell.get_weights()[1])


def test_the_same_seed_gives_the_same_weights():
    def start(seed):
        keras.utils.set_random_seed(seed)
        return lstm.build(units=4).get_weights()

    assert all(map(np.array_equal, start(3), start(3)))
    assert not np.array_equal(start(3)[0], start(4)[0])
