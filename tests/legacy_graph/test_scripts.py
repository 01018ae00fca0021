"""Scripts in the style of TF 1's time print what they printed on TensorFlow 1.15.

Drop a script into tests/scripts, record it (see `_outputs.py` there), and it is a test.
"""

import pathlib
import subprocess
import sys

import pytest

from tests.scripts import _outputs

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed(request, tmp_path_factory):
    """Folder with the output of every script that was asked for."""
    names = [item.callspec.params["name"] for item in request.session.items
             if item.module is request.module and "printed" in item.fixturenames]
    folder = tmp_path_factory.mktemp("printed")
    subprocess.run([sys.executable, "-m", "tests.legacy_graph.run_in_forks", folder,
                    *map(_outputs.script, names)], cwd=ROOT, check=True)
    return folder


@pytest.mark.parametrize("name", _outputs.names())
def test_script_prints_what_it_printed_on_tf115(name, printed):
    got = (printed / f"{name}.out").read_text()
    errors = (printed / f"{name}.err").read_text()
    assert not _outputs.difference(_outputs.recorded(name), got), errors
    assert "Traceback" not in errors and "deprecated" not in errors


def test_every_script_is_recorded_and_every_recording_has_its_script():
    recorded = {path.stem for path in (ROOT / "tests" / "scripts").glob("*.out")}
    assert recorded == set(_outputs.names())


@pytest.mark.parametrize("other", [
    "step 1 loss 0.513\n[exit 0]\n", "step 2 loss 0.512\n[exit 0]\n", "step 1 loss 0.512\n[exit 1]\n",
    "step 1 loss 0.512\nmore\n[exit 0]\n", "step 1 [loss 0.512\n[exit 0]\n"],
    ids=["number", "whole_number", "status", "line", "bracket"])
def test_a_difference_is_found(other):
    printed = "step 1 loss 0.512\n[exit 0]\n"
    assert not _outputs.difference(printed, printed.replace("0.512", " 0.51201"))
    assert _outputs.difference(printed, other)
