"""Every public function and method of the public API is annotated in full."""

import ast
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
# Where the modules are that README and docs tell people to import from, or that packages hand on.
PUBLIC = [
    *("mnist_digits/*.py", "mnist_training/*.py", "mnist_training/cli/*.py"),
    *("legacy_graph/behavior.py", "legacy_graph/graph_model.py", "legacy_graph/training.py"),
    *("legacy_graph/runner/imports.py", "legacy_graph/testing/scripts.py"),
    *("keras_port/lstm.py", "keras_port/multi_lstm.py", "keras_port/bi_lstm.py", "keras_port/cell.py"),
    *("keras_port/training.py", "keras_port/conversion/*.py"),
    *("parity/compare.py", "parity/ladder.py", "parity/sides.py", "parity/tolerances.py", "parity/report/recorded.py"),
]
MODULES = sorted(str(path.relative_to(ROOT)) for pattern in PUBLIC for path in ROOT.glob(pattern))
# Programs as TensorFlow 1's authors would have written them, and namespaces that hand names on.
PLAIN = {"legacy_graph", "legacy_graph.lstm", "legacy_graph.multi_lstm", "legacy_graph.bi_lstm", "legacy_graph.tf1"}
PACKAGES = ("mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity")


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


@pytest.mark.parametrize("module", MODULES)
def test_public_functions_are_annotated(module):
    # Internal, though without an underscore: what adapts models to the training loop, and what other rooms use.
    hidden = ("Trainee.", "WorkersTrainee.", "MeasuringSide.", "FollowedSaves.", "is_old", "find_module", "building")
    hidden += ("compare_with_fallbacks", "offsets_of", "named_arrays", "train") if module == "parity/ladder.py" else ()
    assert [name for name in bare((ROOT / module).read_text(encoding="utf-8")) if not name.startswith(hidden)] == []


@pytest.mark.parametrize(
    "source", ["def f(x) -> int: pass", "def f(x: int): pass", "class A:\n def f(self, *x) -> int: 0"]
)
def test_a_missing_annotation_is_found(source):
    assert len(bare(source)) == 1
    assert bare(source.replace("f(", "_f(")) == []


def imported_in_docs():
    """Return the modules of this project that the code blocks of README and docs import from."""
    found = set()
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for module, names in re.findall(r"^from ([\w.]+) import (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            for name in names.split(","):
                whole = f"{module}.{name.split()[0]}"
                found.add(whole if (ROOT / whole.replace(".", "/")).with_suffix(".py").exists() else module)
    return {module for module in found if module.split(".")[0] in PACKAGES}


def test_what_the_docs_import_is_public():
    public = {module.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for module in MODULES}
    assert imported_in_docs() - public - PLAIN == set()
    assert "keras_port.conversion.cells" in imported_in_docs()
