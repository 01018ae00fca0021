"""What keeps TensorFlow and Keras from loading sooner, put off: a third to a half of every command's start.

- Python's garbage collector goes over everything that was made so far, again and again, while hundreds of
  thousands of objects are made that stay.
- TensorFlow and Keras load JAX, matplotlib and IPython where they are installed, for functions that few call.
"""

import contextlib
import gc
import importlib.machinery
import pkgutil
import sys

# Module of theirs: the package that it tries to import, the name that is None without it, and what that should be.
# The last entry keeps nothing of the package: it mends an older JAX, where it finds one.
_PUT_OFF = {
    "tensorflow.lite.python.util": ("jax", "_jit", "jax:jit"),
    "keras.src.visualization.plot_image_gallery": ("matplotlib", "plt", "matplotlib.pyplot:"),
    "keras.src.visualization.plot_bounding_box_gallery": ("matplotlib", "patches", "matplotlib.patches:"),
    "keras.src.saving.file_editor": ("IPython", "ipython", "IPython:"),
    "keras.src.callbacks.orbax_checkpoint": ("jax", None, None),
}
_PASSED_ON = {"tensorflow.lite.python.lite": "tensorflow.lite.python.util"}  # has imported the name from there


@contextlib.contextmanager
def quick_imports():
    """Import TensorFlow or Keras in the body, without what can wait.

    What was put off is imported when it is first used, and by everybody else who imports it at once.
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
            gc.freeze()  # what stays until the end needs no looking through
            gc.enable()


class _Finder:
    """Tells the modules of `_PUT_OFF` that a package is not installed."""

    def __init__(self):
        self._told = set()

    def find_spec(self, name, path=None, target=None):
        """Raise ImportError where the import is to be put off; else let others find the module."""
        importer = _importer()
        if _PUT_OFF.get(importer, (None,))[0] == name and importlib.machinery.PathFinder.find_spec(name):
            self._told.add(importer)
            raise ImportError(f"{name} is put off", name=name)

    def leave_stand_ins(self):
        """Give the modules that were told so a stand-in that imports the package when it is used."""
        for module in [*self._told, *(name for name, source in _PASSED_ON.items() if source in self._told)]:
            _, name, home = _PUT_OFF[_PASSED_ON.get(module, module)]
            if name and module in sys.modules and getattr(sys.modules[module], name, None) is None:
                setattr(sys.modules[module], name, _Later(home))


class _Later:
    """Stands in for "module:" or "module:function"."""

    def __init__(self, home):
        self._home = home

    def __getattr__(self, name):
        return getattr(pkgutil.resolve_name(self._home), name)

    def __call__(self, *args, **kwargs):
        return pkgutil.resolve_name(self._home)(*args, **kwargs)


def _importer():
    """The name of the module that an import statement stands in, from within a finder."""
    frame = sys._getframe(2)
    while frame and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame.f_globals.get("__name__") if frame else None
