"""The bundled digits, the idx reader, a user's own folder, and DataSet in numpy alone."""

import gzip
import shutil
import subprocess
import sys

import numpy as np
import pytest

import mnist_digits
from mnist_digits import DataError, DataSet, database, idx


def idx_bytes(array):
    """The idx file of an array, as its format says."""
    codes = {np.dtype(name).newbyteorder("="): code for code, name in idx.DTYPES.items()}
    header = bytes([0, 0, codes[array.dtype], array.ndim])
    sizes = np.array(array.shape, ">u4").tobytes()
    return header + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write_folder(folder, rows=28, columns=28, gzipped=True, first_label=0):
    """Write four small files of the MNIST form: 20 digits to train, 10 to test, all distinct."""
    folder.mkdir(exist_ok=True)
    for name, number in (("train", 20), ("t10k", 10)):
        images = np.arange(number * rows * columns).reshape(number, rows, columns) * 7 % 251
        labels = np.arange(number) % 10 + first_label
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            data = idx_bytes(array.astype("uint8"))
            path = folder / f"{name}-{kind}-ubyte{'.gz' if gzipped else ''}"
            path.write_bytes(gzip.compress(data) if gzipped else data)
    return folder


def message_of(mistake, *naming):
    """The text of the DataError that `mistake` raises: one line, and it names what is to be named."""
    with pytest.raises(DataError) as caught:
        mistake()
    text = str(caught.value)
    assert "\n" not in text
    for name in naming:
        assert str(name) in text
    return text


