"""Imports run downwards only: the floor plan of docs/architecture.md, held against every import in the code."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGES = ("mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity")

# Each line is a floor, the ground first. A module stands in the room with the longest name that its own begins
# with, and may import its own room and those on lower floors, but nothing of a package in FORBIDDEN.
FLOORS = """
mnist_digits
mnist_training
mnist_training.cli
legacy_graph.internals legacy_graph.shared keras_port.conversion.gates
legacy_graph.namespace legacy_graph.graph115 legacy_graph.random_positions keras_port.registration keras_port.inputs
keras_port.workers
legacy_graph.estimators
legacy_graph.contrib keras_port.cell
legacy_graph.tf1 legacy_graph.behavior keras_port.recurrence
keras_port.lstm keras_port.multi_lstm keras_port.bi_lstm
keras_port.structure keras_port.forward_pass legacy_graph.program
legacy_graph.graph_model legacy_graph.regression keras_port.training
legacy_graph.lstm legacy_graph.multi_lstm legacy_graph.bi_lstm legacy_graph.reuse_lesson keras_port.conversion
legacy_graph.training legacy_graph.runner keras_port.translation
legacy_graph.testing
legacy_graph.__init__ legacy_graph.__main__ keras_port.__init__ keras_port.__main__
parity.tolerances parity.graph_optimizer parity.sides
parity.comparisons
parity.ladder parity.networks
parity.dropout parity.comparison
parity.compare parity.traps
parity.at_once
parity.report
parity.ports
parity.__init__ parity.__main__
"""
ROOMS = {room: floor for floor, line in enumerate(FLOORS.strip().splitlines()) for room in line.split()}
FORBIDDEN = {  # package: what it must not import, on whichever floor that stands
    "mnist_digits": {"tensorflow", "keras", "tf_keras"},
    "mnist_training": {"tensorflow", "keras", "tf_keras"},
    "legacy_graph": {"keras_port"},
    "keras_port": {"legacy_graph", "tf_keras"},
    "parity": set(),
}
ALLOWED = {  # (module, imported): why, though it runs upwards
    ("legacy_graph.contrib.rnn.rnn_cell_impl", "legacy_graph.runner.imports"): "a name of another module of 1.15, "
    "looked up by its path when a script asks for it",
}


def modules():
    """Return {module name: path} of all packages."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


MODULES = modules()


def room_of(module):
    """Return the room that a module stands in, None where the plan has none."""
    parts = module.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((name for name in names if name in ROOMS), None)


def imports(tree):
    """Yield the modules that a syntax tree imports; those that only a type checker reads are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES or f"{whole}.__init__" in MODULES else node.module
        yield from imports(node)


def upwards(module, source, allowed=ALLOWED):
    """Return what is wrong with a module's imports, a line each."""
    package, room, found = module.split(".")[0], room_of(module), []
    for imported in imports(ast.parse(source)):
        if (module, imported) in allowed:
            continue
        if imported.split(".")[0] in FORBIDDEN[package]:
            found.append(f"{module} imports {imported}: {package} must work without {imported.split('.')[0]}")
        other = room_of(imported)
        # `from package import name`: the package's face gives the name on demand, wherever that is at home.
        if other and other != room and ROOMS[other] >= ROOMS[room]:
            found.append(f"{module} imports {imported}: {other} does not stand below {room}")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_run_downwards_only(package):
    inside = {module: path for module, path in MODULES.items() if module.split(".")[0] == package}
    homeless = [module for module in inside if not room_of(module)]
    assert not homeless, f"{homeless}: give each a room in FLOORS, and in docs/architecture.md"
    found = [line for module, path in inside.items() for line in upwards(module, path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "module, source",
    [
        ("mnist_training.recipe", "from mnist_training.cli import flags"),
        ("mnist_training.data", "def f():\n    import tensorflow.compat.v1"),
        ("legacy_graph.graph115.maths", "import legacy_graph.contrib.rnn"),
        ("legacy_graph.contrib.opt", "from legacy_graph import tf1"),
        ("keras_port.cell", "from keras_port import lstm"),
        ("keras_port.training", "from legacy_graph import internals"),
        ("parity.ladder", "from parity import compare"),
    ],
)
def test_an_import_upwards_is_found(module, source):
    assert upwards(module, source)


def test_every_room_and_every_exception_is_in_use():
    standing = {room_of(module) for module in MODULES}
    assert not set(ROOMS) - standing
    for module, imported in ALLOWED:
        assert upwards(module, MODULES[module].read_text(encoding="utf-8"), allowed=()), f"{module}: {imported}"


@pytest.mark.parametrize("wing", ["legacy_graph", "keras_port"])
def test_the_page_names_every_room_of_a_wing(wing):
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    inside = [path for path in (ROOT / wing).iterdir() if not path.name.startswith("_")]
    names = [path.name if path.suffix == ".py" else f"{path.name}/" for path in inside if path.suffix in ("", ".py")]
    assert len(names) > 10 and [name for name in names if f"`{name}`" not in page] == []
