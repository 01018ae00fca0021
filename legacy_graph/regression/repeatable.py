"""`legacy-graph run --repeatable`: two runs of a script are equal, or the run says what cannot be.

What it changes: all graphs, numpy and Python's random are seeded where the script does not seed them; sets of strings
have the same order in each run; sessions have one thread; the time steps of a while loop run one after another, since
overlapping ones race for the generators of the random ops inside.
"""

import argparse
import contextlib
import json
import os
import sys

from legacy_graph.regression import recorder
from mnist_training.cli import verdict

ENGINE = "tf1-rnn"


def add_arguments(parser):
    """Add what makes a run repeatable to the parser of `run`."""
    parser.add_argument(
        "--repeatable",
        action="store_true",
        help=f"two runs are equal: seeds (--seed, else {recorder.SEED}) for graphs, numpy, random; one thread; loops "
        "one step at a time; what cannot be repeated is reported at the end",
    )
    parser.add_argument("--observe", metavar="FILE", help=argparse.SUPPRESS)  # used by record and check


def restart(arguments):
    """Restart this process where environment variables that Python or TensorFlow read at start-up must change."""
    wanted = recorder.environment()
    if arguments.repeatable and wanted != dict(os.environ):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-m", "legacy_graph", *sys.argv[1:]], wanted)


@contextlib.contextmanager
def watched(arguments):
    """Run a script in the body as the flags --repeatable, --explain-seeds and --observe ask, and report afterwards.

    To be called inside `runner.tf1_process()`. Messages go to stderr, so that stdout has the script's output alone.
    """
    if not (arguments.repeatable or arguments.explain_seeds):
        yield
        return
    from legacy_graph import tf1
    from legacy_graph.graph115 import calls, op_seeds

    seed = recorder.SEED if arguments.seed is None else arguments.seed
    watch = recorder.Watch(tf1, seed if arguments.repeatable else None, calls.TYPES, ENGINE)
    try:
        yield
    finally:
        if arguments.observe:
            observation = watch.observation()
            observation["versions"][ENGINE] = verdict.version()
            with open(arguments.observe, "w", encoding="utf-8") as stream:
                json.dump(observation, stream)
        elif arguments.repeatable:
            for obstacle in watch.obstacles():
                print(f"legacy_graph: not repeatable: {obstacle}", file=sys.stderr)
        if arguments.explain_seeds:
            print(op_seeds.explain(watch.graphs), file=sys.stderr)
