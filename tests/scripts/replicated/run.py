"""Runs replicated.py as three processes on this machine. Python 3.7 must be able to run this:

    tf115/bin/python tests/scripts/replicated/run.py --write     # record what TensorFlow 1.15 does, in tf115.json
"""

import json
import os
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT, RECORDED = os.path.join(HERE, "replicated.py"), os.path.join(HERE, "tf115.json")


def curves(command, *arguments):
    """Start a parameter server and two workers; returns [[step, loss], ...] of each worker, as far as it printed them.

    The second worker ends of its own accord. The first, the chief, may not: on TensorFlow 1.15, too, a thread
    of its SyncReplicasOptimizer waits for gradients that nobody sends any more.
    """
    ports = [_free_port() for _ in range(3)]
    hosts = ["--ps_hosts", "127.0.0.1:%d" % ports[0], "--worker_hosts", "127.0.0.1:%d,127.0.0.1:%d" % tuple(ports[1:])]
    tasks, processes = [("ps", 0), ("worker", 0), ("worker", 1)], []
    with tempfile.TemporaryDirectory() as folder:
        printed = [os.path.join(folder, str(number)) for number in range(3)]
        try:
            for (job, index), path in zip(tasks, printed):
                with open(path, "w") as stream:
                    processes.append(
                        subprocess.Popen(
                            command + [SCRIPT, "--job_name", job, "--task_index", str(index)] + hosts + list(arguments),
                            stdout=stream,
                            stderr=subprocess.STDOUT,
                            cwd=folder,
                        )
                    )
            status = processes[2].wait(timeout=150)
        finally:
            for process in processes:
                process.kill()
                process.wait()
        texts = []
        for path in printed[1:]:
            with open(path) as stream:
                texts.append(stream.read())
    if status:
        raise RuntimeError("the second worker ended with status %d:\n%s" % (status, texts[1]))
    return [[_numbers(line) for line in text.splitlines() if line[:1].isdigit()] for text in texts]


def _numbers(line):
    step, loss = line.split()
    return [int(step), float(loss)]


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def main():
    """Run under this Python's TensorFlow, and print or record the chief's curve."""
    import tensorflow as tf

    if not tf.__version__.startswith("1.15."):
        sys.exit("this is TensorFlow %s; only 1.15 may record" % tf.__version__)
    found = {"tensorflow": tf.__version__, "chief": curves([sys.executable])[0]}
    if "--write" in sys.argv:
        with open(RECORDED, "w") as stream:
            stream.write(json.dumps(found) + "\n")
    print(found)


if __name__ == "__main__":
    main()
