"""Notebooks as programs: cells in order, IPython's lines left out with a word."""

import json
import traceback

import pytest

from legacy_graph.runner.notebooks import compile_cell, notebook_globals, read_notebook, run_cells
from legacy_graph.runner.old_habits import old_habits
from mnist_training.errors import InputError


def run(*sources):
    namespace = notebook_globals()
    with old_habits(lambda name, file: False):
        run_cells([compile_cell(f"n.ipynb, cell {k}", source) for k, source in enumerate(sources, 1)], namespace)
    return namespace


LEFT_OUT = {  # cell: lines left out
    "%matplotlib inline\na = 1": [1],
    "try:\n    %tensorflow_version 1.x\nexcept Exception:\n    pass\na = 1": [2],
    "!pip install x\n!ls 'a\na = 1": [1, 2],
    "a = 1\n!pip install \\\n   one \\\n   two\nassert a": [2],
    "a = 1\nfiles = !ls\nhere = %pwd": [2, 3],
    "a = 1\na?\n?a": [2, 3],
    "%%time\na = 1": [1],
    "\n%%timeit -n 3\na = 1": [2],
    "a = (10\n% 3)": [],
    "s = '''\n%matplotlib\n!ls\n'''\na = 1": [],
}


@pytest.mark.parametrize("cell", LEFT_OUT)
def test_only_what_needs_ipython_is_left_out(cell, capsys):
    assert run(cell)["a"] == 1
    said = capsys.readouterr().err.splitlines()
    places = sorted(line.split(": ")[0] for line in said)
    assert places == [f"n.ipynb, cell 1, line {n}" for n in LEFT_OUT[cell]]


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile x.py", "%%javascript"])
def test_a_cell_of_another_language_is_left_out_whole(magic, capsys):
    assert "a" not in run(f"{magic}\na = 1")
    assert "line 1: left out" in capsys.readouterr().err


def test_a_timed_statement_runs():
    assert run("%time a = 1")["a"] == 1


def test_the_last_expression_of_a_cell_is_printed(capsys):
    run("a = 1\na + 1", "a;", "None", "print('x')", "display(a, 'text')", "if a: a")
    assert capsys.readouterr().out == "2\nx\n1\ntext\n"


def test_get_ipython_does_nothing_and_says_so(capsys):
    run("get_ipython().run_line_magic('matplotlib', 'inline')", "get_ipython().magic('pylab')")
    assert capsys.readouterr().err.count("left out, it needs IPython") == 2


def test_an_error_names_cell_and_line():
    with pytest.raises(ZeroDivisionError) as raised:
        run("%matplotlib inline\na = 1", "b = 0\na / b")
    *_, last, division = traceback.extract_tb(raised.tb)
    assert division.filename.endswith("old_promotion.py")
    assert (last.filename, last.lineno, last.line) == ("n.ipynb, cell 2", 2, "a / b")


@pytest.mark.parametrize(
    "cell, word",
    [
        ("a = 1\nprint a", "cell 1, line 2: this is Python 2 only (print statement): print a"),
        ("a = = 1", "cell 1, line 1: not Python"),
    ],
    ids=["python2", "nonsense"],
)
def test_what_python_cannot_read_is_refused(cell, word):
    with pytest.raises(InputError) as raised:
        run(cell)
    assert word in str(raised.value)


OLD = {
    "worksheets": [
        {"cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}, {"cell_type": "markdown", "source": ["# text"]}]}
    ]
}
NEW = {"cells": [{"cell_type": "code", "source": "a = 1\nb"}, {"cell_type": "raw", "source": "x"}]}


@pytest.mark.parametrize("notebook", [OLD, NEW], ids=["format3", "format4"])
def test_code_cells_of_old_and_new_formats_are_read(notebook, tmp_path):
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(notebook))
    assert read_notebook(str(path)) == [(f"{path}, cell 1", "a = 1\nb")]
