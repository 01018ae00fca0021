"""Where the random ops of a session stand, and how they get there without the steps in between.

A random op of TensorFlow 1 keeps its place inside its kernel, one a session: no checkpoint holds
it and nothing can set it. What can be done is to draw. Inside the while loop of dynamic_rnn no
Python may feed or fetch, but TensorFlow itself lets the shape that an op draws be fed, which cuts
it out of its loop. It then draws as often as asked, from the very kernel that the loop will use.
A draw moves a kernel on by its number of values alone, so a few large ones do for many small ones.
"""

import math

import numpy as np

from legacy_graph.internals import callable_without_checks

_AT_ONCE = 2**22  # 16 MiB


def skip_runs(session, runs):
    """Let the dropout masks of a new `training.Session` be those that come after so many runs.

    A run is one of the logits, with or without a training step. For a graph that draws in order
    (see training.draws_in_order).
    """
    drawing = [op for op in _ancestors(session.program.logits.op) if op.type == "RandomUniform"]
    if not drawing or not runs:
        return
    rows = session.program.x.shape.as_list()[1]  # the while loop's steps
    left = runs * rows * session.recipe.batch_size * session.recipe.units
    draw = callable_without_checks(
        session.session, feeds=[op.inputs[0].name for op in drawing], targets=[op.name for op in drawing]
    )
    for _ in range(math.ceil(left / _AT_ONCE)):
        now = min(left, _AT_ONCE)
        draw(*[np.array([now], "int32")] * len(drawing))
        left -= now


def _ancestors(op):
    found, waiting = {}, [op]
    while waiting:
        op = waiting.pop()
        if op not in found:
            found[op] = None
            waiting += [tensor.op for tensor in op.inputs]
            waiting += op.control_inputs
    return found
