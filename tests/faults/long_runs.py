"""Trains for many steps and checks that memory does not grow; shows whether steps get slower.

    python -m tests.faults.long_runs legacy_graph --steps 20000
    python -m tests.faults.long_runs keras_port --steps 20000 --model multi_lstm

Prints the memory of the process and the median time of a step in each tenth of the run, then one
JSON object. Ends with 1 where memory grew by more than 2 % from the second tenth to the last.
Times are printed, not checked, since they depend on what else the machine does.
"""

import argparse
import json
import os
import statistics
import tempfile
import time

GROWTH = 0.02
TENTHS = 10


def main():
    """Parse the command line, train, report; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wing", choices=["legacy_graph", "keras_port"])
    parser.add_argument("--model", default="multi_lstm")
    parser.add_argument("--steps", type=int, default=20_000)
    arguments = parser.parse_args()
    found = watch(arguments.wing, arguments.model, arguments.steps)
    print(json.dumps(found))
    return int(found["growth"] > GROWTH)


def watch(wing, model, steps):
    """Train `steps` small steps; returns the measurements of each tenth."""
    from mnist_training import Recipe, digits

    recipe = Recipe.of(model, seed=1, steps=steps, units=8, batch_size=8)
    data = Watched(digits(recipe).train, steps // TENTHS)
    with tempfile.TemporaryDirectory() as folder:
        rest = (data, os.path.join(folder, "models"), os.path.join(folder, "log"), 1000)
        if wing == "legacy_graph":
            from legacy_graph import training

            training.train(recipe, *rest)
        else:
            from keras_port import training

            training.train(training.build(recipe), recipe, *rest)
    data.look()
    memory = data.megabytes[1:]
    return {
        "wing": wing,
        "model": model,
        "steps": steps,
        "megabytes": [round(value, 1) for value in memory],
        "growth": round(memory[-1] / memory[1] - 1, 4),
        "milliseconds": data.milliseconds,
    }


class Watched:
    """A DataSet that measures the process after every `every` batches."""

    def __init__(self, data, every):
        self._data, self._every, self._given = data, every, 0
        self._times, self.megabytes, self.milliseconds = [], [], []

    def next_batch(self, size):
        """Return the next batch."""
        if self._given % self._every == 0:
            self.look()
        self._given += 1
        self._times.append(time.perf_counter())
        return self._data.next_batch(size)

    def look(self):
        """Record the memory now, and the median step since the last call."""
        self.megabytes.append(resident())
        if len(self._times) > 1:
            between = [later - sooner for sooner, later in zip(self._times, self._times[1:])]
            self.milliseconds.append(round(1000 * statistics.median(between), 2))
            print(f"{self._given} steps: {self.megabytes[-1]:.1f} MB, {self.milliseconds[-1]} ms a step", flush=True)
        self._times = []

    def __getattr__(self, name):
        return getattr(self._data, name)


def resident():
    """Return this process's memory in megabytes."""
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    raise SystemExit(main())
