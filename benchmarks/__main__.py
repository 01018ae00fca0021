"""What a training step, a whole recipe and a command's start cost, all taken in turn; how the cost grows; the floor.

    python -m benchmarks [--tf115 PYTHON] [--rounds 10] [--steps 5] [--without CANDIDATE] [--write] [TARGET...]

Each candidate is a process of its own (benchmarks/worker.py). They take turns, some steps each, round after
round, so that a machine whose speed drifts slows all of them alike: what counts are the ratios within a round.
`--tf115` names the Python of an environment with TensorFlow 1.15. `--write` writes docs/benchmarks.json, a target
at a time, and what is made of it: docs/benchmarks.md, docs/growth.svg and the figures in README.md and README.zh.md.
Without it the tables are printed. What is not installed is left out.
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

from benchmarks import floor, growth, readme, recipes, start_up
from mnist_training import MODELS
from mnist_training.files import replacing

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIGURES, PAGE = ROOT / "docs" / "benchmarks.json", ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "growth.svg"
START_UP, GROWTH, FLOOR = "start-up", "growth", "floor"
RECIPES = {f"recipe of {model}": model for model in MODELS}
TARGETS = (*MODELS, *RECIPES, START_UP, GROWTH, FLOOR)
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
    parser.add_argument("--recipe-steps", type=int, help="steps of a whole recipe (default: the tutorial's)")
    parser.add_argument("--without", action="append", default=[], metavar="CANDIDATE", choices=CANDIDATES)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    figures = json.loads(FIGURES.read_text()) if arguments.write and FIGURES.exists() else {}
    for target in arguments.targets or TARGETS:
        found = _measure(target, arguments)
        machine = f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, Python {platform.python_version()}"
        figures[target] = {"machine": machine, "load": os.getloadavg()[0], "found": found}
        if arguments.write:
            texts = {FIGURES: json.dumps(figures) + "\n", PAGE: page(figures)}
            if set(MODELS) <= set(figures):
                texts |= {path: readme_page(path.read_text(encoding="utf-8"), figures) for path in readme.PAGES}
            if GROWTH in figures:
                texts[PICTURE] = growth.picture(figures[GROWTH]["found"])
            for path, text in texts.items():
                with replacing(path) as name:
                    name.write_text(text, encoding="utf-8")
        else:
            print(page({target: figures[target]}), flush=True)


def _measure(target, arguments):
    if target == START_UP:
        return start_up.measure(max(2, arguments.rounds // 4))
    if target == GROWTH:
        return growth.measure()
    if target == FLOOR:
        return floor.measure()
    if target in RECIPES:
        return recipes.measure(RECIPES[target], arguments.tf115, arguments.rounds, arguments.recipe_steps)
    return measure_steps(target, arguments.tf115, arguments.rounds, arguments.steps, arguments.without)


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
        _send(worker, model, WARM_UP)
    for worker in workers.values():
        _answer(worker)
    for _ in range(rounds):
        for name, worker in workers.items():
            _send(worker, model, steps)
            answer = _answer(worker)
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


def _send(worker, model, steps):
    worker.stdin.write(f"{model} {steps}\n")
    worker.stdin.flush()


def _answer(worker):
    answer = worker.stdout.readline()
    if not answer:
        sys.exit(f"benchmarks: {' '.join(worker.args)} ended with status {worker.wait()}; run it to see why")
    return json.loads(answer)


def page(figures):
    """Return docs/benchmarks.md, of what was measured."""
    lines = ["# Benchmarks", "", *INTRODUCTION]
    tables = {
        START_UP: start_up.table,
        GROWTH: growth.table,
        FLOOR: floor.table,
        **dict.fromkeys(RECIPES, recipes.table),
    }
    for target in filter(figures.get, TARGETS):
        measured = figures[target]
        rows = tables.get(target, _table)(measured["found"])
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
    ours = found.get("keras_port")
    others = [
        f"{_ratios(took['seconds'], ours['seconds'], 0)} times as fast as {name}"
        for name, took in found.items()
        if ours and name in ("stock Keras 3 layers", "PyTorch nn.LSTM")
    ]
    return [*lines, "", f"keras_port is {', '.join(others)}."] if others else lines


def _ratios(reference, took, which):
    """The median of the rounds' ratios, and their middle half; `which`: 0 the clock's seconds, 1 the processors'."""
    low, middle, high = _quartiles(reference, took, which)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def _quartiles(reference, took, which):
    medians = [[statistics.median(step[which] for step in steps) for steps in rounds] for rounds in (reference, took)]
    return statistics.quantiles([theirs / ours for theirs, ours in zip(*medians)], n=4)


