"""The examples of the docs: runs every code block and command, and writes or checks what they print.

    python -m docs.examples                  # run all and write their outputs into the pages
    python -m docs.examples PAGE...          # those of some pages, e.g. docs/networks/lstm.md
    python -m docs.examples --check [PAGE...]  # write nothing; exit 1 where a page says something else

A page's ```python blocks are one program, its ```sh blocks one session in a folder of their own; the README's run to
the letter in a clean copy of this project, into which they install it. A ```text block right after one of them is
what it prints. A comment before a block says what is special:

    <!-- not run: REASON -->    <!-- slow -->    <!-- numbers vary: REASON -->    <!-- exits 1: REASON -->
    <!-- file NAME.py -->     the block is such a module, which later blocks import
    <!-- part of PATH -->     the block stands word for word in that file of this project
"""

import argparse
import contextlib
import dataclasses
import io
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
_SAID_BEFORE = re.compile(r"<!-- ([^>]*?) -->\n+\Z")
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
_SIGN_OF_LIFE = re.compile(r" +\d+ s; ")  # as many as a machine is slow
_MINUTES = re.compile(r" \(\d+:\d\d:\d\d\)$")
_TIDY = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"  # what runs in the background ends with the block
RTOL, ATOL = 1e-2, 1e-6  # printed numbers of a float32 run, with the digits they have
# What the folder holds in which a page's commands run.
SUPPLIES = {
    "old_script.py": "tests/scripts/mnist_static_rnn.py",
    "old_notebook.ipynb": "docs/study.ipynb",
    "model.ckpt-782.index": "tests/golden/checkpoints/lstm.ckpt.index",
    "model.ckpt-782.data-00000-of-00001": "tests/golden/checkpoints/lstm.ckpt.data-00000-of-00001",
}


@dataclasses.dataclass
class Block:
    """A fenced block of a page: its language and text, where it stands, and what the comment before it says."""

    language: str
    text: str
    start: int
    end: int
    said: str = ""
    output: "Block" = None

    @property
    def is_run(self):
        """Whether it is run at all."""
        # The README's test command runs what runs this.
        return self.language in ("python", "sh") and not self.said.startswith(("not run:", "test command", "part of "))

    @property
    def is_slow(self):
        """Whether it is for the slow tests."""
        return self.language == "sh" or self.said == "slow"


def pages():
    """Return README.md and the English pages; the Chinese ones have the same blocks (see in_step.py)."""
    return [README, *sorted(page for page in (ROOT / "docs").rglob("*.md") if "zh" not in page.parts)]


def blocks(text):
    """Return the blocks of a page, each with its output's if one follows."""
    found = []
    for match in _BLOCK.finditer(text):
        before = _SAID_BEFORE.search(text[: match.start()])
        block = Block(
            match["language"], match["text"], match.start("text"), match.end("text"), before[1] if before else ""
        )
        follows = found and not _SAID_BEFORE.sub("", text[found[-1].end : match.start()]).strip("`\n ")
        if block.language == "text" and follows and found[-1].language in ("python", "sh"):
            found[-1].output = block
        found.append(block)
    return found


def without_blocks(text):
    """Return a page's text without its fenced blocks."""
    return _BLOCK.sub("", text)


@contextlib.contextmanager
def _modules():
    """A folder for the modules of a page; yields it, and forgets what was imported from it."""
    before = set(sys.modules)
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        try:
            yield pathlib.Path(folder)
        finally:
            sys.path.remove(folder)
            for name in set(sys.modules) - before:
                if getattr(sys.modules[name], "__file__", None) and sys.modules[name].__file__.startswith(folder):
                    del sys.modules[name]


def run_python(page, slow=False):
    """Run a page's python blocks in order; yields (block, what it printed). Tests that it defines are called."""
    scope, called = {"__name__": "example"}, set()
    with _modules() as folder:
        for block in blocks(page.read_text(encoding="utf-8")):
            if block.language != "python" or not block.is_run or (block.is_slow and not slow):
                continue
            if block.said.startswith("file "):
                (folder / block.said.removeprefix("file ")).write_text(block.text, encoding="utf-8")
                continue
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(block.text, f"{page}, example", "exec"), scope)
                for name in [name for name in scope if name.startswith("test_")]:
                    if name not in called and callable(scope[name]):
                        called.add(name)
                        scope[name]()
            yield block, printed.getvalue()


