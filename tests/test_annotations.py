"""Every public function and method of the public API is annotated in full."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
# The modules that README and docs tell people to import from.
PUBLIC = """
    mnist_digits/database.py mnist_digits/dataset.py mnist_digits/idx.py
    mnist_training/data.py mnist_training/files.py mnist_training/lazy.py mnist_training/metrics.py
    mnist_training/recipe.py
    legacy_graph/behavior.py legacy_graph/graph_model.py legacy_graph/runner/imports.py legacy_graph/testing/scripts.py
    keras_port/lstm.py keras_port/multi_lstm.py keras_port/bi_lstm.py keras_port/cell.py keras_port/training.py
    keras_port/conversion/cells.py keras_port/conversion/checkpoint.py keras_port/conversion/gates.py
    parity/compare.py parity/sides.py parity/tolerances.py
""".split()


def bare(source):
    """Return the public functions and methods of a module that lack an annotation."""
    found = []

    def look(body, prefix=""):
        for item in body:
            if isinstance(item, ast.ClassDef) and not item.name.startswith("_"):
                look(item.body, item.name + ".")
            if isinstance(item, ast.FunctionDef) and (item.name == "__init__" or not item.name.startswith("_")):
                given = item.args
                every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
                named = [argument for argument in every if argument and argument.arg not in ("self", "cls")]
                if item.returns is None or any(argument.annotation is None for argument in named):
                    found.append(prefix + item.name)

    look(ast.parse(source).body)
    return found


@pytest.mark.parametrize("module", PUBLIC)
def test_public_functions_are_annotated(module):
    # Internal, though without an underscore: what adapts models to the training loop, and what other rooms use.
    hidden = ("Trainee.", "WorkersTrainee.", "MeasuringSide.", "is_old", "find_module", "building")
    assert [name for name in bare((ROOT / module).read_text(encoding="utf-8")) if not name.startswith(hidden)] == []


@pytest.mark.parametrize(
    "source", ["def f(x) -> int: pass", "def f(x: int): pass", "class A:\n def f(self, *x) -> int: 0"]
)
def test_a_missing_annotation_is_found(source):
    assert len(bare(source)) == 1
    assert bare(source.replace("f(", "_f(")) == []
