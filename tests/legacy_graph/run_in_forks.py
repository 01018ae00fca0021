"""Run commands of `python -m legacy_graph`, each in a process of its own, importing TensorFlow once.

Reads a JSON list of jobs from stdin: {"arguments": [...], "directory": ..., "output": PATH}, and "environment": {...}
where that is another. What the command prints goes to PATH.out and PATH.err, its exit status to PATH.status.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]


def run_all(jobs):
    """Run the jobs; return (stdout, stderr, exit status) of each."""
    subprocess.run(
        [sys.executable, "-m", "tests.legacy_graph.run_in_forks"],
        cwd=ROOT,
        check=True,
        input=json.dumps(jobs),
        text=True,
    )
    return [(_read(job, ".out"), _read(job, ".err"), int(_read(job, ".status"))) for job in jobs]


def _read(job, ending):
    return pathlib.Path(job["output"] + ending).read_text()


def _become(job):
    """Make this process the one that the job's command would have started."""
    os.chdir(job["directory"])
    os.environ.update(job.get("environment", {}))
    sys.argv = ["legacy_graph", *job["arguments"]]
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
    for job in json.load(sys.stdin):
        child = os.fork()
        if not child:
            _become(job)
            command_line.main()
        _, status = os.waitpid(child, 0)
        pathlib.Path(job["output"] + ".status").write_text(str(os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    _main()
