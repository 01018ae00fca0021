"""What the script runner adds to a bare `import tensorflow`: whole processes, in turn.

python -m benchmarks.start_up [--rounds 5]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

SCRIPT = "import tensorflow as tf\nx = tf.placeholder(tf.float32)\n"


def main():
    """Print the median seconds of both, and of their difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "script.py")
        with open(script, "w") as stream:
            stream.write(SCRIPT)
        commands = {
            "bare import": [sys.executable, "-c", "import tensorflow"],
            "runner": [sys.executable, "-m", "legacy_graph", "run", script],
        }
        times = {name: [] for name in commands}
        for _ in range(rounds + 1):  # the first fills the disk's cache
            for name, command in commands.items():
                began = time.perf_counter()
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                times[name].append(time.perf_counter() - began)
    bare, runner = times["bare import"][1:], times["runner"][1:]
    print(
        f"bare import {statistics.median(bare):.2f} s, runner {statistics.median(runner):.2f} s, "
        f"overhead {statistics.median(b - a for a, b in zip(bare, runner)):.2f} s"
    )


if __name__ == "__main__":
    main()
