"""What is installed from a wheel works, from any folder, the digits included."""

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = ("mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity")
USE = f"""
import importlib, pathlib, sys
for name in {PACKAGES!r}:
    home = pathlib.Path(importlib.import_module(name).__file__)
    assert pathlib.Path(sys.argv[1]) in home.parents, home
import mnist_digits
assert len(mnist_digits.load().train_images) == 60_000
"""


@pytest.mark.slow
def test_a_wheel_works_from_an_empty_folder(tmp_path):
    wheels, site, empty = tmp_path / "wheels", tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], check=True)
    [wheel] = wheels.iterdir()
    subprocess.run([*pip, "install", "--no-deps", "--target", site, wheel], check=True)
    data = {
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert data and not [path for path in data if not (site / path).exists()]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    subprocess.run([sys.executable, "-c", USE, str(site)], cwd=empty, env=environment, check=True)
    for command in ("legacy_graph train --help", "keras_port train --help", "parity compare --help"):
        subprocess.run(
            [sys.executable, "-m", *command.split()], cwd=empty, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    assert list(empty.iterdir()) == []
