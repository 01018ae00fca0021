"""Closed and full outputs, and Ctrl-C before a command has begun: quiet ends, nothing lost."""

import os
import signal
import subprocess
import sys

import pytest

from mnist_training import early
from mnist_training.cli import command
from mnist_training.errors import RunError
from tests.interrupts import heed_interrupts

VERSION = [sys.executable, "-m", "parity", "--version"]


def test_nobody_reads_on():
    with subprocess.Popen(VERSION, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 128 + signal.SIGPIPE


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device of Linux")
def test_a_full_disk_behind_stdout_is_reported():
    with open("/dev/full", "w") as full:
        done = subprocess.run(VERSION, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.stderr == "parity: output: No space left on device\n" and done.returncode == 3


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(closed, tmp_path):
    """What is opened next would get a closed stream's number, and what is printed would go there."""
    code = (
        "import sys; from mnist_training.cli import command\n"
        "def main():\n"
        "    stream = open('file', 'w'); print('said'); print('said', file=sys.stderr); stream.write('mine')\n"
        "command.run(main, 'prog')"
    )
    line = f'exec "$0" -c "$1" {closed}'
    done = subprocess.run(["sh", "-c", line, sys.executable, code], cwd=tmp_path, timeout=60)
    assert done.returncode == 0 and (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("package", ["legacy_graph", "keras_port", "parity"])
def test_ctrl_c_while_importing_is_one_line(package):
    """The signal comes from inside numpy's import, the longest of those that come before the arguments are read."""
    code = (
        "import os, runpy, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'numpy': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder)\n"
        f"sys.argv = ['{package.replace('_', '-')}']\n"
        f"import {package}.__main__"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, preexec_fn=heed_interrupts
    )
    assert (done.returncode, done.stderr) == (130, f"{package}: interrupted\n")


def test_an_import_of_the_module_alone_leaves_ctrl_c_alone():
    before = signal.getsignal(signal.SIGINT)
    early.begin("legacy_graph")
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    "error, status, says",
    [
        (RunError("full\nof lines"), 3, "prog: full of lines\n"),
        (OSError(28, "No space left on device", "file"), 3, "prog: file: No space left on device\n"),
        (MemoryError(), 3, "prog: not enough memory"),
        (KeyboardInterrupt(), 130, "prog: interrupted\n"),
        (BrokenPipeError(), 141, ""),
        (ZeroDivisionError("ours"), 70, "prog: this is a fault of the program"),
    ],
)
def test_every_end_has_its_status(error, status, says, capsys):
    def main():
        raise error

    with pytest.raises(SystemExit) as ended:
        command.run(main, "prog", failed=3)
    err = capsys.readouterr().err
    assert ended.value.code == status and says in err
    assert ("Traceback" in err) == (status == 70)
