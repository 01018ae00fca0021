"""Fuzzes the readers with random and damaged input: only documented errors, no hang, bounded memory.

    python -m tests.faults.fuzz idx --cases 1000000
    python -m tests.faults.fuzz checkpoint --cases 100000
    python -m tests.faults.fuzz keras_file --cases 20000
    python -m tests.faults.fuzz capture --cases 20000

Inputs come from one seed: fields that the format has with values at its edges, and good files with
bytes changed, cut out, doubled or dropped. Each reader may return, or raise its documented errors;
anything else is a fault, printed with its input. Prints a JSON object at the end: how many inputs
were accepted and refused, the longest time of one, and how much the process grew.
"""

import argparse
import gzip
import io
import json
import pathlib
import random
import resource
import struct
import tempfile
import time
import zipfile

EDGES = [0, 1, 2, 3, 27, 28, 31, 32, 64, 65, 255, 256, 2**16, 2**31 - 1, 2**31, 2**32 - 1]
LONGEST = 5  # seconds for one input: a hang, not a measurement
GROWTH = 300  # megabytes


def main():
    """Parse the command line, fuzz, report; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    found = fuzz(arguments.reader, arguments.cases, arguments.seed)
    print(json.dumps(found))
    return int(bool(found["faults"]) or found["longest"] > LONGEST or found["megabytes"] > GROWTH)


def fuzz(reader, cases, seed=0):
    """Give a reader `cases` inputs; returns the counts."""
    rng = random.Random(seed)
    make, read, promised = READERS[reader]()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = {"reader": reader, "cases": cases, "taken": 0, "refused": 0, "faults": [], "longest": 0.0}
    for _ in range(cases):
        given = make(rng)
        began = time.perf_counter()
        try:
            read(given)
            counts["taken"] += 1
        except promised:
            counts["refused"] += 1
        except Exception as error:
            counts["faults"].append(f"{type(error).__name__}: {error} from {given!r:.400}")
            if len(counts["faults"]) == 10:
                break
        counts["longest"] = max(counts["longest"], round(time.perf_counter() - began, 3))
    counts["megabytes"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    return counts


def damaged(rng, data):
    """Return bytes with some changed, cut out, doubled or dropped."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        if not data:
            break
        at, length = rng.randrange(len(data)), rng.choice([1, 1, 2, 4, 16, 200])
        kind = rng.randrange(5)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at : at + length] = rng.randbytes(length)
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length]
        else:
            del data[at:]
    return bytes(data)


def _idx():
    from mnist_digits import DataError, database, parse_idx

    good = [
        struct.pack(">HBB3I", 0, 8, 3, 2, 28, 28) + bytes(2 * 28 * 28),
        struct.pack(">HBBI", 0, 8, 1, 9) + bytes(9),
        struct.pack(">HBB2I", 0, 0x0D, 2, 2, 3) + bytes(24),
    ]

    def make(rng):
        kind = rng.randrange(4)
        if kind == 0:
            return rng.randbytes(rng.randrange(40))
        if kind == 1:
            dimensions = rng.choice([0, 1, 2, 3, 4, 32, 33, 65, 255])
            shape = [rng.choice(EDGES) for _ in range(dimensions)]
            head = struct.pack(">HBB", rng.choice([0, 0, 0, 1]), rng.choice([8, 9, 11, 12, 13, 14, 0, 7]), dimensions)
            data = head + struct.pack(f">{dimensions}I", *shape) + bytes(rng.choice([0, 1, 4, 100]))
        else:
            data = damaged(rng, rng.choice(good))
        if rng.randrange(8) == 0:
            data = gzip.compress(data, 1)
            data = damaged(rng, data) if rng.randrange(2) else data
        return data

    def read(data):
        array = parse_idx(data, "fuzzed")
        assert array.nbytes <= len(data) * 1100
        for parse in (database.parse_images, database.parse_labels):
            try:
                parse(data, "fuzzed")
            except DataError:
                pass

    return make, read, DataError


