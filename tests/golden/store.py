"""Cases and their recordings: which there are, how one is written, read and compared.

A module `cases/NAME.py` holds functions of one argument, `tf`: each builds a small graph in
the default graph, runs it, and returns {key: value}. TensorFlow 1.15 runs them once
(`record.py`) and its answers are kept in `recorded/NAME.npz` and `recorded/NAME.json`; the
tests run the same functions on ours. Python 3.7 must be able to run this file.

Values are compared by their type: text, whole numbers and booleans exactly; floats to
float32 rounding (RTOL, ATOL), or bit for bit where the key begins with "bits/".
"""

import hashlib
import importlib.util
import inspect
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
RECORDED = os.path.join(HERE, "recorded")
# One float32 forward and backward pass of a few steps: sums are taken in another order.
RTOL, ATOL = 1e-5, 1e-6


def case_modules():
    """Names of the case modules, sorted."""
    names = (os.path.splitext(name) for name in os.listdir(CASES))
    return sorted(stem for stem, ext in names if ext == ".py" and not stem.startswith("_"))


def load_module(module_name):
    """Return a case module."""
    spec = importlib.util.spec_from_file_location(
        "golden_cases_" + module_name, os.path.join(CASES, module_name + ".py")
    )
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, CASES)  # the cases import _tools, under either Python
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(CASES)
    return module


def load_cases(module_name):
    """Return {case name: function} of one module, in the order written."""
    module = load_module(module_name)
    return {
        name: item
        for name, item in vars(module).items()
        if inspect.isfunction(item)
        and item.__module__ == module.__name__
        and not name.startswith("_")
        and list(inspect.signature(item).parameters) == ["tf"]
    }


def _paths(module_name):
    stem = os.path.join(RECORDED, module_name)
    return stem + ".npz", stem + ".json"


def split(values):
    """Split {key: value} into arrays and what JSON holds (text, lists of text, None)."""
    arrays, texts = {}, {}
    for key, value in values.items():
        array = np.asarray(value)
        if isinstance(value, str) or value is None or array.dtype.kind in "UOS":
            texts[key] = value
        else:
            arrays[key] = array
    return arrays, texts


def write(module_name, results, provenance):
    """Write one module's results; `provenance` says what computed them."""
    if not os.path.isdir(RECORDED):
        os.makedirs(RECORDED)
    arrays, texts = {}, {}
    for case, values in results.items():
        case_arrays, texts[case] = split(values)
        arrays.update(("%s|%s" % (case, key), array) for key, array in case_arrays.items())
    npz, side = _paths(module_name)
    np.savez_compressed(npz + ".new.npz", **arrays)
    os.replace(npz + ".new.npz", npz)
    record = dict(provenance, sha256=_sha256(npz), texts=texts)
    with open(side + ".new", "w") as out:
        json.dump(record, out, indent=1, sort_keys=True)
        out.write("\n")
    os.replace(side + ".new", side)


def read(module_name):
    """Return {case: {key: value}} and the provenance of a recording.

    Raises OSError where there is none, ValueError where its checksum does not fit.
    """
    npz, side = _paths(module_name)
    with open(side) as stream:
        provenance = json.load(stream)
    if _sha256(npz) != provenance["sha256"]:
        raise ValueError("%s is not the file that %s was written with" % (npz, side))
    results = {case: dict(texts) for case, texts in provenance.pop("texts").items()}
    with np.load(npz) as arrays:
        for name in arrays.files:
            case, key = name.split("|", 1)
            results[case][key] = arrays[name]
    return results, provenance


def differences(expected, got):
    """List in words where `got` differs from `expected`; empty when they agree."""
    found = ["%s: recorded, not returned" % key for key in sorted(set(expected) - set(got))]
    found += ["%s: returned, not recorded" % key for key in sorted(set(got) - set(expected))]
    for key in sorted(set(expected) & set(got)):
        difference = _difference(key, expected[key], got[key])
        if difference:
            found.append("%s: %s" % (key, difference))
    return found


def _difference(key, want, have):
    if isinstance(want, str) or want is None or isinstance(want, list):
        have = json.loads(json.dumps(have))
        return None if want == have else "TF 1.15 gave %r, here %r" % (want, have)
    have = np.asarray(have)
    if have.shape != want.shape or have.dtype != want.dtype:
        return "TF 1.15 gave %s%s, here %s%s" % (want.dtype, want.shape, have.dtype, have.shape)
    if key.startswith("bits/") or want.dtype.kind != "f":
        same = want.tobytes() == have.tobytes()
    else:
        same = np.allclose(have, want, rtol=RTOL, atol=ATOL, equal_nan=True)
    if same:
        return None
    if want.dtype.kind == "f":
        return "largest difference %.3g" % np.max(np.abs(have - want))
    return "TF 1.15 gave %s, here %s" % (want.tolist(), have.tolist())


def _sha256(path):
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()
