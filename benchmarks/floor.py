"""The floor: the multiplications that a step cannot do without, at the rate at which this machine multiplies."""

import time

import numpy as np

from mnist_training import Recipe

BATCH, ROWS, COLUMNS = 128, 28, 28


def operations(model):
    """Return the floating-point operations of a step's matrix products, forward and backward, nothing twice.

    lstm: the input projection is folded into the kernel. multi_lstm: dropout stands between them, so it cannot be;
    two of the layers are read. bi_lstm: 28 steps forwards, one backwards. A product has two more in its gradient:
    of its weights, and of its inputs where these are not the digits.
    """
    units = Recipe.of(model).units
    recurrent, pixels, features = (2 * BATCH * rows * 4 * units for rows in (units, COLUMNS, units))
    if model == "lstm":
        return ROWS * (3 * recurrent + 2 * pixels)
    if model == "bi_lstm":
        return ROWS * (3 * recurrent + 2 * pixels) + 2 * pixels
    return ROWS * 2 * (3 * recurrent + 3 * features)


def measure():
    """Return {"rate": operations a second of numpy's matrix product on all cores, "operations": {model: of a step}}."""
    left, right = np.ones((3584, 512), "float32"), np.ones((512, 1024), "float32")
    took = []
    for _ in range(12):
        began = time.perf_counter()
        left @ right
        took.append(time.perf_counter() - began)
    rate = 2 * left.shape[0] * left.shape[1] * right.shape[1] / min(took)
    return {"rate": rate, "operations": {model: operations(model) for model in ("lstm", "multi_lstm", "bi_lstm")}}


def table(found):
    """Return the lines of a Markdown table."""
    lines = [
        f"This machine multiplies large matrices of float32 at {found['rate'] / 1e9:.0f} GFLOP/s on all cores.",
        "",
        "| network | GFLOP a step | ms a step at that rate |",
        "| --- | --- | --- |",
    ]
    for model, count in found["operations"].items():
        lines.append(f"| {model} | {count / 1e9:.2f} | {1000 * count / found['rate']:.0f} |")
    return lines
