"""Makes `import tensorflow` import TensorFlow 1.15's namespace, in modules imported inside a context.

    with tf1_imports(), tf1_behavior():
        import their_old_model          # its `import tensorflow as tf` is legacy_graph.tf1

Today's libraries (`TF2_PACKAGES`) still get today's TensorFlow in the same process. So the choice
depends on which module an import statement is in; `builtins.__import__` is wrapped to look. Modules that
today's TensorFlow no longer has (`tensorflow.contrib.rnn`) are found by importlib and pickle,
too. One table, `_PLACES`, maps TensorFlow 1.15's modules to ours.
"""

import builtins
import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import sysconfig
import types
from collections.abc import Collection, Iterator

from legacy_graph.namespace import unknown_name
from legacy_graph.runner import own_modules

# Packages whose own code needs today's TensorFlow or Keras; all other code imports TensorFlow 1.
TF2_PACKAGES = frozenset(
    (
        "tensorflow",
        "keras",
        "tf_keras",
        "tf_slim",
        "tensorboard",
        "tensorflow_datasets",
        "tensorflow_estimator",
        "tensorflow_hub",
        "tensorflow_probability",
        "tensorflow_text",
        "keras_hub",
        "keras_tuner",
    )
)
_OURS = frozenset(("legacy_graph", "keras_port", "parity", "mnist_digits", "mnist_training"))
_HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Path in TensorFlow 1.15 -> path here, as "module" or "module:attribute".
_PLACES = {
    "tensorflow": "legacy_graph.tf1",
    "tensorflow.contrib": "legacy_graph.contrib",
    "tensorflow.examples.tutorials.mnist.input_data": "legacy_graph.namespace.input_data",
    "tensorflow.python.estimator": "legacy_graph.tf1:estimator",
    "tensorflow.python.keras": "legacy_graph.tf1:keras",
    "tensorflow.python.layers": "legacy_graph.tf1:layers",
    "tensorflow.python.ops.rnn_cell": "legacy_graph.contrib.rnn.rnn_cell_impl",
    "tensorflow.python.ops.rnn_cell_impl": "legacy_graph.contrib.rnn.rnn_cell_impl",
    "tensorflow.python.ops.variable_scope.variable": "legacy_graph.tf1:Variable",
    "tensorflow.python.util.nest": "legacy_graph.contrib.framework:nest",
    "keras": "legacy_graph.runner.standalone_keras:keras",  # Keras 2 over TF 1
    "numpy": "legacy_graph.runner.old_numpy",
    "yaml": "legacy_graph.runner.old_yaml",
    "input_data": "legacy_graph.namespace.input_data",  # scripts of 2015 had a copy of it in their folder
}
_ROOTS = frozenset(path.partition(".")[0] for path in _PLACES)
# These were packages of many files in TensorFlow 1.15 and Keras; here each is one module.
_SINGLE_MODULE_PREFIXES = (
    "keras.",
    "tensorflow.keras.",
    "tensorflow.python.estimator.",
    "tensorflow.python.keras.",
    "tensorflow.python.layers.",
)
_CONTRIB_FILES = {"core_rnn_cell_impl": "core_rnn_cell"}  # its name in TensorFlow 1.0
_CONTRIB_FOLDERS = ("python", "core", "ops", "layers", "framework")

_REFUSED = {
    "tensorflow.models": "it left TensorFlow before version 1.0; its cells and functions are in "
    "tensorflow.contrib.rnn and tensorflow.contrib.legacy_seq2seq",
}


@contextlib.contextmanager
def tf1_imports(own: Collection[str] = ()) -> Iterator[None]:
    """Context in which imported modules get TensorFlow 1.15's namespace for `tensorflow`.

    `keras` is Keras 2 on top of it, and `numpy` has the names of numpy 1.16 (see
    `legacy_graph.runner.old_numpy`; installed libraries keep today's). A module keeps what it imported;
    after the context, `import` works as before. `own`: installed packages whose code is as old as a
    script's. Raises nothing itself; inside, importing an unknown name raises an ImportError that
    suggests similar ones.
    """
    importlib.import_module("legacy_graph.tf1")  # this imports TensorFlow in the ordinary way
    finder = _Finder()
    real_import, real_import_module = builtins.__import__, importlib.import_module

    @functools.wraps(real_import)
    def import_statement(name, globals=None, locals=None, fromlist=(), level=0):
        frame = sys._getframe(1)
        if not level and _refers_to_tf1(name, frame, own):
            return _import(name, fromlist)
        absolute = (globals or {}).get("__package__") or "" if level else name
        if own_modules.is_separated(absolute) and not is_old(*_running_module(frame), own):
            loaded = None if fromlist else own_modules.library_module(absolute)
            if loaded is not None:
                return loaded
            with own_modules.using_library_modules(absolute):
                return real_import(name, globals, locals, fromlist, level)
        return real_import(name, globals, locals, fromlist, level)

    @functools.wraps(real_import_module)
    def import_module(name, package=None):
        frame = sys._getframe(1)
        if not name.startswith(".") and _refers_to_tf1(name, frame, own):
            return _import_module(name)
        absolute = (package or "") if name.startswith(".") else name
        if own_modules.is_separated(absolute) and not is_old(*_running_module(frame), own):
            with own_modules.using_library_modules(absolute):
                return real_import_module(name, package)
        return real_import_module(name, package)

    builtins.__import__, importlib.import_module = import_statement, import_module
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        builtins.__import__, importlib.import_module = real_import, real_import_module
        sys.meta_path.remove(finder)
        finder.forget()


