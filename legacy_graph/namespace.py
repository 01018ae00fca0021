"""Namespaces that refuse what they do not have, and say what they have instead.

A home-made stand-in for a TF 1 module must never answer an unknown name with a mock: the
script would run to the end and mean nothing. Everything here raises instead.
"""

import difflib
import types

SUPPLIED_PAGE = "docs/supplied.md"


def unknown_name(namespace, name, known):
    """Return the AttributeError for `namespace.name`, naming the nearest of `known`."""
    nearest = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
    return AttributeError(
        f"{namespace}.{name} is not supplied by legacy_graph.{hint} "
        f"{SUPPLIED_PAGE} lists every name that is.", name=name)


def refuse_unknown(namespace, supplied):
    """Return a module-level `__getattr__` for a module that stands for `namespace`.

    Write `__getattr__ = refuse_unknown("tf.contrib.rnn", __all__)` at the module's end.
    """
    def __getattr__(name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise unknown_name(namespace, name, supplied)
    return __getattr__


class Namespace(types.ModuleType):
    """A module of TF 1: our own names first, then those of today's module of that name.

    Args:
      name: what TF 1 called it, e.g. "tf.nn"; used in errors.
      base: today's module or namespace to fall back on, or None.
      ours: the names that replace or complete those of `base`.
    """

    def __init__(self, name, base=None, **ours):
        super().__init__(name, getattr(base, "__doc__", None))
        self.__dict__["_base"] = base
        self.__dict__.update(ours)

    def __getattr__(self, name):
        base = self.__dict__["_base"]
        if base is not None and hasattr(base, name):
            return getattr(base, name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise unknown_name(self.__name__, name, dir(self))

    def __dir__(self):
        ours = [name for name in self.__dict__ if not name.startswith("_")]
        return sorted(set(ours) | set(dir(self._base) if self._base is not None else ()))
