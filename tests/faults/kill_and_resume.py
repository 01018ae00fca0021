"""Kills training runs at random moments, in saves too, and checks that nothing is lost.

    python -m tests.faults.kill_and_resume legacy_graph --kills 50
    python -m tests.faults.kill_and_resume keras_port --kills 50 --model multi_lstm --seed 1

A run of small steps is killed (SIGKILL; now and then SIGTERM, SIGHUP or SIGINT), started again,
killed again, until it finishes. About half of the kills wait for a save to begin. After each kill
there must be a complete model under its usual name, once the first save was made, and no save may be
lost. At the end the model must be that of a run that was never interrupted, bit for bit, and the
log must have the same losses. Exit status 0, or 1 at the first fault.

Runs are forked from one process that has imported TensorFlow, and have one thread.
"""

import argparse
import contextlib
import functools
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile

STEPS, SAVE_EVERY = 60, 3
SIGNALS = [signal.SIGKILL] * 5 + [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def main():
    """Parse the command line, kill, and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wing", choices=["legacy_graph", "keras_port"])
    parser.add_argument("--model", default="multi_lstm")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as folder:
        found = kill(arguments.wing, arguments.model, arguments.kills, arguments.seed, pathlib.Path(folder))
    print(json.dumps(found))


def kill(wing, model, kills, seed, folder):
    """Kill `kills` runs of a wing's model; returns what happened, as counts. AssertionError at a fault."""
    rng = random.Random(seed)
    train = trainer(wing, model)
    began = time.monotonic()
    assert ended(start(train, folder / "whole")) == 0, (folder / "whole" / "stderr").read_text()
    longest = time.monotonic() - began
    counts = {"wing": wing, "model": model, "kills": 0, "in a save": 0, "runs": 0, "resumed": 0, "signals": {}}
    while counts["kills"] < kills:
        counts["runs"] += 1
        place = folder / f"run-{counts['runs']}"
        trained = 0
        while True:
            process = start(train, place)
            signum = rng.choice(SIGNALS)
            killed, in_save = strike(process, place, signum, rng, longest)
            log = (place / "stderr").read_text()
            assert "Traceback" not in log, log
            if killed is None:
                break
            assert killed in (-signum, 128 + signum), (killed, signum, log)
            counts["kills"] += 1
            counts["in a save"] += in_save
            counts["signals"][signum.name] = counts["signals"].get(signum.name, 0) + 1
            saved = whole_model(wing, place)
            assert saved >= trained, f"the save of step {trained} is lost: {saved}"
            if saved == STEPS:  # killed after the last save: the same command would now train another model
                break
            counts["resumed"] += saved > 0
            trained = saved
        assert contents(wing, place) == contents(wing, folder / "whole"), "the weights differ"
        assert losses(place) == losses(folder / "whole"), "the losses differ"
        assert killed is not None or not (place / "models" / ".saving").exists()
        shutil.rmtree(place)
    return counts


def trainer(wing, model):
    """Return a function of a folder that trains there; TensorFlow is imported by then."""
    from mnist_training import Recipe, digits

    recipe = Recipe.of(model, seed=3, steps=STEPS, units=16, batch_size=8)
    mnist = functools.partial(digits, recipe)
    if wing == "legacy_graph":
        from legacy_graph import training

        run = lambda data, *rest: training.train(recipe, data, *rest)
    else:
        from keras_port import training

        run = lambda data, *rest: training.train(training.build(recipe), recipe, data, *rest)
    return lambda folder: run(mnist().train, folder / "models", folder / "log.jsonl", SAVE_EVERY)


def start(train, folder):
    """Fork a process that trains in `folder`, its output going to files there; returns its id."""
    folder.mkdir(exist_ok=True)
    process = os.fork()
    if process:
        return process
    status = 70
    try:
        from mnist_training.cli import command

        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
        try:
            with command.handling_signals("train"):
                command.run(lambda: train(folder) and None, "train")
        except SystemExit as end:
            status = end.code
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
        os._exit(status)


def strike(process, folder, signum, rng, longest):
    """Send a signal at a random moment; returns (exit status, whether in a save), or (None, False) if it had finished.

    A signal other than SIGKILL may reach the process before or after its loop: then it has the default
    effect, or none.
    """
    moment = time.monotonic() + rng.uniform(0.1, longest)
    for_a_save = rng.random() < 0.5
    saving = folder / "models" / ".saving"
    while True:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            assert os.waitstatus_to_exitcode(status) == 0, (folder / "stderr").read_text()
            return None, False
        if time.monotonic() > moment and (not for_a_save or saving.exists()):
            time.sleep(rng.choice([0, 0, 0.001, 0.003, 0.01]) if for_a_save else 0)
            break
        time.sleep(0.0005)
    in_save = saving.exists()
    os.kill(process, signum)
    status = ended(process)
    return (None, False) if status == 0 else (status, in_save)


def ended(process):
    """Wait for a process; returns its exit status, a signal's number as its negative."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def whole_model(wing, folder):
    """Return the step of the newest whole save; 0 before the first. AssertionError where there is half a model."""
    models = folder / "models"
    if wing == "keras_port":
        if not (models / "model.keras").exists():
            return 0
        assert zipfile.ZipFile(models / "model.keras").testzip() is None
        name = "model.run-{}.npz"
    else:
        if not (models / "checkpoint").exists():
            return 0
        prefix = (models / "checkpoint").read_text().split('"')[1]
        assert all((models / f"{prefix}{end}").exists() for end in (".index", ".data-00000-of-00001")), prefix
        name = "model.ckpt-{}.run.npz"
    from mnist_training.saves import Saves

    state = Saves(models, (), name.format).newest()
    return state.trained if state else STEPS  # finished, but for its last message


def contents(wing, folder):
    """Return {name: SHA-256} of a trained model's tensors, or of its files."""
    models = folder / "models"
    if wing == "legacy_graph":
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in models.iterdir()
            if path.name.startswith("model.ckpt")
        }
    import h5py

    found = {}
    with zipfile.ZipFile(models / "model.keras") as archive:
        with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as weights:
            weights.visititems(
                lambda name, item: found.update({name: item[()].tobytes()}) if isinstance(item, h5py.Dataset) else None
            )
    return found


def losses(folder):
    """Return the log's entries without the times."""
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{key: value for key, value in entry.items() if key != "seconds"} for entry in entries]


if __name__ == "__main__":
    main()
