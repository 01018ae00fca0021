"""`parity prove`: a faithful port climbs to the top, each planted mistake is caught, bad folders are refused."""

import functools
import json
import pathlib
import runpy
import shutil
import warnings

import numpy as np
import pytest
import tensorflow as tf

import parity.__main__ as command
from keras_port.conversion import weight_kinds
from keras_port.translation import port as translation
from keras_port.translation.capture import read_capture
from mnist_training import InputError
from parity.ports.ported import Port
from parity.ports.prove import prove
from tests.legacy_graph.run_in_forks import run_all

HERE = pathlib.Path(__file__).parent
MODEL = (HERE / "tagger_model.py").read_text()
CELL = "rnn/lstm_cell"
ABOUT = {
    "format": 1,
    "inputs": [{"name": "words", "tensor": "words:0"}, {"name": "lengths", "tensor": "lengths:0"}],
    "labels": [{"tensor": "topics:0", "output": 0}],
    "outputs": [{"name": "logits", "tensor": "readout/BiasAdd:0"}],
    "loss": "Mean:0",
    "loss_kind": "compiled",
    "weights": [
        {"variable": "embedding", "keras": ["embedding/embeddings"], "how": "copy"},
        {
            "variable": f"{CELL}/kernel",
            "keras": ["lstm/lstm_cell/kernel", "lstm/lstm_cell/recurrent_kernel"],
            "how": "lstm_kernel",
        },
        {"variable": f"{CELL}/bias", "keras": ["lstm/lstm_cell/bias"], "how": "lstm_bias_folded", "forget_bias": 1.0},
        {"variable": "readout/kernel", "keras": ["readout/kernel"], "how": "copy"},
        {"variable": "readout/bias", "keras": ["readout/bias"], "how": "copy"},
    ],
    "constants": {"keep_prob:0": 0.8},
    "dropout": True,
    "notes": [],
}


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    """The capture folder of tagger.py."""
    folder = tmp_path_factory.mktemp("tagger")
    words = ["run", "--capture", str(folder / "capture"), "--capture-steps", "6", str(HERE / "tagger.py")]
    [(_, err, status)] = run_all([{"arguments": words, "directory": str(folder), "output": str(folder / "printed")}])
    assert status == 0, err
    return folder / "capture"


@pytest.fixture
def port(capture, tmp_path):
    """Return a function that writes a port's folder: the faithful one, or with other code, port.json or weights."""

    def write(code=MODEL, about=ABOUT, spoil=lambda weights: weights):
        folder = tmp_path / "port"
        folder.mkdir()
        (folder / "model.py").write_text(code)
        (folder / "port.json").write_text(json.dumps(about))
        scope = {"__name__": "example"}
        exec(code, scope)
        model = scope["build"]()
        reader = tf.train.load_checkpoint(str(capture / "model.ckpt"))
        variables = {name: reader.get_tensor(name) for row in ABOUT["weights"] for name in [row["variable"]]}
        values = spoil(weight_kinds.from_tf1(ABOUT["weights"], variables))
        for variable in model.trainable_variables:
            variable.assign(values[variable.path])
        model.save(folder / "model.keras")
        return folder

    return write


@pytest.fixture
def run(run_command):
    return functools.partial(run_command, command.main)


def test_a_faithful_port_is_proven_and_keeps_a_test(run, capture, port):
    folder = port()
    status, out, _ = run("prove", capture, folder)
    assert status == 0 and "DIFFERS" not in out and out.endswith("tagger.py: ported and proven\n")
    rungs = ["names and shapes", "weights", "logits", "gradients", "one step", "losses"]
    rungs += ["masks replayed", "inference", "dropout"]
    assert [line.split("same")[0].strip() for line in out.splitlines() if " same " in line] == rungs
    page = (folder / "report.html").read_text()
    assert "ported and proven" in page and CELL in page.replace("<wbr>", "")
    kept_test(folder)
    (folder / "model.py").write_text(without("1 - keep_prob)(h)", "1 - keep_prob)(-h)")["code"])
    with pytest.raises(AssertionError):
        kept_test(folder)


