"""`python -m legacy_graph train`: what it prints, what it leaves, and how it ends."""

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

import legacy_graph.__main__ as command
from legacy_graph import training
from legacy_graph.training import Session
from mnist_digits import database
from mnist_training import Recipe
from tests.interrupts import heed_interrupts

SMALL = {"units": 4, "batch_size": 8}
FLAGS = ("--units", 4, "--batch-size", 8)


@pytest.fixture
def run(run_command):
    return functools.partial(run_command, command.main)


@pytest.mark.parametrize(
    "model, numbers",
    [
        ("lstm", [0, 1, 2]),
        ("multi_lstm", [0, 1, 2]),
        pytest.param("bi_lstm", [1, 2, 3], marks=pytest.mark.slow),  # its training: test_loss_curves.py
    ],
)
def test_train_prints_logs_and_saves(model, numbers, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("train", model, *FLAGS, "--steps", 3, "--seed", 1, "--log", "log")
    assert status == 0
    assert f"saved models/{model}/model.ckpt-3\n" in out
    assert re.search(r"^test digits: accuracy 0\.\d{4}, loss \d\.\d{4}, without dropout$", out, re.MULTILINE)
    assert ("dropout is repeatable" in out) == (model == "multi_lstm")
    entries = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == numbers
    assert ["accuracy" in entry for entry in entries] == [number % 20 == 0 for number in numbers]


@pytest.fixture
def without_evaluation(monkeypatch):
    """Leave out what comes after the training: another graph is built for it."""
    monkeypatch.setattr(training, "evaluate", lambda *arguments: (0.0, 0.0))


def test_the_saved_model_is_the_one_that_was_trained(run, tmp_path, without_evaluation):
    run("train", "lstm", *FLAGS, "--steps", 3, "--seed", 1, "--model-dir", tmp_path)
    run("train", "lstm", *FLAGS, "--steps", 0, "--seed", 1, "--model-dir", tmp_path / "untrained")
    with Session(Recipe.of("lstm", seed=2, **SMALL)) as session:
        session.restore(str(tmp_path / "model.ckpt-3"))
        trained = session.weights()
        session.restore(str(tmp_path / "untrained" / "model.ckpt-0"))
        untrained = session.weights()
        session.initialize()
        others = session.weights()
    with Session(Recipe.of("lstm", seed=1, **SMALL)) as session:
        session.initialize()
        assert all(np.array_equal(session.weights()[name], untrained[name]) for name in untrained)
    kernel = "train_op/lstm/rnn/basic_lstm_cell/kernel"
    assert 1e-4 < np.abs(trained[kernel] - untrained[kernel]).max() < 4e-3  # three steps of 0.001 each
    assert np.abs(trained[kernel] - others[kernel]).max() > 0.1


def losses(run, path, *flags):
    sizes = ("--units", 32, "--batch-size", 32, "--steps", 3)
    status, _, _ = run("train", "multi_lstm", *sizes, *flags, "--model-dir", path, "--log", path / "log")
    assert status == 0
    return [json.loads(line)["loss"] for line in (path / "log").read_text().splitlines()]


def test_the_same_seed_gives_the_same_run_every_time(run, tmp_path, without_evaluation):
    first, second, other = (
        losses(run, tmp_path / str(number), "--seed", seed) for number, seed in enumerate((3, 3, 4))
    )
    assert first == second
    assert first[0] != other[0]


def test_an_earlier_model_is_kept_and_without_a_seed_begins_elsewhere(run, tmp_path, without_evaluation):
    losses = []
    for _ in range(2):
        status, out, _ = run("train", "lstm", *FLAGS, "--steps", 1, "--model-dir", tmp_path, "--log", tmp_path / "log")
        assert status == 0
        losses.append(json.loads((tmp_path / "log").read_text())["loss"])
    assert losses[0] != losses[1]
    assert f"kept the earlier checkpoint in {tmp_path / 'earlier-1'}" in out
    for folder in (tmp_path, tmp_path / "earlier-1"):
        assert {"checkpoint", "model.ckpt-1.index"} <= set(os.listdir(folder))


def assert_interrupted(folder, status, out, err):
    assert status == 130, err
    step = re.search(rf"saved {folder}/model\.ckpt-(\d+)", out)[1]
    assert int(step) >= 1 and (folder / f"model.ckpt-{step}.index").is_file()
    assert err.splitlines()[-1:] == ["legacy_graph: interrupted"] and "Traceback" not in err


def test_ctrl_c_saves_what_is_trained_and_exits_130(run, tmp_path, ctrl_c_in_batch):
    ctrl_c_in_batch(3)
    ended = run("train", "lstm", *FLAGS, "--steps", 100_000, "--model-dir", tmp_path)
    assert_interrupted(tmp_path, *ended)


@pytest.mark.slow
def test_ctrl_c_of_a_process_saves_what_is_trained_and_exits_130(tmp_path):
    command = [sys.executable, "-m", "legacy_graph", "train", "lstm", *map(str, FLAGS), "--steps", "100000"]
    process = subprocess.Popen(
        [*command, "--model-dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    process.stdout.readline()  # the accuracy of step 0: it trains
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    assert_interrupted(tmp_path, process.returncode, out, err)


def truncate(path):
    path.write_bytes(path.read_bytes()[:1000])


BAD_COMMANDS = {
    "unknown command": (["trian", "lstm"], "'trian'.* Did you mean train?"),
    "unknown model": (["train", "lst"], "unknown MODEL 'lst': .* Did you mean lstm?"),
    "negative steps": (["train", "lstm", "--steps", "-1"], "--steps must be 0 or more, not -1"),
    "no number": (["train", "lstm", "--units", "many"], "--units: invalid int value: 'many'"),
    "keep all of nothing": (["train", "multi_lstm", "--keep-prob", "0"], "--keep-prob must be above 0"),
    "dropout elsewhere": (["train", "lstm", "--keep-prob", "0.5"], "only multi_lstm takes it"),
    "no data": (["train", "lstm", "--data-dir", "nowhere"], "nowhere"),
}


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_a_bad_command_is_one_line_and_exit_2(case, refuses):
    refuses(command.main, *BAD_COMMANDS[case])


@pytest.mark.parametrize(
    "harm",
    [lambda path: path.unlink(), truncate, lambda path: path.write_text("no digits")],
    ids=["missing", "truncated", "foreign"],
)
def test_a_harmed_file_of_digits_is_named(harm, run, tmp_path):
    name = "train-labels-idx1-ubyte.gz"
    folder = shutil.copytree(database.BUNDLED, tmp_path / "digits")
    harm(folder / name)
    status, out, err = run("train", "lstm", "--data-dir", folder, "--model-dir", tmp_path / "models")
    assert status == 2 and out == ""
    assert err.count("\n") == 1 and name.removesuffix(".gz") in err
    assert not (tmp_path / "models").exists()
