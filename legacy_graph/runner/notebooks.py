"""Notebooks as programs: their code cells, without lines that only IPython can run."""

import ast
import json
import linecache
import os
import re
import sys

from legacy_graph.runner.old_habits import compile_old
from legacy_graph.runner.old_syntax import describe
from mnist_training.errors import InputError

_MAGIC_LINE = re.compile(r"^(\s*)([%!?].*|.*=\s*[%!]\w.*|.*\?\s*)$")
_TIMED_STATEMENT = re.compile(r"^(\s*)%time\s+(.*)$")
_PYTHON_CELLS = ("%%time", "%%timeit", "%%capture", "%%prun")  # the rest of such a cell is Python


def read_notebook(path):
    """Return the code cells of a notebook, as a list of pairs (file name for tracebacks, source).

    Raises InputError where the file is not a notebook of Python code.
    """
    try:
        with open(path, encoding="utf-8") as stream:
            notebook = json.load(stream)
        sheets = notebook.get("worksheets", [notebook])  # the format before 2014 had sheets
        cells = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell.get("source", cell.get("input"))) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: not a notebook: expected JSON with cells ({error})") from None
    return [(f"{path}, cell {number}", source) for number, source in enumerate(sources, 1)]


def compile_cell(name, source):
    """Return the code objects of one cell: its statements, and its last expression or None.

    Lines of IPython (magics, shell commands) are left out, with a message on stderr. Raises InputError
    for another line that Python cannot parse.
    """
    lines = _without_cell_magic(name, source.split("\n"))
    while True:
        try:
            tree = ast.parse("\n".join(lines), name)
            break
        except SyntaxError as error:
            _leave_out(lines, error)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not lines[-1].rstrip().endswith(";"):
        last = compile_old(ast.Expression(tree.body.pop().value), name, "eval")
    return compile_old(tree, name), last


def _without_cell_magic(name, lines):
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or not lines[first].startswith("%%"):
        return lines
    _report_left_out(name, first + 1, lines[first])
    if lines[first].split()[0] in _PYTHON_CELLS:
        return [*lines[:first], "", *lines[first + 1 :]]
    return []


def _leave_out(lines, error):
    """Replace the IPython line of `error` by `pass`; raise InputError where the line is not IPython's."""
    number = (error.lineno or 1) - 1
    line = lines[number] if number < len(lines) else ""
    timed, magic = _TIMED_STATEMENT.match(line), _MAGIC_LINE.match(line)
    if timed:
        lines[number] = "".join(timed.groups())
        return
    if not magic:
        raise InputError(describe(error))
    _report_left_out(error.filename, number + 1, line)
    lines[number] = magic.group(1) + "pass"
    while line.endswith("\\") and number + 1 < len(lines):  # a shell command over several lines
        number += 1
        line, lines[number] = lines[number], ""


def _report_left_out(name, number, line):
    print(f"{name}, line {number}: left out, it needs IPython: {line.strip()}", file=sys.stderr)


class NoIPython:
    """The result of `get_ipython()`: its methods do nothing but print a message."""

    def _left_out(self, *arguments):
        print(f"left out, it needs IPython: {' '.join(map(str, arguments))}", file=sys.stderr)

    magic = run_line_magic = run_cell_magic = system = getoutput = _left_out


def notebook_globals():
    """Return the names that IPython defines in a notebook, beside Python's."""

    def display(*values):
        for value in values:
            print(value if isinstance(value, str) else repr(value))

    return {"get_ipython": NoIPython, "display": display}


def run_cells(cells, namespace):
    """Run compiled cells in order; print the value of a cell's last expression, as IPython does."""
    for statements, last in cells:
        exec(statements, namespace)
        value = eval(last, namespace) if last else None
        if value is not None:
            print(repr(value))


def prepare_plotting():
    """Make matplotlib draw without a display, unless the user chose a backend."""
    os.environ.setdefault("MPLBACKEND", "Agg")
