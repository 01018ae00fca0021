"""Ports that were made and proven on TensorFlow work on JAX, and on PyTorch where it is installed."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import keras
import pytest

from keras_port.translation.capture import read_capture
from keras_port.translation.port import port
from parity.ports import kept_test
from parity.ports.prove import prove
from tests.legacy_graph.run_in_forks import run_all

HERE = pathlib.Path(__file__).parent
CASES = {  # what it is: the script
    "stock layers, lengths, dropout": "tagger",
    "a generated cell": "scripts/rnn nas masked",
    "attention in a decoder": "scripts/translator",
    "both directions with lengths": "scripts/rnn gru bidirectional_masked",
    "a loss of its own": "scripts/labeller",
    "convolutions, averages kept in training": "scripts/layers_cnn",
}
ON_TORCH = ("stock layers, lengths, dropout", "a generated cell")  # it runs op by op there

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    """{case: the folder of its proven port}, with its test."""
    folder = tmp_path_factory.mktemp("ports")
    jobs = []
    for number, case in enumerate(CASES.values()):
        script, *arguments = case.split()
        jobs.append(
            {
                "arguments": [
                    *("run", "--capture", str(folder / f"capture_{number}"), "--capture-steps", "4"),
                    *(str(HERE / f"{script}.py"), *arguments),
                ],
                "directory": str(folder),
                "output": str(folder / f"{number}.log"),
            }
        )
    found = {}
    for number, (case, (_, err, status)) in enumerate(zip(CASES, run_all(jobs))):
        assert status == 0, f"{case}: {err}"
        keras.utils.clear_session(free_memory=False)
        found[case] = folder / f"port_{number}"
        port(read_capture(folder / f"capture_{number}"), found[case])
        proof = prove(folder / f"capture_{number}", found[case], progress=lambda line: None)
        assert proof.same, proof.report
        kept_test.write(found[case], proof)
    return found


@pytest.fixture(scope="module")
def verdicts(ports, tmp_path_factory):
    """Return a function of a backend's name, and of cases, that returns {case: what went wrong on it, or ""}."""
    known = {}

    def of(backend, cases=tuple(CASES)):
        if backend not in known:
            report = tmp_path_factory.mktemp(backend) / "report.json"
            subprocess.run(
                [sys.executable, HERE / "on_backend.py", report, *(ports[case] for case in cases)],
                env={**os.environ, "KERAS_BACKEND": backend},
                check=True,
                timeout=600,
            )
            told = json.loads(report.read_text())
            assert told["backend"] == backend
            known[backend] = {case: told["found"][str(folder)] for case, folder in ports.items() if case in cases}
        return known[backend]

    return of


@pytest.mark.parametrize("case", CASES)
def test_a_port_predicts_trains_and_is_saved_on_jax(case, verdicts):
    assert verdicts("jax")[case] == ""


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("case", ON_TORCH)
def test_a_port_predicts_trains_and_is_saved_on_torch(case, verdicts):
    assert verdicts("torch", ON_TORCH)[case] == ""


def test_a_port_that_differs_is_caught_there(ports, tmp_path):
    folder = ports["stock layers, lengths, dropout"]
    changed = tmp_path / "changed"
    changed.mkdir()
    for name in ("model.keras", "reference.npz", "test_port.py"):
        (changed / name).write_bytes((folder / name).read_bytes())
    code = (folder / "model.py").read_text()
    assert "layers.LSTM(" in code
    (changed / "model.py").write_text(code.replace("layers.LSTM(", "layers.LSTM(go_backwards=True, units="))
    report = tmp_path / "report.json"
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, HERE / "on_backend.py", report, changed], env=environment, check=True, timeout=300)
    assert "AssertionError" in json.loads(report.read_text())["found"][str(changed)]