def kept_test(folder):
    """Run test_port.py's tests here; a test of `parity port` runs it by pytest."""
    scope = runpy.run_path(str(folder / "test_port.py"))
    with pytest.MonkeyPatch.context() as patches, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipping variable loading for optimizer")  # as its pytestmark does
        scope["test_the_outputs_are_those_of_the_graph"]()
        scope["test_another_weight_would_be_seen"]()
        scope["test_the_losses_are_those_of_the_graph"](patches)


def test_what_the_translator_makes_of_it_is_proven(capture, tmp_path):
    translation.port(read_capture(capture), tmp_path / "port")
    proof = prove(capture, tmp_path / "port", progress=lambda line: None)
    assert proof.same, proof.report


def test_another_state_of_the_optimizer_in_the_file_is_caught(capture, tmp_path):
    translation.port(read_capture(capture), tmp_path / "port")
    model = Port(tmp_path / "port").model()
    code = (tmp_path / "port/model.py").read_text()
    assert "Adam(0.01," in code
    (tmp_path / "port/model.py").write_text(code.replace("Adam(0.01,", "Adam(0.0100001,"))
    proof = prove(capture, tmp_path / "port", progress=lambda line: None)
    assert proof.report.verdict == "differs at optimizer" and "learning_rate" in proof.report.rungs[-1].where
    (tmp_path / "port/model.py").write_text(code)
    moment = next(v for v in model.optimizer.variables if v.path.endswith("readout_bias_velocity"))
    moment.assign(moment + 1e-9)
    model.save(tmp_path / "port/model.keras")
    proof = prove(capture, tmp_path / "port", progress=lambda line: None)
    assert proof.report.verdict == "differs at optimizer" and "velocity" in proof.report.rungs[-1].where


def without(text, replacement=""):
    assert text in MODEL
    return {"code": MODEL.replace(text, replacement)}


def moved(path, by):
    return {"spoil": lambda weights: {**weights, path: by(weights[path])}}


def with_row(number, **changes):
    rows = [dict(row) for row in ABOUT["weights"]]
    rows[number] = {**rows[number], **changes}
    return {"about": {**ABOUT, "weights": rows}}


MISTAKES = {  # what is spoilt, the rung that must catch it, and what it says
    "a weight of another step": (moved("readout/kernel", lambda w: w + 1e-4), "weights", "readout/kernel"),
    "swapped gates": (moved("lstm/lstm_cell/kernel", lambda w: np.roll(w, 6, axis=1)), "weights", f"{CELL}/kernel"),
    "no forget bias": (moved("lstm/lstm_cell/bias", lambda w: 0 * w), "weights", "gate f"),
    "gates in TF 1's order": (
        {**with_row(2, how="copy"), **moved("lstm/lstm_cell/bias", lambda w: 0 * w)},
        "logits",
        "readout/BiasAdd:0",
    ),
    "the mask lost": (without(", mask=Mask()(lengths)"), "logits", "readout/BiasAdd:0"),
    "read backwards": (without('name="lstm")', 'name="lstm", go_backwards=True)'), "logits", "readout/BiasAdd:0"),
    "softmax taken twice": (without("from_logits=True", "from_logits=False"), "gradients", ""),
    "Adam's default epsilon": (without(", epsilon=1e-8", ", epsilon=1e-5"), "one step", ""),
    "repeated words not summed": (without("self.embeddings * 1.0", "self.embeddings"), "one step", "embedding"),
    "another optimizer": (
        without("keras.optimizers.Adam(0.01, epsilon=1e-8)", "keras.optimizers.SGD(0.01)"),
        "optimizer",
        "AdamOptimizer keeps m, v",
    ),
    "another dropout": (without("1 - keep_prob", "0.5 * (1 - keep_prob)"), "masks replayed", "diverge at step 0"),
    "dropout on the inputs": (
        without(
            'name="embedding")(words)', 'name="embedding")(words)\n    vectors = layers.Dropout(1 - keep_prob)(vectors)'
        ),
        "masks replayed",
        "diverge at step 0",
    ),
    "dropout in inference": (
        without(
            "layers.Dropout(1 - keep_prob)", "layers.Lambda(lambda h: keras.random.dropout(h, 1 - keep_prob, seed=1))"
        ),
        "inference",
        "readout/BiasAdd:0",
    ),
    "a mask that is always the same": (
        without(
            "layers.Dropout(1 - keep_prob)",
            "layers.Lambda(lambda h, training: keras.random.dropout(h, 1 - keep_prob, seed=1) if training else h)",
        ),
        "dropout",
        "spread",
    ),
    "a mask for the whole batch": (
        without("layers.Dropout(1 - keep_prob)", "layers.Dropout(1 - keep_prob, noise_shape=(1, 6))"),
        "dropout",
        "spread",
    ),
    "a model that fails": (without("inputs, axis=0", "inputs, axis=2"), "logits", "the port's model fails: "),
    "a variable left out": ({"about": {**ABOUT, "weights": ABOUT["weights"][:-1]}}, "names and shapes", "readout/bias"),
}


