"""`python -m parity`: what it prints, and how it ends."""

import functools
import json
import os
import re

import pytest

import parity.__main__ as command
from keras_port import cell
from mnist_training import MODELS, InputError, Recipe, digits
from parity import at_once, compare, dropout
from tests.parity.test_report import comparison

SMALL = ("--units", 8, "--batch-size", 16, "--steps", 4)


@pytest.fixture
def run(run_command):
    return functools.partial(run_command, command.main)


def assert_compared(run, folder, name, models):
    """Compare for real: a line for each model, both models kept, and the losses in the log."""
    status, out, _ = run("compare", name, *SMALL, "--model-dir", folder / "models", "--log", folder / "log")
    assert status == 0
    assert out.endswith("; ".join(f"{model}: same" for model in models) + "\n")
    assert len(re.findall("masks replayed +same", out)) == ("multi_lstm" in models) and "DIFFERS" not in out
    for model in models:
        assert f"{model}: up the ladder, 4 steps of each side\n" in out
        assert {"model.ckpt-4.index", "model.keras"} <= set(os.listdir(folder / "models" / model))
    entries = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
    assert len(entries) == len(models) * 2 * 4 and {entry["model"] for entry in entries} == set(models)


def test_without_any_seed_given_both_are_the_same_and_are_kept(run, tmp_path):
    """The network that is compared soonest; of the others the slow test, and of their ladders test_networks.py."""
    assert_compared(run, tmp_path, "lstm", ["lstm"])


@pytest.mark.slow
def test_without_any_seed_given_all_are_the_same_and_are_kept(run, tmp_path):
    assert_compared(run, tmp_path, "all", MODELS)


def test_on_one_core_all_are_compared_one_after_another(run, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "compare", lambda recipe, mnist, model_dir: comparison(recipe.model))
    monkeypatch.setattr(at_once, "digits", lambda recipe, data_dir: None)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
    status, out, _ = run("compare", "all", "--steps", 60, "--log", tmp_path / "log")
    assert (status, out.splitlines()[-1]) == (0, "; ".join(f"{model}: same" for model in MODELS))
    entries = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [entry["model"] for entry in entries[:: 2 * 60]] == list(MODELS)


@pytest.mark.slow
def test_a_comparison_can_be_repeated(run):
    def figures():
        _, out, _ = run("compare", "lstm", *SMALL)
        return re.sub(r" +[\d.]+$", "", out, flags=re.MULTILINE)  # but for the times

    assert figures() == figures()


def test_another_port_ends_with_1(run, monkeypatch):
    """The forget bias left out, as stock layers have it once they are not told of one."""
    call = cell.BasicLSTMCell.call

    def without_forget_bias(cell, *arguments, **keywords):
        monkeypatch.setattr(cell, "forget_bias", 0.0)
        return call(cell, *arguments, **keywords)

    monkeypatch.setattr(cell.BasicLSTMCell, "call", without_forget_bias)
    status, out, _ = run("compare", "lstm", *SMALL)
    assert status == 1 and out.endswith("lstm: differs at logits\n")


def test_masks_without_a_seed_are_not_replayed():
    recipe = Recipe.of("multi_lstm", steps=1, units=4, batch_size=8)
    for refuse in (
        lambda: compare.compare(recipe, digits(recipe)),
        lambda: dropout.check_replayable(recipe),
    ):
        with pytest.raises(InputError, match="cannot be replayed in Keras: give a seed"):
            refuse()


BAD_COMMANDS = {
    "no command": ([], "the following arguments are required: COMMAND"),
    "unknown command": (["compere", "all"], "'compere'.* Did you mean compare?"),
    "unknown model": (["compare", "bilstm"], "unknown MODEL 'bilstm': .* Did you mean bi_lstm?"),
    "no steps": (["compare", "all", "--steps", "0"], "--steps must be 1 or more for a comparison"),
    "negative steps": (["compare", "all", "--steps", "-1"], "--steps must be 0 or more, not -1"),
    "layers of another model": (["compare", "lstm", "--layers", "2"], "--layers 2 does not fit lstm"),
    "no data": (["compare", "all", "--data-dir", "nowhere"], "nowhere"),
}


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_a_bad_command_is_one_line_and_exit_2(case, refuses):
    refuses(command.main, *BAD_COMMANDS[case])
