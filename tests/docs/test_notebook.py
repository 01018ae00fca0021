"""The study's notebook is what the pages say, and runs: in Jupyter, and as an old notebook."""

import json
import pathlib
import subprocess
import sys

import pytest

from docs import examples, in_step, notebook


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", notebook.NOTEBOOKS, ids=["English", "Chinese"])
def test_the_notebook_is_what_the_pages_say(path):
    made = notebook.notebook(path) == path.read_text(encoding="utf-8")
    assert made, "`python -m docs.notebook` makes it again"


@pytest.mark.parametrize("path", notebook.NOTEBOOKS, ids=["English", "Chinese"])
def test_its_links_and_pictures_lead_somewhere(path):
    from tests.docs.test_site import _LINK

    targets = [target for text in cells(path, "markdown") for target in _LINK.findall(text)]
    assert len(targets) > 20
    for target in targets:
        file = target.partition("#")[0]
        assert "://" in target or not file or (path.parent / file).exists(), target


def test_the_chinese_one_runs_as_the_english_one_does():
    english, chinese = (
        ["\n".join(in_step.code_of(line) for line in cell.splitlines()) for cell in cells(path, "code")]
        for path in notebook.NOTEBOOKS
    )
    assert english == chinese and len(english) > 10


def said(cells):
    return "".join("".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", []))


def difference(written, printed):
    """Say where what is printed is not what is written; None where it is. Jupyter shows warnings among it."""
    lines = [line for line in printed.splitlines() if line and not line.startswith("WARNING:tensorflow")]
    output = examples.Block("text", written, 0, 0)
    return examples.difference(examples.Block("python", "", 0, 0, output=output), "\n".join(lines))


def test_another_output_is_seen():
    assert difference("loss 0.5\nthe same: True\n", "loss 0.5\nthe same: True\n") is None
    assert difference("loss 0.5\nthe same: True\n", "loss 0.5\nthe same: False\n")
    assert difference("loss 0.5\n", "loss 0.6\n") and difference("loss 0.5\n", "loss 0.5\nmore\n")


@pytest.mark.slow
def test_it_runs_top_to_bottom_in_jupyter(tmp_path):
    import nbclient
    import nbformat

    written = nbformat.read(notebook.NOTEBOOK, as_version=4)
    run = nbformat.read(notebook.NOTEBOOK, as_version=4)
    nbclient.NotebookClient(run, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = [output for cell in run.cells for output in cell.get("outputs", []) if output.get("name") == "stdout"]
    assert not difference(said(written.cells), "".join(output["text"] for output in printed))


@pytest.mark.slow
def test_legacy_graph_runs_it_as_well():
    command = [sys.executable, "-m", "legacy_graph", "run", notebook.NOTEBOOK]
    done = subprocess.run(command, cwd=pathlib.Path(notebook.ROOT), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    written = json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8"))
    assert not difference(said(written["cells"]), done.stdout)
