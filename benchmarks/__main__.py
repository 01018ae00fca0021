"""What a training step, a whole recipe and a command's start cost, all taken in turn; how the cost grows; the floor.

    python -m benchmarks [--tf115 PYTHON] [--rounds 10] [--steps 5] [--without CANDIDATE] [--write] [TARGET...]

Each candidate is a process of its own (benchmarks/worker.py). They take turns, some steps each, round after
round, so that a machine whose speed drifts slows all of them alike: what counts are the ratios within a round.
`--tf115` names the Python of an environment with TensorFlow 1.15. `--write` writes docs/benchmarks.json, a target
at a time, and what is made of it: docs/benchmarks.md, docs/growth.svg and the figures in README.md and README.zh.md.
Without it the tables are printed. What is not installed is left out, and `gpu` where there is none.
"""

import argparse
import importlib.util
import json
import os
import platform
import sys

from benchmarks import floor, gpu, growth, profile, readme, recipes, start_up, turns
from mnist_training import MODELS
from mnist_training.files import replacing

DOCS = turns.ROOT / "docs"
FIGURES, PAGE, PICTURE = DOCS / "benchmarks.json", DOCS / "benchmarks.md", DOCS / "growth.svg"
START_UP, GROWTH, FLOOR, PROFILE, GPU = "start-up", "growth", "floor", "profile", "gpu"
TITLES = {PROFILE: "where a step's time goes", GPU: "on a GPU"}
RECIPES = {f"recipe of {model}": model for model in MODELS}
TARGETS = (*MODELS, *RECIPES, START_UP, GROWTH, FLOOR, PROFILE, GPU)
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
    for target in arguments.targets or [target for target in TARGETS if target != GPU or gpu.name()]:
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
    if target == PROFILE:
        return profile.measure()
    if target in RECIPES:
        return recipes.measure(RECIPES[target], arguments.tf115, arguments.rounds, arguments.recipe_steps)
    if target == GPU:
        return gpu.measure(arguments.rounds, arguments.steps)
    return _measure_steps(target, arguments)


def _measure_steps(model, arguments):
    workers = {
        name: turns.start(arguments.tf115 if name == REFERENCE else sys.executable, *needs)
        for name, (*needs, package) in CANDIDATES.items()
        if name not in arguments.without
        and (arguments.tf115 or name != REFERENCE)
        and (package is None or importlib.util.find_spec(package))
    }
    return turns.measure(model, workers, arguments.rounds, arguments.steps)


def page(figures):
    """Return docs/benchmarks.md, of what was measured."""
    lines = ["# Benchmarks", "", *INTRODUCTION]
    tables = {
        START_UP: start_up.table,
        GROWTH: growth.table,
        FLOOR: floor.table,
        PROFILE: profile.table,
        GPU: gpu.table,
        **dict.fromkeys(RECIPES, recipes.table),
    }
    for target in filter(figures.get, TARGETS):
        measured = figures[target]
        rows = tables.get(target, _table)(measured["found"])
        title, machine = TITLES.get(target, target), _machine(measured)
        lines += ["", f"## {title}", "", machine, "", *rows]
    return "\n".join([*lines, "", *NOTES]) + "\n"


def _machine(measured):
    load = measured["load"]
    return f"On {measured['machine']}" + (f"; load {load:.1f}." if load is not None else "; load not noted.")


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
        clock, computing = (turns.ratios(rounds, took, which) for which in (0, 1))
        lines.append(f"| {name} | {turns.milliseconds(took):.0f} | {clock} | {computing} | {candidate['peak_mib']} |")
    ours = found.get("keras_port")
    others = [
        f"{turns.ratios(took['seconds'], ours['seconds'], 0)} times as fast as {name}"
        for name, took in found.items()
        if ours and name in ("stock Keras 3 layers", "PyTorch nn.LSTM")
    ]
    return [*lines, "", f"keras_port is {', '.join(others)}."] if others else lines


