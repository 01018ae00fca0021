"""The models compute the same under every backend of Keras that is installed."""

import functools
import importlib.util
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from keras_port import training
from keras_port.conversion import convert
from mnist_training import MODELS
from tests.golden import record_checkpoints as golden
from tests.keras_port import on_backend

WITHOUT_TENSORFLOW = """
from keras_port import cell, lstm  # a module of the package is what imports Keras
import keras, sys
assert type(keras.saving.load_model(sys.argv[1]).get_layer("lstm").cell) is cell.BasicLSTMCell
from tests.keras_port import on_backend
on_backend.main()
"""
ROOT = pathlib.Path(__file__).parents[2]
# Logits, and losses after a few steps of Adam, in float32.
ROUNDING = dict(rtol=0, atol=1e-5)


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """A checkpoint of TensorFlow 1.15, made a Keras model under TensorFlow."""
    model, _ = convert.load_tf1(pathlib.Path(golden.CHECKPOINTS) / "lstm.ckpt", rows=golden.ROWS)
    return training.save(model, tmp_path_factory.mktemp("model") / "model.keras")


@pytest.fixture(scope="module")
def under_tensorflow(converted):
    """Return a function of the networks to be trained: what TensorFlow computes."""
    return functools.cache(lambda *trained: on_backend.compute(converted, golden.batch(0)[0], trained))


@pytest.mark.parametrize(
    "backend, trained",
    [
        ("jax", ["lstm"]),
        pytest.param("jax", MODELS, marks=pytest.mark.slow),
        pytest.param("torch", MODELS, marks=pytest.mark.slow),
    ],
    ids=["jax-one", "jax-all", "torch-all"],
)
def test_backends_agree_with_tensorflow_and_do_without_it(backend, trained, converted, under_tensorflow, tmp_path):
    """In these processes keras_port is imported before Keras, and then reads a model that has its classes."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    (tmp_path / "tensorflow.py").write_text("raise ImportError('not to be had here')")
    np.save(tmp_path / "images.npy", golden.batch(0)[0])
    subprocess.run(
        [
            sys.executable,
            "-c",
            WITHOUT_TENSORFLOW,
            str(converted),
            str(tmp_path / "images.npy"),
            str(tmp_path / "out.npz"),
            *trained,
        ],
        check=True,
        cwd=ROOT,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]),
        },
    )
    found = dict(np.load(tmp_path / "out.npz"))
    assert found.pop("backend") == backend
    expected = under_tensorflow(*trained)
    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, **ROUNDING, err_msg=name)
    with np.load(pathlib.Path(golden.CHECKPOINTS) / "computed.npz") as tf115:
        np.testing.assert_allclose(found["saved/logits"], tf115["lstm/logits"], **ROUNDING)


def test_a_saved_model_leaves_compilation_to_the_process_that_loads_it(converted):
    assert training.load(converted).get_compile_config()["jit_compile"] is None
