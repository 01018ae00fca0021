"""What the tests of the three command lines share."""

import functools
import gc
import os
import re
import signal
import sys

import pytest

from mnist_digits import DataSet, database
from mnist_training.cli.quick_start import quick_imports


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Return 2: each process imports TensorFlow, and the memory of a small machine holds two."""
    return 2


def pytest_configure():
    """Restore SIGINT and SIGHUP, which tests send: processes in the background of a shell or nohup ignore them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Import TensorFlow and Keras while the tests are collected, without JAX and others that few tests need."""
    with quick_imports():
        return (yield)


def pytest_collection_finish():
    """Let the garbage collector skip the imports' objects, and run less often: graphs are many objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(autouse=True, scope="session")
def images_are_unpacked_once():
    """Unpack the 55 MB of bundled digits once per process: many tests train on them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "parse_images", functools.lru_cache(maxsize=2)(database.parse_images))
        yield


@pytest.fixture
def ctrl_c_in_batch(monkeypatch):
    """Return a function that sends Ctrl-C while training takes its batch of a given number, counted from 1."""

    def press(number):
        taken, next_batch = [], DataSet.next_batch

        def pressing(self, *arguments, **keywords):
            taken.append(None)
            if len(taken) == number:
                os.kill(os.getpid(), signal.SIGINT)
            return next_batch(self, *arguments, **keywords)

        monkeypatch.setattr(DataSet, "next_batch", pressing)

    return press


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
