"""Interrupted and resumed runs, and what their saves survive. No TensorFlow: a model of one number."""

import errno
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from mnist_digits import DataSet
from mnist_training import InputError, Recipe, loop
from mnist_training.errors import RunError, Stopped
from mnist_training.lock import locked


class Number:
    """A model of one number that depends on every pixel and on random masks of its own, and on their order."""

    wing, patterns, saved_as = "number", ("model.txt", "model.run-*.npz"), "model"
    state_name = staticmethod("model.run-{}.npz".format)

    def __init__(self, cut_at=None, loss=lambda step: 1.0):
        self.value, self.steps, self._cut_at, self._loss = 0.0, 0, cut_at, loss
        self._chance = np.random.RandomState(7)

    def step(self, images, labels):
        if self.steps == self._cut_at:
            raise Cut
        self.steps += 1
        self.value = (self.value * 1.1 + float(images.sum()) + self._chance.rand()) % 1000
        return self._loss(self.steps) + self.value

    def accuracy(self, images, labels):
        return 0.5

    def write(self, folder, trained):
        (folder / "model.txt").write_text(f"{self.value!r} {self.steps}")
        return ["model.txt"]

    def random_state(self):
        return {
            "chance": np.frombuffer(
                json.dumps(self._chance.get_state(), default=lambda value: value.tolist()).encode(), "uint8"
            )
        }

    def read(self, directory, state):
        value, steps = (directory / "model.txt").read_text().split()
        self.value, self.steps = float(value), int(steps)
        kind, keys, *rest = json.loads(state.arrays["chance"].tobytes())
        self._chance.set_state((kind, np.array(keys, "uint32"), *rest))

    def is_finite(self):
        return np.isfinite(self.value)

    @staticmethod
    def display(paths):
        return str(paths[-1])


class Cut(Exception):
    """Stands for the death of the process."""


def digits(seed=5, images=20):
    data = np.random.RandomState(1).randint(0, 255, (images, 2, 2, 1), "uint8")
    return DataSet(data, np.arange(images), generator=np.random.RandomState(seed))


def train(folder, model=None, steps=31, log=None, data=None, **arguments):
    recipe = Recipe.of("lstm", steps=steps, batch_size=3, seed=arguments.pop("seed", 1))
    model = model or Number()
    losses = loop.train(model, recipe, data or digits(), folder, log, **{"save_every": 4, **arguments})
    return model.value, losses


def cut_off(folder, at=14, **arguments):
    with pytest.raises(Cut):
        train(folder, Number(cut_at=at), **arguments)


@pytest.mark.parametrize("at", [4, 5, 14, 27, 30])
def test_a_run_that_was_cut_off_ends_as_one_that_was_not(at, tmp_path):
    whole = train(tmp_path / "whole", log=tmp_path / "whole.jsonl")
    cut_off(tmp_path / "a", at, log=tmp_path / "a.jsonl")
    assert train(tmp_path / "a", log=tmp_path / "a.jsonl") == whole
    assert os.listdir(tmp_path / "a") == ["model.txt"]

    def logged(name):
        entries = map(json.loads, (tmp_path / name).read_text().splitlines())
        return [(entry["step"], entry["loss"], entry.get("accuracy")) for entry in entries]

    assert logged("a.jsonl") == logged("whole.jsonl") and len(logged("a.jsonl")) == 31


@pytest.mark.parametrize("lost", ["the digits' place", "the random state"])
def test_a_run_that_forgets_where_it_was_ends_elsewhere(lost, tmp_path, monkeypatch):
    whole = train(tmp_path / "whole")
    cut_off(tmp_path / "a")
    if lost == "the random state":
        read = Number.read
        monkeypatch.setattr(Number, "read", lambda self, *where: (read(self, *where), self._chance.seed(7)) and None)
    else:
        monkeypatch.setattr(DataSet, "go_to", lambda self, place: None)
    assert train(tmp_path / "a")[0] != whole[0]


def test_other_settings_are_refused_and_named(tmp_path):
    cut_off(tmp_path)
    for change, says in (
        ({"steps": 40}, "--steps 40, there 31"),
        ({"seed": 2}, "--seed 2, there 1"),
        ({"data": digits(images=21)}, "digits [0-9a-f]+, there"),
    ):
        with pytest.raises(InputError, match=f"unfinished run with other settings \\({says}"):
            train(tmp_path, **change)
    assert train(tmp_path)[0] == train(tmp_path / "whole")[0]  # the refusals changed nothing