def test_numpy_is_all_it_needs():
    code = (
        "import sys, mnist_digits; mnist_digits.read_data_sets();"
        "print(sorted({'tensorflow', 'keras', 'tf_keras', 'legacy_graph'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The bundled files.


def test_all_70000_digits_are_there():
    digits = mnist_digits.load()
    assert [array.shape for array in digits] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert {array.dtype for array in digits} == {np.dtype("uint8")}
    # How many there are of each class, as widely published; and the mean pixel.
    assert np.bincount(digits.train_labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(digits.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert digits.train_images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert digits.test_labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@pytest.mark.parametrize("name", mnist_digits.FILES)
def test_a_bundled_file_that_was_changed_is_refused(name, tmp_path, monkeypatch):
    for file in mnist_digits.FILES:
        shutil.copy(mnist_digits.BUNDLED / file, tmp_path)
    monkeypatch.setattr(database, "BUNDLED", tmp_path)
    mnist_digits.load()
    # The very digits, compressed again: only the checksum can tell.
    (tmp_path / name).write_bytes(gzip.compress(gzip.decompress((tmp_path / name).read_bytes()), 1))
    assert "install the package again" in message_of(mnist_digits.load, tmp_path / name, "sha256")


def test_licence_and_source_stand_beside_the_data():
    text = (mnist_digits.BUNDLED / "README.md").read_text()
    for word in ("LeCun", "Cortes", "Burges", "ShareAlike 3.0", *database.SHA256.values()):
        assert word in text


# The format.

ARRAYS = {
    "uint8": np.arange(24, dtype="uint8").reshape(2, 3, 4) + 200,
    "int8": np.array([[-128, 127], [0, -1]], "int8"),
    "int16": np.array([-32768, 258, 32767], "int16"),
    "int32": np.array([[1 << 24, -2]], "int32"),
    "float32": np.array([0.1, -3e38, np.inf], "float32"),
    "float64": np.array([[[0.1]], [[1e-300]]]),
    "no-dimension": np.array(7, "int32"),
    "empty": np.zeros((0, 28, 28), "uint8"),
}


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_every_type_of_value_is_read(array, compress, tmp_path):
    path = tmp_path / "array-idx"
    path.write_bytes(compress(idx_bytes(array)))
    got = mnist_digits.read_idx(path)
    assert got.dtype == array.dtype and got.dtype.isnative and got.shape == array.shape
    assert got.tobytes() == array.tobytes()
    got[...] = 0  # a user may write to it


GOOD = idx_bytes(np.arange(12, dtype="uint8").reshape(3, 4))
DAMAGED = {
    "empty": (b"", "an empty file"),
    "two-bytes": (GOOD[:2], "00 00"),
    "foreign": (b"\x89PNG\r\n\x1a\n" + GOOD, "89 50 4e 47"),
    "first-byte": (b"\1" + GOOD[1:], "01 00 08 02"),
    "unknown-type": (GOOD[:2] + b"\x0a" + GOOD[3:], "00 00 0a 02"),
    "half-a-header": (GOOD[:7], "header of 12 bytes"),
    "truncated": (GOOD[:-1], "truncated: expected 12 bytes"),
    "trailing": (GOOD + b"\0", "trailing bytes: expected 12 bytes"),
    "size-beyond-memory": (GOOD[:4] + b"\xff" * 8 + GOOD[12:], "truncated"),
    "gzip-truncated": (gzip.compress(GOOD)[:-5], "damaged"),
    "gzip-header-only": (gzip.compress(GOOD)[:4], "damaged"),
    "gzip-bit-flipped": (gzip.compress(GOOD)[:-6] + b"\xee" + gzip.compress(GOOD)[-5:], "damaged"),
    "gzip-then-garbage": (gzip.compress(GOOD) + b"garbage", "damaged"),
    "gzip-of-foreign": (gzip.compress(b"P5 28 28 255 "), "50 35 20 32"),
    "gzip-of-truncated": (gzip.compress(GOOD[:-1]), "truncated"),
}


@pytest.mark.parametrize("data, word", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_named(data, word, tmp_path):
    path = tmp_path / "some-idx1-ubyte.gz"
    path.write_bytes(data)
    assert word in message_of(lambda: mnist_digits.read_idx(path), path, "expected", "received")


@pytest.mark.parametrize("read", [mnist_digits.read_idx, mnist_digits.read_images, mnist_digits.read_labels])
def test_a_file_that_cannot_be_read_is_named(read, tmp_path):
    assert "No such file" in message_of(lambda: read(tmp_path / "absent"), tmp_path / "absent")
    assert "directory" in message_of(lambda: read(tmp_path), tmp_path)


@pytest.mark.parametrize(
    "read, array",
    [
        (mnist_digits.read_images, np.zeros(5, "uint8")),
        (mnist_digits.read_images, np.zeros((5, 2, 2, 1), "uint8")),
        (mnist_digits.read_images, np.zeros((5, 2, 2), "float32")),
        (mnist_digits.read_labels, np.zeros((5, 2, 2), "uint8")),
        (mnist_digits.read_labels, np.zeros((5, 1), "uint8")),
        (mnist_digits.read_labels, np.zeros(5, "int32")),
    ],
    ids=["labels-for-images", "four-dimensions", "float-images", "images-for-labels", "wide-labels", "int32-labels"],
)
def test_an_array_of_another_kind_is_refused(read, array, tmp_path):
    path = tmp_path / "array"
    path.write_bytes(idx_bytes(array))
    message_of(lambda: read(path), path, array.dtype, array.shape)


# A user's own folder.


@pytest.mark.parametrize("gzipped", [True, False], ids=["gzipped", "plain"])
def test_a_users_folder_is_honoured(gzipped, tmp_path):
    digits = mnist_digits.load(write_folder(tmp_path / "own", gzipped=gzipped))
    assert digits.train_images.shape == (20, 28, 28) and digits.test_images.shape == (10, 28, 28)
    assert digits.train_images[1, 0, 0] == 28 * 28 * 7 % 251
    assert digits.train_labels.tolist() == 2 * list(range(10))
    data = mnist_digits.read_data_sets(str(tmp_path / "own"), validation_size=4)
    assert [each.num_examples for each in data] == [16, 4, 10]


@pytest.mark.parametrize("name", mnist_digits.FILES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_a_bad_file_in_a_users_folder_is_named(name, damage, tmp_path):
    path = write_folder(tmp_path / "own") / name
    data = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(data[:-9] if damage == "truncated" else b"<html>404</html>")
    message_of(lambda: mnist_digits.load(tmp_path / "own"), tmp_path / "own", name)


def overwrite(name, array):
    return lambda folder: (folder / name).write_bytes(idx_bytes(np.asarray(array, "uint8")))


@pytest.mark.parametrize(
    "spoil, naming",
    [
        (overwrite(database.TRAIN_LABELS, range(9)), (database.TRAIN_LABELS, "20 labels", "received 9")),
        (overwrite(database.TEST_IMAGES, np.zeros((10, 28, 27))), (database.TEST_IMAGES, "28x28", "28x27")),
        (overwrite(database.TEST_LABELS, [*range(9), 10]), (database.TEST_LABELS, "0 to 9", "10 at index 9")),
        (overwrite(database.TRAIN_LABELS, np.zeros((20, 28, 28))), (database.TRAIN_LABELS, "labels")),
        (lambda folder: shutil.rmtree(folder), ("no such folder",)),
        (lambda folder: shutil.rmtree(folder) or folder.write_text("a file"), ("no such folder",)),
    ],
    ids=["counts", "size", "label-10", "exchanged", "no-folder", "a-file"],
)
def test_a_folder_that_does_not_fit_is_refused(spoil, naming, tmp_path):
    folder = write_folder(tmp_path / "own")
    spoil(folder)
    message_of(lambda: mnist_digits.load(folder), folder, *naming)


# DataSet and read_data_sets. That their values are TensorFlow 1.15's is proven by the goldens.


def toy(number=10, **options):
    images = np.arange(number * 4, dtype="uint8").reshape(number, 2, 2, 1)
    return DataSet(images, np.arange(number), **options)


def test_read_data_sets_gives_the_documented_shapes():
    data = mnist_digits.read_data_sets(one_hot=True)
    assert [each.images.shape for each in data] == [(55000, 784), (5000, 784), (10000, 784)]
    assert [each.labels.shape for each in data] == [(55000, 10), (5000, 10), (10000, 10)]
    assert data.train.images.dtype == "float32" and data.train.labels.dtype == "float64"
    assert data.train.images.min() == 0 and data.train.images.max() == 1
    digits = mnist_digits.load()
    assert (data.validation.labels.argmax(1) == digits.train_labels[:5000]).all()
    assert (data.train.labels.argmax(1) == digits.train_labels[5000:]).all()


@pytest.mark.parametrize("size", [-1, 21])
def test_a_validation_size_out_of_range_is_refused(size, tmp_path):
    with pytest.raises(ValueError, match=f"expected 0 to 20, .* received {size}"):
        mnist_digits.read_data_sets(write_folder(tmp_path / "own"), validation_size=size)


def test_an_epoch_holds_each_image_once_and_its_rest_leads_the_next_batch():
    data = toy(generator=np.random.RandomState(1))
    labels = np.concatenate([data.next_batch(4)[1] for _ in range(5)])
    assert sorted(labels[:10]) == sorted(labels[10:]) == list(range(10))
    assert labels[:10].tolist() != labels[10:].tolist()
    assert data.epochs_completed == 1
    images, labels = data.next_batch(4)
    assert (images[:, 0] == (labels * 4 * np.float32(1 / 255)).astype("float32")).all()


def test_a_batch_is_a_view_of_images_that_are_whole_at_any_moment():
    """Images are shuffled as far as they are asked for; nobody can tell."""
    given = np.arange(24, dtype="uint8").reshape(6, 2, 2, 1)
    order = np.arange(6)
    np.random.RandomState(1).shuffle(order)
    shuffled = given.reshape(6, 4)[order] * np.float32(1 / 255)
    data = mnist_digits.DataSet(given, np.arange(6), generator=np.random.RandomState(1))
    batch, _ = data.next_batch(2)
    np.testing.assert_array_equal(batch, shuffled[:2])
    batch[:] = 7
    assert (data.images[:2] == 7).all() and np.array_equal(data.images[2:], shuffled[2:])
    assert np.array_equal(given.ravel(), np.arange(24))
    data.next_batch(6)  # into the next epoch, which is shuffled again
    assert (data.images == 7).all(axis=1).sum() == 2
    data = mnist_digits.DataSet(given, np.arange(6), dtype=np.uint8)
    assert np.shares_memory(data.next_batch(2, shuffle=False)[0], given)


def test_a_generator_of_ones_own_gives_the_batches_of_the_seeded_global_one():
    np.random.seed(7)
    shared = toy()
    before = np.random.get_state()[1].copy()
    own = toy(generator=np.random.RandomState(7))
    mine = [own.next_batch(3)[1].tolist() for _ in range(12)]
    assert (np.random.get_state()[1] == before).all()  # the process's generator is left alone
    assert mine == [shared.next_batch(3)[1].tolist() for _ in range(12)]
    other = toy(generator=np.random.RandomState(8))
    assert mine != [other.next_batch(3)[1].tolist() for _ in range(12)]


def test_pixels_are_multiplied_and_dividing_them_is_another_number():
    pixels = np.arange(256, dtype="uint8").reshape(1, 16, 16, 1)
    images = DataSet(pixels, np.zeros(1)).images
    assert images.tobytes() == (pixels.astype("float32") * np.float32(1 / 255)).tobytes()
    assert images.tobytes() != (pixels.astype("float32") / np.float32(255)).tobytes()


@pytest.mark.parametrize("dtype", ["float64", "int32", object], ids=str)
def test_another_dtype_is_refused(dtype):
    with pytest.raises(TypeError, match="expected uint8, .* or float32"):
        toy(dtype=dtype)


def test_labels_beyond_the_classes_cannot_be_one_hot():
    assert mnist_digits.dense_to_one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    with pytest.raises(IndexError):
        mnist_digits.dense_to_one_hot([2, 3], 3)
