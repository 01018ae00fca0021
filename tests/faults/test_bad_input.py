"""Every bad input of the table ends with one line that names it, exit status 2, and nothing written."""

import json
import re
import subprocess
import sys

import pytest

from tests.faults import bad_input

MEGABYTES = {
    "light": 300,
    "keras": 500,
    "capture": 500,
}  # digits that are read are 200 MB as float32; Keras builds a model
PROGRESS = ("", "running the captured graph ...\n")
GROUPS = bad_input.groups()


@pytest.fixture(scope="module")
def outcomes():
    """Return a function of a group that returns {name: what became of the case}; each group runs once."""
    found = {}

    def of(group):
        if group not in found:
            command = [sys.executable, "-m", "tests.faults.bad_input", group]
            done = subprocess.run(command, capture_output=True, text=True, timeout=600)
            assert done.returncode == 0, done.stderr
            found[group] = {outcome["name"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}
        return found[group]

    return of


def test_the_table_is_long_enough():
    assert sum(map(len, GROUPS.values())) >= 100


@pytest.mark.parametrize(
    "group", ["light", *(pytest.param(group, marks=pytest.mark.slow) for group in ("keras", "capture"))]
)
def test_bad_input_is_one_line_and_exit_2(group, outcomes):
    faults = {}
    for name, case in GROUPS[group].items():
        outcome = outcomes(group)[name]
        right = {
            "exit status 2": outcome["status"] == 2,
            "one line": outcome["err"].count("\n") == 1 and len(outcome["err"]) < 1500 and outcome["out"] in PROGRESS,
            "names the thing": bool(re.search(case.says, outcome["err"])),
            "nothing written": outcome["written"] == [],
            "bounded memory": outcome["megabytes"] < MEGABYTES[group],
            "no TensorFlow needed": not outcome["tensorflow"],
        }
        if not all(right.values()):
            faults[name] = [what for what in right if not right[what]], outcome
    assert not faults
