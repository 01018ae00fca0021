"""Processes that take training steps in turn, so that a machine whose speed drifts slows all of them alike."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WARM_UP = 3  # steps before the first round: the first builds and compiles


def start(python, function, environment):
    """Start a benchmarks.worker of a candidate."""
    return subprocess.Popen(
        [python, "-m", "benchmarks.worker", function],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def measure(model, workers, rounds, steps):
    """Return {name: {"seconds": [[(clock, processors) of each step] of each round], "peak_mib", "gpu_mib"}}.

    `workers`: {name: a process from `start`}; they are ended.
    """
    found = {name: {"seconds": []} for name in workers}
    for worker in workers.values():
        _send(worker, model, WARM_UP)
    for worker in workers.values():
        _answer(worker)
    for _ in range(rounds):
        for name, worker in workers.items():
            _send(worker, model, steps)
            answer = _answer(worker)
            found[name]["seconds"].append(answer.pop("seconds"))
            found[name].update(answer)
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    return found


def _send(worker, model, steps):
    worker.stdin.write(f"{model} {steps}\n")
    worker.stdin.flush()


def _answer(worker):
    answer = worker.stdout.readline()
    if not answer:
        sys.exit(f"benchmarks: {' '.join(worker.args)} ended with status {worker.wait()}; run it to see why")
    return json.loads(answer)


def milliseconds(took):
    """Return the median step's, of seconds as `measure` returns them."""
    return 1000 * statistics.median(step[0] for steps in took for step in steps)


def ratios(reference, took, which):
    """The median of the rounds' ratios, and their middle half; `which`: 0 the clock's seconds, 1 the processors'."""
    low, middle, high = quartiles(reference, took, which)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def quartiles(reference, took, which):
    """Return the quartiles of the rounds' ratios; `which` as in `ratios`."""
    medians = [[statistics.median(step[which] for step in steps) for steps in rounds] for rounds in (reference, took)]
    return statistics.quantiles([theirs / ours for theirs, ours in zip(*medians)], n=4)
