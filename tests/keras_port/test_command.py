"""`python -m keras_port`: what it prints, and how it ends."""

import functools
import os
import signal
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest

import keras_port
import keras_port.__main__ as command
import mnist_digits
from keras_port import lstm, training
from keras_port.inputs import read_image
from tests.interrupts import heed_interrupts

RUN = [sys.executable, "-m", "keras_port"]


@pytest.fixture
def run(run_command):
    """Run the command line in this process; returns exit status, stdout and stderr."""
    return functools.partial(run_command, command.main)


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    """A model whose readout always says 7."""
    model = lstm.build(units=4)
    bias = np.zeros(10)
    bias[7] = 9
    model.get_layer("readout").set_weights([np.zeros((4, 10)), bias])
    return training.save(model, tmp_path_factory.mktemp("model") / "model.keras")


def test_train_evaluate_predict(run, tmp_path):
    status, out, _ = run(
        "train",
        "lstm",
        "--steps",
        3,
        "--units",
        8,
        "--batch-size",
        16,
        "--seed",
        1,
        "--model-dir",
        tmp_path / "models",
        "--log",
        tmp_path / "log.jsonl",
    )
    assert status == 0
    assert f"saved {tmp_path / 'models' / 'model.keras'}" in out
    accuracy = out.split("test digits: accuracy ")[1].split(",")[0]
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 3
    assert sorted(os.listdir(tmp_path / "models")) == ["model.keras"]

    status, out, _ = run("evaluate", tmp_path / "models" / "model.keras")
    assert status == 0 and out.startswith(f"accuracy {accuracy}, loss ") and "10000 test digits" in out


def test_predict_prints_a_line_an_image(run, model_file, tmp_path):
    digit = mnist_digits.load().test_images[0]
    np.save(tmp_path / "bytes.npy", digit)
    np.save(tmp_path / "floats.npy", (digit / 255).reshape(784))
    PIL.Image.fromarray(digit).save(tmp_path / "a.png")
    PIL.Image.fromarray(digit).save(tmp_path / "a.pgm")
    images = [tmp_path / name for name in ("bytes.npy", "floats.npy", "a.png", "a.pgm")]
    status, out, err = run("predict", model_file, *images)
    probability = np.exp(9) / (np.exp(9) + 9)
    assert status == 0
    assert out == "".join(f"{path}\t7\t{probability:.4f}\n" for path in images)


def test_every_form_of_an_image_is_read_alike(tmp_path):
    digit = mnist_digits.load().test_images[0]
    np.save(tmp_path / "a.npy", digit)
    np.save(tmp_path / "b.npy", (digit / 255)[..., None])
    PIL.Image.fromarray(digit).save(tmp_path / "c.png")
    PIL.Image.fromarray(digit).convert("RGB").save(tmp_path / "d.png")
    for name in ("a.npy", "b.npy", "c.png", "d.png"):
        image = read_image(tmp_path / name)
        assert image.dtype == np.float32 and image.shape == (28, 28)
        np.testing.assert_allclose(image, digit / np.float32(255), rtol=1e-6)


BAD_COMMANDS = {
    "no command": ([], "the following arguments are required: COMMAND"),
    "unknown model": (["train", "lstmm"], "unknown MODEL 'lstmm': expected one of .* Did you mean lstm?"),
    "negative steps": (["train", "lstm", "--steps", "-1"], "--steps must be 0 or more, not -1"),
    "one layer": (["train", "multi_lstm", "--layers", "1"], "--layers must be 2 or more for multi_lstm"),
    "huge batch": (["train", "lstm", "--batch-size", "60000"], "--batch-size 60000 is more than the 55000"),
    "no data": (["train", "lstm", "--data-dir", "nowhere"], "nowhere"),
    "no model": (["evaluate", "none.keras"], "none.keras: no such file"),
    "a folder": (["evaluate", "."], r"\.: not a file"),
    "no model to predict with": (["predict", "none.keras", "a.png"], "none.keras: no such file"),
}


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_a_bad_command_is_one_line_and_exit_2(case, refuses):
    refuses(command.main, *BAD_COMMANDS[case])


def picture(array):
    """Return what writes `array` as a picture."""
    return lambda path: PIL.Image.fromarray(array).save(path)


def array(values):
    """Return what writes `values` as numpy.save does."""
    return lambda path: np.save(path, values)


def truncated(path):
    picture(np.random.RandomState(0).randint(0, 99, (28, 28), "uint8"))(path)
    path.write_bytes(path.read_bytes()[:200])