def readme_page(text, figures):
    """Return README.md, or README.zh.md, with the figures of its table of speeds."""

    def ratio(model, candidate):
        found = figures[model]["found"]
        return _quartiles(found[REFERENCE]["seconds"], found[candidate]["seconds"], 0)[1]

    return readme.with_figures(text, ratio)


INTRODUCTION = [
    "Made by `python -m benchmarks --write`; the single steps are in [benchmarks.json](benchmarks.json). One training "
    "step of 128 digits, the tutorial's sizes, dropout on. Candidates are processes that take turns, some steps each, "
    "round after round. A ratio is the first row's seconds over the candidate's, the median of the rounds, with the "
    "middle half of them in brackets: 2 is twice as fast. *Computing* is the seconds that all threads of the process "
    "were at work. Where the load is more than the cores, other programs ran beside it: read the ratios and not the "
    "milliseconds.",
]
NOTES = [
    "PyTorch's `nn.LSTM` and the stock Keras layers are what their users would write. They compute more: all "
    "layers of the stack, of which the program's third feeds nothing, and the whole backward half, of which the "
    "program reads one step. PyTorch draws fewer dropout masks.",
    "",
    "PyTorch's threads wait for each other at every operation. Where other programs take their place they fall "
    "far behind; so do JAX's, and `keras_port`, which gives each core a share of the batch, waits for the slower "
    "one. The busier the machine, the less a table says of them: look at *computing*.",
    "",
    "`legacy_graph` computes TensorFlow 1.15's tanh and sigmoid to the bit where a graph has a seed, and then "
    "runs dropout's time steps one after another, as a repeatable run must.",
    "",
    "## Which backend",
    "",
    "TensorFlow, for all three networks. JAX is close behind for the LSTM and slower for the others. PyTorch was "
    "not compared as a backend.",
    "",
    "## What bounds it",
    "",
    "Matrix products. They are half of the computing of an LSTM's step in `keras_port`, and two thirds in the "
    "other two networks, and they run near the rate that the processor reaches at all, with TensorFlow, XLA, "
    "OpenBLAS and PyTorch alike (80 to 93 GFLOP/s a core, measured one shape after another). TensorFlow 1.15 has "
    "hardly more to multiply in the stack and in the bidirectional network; it, too, computes but one step "
    "backwards. The floor above says how far there is to go: twice the speed of 1.15 would leave next to nothing "
    "for all that is no product. In the LSTM the folded input projection halves the products, and that is the "
    "gain.",
    "",
    "We aimed at 2.5, 2 and 2.2 times TensorFlow 1.15 for the three networks, 1.4, 1.5 and 2.4 times stock Keras, "
    "1, 1.5 and 2.2 times PyTorch; for `legacy_graph` without a seed at 1.4, 1.3 and 1.4; for whole recipes at 2 "
    "in the port and 1.3 in the graph. Compare with the tables. Just missed are 2.5 and 1.4 in the LSTM, and 2.4 "
    "in the bidirectional network; missed are 2 and 2.2 in the other two networks, 1.4 by `legacy_graph` in the "
    "bidirectional one, and the whole recipes: today's TensorFlow takes longer to import than 1.15, and both "
    "commands save every 100 steps and test the model at the end.",
    "",
    "Tried, and no faster: sigmoid as a tanh; the gradient of the weights inside the compiled loop; on JAX, "
    "shares of the batch side by side; larger thresholds of malloc (nothing is paged in during a step); in "
    "`legacy_graph` other numbers of threads, no graph optimizer, no oneDNN. The gradient of an unrolled step of "
    "the bidirectional graph multiplies by a transposed matrix, which TensorFlow does at two thirds of the rate "
    "of others; another order of its ops would be another graph than 1.15's.",
]


if __name__ == "__main__":
    main()
