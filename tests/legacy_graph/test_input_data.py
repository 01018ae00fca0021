"""input_data as scripts use it. Its values are held to TensorFlow 1.15's by tests/golden."""

import socket

import numpy as np
import pytest
import tensorflow as tf

import mnist_digits
from legacy_graph import internals, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.namespace import input_data
from tests.golden import store
from tests.mnist_digits.test_mnist_digits import idx_bytes, write_folder

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = mnist_digits.FILES


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# The goldens catch small mistakes.


def rest_behind(self, batch_size, shuffle=True):
    images, labels = mnist_digits.DataSet.next_batch(self, batch_size, shuffle=shuffle)
    front = self._index_in_epoch
    wrapped = front < batch_size
    return (np.roll(images, front, 0), np.roll(labels, front, 0)) if wrapped else (images, labels)


def shuffled_by_permutation(self):
    order = np.random.RandomState(np.random.randint(2**31)).permutation(self.num_examples)
    self._images, self._labels = self._images[order], self._labels[order]


def first_epoch_in_order(self):
    order = np.arange(self.num_examples)
    if self.epochs_completed or self._index_in_epoch:
        np.random.shuffle(order)
    self._images, self._labels = self._images[order], self._labels[order]


def shuffled_from_the_first_order(self):
    if not hasattr(self, "first"):
        self.first = self._images, self._labels
    order = np.arange(self.num_examples)
    np.random.shuffle(order)
    self._images, self._labels = (array[order] for array in self.first)


PLANTED = {
    "rest-behind-the-new": ("next_batch", rest_behind),
    "another-draw": ("_shuffle", shuffled_by_permutation),
    "first-epoch-unshuffled": ("_shuffle", first_epoch_in_order),
    "each-epoch-from-the-first-order": ("_shuffle", shuffled_from_the_first_order),
}


@pytest.mark.parametrize("name, mistake", PLANTED.values(), ids=PLANTED)
def test_a_mistake_in_the_order_is_caught(name, mistake, monkeypatch):
    expected, _ = store.read("input_data")
    monkeypatch.setattr(input_data.DataSet, name, mistake, raising=False)
    with tf1_behavior():
        got = store.load_cases("input_data")["batch_7777"](tf1)
    assert any(line.startswith("all batches") for line in store.differences(expected["batch_7777"], got))


_get_seed = internals.random_seed.get_seed
PLANTED_SEEDS = {
    "graph-and-argument-exchanged": lambda seed: _get_seed(seed)[::-1],
    "one-more": lambda seed: tuple(part + 1 for part in _get_seed(seed)),
    "not-truncated": lambda seed: (_get_seed(seed)[0], (seed or 0) % 2**32),
    "zero-and-zero": lambda seed: (_get_seed(seed)[0], (seed or 0) % (2**31 - 1)),
}


@pytest.mark.parametrize("mistake", PLANTED_SEEDS.values(), ids=PLANTED_SEEDS)
def test_a_mistake_in_the_seed_is_caught(mistake, monkeypatch):
    expected, _ = store.read("input_data")
    monkeypatch.setattr(internals.random_seed, "get_seed", mistake)
    with tf1_behavior():
        assert store.differences(expected["seeds"], store.load_cases("input_data")["seeds"](tf1))


def test_without_any_seed_the_operating_system_chooses():
    states = []
    with tf1_behavior():
        for _ in range(2):
            np.random.seed(3)
            input_data.DataSet([], [], fake_data=True)
            states.append(np.random.get_state()[1].tobytes())
    assert states[0] != states[1]


def test_it_works_in_eager_mode_too():
    tf.random.set_seed(7)
    try:
        data = input_data.DataSet(np.zeros((3, 2, 2, 1), "uint8"), np.arange(3))
    finally:
        tf.random.set_seed(None)
    state = np.random.get_state()[1].tobytes()
    np.random.seed(7)
    assert state == np.random.get_state()[1].tobytes()
    assert len(data.next_batch(2)[1]) == 2


# Where the files come from.


def test_bundled_digits_stand_in_and_one_line_says_so(tmp_path, capsys, no_network):
    folder = tmp_path / "MNIST_data"
    data = input_data.read_data_sets(str(folder), one_hot=True)
    assert [each.num_examples for each in data] == [55000, 5000, 10000]
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert str(folder) in err and "bundled" in err
    assert not folder.exists()


@pytest.mark.parametrize("gzipped", [True, False], ids=["gzipped", "plain"])
def test_the_scripts_folder_comes_first(gzipped, tmp_path, capsys, no_network):
    write_folder(tmp_path / "own", gzipped=gzipped)
    data = input_data.read_data_sets(f"{tmp_path}/own/", dtype=tf.uint8, validation_size=5)
    assert [each.num_examples for each in data] == [15, 5, 10]
    assert data.test.images[1, 0] == 28 * 28 * 7 % 251
    out, err = capsys.readouterr()
    suffix = "" if gzipped else ".gz"
    assert out.splitlines() == [f"Extracting {tmp_path}/own/{name}".removesuffix(suffix) for name in mnist_digits.FILES]
    assert err == ""


