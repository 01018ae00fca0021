"""Checkpoints that TensorFlow 1.15 trained become Keras models that compute the same, and come back."""

import hashlib
import json
import pathlib
import re
import shutil
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_port.__main__ as command
from keras_port import lstm, training
from keras_port.conversion import convert, weight_map
from keras_port.conversion.checkpoint import Checkpoint, write
from keras_port.conversion.identify import identify
from mnist_training import InputError
from tests.golden import record_checkpoints as golden
from tests.keras_port import reference

RECORDED = pathlib.Path(golden.CHECKPOINTS)
COMPUTED = dict(np.load(RECORDED / "computed.npz"))
EVERY = [*golden.NETWORKS, *golden.RENAMED]
# float32, five rows, TensorFlow's kernels of seven years later.
ROUNDING = dict(rtol=0, atol=1e-5)


def network_of(name):
    return golden.RENAMED[name][0] if name in golden.RENAMED else name


def load(name, **options):
    """Convert a recorded checkpoint; returns the model and the report."""
    if network_of(name) == "multi_lstm":
        options["keep_prob"] = 1.0
    return convert.load_tf1(RECORDED / f"{name}.ckpt", rows=golden.ROWS, learning_rate=0.01, **options)


def logits(model):
    return keras.ops.convert_to_numpy(model(golden.batch(0)[0]))


def variables_of(prefix):
    checkpoint = Checkpoint(prefix)
    return {name: checkpoint.read(name) for name in checkpoint.shapes}


def test_the_recordings_are_from_tensorflow_1_15():
    provenance = json.loads((RECORDED / "provenance.json").read_text())
    assert provenance["tensorflow"].startswith("1.15.")
    assert provenance["sha256"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in RECORDED.iterdir()
        if path.name != "provenance.json"
    }


@pytest.mark.parametrize("name", EVERY)
def test_logits_are_those_of_tensorflow_1_15(name):
    model, _ = load(name)
    assert model.name == network_of(name)
    np.testing.assert_allclose(logits(model), COMPUTED[f"{network_of(name)}/logits"], **ROUNDING)


@pytest.mark.parametrize("mistake", ["gates", "forget bias", "joined kernel"])
def test_a_mistake_in_the_conversion_is_seen(mistake, monkeypatch):
    if mistake == "gates":
        monkeypatch.setattr(weight_map, "ijfo_to_ifco", lambda ijfo: ijfo)
    if mistake == "joined kernel":
        monkeypatch.setattr(weight_map, "split_kernel", lambda kernel, units: (kernel[units:], kernel[:units]))
    model, _ = load("lstm", forget_bias=0.0 if mistake == "forget bias" else 1.0)
    assert np.abs(logits(model) - COMPUTED["lstm/logits"]).max() > 1e-3


@pytest.mark.parametrize("name", golden.NETWORKS)
def test_training_goes_on_as_in_tensorflow_1_15(name):
    def losses(with_optimizer):
        model, _ = load(name, with_optimizer=with_optimizer)
        model.run_eagerly = True
        found = []
        for number in range(1, golden.STEPS + 1):
            model.reset_metrics()
            found.append(model.train_on_batch(*golden.batch(number), return_dict=True)["loss"])
        return model, np.float32(found)

    model, continued = losses(with_optimizer=True)
    np.testing.assert_allclose(continued, COMPUTED[f"{name}/losses"], **ROUNDING)
    assert int(model.optimizer.iterations) == 2 * golden.STEPS
    _, fresh = losses(with_optimizer=False)
    assert np.abs(fresh - COMPUTED[f"{name}/losses"]).max() > 1e-3


@pytest.mark.parametrize("name", golden.NETWORKS)
def test_there_and_back_has_the_same_names_and_bits(name, tmp_path):
    model, _ = load(name, with_optimizer=True)
    path = training.save(model, tmp_path / "model.keras")
    convert.save_tf1(training.load(path), tmp_path / "model.ckpt")
    before, after = variables_of(RECORDED / f"{name}.ckpt"), variables_of(tmp_path / "model.ckpt")
    assert set(before) == set(after)
    assert all(before[variable].tobytes() == after[variable].tobytes() for variable in before)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "model.ckpt.data-00000-of-00001",
        "model.ckpt.index",
        "model.keras",
    ]


