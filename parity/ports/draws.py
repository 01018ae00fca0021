"""The rung about what is drawn at random: the outputs' distributions on both sides, over many sets of draws.

A few examples of a batch show them as well as all do, and a recurrent network of hundreds of steps is run
hundreds of times for it; so it is given few, where the graph takes batches of any size.
"""

import copy
import dataclasses
import time

import numpy as np

from parity import dropout

DRAWS, NUMBERS = 300, 64  # sets of draws on each side; numbers of the outputs whose distributions are compared
EXAMPLES = 32  # of the batch; of far fewer, a mask that all share would not stand out from one for each
LEAST, SECONDS = 100, 20  # that many sets are drawn in any case; all only where that takes no longer on a side


def compare(capture, graph_of, side_of):
    """Return the Rung.

    Args:
      capture: the Capture.
      graph_of: function of a Capture that returns its CapturedGraph, drawing, to be entered.
      side_of: function of none that returns the port's side, and raises the caller's exception where it fails.
    """
    few = few_examples(capture)
    if few is not None:
        try:
            return _compare(few, graph_of, side_of)
        except Exception:  # what a model does that has the batch's size in it, on either side
            pass
    return _compare(capture, graph_of, side_of)


def _compare(capture, graph_of, side_of):
    with graph_of(capture) as graph:
        left = _drawn(lambda: graph.logits(0))
        with side_of() as side:
            batch = side.batch(graph, 0)
            right = _drawn(lambda: side.draw(batch))
    rungs = [dropout.compare_draws(np.stack(a), np.stack(b)) for a, b in zip(zip(*left), zip(*right))]
    rung = max(rungs, key=lambda rung: np.nan_to_num(rung.difference, nan=np.inf))
    fewest = min(len(left), len(right))
    return rung if fewest == DRAWS else dataclasses.replace(rung, where=f"{rung.where}; {fewest} draws")


def _drawn(draw):
    began, drawn = time.monotonic(), []
    while len(drawn) < LEAST or (len(drawn) < DRAWS and time.monotonic() < began + SECONDS):
        drawn.append(_some(draw()))
    return drawn


def _some(outputs):
    """The same few numbers of all outputs, evenly from everywhere; and of their means over the batch.

    Masks that all examples share move the means more than masks of their own do.
    """
    values = [np.asarray(value, "float64") for _, value in sorted(outputs.items())]
    flat = [
        np.concatenate([np.ravel(value) for value in group])
        for group in (values, [np.atleast_1d(v).mean(0) for v in values])
    ]
    return [part[np.unique(np.linspace(0, len(part) - 1, NUMBERS).astype(int))] for part in flat]


def few_examples(capture):
    """Return the capture with the first examples of its first batch alone; None where its batches have one size."""
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
            value = np.full_like(value, EXAMPLES)  # the size, fed
        feeds[name] = value
    few = copy.copy(capture)
    few.feeds = [feeds]
    return few
