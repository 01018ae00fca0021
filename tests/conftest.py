"""What the tests of the three command lines share."""

import sys

import pytest


@pytest.fixture
def run_command(monkeypatch, capsys):
    """Run the `main` of a command line in this process; returns exit status, stdout and stderr."""
    def run(main, *arguments):
        monkeypatch.setattr(sys, "argv", [main.__module__.split(".")[0], *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()
    return run
