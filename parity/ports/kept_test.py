"""Writes the test that stays with a port: it needs only pytest, Keras, NumPy and the graph's recorded results."""

import pathlib

import numpy as np

from mnist_training import replacing
from parity import tolerances

FILES = ("test_port.py", "reference.npz")

_TEST = '''"""The model is still what it was ported from: {script}, a TensorFlow 1 program.

reference.npz holds batches of its training and what its graph computed of them: outputs without
training, and losses with dropout off.
    pytest {name}
"""

import importlib.util
import inspect
import pathlib

import keras
import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent
with np.load(HERE / "reference.npz") as file:
    REFERENCE = {{name: file[name] for name in file.files}}
LOSSES = REFERENCE["losses"]  # before each training step
OUTPUTS = [name for name in REFERENCE if name.startswith("outputs/")]
# The optimizer's state is taken from reference.npz where it is needed.
pytestmark = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")


def load():
    """The ported model with the weights that it was ported with, and dropout off."""
    spec = importlib.util.spec_from_file_location("ported_model", HERE / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.build(**{{name: 1.0 for name in inspect.signature(module.build).parameters if "keep_prob" in name}})
    for layer in model._flatten_layers():
        for name, value in vars(layer).copy().items():
            if isinstance(value, float) and "keep_prob" in name:
                setattr(layer, name, 1.0)
            elif isinstance(value, float) and "ropout" in type(layer).__name__ and name == "rate":
                setattr(layer, name, 0.0)
    model.load_weights(HERE / "model.keras")
    return model


def given(what, step):
    """What the model is given in a step: one array, a list of them, or None."""
    arrays = [REFERENCE[name] for name in REFERENCE if name.startswith(f"{{step}}/{{what}}/")]
    return arrays[0] if len(arrays) == 1 else arrays or None


def differences(model):
    """The largest difference of each output, over its bound: at most 1 where they are the same."""
    outputs = keras.tree.flatten(model(given("inputs", 0), training=False))
    for name in OUTPUTS:
        expected, output = REFERENCE[name], keras.ops.convert_to_numpy(outputs[int(name.split("/")[1])])
        difference = np.max(np.abs(np.reshape(output, expected.shape) - expected), initial=0.0)
        yield difference / ({atol} + {rtol} * np.max(np.abs(expected), initial=0.0))  # {forward}


@pytest.mark.skipif(not OUTPUTS, reason="the outputs are drawn at random")
def test_the_outputs_are_those_of_the_graph():
    assert max(differences(load())) <= 1


@pytest.mark.skipif(not LOSSES.size, reason="the proof ended before the losses")
def test_the_losses_are_those_of_the_graph(monkeypatch):
    monkeypatch.setattr(keras.random, "dropout", lambda inputs, *_, **__: inputs)  # that of cells
    model = load()
    model.optimizer.build(model.trainable_variables)
    for variable, number in zip(model.optimizer.variables, range(len(model.optimizer.variables))):
        if variable.name != "learning_rate":  # it is model.py that says this one
            variable.assign(REFERENCE[f"optimizer/{{number}}"])
    for step in range({steps}):
        model.reset_metrics()
        loss = model.train_on_batch(given("inputs", step), given("labels", step), return_dict=True)["loss"]
        assert float(loss) == pytest.approx(LOSSES[step], rel={loss_rtol}, abs={loss_atol})  # {trajectory}


@pytest.mark.skipif(not OUTPUTS, reason="the outputs are drawn at random")
def test_another_weight_would_be_seen():
    model = load()
    for variable in model.trainable_variables:
        variable.assign(variable + 0.01)
    assert max(differences(model)) > 1
'''


def write(folder, proof):
    """Write test_port.py and reference.npz to a port's folder.

    Args:
      folder: path of the port.
      proof: the parity.ports.prove.Proof.
    """
    folder = pathlib.Path(folder)
    steps = sum(1 for number in range(len(proof.capture.feeds)) if f"{number}/inputs/0" in proof.reference)
    text = _TEST.format(
        script=pathlib.Path(proof.capture.about["script"]).name,
        name=FILES[0],
        steps=min(steps, len(proof.reference["losses"])),
        atol=tolerances.FORWARD.atol,
        rtol=tolerances.FORWARD.rtol,
        forward=tolerances.FORWARD.reason,
        loss_atol=tolerances.TRAJECTORY.atol,
        loss_rtol=tolerances.TRAJECTORY.rtol,
        trajectory=tolerances.TRAJECTORY.reason.partition(";")[0],
    )
    with replacing(folder / FILES[1]) as name:
        np.savez_compressed(name, **proof.reference)
    with replacing(folder / FILES[0]) as name:
        name.write_text(text, encoding="utf-8")
