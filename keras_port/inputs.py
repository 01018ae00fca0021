"""Checks of the commands' input files, without importing Keras."""

import json
import os
import pathlib
import warnings
import zipfile
from typing import Any

import numpy as np
import PIL.Image

from mnist_training import InputError

_KERAS_PARTS = {"config.json", "metadata.json", "model.weights.h5"}
_LARGEST_ARCHIVE = 2**31  # bytes, unpacked
_MAX_RATIO, _UNCHECKED_BYTES = 20, 2**26  # largest compression ratio; a smaller archive may have any
_LARGEST_CONFIG = 2**20  # bytes
_DEEPEST = 60  # levels of nesting in config.json
_LARGEST_ARRAY = 2**20  # bytes of a .npy file: a picture of 28 x 28 has 6,400 at most
_PICTURES = ("PNG", "PPM", "BMP", "GIF", "JPEG", "TIFF", "WEBP")  # Pillow has others, some of which start programs


def check_keras_file(path: str | os.PathLike) -> dict[str, Any]:
    """Raise InputError unless `path` is a .keras archive, as Keras 3 saves a model.

    Its sizes are bounded, and the classes it names are Keras's or ours: nothing else would be
    imported when it is loaded.
    """
    path = existing_file(path, "a .keras file, such as `keras_port train` leaves in its model directory")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise InputError(f"{path}: not a .keras file, or a damaged one; expected what Keras 3's model.save writes")
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            missing = _KERAS_PARTS - set(parts)
            if missing:
                raise InputError(f"{path}: not a .keras file: it holds no {', '.join(sorted(missing))}")
            _check_sizes(path, archive.infolist())
            for name in ("config.json", "metadata.json"):
                if parts[name].file_size > _LARGEST_CONFIG:
                    raise InputError(f"{path}: its {name} has {parts[name].file_size} bytes; expected a few thousand")
            config = json.loads(archive.read("config.json"))
            _check_classes(path, config)
            for name in parts:
                with archive.open(name) as part:  # reads all of it, and so its checksum
                    while part.read(2**20):
                        pass
    except InputError:
        raise
    except Exception as error:  # zipfile and json raise whatever the damaged part leads to
        raise InputError(f"{path}: Keras cannot load it: {error}") from error
    return config


def _check_sizes(path, parts):
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if unpacked > _LARGEST_ARCHIVE or unpacked > max(_UNCHECKED_BYTES, _MAX_RATIO * packed) or len(parts) > 1000:
        raise InputError(
            f"{path}: {len(parts)} parts that unpack to {unpacked} bytes from {packed}; "
            "no model compresses so well, so it is not unpacked"
        )
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise InputError(f"{path}: holds two parts of the same name; expected what Keras 3's model.save writes")


def _check_classes(path, config, depth=0):
    if depth > _DEEPEST:
        raise InputError(f"{path}: its config.json is nested more than {_DEEPEST} deep; a model of Keras is not")
    if isinstance(config, dict):
        module = config.get("module")
        if (
            module is not None
            and "class_name" in config
            and str(module).partition(".")[0] not in ("keras", "keras_port")
        ):
            raise InputError(
                f"{path}: names the class {config['class_name']} of the module {module}; "
                "expected Keras's and keras_port's classes only: nothing else is imported for a model"
            )
        config = list(config.values())
    if isinstance(config, list):
        for value in config:
            _check_classes(path, value, depth + 1)


def read_image(path: str | os.PathLike, shape: tuple[int, ...] = (28, 28)) -> np.ndarray:
    """Return the image in a .npy file or in any format of Pillow's; float32 of `shape` in [0, 1].

    As in MNIST an image is greyscale, with bright strokes on a dark background. A .npy file holds
    integers of 0 to 255 or floats of 0 to 1; besides `shape` it may be flat or have one channel.
    Raises InputError for another kind of file, another size, or dark strokes on a bright background.
    """
    path = existing_file(path, "an image")
    array = _read_array(path) if path.suffix == ".npy" else _read_picture(path, shape)
    if array.shape not in (shape, (*shape, 1), (np.prod(shape),)):
        raise InputError(_size_error(path, array.shape, shape))
    image = array.reshape(shape)
    if image.mean() > 0.5:
        raise InputError(f"{path}: dark on bright; expected bright on dark as in MNIST: invert it first")
    return image


def existing_file(path: str | os.PathLike, expected: str) -> pathlib.Path:
    """Return `path` as a pathlib.Path; InputError, which says what was expected, unless it is a file."""
    path = pathlib.Path(path)
    try:
        there = path.is_file()
    except (OSError, ValueError):  # a name too long, or with a null byte
        raise InputError(f"{str(path)[:200]!r}: not a valid file name; expected {expected}") from None
    if there and not os.access(path, os.R_OK):
        raise InputError(f"{path}: no permission to read it; expected {expected}")
    if not there:
        raise InputError(f"{path}: {'not a file' if path.exists() else 'no such file'}; expected {expected}")
    return path


def _read_array(path):
    size = path.stat().st_size
    if size > _LARGEST_ARRAY:
        raise InputError(f"{path}: {size} bytes; expected one picture, a few thousand")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy warns of sizes that overflow
            # Memory-mapped: a header that promises more than the file holds takes no memory.
            array = np.load(path, allow_pickle=False, mmap_mode="r")
    except Exception as error:  # numpy raises whatever the damaged header leads to
        raise InputError(f"{path}: not a .npy file of numbers, or a damaged one") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "uif":
        raise InputError(f"{path}: expected one array of numbers, as numpy.save writes it")
    largest = 1 if array.dtype.kind == "f" else 255
    if array.size and not (array.min() >= 0 and array.max() <= largest):
        raise InputError(
            f"{path}: values from {array.min()} to {array.max()}; expected 0 to {largest} for {array.dtype}"
        )
    return (array / largest).astype("float32")


def _read_picture(path, shape):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of pictures with too many pixels
            with PIL.Image.open(path, formats=_PICTURES) as picture:
                if picture.size != shape[::-1]:
                    raise InputError(_size_error(path, picture.size[::-1], shape))  # before it is decoded
                return _grey(path, picture)
    except InputError:
        raise
    except Exception as error:  # Pillow raises whatever the damaged part leads to
        raise InputError(
            f"{path}: not an image that can be read, or a damaged one; "
            f"expected .npy or {', '.join(_PICTURES[:-1])} or {_PICTURES[-1]}"
        ) from error


def _grey(path, picture):
    """Return a picture as float32 in [0, 1], also one of 16 bits a pixel, which Pillow's conversion would clip."""
    if picture.mode.startswith("I;16") or picture.mode == "I" and picture.format == "PNG":
        return np.asarray(picture).astype("float32") / 65535
    if picture.mode in ("I", "F"):
        raise InputError(
            f"{path}: 32-bit pixels, and nothing in the file tells which "
            "values are black and white; save it with 8 or 16 bits, or as .npy"
        )
    if picture.has_transparency_data and np.asarray(picture.convert("RGBA"))[..., 3].min() < 255:
        raise InputError(f"{path}: parts of it are transparent; flatten it on black first")
    return np.asarray(picture.convert("L"), dtype="float32") / 255


def _size_error(path, found, shape):
    return (
        f"{path}: an image of {' x '.join(map(str, found))}; expected "
        f"{' x '.join(map(str, shape))}, the digit centred: scale it first"
    )
