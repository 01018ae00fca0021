"""What the tests of the three command lines share."""

import os
import re
import sys

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Two processes: each imports TensorFlow, and two keep the memory of a small machine."""
    return 2


@pytest.fixture
def run_command(monkeypatch, capsys):
    """Run the `main` of a command line in this process; returns exit status, stdout and stderr."""

    def run(main, *arguments):
        monkeypatch.setattr(sys, "argv", [main.__module__.split(".")[0], *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def refuses(run_command, tmp_path, monkeypatch):
    """Check that a command line is refused: one line on stderr that says so, exit 2, nothing written."""

    def check(main, arguments, says):
        monkeypatch.chdir(tmp_path)
        status, out, err = run_command(main, *arguments)
        assert status == 2 and out == ""
        assert err.count("\n") == 1 and re.search(says, err)
        assert not os.listdir(tmp_path)

    return check