@pytest.mark.parametrize("name", golden.NETWORKS)
def test_back_and_there_has_the_same_bits(name, tmp_path):
    sizes = {key: value for key, value in golden.NETWORKS[name].items() if key == "units"}
    model = training.BUILDERS[name](**sizes, rows=5, columns=7)
    reference.set_distinct_weights(model)
    model.optimizer.iterations.assign(950)  # beta1_power has come to nothing by then
    for number, variable in enumerate(model.optimizer.variables[2:]):
        variable.assign(reference.distinct(variable.shape, seed=number))
    convert.save_tf1(model, tmp_path / "model.ckpt")
    again, _ = convert.load_tf1(tmp_path / "model.ckpt", rows=5, with_optimizer=True)
    for old, new in zip(model.weights + model.optimizer.variables, again.weights + again.optimizer.variables):
        assert old.name == new.name
        assert np.array_equal(old.numpy(), new.numpy())


@pytest.mark.parametrize("name", golden.NETWORKS)
def test_a_saver_restores_what_is_written_into_the_tutorial_graph(name, tmp_path):
    """With today's TensorFlow; record_checkpoints.py --restore does it with TensorFlow 1.15."""
    from legacy_graph.behavior import tf1_behavior

    model, _ = load(name, with_optimizer=True)
    convert.save_tf1(model, tmp_path / f"{name}.ckpt")
    with tf1_behavior():
        computed = golden.restore(tf.compat.v1, name, tmp_path)
    for key, value in computed.items():
        np.testing.assert_allclose(value, COMPUTED[f"{name}/{key}"], **ROUNDING)


def test_a_model_that_was_not_trained_gets_the_slots_of_an_adam_that_has_not_begun(tmp_path):
    model = lstm.build(units=3)
    model.compile(optimizer="sgd", loss="mse")
    report = convert.save_tf1(model, tmp_path / "model.ckpt")
    variables = variables_of(tmp_path / "model.ckpt")
    assert variables["train_op/beta1_power"] == np.float32(0.9)
    assert variables["train_op/beta2_power"] == np.float32(0.999)
    slots = [name for name in variables if name.rpartition("/")[2] in ("Adam", "Adam_1")]
    assert len(slots) == 12 and not any(variables[name].any() for name in slots)
    assert "new: the model has no state of Adam" in str(report)


def test_the_step_is_read_from_adams_beta_powers():
    b1, b2, powers = np.float32(0.9), np.float32(0.999), convert.adam_powers()
    for step in range(40):
        expected = next(powers)
        assert expected == (b1, b2) and convert.adam_step(b1, b2) == step
        b1, b2 = b1 * np.float32(0.9), b2 * np.float32(0.999)
    assert convert.adam_step(np.float32(0), np.float32(0)) > 80_000
    with pytest.raises(ValueError, match="not those of any step"):
        convert.adam_step(np.float32(0.95), np.float32(0.999))
    with pytest.raises(ValueError, match="not those of any step"):
        convert.adam_step(np.float32(0.9), np.float32(0.5))


# --- recognising networks


def shapes(name="lstm"):
    return dict(Checkpoint(RECORDED / f"{name}.ckpt").shapes)


def renamed(old, new, name="lstm"):
    return {variable.replace(old, new): shape for variable, shape in shapes(name).items()}


RENAMINGS = {
    "an outer scope": ("lstm", "train_op/", "tower_0/model/train_op/"),
    "before 1.2": ("lstm", "basic_lstm_cell/bias", "basic_lstm_cell/biases"),
    "a cell with a name of its own": ("lstm", "basic_lstm_cell", "reader"),
    "an LSTMCell": ("multi_lstm", "basic_lstm_cell", "lstm_cell"),
    "directions of before 1.0": ("bi_lstm", "bidirectional_rnn/fw/", "BiRNN/FW/"),
}


@pytest.mark.parametrize("case", RENAMINGS)
def test_other_names_are_recognised(case):
    name, old, new = RENAMINGS[case]
    found = identify(renamed(old, new, name))
    assert found.network == name
    assert found.names == {
        tutorial: variable.replace(old, new) for tutorial, variable in identify(shapes(name)).names.items()
    }
    assert found.sizes == {**identify(shapes(name)).sizes, "columns": 7, "classes": 10}


