"""What a script exports can be loaded and run by TensorFlow 1.15 and by today's, and holds plain ops."""

import json
import os
import pathlib
import subprocess

import numpy as np
import pytest

from legacy_graph import internals, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.graph115 import exports
from legacy_graph.graph115.kernels import TYPES, exact_kernels
from tests.golden import record_attributes
from tests.legacy_graph import exports_reader

# A Python that has TensorFlow 1.15. Without one, every op and attribute is looked up among those recorded of it.
PYTHON_OF_115 = os.environ.get("TF115_PYTHON")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder of exports, and what the exporting graph computed itself."""
    folder = tmp_path_factory.mktemp("exports")
    with tf1_behavior() as graph, tf1.Session() as session:
        tf1.set_random_seed(7)
        images = tf1.placeholder(tf1.float32, [None, 3, 4], name="images")
        _, state = tf1.nn.dynamic_rnn(tf1.nn.rnn_cell.BasicLSTMCell(5), images, dtype=tf1.float32)
        output = tf1.identity(tf1.exp(tf1.tanh(tf1.matmul(state.h, tf1.get_variable("w", [5, 2])))), name="output")
        tf1.train.AdamOptimizer().minimize(tf1.reduce_mean(tf1.square(output)))
        numbers = tf1.data.Dataset.from_tensor_slices([1.0]).map(lambda x: 2 * tf1.tanh(x) + tf1.tanh(x / 2))
        numbers.make_one_shot_iterator().get_next()
        saver = tf1.train.Saver()
        session.run(tf1.global_variables_initializer())
        saver.save(session, str(folder / "model"))
        tf1.train.export_meta_graph(str(folder / "text.meta"), as_text=True, clear_devices=True)
        tf1.saved_model.simple_save(session, str(folder / "saved"), {"images": images}, {"output": output})
        frozen = tf1.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["output"])
        (folder / "frozen.pb").write_bytes(frozen.SerializeToString())
        tf1.train.write_graph(graph, str(folder), "graph.pbtxt")
        tf1.summary.FileWriter(str(folder / "logs"), graph).close()
        assert {"Tanh115", "Sigmoid115", "Exp115"} <= {op.type for op in graph.get_operations()}
        return folder, session.run(output, {images: exports_reader.IMAGES})


@pytest.fixture(scope="module")
def graph_defs(exported):
    """{export: its GraphDef}."""
    folder, _ = exported
    with tf1_behavior():
        (events,) = (folder / "logs").glob("events*")
        (in_summary,) = [e.graph_def for e in tf1.train.summary_iterator(str(events)) if e.graph_def]
        saved = internals.saved_model_pb2.SavedModel.FromString((folder / "saved" / "saved_model.pb").read_bytes())
        return {
            "meta graph": tf1.MetaGraphDef.FromString((folder / "model.meta").read_bytes()).graph_def,
            "SavedModel": saved.meta_graphs[0].graph_def,
            "frozen graph": tf1.GraphDef.FromString((folder / "frozen.pb").read_bytes()),
            "summary graph": tf1.GraphDef.FromString(in_summary),
        }


def nodes_of(graph_def):
    return [*graph_def.node, *(node for function in graph_def.library.function for node in function.node_def)]


def unknown_to_115(graph_def):
    """What of a GraphDef TensorFlow 1.15 would refuse, in words."""
    attributes = record_attributes.recorded()
    functions = {function.signature.name for function in graph_def.library.function}
    found = []
    for node in nodes_of(graph_def):
        if node.op not in attributes and node.op not in functions:
            found.append(f"{node.name}: op {node.op}")
        for name in node.attr:
            if not name.startswith("_") and name not in attributes.get(node.op, [name]):
                found.append(f"{node.name}: {node.op}.{name}")
    return found


@pytest.mark.parametrize("export", ["meta graph", "SavedModel", "frozen graph", "summary graph"])
def test_an_export_has_plain_ops_known_to_tf115(export, graph_defs):
    types = {node.op for node in nodes_of(graph_defs[export])}
    assert {"Tanh", "Sigmoid"} <= types and not types & set(TYPES)
    assert not set(TYPES) & {function.signature.name for function in graph_defs[export].library.function}
    assert not unknown_to_115(graph_defs[export])


def test_todays_own_export_is_not(monkeypatch):
    monkeypatch.setattr(exports, "make_plain", lambda graph_def: graph_def)
    with tf1_behavior() as graph, exact_kernels("always"):
        tf1.tanh(tf1.matmul(tf1.zeros([2, 2]), tf1.zeros([2, 2])))
        assert {node.op for node in graph.as_graph_def().node} & set(TYPES)
        assert sorted(unknown_to_115(graph.as_graph_def())) == [
            "MatMul: MatMul.grad_a",
            "MatMul: MatMul.grad_b",
        ]


def test_todays_tensorflow_runs_every_export(exported):
    folder, expected = exported
    with tf1_behavior(), exact_kernels("never"):
        got = exports_reader.outputs(tf1, str(folder))
    for export, output in got.items():
        np.testing.assert_allclose(output, expected, atol=1e-6, err_msg=export)


@pytest.mark.skipif(not PYTHON_OF_115, reason="TF115_PYTHON names no Python with TensorFlow 1.15")
def test_tf115_runs_every_export(exported):
    folder, expected = exported
    printed = subprocess.run(
        [PYTHON_OF_115, exports_reader.__file__, str(folder)],
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert printed.returncode == 0, printed.stderr
    got = json.loads(printed.stdout)
    assert set(got) == set(exports_reader.LOADERS)
    for export, output in got.items():
        np.testing.assert_array_equal(np.float32(output), expected, err_msg=export)  # 1.15 has 1.15's kernels


def test_an_attribute_with_a_meaning_is_kept():
    with tf1_behavior() as graph:
        logits = tf1.placeholder(tf1.float32, [5, 1, 3])
        tf1.raw_ops.CTCGreedyDecoder(inputs=logits, sequence_length=[5], blank_index=0)
        tf1.raw_ops.CTCGreedyDecoder(inputs=logits, sequence_length=[5])
        kept = [node.attr["blank_index"].i for node in graph.as_graph_def().node if "blank_index" in node.attr]
    assert kept == [0]


def test_one_scope_is_exported_as_plainly():
    with tf1_behavior() as graph, exact_kernels("always"):
        with tf1.name_scope("inner"):
            tf1.sigmoid(tf1.zeros([3]))
        meta_graph = tf1.train.export_meta_graph(graph=graph, export_scope="inner")
    assert "Sigmoid" in {node.op for node in meta_graph.graph_def.node}
    assert not meta_graph.graph_def.library.function


def test_newer_attributes_are_those_that_tf115_has_not():
    text = pathlib.Path(exports.FILE).read_text(encoding="utf-8")
    assert text == record_attributes.newer_text(), "run tests/golden/record_attributes.py --write"
