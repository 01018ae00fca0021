"""The three networks compute what their numpy references do, and are ordinary Keras models."""

import functools

import keras
import numpy as np
import pytest

import keras_port
from keras_port import bi_lstm, lstm, multi_lstm
from tests.keras_port import reference
from tests.keras_port.reference import distinct

SMALL = dict(units=6, rows=5, columns=4, classes=3)  # rows and columns differ on purpose
REFERENCES = {
    "lstm": reference.lstm_logits,
    "multi_lstm": reference.multi_lstm_logits,
    "bi_lstm": reference.bi_lstm_logits,
}
BUILDERS = {"lstm": lstm.build, "multi_lstm": multi_lstm.build, "bi_lstm": bi_lstm.build}
IMAGES = distinct((7, 5, 4), scale=1, seed=9)
# float32 against float64, a few steps: rounding only.
ROUNDING = dict(rtol=1e-5, atol=1e-6)


@pytest.fixture(params=BUILDERS)
def model(request):
    """Each network, small, with distinct weights."""
    built = BUILDERS[request.param](**SMALL)
    reference.set_distinct_weights(built)
    return built


def logits(model, images=IMAGES, **call):
    return keras.ops.convert_to_numpy(model(images, **call))


def test_logits_are_those_of_the_numpy_reference(model):
    np.testing.assert_allclose(logits(model), REFERENCES[model.name](IMAGES, *model.get_weights()), **ROUNDING)


def _swapped(weights, one, other):
    """The weights with two gate blocks swapped in every array that has gates."""
    units, swapped = SMALL["units"], []
    for weight in weights:
        if weight.shape[-1] == 4 * units:
            blocks = np.split(weight, 4, axis=-1)
            blocks[one], blocks[other] = blocks[other], blocks[one]
            weight = np.concatenate(blocks, axis=-1)
        swapped.append(weight)
    return swapped


