"""Namespaces whose unknown names raise an error that suggests known ones.

A replacement for a TF 1 module must never return a mock for an unknown name: the script would run to
the end with meaningless results.
"""

import difflib
import importlib
import types

SUPPLIED_PAGE = "docs/supplied.md"
_LISTED = 12  # where no name is similar, a namespace of at most so many names is listed in full


def unknown_name(namespace, name, known, reason=None, instead=None):
    """Return the AttributeError for `namespace.name`; it has `reason` as an attribute.

    Args:
      namespace, name: what the script asked for, e.g. "tf.contrib.rnn" and "BasicLTSMCell".
      known: the names of `namespace`; the error suggests similar ones.
      reason: why the name is missing, where that is known.
      instead: the name to use instead, where that is known.
    """
    because = f": {reason}." if reason else "."
    nearest = [instead] if instead else _nearest(name, known)
    if nearest:
        hint = f" Did you mean {' or '.join(nearest)}?"
    elif known and len(known) <= _LISTED:
        hint = f" It has {', '.join(sorted(known))}."
    else:
        hint = ""
    error = AttributeError(
        f"{namespace}.{name} is not supplied by legacy_graph{because}{hint} {SUPPLIED_PAGE} lists every name that is.",
        name=name,
    )
    error.reason = reason
    return error


def _nearest(name, known):
    """Return the names of `known` with a spelling similar to `name`, ignoring case."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    return [by_lower[lower] for lower in close]


def refuse_unknown(namespace, supplied, submodules=(), reasons=None):
    """Return a module-level `__getattr__` for the module that replaces `namespace`.

    Write `__getattr__ = refuse_unknown("tf.contrib.rnn", __all__)` at the module's end.
    `submodules` maps a name to the full name of the module that is imported at its first use.
    `reasons` maps a missing name to the reason why it is missing.
    """
    submodules, reasons = dict(submodules), reasons or {}

    def __getattr__(name):
        if name in submodules:
            return importlib.import_module(submodules[name])
        if name.startswith("__"):
            raise AttributeError(name)
        raise unknown_name(namespace, name, [*supplied, *submodules], reasons.get(name))

    return __getattr__


class Namespace(types.ModuleType):
    """A module of TF 1: our own names first, then those of today's module of that name.

    A module inside `base` becomes a Namespace too, so that `tf.train.Savr` has as helpful an error
    as `tf.Sesion`.

    Args:
      name: its name in TF 1, e.g. "tf.nn".
      base: today's module or namespace to fall back on, or None.
      ours: {full name: value} of names that replace or extend those of `base`, also in its modules,
        such as "tf.nn.top_k". A `Lazy` value is made at first use.
      refused: {full name: reason} of names that `base` lacks or that must not be used.
      renamed: {full name: its name in TF 1.15} of names older than that.
    """

    def __init__(self, name, base=None, ours=None, refused=None, renamed=None):
        super().__init__(name, getattr(base, "__doc__", None))
        self.__dict__.update(_base=base, _ours=ours or {}, _refused=refused or {}, _renamed=renamed or {})

    def __getattr__(self, name):
        full = f"{self.__name__}.{name}"
        if name.startswith("__") and full not in self._ours:
            raise AttributeError(name)
        value = self._look_up(name, full)
        self.__dict__[name] = value
        return value

    def _look_up(self, name, full):
        if full in self._ours:
            value = self._ours[full]
            return value.make() if isinstance(value, Lazy) else value
        if full in self._refused or not hasattr(self._base, name):
            raise unknown_name(self.__name__, name, dir(self), self._refused.get(full), self._renamed.get(full))
        value = getattr(self._base, name)
        if isinstance(value, types.ModuleType) and not isinstance(value, Namespace):
            return Namespace(full, value, self._ours, self._refused, self._renamed)
        return value

    def __dir__(self):
        names = {name for name in dir(self._base) if not name.startswith("_")}
        inside = self.__name__ + "."
        names |= {full[len(inside) :].split(".")[0] for full in self._ours if full.startswith(inside)}
        return sorted(name for name in names if inside + name not in self._refused)


class Lazy:
    """A value that `make()` returns at first use."""

    def __init__(self, make):
        self.make = make


def lazy_module(full_name):
    """Return a Lazy module, imported at first use."""
    return Lazy(lambda: importlib.import_module(full_name))
