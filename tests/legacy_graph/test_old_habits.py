"""What old code may do with arrays of one element, and what stays an error, or another's business."""

import builtins
import importlib
import json
import sys
import warnings

import numpy as np
import pytest

from legacy_graph.runner import old_habits
from legacy_graph.runner.imports import is_old


@pytest.fixture
def habits():
    with old_habits.old_habits(is_old):
        yield


def evaluate(text, **names):
    return eval(old_habits.compile_old(text, "old.py", "eval"), {"np": np, **names})


@pytest.mark.parametrize(
    "text, value",
    [
        ("int(np.array([3.7]))", 3),
        ("float(np.array([[2.5]]))", 2.5),
        ("complex(np.array([2.5]))", 2.5 + 0j),
        ("'%d of %.1f' % (np.array([3]), np.array([2.5]))", "3 of 2.5"),
        ("'%s' % np.array([3])", "[3]"),
        ("np.float32([1]).tostring()", b"\x00\x00\x80?"),
        ("int('7') + int(2.5)", 9),
        ("thing.tostring()", "mine"),
        ("int(*['12'])", 12),
    ],
)
def test_what_numpy_1_allowed(text, value, habits):
    thing = type("Thing", (), {"tostring": lambda self: "mine"})()
    assert evaluate(text, thing=thing) == value


@pytest.mark.parametrize("text", ["int(np.zeros(2))", "'%d' % np.zeros(2)", "float(np.zeros([0]))"])
def test_what_numpy_1_refused_too(text, habits):
    with pytest.raises(TypeError):
        evaluate(text)


def test_objects_of_the_script_keep_their_own_operators(habits):
    class Counted:
        def __init__(self):
            self.seen = []

        def __iadd__(self, other):
            self.seen.append(other)
            return self

        def __lt__(self, other):
            return f"less than {other}"

    names = {"counted": Counted(), "texts": ["a"], "same": []}
    names["alias"] = names["same"]
    source = (
        "counted += 0.5\nless = counted < 0.5\ntexts[0] += 'b'\nsame += [1]\nsum = lambda x: 'mine'\nmine = sum([1])"
    )
    exec(old_habits.compile_old(source, "old.py"), names)
    assert (names["counted"].seen, names["less"], names["texts"]) == ([0.5], "less than 0.5", ["ab"])
    assert names["alias"] == [1] and names["mine"] == "mine"


def test_a_warning_names_the_line_of_the_script():
    code = old_habits.compile_old("\nzero = 0\nnp.float32(1) / zero", "old.py")
    with warnings.catch_warnings(record=True) as log, old_habits.old_habits(is_old):
        warnings.simplefilter("always")
        exec(code, {"np": np})
    assert [(warning.filename, warning.lineno) for warning in log] == [("old.py", 3)]


def test_without_them_the_sums_are_todays():
    assert eval("np.float32(0.1) + 0.5", {"np": np}).dtype == np.float32


def test_an_array_that_passes_through_stays_one(habits):
    x = np.zeros([1])
    assert evaluate("list_of(x)[0]", list_of=lambda x: [x], x=x) is x
    names = {"box": {}, "x": x}
    exec(old_habits.compile_old("box['x'] = x", "old.py"), names)
    assert names["box"]["x"] is x


def test_the_line_of_an_error_is_that_of_the_script(habits):
    with pytest.raises(ZeroDivisionError) as raised:
        exec(old_habits.compile_old("a = {}\n\na[1] = int(\n    1 / 0)", "old.py"), {})
    assert raised.traceback[-1].lineno + 1 == 4


def test_modules_that_are_no_library_have_them_and_leave_no_cache(tmp_path, monkeypatch, habits):
    (tmp_path / "their_numbers.py").write_text("def number(x):\n    return int(x)\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("their_numbers")
    monkeypatch.delitem(sys.modules, "their_numbers")
    assert module.number(np.array([3])) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["their_numbers.py"]


def test_libraries_and_our_own_packages_do_not():
    assert is_old("their_numbers", "/home/me/their_numbers.py")
    assert not is_old("json", json.__file__)
    assert not is_old("legacy_graph.x", old_habits.__file__)
    assert is_old("numpy.x", np.__file__, own=("numpy",)) and not is_old("numpy.x", np.__file__)


def test_nothing_stays_behind():
    before = dict(vars(builtins)), list(sys.meta_path)
    with old_habits.old_habits(is_old):
        assert set(vars(builtins)) > set(before[0])
    assert (dict(vars(builtins)), list(sys.meta_path)) == before
    with pytest.raises(TypeError):
        int(np.array([3]))
