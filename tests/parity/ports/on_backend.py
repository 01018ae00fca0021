"""Ported models on the Keras backend of this process: `python on_backend.py REPORT PORT...`, folders of proven ports.

Writes REPORT, a JSON file of {folder: what went wrong, or ""}. Each model is loaded, predicts and trains as its
test_port.py says, is saved and loaded again, and trains on with fit.
"""

import json
import pathlib
import runpy
import sys
import tempfile
import traceback
import warnings

import keras
import numpy as np
import pytest


def check(folder):
    """Raise AssertionError, or whatever Keras raises, where the port in `folder` does not work here."""
    scope = runpy.run_path(str(folder / "test_port.py"))
    if scope["OUTPUTS"]:
        scope["test_the_outputs_are_those_of_the_graph"]()
        scope["test_another_weight_would_be_seen"]()
    if scope["LOSSES"].size:
        with pytest.MonkeyPatch.context() as patches:
            scope["test_the_losses_are_those_of_the_graph"](patches)
    model, inputs, labels = scope["load"](), scope["given"]("inputs", 0), scope["given"]("labels", 0)
    with tempfile.TemporaryDirectory() as saved:
        model.save(f"{saved}/model.keras")
        again = keras.models.load_model(f"{saved}/model.keras")
    for a, b in zip(model.get_weights(), again.get_weights()):
        np.testing.assert_array_equal(a, b)
    if scope["OUTPUTS"]:
        for a, b in zip(*(keras.tree.flatten(each(inputs, training=False)) for each in (model, again))):
            np.testing.assert_array_equal(keras.ops.convert_to_numpy(a), keras.ops.convert_to_numpy(b))
    size = len(inputs[0] if isinstance(inputs, list) else inputs)
    losses = again.fit(inputs, labels, batch_size=size, epochs=8, verbose=0).history["loss"]
    assert np.all(np.isfinite(losses)) and losses[-1] < losses[0], losses


def main(report, *folders):
    """Check all folders, one after another."""
    found = {}
    for folder in folders:
        keras.utils.clear_session(free_memory=False)  # layers are numbered as in a process of its own
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Skipping variable loading for optimizer")
                check(pathlib.Path(folder))
            found[folder] = ""
        except Exception:
            found[folder] = traceback.format_exc()
    pathlib.Path(report).write_text(json.dumps({"backend": keras.backend.backend(), "found": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
