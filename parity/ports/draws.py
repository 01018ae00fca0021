"""The rung for random outputs: compares the outputs' distributions on both sides over many draws.

A few examples of a batch are enough for that, and a recurrent network of hundreds of steps has to run hundreds of
times, so the batch is cut down where the graph accepts batches of any size.
"""

import copy
import dataclasses
import time

import numpy as np

from parity import dropout

DRAWS, NUMBERS = 300, 64  # sets of draws per side; number of output elements whose distributions are compared
EXAMPLES = 32  # of the batch; with far fewer, a mask shared by all could not be told from one per example
LEAST, SECONDS = 40, 10  # at least LEAST sets are drawn, and all DRAWS within SECONDS per side


def compare(capture, graph_of, side_of):
    """Return the Rung.

    Args:
      capture: the Capture.
      graph_of: function of a Capture that returns its CapturedGraph, a context manager, with random numbers on.
      side_of: function without arguments that returns a context manager for the port's side.
    """
    few = few_examples(capture)
    if few is not None:
        try:
            return _compare(few, graph_of, side_of)
        except Exception:  # either side may depend on the full batch size
            pass
    return _compare(capture, graph_of, side_of)


def _compare(capture, graph_of, side_of):
    with graph_of(capture) as graph:
        left = _drawn(lambda: graph.logits(0))
        with side_of() as side:
            batch = side.batch(graph, 0)
            right = _drawn(lambda: side.draw(batch))
    fewest = min(len(left), len(right))  # equally many: the spread of few draws is estimated too small
    pairs = zip(zip(*left[:fewest]), zip(*right[:fewest]))
    rungs = [dropout.compare_draws(np.stack(a), np.stack(b)) for a, b in pairs]
    rung = max(rungs, key=lambda rung: np.nan_to_num(rung.difference, nan=np.inf))
    return rung if fewest == DRAWS else dataclasses.replace(rung, where=f"{rung.where}; {fewest} draws")


def _drawn(draw):
    began, drawn = time.monotonic(), []
    while len(drawn) < LEAST or (len(drawn) < DRAWS and time.monotonic() < began + SECONDS):
        drawn.append(_some(draw()))
    return drawn


def _some(outputs):
    """Return a fixed, evenly spaced selection of the outputs' elements, and one of their means over the batch.

    A mask shared by all examples gives the means a larger variance than separate masks do.
    """
    values = [np.asarray(value, "float64") for _, value in sorted(outputs.items())]
    flat = [
        np.concatenate([np.ravel(value) for value in group])
        for group in (values, [np.atleast_1d(v).mean(0) for v in values])
    ]
    return [part[np.unique(np.linspace(0, len(part) - 1, NUMBERS).astype(int))] for part in flat]


def few_examples(capture):
    """Return the capture reduced to the first EXAMPLES examples of its first batch.

    Returns None where the graph fixes the batch size, or the batch is not larger.
    """
    size, axes = capture.about.get("batch_size"), capture.about.get("batch_axis") or {}
    shapes = {feed["tensor"]: feed["shape"] for feed in capture.about["feeds"]}
    if not axes or size is None or size <= EXAMPLES:
        return None
    feeds = {}
    for name, value in capture.feeds[0].items():
        if name in axes:
            if value.shape[axes[name]] != size or shapes.get(name) is None or shapes[name][axes[name]] is not None:
                return None
            value = np.take(value, range(EXAMPLES), axis=axes[name])
        elif value.ndim == 0 and np.issubdtype(value.dtype, np.integer) and value == size:
            value = np.full_like(value, EXAMPLES)  # a feed of the batch size
        feeds[name] = value
    few = copy.copy(capture)
    few.feeds = [feeds]
    return few
