"""The digits of a recipe come from the files, each read once."""

import mnist_digits
from mnist_digits import database
from mnist_training import data


def test_every_file_is_read_once_and_holds_what_read_data_sets_gives(monkeypatch):
    read = []
    monkeypatch.setattr(database, "_read", lambda path, right=database._read: read.append(path) or right(path))
    found = data.read()
    assert len(read) == len(set(read)) == len(database.FILES)
    given = mnist_digits.read_data_sets(one_hot=True, validation_size=data.VALIDATION)
    for ours, theirs in zip(found, given):
        assert (ours.images == theirs.images).all() and (ours.labels == theirs.labels).all()
