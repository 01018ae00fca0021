"""Scripts of many kinds become Keras models that are proven: captured, translated, and compared rung by rung."""

import pathlib

import keras
import pytest

from keras_port.translation.capture import read_capture
from keras_port.translation.port import port
from parity.ports.prove import prove
from tests.legacy_graph.run_in_forks import run_all

SCRIPTS = pathlib.Path(__file__).parent / "scripts"
FORMS = ("dynamic", "masked", "time_major", "static", "static_masked", "bidirectional", "bidirectional_masked")
FORMS += ("static_bidirectional", "stacked", "static_stacked", "initial")
CELLS = """basic_rnn relu_rnn basic_lstm_0 lstm peepholes projection clipped lstm_block gru_block layer_norm ugrnn
intersection nas coupled sru indrnn indy_gru indy_lstm glstm residual highway dropout variational attention
embedding_wrapped output_projected""".split()
CASES = [
    "autoencoder",
    "characters",
    "cnn",
    "dataset",
    "entities",
    "gan",
    "labeller",
    "layers_cnn",
    "normalized",
    "own_choice",
    "speech",
    "speech rows",
    "translator",
    "vae",
]
CASES += [f"rnn basic_lstm {form}" for form in FORMS]
CASES += [f"rnn gru {form}" for form in ("masked", "static_masked", "bidirectional_masked", "stacked")]
CASES += [f"rnn {cell} masked" for cell in CELLS]


@pytest.fixture(scope="module")
def captures(tmp_path_factory):
    """{case: its capture folder}."""
    folder = tmp_path_factory.mktemp("captures")
    jobs = []
    for number, case in enumerate(CASES):
        script, *arguments = case.split()
        jobs.append(
            {
                "arguments": ["run", "--capture", str(folder / str(number)), str(SCRIPTS / f"{script}.py"), *arguments],
                "directory": str(folder),
                "output": str(folder / f"{number}.log"),
            }
        )
    for case, (_, err, status) in zip(CASES, run_all(jobs)):
        assert status == 0, f"{case}: {err}"
    return {case: folder / str(number) for number, case in enumerate(CASES)}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_script_is_ported_and_proven(case, captures, tmp_path):
    keras.utils.clear_session(free_memory=False)  # layers are numbered as in a process of its own
    port(read_capture(captures[case]), tmp_path / "port")
    proof = prove(captures[case], tmp_path / "port", progress=lambda line: None)
    assert proof.same, proof.report


@pytest.mark.slow
def test_another_blank_is_caught(captures, tmp_path):
    port(read_capture(captures["speech"]), tmp_path / "port")
    model = tmp_path / "port" / "model.py"
    model.write_text(model.read_text().replace("mask_index=5", "mask_index=0"))
    proof = prove(captures["speech"], tmp_path / "port", progress=lambda line: None)
    assert not proof.same and proof.report.rungs[-1].name == "gradients"
