"""What users get wrong, as a table: a command, the files in its folder, and what the error must say.

    python -m tests.faults.bad_input light|keras|capture      one JSON object a case, on stdout

Each case runs in a forked process and a folder of its own. Reported are the exit status, stdout and
stderr, what was written, the memory used beyond the parent's, and whether TensorFlow was imported.
The groups `keras` and `capture` hold the cases that Keras or TensorFlow has to read.
"""

import functools
import gzip
import importlib
import io
import json
import os
import pathlib
import resource
import struct
import sys
import tempfile
import zipfile
import zlib
from typing import NamedTuple

import numpy as np
import PIL.Image

import mnist_digits


class Case(NamedTuple):
    """A command line, what makes the files in its folder, and words that the one line on stderr must contain."""

    command: str
    make: object
    says: str


def idx(array, code=8):
    """Return the bytes of an idx file."""
    return struct.pack(">HBB", 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


@functools.cache
def digits(train=5010, test=3, size=(28, 28), label=7):
    """Return {name: bytes} of a small database."""
    images = lambda n: idx(np.zeros((n, *size), "uint8"))
    return {
        "train-images-idx3-ubyte": images(train),
        "train-labels-idx1-ubyte": idx(np.full(train, label, "uint8")),
        "t10k-images-idx3-ubyte": images(test),
        "t10k-labels-idx1-ubyte": idx(np.full(test, label, "uint8")),
    }


def database(**damaged):
    """Return what makes a folder d with a database; `damaged`: {train_images: bytes or function of a path}."""

    def make(folder):
        (folder / "d").mkdir()
        for name, data in {**digits(), **{_file(key): value for key, value in damaged.items()}}.items():
            write(folder / "d" / name, data)

    return make


def _file(key):
    which, what = key.split("_")
    return f"{which}-{what}-idx{3 if what == 'images' else 1}-ubyte"


def write(path, data):
    """Put bytes, text, or what a function makes, at a path; None: nothing."""
    if callable(data):
        data(path)
    elif isinstance(data, str):
        path.write_text(data)
    elif data is not None:
        path.write_bytes(data)


def file(name, data=b""):
    """Return what makes one file."""
    return lambda folder: write(folder / name, data)


def nothing(folder):
    """Make nothing."""


def both(*makes):
    """Return what makes all of these."""
    return lambda folder: [make(folder) for make in makes] and None


def zeros(header, megabytes):
    """Return a gzip file of a header and zeros, packed a thousandfold: one packed block of zeros, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(2**20)
    start = packer.compress(header) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.crc32(header)
    for _ in range(megabytes):
        checksum = zlib.crc32(zeros, checksum)
    size = (len(header) + megabytes * len(zeros)) % 2**32
    return start + block * megabytes + packer.flush()[:-8] + struct.pack("<II", checksum, size)


def when_needed(make, *arguments, **keywords):
    """Return what writes the bytes that `make` returns, which are made once, when the first case needs them."""
    made = functools.cache(lambda: make(*arguments, **keywords))
    return lambda path: path.write_bytes(made()) and None


def sparse(size):
    """Return what makes a sparse file of `size` bytes."""
    return lambda path: (path.touch(), os.truncate(path, size)) and None


def link(target):
    """Return what makes a link."""
    return lambda path: path.symlink_to(target)


def archive(parts, compression=zipfile.ZIP_STORED):
    """Return the bytes of a zip of (name, data) pairs."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as packed:
        for name, data in parts:
            packed.writestr(name, data)
    return stream.getvalue()


def keras_file(config="{}", weights=b"", compression=zipfile.ZIP_STORED):
    """Return the bytes of what has a .keras file's parts."""
    parts = [("metadata.json", "{}"), ("config.json", config), ("model.weights.h5", weights)]
    return archive(parts, compression)


def bomb():
    """Return the bytes of a .keras file with weights of 256 MB, all zeros, packed."""
    return keras_file(weights=bytes(2**28), compression=zipfile.ZIP_DEFLATED)


def png(width, height, depth=8, kind=0, data=b""):
    """Return the bytes of a PNG with this size in its header."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def picture(array, form="PNG"):
    """Return the bytes of an array as a picture."""
    stream = io.BytesIO()
    PIL.Image.fromarray(array).save(stream, form)
    return stream.getvalue()


def npy(header, data=b""):
    """Return the bytes of a .npy file with a header of one's own."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def saved(array, **options):
    """Return the bytes of an array as numpy.save writes them."""
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


IMAGES = np.zeros((5010, 28, 28), "uint8")
HUGE = 2**32 - 1
BAD_DATA = {  # what is damaged, and what is said
    "no folder": (nothing, "d: .*there is no such folder"),
    "a file": (file("d", "x"), "d: .*there is no such folder"),
    "empty": (database(train_images=b""), "train-images.*an empty file"),
    "three bytes": (database(train_labels=b"\0\0\x08"), "train-labels.*received 00 00 08"),
    "text": (database(t10k_images="hello there"), "t10k-images.*expected an idx file"),
    "header cut short": (database(train_images=b"\0\0\x08\x03\0\0"), "train-images.*a header of 16 bytes"),
    "cut short": (database(train_images=idx(IMAGES)[:-1]), "train-images.*truncated"),
    "trailing": (database(train_images=idx(IMAGES) + b"x"), "train-images.*trailing"),
    "unknown type": (database(train_labels=idx(IMAGES, 7)), "train-labels.*expected an idx file"),
    "65 dimensions": (
        database(train_images=b"\0\0\x08\x41" + b"\0\0\0\1" * 65 + b"x"),
        "at most 32 dimensions; received 65",
    ),
    "255 dimensions": (
        database(train_images=b"\0\0\x08\xff" + b"\0\0\0\0" * 255),
        "at most 32 dimensions; received 255",
    ),
    "zero and huge": (database(train_images=b"\0\0\x08\x03" + struct.pack(">3I", 0, HUGE, HUGE)), "train-images"),
    "zero and huge of doubles": (
        database(train_images=b"\0\0\x0e\x06" + struct.pack(">6I", 0, *[HUGE] * 5)),
        "expected a shape that an array can",
    ),
    "claims terabytes": (database(train_images=b"\0\0\x08\x03" + struct.pack(">3I", HUGE, 28, 28)), "truncated"),
    "labels for images": (database(train_images=idx(np.zeros(5010, "uint8"))), "expected images, a uint8 array"),
    "images for labels": (database(train_labels=idx(IMAGES)), "expected labels, a uint8 array"),
    "images of floats": (database(train_images=idx(IMAGES.astype(">f4"), 0x0D)), "expected images, a uint8 array"),
    "another size": (lambda folder: _all(folder, digits(size=(29, 28))), "28x28 pixels; received 29x28"),
    "a class too many": (lambda folder: _all(folder, digits(label=10)), "labels 0 to 9; received 10"),
    "fewer labels": (database(train_labels=idx(np.zeros(9, "uint8"))), "expected 5010 labels"),
    "too few to train on": (lambda folder: _all(folder, digits(train=5000)), "5001 or more images.*received 5000"),
    "none to train on": (lambda folder: _all(folder, digits(train=0)), "5001 or more images.*received 0"),
    "none to test on": (lambda folder: _all(folder, digits(test=0)), "1 or more images in t10k.*received 0"),
    "gzip cut short": (database(train_images=gzip.compress(idx(IMAGES))[:-9]), "train-images.*gzip"),
    "gzip of noise": (database(train_images=b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"noise" * 99), "train-images.*gzip"),
    "gzip of text": (database(train_images=gzip.compress(b"hello")), "train-images.*expected an idx file"),
    "gzip beyond its header": (database(train_images=when_needed(zeros, idx(IMAGES), 500)), "train-images.*trailing"),
    "gzip short of terabytes": (
        database(train_images=when_needed(zeros, b"\0\0\x08\x03" + struct.pack(">3I", HUGE, 28, 28), 50)),
        "train-images.*truncated",
    ),
    "a pipe": (database(train_images=os.mkfifo), "train-images.*a device, a pipe"),
    "an endless device": (database(train_images=link("/dev/zero")), "train-images.*a device, a pipe"),
    "a folder for a file": (database(train_images=lambda path: path.mkdir()), "train-images.*cannot be read"),
    "two terabytes": (database(train_images=sparse(2**41)), "train-images.*at most"),
    "a link to nowhere": (database(train_images=link("nowhere")), "train-images.*it is missing"),
}


def _all(folder, files):
    (folder / "d").mkdir()
    for name, data in files.items():
        write(folder / "d" / name, data)


TRAINS = ("legacy_graph train", "keras_port train")
BAD_FLAGS = {  # of `train` in both wings
    "lstm --units 0": "--units must be 1 or more, not 0",
    "lstm --units -5": "--units must be 1 or more",
    "lstm --units 400000": "--units 400000 with --batch-size 128 would take some",
    "lstm --units 1000000000000000000000": "--units must be at most",
    "lstm --units 1.5": "--units: invalid int value: '1.5'",
    "multi_lstm --layers 1": "--layers must be 2 or more",
    "multi_lstm --layers 100000": "--layers must be at most 100",
    "lstm --layers 2": "only multi_lstm takes it",
    "multi_lstm --keep-prob 0": "--keep-prob must be above 0",
    "multi_lstm --keep-prob 1.01": "--keep-prob must be above 0 and at most 1",
    "multi_lstm --keep-prob nan": "--keep-prob must be above 0",
    "multi_lstm --keep-prob 1e-30": "--keep-prob must be above 0",
    "lstm --learning-rate 0": "--learning-rate must be above 0",
    "lstm --learning-rate -1": "--learning-rate must be above 0",
    "lstm --learning-rate nan": "--learning-rate must be above 0 and finite",
    "lstm --learning-rate inf": "--learning-rate must be above 0 and finite",
    "lstm --learning-rate 1e-60": "--learning-rate must be above 0 and finite",
    "lstm --learning-rate 1e60": "--learning-rate must be above 0 and finite",
    "lstm --seed -1": "--seed must be 0 or more",
    "lstm --seed 2147483648": "--seed must be below 2\\*\\*31",
    "lstm --steps -1": "--steps must be 0 or more",
    "lstm --steps 99999999999999": "--steps must be at most",
    "lstm --batch-size 0": "--batch-size must be 1 or more",
    "lstm --save-every 0": "--save-every must be 1 or more",
    "lstm --save-every x": "invalid int value",
    "lstm --batch-size 11 --data-dir d": "--batch-size 11 is more than the 10 training digits",
    "lstmm": "unknown MODEL 'lstmm'.*Did you mean lstm",
    "": "arguments are required: MODEL",
    "lstm --frobnicate": "unrecognized arguments: --frobnicate",
    "lstm --model-dir f": "--model-dir f: .*f is not a folder",
    "lstm --model-dir f/below": "--model-dir f/below: .*f is not a folder",
    f"lstm --model-dir {'x' * 300}": "a name of more than 255 bytes",
    "lstm --log d": "--log d: a folder",
    "lstm --log f/below": "--log f/below: .*f is not a folder",
    "lstm --log /dev/null": "--log /dev/null: not a regular file",
    "lstm --log pipe": "--log pipe: not a regular file",
    f"lstm --log {'x' * 250}": "a name of more than 200 bytes",
}
_around = both(database(), file("f", "mine"), file("pipe", os.mkfifo))

BAD_MODELS = {  # of `evaluate` and `predict`
    "missing": (nothing, "m.keras: no such file"),
    "a folder": (lambda folder: (folder / "m.keras").mkdir(), "m.keras: not a file"),
    "a pipe": (file("m.keras", os.mkfifo), "m.keras: not a file"),
    "a device": (file("m.keras", link("/dev/zero")), "m.keras: not a file"),
    "empty": (file("m.keras"), "m.keras: not a .keras file"),
    "text": (file("m.keras", "hello"), "m.keras: not a .keras file"),
    "an empty zip": (file("m.keras", archive([])), "m.keras: not a .keras file: it holds no"),
    "cut short": (file("m.keras", keras_file()[:-30]), "m.keras: not a .keras file"),
    "no weights": (file("m.keras", archive([("config.json", "{}"), ("metadata.json", "")])), "no model.weights.h5"),
    "a zip bomb": (file("m.keras", when_needed(bomb)), "it is not unpacked"),
    "a bomb of a config": (file("m.keras", keras_file("[" + " " * 2**22 + "]", compression=8)), "its config.json has"),
    "a config of text": (file("m.keras", keras_file("hello")), "m.keras: Keras cannot load it"),
    "a deep config": (file("m.keras", keras_file("[" * 5000 + "]" * 5000)), "m.keras: .*(nested|recursion)"),
    "a deeper config": (file("m.keras", keras_file("[" * 100 + "]" * 100)), "nested more than 60 deep"),
    "foreign code": (
        file("m.keras", keras_file('{"module": "os", "class_name": "system", "config": {}}')),
        "system of the module os",
    ),
    "two of a name": (lambda folder: twice(folder / "m.keras"), "two parts of the same name"),
    "a damaged part": (
        file("m.keras", keras_file(weights=b"weights" * 99).replace(b"weightsweights", b"wEightsweights", 1)),
        "Bad CRC",
    ),
}


def twice(path):
    """Write a zip with a second config.json."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = [("config.json", "{}"), ("metadata.json", ""), ("model.weights.h5", ""), ("config.json", "[]")]
        path.write_bytes(archive(parts))


GREY = np.random.RandomState(0).randint(0, 99, (28, 28)).astype("uint8")
SHAPE = "'fortran_order': False, 'shape': "
BAD_IMAGES = {
    "missing.png": (None, "missing.png: no such file"),
    "pipe.png": (os.mkfifo, "pipe.png: not a file"),
    "device.png": (link("/dev/zero"), "device.png: not a file"),
    "empty.png": (b"", "empty.png: not an image"),
    "text.png": ("hello", "text.png: not an image"),
    "cut.png": (picture(GREY)[:200], "cut.png: not an image"),
    "claims.png": (png(50000, 50000), "claims.png: (not an image|an image of 50000 x 50000)"),
    "claims_less.png": (png(9000, 9000), "claims_less.png: an image of 9000 x 9000"),
    "large.png": (picture(np.zeros((300, 200), "uint8")), "large.png: an image of 300 x 200"),
    "white.png": (picture(GREY + 150), "white.png: dark on bright"),
    "wide16.png": (picture(np.zeros((28, 29), "uint16")), "wide16.png: an image of 28 x 29"),
    "float.tif": (picture(GREY.astype("float32"), "TIFF"), "float.tif: 32-bit pixels"),
    "int.tif": (picture(GREY.astype("int32"), "TIFF"), "int.tif: 32-bit pixels"),
    "clear.png": (picture(np.zeros((28, 28, 4), "uint8")), "clear.png: parts of it are transparent"),
    "program.eps": ("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 28 28\n", "program.eps: not an image"),
    "sparse.png": (sparse(2**36), "sparse.png: not an image"),
    "text.npy": ("hello", "text.npy: not a .npy file"),
    "empty.npy": (b"", "empty.npy: not a .npy file"),
    "tera.npy": (npy("{'descr': '<f8', " + SHAPE + "(1000000, 1000000)}\n"), "tera.npy: not a .npy file"),
    "overflow.npy": (npy("{'descr': '<f8', " + SHAPE + f"({2**62}, {2**62})}}\n"), "overflow.npy: not a .npy file"),
    "negative.npy": (npy("{'descr': '<f8', " + SHAPE + "(-28, -28)}\n", bytes(9000)), "negative.npy: "),
    "unclosed.npy": (npy("{'descr': '<f8', " + SHAPE + "(28, 28"), "unclosed.npy: not a .npy file"),
    "nested.npy": (npy("(" * 9000), "nested.npy: not a .npy file"),
    "objects.npy": (saved(np.array([{}])), "objects.npy: not a .npy file"),
    "complex.npy": (saved(np.zeros((28, 28), complex)), "complex.npy: expected one array of numbers"),
    "words.npy": (saved(np.array(["a"])), "words.npy: expected one array of numbers"),
    "nan.npy": (saved(np.full((28, 28), np.nan)), "nan.npy: values from nan to nan"),
    "high.npy": (saved(np.full((28, 28), 256, "int16")), "high.npy: values from 256 to 256"),
    "below.npy": (saved(np.full((28, 28), -1.0)), "below.npy: values from -1"),
    "cube.npy": (saved(np.zeros((2, 28, 28))), "cube.npy: an image of 2 x 28 x 28"),
    "scalar.npy": (saved(np.float32(0)), "scalar.npy: an image of"),
    "large.npy": (saved(np.zeros((1000, 1000))), "large.npy: 8000128 bytes; expected one picture"),
    "zip.npy": (archive([("a.npy", saved(np.zeros(3)))]), "zip.npy: "),
    "x" * 300 + ".png": (nothing, "not a valid file name"),
}

_keras = file("m.keras", keras_file())
OTHERS = {
    "convert m.keras n.keras": (nothing, "expected just one of the two to end in .keras"),
    "convert a b": (nothing, "expected just one of the two to end in .keras"),
    "convert m.keras d": (lambda folder: (folder / "d").mkdir(), "d: a folder; expected a prefix"),
    "convert a/ckpt d.keras": (lambda folder: (folder / "d.keras").mkdir(), "d.keras: a folder"),
    "convert a/ckpt f/m.keras": (file("f", "x"), "DST f/m.keras: .*f is not a folder"),
    f"convert a/ckpt {'x' * 300}.keras": (nothing, "more than 2.. bytes"),
    "convert none.keras ckpt": (nothing, "none.keras: no such file"),
    "convert a m.keras --forget-bias nan": (nothing, "--forget-bias must be finite"),
    "convert a m.keras --forget-bias 1e60": (nothing, "--forget-bias must be finite"),
    "convert a m.keras --rows 0": (nothing, "--rows must be 1 or more"),
    "convert a m.keras --rows 1000000000": (nothing, "--rows must be at most"),
    "convert a m.keras --keep-prob 2": (nothing, "--keep-prob must be above 0"),
    "convert a m.keras --learning-rate inf": (nothing, "--learning-rate must be above 0"),
    "convert m.keras ckpt --rows 3": (_keras, "--rows: only for the conversion of a TF 1 checkpoint"),
}
PARITY = {
    "compare lstm --out f": (file("f", "x"), "--out f: .*f is not a folder"),
    "compare lstm --log f/below": (file("f", "x"), "--log f/below: .*is not a folder"),
    "compare lstm --log d": (lambda folder: (folder / "d").mkdir(), "--log d: a folder"),
    "compare lstm --model-dir f": (file("f", "x"), "--model-dir f: .*is not a folder"),
    "compare lstm --units 400000": (nothing, "would take some"),
    "compare lstm --data-dir d": (database(train_images=b""), "train-images.*an empty file"),
    "compare lstn": (nothing, "Did you mean lstm"),
}
RUNS = {
    "run none.py": (nothing, "none.py: there is no such file"),
    "run d": (lambda folder: (folder / "d").mkdir(), "d is a directory"),
    "run": (nothing, "expected a script"),
    "run a.py": (file("a.py", b"\0\0"), "a.py"),
    "run bad.py": (file("bad.py", b"x = (1,\n"), "bad.py"),
    "run pipe.py": (file("pipe.py", os.mkfifo), "pipe.py: not a file"),
    "run zero.py": (file("zero.py", link("/dev/zero")), "zero.py: not a file"),
    "run deep.py": (file("deep.py", "(" * 9000 + ")" * 9000), "deep.py"),
    "run n.ipynb": (file("n.ipynb", "hello"), "n.ipynb: not a notebook"),
    "run list.ipynb": (file("list.ipynb", "[1, 2]"), "list.ipynb: not a notebook"),
    "run deep.ipynb": (file("deep.ipynb", "[" * 100_000 + "]" * 100_000), "deep.ipynb: not a notebook"),
    "run latin.ipynb": (file("latin.ipynb", b'{"cells": "\xe9"}'), "latin.ipynb: not a notebook"),
    "run -m no_such_module": (nothing, "there is no module no_such_module"),
    "run --data-dir nowhere a.py": (file("a.py", ""), "nowhere"),
}

LIGHT = {
    **{
        f"{name}, {train}": Case(f"{train} lstm --data-dir d", *case)
        for name, case in BAD_DATA.items()
        for train in TRAINS
    },
    **{
        f"{train} {flags}"[:60]: Case(f"{train} {flags}", _around, says)
        for flags, says in BAD_FLAGS.items()
        for train in TRAINS
    },
    **{f"evaluate, {name}": Case("keras_port evaluate m.keras", *case) for name, case in BAD_MODELS.items()},
    **{f"predict, {name}": Case("keras_port predict m.keras a.png", *case) for name, case in BAD_MODELS.items()},
    **{
        f"predict {name[:20]}": Case(f"keras_port predict m.keras {name}", both(_keras, *made), says)
        for name, (data, says) in BAD_IMAGES.items()
        for made in [[] if data is nothing else [file(name, data)]]
    },
    **{f"keras_port {command}"[:60]: Case(f"keras_port {command}", *case) for command, case in OTHERS.items()},
    **{f"parity {command}": Case(f"parity {command}", *case) for command, case in PARITY.items()},
    **{f"legacy_graph {command}": Case(f"legacy_graph {command}", *case) for command, case in RUNS.items()},
}


def groups():
    """Return {group: {name: Case}}."""
    from tests.faults import bad_captures, bad_models

    return {"light": LIGHT, "keras": bad_models.CASES, "capture": bad_captures.CASES}


def run(case, home):
    """Run a case in a process of its own; returns its report."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        case.make(folder)
        before = tree(folder)
        outputs = [tempfile.TemporaryFile() for _ in range(2)]
        process = os.fork()
        if not process:
            _child(case.command, folder, outputs)
        _, status, used = os.wait4(process, 0)
        out, err = (read(stream) for stream in outputs)
        *err, imported = err.rsplit("\0", 1) if "\0" in err else (err, "")
        return {
            "status": os.waitstatus_to_exitcode(status),
            "out": out,
            "err": "".join(err),
            "tensorflow": imported == "tensorflow",
            "written": sorted(set(tree(folder).items()) ^ set(before.items())),
            "megabytes": (used.ru_maxrss - home) / 1024,
        }


def read(stream):
    """Return all that a file holds, as text, and close it."""
    with stream:
        stream.seek(0)
        return stream.read().decode()


def tree(folder):
    """Return {path: size} of all in a folder."""
    return {str(path): path.lstat().st_size if path.is_file() else 0 for path in folder.rglob("*")}


def _child(command, folder, outputs):
    status = 70
    try:
        # A limit, in case a case tries to use more.
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        os.chdir(folder)
        for stream, descriptor in zip(outputs, (1, 2)):
            os.dup2(stream.fileno(), descriptor)
        package, *arguments = command.split()
        had = "tensorflow" in sys.modules
        sys.argv = [package, *arguments]
        try:
            sys.modules[f"{package}.__main__"].main()
        except SystemExit as end:
            status = end.code
        except BaseException:
            import traceback

            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(2, b"\0" + (b"tensorflow" if "tensorflow" in sys.modules and not had else b""))
    finally:
        os._exit(status)


def main(group):
    """Run the cases of a group and print their reports."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # as the commands set it; here TensorFlow is imported before they run
    sys.argv = ["keras-port"]  # as the command would be started: it imports Keras when it has to
    for package in ("keras_port", "legacy_graph", "parity"):
        importlib.import_module(f"{package}.__main__")

    # A large --units is refused for the digits that are to be trained on: let the children find them unpacked.
    mnist_digits.database.parse_images = functools.lru_cache(mnist_digits.database.parse_images)
    mnist_digits.load()
    cases = groups()[group]
    if group != "light":
        from tests.faults import bad_captures, bad_models

        {"keras": bad_models, "capture": bad_captures}[group].prepare()
    home = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, case in cases.items():
        print(json.dumps({"name": name, **run(case, home)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