@pytest.mark.parametrize("one, other", [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_swapped_gates_are_seen(model, one, other):
    wrong = REFERENCES[model.name](IMAGES, *_swapped(model.get_weights(), one, other))
    assert np.abs(logits(model) - wrong).max() > 1e-3


MISTAKES = {
    "forget bias left out": ("lstm", functools.partial(reference.lstm_logits, forget_bias=0.0)),
    "first layer read out": ("multi_lstm", functools.partial(reference.multi_lstm_logits, read_layer=1)),
    "third layer read out": ("multi_lstm", functools.partial(reference.multi_lstm_logits, read_layer=3)),
    "backward half reads all rows": ("bi_lstm", functools.partial(reference.bi_lstm_logits, backward_rows=5)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_seen(mistake):
    name, wrong = MISTAKES[mistake]
    model = BUILDERS[name](**SMALL)
    reference.set_distinct_weights(model)
    assert np.abs(logits(model) - wrong(IMAGES, *model.get_weights())).max() > 1e-3


def test_the_backward_half_reads_just_the_last_row():
    model = bi_lstm.build(**SMALL)
    both = keras.Model(model.input, model.get_layer("both_directions").output)
    changed = IMAGES.copy()
    changed[:, :-1] += 1
    before, after = logits(both), logits(both, changed)
    assert np.array_equal(before[:, 6:], after[:, 6:])  # backward: sees no difference
    assert not np.allclose(before[:, :6], after[:, :6])  # forward: does


TUTORIAL_WEIGHTS = {
    "lstm": [
        ("input_projection/kernel", (28, 128)),
        ("input_projection/bias", (128,)),
        ("lstm/basic_lstm_cell/kernel", (128, 512)),
        ("lstm/basic_lstm_cell/recurrent_kernel", (128, 512)),
        ("lstm/basic_lstm_cell/bias", (512,)),
        ("readout/kernel", (128, 10)),
        ("readout/bias", (10,)),
    ],
    "bi_lstm": [
        (f"{direction}_lstm/basic_lstm_cell/{name}", shape)
        for direction in ("forward", "backward")
        for name, shape in (("kernel", (28, 1024)), ("recurrent_kernel", (256, 1024)), ("bias", (1024,)))
    ]
    + [("readout/kernel", (512, 10)), ("readout/bias", (10,))],
}
TUTORIAL_WEIGHTS["multi_lstm"] = TUTORIAL_WEIGHTS["lstm"]  # one cell, shared by all layers


@pytest.mark.parametrize("name, count", [("lstm", 136_586), ("multi_lstm", 136_586), ("bi_lstm", 588_810)])
def test_the_tutorial_sizes(name, count):
    model = BUILDERS[name]()
    assert model.input_shape == (None, 28, 28) and model.output_shape == (None, 10)
    assert [(w.path, tuple(w.shape)) for w in model.trainable_weights] == TUTORIAL_WEIGHTS[name]
    assert model.count_params() == count and model.trainable_weights == model.weights
    lines = []
    model.summary(print_fn=lines.append)
    assert f"{count:,}" in "\n".join(lines)


def test_shapes_between_the_layers():
    model = lstm.build()
    assert model.get_layer("input_projection").output.shape == (None, 28, 128)
    assert model.get_layer("lstm").output.shape == (None, 128)
    assert bi_lstm.build().get_layer("both_directions").output.shape == (None, 512)


def test_a_model_is_an_ordinary_keras_model(model, tmp_path):
    labels = np.eye(3)[np.arange(7) % 3]
    model.fit(IMAGES, labels, epochs=2, batch_size=4, verbose=0)
    model.run_eagerly = True  # from here on; tracing would take longer than running
    evaluated = model.evaluate(IMAGES, labels, verbose=0, return_dict=True)
    assert set(evaluated) == {"loss", "accuracy"}
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    loaded.run_eagerly = True
    assert np.array_equal(loaded.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0))
    assert loaded.evaluate(IMAGES, labels, verbose=0, return_dict=True) == evaluated
    assert [weight.path for weight in loaded.weights] == [weight.path for weight in model.weights]
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations) == 4


def test_the_forget_bias_is_kept_in_the_file(tmp_path):
    model = lstm.build(**SMALL, forget_bias=0.25)
    reference.set_distinct_weights(model)
    expected = reference.lstm_logits(IMAGES, *model.get_weights(), forget_bias=0.25)
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(logits(keras.saving.load_model(tmp_path / "model.keras")), expected, **ROUNDING)


def test_the_optimizer_and_loss_are_the_tutorials():
    model = lstm.build(**SMALL, learning_rate=0.002)
    assert type(model.optimizer) is keras.optimizers.Adam
    optimizer = model.optimizer.get_config()
    # As doubles: numpy would round 0.9 before it compared it with a float32.
    assert (optimizer["beta_1"], optimizer["beta_2"]) == (float(np.float32(0.9)), float(np.float32(0.999)))
    assert optimizer["epsilon"] == 1e-8
    assert optimizer["learning_rate"] == pytest.approx(0.002)
    assert optimizer["weight_decay"] is None and optimizer["clipnorm"] is None
    assert model.loss.get_config()["from_logits"] is True


def test_adam_is_that_of_tensorflow_1():
    """Epsilon stands outside the bias correction: seen with a gradient as small as epsilon."""
    optimizer = keras.optimizers.Adam.from_config(lstm.build(**SMALL).optimizer.get_config())
    variable = keras.Variable(np.float32([0.0]))
    m = v = expected = 0.0
    for step, gradient in enumerate([1e-8, 3e-8, -1e-8], start=1):
        optimizer.apply([keras.ops.array([gradient], dtype="float32")], [variable])
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        rate = 0.001 * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        expected -= rate * m / (np.sqrt(v) + 1e-8)
    assert float(variable.value[0]) == pytest.approx(expected, rel=1e-4)
    corrected = 0.001 * 1e-8 / (1e-8 + 1e-8)  # the first step, were the moments corrected first
    assert abs(expected) < corrected / 3


def adam_steps(optimizer, number=100):
    """Return where a variable is after some steps along the same gradient, each some learning rate long."""
    variable = keras.Variable(np.float32([0.0]))
    for _ in range(number):
        optimizer.apply([keras.ops.array([1.0], dtype="float32")], [variable])
    return float(variable.value[0])


def test_adam_takes_1_minus_beta_in_float32_as_tensorflow_1_did():
    """Else each step is 6e-6 too long, and the losses of 782 steps are 7e-3 apart."""
    m = v = expected = 0.0
    beta_1, beta_2 = (float(np.float32(beta)) for beta in (0.9, 0.999))
    for step in range(1, 101):
        m, v = beta_1 * m + (1 - beta_1), beta_2 * v + (1 - beta_2)
        # TensorFlow 1 keeps powers of the float32 betas, too.
        expected -= 0.001 * np.sqrt(1 - beta_2**step) / (1 - beta_1**step) * m / (np.sqrt(v) + 1e-8)
    config = lstm.build(**SMALL).optimizer.get_config()
    ours = keras.optimizers.Adam.from_config(config)
    assert adam_steps(ours) == pytest.approx(expected, rel=1e-6)
    doubles = keras.optimizers.Adam.from_config({**config, "beta_1": 0.9, "beta_2": 0.999})
    assert adam_steps(doubles) != pytest.approx(expected, rel=1e-6)


def masks(model, images, steps=1):
    """Return the masks, True where kept, at dropout_1 and dropout_2 of each step of the model in training."""
    seen = keras.Model(model.input, [model.get_layer(f"dropout_{n}").output for n in (1, 2)])
    return [keras.ops.convert_to_numpy(kept) != 0 for _ in range(steps) for kept in seen(images, training=True)]


def test_every_step_layer_and_call_has_a_mask_of_its_own():
    model = multi_lstm.build(units=64, rows=5, columns=4)
    drawn = masks(model, np.ones((8, 5, 4), "float32"), steps=2)
    assert len(drawn) == 4 and 0.4 < np.mean(drawn) < 0.6
    each_step = [mask[:, step] for mask in drawn for step in range(5)]
    for number, mask in enumerate(each_step):
        assert not any(np.array_equal(mask, other) for other in each_step[:number])


@pytest.mark.parametrize("keep_prob", [0.5, 0.9, 1.0])
def test_keep_prob_is_the_probability_of_keeping_an_input(keep_prob):
    model = multi_lstm.build(units=64, rows=20, columns=4, keep_prob=keep_prob)
    reference.set_distinct_weights(model)
    layers = [model.get_layer(name) for name in ("input_projection", "dropout_1")]
    around = keras.Model(model.input, [layer.output for layer in layers])
    inputs, dropped = map(keras.ops.convert_to_numpy, around(distinct((16, 20, 4), scale=1), training=True))
    kept = dropped != 0
    assert np.mean(kept) == pytest.approx(keep_prob, abs=0.02)  # 5 standard deviations
    np.testing.assert_allclose(dropped[kept], inputs[kept] / keep_prob, rtol=1e-6)


def test_dropout_is_on_the_inputs_of_both_layers_and_only_in_training():
    model = multi_lstm.build(**SMALL)
    assert model.get_layer("dropout_1").input is model.get_layer("input_projection").output
    assert model.get_layer("dropout_2").rate == model.get_layer("dropout_1").rate == 0.5
    assert np.array_equal(logits(model), logits(model))
    assert not np.allclose(logits(model, training=True), logits(model, training=True))


def test_replayed_masks_give_the_logits_of_the_reference():
    """A dropped layer is the same stack with masked inputs; that is how a run is replayed."""
    model = multi_lstm.build(**SMALL)
    reference.set_distinct_weights(model)
    w_in, b_in, kernel, recurrent_kernel, bias, w_out, b_out = model.get_weights()
    first_mask, second_mask = np.random.default_rng(0).integers(0, 2, (2, 7, 5, 6))
    h = reference.lstm((IMAGES @ w_in + b_in) * first_mask * 2, kernel, recurrent_kernel, bias)
    h = reference.lstm(h * second_mask * 2, kernel, recurrent_kernel, bias)
    projected = model.get_layer("input_projection")(IMAGES)
    first, _, _ = model.get_layer("lstm")(projected * (first_mask * 2.0))
    _, second_h, _ = model.get_layer("lstm")(first * (second_mask * 2.0))
    replayed = keras.ops.convert_to_numpy(model.get_layer("readout")(second_h))
    np.testing.assert_allclose(replayed, h[:, -1] @ w_out + b_out, **ROUNDING)


@pytest.mark.parametrize("layers", [2, 3, 7])
def test_layers_above_the_second_change_nothing(layers):
    model = multi_lstm.build(**SMALL, layers=layers)
    reference.set_distinct_weights(model)
    assert model.count_params() == multi_lstm.build(**SMALL).count_params()
    np.testing.assert_allclose(logits(model), reference.multi_lstm_logits(IMAGES, *model.get_weights()), **ROUNDING)


@pytest.mark.parametrize(
    "wrong, says",
    [
        (lambda: multi_lstm.build(layers=1), "layers: expected 2 or more.*received 1"),
        (lambda: multi_lstm.build(keep_prob=0), "keep_prob: expected above 0.*received 0"),
        (lambda: multi_lstm.build(keep_prob=1.5), "keep_prob: .*received 1.5"),
        (lambda: keras_port.BasicLSTMCell(0), "units: expected a positive whole number; received 0"),
        (lambda: keras_port.BasicLSTMCell(2.5), "units: .*received 2.5"),
    ],
    ids=["one layer", "keep nothing", "keep too much", "no units", "half a unit"],
)
def test_what_cannot_be_built_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        wrong()
