"""Run scripts through `python -m legacy_graph run`, each in a process of its own, importing TensorFlow once.

    python -m tests.legacy_graph.run_in_forks OUTPUT_FOLDER SCRIPT...

What SCRIPT prints goes to OUTPUT_FOLDER/NAME.out with its exit status, its stderr to NAME.err.
"""

import atexit
import contextlib
import os
import pathlib
import sys
import traceback

from legacy_graph import __main__ as command_line
from legacy_graph import runner
from tests.scripts import _outputs


def _run(script):
    """Run one script as its own command would; return the exit status."""
    sys.argv = ["legacy_graph", "run", script]
    try:
        command_line.main()
    except SystemExit as ending:
        return ending.code or 0
    except BaseException:
        traceback.print_exc()
        return "the runner itself failed"


def _child(script, folder, stem):
    os.chdir(folder)
    for descriptor, ending in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(f"{stem}{ending}", os.O_WRONLY | os.O_CREAT), descriptor)
    status = _run(script)
    atexit._run_exitfuncs()
    print(f"[exit {status}]", flush=True)
    sys.stderr.flush()


def main():
    """Import TensorFlow, then run every script named on the command line in a fork."""
    output, *scripts = sys.argv[1:]
    with contextlib.ExitStack() as stack:
        stack.enter_context(runner.without_startup_messages())
        from legacy_graph import tf1  # noqa: F401
    for script in scripts:
        with _outputs.working_directory() as folder:
            child = os.fork()
            if not child:
                _child(script, folder, pathlib.Path(output).absolute() / pathlib.Path(script).stem)
                os._exit(0)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
