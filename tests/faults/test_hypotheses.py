"""Readers and translation, on inputs of hypothesis: only documented errors, and bounded memory.

`fuzz` damages the bytes of good files; here fields get any value of their type. The examples are the same in each
run (derandomized).
"""

import gzip
import json
import resource
import struct

import hypothesis
import pytest
from hypothesis import strategies as st

from mnist_digits import DataError, parse_idx
from mnist_training import InputError

pytestmark = pytest.mark.slow
MEGABYTES = 300
SETTINGS = {"deadline": None, "derandomize": True, "database": None}


@pytest.fixture(autouse=True)
def bounded_memory():
    """Fail a test in which the process has grown by more than it may."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES


SIZES = st.one_of(st.integers(0, 40), st.sampled_from([255, 2**16, 2**31 - 1, 2**31, 2**32 - 1]))


@st.composite
def idx_files(draw):
    """Return bytes that begin as an idx file does."""
    shape = draw(st.lists(SIZES, max_size=70))
    head = struct.pack(">HBB", draw(st.sampled_from([0, 0, 0, 256])), draw(st.integers(0, 16)), min(len(shape), 255))
    data = head + struct.pack(f">{len(shape)}I", *shape) + draw(st.binary(max_size=100))
    return gzip.compress(data) if draw(st.booleans()) else data


@hypothesis.settings(max_examples=2000, **SETTINGS)
@hypothesis.given(idx_files())
def test_idx_headers(data):
    try:
        assert parse_idx(data, "made up").nbytes <= 2**20
    except DataError:
        pass


PARTS = st.sampled_from(
    ["lstm", "rnn", "fw", "bw", "basic_lstm_cell", "kernel", "bias", "Adam", "Variable", "out", "a"]
)
NAMES = st.lists(PARTS, min_size=1, max_size=6).map("/".join)
SHAPES = st.lists(st.sampled_from([0, 1, 4, 8, 10, 28, 32, 128, 256, 512, 1024, 2**40]), max_size=3).map(tuple)


@hypothesis.settings(max_examples=2000, **SETTINGS)
@hypothesis.given(st.dictionaries(NAMES, SHAPES, max_size=8))
def test_checkpoints(shapes):
    from keras_port.conversion.identify import identify

    try:
        found = identify(shapes)
        assert set(found.names.values()) <= set(shapes)
    except InputError:
        pass


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A capture of a graph with a placeholder, a variable and their product: (folder, facts, meta)."""
    import numpy as np
    import tensorflow.compat.v1 as v1

    from keras_port.conversion.checkpoint import write

    folder = tmp_path_factory.mktemp("capture")
    with v1.Graph().as_default():
        x = v1.placeholder("float32", [None, 3], name="x")
        w = v1.get_variable("w", [3, 2], use_resource=False)
        v1.nn.relu(v1.nn.bias_add(v1.matmul(x, w), v1.zeros([2])), name="y")
        meta = v1.train.export_meta_graph()
    write(folder / "model.ckpt", {"w": np.zeros((3, 2), "float32")})
    np.savez(folder / "steps.npz", loss=np.zeros(3))
    feed = {"tensor": "x:0", "dtype": "float32", "shape": [None, 3], "example_shape": [6, 3], "same_every_step": False}
    facts = {"format": 1, "script": "a.py", "loss": None, "logits": ["y:0"], "feeds": [feed], "trainable": ["w"]}
    facts["batch_axis"] = {"x:0": 0}
    return folder, facts, meta


def translate(folder):
    """Read the capture in a folder and translate it; return the text, or what was said where it is refused."""
    from keras_port.translation import capture, port, untrusted

    try:
        text = port.translated_of(capture.read_capture(folder), folded=True).text
        untrusted.check_code(text)
    except InputError as error:
        return str(error)
    return text


def test_the_good_one_is_translated(good):
    folder, facts, meta = good
    (folder / "capture.json").write_text(json.dumps(facts))
    (folder / "graph.meta").write_bytes(meta.SerializeToString())
    assert "layers.Dense(2" in translate(folder) or "ops.matmul" in translate(folder)


@hypothesis.settings(
    max_examples=500, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], **SETTINGS
)
@hypothesis.given(data=st.data())
def test_facts_of_captures(good, data):
    folder, facts, meta = good
    told = {**facts, **data.draw(st.dictionaries(st.sampled_from([*facts, "clipping", "optimizer"]), JSON, max_size=2))}
    if data.draw(st.booleans()):
        told["feeds"] = [{**facts["feeds"][0], data.draw(st.sampled_from([*facts["feeds"][0]])): data.draw(JSON)}]
    (folder / "capture.json").write_text(json.dumps(told))
    (folder / "graph.meta").write_bytes(meta.SerializeToString())
    assert_harmless(translate(folder))


OPS = [
    "MatMul",
    "Add",
    "Reshape",
    "Split",
    "Concat",
    "Switch",
    "Merge",
    "Enter",
    "NextIteration",
    "PyFunc",
    "Pack",
    "Sum",
]


@hypothesis.settings(
    max_examples=500, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], **SETTINGS
)
@hypothesis.given(data=st.data())
def test_graphs(good, data):
    folder, facts, meta = good
    damaged = type(meta)()
    damaged.CopyFrom(meta)
    nodes = damaged.graph_def.node
    names = [node.name for node in nodes]
    for _ in range(data.draw(st.integers(1, 3))):
        node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        kind = data.draw(st.integers(0, 4))
        if kind == 0:
            node.op = data.draw(st.sampled_from(OPS) | st.text(max_size=12))
        elif kind == 1:
            node.input.append(data.draw(st.sampled_from(names)) + data.draw(st.sampled_from(["", ":0", ":7", ":-1"])))
        elif kind == 2 and node.input:
            del node.input[0]
        elif kind == 3:
            node.name = data.draw(st.sampled_from(names) | st.text(max_size=12))
        else:
            for value in node.attr.values():
                for dim in value.shape.dim or value.tensor.tensor_shape.dim:
                    dim.size = data.draw(st.sampled_from([-2, 0, 1, 2**20, 2**40, 2**62]))
    (folder / "capture.json").write_text(json.dumps(facts))
    (folder / "graph.meta").write_bytes(damaged.SerializeToString())
    assert_harmless(translate(folder))


def assert_harmless(text):
    """Fail where a graph led to code that was refused only at the end: its parts should have been."""
    assert "led to code" not in text


@pytest.mark.parametrize("code", ['__import__("os")', "keras.utils.get_file", "().__class__", "eval(x)", "np.load(x)"])
def test_code_that_does_more_would_be_noticed(code):
    from keras_port.translation import untrusted

    untrusted.check_code("import keras\nx = keras.Input((3,))\n")
    with pytest.raises(InputError, match="led to code"):
        untrusted.check_code(f"import keras\n{code}\n")
