"""The fixture `tf1_script`: a script runs in a process of its own, or its graph is built inside the test."""

import contextlib
import dataclasses
import os
import pathlib
import sys
import types
import warnings
from typing import Any

from legacy_graph.regression import command, recorder


@dataclasses.dataclass(frozen=True)
class Run:
    """The results of a script's run.

    Attributes:
      status: its exit status.
      printed, errors: what it wrote to stdout and stderr.
      losses: {tensor's name: its fetched values}, for scalars.
      variables: {name: dtype, shape, checksum, norm and weighted sum of the initial value, as one line}.
      steps: the number of training steps.
    """

    status: int
    printed: str
    errors: str
    losses: dict
    variables: dict
    steps: int


class Scripts:
    """Runs scripts, and builds their graphs. Paths are relative to the folder `root`. Leaving it ends a build."""

    def __init__(self, root: str | os.PathLike) -> None:
        self._root, self._build = pathlib.Path(root), contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._build.close()

    def run(self, script: str | os.PathLike, *arguments: Any, seed: int = recorder.SEED) -> Run:
        """Run a script as `legacy-graph run --repeatable --seed SEED` does, in a process of its own; return a Run."""
        script = os.path.relpath(self._root / script, self._root)
        seen = command.run(script, [str(word) for word in arguments], seed, root=self._root)
        losses = {name: recorder.numbers(loss["values"]) for name, loss in seen["losses"].items()}
        kept = {name: seen[name] for name in ("status", "printed", "errors", "variables", "steps")}
        return Run(**kept, losses=losses)

    def build(self, script: str | os.PathLike, *arguments: Any) -> "Build":
        """Run a script in this process up to its first session; return a Build.

        It is run as `legacy-graph run` runs it. TensorFlow 1's behaviour, and `import tensorflow` that imports
        TensorFlow 1, last until the end of the test, or until the next build. Raises InputError where the script
        does not exist.
        """
        self._build.close()
        words = [str(word) for word in arguments]
        return self._build.enter_context(building(str(self._root / script), words))


class Build:
    """The graph that a script trains, built in this process.

    Attributes:
      graph: the tf.Graph of its first session, or its default graph where it creates none.
      names: the script's globals when it stopped, {name: value}.
    """

    def __init__(self, graph: Any, names: dict[str, Any]) -> None:
        self.graph, self.names = graph, names

    def session(self) -> Any:
        """Return a session on the graph; TensorFlow 1's, so a context, too."""
        from legacy_graph import tf1

        return tf1.Session(graph=self.graph)


class _FirstSession(BaseException):
    """Stops a script that is only built; a BaseException, so that no `except Exception` in it catches this."""


@contextlib.contextmanager
def building(path, arguments=()):
    """Run a script up to its first session; yield the Build. Leaving the context restores the process."""
    from legacy_graph.behavior import tf1_switches
    from legacy_graph.runner.imports import is_old, tf1_imports
    from legacy_graph.runner.old_habits import old_habits
    from legacy_graph.runner.old_python import old_python
    from legacy_graph.runner.scripts import open_script

    program = open_script(path)
    with contextlib.ExitStack() as stack:
        for context in (old_python(), old_habits(is_old), tf1_imports(), tf1_switches(), _default_graph()):
            stack.enter_context(context)
        stack.enter_context(_own_flags())
        with _as_main(program, arguments) as names:
            graph = _run_to_first_session(program, names)
        yield Build(graph, names)


def _run_to_first_session(program, names):
    from legacy_graph import tf1

    kind = tf1.Session.__mro__[1]  # InteractiveSession's base, too
    make_session = kind.__init__

    def first(session, target="", graph=None, config=None):
        session._session, session._closed = None, True  # what __del__ looks at
        raise _FirstSession(graph or tf1.get_default_graph())

    kind.__init__ = first
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of old code
            program.run(names)
    except _FirstSession as end:
        return end.args[0]
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"{program.argv0} ended with exit status {end.code} before its first session") from end
    finally:
        kind.__init__ = make_session
    return tf1.get_default_graph()


@contextlib.contextmanager
def _default_graph():
    """A new default graph, which tf.reset_default_graph() replaces: TensorFlow forbids that inside a context."""
    from legacy_graph import tf1

    with contextlib.ExitStack() as current:
        current.enter_context(tf1.Graph().as_default())

        def reset():
            current.close()
            current.enter_context(tf1.Graph().as_default())

        before = vars(tf1).get("reset_default_graph")
        tf1.reset_default_graph = reset
        try:
            yield
        finally:
            del tf1.reset_default_graph
            if before:
                tf1.reset_default_graph = before


@contextlib.contextmanager
def _as_main(program, arguments):
    """Make a program `__main__`, with its arguments in sys.argv; yield its globals. Restores both afterwards."""
    main_module = types.ModuleType("__main__")
    before = sys.argv[:], sys.path[:], sys.modules["__main__"], os.getcwd()
    modules = set(sys.modules)
    sys.argv[:] = [program.argv0, *arguments]
    sys.path.insert(0, program.directory)
    sys.modules["__main__"] = main_module
    try:
        yield vars(main_module)
    finally:
        sys.argv[:], sys.path[:], sys.modules["__main__"], folder = before
        os.chdir(folder)
        for name in set(sys.modules) - modules:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(os.path.join(program.directory, "")):
                del sys.modules[name]


@contextlib.contextmanager
def _own_flags():
    """Remove the flags that are defined in the body: a process has a single set of flags."""
    from absl import flags

    known = set(flags.FLAGS)
    try:
        yield
    finally:
        for name in set(flags.FLAGS) - known:
            delattr(flags.FLAGS, name)
        flags.FLAGS.unparse_flags()
