"""Makes Keras know this package's classes as soon as both are imported, in whichever order.

`keras.saving.load_model` finds a class by the name under which it was registered, and registering
needs Keras. Loading Keras takes seconds, so it is waited for, not imported.
"""

import importlib
import importlib.abc
import importlib.util
import sys

# Importing the networks registers every class that their models hold.
MODULES = ("keras_port.lstm", "keras_port.multi_lstm", "keras_port.bi_lstm")


def register_when_keras_loads() -> None:
    """Import MODULES now if Keras is loaded, else right after it is."""
    if "keras" in sys.modules:
        _register()
    elif not any(isinstance(finder, _KerasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _KerasFinder())


def _register():
    # Where a module of ours is what imports Keras, it is not ready for the others yet; it registers its own classes.
    ours = [module for name, module in list(sys.modules.items()) if name.startswith("keras_port.")]
    if any(getattr(module.__spec__, "_initializing", False) for module in ours if module is not sys.modules[__name__]):
        return
    for module in MODULES:
        importlib.import_module(module)


class _KerasFinder(importlib.abc.MetaPathFinder):
    """Finds Keras as Python would, once, and lets its loader register when it is done."""

    def find_spec(self, name, path=None, target=None):
        """Return Keras's own spec; None for every other module."""
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module):
                execute(module)
                _register()

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]
        return spec
