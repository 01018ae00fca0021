"""examples/ci, which people copy: its files agree with each other and with this project."""

import json
import pathlib
import re

import pytest

from legacy_graph.regression import command
from legacy_graph.regression.compare import compare
from tests.test_packaging import pinned, required, unpinned

ROOT = pathlib.Path(__file__).parent.parent
RECIPE = ROOT / "examples" / "ci"
SCRIPTS = sorted(path.stem for path in (RECIPE / "scripts").glob("*.py"))


def pins_of(path):
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("==") for line in lines)


def test_its_constraints_are_those_that_were_tested():
    pins, tested = pins_of(RECIPE / "constraints.txt"), pins_of(ROOT / "constraints.txt")
    assert pins.items() <= tested.items()
    [installed] = re.findall(r"install_requires=\[(.*?)\n    \]", (ROOT / "setup.py").read_text(), re.DOTALL)
    wanted = [each for each in required() if f'"{each.name}' in installed or each.name in ("pytest", "pytest-xdist")]
    assert len(wanted) > 8 and not unpinned(wanted, {name.lower().replace("_", "-"): pins[name] for name in pins})
    assert set(pins) < set(tested) and "sphinx" not in {name.lower() for name in pins} and pinned()


def test_its_workflow_uses_its_files():
    text = (RECIPE / "workflow.yml").read_text()
    commands = re.findall(r"- run: (.*)", text)
    assert len(commands) == 2 and "-c constraints.txt -r requirements.txt" in commands[0]
    assert commands[1].startswith(".venv/bin/pytest ") and "path: .venv\n" in text
    [hashed] = re.findall(r"hashFiles\((.*?)\)", text)
    assert hashed == "'requirements.txt', 'constraints.txt'"
    assert all((RECIPE / name).exists() for name in ("requirements.txt", "constraints.txt", "pytest.ini"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_its_goldens_are_of_tensorflow_115_and_whole(script):
    golden = command.read(str(RECIPE / "goldens" / f"{script}.json"))
    assert golden["engine"] == "TensorFlow 1.15.5" and golden["steps"] == 20 and golden["status"] == 0
    assert len(golden["printed"]) == 4 and golden["graphs"][0]["random"]
    as_run = {**json.loads(json.dumps(golden)), "errors": ""}
    assert compare(golden, as_run) == ([], [])
    as_run["graphs"][0]["random"][0] = as_run["graphs"][0]["random"][0].replace("1 ", "2 ", 1)
    assert [found.section for found in compare(golden, as_run)[0]] == ["random ops"]


def test_every_golden_has_its_script():
    assert (
        SCRIPTS
        == sorted(path.stem for path in (RECIPE / "goldens").glob("*.json"))
        == ["bi_lstm", "lstm", "multi_lstm"]
    )