def _refers_to_tf1(name, frame, own):
    """Whether an import of `name` by the code in `frame` means TensorFlow 1's module."""
    root = _canonical(name).partition(".")[0]
    if root not in _ROOTS or root == "input_data":  # that is the finder's: a script's own wins
        return False
    module, file = _running_module(frame)
    if own_modules.is_separated(root) and is_old(module, file, own):  # keras.py beside the script
        return False
    if _is_todays_module(module, file):
        return False
    return root not in ("numpy", "yaml") or is_old(module, file, own)


def is_old(module, file, own=()):
    """Whether a module is old code, like the script: not an installed library, and not ours."""
    return not _is_todays_module(module, file) and (module.partition(".")[0] in own or not _is_installed(file))


def _is_todays_module(module, file):
    """Whether a module belongs to today's TensorFlow or to us; False for a script's module of the same name."""
    package = module.partition(".")[0]
    if own_modules.is_own(file):
        return False
    return package in TF2_PACKAGES or package in _OURS and file.startswith(os.path.join(_HOME, package, ""))


def _running_module(frame):
    """Return name and file of the module whose code runs in `frame`; for generated code, of its creator."""
    names = frame.f_globals
    while frame.f_back and names.get("__name__") != "__main__" and "__file__" not in names:
        frame = frame.f_back
        names = frame.f_globals
    return names.get("__name__") or "__main__", names.get("__file__") or ""


def _is_installed(file):
    paths = sysconfig.get_paths()
    return "site-packages" in file or "dist-packages" in file or file.startswith((paths["stdlib"], paths["platstdlib"]))


def _import(name, fromlist):
    """Import like an import statement: return the root module, or with a fromlist the last one."""
    module = _import_module(name)
    name = _canonical(name)
    if not fromlist:
        return _bound(name)
    for item in fromlist:
        if item != "*" and not hasattr(module, item):
            setattr(module, item, _submodule(module, name, item))
    return _with_all(module) if "*" in fromlist else module


def _import_module(said):
    name = _canonical(said)
    module = find_module(name)
    if said not in sys.modules and (name in _PLACES or name != said):
        importlib.import_module(said)  # where pickle looks
    return module


def _submodule(module, name, item):
    """Return the module `item` inside `name`, or raise an ImportError that suggests similar names."""
    try:
        return find_module(f"{name}.{item}")
    except ModuleNotFoundError:
        try:
            getattr(module, item)
        except AttributeError as error:
            raise ImportError(str(error), name=name) from None
        raise


def _bound(name):
    """Set each module of the dotted `name` as an attribute of its parent; return the root."""
    root, *parts = name.split(".")
    first = parent = find_module(root)
    path = root
    for part in parts:
        path = f"{path}.{part}"
        module = find_module(path)
        if getattr(parent, part, None) is not module:
            setattr(parent, part, module)
        parent = module
    return first


def _with_all(module):
    """Return a copy of a module that has all its lazy names, for `from module import *`."""
    if hasattr(module, "__all__"):
        return module
    names = [name for name in dir(module) if not name.startswith("_")]
    copy = types.ModuleType(module.__name__)
    copy.__dict__.update((name, getattr(module, name)) for name in names if hasattr(module, name))
    return copy


def _canonical(name):
    """Replace tensorflow_core, the name of 1.15's own package, which its pickles have."""
    root, dot, rest = name.partition(".")
    return "tensorflow" + dot + rest if root == "tensorflow_core" else name


def find_module(path):
    """Return the module that TensorFlow 1.15 had at `path`, e.g. "tensorflow.contrib.rnn".

    It is one of ours, or today's where that is still the same. Raises ModuleNotFoundError that
    names the nearest names supplied.
    """
    for refused, reason in _REFUSED.items():
        if (path + ".").startswith(refused + "."):
            raise ModuleNotFoundError(f"{path} is not supplied by legacy_graph: {reason}.", name=path)
    try:
        return _find(path)
    except AttributeError as error:
        raise ModuleNotFoundError(str(error), name=path) from None


