"""Names of a package that are imported when they are first asked for.

A command must be able to refuse what it was asked before TensorFlow or Keras load, which takes seconds;
and Python imports a package before its `__main__`.
"""

import pkgutil


def attributes(package, **homes):
    """Return `__getattr__` and `__dir__` for a package's `__init__`.

    Args:
      package: the package's own `__name__`.
      **homes: each name with its home: "package.module:attribute", or "package.module:" for a module.
    """

    def __getattr__(name):
        if name in homes:
            return pkgutil.resolve_name(homes[name])
        raise AttributeError(f"module {package!r} has no attribute {name!r}; it has {', '.join(homes)}")

    def __dir__():
        return [*homes]

    return __getattr__, __dir__
