"""Advance the random ops of a session to where they were after a number of runs.

A random op of TensorFlow 1 keeps its generator's counter inside its kernel, one per session: no
checkpoint holds it and nothing can set it. It can only be advanced by drawing. `Session.run` cannot feed
or fetch inside dynamic_rnn's while loop, but TensorFlow's C++ session can feed the shape that a random op
draws, which takes the op out of the loop: it then draws as often as needed, from the kernel that the
loop uses. A draw advances the counter by its number of values, so a few large draws equal many small ones.
"""

import math

import numpy as np

from legacy_graph.internals import callable_without_checks

_AT_ONCE = 2**22  # 16 MiB


def skip_runs(session, runs):
    """Advance a new `training.Session` to the dropout masks that follow after `runs` runs.

    A run is one evaluation of the logits, with or without a training step. The graph must draw in order
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