@functools.cache
def _find(path):
    if path in _PLACES:
        module, _, attribute = _PLACES[path].partition(":")
        module = importlib.import_module(module)
        return getattr(module, attribute) if attribute else module
    if path.startswith("tensorflow.contrib.") and "python" in path.split("."):
        return _inside_contrib(path)
    if path.startswith(("numpy.", "yaml.")):
        return importlib.import_module(path)  # numpy's own; pickle looks for it in sys.modules
    ours = sorted({place[len(path) + 1 :].split(".")[0] for place in _PLACES if place.startswith(path + ".")})
    undivided = path.startswith(_SINGLE_MODULE_PREFIXES)
    if ours or path.startswith("tensorflow.python.") and not undivided:
        return _overlay(path, _todays_module(path), ours)
    parent_path, _, name = path.rpartition(".")
    parent = find_module(parent_path)
    value = getattr(parent, name, None)
    if isinstance(value, types.ModuleType):
        return value
    return parent if undivided else _todays_module(path) or getattr(parent, name)


def _todays_module(path):
    """Return today's module at `path`, or None."""
    parent_path, _, _ = path.rpartition(".")
    parent = _todays_module(parent_path) if parent_path else None
    if parent_path and not hasattr(parent, "__path__"):
        return None
    found = importlib.machinery.PathFinder.find_spec(path, parent and parent.__path__)
    return importlib.import_module(path) if found else None


def _inside_contrib(path):
    """Return our module for a file of a contrib package, such as "tensorflow.contrib.rnn.python.ops.rnn_cell".

    That is our module of the same name, or the whole package where we divided it otherwise.
    """
    package_path, _, file = path.partition(".python")
    package = module = find_module(package_path)
    folders = (*_CONTRIB_FOLDERS, package_path.rpartition(".")[2])
    for part in file.split("."):
        part = _CONTRIB_FILES.get(part, part)
        if part and part not in folders:
            module = getattr(module, part, None) or _our_submodule(module, part)
            if not isinstance(module, types.ModuleType):
                return package
    return module


def _our_submodule(module, name):
    full = f"{module.__name__}.{name}"
    found = hasattr(module, "__path__") and importlib.util.find_spec(full)
    return importlib.import_module(full) if found else None


def _overlay(path, today, ours):
    """Return a module with our names for `path` first, then those of today's module there, if any.

    What has left a module of `tensorflow.python` is taken from the public name: ops.Tensor is
    tf.Tensor, control_flow_ops.cond is tf.cond.
    """
    if not today and not ours:
        raise unknown_name(*path.rpartition(".")[::2], dir(find_module(path.rpartition(".")[0])))

    def attribute(name):
        full = f"{path}.{name}"
        if name in ours:
            return find_module(full)
        if name.startswith("__") and not hasattr(today, name):
            raise AttributeError(name)
        for place in (today, *_public_places(path)):
            if hasattr(place, name):
                value = getattr(place, name)
                return find_module(full) if getattr(value, "__name__", None) == full else value
        raise unknown_name(path, name, [*ours, *(dir(today) if today else ())])

    overlay = types.ModuleType(path)
    overlay.__path__ = []
    overlay.__getattr__ = attribute
    overlay.__dir__ = lambda: sorted({*ours, *(dir(today) if today else ())})
    return overlay


def _public_places(path):
    tf = find_module("tensorflow")
    return (tf, tf.nn, tf.train, tf.graph_util) if path.startswith("tensorflow.python.") else ()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A finder, after all others, for modules that today's TensorFlow no longer has."""

    def __init__(self):
        self._found = []

    def find_spec(self, name, path=None, target=None):
        """Return the spec of a removed module; None for one that TensorFlow 1.15 did not have either."""
        if _canonical(name).partition(".")[0] not in ("tensorflow", "input_data"):
            return None
        try:
            find_module(_canonical(name))
        except ModuleNotFoundError:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module):
        """Replace the empty module that importlib created by ours."""
        ours = sys.modules[module.__name__] = find_module(_canonical(module.__name__))
        vars(ours).setdefault("__path__", [])  # importlib looks for submodules in packages only
        self._found.append(module.__name__)

    def forget(self):
        """Remove the found modules from sys.modules and from their parent packages."""
        for name in self._found:
            module = sys.modules.pop(name, None)
            parent, _, child = name.rpartition(".")
            parent = sys.modules.get(parent)
            if vars(parent).get(child) is module if parent else False:
                delattr(parent, child)
