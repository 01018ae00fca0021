"""The cases of damaged and malicious captures, graphs and ports. See bad_input."""

import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

from tests.faults.bad_input import Case, both, file, link, sparse, write

SCRIPT = """
import numpy as np
import tensorflow as tf
x, y = tf.placeholder(tf.float32, [None, 3], name="x"), tf.placeholder(tf.int32, [None], name="y")
logits = tf.layers.dense(x, 2)
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
train = tf.train.AdamOptimizer(0.01).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(2):
        sess.run([train, loss], {x: np.ones([6, 3]), y: np.zeros(6)})
"""
PORT = """
import keras
from keras import layers
def build():
    x = keras.Input((3,), name="x")
    model = keras.Model(x, layers.Dense(2, name="dense")(x))
    model.compile(keras.optimizers.Adam(0.01, epsilon=1e-08))
    return model
"""
_MADE = {}  # {path below the capture's folder: bytes}


def prepare():
    """Capture the script, in a process of its own."""
    import keras_port.translation.port  # noqa: F401, what the cases need, before they are forked
    import parity.ports.prove  # noqa: F401

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "a.py").write_text(SCRIPT)
        command = [sys.executable, "-m", "legacy_graph", "run", "--capture", "cap", folder / "a.py"]
        home = pathlib.Path(__file__).parents[2]
        command[command.index("cap")] = folder / "cap"
        subprocess.run(command, cwd=home, check=True, capture_output=True)
        _MADE.update({path.name: path.read_bytes() for path in (folder / "cap").iterdir()})


def captured(**damaged):
    """Return what makes the capture cap; `damaged`: {facts, graph, steps or index: a Change, or what `write` takes}."""
    names = {"facts": "capture.json", "graph": "graph.meta", "steps": "steps.npz", "index": "model.ckpt.index"}

    def make(folder):
        (folder / "cap").mkdir()
        for name, data in _MADE.items():
            key = next((key for key in damaged if names[key] == name), None)
            change = damaged.get(key)
            if isinstance(change, Change):
                data = change(data)
            elif key is not None:
                data = change
            write(folder / "cap" / name, data)

    return make


class Change:
    """A function of bytes; its type tells `write` that it is not one of paths."""

    def __init__(self, function):
        self._function = function

    def __call__(self, data):
        return self._function(data)


def told(**facts):
    """Return a change of capture.json."""
    return Change(lambda data: json.dumps({**json.loads(data), **facts}).encode())


def fed(**facts):
    """Return a change of the first feed in capture.json."""

    def change(data):
        found = json.loads(data)
        found["feeds"][0].update(facts)
        return json.dumps(found).encode()

    return Change(change)


def of_graph(edit):
    """Return a change of the graph: `edit` gets the nodes by name, and may change them."""

    def change(data):
        import tensorflow.compat.v1 as v1

        meta = v1.MetaGraphDef.FromString(data)
        edit({node.name: node for node in meta.graph_def.node})
        return meta.SerializeToString()

    return Change(change)


def renamed(nodes):
    """Give an op an invalid name."""
    nodes["x"].name = 'x\nimport os; os.system("touch harm")'


def retyped(nodes):
    """Change the type of an op."""
    nodes["dense/MatMul"].op = "PyFunc"


def without_input(nodes):
    """Give an op an input that does not exist."""
    nodes["dense/MatMul"].input[0] = "nothing"


def in_a_circle(nodes):
    """Make a cycle: an op depends on itself."""
    nodes["dense/MatMul"].input[0] = "dense/BiasAdd"


def huge(nodes):
    """Give a constant a shape of terabytes."""
    node = next(node for node in nodes.values() if node.op == "Const" and node.attr["value"].tensor.tensor_shape.dim)
    for dim in node.attr["value"].tensor.tensor_shape.dim:
        dim.size = 2**40


