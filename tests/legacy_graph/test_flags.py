"""tf.flags.FLAGS with the method of TF 1.0 to 1.4."""

import sys

import pytest

from legacy_graph import tf1


@pytest.fixture
def size(monkeypatch):
    """A flag `size`, 3 unless the command line says another number."""
    monkeypatch.setattr(sys, "argv", ["script.py", "--size=5", "rest"])
    tf1.app.flags.DEFINE_integer("size", 3, "a number")
    yield tf1.flags.FLAGS
    del tf1.flags.FLAGS.size
    tf1.flags.FLAGS.unparse_flags()


def test_parse_flags_reads_the_command_line_and_returns_what_is_no_flag(size):
    assert size._parse_flags() == ["rest"]
    assert size.size == 5


def test_parse_flags_takes_arguments_instead(size):
    assert tf1.app.flags.FLAGS._parse_flags(args=["--size", "7"]) == []
    assert size.size == 7


def test_flags_parse_themselves_without_it(size):
    assert size.size == 5


def test_another_method_that_is_gone_is_refused(size):
    with pytest.raises(AttributeError, match="_parse_flag"):
        size._parse_flag()
