"""Whole recipes, from the start of the process to the saved model, in turn.

The commands of both sides test the model at the end, too, which the tutorial's program does not: without it they
would be sooner.
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
    """Return {"steps": steps, "seconds": {name: [seconds of each round]}}; `steps` None: all of the recipe's."""
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
                began = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                took[name].append(time.perf_counter() - began)
    return {"steps": steps, "seconds": took}


def table(found):
    """Return the lines of a Markdown table."""
    took = found["seconds"]
    reference = next(iter(took))
    lines = [
        f"{found['steps']} steps from the start of the process to the saved model; {len(took[reference])} rounds.",
        "",
        "| process | seconds | times as fast |",
        "| --- | --- | --- |",
    ]
    for name, seconds in took.items():
        ratio = statistics.median(theirs / ours for theirs, ours in zip(took[reference], seconds))
        lines.append(f"| {name} | {statistics.median(seconds):.1f} | {ratio:.2f} |")
    return lines
