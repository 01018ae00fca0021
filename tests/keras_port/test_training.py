"""The training loop: what it measures, writes and repeats."""

import json

import keras
import numpy as np
import pytest

from keras_port import forward_pass, training
from mnist_training import MODELS, InputError, Recipe
from mnist_training.metrics import loss_and_accuracy


class Digits:
    """Six of four rows and three columns; always the same batch."""

    images = np.random.RandomState(0).rand(6, 12).astype("float32")
    labels = np.eye(10)[[0, 1, 2, 3, 4, 5]]

    def next_batch(self, batch_size):
        return self.images[:batch_size], self.labels[:batch_size]


def small(name="lstm", **changes):
    """A model for `Digits`, which steps eagerly because tracing would take longer, and its recipe."""
    recipe = Recipe.of(name, **{"units": 5, "batch_size": 6, "steps": 3, "seed": 2, **changes})
    model = training.build(recipe, rows=4, columns=3)
    model.run_eagerly = True
    return model, recipe


@pytest.mark.parametrize("name", MODELS)
def test_losses_are_those_before_each_step(name):
    model, recipe = small(name, **({"keep_prob": 1.0} if name == "multi_lstm" else {}))
    batch = Digits.images.reshape(6, 4, 3)
    before, _ = loss_and_accuracy(model.predict(batch, verbose=0), Digits.labels)
    losses = training.train(model, recipe, Digits())
    assert list(losses) == list(recipe.step_numbers)
    assert losses[recipe.first_step] == pytest.approx(before, rel=1e-5)
    after, _ = loss_and_accuracy(model.predict(batch, verbose=0), Digits.labels)
    assert after < list(losses.values())[-1] < before


def accuracy_of(model):
    """Return the function that measures, of a batch of `Digits`."""
    trainee = training.Trainee(model)
    return lambda: trainee.accuracy(Digits.images, Digits.labels)


def test_accuracy_is_measured_with_dropout_at_work():
    model, _ = small("multi_lstm", units=50)
    accuracy = accuracy_of(model)
    assert len({accuracy() for _ in range(20)}) > 1
    assert len({training.evaluate(model, Digits)[1] for _ in range(3)}) == 1


def test_the_compiled_forward_pass_draws_the_masks_that_the_model_would_draw():
    batch = Digits.images.reshape(6, 4, 3)
    eager, compiled = (small("multi_lstm")[0] for _ in range(2))
    compiled.run_eagerly = False
    run = forward_pass.in_training(compiled)
    for _ in range(3):
        masked = keras.ops.convert_to_numpy(eager(batch, training=True))
        np.testing.assert_allclose(run(batch), masked, rtol=0, atol=1e-5)
    assert not np.allclose(run(batch), masked, rtol=0, atol=1e-2), "one mask for all"


def test_accuracy_is_measured_after_the_step(tmp_path):
    model, recipe = small(steps=1, learning_rate=0.5)
    accuracy = accuracy_of(model)
    before = accuracy()
    training.train(model, recipe, Digits(), log=tmp_path / "log")
    assert json.loads((tmp_path / "log").read_text())["accuracy"] == accuracy() != before


def test_the_log_has_an_object_a_step(tmp_path):
    model, recipe = small("bi_lstm", steps=21)
    losses = training.train(model, recipe, Digits(), log=tmp_path / "log")
    entries = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == list(range(1, 22))
    assert [entry["loss"] for entry in entries] == list(losses.values())
    assert [entry["step"] for entry in entries if "accuracy" in entry] == [20]
    assert all(entry["seconds"] > 0 for entry in entries)


def test_the_same_seed_trains_the_same_network():
    def train(seed):
        model, recipe = small("multi_lstm", seed=seed)
        return training.train(model, recipe, Digits())

    assert train(1) == train(1)
    assert train(1) != train(2)


class Interrupting(Digits):
    """Interrupted as by Ctrl-C after two batches."""

    given = 0

    def next_batch(self, batch_size):
        if self.given == 2:
            raise KeyboardInterrupt
        self.given += 1
        return super().next_batch(batch_size)


def test_what_was_trained_until_ctrl_c_is_kept(tmp_path):
    model, recipe = small(steps=100)
    with pytest.raises(KeyboardInterrupt):
        training.train(model, recipe, Interrupting(), tmp_path / "models", tmp_path / "log")
    loaded = training.load(tmp_path / "models" / "model.keras")
    assert int(loaded.optimizer.iterations) == 2
    assert all(map(np.array_equal, loaded.get_weights(), model.get_weights()))
    assert len((tmp_path / "log").read_text().splitlines()) == 2


def test_an_earlier_model_is_kept(tmp_path, capsys):
    for _ in range(2):
        model, recipe = small(steps=0)
        training.train(model, recipe, Digits(), tmp_path)
    assert (tmp_path / "earlier-1" / "model.keras").is_file() and (tmp_path / "model.keras").is_file()
    assert f"kept the earlier model in {tmp_path / 'earlier-1'}" in capsys.readouterr().out


def test_predict_gives_the_digit_and_its_probability():
    model, _ = small()
    images = Digits.images.reshape(6, 4, 3)
    logits = model.predict(images, verbose=0)
    digits, probabilities = training.predict(model, images)
    assert np.array_equal(digits, logits.argmax(axis=1))
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, softmax.max(axis=1), rtol=1e-5)


def test_another_network_is_refused(tmp_path):
    images = keras.Input((28, 28))
    other = keras.Model(images, keras.layers.Dense(10)(keras.layers.Flatten()(images)), name="dense")
    other.save(tmp_path / "other.keras")
    with pytest.raises(InputError, match="holds a model named 'dense'; expected one of lstm, multi_lstm"):
        training.load(tmp_path / "other.keras")


def test_a_damaged_model_is_refused(tmp_path):
    path = tmp_path / "model.keras"
    training.save(small()[0], path)
    content = path.read_bytes()
    at = content.index(b"class_name")  # inside config.json, which is stored uncompressed
    path.write_bytes(content[:at] + b"CLASS" + content[at + 5 :])
    with pytest.raises(InputError, match="model.keras: Keras cannot load it: "):
        training.load(path)