def test_resume_and_no_resume(tmp_path):
    with pytest.raises(InputError, match="--resume: .* holds no unfinished run"):
        train(tmp_path / "new", resume=True)
    assert not (tmp_path / "new").exists()
    cut_off(tmp_path)
    cut_off(tmp_path, at=6, resume=False)
    assert {"model.txt", "model.run-12.npz"} <= set(os.listdir(tmp_path / "earlier-1"))
    assert train(tmp_path, resume=True)[0] == train(tmp_path / "whole")[0]
    with pytest.raises(InputError, match="--resume: .* holds no unfinished run"):
        train(tmp_path, resume=True)


def test_nothing_is_saved_or_moved_before_a_step_was_trained(tmp_path):
    (tmp_path / "model.txt").write_text("good")
    cut_off(tmp_path, at=0)
    assert os.listdir(tmp_path) == ["model.txt"] and (tmp_path / "model.txt").read_text() == "good"


def test_an_earlier_model_stays_under_its_name_until_the_new_one_is_whole(tmp_path, monkeypatch):
    (tmp_path / "model.txt").write_text("good")
    seen = []
    write = Number.write

    def watching(self, folder, trained):
        names = write(self, folder, trained)
        seen.append((tmp_path / "model.txt").read_text())
        return names

    monkeypatch.setattr(Number, "write", watching)
    replace = os.replace

    def dying(source, target):
        if str(target).endswith("model.txt"):
            seen.append((tmp_path / "model.txt").read_text())
        replace(source, target)

    monkeypatch.setattr(os, "replace", dying)
    train(tmp_path, steps=4)
    assert seen == ["good"] * 2
    assert (tmp_path / "earlier-1" / "model.txt").read_text() == "good"


@pytest.mark.parametrize("operation", ["write", "fsync", "replace", "link"])
def test_a_full_disk_leaves_the_last_save_and_no_more(operation, tmp_path, monkeypatch):
    (tmp_path / "model.txt").write_text("good")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        if operation == "write":
            patched.setattr(Number, "write", full)
        elif operation == "link":
            patched.setattr(os, "link", full)
            patched.setattr("shutil.copy2", full)
        else:
            patched.setattr(os, operation, full)
        with pytest.raises(RunError, match="No space left on device; the model that was there is in place"):
            train(tmp_path)
    assert (tmp_path / "model.txt").read_text() == "good"
    assert set(os.listdir(tmp_path)) <= {"model.txt", "earlier-1"}
    assert train(tmp_path)[0] == train(tmp_path / "whole")[0]


@pytest.mark.parametrize("harm", ["cut short", "no zip", "another model"])
def test_a_damaged_save_is_not_resumed(harm, tmp_path):
    cut_off(tmp_path)
    state = tmp_path / "model.run-12.npz"
    if harm == "cut short":
        state.write_bytes(state.read_bytes()[:-30])
    elif harm == "no zip":
        state.write_text("x" * 1000)
    else:
        (tmp_path / "model.txt").write_text("1.0 2")
    with pytest.raises(InputError, match="holds no unfinished run"):
        train(tmp_path, resume=True)


def test_what_an_end_by_force_leaves_goes_with_the_next_save(tmp_path):
    cut_off(tmp_path)
    (tmp_path / ".saving").mkdir()
    (tmp_path / ".saving" / "model.txt").write_text("half")
    train(tmp_path)
    assert os.listdir(tmp_path) == ["model.txt"]


def test_two_runs_do_not_share_a_directory(tmp_path):
    with locked(tmp_path, "--model-dir"), pytest.raises(InputError, match="another process is writing there"):
        train(tmp_path)
    train(tmp_path, steps=2)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_and_ends(signum, tmp_path):
    model = Number(loss=lambda step: os.kill(os.getpid(), signum) or 0.0 if step == 6 else 0.0)
    with pytest.raises(Stopped) as stopped:
        train(tmp_path, model)
    assert stopped.value.signum == signum
    assert (tmp_path / "model.run-6.npz").exists()
    assert train(tmp_path)[0] == train(tmp_path / "whole")[0]


