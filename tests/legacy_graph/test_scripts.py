"""Scripts in the style of TF 1's time print what they printed on TensorFlow 1.15.

Drop a script into tests/scripts, record it (see `_outputs.py` there), and it is a test.
"""

import os
import pathlib

import pytest

from tests.legacy_graph.run_in_forks import run_all
from tests.scripts import _outputs

SCRIPTS = pathlib.Path(_outputs.HERE)
# Goldens hold the same functions to TensorFlow 1.15: rnn_cells, estimators, keras_in_graph, rnn_basic,
# seq2seq_programs, legacy_seq2seq.
SLOW = {
    "cells_of_contrib",
    "estimator_of_sequences",
    "keras_in_graph",
    "mnist_static_rnn",
    "seq2seq_attention",
    "seq2seq_legacy",
}


@pytest.fixture(scope="module")
def printed(request, tmp_path_factory):
    """{name: (stdout, stderr, exit status)} of every script that was asked for."""
    names = [
        item.callspec.params["name"]
        for item in request.session.items
        if item.module is request.module and "printed" in item.fixturenames
    ]
    jobs = []
    for name in names:
        folder = tmp_path_factory.mktemp(name)
        os.symlink(os.path.realpath(_outputs.BUNDLED), folder / "MNIST_data")
        jobs.append(
            {"arguments": ["run", _outputs.script(name)], "directory": str(folder), "output": str(folder / "printed")}
        )
    return dict(zip(names, run_all(jobs)))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in _outputs.names()]
)
def test_script_prints_what_it_printed_on_tf115(name, printed):
    out, errors, status = printed[name]
    assert not _outputs.difference(_outputs.recorded(name), _outputs.with_status(out, status)), errors
    assert "Traceback" not in errors and "deprecated" not in errors


def test_every_script_is_recorded_and_every_recording_has_its_script():
    assert {path.stem for path in SCRIPTS.glob("*.out")} == set(_outputs.names())


@pytest.mark.parametrize(
    "other",
    [
        "step 1 loss 0.513\n[exit 0]\n",
        "step 2 loss 0.512\n[exit 0]\n",
        "step 1 loss 0.512\n[exit 1]\n",
        "step 1 loss 0.512\nmore\n[exit 0]\n",
        "step 1 [loss 0.512\n[exit 0]\n",
    ],
    ids=["number", "whole_number", "status", "line", "bracket"],
)
def test_a_difference_is_found(other):
    printed = "step 1 loss 0.512\n[exit 0]\n"
    assert not _outputs.difference(printed, printed.replace("0.512", " 0.51201"))
    assert _outputs.difference(printed, other)