def test_every_variable_is_accounted_for():
    for name in EVERY:
        found = identify(shapes(name))
        assert sorted([*found.names.values(), *found.slots, *found.counters]) == sorted(shapes(name))


def without(name, *variables):
    return {variable: shape for variable, shape in shapes(name).items() if variable not in variables}


CELL = "train_op/lstm/rnn/basic_lstm_cell"
UNRECOGNISABLE = {
    "nothing": ({}, "none of its variables is the kernel of an LSTM: nothing"),
    "a dense network": ({"w": (784, 10), "b": (10,)}, r"none of its variables .*b \(10,\), w \(784, 10\)"),
    "a GRU": (
        {"rnn/gru_cell/gates/kernel": (9, 6), "rnn/gru_cell/gates/bias": (6,)},
        "none of its variables .*keras_port.conversion.cells converts",
    ),
    "one variable more": ({**shapes(), "embedding": (50, 6)}, r"it holds .*embedding \(50, 6\).* and nothing else"),
    "peepholes": ({**shapes(), f"{CELL}/w_f_diag": (6,)}, r"it holds .*w_f_diag \(6,\).* and nothing else"),
    "a readout less": (without("lstm", "Variable_1", "Variable_3"), "expected two matrices and two vectors"),
    "separate layers": (
        {**shapes("multi_lstm"), "a/cell_1/basic_lstm_cell/kernel": (8, 16), "a/cell_1/basic_lstm_cell/bias": (16,)},
        "its LSTM cells are a/cell_1/.*cell_0/",
    ),
    "one direction": (
        {name: shape for name, shape in shapes("bi_lstm").items() if "/bw/" not in name},
        "its LSTM cells are .*fw/basic_lstm_cell; expected",
    ),
    "a projection of another size": (
        {name: (7, 5) if shape == (7, 6) else shape for name, shape in shapes().items()},
        "do not fit an LSTM of 6 inputs and 6 units",
    ),
}


@pytest.mark.parametrize("case", UNRECOGNISABLE)
def test_what_is_none_of_the_networks_is_refused(case):
    variables, says = UNRECOGNISABLE[case]
    with pytest.raises(InputError, match=says):
        identify(variables)


# --- files


def test_a_folder_and_a_file_of_a_checkpoint_name_it_too(tmp_path):
    for path in RECORDED.glob("lstm.ckpt.*"):
        shutil.copy(path, tmp_path)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "lstm.ckpt"\n')
    for path in (tmp_path, tmp_path / "lstm.ckpt.index", tmp_path / "lstm.ckpt"):
        assert Checkpoint(path).prefix == str(tmp_path / "lstm.ckpt")


def test_all_of_a_checkpoint_is_read_its_counter_too(tmp_path):
    weights = variables_of(RECORDED / "lstm.ckpt")
    write(tmp_path / "model.ckpt", {**weights, "global_step": np.int64(782), "step": np.int32(3)})
    checkpoint = Checkpoint(tmp_path / "model.ckpt")
    everything = checkpoint.read_all()
    assert everything.keys() == {*weights, "global_step", "step"}
    assert everything["global_step"] == 782 and everything["global_step"].dtype == np.int64
    np.testing.assert_array_equal(everything["Variable"], weights["Variable"])
    write(tmp_path / "back.ckpt", everything)
    assert Checkpoint(tmp_path / "back.ckpt").read_all()["step"].dtype == np.int32
    with pytest.raises(InputError, match="global_step has dtype int64; expected float32"):
        checkpoint.read("global_step")
    with pytest.raises(InputError, match="has dtype float64; expected float32"):
        Checkpoint(of_doubles(tmp_path)).read_all()


def truncated(directory):
    for path in RECORDED.glob("lstm.ckpt.*"):
        shutil.copy(path, directory)
    data = directory / "lstm.ckpt.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:100])
    return directory / "lstm.ckpt"


def foreign(directory):
    (directory / "model.ckpt").write_text("hello")
    return directory / "model.ckpt"


def of_tensorflow_2(directory):
    return tf.train.Checkpoint(v=tf.Variable(1.0)).write(str(directory / "model.ckpt"))


def of_doubles(directory):
    doubles = {name: np.zeros(shape) for name, shape in shapes().items()}
    write(directory / "model.ckpt", doubles)
    return directory / "model.ckpt"