def _checkpoint():
    from keras_port.conversion.identify import identify
    from mnist_training import InputError

    cell = "lstm/rnn/basic_lstm_cell/"
    good = [
        {"Variable": (28, 128), "Variable_1": (128, 10), "Variable_2": (128,), "Variable_3": (10,),
         cell + "kernel": (256, 512), cell + "bias": (512,)},
        {"Variable": (28, 8), "Variable_1": (8, 10), "Variable_2": (8,), "Variable_3": (10,),
         "lstm/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel": (16, 32),
         "lstm/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias": (32,)},
        {"out/Variable": (512, 10), "out/biases": (10,),
         **{f"BiRNN/bidirectional_rnn/{way}/basic_lstm_cell/{leaf}": shape
            for way in ("fw", "bw") for leaf, shape in (("kernel", (284, 1024)), ("bias", (1024,)))}},
    ]  # fmt: skip
    scopes = ["", "train_op/", "a/b/", "/", "fw/", "bw/", "multi_rnn_cell/cell_1/", "lstm_cell/", "\u00e9/"]
    ends = [
        "",
        "/Adam",
        "/Adam_1",
        "/Momentum",
        "_1",
        "/kernel",
        "/bias",
        "/weights",
        "//",
        "beta1_power",
        "global_step",
    ]

    def make(rng):
        variables = list(rng.choice(good).items())
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(variables)) if variables else 0
            kind = rng.randrange(5)
            if kind == 0 and variables:
                del variables[at]
            elif kind == 1 and variables:
                name, shape = variables[at]
                variables[at] = rng.choice(scopes) + name + rng.choice(ends), shape
            elif kind == 2 and variables:
                name, shape = variables[at]
                variables[at] = name, tuple(rng.choice(EDGES) for _ in range(rng.randrange(5)))
            elif kind == 3 and variables:
                name, shape = variables[at]
                variables.append((rng.choice(scopes) + name + rng.choice(ends), shape))
            else:
                shape = tuple(rng.choice([1, 4, 8, 10, 16, 32]) for _ in range(rng.randrange(4)))
                variables.append((rng.choice(scopes) + rng.choice(ends), shape))
        return dict(variables)

    def read(shapes):
        found = identify(shapes)
        assert set(found.names.values()) <= set(shapes)

    return make, read, InputError


def _keras_file():
    from keras_port.inputs import check_keras_file
    from mnist_training import InputError

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("config.json", json.dumps({"module": "keras", "class_name": "Functional", "config": {}}))
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", bytes(500))
    path = pathlib.Path(tempfile.mkdtemp()) / "fuzzed.keras"

    def read(data):
        path.write_bytes(data)
        check_keras_file(path)

    return lambda rng: damaged(rng, stream.getvalue()), read, InputError


def _capture():
    import numpy as np
    import tensorflow.compat.v1 as v1

    from keras_port.conversion.checkpoint import write
    from keras_port.translation import capture
    from mnist_training import InputError

    folder = pathlib.Path(tempfile.mkdtemp())
    with v1.Graph().as_default():
        x = v1.placeholder("float32", [None, 3], name="x")
        v1.identity(v1.matmul(x, v1.get_variable("w", [3, 2], use_resource=False)), name="y")
        meta = v1.train.export_meta_graph().SerializeToString()
    write(folder / "model.ckpt", {"w": np.zeros((3, 2), "float32")})
    stream = io.BytesIO()
    np.savez(stream, loss=np.zeros(3))
    feed = {"tensor": "x:0", "dtype": "float32", "shape": [None, 3], "example_shape": [3], "same_every_step": False}
    facts = {"format": 1, "script": "a.py", "loss": None, "logits": ["y:0"], "feeds": [feed], "trainable": ["w"]}
    good = {"capture.json": json.dumps(facts).encode(), "graph.meta": meta, "steps.npz": stream.getvalue()}
    values = [None, 0, -1, 1e300, "x", "", [], {}, [[]], "../../etc/passwd", "\0", 2**70]

    def make(rng):
        name = rng.choice(list(good))
        if name == "capture.json" and rng.randrange(2):
            told = {**facts, rng.choice(list(facts)): rng.choice(values)}
            return {**good, name: json.dumps(told).encode()}
        return {**good, name: damaged(rng, good[name])}

    def read(files):
        for name, data in files.items():
            (folder / name).write_bytes(data)
        capture.read_capture(str(folder))

    read(good)
    return make, read, InputError


READERS = {"idx": _idx, "checkpoint": _checkpoint, "keras_file": _keras_file, "capture": _capture}

if __name__ == "__main__":
    raise SystemExit(main())
