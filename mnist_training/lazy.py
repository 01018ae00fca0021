"""Attributes of a package that are imported at first use.

A command must report bad input before TensorFlow or Keras is imported, which takes seconds; and Python
imports a package before its `__main__`.
"""

import pkgutil
from collections.abc import Callable
from typing import Any


def attributes(package: str, **homes: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` for a package's `__init__`.

    Args:
      package: the package's own `__name__`.
      **homes: each name with its home: "package.module:attribute", or "package.module:" for a module.
    """

    def __getattr__(name: str) -> Any:
        if name in homes:
            return pkgutil.resolve_name(homes[name])
        raise AttributeError(f"module {package!r} has no attribute {name!r}; it has {', '.join(homes)}")

    def __dir__() -> list[str]:
        return [*homes]

    return __getattr__, __dir__
