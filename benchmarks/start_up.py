"""What a command takes until it can begin, beside a bare `import tensorflow`: whole processes, in turn.

    python -m benchmarks.start_up [--rounds 5]

Seconds of the clock, and of the processors: the latter hardly depend on what else the machine does.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SCRIPT = "import tensorflow as tf\nx = tf.placeholder(tf.float32)\n"
BARE = "`import tensorflow`, nothing else"


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    print("\n".join(table(measure(parser.parse_args().rounds))))


def measure(rounds):
    """Return {name: [(seconds of the clock, seconds of the processors) of each round]}."""
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "script.py")
        with open(script, "w") as stream:
            stream.write(SCRIPT)
        train = ["train", "lstm", "--steps", "1", "--model-dir", os.path.join(folder, "models")]
        commands = {
            BARE: ["-c", "import tensorflow"],
            "`legacy-graph run`, a script that makes one placeholder": ["-m", "legacy_graph", "run", script],
            "`legacy-graph train lstm --steps 1`": ["-m", "legacy_graph", *train],
            "`keras-port train lstm --steps 1`": ["-m", "keras_port", *train],
        }
        took = {name: [] for name in commands}
        for _ in range(rounds + 1):  # the first fills the disk's cache
            for name, command in commands.items():
                began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
                subprocess.run(
                    [sys.executable, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                took[name].append((time.perf_counter() - began, used))
    return {name: figures[1:] for name, figures in took.items()}


def table(took):
    """Return the medians as a Markdown table; the last column is the median of the rounds' ratios."""
    lines = ["| process | clock, s | processors, s | processors, times the bare import |", "| --- | --- | --- | --- |"]
    for name, figures in took.items():
        clock, used = (statistics.median(column) for column in zip(*figures))
        ratio = statistics.median(mine[1] / bare[1] for mine, bare in zip(figures, took[BARE]))
        lines.append(f"| {name} | {clock:.1f} | {used:.1f} | {ratio:.2f} |")
    return lines


if __name__ == "__main__":
    main()