def test_missing_files_are_replaced_by_name(tmp_path, capsys, no_network):
    folder = write_folder(tmp_path / "own")
    (folder / TEST_IMAGES).unlink()
    (folder / TEST_LABELS).unlink()
    data = input_data.read_data_sets(folder, validation_size=0)
    assert (data.train.num_examples, data.test.num_examples) == (20, 10000)
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and TEST_IMAGES in err and TEST_LABELS in err and TRAIN_IMAGES not in err


@pytest.mark.parametrize("name", mnist_digits.FILES)
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-9],
        lambda data: b"<html>404</html>",
        lambda data: b"",
    ],
    ids=["truncated", "foreign", "empty"],
)
def test_a_damaged_file_is_an_error_and_not_replaced(name, damage, tmp_path, no_network):
    path = write_folder(tmp_path / "own") / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(mnist_digits.DataError, match=name):
        input_data.read_data_sets(tmp_path / "own", validation_size=0)


def test_half_of_a_pair_that_does_not_fit_is_an_error(tmp_path):
    (write_folder(tmp_path / "own") / TRAIN_IMAGES).unlink()
    with pytest.raises(mnist_digits.DataError, match="expected 60000 labels.*received 20"):
        input_data.read_data_sets(tmp_path / "own")


def test_digits_do_not_stand_in_for_another_database(tmp_path, capsys, no_network):
    url = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
    with pytest.raises(mnist_digits.DataError, match=f"{TRAIN_IMAGES}.*{url}.*another database"):
        input_data.read_data_sets(tmp_path, source_url=url)
    write_folder(tmp_path)
    assert input_data.read_data_sets(tmp_path, source_url=url, validation_size=2).train.num_examples == 18
    capsys.readouterr()
    input_data.read_data_sets(tmp_path / "none", source_url="http://my.mirror/")
    assert "http://my.mirror/" in capsys.readouterr().err


def test_a_runners_folder_is_read_in_place_of_the_scripts(tmp_path, monkeypatch, no_network):
    write_folder(tmp_path / "scripts", first_label=5)
    monkeypatch.setattr(input_data, "data_dir", write_folder(tmp_path / "runners"))
    data = input_data.read_data_sets(tmp_path / "scripts", validation_size=0)
    assert data.train.labels.tolist() == 2 * list(range(10))
    labels = tmp_path / "runners" / TEST_LABELS
    assert input_data.maybe_download(TEST_LABELS, tmp_path / "scripts") == str(labels)
    labels.unlink()
    with pytest.raises(mnist_digits.DataError, match=TEST_LABELS):
        input_data.read_data_sets(tmp_path / "scripts", validation_size=0)


def test_files_of_other_sizes_and_classes_are_read_as_tensorflow_1_read_them(tmp_path):
    folder = write_folder(tmp_path / "letters", rows=4, columns=3, first_label=20)
    data = input_data.read_data_sets(folder, validation_size=0)
    assert data.train.images.shape == (20, 12) and data.train.labels.max() == 29
    with pytest.raises(mnist_digits.DataError, match=f"{TRAIN_LABELS}.*0 to 9.*received 29"):
        input_data.read_data_sets(folder, one_hot=True, validation_size=0)


def test_maybe_download_finds_files_and_fetches_none(tmp_path, capsys, no_network):
    (tmp_path / "words.zip").write_bytes(b"")
    found = input_data.maybe_download("words.zip", tmp_path, "http://x/words.zip")
    assert found == str(tmp_path / "words.zip")
    assert capsys.readouterr().err == ""
    assert input_data.maybe_download(TEST_LABELS, "nowhere") == str(mnist_digits.BUNDLED / TEST_LABELS)
    assert "bundled" in capsys.readouterr().err
    with pytest.raises(mnist_digits.DataError, match="text8.zip.*nothing is downloaded"):
        input_data.maybe_download("text8.zip", tmp_path, "http://x/")


def test_extracting_another_kind_of_file_names_it(tmp_path):
    path = tmp_path / "labels"
    path.write_bytes(idx_bytes(np.zeros(3, "uint8")))
    with open(path, "rb") as stream, pytest.raises(ValueError, match=f"{path}: expected images"):
        input_data.extract_images(stream)


def test_a_name_that_is_not_supplied_is_refused():
    with pytest.raises(AttributeError, match="Did you mean read_data_sets"):
        input_data.read_data_set
