"""A script's child processes: those that multiprocessing spawns, and those that are forked after a session.

multiprocessing's "spawn" and "forkserver" start a new Python process and import the script there, as `__mp_main__`.
That process must become a TensorFlow 1 process first, with its parent's flags: it starts by importing
`legacy_graph.runner.new_child`, which reads the flags from an environment variable.

A process that is forked after a session has none of TensorFlow's threads, so that a session there hangs, on
TensorFlow 1.15 as today. All that can be done is to print a warning.
"""

import contextlib
import json
import multiprocessing.forkserver
import multiprocessing.spawn
import os
import runpy
import sys
import types

from legacy_graph.runner.old_habits import compile_old

FLAGS = "LEGACY_GRAPH_CHILD_FLAGS"
_HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_FORKED = (
    "legacy_graph: this process was forked after a session, without TensorFlow's threads: a session here may never "
    "answer, as under TensorFlow 1.15. Start processes before the first session, or let "
    'multiprocessing.get_context("spawn") start them.\n'
)


@contextlib.contextmanager
def children_follow(flags):
    """Context in which spawned child processes become TensorFlow 1 processes, and sessions in forked ones warn.

    `flags`: arguments for `runner.begin` in the child, as JSON can hold them.
    """
    spawn = multiprocessing.spawn
    command_line = spawn.get_command_line

    def new_command_line(**arguments):
        line = command_line(**arguments)
        if "-c" in line:  # not where the program is frozen
            at = line.index("-c") + 1
            line[at] = f"{_child_prelude()}; {line[at]}"
        return line

    os.environ[FLAGS] = json.dumps(flags)
    spawn.get_command_line = new_command_line
    multiprocessing.set_forkserver_preload([__package__ + ".new_child"])
    with _warn_of_sessions_after_forks():
        try:
            yield
        finally:
            spawn.get_command_line = command_line
            os.environ.pop(FLAGS, None)


def _child_prelude():
    """Return the first Python statements of a child; its sys.path is ours without the folder that Python puts first."""
    path = [*sys.path[1:], *([] if _HOME in sys.path[1:] else [_HOME])]
    return f"import sys; sys.path[:] = {path!r}; import {__package__}.new_child"


def import_main_as_runner_does():
    """Make multiprocessing compile the script in a child as the runner does."""

    def run_path(path, run_name):
        with open(path, "rb") as stream:
            code = compile_old(stream.read(), path)
        module = sys.modules[run_name] = types.ModuleType(run_name)  # pickle looks here
        module.__file__ = path
        exec(code, vars(module))
        return vars(module)

    multiprocessing.spawn.runpy = types.SimpleNamespace(run_path=run_path, run_module=runpy.run_module)


@contextlib.contextmanager
def _warn_of_sessions_after_forks():
    import tensorflow.compat.v1 as v1

    session = v1.Session.__base__  # InteractiveSession's, too
    real_init, made = session.__init__, []

    def init(self, *args, **kwargs):
        made[:] = [True]
        real_init(self, *args, **kwargs)

    def in_child():
        if made:
            session.run = warning_first(session.run)

    def warning_first(run):
        def run_and_warn(*args, **kwargs):
            session.run = run
            os.write(2, _FORKED.encode())
            return run(*args, **kwargs)

        return run_and_warn

    session.__init__ = init
    os.register_at_fork(after_in_child=in_child)
    try:
        yield
    finally:
        session.__init__ = real_init
        made.clear()
