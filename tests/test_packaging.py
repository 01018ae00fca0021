"""What stands around the code says the same as the code: versions, constraints, types, the commands of CONTRIBUTING."""

import ast
import importlib.metadata
import os
import pathlib
import re
import subprocess
import sys

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = pathlib.Path(__file__).parent.parent
SETUP = (ROOT / "setup.py").read_text(encoding="utf-8")


def required():
    """Return the Requirements that setup.py names, whichever list they stand in."""
    texts = (node.value for node in ast.walk(ast.parse(SETUP)) if isinstance(node, ast.Constant))
    named = (text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z-]+(\[\w+\])?([~<>=!].*)?", text))
    installed = {canonicalize_name(found.name) for found in importlib.metadata.distributions()}
    return [Requirement(text) for text in named if canonicalize_name(Requirement(text).name) in installed]


def pinned():
    """Return {name: version} of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def unpinned(requirements, pins):
    """Return what is required and pinned to no version that it allows; pip itself needs setuptools, its own way."""
    names = ((canonicalize_name(each.name), each) for each in requirements)
    return [
        str(each) for name, each in names if name != "setuptools" and not each.specifier.contains(pins.get(name, "0"))
    ]


def test_the_constraints_pin_what_is_required():
    requirements = required()
    assert {"tensorflow", "keras", "pytest", "matplotlib"} <= {each.name for each in requirements}
    assert not [each for each in requirements if canonicalize_name(each.name) not in {*pinned(), "setuptools"}]
    assert not unpinned(requirements, pinned())


def test_a_pin_that_is_not_allowed_is_found():
    assert unpinned([Requirement("tensorflow~=2.21.0")], {"tensorflow": "2.20.0"}) == ["tensorflow~=2.21.0"]
    assert unpinned([Requirement("keras>=3.12")], {}) == ["keras>=3.12"]


def test_the_changelog_begins_with_the_version_there_is():
    [version] = re.findall(r'version="([\d.]+)"', SETUP)
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest[1] == version


@pytest.mark.parametrize("package", ["mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity"])
def test_every_package_says_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").exists()


def test_what_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {path.rstrip("/.") for path in re.findall(r"(?:tests|legacy_graph|keras_port|docs|\.ci)/[\w/.]+", text)}
    assert len(named) > 5
    missing = [path for path in named if "NAME" not in path and not (ROOT / path).exists()]
    assert not missing


def test_pytest_runs_in_one_process_with_the_debugger():
    """The debugger does not work across processes, and pytest refuses it where a number of them is forced."""
    command = [sys.executable, "-m", "pytest", "-v", "-x", "--pdb", "tests/test_private_imports.py", "-k", "is_found"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0 and "1 passed" in ended.stdout, ended.stdout + ended.stderr
    assert "workers" not in ended.stdout