def squeezed(data):
    """Return a small .npz file that unpacks to 400 MB of zeros."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open("step_0/loss.npy", "w") as part:
            part.write(np.lib.format.magic(1, 0))
            np.lib.format.write_array_header_1_0(part, {"descr": "<f4", "fortran_order": False, "shape": (10**8,)})
            for _ in range(400):
                part.write(bytes(10**6))
    return stream.getvalue()


HARM = 'a.py"""\nimport os; os.system("touch harm")\n"""'
CAPTURES = {
    "nothing there": (file("x"), "cap(:| to out:) "),
    "a file": (file("cap"), "cap(:| to out:) "),
    "an empty folder": (lambda folder: (folder / "cap").mkdir(), "cap: no capture, capture.json is not there"),
    "facts cut short": (captured(facts=Change(lambda data: data[:99])), "capture"),
    "facts of noise": (captured(facts=b"\xff\xfe\0"), "capture"),
    "facts in a list": (captured(facts=b"[]"), "capture"),
    "facts too deep": (captured(facts=b"[" * 99999), "capture"),
    "facts in a pipe": (captured(facts=os.mkfifo), "capture.json"),
    "facts without end": (captured(facts=link("/dev/zero")), "capture.json"),
    "facts of terabytes": (captured(facts=sparse(2**41)), "capture.json.* at most"),
    "another format": (captured(facts=told(format=99)), "capture"),
    "a graph cut short": (captured(graph=Change(lambda data: data[: len(data) // 2])), "graph.meta|cannot be read"),
    "a graph of text": (captured(graph=b"hello there"), "graph.meta|cannot be read"),
    "no graph": (captured(graph=None), "graph.meta"),
    "a graph in a pipe": (captured(graph=os.mkfifo), "graph.meta"),
    "a graph of terabytes": (captured(graph=sparse(2**41)), "graph.meta"),
    "an op's name": (captured(graph=of_graph(renamed)), "an op has the name"),
    "an input that is not there": (captured(graph=of_graph(without_input)), "nothing"),
    "a circle": (captured(graph=of_graph(in_a_circle)), "in a circle"),
    "no checkpoint": (captured(index=None), "model.ckpt"),
    "a checkpoint of text": (captured(index=b"hello"), "model.ckpt|cap: "),
    "steps of text": (captured(steps=b"hello"), "steps.npz|cannot be read"),
    "no steps": (captured(steps=None), "steps.npz"),
    "steps in a pipe": (captured(steps=os.mkfifo), "steps.npz"),
    "steps cut short": (captured(steps=Change(lambda data: data[:200])), "steps.npz|cannot be read"),
    "steps that unpack to more": (captured(steps=Change(squeezed)), "steps.npz.*not unpacked"),
}
FACTS = {  # of what only the translation reads
    "a script's name that is code": (captured(facts=told(script=HARM, format=0)), "format"),
    "a feed's dtype that is code": (captured(facts=fed(dtype=HARM)), "feeds"),
    "a feed's tensor that is code": (captured(facts=fed(tensor=HARM)), "feeds"),
    "a feed of no tensor": (captured(facts=fed(tensor="nowhere:0")), "cap|nowhere|a.py"),
    "a feed's shape of text": (captured(facts=fed(shape=["os"])), "feeds"),
    "a feed's shape of objects": (captured(facts=fed(shape=[{}])), "feeds"),
    "a feed's huge shape": (captured(facts=fed(shape=[2**40])), "feeds"),
    "logits of no tensor": (captured(facts=told(logits=["nowhere:0"])), "nowhere"),
    "logits of another kind": (captured(facts=told(logits=[3])), "logits"),
    "a loss of no tensor": (captured(facts=told(loss="nowhere:0")), "nowhere"),
    "a batch of text": (captured(facts=told(batch_size="x")), "batch_size"),
    "feeds of nothing": (captured(facts=told(feeds=None)), "damaged capture"),
    "an optimizer of another kind": (captured(facts=told(optimizer={"class": HARM})), "a.py|optimizer|class|cap"),
    "an optimizer of text": (captured(facts=told(optimizer="Adam")), ""),
    "a setting of text": (captured(facts=told(optimizer={"class": "AdamOptimizer", "settings": "x"})), ""),
    "slots of nothing": (
        captured(facts=told(optimizer={"class": "AdamOptimizer", "settings": {"learning_rate": 1}})),
        "",
    ),
    "a clipping of text": (captured(facts=told(clipping=HARM)), ""),
    "a string for an op": (captured(graph=of_graph(retyped)), "PyFunc"),
    "a constant of terabytes": (captured(graph=of_graph(huge)), ""),
}


def ported(**damaged):
    """Return what makes a capture, and the folder of a port: {json, module, model} as `write` takes them."""

    def make(folder):
        captured()(folder)
        beside(folder)
        for key, name in (("json", "port.json"), ("module", "model.py"), ("model", "model.keras")):
            if key in damaged:
                (folder / "out" / name).unlink()
                write(folder / "out" / name, damaged[key])

    return make


PORTS = {
    "no port": (captured(), "out: no port"),
    "a file": (both(captured(), file("out")), "out: no port"),
    "facts of text": (ported(json="hello"), "port.json"),
    "facts in a list": (ported(json="[]"), "port.json"),
    "facts too deep": (ported(json="[" * 99999), "port.json"),
    "facts in a pipe": (ported(json=os.mkfifo), "port.json"),
    "weights of text": (ported(json='{"weights": "x", "outputs": [], "inputs": [], "labels": []}'), "port.json|out"),
    "outputs of numbers": (ported(json='{"weights": [], "outputs": [3], "inputs": [], "labels": []}'), "port.json|out"),
    "no inputs": (ported(json='{"weights": [], "outputs": []}'), "port.json|out"),
    "a module with a fault": (ported(module="x = ("), "out: .*model.py"),
    "a module that ends": (ported(module="import sys\nsys.exit(0)"), "out: .*model.py"),
    "no build": (ported(module="x = 1"), "out: .*model.py"),
    "labels of text": (ported(json='{"weights": [], "outputs": [], "inputs": [], "labels": "x"}'), "port.json"),
    "no model": (ported(model=None), "model.keras is not there"),
    "a model of text": (ported(model=b"hello"), "out: .*model.keras"),
    "a model in a pipe": (ported(model=os.mkfifo), "model.keras"),
}


def beside(folder):
    """Make the folder of a port beside the capture."""
    (folder / "out").mkdir()
    for name, data in (("port.json", '{"weights": [], "outputs": [], "inputs": [], "labels": []}'), ("model.py", PORT)):
        (folder / "out" / name).write_text(data)
    (folder / "out" / "model.keras").touch()


CASES = {
    **{f"convert, {name}": Case("keras_port convert cap out", *case) for name, case in {**CAPTURES, **FACTS}.items()},
    **{
        f"prove, {name}": Case("parity prove cap out", both(made, beside), says)
        for name, (made, says) in CAPTURES.items()
    },
    **{f"prove, port: {name}": Case("parity prove cap out", *case) for name, case in PORTS.items()},
}
