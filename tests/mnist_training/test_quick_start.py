"""Imports that TensorFlow and Keras seldom need are deferred, for them alone, and made at first use."""

import gc
import importlib
import sys

import pytest

from mnist_training.cli import quick_start
from mnist_training.cli.quick_start import quick_imports


@pytest.fixture
def modules(tmp_path, monkeypatch):
    """Modules that import a package if it is there: `library` may be put off, `other` not."""
    text = "try:\n    from {} import answer\nexcept ImportError:\n    answer = None\n"
    (tmp_path / "slow_package.py").write_text("def answer():\n    return 42\nanswer.is_real = True\n")
    (tmp_path / "library.py").write_text(text.format("slow_package"))
    (tmp_path / "library_face.py").write_text("from library import answer\n")
    (tmp_path / "other.py").write_text(text.format("slow_package"))
    (tmp_path / "needs_missing.py").write_text(text.format("package_that_is_not_there"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        quick_start,
        "_DEFERRED",
        {
            "library": ("slow_package", {"answer": "slow_package:answer"}),
            "needs_missing": ("package_that_is_not_there", {"answer": "package_that_is_not_there:answer"}),
        },
    )
    monkeypatch.setattr(quick_start, "_REEXPORTED", {"library_face": "library"})
    yield
    for name in ("slow_package", "library", "library_face", "other", "needs_missing"):
        sys.modules.pop(name, None)


def test_a_package_is_put_off_until_it_is_used(modules):
    with quick_imports():
        library, face = importlib.import_module("library"), importlib.import_module("library_face")
        assert library.answer is None
    assert "slow_package" not in sys.modules
    assert face.answer.is_real and "slow_package" in sys.modules
    assert library.answer() == face.answer() == 42


def test_others_get_it_at_once_and_nobody_is_told_of_what_is_not_there(modules):
    with quick_imports():
        other, needs_missing = importlib.import_module("other"), importlib.import_module("needs_missing")
        assert "slow_package" in sys.modules and other.answer() == 42
        assert importlib.import_module("library").answer is other.answer  # it is loaded: nothing to put off
    assert needs_missing.answer is None


def test_afterwards_imports_and_the_garbage_collector_are_as_before(modules):
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        try:
            before = list(sys.meta_path)
            with pytest.raises(ZeroDivisionError), quick_imports():
                assert not gc.isenabled()
                raise ZeroDivisionError
            assert sys.meta_path == before and gc.isenabled() is enabled
        finally:
            gc.enable()
            gc.unfreeze()


@pytest.mark.parametrize("module", [*quick_start._DEFERRED, *quick_start._REEXPORTED])
def test_tensorflow_and_keras_still_have_the_names(module):
    _, variables = quick_start._DEFERRED[quick_start._REEXPORTED.get(module, module)]
    assert {"__name__", *variables} <= set(vars(importlib.import_module(module)))
