"""PyYAML as it was up to 5.4: `yaml.load(stream)` needs no Loader.

It warned, and used the FullLoader, which makes plain Python values only. Libraries still get PyYAML itself.
"""

import yaml as _yaml


def load(stream, Loader=None):
    """Return the Python value of a YAML document; with a Loader, as PyYAML does."""
    return _yaml.load(stream, Loader or _yaml.FullLoader)


def load_all(stream, Loader=None):
    """Yield the Python values of a stream of YAML documents; with a Loader, as PyYAML does."""
    return _yaml.load_all(stream, Loader or _yaml.FullLoader)


def __getattr__(name):
    return getattr(_yaml, name)


def __dir__():
    return sorted({*dir(_yaml), "load", "load_all"})
