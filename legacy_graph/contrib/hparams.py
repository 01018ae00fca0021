"""`tf.contrib.training.HParams` and `parse_values`: named, typed hyperparameters."""

import json
import numbers
import re

__all__ = ["HParams", "parse_values"]

# One assignment: "name = value", "name[index] = value" or "name = [value, value]".
_CLAUSE = re.compile(
    r"""
    (?P<name>[a-zA-Z][\w.]*) (\[\s*(?P<index>\d+)\s*\])? \s*=\s*
    ( (?P<value>[^,\[]*) | \[(?P<values>[^\]]*)\] ) (,\s*|$)""",
    re.VERBOSE,
)


class HParams:
    """Hyperparameters as attributes; each keeps the type of its initial value.

        hparams = HParams(learning_rate=0.1, units=[128, 64], cell="lstm")
        hparams.parse("learning_rate=0.3,cell=gru")

    `model_structure` is stored but not used, as in TF 1.15. A serialized `hparam_def` is
    refused: its protocol buffer was removed with contrib.
    """

    def __init__(self, hparam_def=None, model_structure=None, **kwargs):
        if hparam_def is not None:
            raise NotImplementedError(
                "HParams(hparam_def=...) is not supplied: the HParamDef protocol buffer went with "
                "tf.contrib. Pass the values by name, or use parse_json."
            )
        self._hparam_types = {}  # name: (type of the value, or of a list's elements; whether it is a list)
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name, value):
        """Add a hyperparameter. Raises ValueError if the name is taken or a list is empty."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._hparam_types[name] = (type(value[0] if is_list else value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name, value):
        """Set a hyperparameter. Raises KeyError for an unknown name, ValueError for another type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list) != is_list:
            raise ValueError(
                f"Must pass a list for multi-valued parameter: {name}."
                if is_list
                else f"Must not pass a list for single-valued parameter: {name}"
            )
        setattr(self, name, [_cast(name, kind, one) for one in value] if is_list else _cast(name, kind, value))

    def del_hparam(self, name):
        """Remove a hyperparameter if it exists."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values):
        """Set hyperparameters from a string such as "a=1,b=[2,3]" (see `parse_values`); return self."""
        kinds = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, kinds))

    def override_from_dict(self, values_dict):
        """Set hyperparameters from a dict; return self."""
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    def set_from_map(self, values_map):
        """Older name of `override_from_dict`."""
        return self.override_from_dict(values_map)

    def parse_json(self, values_json):
        """Set hyperparameters from a JSON object; return self."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(self, indent=None, separators=None, sort_keys=False):
        """Return the hyperparameters as a JSON object."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def values(self):
        """Return {name: value}, in order of addition."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key, default=None):
        """Return the value of `key`, or `default` if there is none. Raises ValueError if their types differ."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            self._refuse_other_type(key, default)
        return getattr(self, key)

    def _refuse_other_type(self, key, default):
        kind, is_list = self._hparam_types[key]
        text = f"list<{kind}>" if is_list else str(kind)
        message = f"Hparam '{key}' of type '{text}' is incompatible with default={default}"
        if isinstance(default, list) != is_list:
            raise ValueError(message)
        try:
            for value in default if is_list else [default]:
                _cast(key, kind, value)
        except ValueError as error:
            raise ValueError(f"{message}. {error}") from None

    def set_model_structure(self, model_structure):
        """Set the model structure."""
        self._model_structure = model_structure

    def get_model_structure(self):
        """Return the model structure."""
        return self._model_structure

    def __contains__(self, key):
        return key in self._hparam_types

    def __str__(self):
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self):
        return f"{type(self).__name__}({sorted(self.values().items())})"


def _cast(name, kind, value):
    """Cast `value` to `kind`. Raises ValueError if their types are not compatible."""
    if type(value) is kind or kind is type(None):
        return value
    text_from_other = issubclass(kind, (str, bytes)) and not isinstance(value, (str, bytes))
    one_is_bool = issubclass(kind, bool) != isinstance(value, bool)
    whole_from_other = issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral)
    number_from_other = issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number)
    if text_from_other or one_is_bool or whole_from_other or number_from_other:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)


def parse_values(values, type_map, ignore_unknown=False):
    """Parse "a=1,b=[2,3],c[0]=4" into {"a": 1, "b": [2, 3], "c": {0: 4}}.

    Args:
      values: the string; values end at a comma, lists are in brackets.
      type_map: {name: type of its value, or of its list's elements}. Booleans are written as
        true, True, false, False or integers.
      ignore_unknown: skip names that are not in `type_map`.

    Raises ValueError for a syntax error, an unknown name, a value of another type, or a name that
    is assigned twice.
    """
    results, position = {}, 0
    while position < len(values):
        clause = _CLAUSE.match(values, position)
        if not clause:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = clause.end()
        name = clause["name"]
        if name in type_map:
            _take_clause(results, clause, type_map[name], values)
        elif not ignore_unknown:
            raise ValueError(f"Unknown hyperparameter type for {name}")
    return results


def _take_clause(results, clause, kind, values):
    name, index, text = clause["name"], clause["index"], clause["value"]
    if text is None:
        if index is not None:
            raise ValueError("Assignment of a list to a list index.")
        text = clause["values"]
        parts = [part for part in re.split("[ ,]", text) if part]
    else:
        parts = [text]
    try:
        read = [_parse_bool(part) if kind is bool else kind(part) for part in parts]
    except ValueError:
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{text}' in {values}"
        ) from None
    new = read if clause["value"] is None else read[0]
    if index is None:
        taken, place, key = name in results, results, name
    else:
        place, key = results.setdefault(name, {}), int(index)
        taken = not isinstance(place, dict) or key in place
    if taken:
        of = f"{name}[{key}]" if isinstance(place, dict) and index is not None else name
        raise ValueError(f"Multiple assignments to variable '{of}' in {values}")
    place[key] = new


def _parse_bool(text):
    known = {"true": True, "True": True, "false": False, "False": False}
    return known[text] if text in known else bool(int(text))
