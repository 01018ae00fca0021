"""What a training step of each network costs, and what a command costs until it begins, all taken in turn.

    python -m benchmarks [--tf115 PYTHON] [--rounds 10] [--steps 5] [--without CANDIDATE] [--write] [TARGET...]

Each candidate is a process of its own (benchmarks/worker.py). They take turns, some steps each, round after
round, so that a machine whose speed drifts slows all of them alike: what counts are the ratios within a round.
`--tf115` names the Python of an environment with TensorFlow 1.15. `--write` writes docs/benchmarks.json, a target
at a time, and docs/benchmarks.md from it; else the tables are printed. What is not installed is left out.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

from benchmarks import start_up
from mnist_training import MODELS
from mnist_training.files import replacing

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIGURES, PAGE = ROOT / "docs" / "benchmarks.json", ROOT / "docs" / "benchmarks.md"
START_UP = "start-up"
TARGETS = (*MODELS, START_UP)
REFERENCE = "TensorFlow 1.15"
CANDIDATES = {  # name: function of the worker, the environment it needs, the package it needs
    REFERENCE: ("tf115", {}, None),
    "legacy_graph": ("graph", {}, None),
    "legacy_graph, seeded": ("seeded_graph", {}, None),
    "keras_port": ("keras_port", {"KERAS_BACKEND": "tensorflow"}, None),
    "keras_port on JAX": ("keras_port", {"KERAS_BACKEND": "jax"}, "jax"),
    "keras_port on PyTorch": ("keras_port", {"KERAS_BACKEND": "torch"}, "torch"),
    "stock Keras 3 layers": ("stock_keras", {"KERAS_BACKEND": "tensorflow"}, None),
    "PyTorch nn.LSTM": ("pytorch", {}, "torch"),
}
WARM_UP = 3  # steps before the first round: the first builds and compiles


def main():
    """Measure, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all")
    parser.add_argument("--tf115", metavar="PYTHON", help="interpreter of an environment with TensorFlow 1.15")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=5, help="steps of a candidate a round")
    parser.add_argument("--without", action="append", default=[], metavar="CANDIDATE", choices=CANDIDATES)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    figures = json.loads(FIGURES.read_text()) if arguments.write and FIGURES.exists() else {}
    for target in arguments.targets or TARGETS:
        if target == START_UP:
            found = start_up.measure(max(2, arguments.rounds // 4))
        else:
            found = measure_steps(target, arguments.tf115, arguments.rounds, arguments.steps, arguments.without)
        machine = f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, Python {platform.python_version()}"
        figures[target] = {"machine": machine, "load": os.getloadavg()[1], "found": found}
        if arguments.write:
            for path, text in ((FIGURES, json.dumps(figures) + "\n"), (PAGE, page(figures))):
                with replacing(path) as name:
                    name.write_text(text)
        else:
            print(page({target: figures[target]}), flush=True)


def measure_steps(model, tf115, rounds, steps, without=()):
    """Return {candidate: {"seconds": [[(clock, processors) of each step] of each round], "peak_mib"}}."""
    workers = {
        name: _start(tf115 if name == REFERENCE else sys.executable, *needs)
        for name, (*needs, package) in CANDIDATES.items()
        if name not in without
        and (tf115 or name != REFERENCE)
        and (package is None or importlib.util.find_spec(package))
    }
    found = {name: {"seconds": [], "peak_mib": 0} for name in workers}
    for worker in workers.values():
        _ask(worker, model, WARM_UP)
    for _ in range(rounds):
        for name, worker in workers.items():
            answer = _ask(worker, model, steps)
            found[name]["seconds"].append(answer["seconds"])
            found[name]["peak_mib"] = answer["peak_mib"]
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    return found


def _start(python, function, environment):
    return subprocess.Popen(
        [python, "-m", "benchmarks.worker", function],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _ask(worker, model, steps):
    worker.stdin.write(f"{model} {steps}\n")
    worker.stdin.flush()
    answer = worker.stdout.readline()
    if not answer:
        sys.exit(f"benchmarks: {' '.join(worker.args)} ended with status {worker.wait()}; run it to see why")
    return json.loads(answer)


def page(figures):
    """Return docs/benchmarks.md, of what was measured."""
    lines = ["# Benchmarks", "", *INTRODUCTION]
    for target, measured in figures.items():
        rows = start_up.table(measured["found"]) if target == START_UP else _table(measured["found"])
        lines += ["", f"## {target}", "", f"On {measured['machine']}; load {measured['load']:.1f}.", "", *rows]
    return "\n".join([*lines, "", *NOTES]) + "\n"


def _table(found):
    reference = next(iter(found))
    rounds = found[reference]["seconds"]
    lines = [
        f"{len(rounds)} rounds of {len(rounds[0])} steps each; against {reference}.",
        "",
        "| candidate | ms a step | times as fast | times as little computing | peak memory, MiB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, candidate in found.items():
        took = candidate["seconds"]
        clock, computing = (_ratios(rounds, took, which) for which in (0, 1))
        milliseconds = 1000 * statistics.median(step[0] for steps in took for step in steps)
        lines.append(f"| {name} | {milliseconds:.0f} | {clock} | {computing} | {candidate['peak_mib']} |")
    return lines


def _ratios(reference, took, which):
    """The median of the rounds' ratios, and their middle half; `which`: 0 the clock's seconds, 1 the processors'."""
    medians = [[statistics.median(step[which] for step in steps) for steps in rounds] for rounds in (reference, took)]
    low, middle, high = statistics.quantiles([theirs / ours for theirs, ours in zip(*medians)], n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


INTRODUCTION = [
    "Made by `python -m benchmarks --write`; the single steps are in [benchmarks.json](benchmarks.json). One training "
    "step of 128 digits, the tutorial's sizes, dropout on. Candidates are processes that take turns, some steps each, "
    "round after round. A ratio is the first row's seconds over the candidate's, the median of the rounds, with the "
    "middle half of them in brackets: 2 is twice as fast. *Computing* is the seconds that all threads of the process "
    "were at work. Where the load is more than the cores, other programs ran beside it: read the ratios and not the "
    "milliseconds.",
]
NOTES = [
    "PyTorch's `nn.LSTM` and the stock Keras layers are what their users would write. They compute more: all layers of "
    "the stack, of which the program's third feeds nothing, and the whole backward half, of which the program reads "
    "one step. PyTorch draws fewer dropout masks.",
    "",
    "PyTorch's threads, and JAX's, wait for each other at every operation. Where other programs take their place they "
    "fall far behind: a table whose load is more than the cores leaves PyTorch out, and says little of JAX. Alone "
    "on such a machine PyTorch's own `nn.LSTM` was measured at 13.5, 65 and 81 ms a step for the three networks, where "
    "TensorFlow 1.15 took 39 ms for the first and 70 for the third. `keras_port` gives each core a share of the batch "
    "and waits for the slower one, which costs it the more the busier the machine is.",
    "",
    "`legacy_graph` computes TensorFlow 1.15's tanh and sigmoid to the bit where a graph has a seed, and then runs "
    "dropout's time steps one after another, as a repeatable run must.",
]


if __name__ == "__main__":
    main()
