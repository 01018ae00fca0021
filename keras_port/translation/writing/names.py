"""Valid Python names derived from TensorFlow names."""

import keyword
import re

from keras_port.translation import untrusted

_TAKEN = frozenset(("build", "keras", "layers", "ops", "np", "model"))


def identifier(text, fallback="value"):
    """Return a snake_case identifier for a TF 1 name; `fallback` where nothing is left of it."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    name = re.sub(r"\W+", "_", name).strip("_")
    name = re.sub(r"^(\d)", r"_\1", name) or fallback
    taken = keyword.iskeyword(name) or name in _TAKEN or name in untrusted.FORBIDDEN
    return name + "_" if taken else name


def class_name(text):
    """Return a CamelCase name for a TF 1 name."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"\W+|_", text) if part) or "Cell"


class Names:
    """Makes names unique: a second `dense` becomes `dense_1`."""

    def __init__(self, taken=()):
        self._taken = set(taken)

    def is_taken(self, name):
        """Whether a name is in use."""
        return name in self._taken

    def unique(self, name):
        """Return `name`, or `name_1`, `name_2`, ... where it is in use, and mark it as used."""
        candidate, number = name, 0
        while candidate in self._taken:
            number += 1
            candidate = f"{name}_{number}"
        self._taken.add(candidate)
        return candidate