@contextlib.contextmanager
def scratch_folder():
    """A folder for commands, with what they need in it; yields (folder, environment)."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, commands = pathlib.Path(temporary, "work"), pathlib.Path(temporary, "bin")
        folder.mkdir()
        commands.mkdir()
        for name, module in (("legacy-graph", "legacy_graph"), ("keras-port", "keras_port"), ("parity", "parity")):
            _executable(commands / name, f'exec "{sys.executable}" -m {module} "$@"')
        for name in ("python", "python3"):
            _executable(commands / name, f'exec "{sys.executable}" "$@"')
        for name, source in SUPPLIES.items():
            if (ROOT / source).exists():
                shutil.copy(ROOT / source, folder / name)
        path = os.pathsep.join([str(commands), os.environ["PATH"]])
        yield folder, {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _executable(path, line):
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@contextlib.contextmanager
def clean_copy():
    """A copy of this project in which nothing is installed yet; yields (folder, environment).

    A virtual environment that is made there finds the packages that are installed here, so that pip need
    not fetch them again. This project it must install: the one that is installed here is not found.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder, commands = pathlib.Path(temporary, "tf1-rnn"), pathlib.Path(temporary, "bin")
        made = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "models", "site")
        shutil.copytree(ROOT, folder, ignore=made)
        commands.mkdir()
        packages = sysconfig.get_path("purelib")
        _executable(
            commands / "python3",
            f'"{sys.executable}" "$@" || exit\n'
            f'[ "$1 $2" != "-m venv" ] || echo "{packages}" > "$(echo "$3"/lib/python3*/site-packages)/here.pth"',
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
        path = os.pathsep.join([str(commands), os.environ["PATH"]])
        yield folder, {**environment, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}


def with_fewer_steps(script):
    """Return commands as they are run here: to the letter, but that the main command takes fewer steps."""
    return re.sub(r"(parity compare all)(?! --steps)", r"\1 --steps 10", script)


def run_commands(page):
    """Run a page's sh blocks in order; yields (block, what it printed). RuntimeError where a command fails."""
    with clean_copy() if page == README else scratch_folder() as (folder, environment):
        for block in blocks(page.read_text(encoding="utf-8")):
            if block.language != "sh" or not block.is_run:
                continue
            command = ["bash", "-euo", "pipefail", "-c", _TIDY + with_fewer_steps(block.text)]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
            expected = re.search(r"exits? (?:with )?(?:status )?(\d)", block.said)
            if done.returncode != int(expected[1] if expected else 0):
                raise RuntimeError(
                    f"{page.name}: status {done.returncode} of\n{block.text}\n{done.stdout}{done.stderr}"
                )
            yield block, done.stdout


def difference(block, printed):
    """Say where a block's output differs from what is printed, numbers within tolerance; None where it does not."""
    if block.output is None:
        return None
    written, printed = _lines(block.output.text), _lines(printed)
    varies = block.output.said.startswith("numbers vary")
    if varies:  # and with them the places where they are largest, and seconds as pytest says them when there are many
        written, printed = (
            [_MINUTES.sub("", line.partition(" (bound")[0]) for line in lines] for lines in (written, printed)
        )
    for want, have in zip([*written, "(end)"], [*printed, "(end)"]):
        if _words(want) != _words(have):
            return f"the page says {want!r}, the run {have!r}"
        if varies:
            continue
        for number, other in zip(_NUMBER.findall(want), _NUMBER.findall(have)):
            number, other = (float(value.replace(",", "")) for value in (number, other))
            if abs(number - other) > ATOL + RTOL * abs(number):
                return f"the page says {number} in {want!r}, the run {other}"
    return None


def _lines(text):
    return [line.rstrip() for line in text.rstrip().split("\n") if not _SIGN_OF_LIFE.match(line)]


def _words(line):
    return " ".join(_NUMBER.sub("#", line).split())


def refresh(page, check=False, only=("python", "sh")):
    """Run a page; write what it prints into it unless `check`. Returns the differences found."""
    text = page.read_text(encoding="utf-8")
    outcomes = []
    if "python" in only:
        outcomes += run_python(page, slow=True)
    if "sh" in only:
        outcomes += run_commands(page)
    found = [said for said in (difference(*outcome) for outcome in outcomes) if said]
    if not check:
        for block, printed in sorted(outcomes, key=lambda outcome: -outcome[0].start):
            if block.output is not None and difference(block, printed):
                text = text[: block.output.start] + printed.rstrip() + "\n" + text[block.output.end :]
        page.write_text(text, encoding="utf-8")
    return found


def main(arguments=None):
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m docs.examples", description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", type=pathlib.Path, metavar="PAGE")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where an output is out of date")
    parser.add_argument("--only", choices=["python", "sh"], help="one kind of block")
    given = parser.parse_args(arguments)
    differs = False
    for page in given.pages or pages():
        for said in refresh(page.resolve(), given.check, [given.only] if given.only else ("python", "sh")):
            differs = True
            print(f"{page}: {said}")
    return 1 if given.check and differs else 0


if __name__ == "__main__":
    sys.exit(main())
