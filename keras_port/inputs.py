"""The files that the commands are given, checked before Keras is imported. Imports no Keras."""

import pathlib
import zipfile

import numpy as np
import PIL.Image

from mnist_training import InputError

_KERAS_PARTS = {"config.json", "metadata.json", "model.weights.h5"}


def check_keras_file(path):
    """Raise InputError unless `path` is an archive of the parts that Keras 3 saves a model in."""
    path = existing_file(path, "a .keras file, such as `keras_port train` leaves in its model directory")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise InputError(f"{path}: not a .keras file, or a damaged one; expected what Keras 3's model.save writes")
    with zipfile.ZipFile(path) as archive:
        missing = _KERAS_PARTS - set(archive.namelist())
    if missing:
        raise InputError(f"{path}: not a .keras file: it holds no {', '.join(sorted(missing))}")


def read_image(path, shape=(28, 28)):
    """Return the image in a .npy file or in any format of Pillow's; float32 of `shape` in [0, 1].

    As in MNIST an image is grey and its strokes are bright on dark. A .npy file holds whole
    numbers of 0 to 255 or fractions of 0 to 1; besides `shape` it may be flat or have one channel.
    Raises InputError for a file that is none of these, of another size, or dark on bright.
    """
    path = existing_file(path, "an image")
    array = _read_array(path) if path.suffix == ".npy" else _read_picture(path)
    if array.shape not in (shape, (*shape, 1), (np.prod(shape),)):
        raise InputError(
            f"{path}: an image of {' x '.join(map(str, array.shape))}; expected "
            f"{' x '.join(map(str, shape))}, the digit centred: scale it first"
        )
    image = array.reshape(shape)
    if image.mean() > 0.5:
        raise InputError(f"{path}: dark on bright; expected bright on dark as in MNIST: invert it first")
    return image


def existing_file(path, expected):
    """Return `path` as a pathlib.Path; InputError, which says what was expected, unless it is a file."""
    path = pathlib.Path(path)
    if not path.is_file():
        raise InputError(f"{path}: {'not a file' if path.exists() else 'no such file'}; expected {expected}")
    return path


def _read_array(path):
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{path}: not a .npy file of numbers, or a damaged one") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "uif":
        raise InputError(f"{path}: expected one array of numbers, as numpy.save writes it")
    largest = 1 if array.dtype.kind == "f" else 255
    if array.size and not (array.min() >= 0 and array.max() <= largest):
        raise InputError(
            f"{path}: values from {array.min()} to {array.max()}; expected 0 to {largest} for {array.dtype}"
        )
    return (array / largest).astype("float32")


def _read_picture(path):
    try:
        with PIL.Image.open(path) as picture:
            return np.asarray(picture.convert("L"), dtype="float32") / 255
    except (PIL.UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise InputError(
            f"{path}: not an image that can be read, or a damaged one; "
            "expected .png, .pgm, .npy or another format of Pillow's"
        ) from error