SLOW = ("another dropout", "dropout on the inputs", "a mask that is always the same")  # the other two of masks are fast


@pytest.mark.parametrize(
    "mistake", [pytest.param(mistake, marks=[pytest.mark.slow] if mistake in SLOW else []) for mistake in MISTAKES]
)
def test_a_mistake_is_caught_at_its_rung(mistake, capture, port):
    spoilt, rung, says = MISTAKES[mistake]
    proof = prove(capture, port(**spoilt), progress=lambda line: None)
    last = proof.report.rungs[-1]
    assert not proof.same and (last.name, says in last.where) == (rung, True), proof.report


def test_a_differing_port_ends_with_1_and_keeps_its_files(run, capture, port):
    folder = port(**moved("readout/kernel", lambda w: w + 1e-4))
    status, out, _ = run("prove", capture, folder, "--json")
    told = json.loads(out)
    assert status == 1 and not told["passed"] and told["results"][0]["summary"] == "the port differs at weights"
    assert {"model.py", "report.html", "test_port.py"} <= {path.name for path in folder.iterdir()}


def test_what_is_no_capture_and_what_is_no_port_are_refused(run, capture, tmp_path):
    for given, says in (
        ((tmp_path, tmp_path), "no capture, capture.json is not there"),
        ((capture, tmp_path), "no port, port.json is not there"),
    ):
        status, out, err = run("prove", *given)
        assert status == 2 and out == "" and err.count("\n") == 1 and says in err


def test_a_damaged_capture_and_a_broken_model_are_refused(capture, port, tmp_path):
    damaged = tmp_path / "damaged"
    shutil.copytree(capture, damaged)
    (damaged / "steps.npz").write_bytes(b"PK")
    folder = port()
    with pytest.raises(InputError, match="steps.npz: cannot be read"):
        prove(damaged, folder)
    (folder / "model.py").write_text("def build():\n    return 1 / 0\n")
    with pytest.raises(InputError, match="cannot be built .*division by zero"):
        Port(folder).model()


def test_a_training_without_a_finite_loss_proves_nothing(capture, port, tmp_path):
    spoilt = shutil.copytree(capture, tmp_path / "spoilt")
    with np.load(capture / "steps.npz") as steps:
        np.savez_compressed(spoilt / "steps.npz", **{**steps, "step_0/loss": np.float32("nan")})
    with pytest.raises(InputError, match="the script's own loss is nan at the first captured step"):
        prove(spoilt, port())


def test_a_port_of_another_capture_is_refused(capture, port):
    about = {**ABOUT, "outputs": [{"name": "logits", "tensor": "elsewhere:0"}]}
    with pytest.raises(InputError, match="does not belong to .*elsewhere"):
        prove(capture, port(about=about), progress=lambda line: None)
