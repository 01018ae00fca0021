"""Private TensorFlow and Keras names are imported in one module only."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = ("mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity", "tests")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "golden/cases" not in path.as_posix() and "tests/scripts" not in path.as_posix()
)
HOME = ROOT / "legacy_graph" / "internals.py"
PRIVATE = (
    "tensorflow.python",
    "tensorflow.core",
    "tensorflow._api",
    "tf_keras.src",
    "tf_keras.api",
    "keras.src",
    "keras._tf_keras",
)


def private_imports(source):
    """List the private modules that a source text imports, wherever in it."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in names if any(name == p or name.startswith(p + ".") for p in PRIVATE)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_private_names_come_from_internals(path):
    found = private_imports(path.read_text(encoding="utf-8"))
    assert path == HOME or not found, (
        f"{path.relative_to(ROOT)} imports {found}: TensorFlow moves private names without notice. "
        "Add the name to legacy_graph/internals.py and take it from there."
    )


def test_a_private_import_is_found():
    assert private_imports("def f():\n    from tensorflow.python.ops import rnn") == ["tensorflow.python.ops.rnn"]
    assert private_imports("import tensorflow.compat.v1") == []