def readme_page(text, figures):
    """Return README.md, or README.zh.md, with the figures of its table of speeds."""

    def ratio(model, candidate):
        found = figures[model]["found"]
        return turns.quartiles(found[REFERENCE]["seconds"], found[candidate]["seconds"], 0)[1]

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
    "On processors TensorFlow, for all three networks; JAX and PyTorch take 1.1 to 1.3 times as long for the LSTM and "
    "1.5 to 1.6 times for the others. On a GPU JAX, with the loop that it has: at these sizes it is faster than "
    "cuDNN's kernel called from JAX. PyTorch takes cuDNN's kernel; what else its step takes hardly grows with batch or "
    "units, so it is work around the kernel, of Keras and of Python. At 8192 digits a batch, and somewhere between 112 "
    "and 392 time steps, PyTorch overtakes JAX with cuDNN (JAX's own loop was not measured there). "
    "A network of this size does not fill a GPU: PyTorch's own nn.LSTM without Keras is faster for the LSTM. "
    "TensorFlow was not to be had on that machine. The parts of `python -m benchmarks gpu` were run there one by one, "
    "12 rounds of 10 steps, and their figures put together; the whole command has not yet run on a GPU.",
    "",
    "## What bounds it",
    "",
    "Matrix products. On one core they are two thirds of an LSTM's step in `keras_port`, and 72 to 82 % in the "
    "other two networks, and they run near the rate that the processor reaches at all, with TensorFlow, XLA, "
    "OpenBLAS and PyTorch alike (80 to 93 GFLOP/s a core, measured one shape after another). TensorFlow 1.15 has "
    "hardly more to multiply in the stack and in the bidirectional network; it, too, computes but one step "
    "backwards. The floor above says how far there is to go: twice the speed of 1.15 would leave next to nothing "
    "for all that is no product. In the LSTM the folded input projection halves the products, and that is the "
    "gain.",
    "",
    "Today's MatMul reaches that rate at most sizes, and at some it does not. Of one (128, 1024) by (1024, 284) "
    "product both cores make 190 GFLOP/s, of the same with the second matrix transposed 98, and BatchMatMulV2 160: "
    "MatMul is two to four times as slow as it wherever such rows are a multiple of 1024 numbers (256 or 512 units). "
    "And a (128, 256) by (256, 512) product MatMul leaves to one core, which makes 108; BatchMatMulV2 makes 166 on "
    "two. So in graphs without a seed `legacy_graph` has these products made by BatchMatMulV2, under the names of "
    "1.15's ops ([products.py](../legacy_graph/graph115/products.py)). Before and after in turn, 15 rounds of 5 steps "
    "in one process: bidirectional 62.1 and 47.9 ms, 1.30 times as fast; LSTM 1.06 to 1.12 times; the stack as "
    "before, whose layers run side by side and fill the cores without it.",
    "",
    "We aimed at 2.5, 2 and 2.2 times TensorFlow 1.15 for the three networks, 1.4, 1.5 and 2.4 times stock Keras, "
    "1, 1.5 and 2.2 times PyTorch; for `legacy_graph` without a seed at 1.4, 1.3 and 1.4; for whole recipes at 2 "
    "in the port and 1.3 in the graph. Compare with the tables. Missed are 2 and 2.2 times TensorFlow 1.15 in the "
    "stack and in the bidirectional network. With nothing else on the machine than 1.15 and `keras_port`, 15 rounds of "
    "6 steps, 1.15 took 39.0, 61.6 and 79.8 ms and `keras_port` 15.7, 44.1 and 41.0: 2.45, 1.40 and 1.94 times as "
    "fast. Twice and 2.2 times would be 31 and 36 ms. On one core, where nothing waits for anything, the steps take 77 "
    "and 73 ms, and two cores can at best halve that. So both are out of reach without a faster product of matrices in "
    "float32.",
    "",
    "A recipe is more than its steps. Of a short one, `legacy-graph train bi_lstm`, 1.7 s go into imports, 0.4 s into "
    "reading the digits, 1.1 s into building 3,700 ops, and 0.6 s into the first step, for which TensorFlow rewrites "
    "the graph; 156 steps take 7.5 s. A run of one step, saved, takes TensorFlow 1.15 5.0 s in all. "
    "The recipe of the LSTM in `legacy_graph` was 1.29 times as fast as 1.15's in an earlier round; 24 of its 28 s are "
    "steps.",
    "",
    "## The main job",
    "",
    "`parity compare all` trains each network on both sides, the stack twice. It took 329 s (and 519 s of the "
    "processors) when it was first measured, 277 s (461) with the steps that the tables show, and takes 190 s (362) "
    "since the parts of the comparison run in processes with cores of their own: the same rungs, the same figures but "
    "for rounding. Half of 329 s is out of reach on two cores: the 2 x 2,502 steps take 157 s of both, "
    "at the speed that a step has on a core of its own. In threads of one process the two sides gained 7 %: each step "
    "then takes more of the processors.",
    "",
    "Tried, and no faster: sigmoid as a tanh; the gradient of the weights inside the compiled loop; on JAX, "
    "shares of the batch side by side; larger thresholds of malloc (nothing is paged in during a step); in "
    "`legacy_graph` other numbers of threads, no graph optimizer or only some of its passes, no oneDNN, oneDNN "
    "without AVX-512 (its products with a transposed matrix are as fast as others then, and all others slower), "
    "BatchMatMulV2 for every product (slower: where two run at once, one core each is better).",
]


if __name__ == "__main__":
    main()
