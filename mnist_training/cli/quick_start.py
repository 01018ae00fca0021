"""Import TensorFlow and Keras faster: this saves a third to a half of every command's start-up time.

- Python's garbage collector is off during the import, which makes hundreds of thousands of lasting objects.
- JAX, scipy, matplotlib and IPython, which TensorFlow and Keras import where they are installed, wait until a
  function that needs them is called.
"""

import contextlib
import gc
import importlib.machinery
import pkgutil
import sys
from collections.abc import Iterator

# Importing module: the package it tries to import, and the variables that it then sets, with their values as in
# _DeferredImport. A module without variables only patches old versions of the package.
_DEFERRED: dict[str, tuple[str, dict[str, str]]] = {
    "tensorflow.lite.python.util": ("jax", {"_jit": "jax:jit"}),
    "keras.src.visualization.plot_image_gallery": ("matplotlib", {"plt": "matplotlib.pyplot:"}),
    "keras.src.visualization.plot_bounding_box_gallery": ("matplotlib", {"patches": "matplotlib.patches:"}),
    "keras.src.saving.file_editor": ("IPython", {"ipython": "IPython:"}),
    "keras.src.callbacks.orbax_checkpoint": ("jax", {}),
    "tf_keras.src.preprocessing.image": (
        "scipy",
        {"scipy": "scipy:", "linalg": "scipy.linalg:", "ndimage": "scipy.ndimage:"},
    ),
    **dict.fromkeys(
        (
            "tensorflow.python.keras.engine.training_arrays_v1",
            "tensorflow.python.keras.engine.training_v1",
            "tf_keras.src.engine.training_arrays_v1",
            "tf_keras.src.engine.training_v1",
        ),
        ("scipy", {"issparse": "scipy.sparse:issparse"}),
    ),
}
_REEXPORTED = {"tensorflow.lite.python.lite": "tensorflow.lite.python.util"}  # imports the variable from there


@contextlib.contextmanager
def quick_imports() -> Iterator[None]:
    """Context in which TensorFlow or Keras is imported, without the packages of `_DEFERRED`.

    TensorFlow and Keras import those packages at first use. All other code imports them as usual.
    """
    finder, collecting = _Finder(), gc.isenabled()
    sys.meta_path.insert(0, finder)
    gc.disable()
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        finder.leave_stand_ins()
        if collecting:
            gc.freeze()  # these objects last until the process ends: do not scan them again
            gc.enable()


class _Finder:
    """Makes the packages of `_DEFERRED` look uninstalled to the modules that try to import them."""

    def __init__(self):
        self._importers = set()

    def find_spec(self, name, path=None, target=None):
        """Raise ImportError for a deferred import; otherwise leave the module to the other finders."""
        importer = _importer()
        if _DEFERRED.get(importer, (None,))[0] == name and importlib.machinery.PathFinder.find_spec(name):
            self._importers.add(importer)
            raise ImportError(f"the import of {name} is deferred", name=name)

    def leave_stand_ins(self):
        """Set the variables of those modules to objects that import the package when they are used."""
        for module in [*self._importers, *(name for name, source in _REEXPORTED.items() if source in self._importers)]:
            _, variables = _DEFERRED[_REEXPORTED.get(module, module)]
            for name, home in variables.items() if module in sys.modules else ():
                if getattr(sys.modules[module], name, None) is None:
                    setattr(sys.modules[module], name, _DeferredImport(home))


class _DeferredImport:
    """A proxy for "module:" or "module:function", which is imported at first use."""

    def __init__(self, home):
        self._home = home

    def __getattr__(self, name):
        return getattr(pkgutil.resolve_name(self._home), name)

    def __call__(self, *args, **kwargs):
        return pkgutil.resolve_name(self._home)(*args, **kwargs)


def _importer():
    """Return the name of the module whose import statement called the finder."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame.f_globals.get("__name__") if frame else None
