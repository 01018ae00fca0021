"""A script's own modules that shadow libraries: `six.py`, `queue.py` or `legacy_graph.py` beside the script.

Under plain Python the script's folder comes first on sys.path. Here the libraries are imported before the script
starts, and import more while it runs. So there are two modules for each such name: the script's code gets its own
one through sys.modules; the libraries get theirs from a table kept here, through the wrapped import of `imports`.
"""

import contextlib
import importlib.machinery
import importlib.util
import os
import sys

# Python itself has imported these before a script starts, so a script's own modules never shadow them; and for
# the names that the runner supplies, the supplied module is the one that scripts need.
_NEVER = frozenset(sys.builtin_module_names) | frozenset(
    "_collections_abc _sitebuiltins abc codecs encodings genericpath importlib io os posixpath site stat zipimport "
    "input_data numpy tensorflow".split()
)

_library_modules: dict[str, dict] = {}  # root name: {module name: the libraries' module of that name}
_own: list[str] = []  # path prefixes of the script's modules of those names
_folders: list[str] = []  # the script's folders
_switched: set[str] = set()  # root names for which sys.modules has the libraries' modules at the moment


def separate_own_modules(directory, program=""):
    """Give the script the modules in its folder, also where libraries have modules of the same names.

    To be called before the folder is put on sys.path. `program`: path of the script itself, which is not a module.
    """
    _folders.append(directory)
    elsewhere = _without_own_folders(sys.path)
    for root in sorted({name.partition(".")[0] for name in _listed(directory)} - _NEVER):
        own = importlib.machinery.PathFinder.find_spec(root, [directory])
        if own is None or not own.origin or _same(own.origin, program) or root in _library_modules:
            continue
        theirs = getattr(sys.modules.get(root), "__spec__", None)
        theirs = theirs or importlib.machinery.PathFinder.find_spec(root, elsewhere)
        if theirs is not None and not _same(own.origin, theirs.origin):
            _library_modules[root] = _pop_modules(root)
            _own.append(os.path.join(directory, root) + (os.sep if own.submodule_search_locations else "."))


def _listed(directory):
    with contextlib.suppress(OSError):
        return [name for name in os.listdir(directory) if name.partition(".")[0].isidentifier()]
    return []


def _same(path, other):
    return bool(path and other) and os.path.realpath(path) == os.path.realpath(other)


def _pop_modules(root):
    names = [name for name in sys.modules if name.partition(".")[0] == root]
    return {name: sys.modules.pop(name) for name in names}


def is_separated(name):
    """Whether the script and the libraries each have a module of this name."""
    return name.partition(".")[0] in _library_modules


def is_own(file):
    """Whether a file is a module of the script that has the name of a library."""
    return file.startswith(tuple(_own))


@contextlib.contextmanager
def using_library_modules(name):
    """Context in which `name` and its submodules are the libraries'; new imports are stored for the libraries."""
    root = name.partition(".")[0]
    if root in _switched:
        yield
        return
    own, path = _pop_modules(root), list(sys.path)
    _switched.add(root)
    sys.modules.update(_library_modules[root])
    sys.path[:] = _without_own_folders(path)
    try:
        yield
    finally:
        _switched.remove(root)
        sys.path[:] = path
        _library_modules[root] = _pop_modules(root)
        sys.modules.update(own)


def _without_own_folders(path):
    return [entry for entry in path if os.path.abspath(entry or ".") not in _folders]


def library_module(name):
    """Return the libraries' module of this root name from the table, or None."""
    return None if name in _switched else _library_modules.get(name, {}).get(name)
