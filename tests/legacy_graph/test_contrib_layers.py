"""Mistakes that the goldens of tf.layers and tf.contrib.* must catch, and the patches of tf_slim."""

import contextlib
import sys

import numpy as np
import pytest

from legacy_graph import internals, tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib import crf, framework, hparams, layers, opt, tf_slim_patches
from legacy_graph.contrib.learn import preprocessing
from legacy_graph.graph115 import keras_layers
from tests.golden import store


def differences(module, case):
    expected, _ = store.read(module)
    with tf1_behavior():
        return store.differences(expected[case], store.load_cases(module)[case](tf1))


def as_wrong(function, **wrong):
    return lambda *args, **kwargs: function(*args, **{**kwargs, **wrong})


def other_variable_name(name, *args, **kwargs):
    return framework.model_variable("embedding", *args, **kwargs)


class LeavesMomentsAlone(opt.LazyAdamOptimizer):
    _apply_sparse = tf1.train.AdamOptimizer._apply_sparse
    _resource_apply_sparse = tf1.train.AdamOptimizer._resource_apply_sparse


MISTAKES = {
    "a variable of another name": ("contrib_layers", "embed_sequence", layers, "model_variable", other_variable_name),
    "normal for uniform": (
        "contrib_layers",
        "start_values_of_initializers",
        layers,
        "xavier_initializer",
        as_wrong(layers.xavier_initializer, uniform=False),
    ),
    "a penalty not halved": (
        "contrib_layers",
        "regularizers",
        layers,
        "l2_regularizer",
        lambda scale: lambda weights: 2.0 * _L2(scale)(weights),
    ),
    "no relu by default": (
        "contrib_layers",
        "fully_connected",
        layers,
        "fully_connected",
        as_wrong(layers.fully_connected, activation_fn=None),
    ),
    "gradients not clipped": (
        "contrib_layers",
        "optimize_loss_adam_clipped",
        layers,
        "optimize_loss",
        as_wrong(layers.optimize_loss, clip_gradients=None),
    ),
    "updates at once": (
        "contrib_layers",
        "batch_norm_of_images",
        layers,
        "batch_norm",
        as_wrong(layers.batch_norm, updates_collections=None),
    ),
    "the transitions turned": ("crf", "decode", crf, "crf_decode", lambda p, t, n: _DECODE(p, tf1.transpose(t), n)),
    "padding counted": ("crf", "likelihood", crf, "_mask", lambda tags, lengths: tf1.ones_like(tags, tf1.float32)),
    "every row moved": ("contrib_opt", "lazy_adam", opt, "LazyAdamOptimizer", LeavesMomentsAlone),
    "words in another order": (
        "contrib_helpers",
        "vocabulary_processor",
        preprocessing.CategoricalVocabulary,
        "trim",
        lambda self, *args, **kwargs: None,
    ),
    "a list for a number": ("contrib_helpers", "hparams_refusals", hparams, "_cast", lambda name, kind, value: value),
}
_DECODE, _L2 = crf.crf_decode, layers.l2_regularizer


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_caught(mistake, monkeypatch):
    module, case, owner, name, wrong = MISTAKES[mistake]
    monkeypatch.setattr(owner, name, wrong)
    assert differences(module, case)


def test_without_the_patches_tf_slim_fails(monkeypatch):
    optimizers = sys.modules["tf_slim.layers.optimizers"]
    monkeypatch.setattr(optimizers, "ops", internals.ops)
    with pytest.raises(AttributeError, match="Tensor"):
        differences("contrib_layers", "optimize_loss_sgd")


def test_the_patches_change_tf_slim_only_and_once():
    optimizers = sys.modules["tf_slim.layers.optimizers"]
    before = optimizers.ops
    tf_slim_patches.patch_tf_slim()
    assert optimizers.ops is before
    assert before.Tensor is internals.tensor.Tensor and before.Graph is internals.ops.Graph
    assert not hasattr(internals.ops, "Tensor")


def test_weights_of_keras_cells_are_named_otherwise_today(monkeypatch):
    with tf1_behavior():
        x = tf1.zeros([2, 3, 4])
        tf1.keras.layers.LSTM(2)(x)
        monkeypatch.setattr(keras_layers, "_named_after_the_layer", contextlib.nullcontext)
        tf1.keras.layers.LSTM(2, name="today")(x)
        names = [variable.op.name for variable in tf1.global_variables()]
    assert names[0] == "lstm/kernel" and names[3] == "today/lstm_cell/kernel"


def test_the_embedding_projector_is_told_where_to_look(tmp_path):
    projector = tf1.contrib.tensorboard.plugins.projector
    config = projector.ProjectorConfig()
    config.embeddings.add().tensor_name = "words"
    with tf1_behavior():
        projector.visualize_embeddings(tf1.summary.FileWriter(str(tmp_path)), config)
    assert 'tensor_name: "words"' in (tmp_path / "projector_config.pbtxt").read_text()


def test_a_vocabulary_is_saved_and_read_back(tmp_path):
    processor = preprocessing.VocabularyProcessor(3).fit(["one two", "two three"])
    processor.save(str(tmp_path / "words"))
    again = preprocessing.VocabularyProcessor.restore(str(tmp_path / "words"))
    np.testing.assert_array_equal(list(again.transform(["three one four"])), [[3, 1, 0]])


def test_csv_files_are_read(tmp_path):
    base = tf1.contrib.learn.datasets.base
    (tmp_path / "with").write_text("2,2,no,yes\n1.5,2,0\n3,4.5,1\n")
    (tmp_path / "without").write_text("1.5,2,0\n3,4.5,1\n")
    header = base.load_csv_with_header(str(tmp_path / "with"), np.int64, np.float32)
    plain = base.load_csv_without_header(str(tmp_path / "without"), np.int64, np.float32)
    for found in (header, plain):
        np.testing.assert_array_equal(found.data, np.float32([[1.5, 2], [3, 4.5]]))
        np.testing.assert_array_equal(found.target, [0, 1])


def test_a_serialized_hparam_def_is_refused():
    with pytest.raises(NotImplementedError, match="parse_json"):
        hparams.HParams(hparam_def=object())
