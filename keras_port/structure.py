"""Checks that a .keras file holds one of the three networks, by comparing each layer.

A file with another activation, say, would load and predict nonsense.
"""

import io
import json
import os
import zipfile
from collections.abc import Callable

import h5py
import keras
import numpy as np

from keras_port import bi_lstm, lstm, multi_lstm
from mnist_training import InputError

BUILDERS: dict[str, Callable[..., keras.Model]] = {
    "lstm": lstm.build,
    "multi_lstm": multi_lstm.build,
    "bi_lstm": bi_lstm.build,
}
# Layers that compute the same, once loaded.
_SAME = {"LSTM": "RNN", "InputProjection": "Dense"}
_NO_MATTER = ("module", "registered_name", "shared_object_id", "build_config", "dtype", "seed", "training", "mask")


def check(path: str | os.PathLike, config: dict) -> None:
    """Raise InputError unless `config`, the config.json of `path`, is that of one of the networks, and its weights fit.

    No weight is loaded, and no memory is allocated for the sizes that the file claims.
    """
    name = _find(config, "name", within="config")
    if name not in BUILDERS:
        raise InputError(
            f"{path}: holds a model named {name!r}; expected one of "
            f"{', '.join(BUILDERS)}, as `keras_port train` and `convert` write them"
        )
    sizes = _sizes(path, name, config)
    shapes = _check_weights(path)
    weights = sum(int(np.prod(shape)) for shape in shapes.values())
    if not 0 < 4 * sizes["units"] ** 2 <= weights or sizes["classes"] * sizes["units"] > weights:
        raise InputError(
            f"{path}: its config.json says {sizes['units']} units, and it holds {weights} weights; they do not match"
        )
    expected = BUILDERS[name](**sizes)
    differing = _difference(_plain(json.loads(expected.to_json())["config"]), _plain(config["config"]), "")
    if differing:
        raise InputError(f"{path}: not the network {name}, though it is called so: it differs at {differing}")
    _check_optimizer(path, shapes, len(expected.trainable_weights), config)


def _sizes(path, name, config):
    try:
        rows, columns = next(layer for layer in config["config"]["layers"])["config"]["batch_shape"][1:]
        cell = next(found for found in _dicts(config) if "forget_bias" in found and "units" in found)
        readout = next(found for found in _dicts(config) if found.get("name") == "readout" and "units" in found)
        sizes = dict(rows=rows, columns=columns, units=cell["units"], classes=readout["units"])
        if any(type(size) is not int or not 1 <= size <= 2**20 for size in sizes.values()):
            raise ValueError
        sizes["forget_bias"] = float(cell["forget_bias"])
        if name == "multi_lstm":
            rate = next(found["rate"] for found in _dicts(config) if "rate" in found)
            sizes["keep_prob"] = 1 - rate
            if not 0 < sizes["keep_prob"] <= 1:
                raise ValueError
        if not np.isfinite(sizes["forget_bias"]):
            raise ValueError
    except (StopIteration, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(
            f"{path}: not the network {name}, though it is called so: its config.json does not tell its sizes"
        ) from error
    return sizes


def _check_weights(path):
    """Return {name: shape} of the weights file; raises InputError where Keras did not write it."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read("model.weights.h5")
    shapes = {}

    def visit(group, prefix, depth):
        for key in group:
            link, name = group.get(key, getlink=True), f"{prefix}{key}"
            if not isinstance(link, h5py.HardLink) or depth > 20 or len(shapes) > 10_000:
                raise InputError(
                    f"{path}: its weights have a link or too many groups at {name}; expected what Keras writes"
                )
            item = group[key]
            if isinstance(item, h5py.Group):
                visit(item, f"{name}/", depth + 1)
            elif item.external or item.dtype.kind not in "fiu" or item.nbytes > len(data):
                raise InputError(
                    f"{path}: {name} of its weights is not in the file as numbers; expected what Keras writes"
                )
            else:
                values = item[()]
                if not np.isfinite(values).all():
                    raise InputError(f"{path}: {name} of its weights holds numbers that are not finite; train it again")
                shapes[name] = item.shape

    try:
        with h5py.File(io.BytesIO(data)) as weights:
            visit(weights, "", 0)
    except InputError:
        raise
    except Exception as error:  # h5py raises whatever the damaged part leads to
        raise InputError(f"{path}: its weights cannot be read: a damaged .keras file") from error
    return shapes


def _check_optimizer(path, shapes, trainable, config):
    held = sum(name.startswith("optimizer/") for name in shapes)
    if config.get("compile_config") and held < 2:
        raise InputError(f"{path}: the state of its optimizer is missing; expected what Keras 3's model.save writes")


def _find(config, key, within):
    return (
        config.get(within, {}).get(key) if isinstance(config, dict) and isinstance(config.get(within), dict) else None
    )


def _dicts(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _dicts(item)


def _plain(value):
    if isinstance(value, dict):
        kept = {k: _plain(v) for k, v in value.items() if k not in _NO_MATTER and not k.endswith("_initializer")}
        if "class_name" in kept:
            kept["class_name"] = _SAME.get(kept["class_name"], kept["class_name"])
        return kept
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _difference(expected, found, where):
    """Return where two JSON values first differ, as text; None where they are equal."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({**expected, **found}):
            if key not in expected or key not in found:
                # An older or newer Keras writes an argument more; one that is off says nothing.
                if (expected.get(key), found.get(key)) in ((None, None), (None, False), (False, None)):
                    continue
                return f"{where}{key}"
            differing = _difference(expected[key], found[key], f"{where}{key}.")
            if differing:
                return differing
        return None
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found)):
            name = other.get("name", number) if isinstance(other, dict) else number
            differing = _difference(one, other, f"{where}{name}.")
            if differing:
                return differing
        return None
    same = expected == found and type(expected) is type(found)
    if isinstance(expected, float) and isinstance(found, (int, float)):
        same = abs(expected - found) < 1e-6
    return None if same else f"{where.rstrip('.')}: expected {expected!r:.60}, received {found!r:.60}"