def without_slots(directory):
    write(
        directory / "model.ckpt",
        {name: np.zeros(shape, "float32") for name, shape in shapes().items() if "Adam" not in name},
    )
    return directory / "model.ckpt"


def of_two_adams(directory):
    twice = {**variables_of(RECORDED / "lstm.ckpt"), "other/beta1_power": np.float32(0.9)}
    write(directory / "model.ckpt", twice)
    return directory / "model.ckpt"


def of_no_step(directory):
    wrong = {**variables_of(RECORDED / "lstm.ckpt"), "train_op/beta1_power": np.float32(0.95)}
    write(directory / "model.ckpt", wrong)
    return directory / "model.ckpt"


def recorded(directory):
    return RECORDED / "lstm.ckpt"


BAD_CHECKPOINTS = {  # what makes the checkpoint, flags, what is said
    "missing": (lambda directory: directory / "model.ckpt", [], "no such checkpoint"),
    "an empty folder": (lambda directory: directory, [], "a folder without a `checkpoint` file"),
    "truncated": (truncated, [], "not a checkpoint, or a damaged one"),
    "foreign": (foreign, [], "not a checkpoint, or a damaged one"),
    "TensorFlow 2's": (of_tensorflow_2, [], "TensorFlow 2's tf.train.Checkpoint wrote this"),
    "of doubles": (of_doubles, [], "has dtype float64; expected float32"),
    "no Adam": (without_slots, ["--with-optimizer"], "expected the state of an Adam; it lacks .*Variable/Adam"),
    "another keep_prob": (recorded, ["--keep-prob", "0.9"], "a keep_prob does not fit lstm"),
    "two Adams": (of_two_adams, ["--with-optimizer"], "holds the state of several optimizers"),
    "powers of no step": (of_no_step, ["--with-optimizer"], "are not those of any step of an Adam"),
    "kept too often": (recorded, ["--keep-prob", "2"], "--keep-prob must be above 0 and at most 1, not 2"),
    "no rows": (recorded, ["--rows", "0"], "--rows must be 1 or more, not 0"),
    "learning nothing": (recorded, ["--learning-rate", "0"], "--learning-rate must be above 0"),
    "infinite forget bias": (recorded, ["--forget-bias", "inf"], "--forget-bias must be finite"),
}


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `keras_port convert` in this process; returns exit status, stdout and stderr."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["keras_port", "convert", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        return ended.value.code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("case", BAD_CHECKPOINTS)
def test_a_bad_checkpoint_is_one_line_and_exit_2(case, run, tmp_path):
    make, flags, says = BAD_CHECKPOINTS[case]
    (tmp_path / "in").mkdir()
    status, out, err = run(make(tmp_path / "in"), tmp_path / "out.keras", *flags)
    assert status == 2 and out == ""
    assert err.count("\n") == 1 and re.search(says, err)
    assert not (tmp_path / "out.keras").exists()


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["a.keras", "b.keras"], "expected just one of the two to end in .keras"),
        (["a", "b"], "expected just one of the two to end in .keras"),
        (["none.keras", "b"], "none.keras: no such file"),
        (["none.keras", "."], ".: a folder; expected a prefix"),
        (["none.keras", "b", "--forget-bias", "1"], "--forget-bias: only for"),
    ],
    ids=["two models", "no model", "no such model", "to a folder", "a flag of the other way"],
)
def test_a_bad_command_is_one_line_and_exit_2(arguments, says, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and says in err
    assert not list(tmp_path.iterdir())


def test_the_command_both_ways(run, tmp_path):
    model, checkpoint = tmp_path / "model.keras", tmp_path / "back" / "model.ckpt"
    status, out, _ = run(RECORDED / "multi_lstm.ckpt", model, "--with-optimizer", "--rows", "5", "--keep-prob", "0.9")
    assert status == 0
    for name in shapes("multi_lstm"):
        assert any(line.startswith(name + " ") for line in out.splitlines())
    assert "forget bias 1.0" in out and "keep_prob 0.9" in out
    assert training.load(model).get_layer("dropout_1").rate == pytest.approx(0.1)
    for _ in range(2):
        status, out, _ = run(model, checkpoint)
        assert status == 0
    assert f"kept the earlier files in {tmp_path / 'back' / 'earlier-1'}" in out
    before, after = variables_of(RECORDED / "multi_lstm.ckpt"), variables_of(checkpoint)
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)
