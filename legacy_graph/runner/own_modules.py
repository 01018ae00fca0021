"""A script's own modules, where one has the name of a library: `six.py`, `queue.py`, `legacy_graph.py` beside it.

Under plain Python the folder of a script comes first. Here the libraries are loaded before the script begins, and load
more while it runs. So each name is had twice: the script's code gets what lies beside it, through sys.modules as ever;
the libraries get their own from a table kept here, through the wrapped import of `imports`.
"""

import contextlib
import importlib.machinery
import importlib.util
import os
import sys

# Python itself has imported these before a script begins, so the script's own never win; and what the runner supplies
# in place of them is what a script named like them wants.
_NEVER = frozenset(sys.builtin_module_names) | frozenset(
    "_collections_abc _sitebuiltins abc codecs encodings genericpath importlib io os posixpath site stat zipimport "
    "input_data numpy tensorflow".split()
)

_apart = {}  # root name: {module name: the libraries' module of that name}
_own = []  # beginnings of the paths of the script's modules of those names
_folders = []  # where they lie
_turns = set()  # root names that are the libraries' at the moment


def keep_apart(directory, program=""):
    """Let modules in a script's folder be found by the script, also where libraries have modules of their names.

    To be called before sys.path begins with the folder. `program`: the script itself, which is no module.
    """
    _folders.append(directory)
    elsewhere = _without_own_folders(sys.path)
    for root in sorted({name.partition(".")[0] for name in _listed(directory)} - _NEVER):
        own = importlib.machinery.PathFinder.find_spec(root, [directory])
        if own is None or not own.origin or _same(own.origin, program) or root in _apart:
            continue
        theirs = getattr(sys.modules.get(root), "__spec__", None)
        theirs = theirs or importlib.machinery.PathFinder.find_spec(root, elsewhere)
        if theirs is not None and not _same(own.origin, theirs.origin):
            _apart[root] = _taken_out(root)
            _own.append(os.path.join(directory, root) + (os.sep if own.submodule_search_locations else "."))


def _listed(directory):
    with contextlib.suppress(OSError):
        return [name for name in os.listdir(directory) if name.partition(".")[0].isidentifier()]
    return []


def _same(path, other):
    return bool(path and other) and os.path.realpath(path) == os.path.realpath(other)


def _taken_out(root):
    names = [name for name in sys.modules if name.partition(".")[0] == root]
    return {name: sys.modules.pop(name) for name in names}


def is_apart(name):
    """Whether the script and the libraries each have a module of this name."""
    return name.partition(".")[0] in _apart


def is_own(file):
    """Whether a file is a module of the script that has the name of a library."""
    return file.startswith(tuple(_own))


@contextlib.contextmanager
def libraries_turn(name):
    """In the body, `name` and all below it are the libraries' modules, and what is imported is kept for them."""
    root = name.partition(".")[0]
    if root in _turns:
        yield
        return
    own, path = _taken_out(root), list(sys.path)
    _turns.add(root)
    sys.modules.update(_apart[root])
    sys.path[:] = _without_own_folders(path)
    try:
        yield
    finally:
        _turns.remove(root)
        sys.path[:] = path
        _apart[root] = _taken_out(root)
        sys.modules.update(own)


def _without_own_folders(path):
    return [entry for entry in path if os.path.abspath(entry or ".") not in _folders]


def library_module(name):
    """Return the libraries' module of this root name where it is kept, else None."""
    return None if name in _turns else _apart.get(name, {}).get(name)
