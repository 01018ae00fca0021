"""The readers under random and damaged input; `python -m tests.faults.fuzz` makes as many inputs as one likes."""

import pytest

from mnist_digits import DataError
from tests.faults import fuzz


def check(reader, cases):
    found = fuzz.fuzz(reader, cases)
    assert not found["faults"]
    assert found["taken"] and found["refused"]
    assert found["longest"] < fuzz.LONGEST and found["megabytes"] < fuzz.GROWTH


@pytest.mark.parametrize("reader, cases", [("idx", 3000), ("keras_file", 200), ("checkpoint", 1000), ("capture", 200)])
def test_only_the_promised_errors(reader, cases):
    check(reader, cases)


@pytest.mark.slow
@pytest.mark.parametrize(
    "reader, cases", [("idx", 1_000_000), ("checkpoint", 100_000), ("keras_file", 5000), ("capture", 5000)]
)
def test_only_the_promised_errors_of_many(reader, cases):
    check(reader, cases)


def test_another_error_would_be_noticed(monkeypatch):
    def read(data):
        if len(data) == 7:
            raise IndexError("a reader that trusts a length")
        raise DataError("no")

    monkeypatch.setitem(fuzz.READERS, "careless", lambda: (lambda chance: bytes(chance.randrange(9)), read, DataError))
    found = fuzz.fuzz("careless", 100)
    assert found["refused"] and "IndexError: a reader that trusts a length" in found["faults"][0]
