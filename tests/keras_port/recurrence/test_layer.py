"""keras_port.recurrence.LSTM computes what keras.layers.RNN does with the plain cell: values and all gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_port.cell import BasicLSTMCell
from keras_port.recurrence import LSTM, InputProjection, on_tensorflow
from tests.keras_port.reference import distinct

BATCH, STEPS, FEATURES, UNITS = 66, 5, 3, 64  # large enough for the compiled loop; two shares of 33 on two cores
# Sums of a few hundred float32 products, in another order.
ROUNDING = dict(rtol=1e-4, atol=1e-5)


@pytest.fixture(autouse=True)
def two_shares(monkeypatch):
    monkeypatch.setattr(on_tensorflow, "_threads", lambda: 2)


def network(make_lstm, make_projection, forget_bias=1.0, **options):
    """A projection and an LSTM layer; both hold the same weights whoever makes them."""
    projection = make_projection(4)
    lstm = make_lstm(BasicLSTMCell(UNITS, forget_bias), **options)
    projection.build((None, STEPS, FEATURES))
    lstm.build((None, STEPS, 4))
    for seed, weight in enumerate(projection.weights + lstm.weights):
        weight.assign(distinct(tuple(weight.shape), scale=0.3, seed=seed))
    return projection, lstm


def computed(projection, lstm, batch=BATCH, initial_state=None, training=True, steps=STEPS):
    """Return what the layers give, and the gradients of a loss that reads all of it, in one list."""
    images = tf.constant(distinct((batch, steps, FEATURES), scale=1.0))
    states = [tf.constant(distinct((batch, UNITS), scale=0.5, seed=seed)) for seed in (8, 9)] if initial_state else []

    @tf.function(autograph=False)
    def run(images, *states):
        variables = [weight.value for weight in projection.weights + lstm.weights]
        with tf.GradientTape() as tape:
            tape.watch((images, *states))
            given = lstm(projection(images), initial_state=list(states) or None, training=training)
            given = given if isinstance(given, (list, tuple)) else [given]
            loss = sum(tf.reduce_sum(value * (1 + number) * value) for number, value in enumerate(given))
        return given, tape.gradient(loss, [images, *states, *variables])

    given, gradients = run(images, *states)
    return [np.array(value) for value in (*given, *gradients)]


WAYS = {  # options of the layer, and whether it starts from given states
    "last h": ({}, False),
    "every step, and states": ({"return_sequences": True, "return_state": True}, True),
}


@pytest.mark.parametrize("way", WAYS)
def test_values_and_gradients_are_those_of_the_plain_cell(way, monkeypatch):
    options, given_states = WAYS[way]
    plain = computed(*network(layers.RNN, layers.Dense, **options), initial_state=given_states)
    compiled = []
    monkeypatch.setattr(
        on_tensorflow,
        "recurrence",
        lambda *args, loop=on_tensorflow.recurrence: compiled.append(args[0].shape[-1]) or loop(*args),
    )
    fast = computed(*network(LSTM, InputProjection, **options), initial_state=given_states)
    assert set(compiled) == {FEATURES}, "the compiled loop was not taken, or read projected features"
    assert len(fast) == len(plain)
    for ours, theirs in zip(fast, plain):
        np.testing.assert_allclose(ours, theirs, **ROUNDING)
    other = computed(*network(layers.RNN, layers.Dense, forget_bias=0.9, **options), initial_state=given_states)
    for ours, theirs in zip(fast, other):
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(ours, theirs, **ROUNDING)


@pytest.mark.parametrize("way", WAYS)
def test_one_step_is_that_of_the_plain_cell(way):
    options, given_states = WAYS[way]
    makers = {LSTM: InputProjection, layers.RNN: layers.Dense}
    one, plain = (computed(*network(*make, **options), initial_state=given_states, steps=1) for make in makers.items())
    for ours, theirs in zip(one, plain, strict=True):
        np.testing.assert_allclose(ours, theirs, **ROUNDING)
    if given_states:
        from_zeros = computed(*network(LSTM, InputProjection, **options), steps=1)
        assert not np.allclose(from_zeros[0], one[0], **ROUNDING), "the given states were not read"


WRONG = {  # function of on_tensorflow: what makes it wrong
    "_backwards": lambda right: lambda kernel, *kept: right(kernel, *kept[1::-1], *kept[2:]),
    "_products": lambda right: lambda rows, kernel, d_gates: right(rows[::-1], kernel, d_gates),
}


@pytest.mark.parametrize("function", WRONG)
def test_a_wrong_gradient_is_seen(function, monkeypatch):
    right = computed(*network(LSTM, InputProjection))
    monkeypatch.setattr(on_tensorflow, function, WRONG[function](getattr(on_tensorflow, function)))
    wrong = computed(*network(LSTM, InputProjection))
    np.testing.assert_array_equal(wrong[0], right[0])
    assert not all(np.allclose(*pair, **ROUNDING) for pair in zip(wrong, right))


def test_a_projection_is_folded_only_into_the_layer_that_reads_it():
    projection, lstm = network(LSTM, InputProjection)
    other, other_lstm = network(LSTM, InputProjection)
    images = tf.constant(distinct((2, STEPS, FEATURES)))
    first, second = projection(images), other(2 * images)
    plain = network(layers.RNN, layers.Dense)[1]
    # `first` is not the latest projection any more; a copy of `second` is not that projection.
    for layer_, read in ((lstm, first), (other_lstm, second + 0.0)):
        np.testing.assert_allclose(layer_(read), plain(read), **ROUNDING)
    folded = network(LSTM, InputProjection)[1]._inputs_of_the_gates(other(images))[0]
    assert folded is images


PLAIN = {  # arguments of the layer, and of the call, with which the loop of keras.layers.RNN is taken
    "not to train": ({}, {}),
    "eagerly": ({}, {"training": True, "eager": True}),
    "a mask": ({}, {"mask": np.arange(BATCH * STEPS).reshape(BATCH, STEPS) % 3 > 0, "training": True}),
    "backwards": ({"go_backwards": True}, {"training": True}),
    "unrolled": ({"unroll": True}, {"training": True}),
}


@pytest.mark.parametrize("case", PLAIN)
def test_the_plain_loop_is_taken_for_the_rest(case, monkeypatch):
    options, arguments = PLAIN[case][0], dict(PLAIN[case][1])
    function = (lambda call: call) if arguments.pop("eager", False) else tf.function
    monkeypatch.setattr(on_tensorflow, "recurrence", lambda *args: pytest.fail("the compiled loop was taken"))
    images = tf.constant(distinct((BATCH, STEPS, 4)))
    made = (network(make, layers.Dense, **options)[1] for make in (LSTM, layers.RNN))
    fast, plain = (function(lambda layer=layer: layer(images, **arguments))() for layer in made)
    np.testing.assert_allclose(fast, plain, **ROUNDING)


def test_shares_cover_the_batch_and_none_is_too_small(monkeypatch):
    for threads in (1, 2, 3, 64):
        monkeypatch.setattr(on_tensorflow, "_threads", lambda: threads)
        for batch in (1, 31, 64, 65, 128, 1000):
            shares = on_tensorflow._shares(batch)
            assert sum(shares) == batch and len(shares) <= threads
            assert len(shares) == 1 or min(shares) >= on_tensorflow.SMALLEST_SHARE


def test_what_the_layers_are_not_for_is_refused():
    with pytest.raises(ValueError, match="cell: expected a BasicLSTMCell; received LSTMCell"):
        LSTM(layers.LSTMCell(3))
    with pytest.raises(ValueError, match="activation: expected none"):
        InputProjection(3, activation="tanh")


def test_a_layer_is_saved_and_made_again():
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(LSTM(BasicLSTMCell(3, 0.5))))
    assert type(again) is LSTM and again.cell.units == 3 and again.cell.forget_bias == 0.5
