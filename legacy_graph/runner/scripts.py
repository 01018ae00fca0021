"""The three kinds of program that the runner runs, each started as Python or Jupyter would.

A program has `argv0` and `directory` (for sys.argv[0] and sys.path[0]), `own` (packages that are part of
it), and `run(namespace)`, which fills the globals of `__main__` and runs it. The constructors raise
InputError where the program does not exist or Python cannot parse it.
"""

import importlib.machinery
import importlib.util
import os
import sys

from legacy_graph.runner import notebooks
from legacy_graph.runner.old_habits import compile_old
from legacy_graph.runner.old_syntax import describe
from mnist_training.errors import InputError

_LARGEST = 2**28  # bytes of a script or notebook, including its pictures


def open_script(path):
    """Return the Script or Notebook at `path`."""
    if os.path.isdir(path):
        raise InputError(f"{path} is a directory: expected a script or a notebook in it")
    if not os.path.exists(path):
        raise InputError(f"{path}: there is no such file (in {os.getcwd()})")
    if not os.path.isfile(path) or os.path.getsize(path) > _LARGEST:
        raise InputError(f"{path}: not a file of at most {_LARGEST} bytes; expected a script or a notebook")
    return (Notebook if path.endswith(".ipynb") else Script)(path)


class Script:
    """A Python file, run in the current working directory."""

    own = ()

    def __init__(self, path):
        self.argv0 = path
        self.directory = os.path.dirname(os.path.abspath(path))
        with open(path, "rb") as stream:
            source = stream.read()
        try:
            self._code = compile_old(source, path)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if getattr(error, "lineno", None):
                raise InputError(describe(error)) from None
            # Null bytes, not UTF-8, or too deeply nested, for which Python's parser raises MemoryError.
            raise InputError(f"{path}: not Python: {error or 'nested too deep'}") from None

    def run(self, namespace):
        """Run the file with these globals."""
        loader = importlib.machinery.SourceFileLoader("__main__", self.argv0)
        namespace.update(__file__=self.argv0, __loader__=loader, __package__=None, __spec__=None, __cached__=None)
        exec(self._code, namespace)


class Notebook:
    """The code cells of a .ipynb file in order, run in its folder as Jupyter does."""

    own = ()

    def __init__(self, path):
        self.argv0 = path
        self.directory = os.path.dirname(os.path.abspath(path))
        self._cells = [notebooks.compile_cell(*cell) for cell in notebooks.read_notebook(path)]

    def run(self, namespace):
        """Run the cells with these globals."""
        os.chdir(self.directory)
        notebooks.prepare_plotting()
        namespace.update(notebooks.notebook_globals())
        notebooks.run_cells(self._cells, namespace)


class Module:
    """A module, or the `__main__` of a package, as `python -m NAME` runs it."""

    def __init__(self, name):
        self._name, package = name, name.partition(".")[0]
        self.argv0 = "-m"
        self.directory = os.getcwd()
        self.own = (package,)
        if not importlib.machinery.PathFinder.find_spec(package, [self.directory, *sys.path]):
            raise InputError(f"-m {name}: there is no module {package} in {self.directory} or on Python's path")

    def run(self, namespace):
        """Find the module, which imports its parent packages, and run it with these globals."""
        spec = self._find(self._name)
        if spec and spec.submodule_search_locations is not None:
            spec = self._find(self._name + ".__main__")
        code = spec and spec.loader.get_code(spec.name)
        if code is None:
            raise InputError(f"-m {self._name}: there is no such module with Python code")
        sys.argv[0] = spec.origin
        namespace.update(
            __file__=spec.origin, __loader__=spec.loader, __package__=spec.parent, __spec__=spec, __cached__=spec.cached
        )
        exec(code, namespace)

    @staticmethod
    def _find(name):
        try:
            return importlib.util.find_spec(name)
        except ModuleNotFoundError as error:
            if name.startswith(f"{error.name}."):  # a missing parent package, not a failed import inside one
                return None
            raise
