"""Whole recipes, from the start of the process to the saved model, in turn.

The commands of both sides go on to test the model, which the tutorial's program does not. So both moments are
measured: when the model is saved, which the process says, and when the process has ended.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from mnist_training import Recipe

REFERENCE = "TensorFlow 1.15"
TF115 = str(pathlib.Path(__file__).with_name("recipe_tf115.py"))


def measure(model, tf115, rounds, steps=None):
    """Return {"steps": steps, "seconds": {name: [(until the model is saved, until the end) of each round]}}.

    `steps` None: all of the recipe's.
    """
    steps = steps or Recipe.of(model).steps
    with tempfile.TemporaryDirectory() as folder:
        commands = {REFERENCE: [tf115, TF115, model, str(steps), folder]} if tf115 else {}
        for name, package in (("legacy-graph train", "legacy_graph"), ("keras-port train", "keras_port")):
            place = os.path.join(folder, package)
            commands[name] = [
                sys.executable,
                "-m",
                package,
                "train",
                model,
                "--steps",
                str(steps),
                "--model-dir",
                place,
            ]
        took = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                took[name].append(_run(command))
    return {"steps": steps, "seconds": took}


def _run(command):
    began, saved = time.perf_counter(), None
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    for line in process.stdout:
        if line.startswith("saved "):
            saved = time.perf_counter() - began
    if process.wait() or saved is None:
        sys.exit(f"benchmarks: {' '.join(command)} ended with status {process.returncode}; run it to see why")
    return saved, time.perf_counter() - began


def table(found):
    """Return the lines of a Markdown table."""
    took = found["seconds"]
    reference = next(iter(took))
    lines = [
        f"{found['steps']} steps; {len(took[reference])} rounds. TensorFlow 1.15's program ends when it has saved; "
        "the two commands then test the model.",
        "",
        "| process | seconds to the saved model | times as fast | seconds to the end |",
        "| --- | --- | --- | --- |",
    ]
    for name, rounds in took.items():
        ratio = statistics.median(theirs[0] / ours[0] for theirs, ours in zip(took[reference], rounds))
        saved, end = (statistics.median(moments) for moments in zip(*rounds))
        lines.append(f"| {name} | {saved:.1f} | {ratio:.2f} | {end:.1f} |")
    return lines
