"""Run commands of `python -m legacy_graph`, each in a process of its own, importing TensorFlow once.

The server reads a line for each job from stdin: {"arguments": [...], "directory": ..., "output": PATH} as JSON, and
"environment": {...} where that is another. What the command prints goes to PATH.out and PATH.err; the server answers
with a line, the exit status. Hashes are those of PYTHONHASHSEED=0, which a fork cannot change.
"""

import atexit
import functools
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]


def run_all(jobs):
    """Run the jobs; return (stdout, stderr, exit status) of each."""
    server = _server()
    ended = []
    for job in jobs:
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        ended.append((_read(job, ".out"), _read(job, ".err"), status))
    return ended


@functools.cache
def _server():
    """Start the server that this process uses to its end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.legacy_graph.run_in_forks"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def _read(job, ending):
    return pathlib.Path(job["output"] + ending).read_text()


def _become(job):
    """Make this process the one that the job's command would have started."""
    os.chdir(job["directory"])
    os.environ.update(job.get("environment", {}))
    sys.argv = ["legacy_graph", *job["arguments"]]
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, ending in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(job["output"] + ending, os.O_WRONLY | os.O_CREAT), descriptor)


def _main():
    from legacy_graph import __main__ as command_line
    from mnist_training.cli.quiet_start import without_startup_messages

    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with without_startup_messages():
        from legacy_graph import behavior, tf1  # noqa: F401, before the forks
        from legacy_graph.namespace import input_data  # noqa: F401, before the forks
        from legacy_graph.runner import imports  # noqa: F401, before the forks

        with behavior.tf1_switches():  # finds once, for all of them, where functions are to be replaced
            pass
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
            command_line.main()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    _main()