def test_a_second_signal_during_the_save_waits_for_it(tmp_path, monkeypatch):
    write = Number.write

    def interrupted(self, folder, trained):
        os.kill(os.getpid(), signal.SIGINT)
        return write(self, folder, trained)

    monkeypatch.setattr(Number, "write", interrupted)
    with pytest.raises(Stopped):
        model = Number(loss=lambda step: os.kill(os.getpid(), signal.SIGINT) or 0.0 if step == 6 else 0.0)
        train(tmp_path, model, save_every=99)
    assert {"model.txt", "model.run-6.npz"} == set(os.listdir(tmp_path))


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_ends_the_run_and_the_log_stays_json(loss, tmp_path):
    model = Number(loss=lambda step: loss if step == 10 else 0.0)
    with pytest.raises(RunError, match=f"step 9: the loss is {loss}.*the save of step 8 is in place"):
        train(tmp_path / "a", model, log=tmp_path / "log")
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 9
    for line in lines:
        json.loads(line, parse_constant=pytest.fail)


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    model = Number()
    model.is_finite = lambda: model.steps < 8
    with pytest.raises(RunError, match="step 8: a weight is not finite.*the save of step 4 is in place"):
        train(tmp_path, model)
    assert (tmp_path / "model.txt").read_text().endswith(" 4")


def test_a_log_can_be_followed(tmp_path):
    log, seen = tmp_path / "log", []
    model = Number(loss=lambda step: seen.append(log.read_text().count("\n") if step > 1 else 0) or 0.0)
    train(None, model, steps=6, log=log)
    assert seen == [0, 1, 2, 3, 4, 5]


def test_an_earlier_log_is_kept(tmp_path, capsys):
    train(None, log=tmp_path / "log")
    first = (tmp_path / "log").read_text()
    train(None, log=tmp_path / "log", data=digits(seed=9))
    assert (tmp_path / "log.earlier-1").read_text() == first != (tmp_path / "log").read_text()
    assert "kept the earlier log" in capsys.readouterr().out


BAD_PLACES = {
    "log into a folder": ("log", lambda folder: folder, "a folder; expected the name of a file"),
    "log below a file": ("log", lambda folder: folder / "file" / "log", "is not a folder"),
    "log onto a device": ("log", lambda folder: "/dev/null", "not a regular file"),
    "log onto a model": ("log", lambda folder: folder / "models" / "model.txt", "reserved for model files"),
    "log of a long name": ("log", lambda folder: folder / ("x" * 300), "a name of more than 200 bytes|255"),
    "models onto a file": ("folder", lambda folder: folder / "file", "is not a folder"),
    "models below a file": ("folder", lambda folder: folder / "file" / "models", "is not a folder"),
    "models of a long name": ("folder", lambda folder: folder / ("x" * 300), "a name of more than 255 bytes"),
}


@pytest.mark.parametrize("case", BAD_PLACES)
def test_a_place_that_cannot_be_is_refused_before_a_step(case, tmp_path):
    what, place, says = BAD_PLACES[case]
    (tmp_path / "file").write_text("mine")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.txt").write_text("good")
    arguments = {"folder": tmp_path / "models", what: place(tmp_path)}
    with pytest.raises(InputError, match=says):
        train(arguments.pop("folder"), Number(cut_at=0), **arguments)
    assert (tmp_path / "file").read_text() == "mine" and (tmp_path / "models" / "model.txt").read_text() == "good"
    assert not os.path.isfile("/dev/null")


UNWRITABLE = {  # where no permission is: arguments, and what is said
    "folder for models": ("", {"folder": "models"}, "--model-dir .*no permission to write into"),
    "folder for a log": ("", {"log": "log"}, "--log .*no permission to write into"),
    "log that is there": ("log", {"log": "log"}, "--log .*no permission to write to it"),
}


@pytest.mark.parametrize("case", UNWRITABLE)
def test_a_place_that_may_not_be_written_is_refused_before_a_step(case, tmp_path, monkeypatch):
    name, places, says = UNWRITABLE[case]
    arguments = {"folder": None, **{what: tmp_path / place for what, place in places.items()}}
    (tmp_path / name).touch()
    forbidden, allowed = tmp_path / name, os.access  # patched, as a superuser may write everywhere
    monkeypatch.setattr(os, "access", lambda path, mode: os.fspath(path) != str(forbidden) and allowed(path, mode))
    before = os.listdir(tmp_path)
    with pytest.raises(InputError, match=says):
        train(arguments.pop("folder"), Number(cut_at=0), **arguments)
    assert os.listdir(tmp_path) == before


def test_the_lock_of_a_killed_process_is_free(tmp_path):
    holding = (
        "import sys, time; from mnist_training.lock import locked\n"
        "with locked(sys.argv[1], 'x'): print(1, flush=True); time.sleep(99)"
    )
    process = subprocess.Popen([sys.executable, "-c", holding, str(tmp_path)], stdout=subprocess.PIPE)
    process.stdout.readline()
    with pytest.raises(InputError), locked(tmp_path, "x"):
        pass
    process.kill()
    process.communicate()
    with locked(tmp_path, "x"):
        pass
