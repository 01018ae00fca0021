"""Registers this package's classes with Keras as soon as both are imported, in either order.

`keras.saving.load_model` finds a class by its registered name, and registering needs Keras. Importing
Keras takes seconds, so this package does not import it, but registers right after somebody else does.
"""

import importlib
import importlib.abc
import importlib.util
import sys

# Importing the networks registers every class that their models hold.
MODULES = ("keras_port.lstm", "keras_port.multi_lstm", "keras_port.bi_lstm")


def register_when_keras_loads() -> None:
    """Import MODULES now if Keras is imported already, otherwise right after it is."""
    if "keras" in sys.modules:
        _register()
    elif not any(isinstance(finder, _KerasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _KerasFinder())


def _register():
    # A module of ours that is importing Keras now is not ready for the others; it registers its own classes.
    ours = [module for name, module in list(sys.modules.items()) if name.startswith("keras_port.")]
    if any(getattr(module.__spec__, "_initializing", False) for module in ours if module is not sys.modules[__name__]):
        return
    for module in MODULES:
        importlib.import_module(module)


class _KerasFinder(importlib.abc.MetaPathFinder):
    """Finds Keras as Python would, until it is imported, and makes its loader register afterwards."""

    def __init__(self):
        self._is_asking = False

    def find_spec(self, name, path=None, target=None):
        """Return Keras's own spec; None for every other module."""
        if name != "keras" or self._is_asking:
            return None
        self._is_asking = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._is_asking = False
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module):
                execute(module)
                sys.meta_path.remove(self)  # not before: some only ask where Keras is
                _register()

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]
        return spec