BAD_IMAGES = {  # file name, what writes it, what is said
    "missing": ("a.png", lambda path: None, "no such file"),
    "empty": ("a.png", lambda path: path.touch(), "not an image that can be read"),
    "text": ("a.png", lambda path: path.write_text("hello"), "not an image that can be read"),
    "truncated": ("a.png", truncated, "not an image that can be read"),
    "another size": ("a.png", picture(np.zeros((80, 100), "uint8")), "an image of 80 x 100; expected 28 x 28"),
    "dark on bright": ("a.png", picture(np.full((28, 28), 255, "uint8")), "dark on bright; expected bright on dark"),
    "no array": ("a.npy", lambda path: path.write_text("hello"), "not a .npy file of numbers"),
    "array of text": ("a.npy", array(["a"]), "expected one array of numbers"),
    "array of objects": ("a.npy", array(np.array([{}])), "not a .npy file of numbers"),
    "too large values": ("a.npy", array(np.full((28, 28), 200.0)), "values from 200.0 to 200.0; expected 0 to 1"),
    "not a number": ("a.npy", array(np.full((28, 28), np.nan)), "values from nan to nan; expected 0 to 1"),
    "several images": ("a.npy", array(np.zeros((2, 28, 28))), "an image of 2 x 28 x 28; expected 28 x 28"),
}


@pytest.mark.parametrize("case", BAD_IMAGES)
def test_a_bad_image_is_one_line_and_exit_2(case, run, tmp_path, model_file):
    name, write, says = BAD_IMAGES[case]
    write(tmp_path / name)
    status, out, err = run("predict", model_file, tmp_path / name)
    assert status == 2 and out == ""
    assert err.startswith(f"keras_port: {tmp_path / name}: {says}") and err.count("\n") == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", "truncated", "another archive"],
    ids=["empty", "text", "truncated", "another archive"],
)
def test_a_file_that_is_no_model_is_one_line_and_exit_2(content, run, tmp_path, model_file):
    path = tmp_path / "model.keras"
    if content == "truncated":
        content = model_file.read_bytes()[:5000]
    if content == "another archive":
        with (tmp_path / "other.npz").open("wb") as stream:
            np.savez(stream, a=1)
        content = (tmp_path / "other.npz").read_bytes()
    path.write_bytes(content)
    status, out, err = run("evaluate", path)
    assert status == 2 and out == ""
    assert err.startswith(f"keras_port: {path}: not a .keras file") and err.count("\n") == 1


def test_a_model_of_other_sizes_is_refused(run, tmp_path):
    path = training.save(lstm.build(units=2, rows=14, columns=14), tmp_path / "model.keras")
    status, out, err = run("evaluate", path)
    assert status == 2 and "(14, 14)" in err and "(28, 28)" in err


def test_a_bad_command_does_not_wait_for_keras():
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "keras_port", "train", "nothing"], capture_output=True, text=True
    )
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if "|" in line}
    assert ended.returncode == 2 and "keras_port" in imported
    assert not imported & {"keras", "tensorflow"}


def test_a_name_that_the_package_has_not_is_answered_with_those_it_has():
    with pytest.raises(AttributeError, match="no attribute 'gru'; it has BasicLSTMCell, bi_lstm, lstm, multi_lstm"):
        keras_port.gru  # noqa: B018
    assert dir(keras_port) == keras_port.__all__


def assert_interrupted(folder, status, out, err):
    assert status == 130, err
    assert f"saved {folder / 'model.keras'}" in out
    assert err.splitlines()[-1:] == ["keras_port: interrupted"] and "Traceback" not in err
    assert int(training.load(folder / "model.keras").optimizer.iterations) >= 1


def test_ctrl_c_saves_what_is_trained_and_exits_130(run, tmp_path, ctrl_c_in_batch):
    ctrl_c_in_batch(3)
    ended = run("train", "lstm", "--units", 4, "--batch-size", 2, "--steps", 100_000, "--model-dir", tmp_path)
    assert_interrupted(tmp_path, *ended)


@pytest.mark.slow
def test_ctrl_c_of_a_process_saves_what_is_trained_and_exits_130(tmp_path):
    flags = ["--units", "4", "--batch-size", "2", "--steps", "100000", "--model-dir", str(tmp_path)]
    process = subprocess.Popen(
        [*RUN, "train", "lstm", *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    process.stdout.readline()  # the accuracy of step 0: it trains
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert_interrupted(tmp_path, process.returncode, out, err)
