"""numpy and Python as old scripts knew them: what the names mean, and that libraries see nothing of it."""

import builtins
import collections
import collections.abc
import importlib
import json
import math
import sys
import time
import types

import numpy as np
import pytest

from legacy_graph.runner import old_numpy
from legacy_graph.runner.imports import tf1_imports
from legacy_graph.runner.old_python import old_python

SAME = {  # a name of numpy 1.16, what it meant
    "Inf": np.inf,
    "Infinity": np.inf,
    "PINF": np.inf,
    "infty": np.inf,
    "NINF": -np.inf,
    "bool": bool,
    "int": int,
    "float": float,
    "complex": complex,
    "str": str,
    "object": object,
    "long": int,
    "unicode": str,
    "float_": np.float64,
    "complex_": np.complex128,
    "string_": np.bytes_,
    "unicode_": np.str_,
    "product": np.prod,
    "alltrue": np.all,
    "sometrue": np.any,
    "cumproduct": np.cumprod,
    "row_stack": np.vstack,
    "mat": np.asmatrix,
    "float32": np.float32,
    "ndarray": np.ndarray,
    "random": np.random,
}


@pytest.mark.parametrize("name", SAME)
def test_name_means_what_it_meant(name):
    assert getattr(old_numpy, name) is SAME[name] or getattr(old_numpy, name) == SAME[name]


def test_nan_is_nan():
    assert math.isnan(old_numpy.NaN) and math.isnan(old_numpy.NAN)


CALLS = {  # expression over `np`, what numpy 1.16 gave
    "np.reshape(np.arange(6), newshape=(2, 3)).shape": (2, 3),
    "np.reshape(np.arange(6), [3, -1], order='F').tolist()": [[0, 3], [1, 4], [2, 5]],
    "np.asscalar(np.float32([[2.5]]))": 2.5,
    "np.in1d([[1, 2]], [2, 3]).tolist()": [False, True],
    "np.fromstring(b'\\x01\\x02', np.uint8).tolist()": [1, 2],
    "np.fromstring('1 2', dtype=int, sep=' ').tolist()": [1, 2],
    "np.fromstring(b'\\x01', np.uint8).flags.writeable": True,
    "np.array([[1], [2, 3]]).dtype": np.dtype(object),
    "np.asarray([[1], [2, 3]]).shape": (2,),
    "np.array([1, 2], np.float32, copy=False).dtype": np.dtype("float32"),
    "np.array(3, ndmin=2).shape": (1, 1),
    "np.trapz([1, 2, 3])": 4.0,
    "np.alen([[1], [2], [3]])": 3,
    "np.asfarray([1, 2]).dtype": np.dtype("float64"),
    "np.asfarray([1, 2], 'float32').dtype": np.dtype("float32"),
    "np.msort([[2, 1], [1, 3]]).tolist()": [[1, 1], [2, 3]],
    "np.round_(2.567, 1)": 2.6,
    "np.zeros(2, np.bool).dtype": np.dtype(bool),
    "isinstance(True, np.bool)": True,
}


@pytest.mark.parametrize("call", CALLS)
def test_call_gives_what_it_gave(call):
    assert eval(call, {"np": old_numpy}) == CALLS[call]


def test_copy_is_made_only_where_it_must():
    values = np.arange(3)
    assert old_numpy.array(values, copy=False) is values
    assert old_numpy.array(values) is not values


def test_other_errors_of_array_stay():
    with pytest.raises(ValueError, match="inhomogeneous"):
        old_numpy.array([[1], [2, 3]], dtype=float)
    with pytest.raises(AttributeError, match="numpy.* no attribute 'nothing'"):
        old_numpy.nothing


def test_star_hides_nothing_of_pythons():
    names = {}
    exec("from legacy_graph.runner.old_numpy import *", names)
    assert names["zeros"] is np.zeros and names["NaN"] is old_numpy.NaN
    hidden = {name for name in vars(builtins) if name in names and not name.startswith("_")}
    assert hidden <= {"all", "any", "divmod", "sum"}  # as numpy 1.16 did


def test_python_has_its_old_names_only_inside():
    with old_python():
        assert collections.Mapping is collections.abc.Mapping
        assert time.clock() >= 0
        assert json.loads("[1]", encoding="utf-8") == [1]
    assert not hasattr(collections, "Mapping") and not hasattr(time, "clock")
    with pytest.raises(TypeError):
        json.loads("[1]", encoding="utf-8")


def test_scalars_print_as_numbers_only_inside():
    with old_python():
        assert str([np.float32(0.5), np.bool_(True), np.int64(2)]) == "[0.5, True, 2]"
    assert str([np.float32(0.5)]) == "[np.float32(0.5)]"


@pytest.fixture
def pyyaml(monkeypatch):
    """PyYAML 6, as far as it matters: a Loader must be said. It need not be installed."""
    fake = types.ModuleType("yaml")
    fake.FullLoader, fake.SafeLoader, fake.YAMLError = "full", "safe", ValueError
    fake.load = fake.load_all = lambda stream, Loader: (stream, Loader)
    monkeypatch.setitem(sys.modules, "yaml", fake)
    monkeypatch.delitem(sys.modules, "legacy_graph.runner.old_yaml", raising=False)
    return importlib.import_module("legacy_graph.runner.old_yaml")


def test_yaml_is_loaded_without_a_loader_as_it_was(pyyaml):
    assert pyyaml.load("a: 1") == ("a: 1", "full")
    assert pyyaml.load("a: 1", Loader=pyyaml.SafeLoader) == ("a: 1", "safe")
    assert pyyaml.load_all("a: 1") == ("a: 1", "full")
    assert pyyaml.YAMLError is ValueError and "SafeLoader" in dir(pyyaml)


def test_a_script_sees_the_old_yaml_and_a_library_todays(pyyaml):
    script = {"__name__": "__main__"}
    library = {"__name__": "tflearn", "__file__": "/lib/site-packages/tflearn/__init__.py"}
    with tf1_imports():
        exec("import yaml", script)
        exec("import yaml", library)
    assert script["yaml"].load("a: 1") == ("a: 1", "full")
    with pytest.raises(TypeError, match="Loader"):
        library["yaml"].load("a: 1")
