"""Identifies which of the three networks a checkpoint holds, by its variables' names and shapes."""

import itertools
from collections.abc import Mapping
from typing import NamedTuple

from keras_port.conversion import tf1_names
from keras_port.conversion.weight_map import WEIGHT_MAP
from mnist_training import InputError

_CELLS = (
    "keras_port.conversion.cells converts single cells, stacks and bidirectional pairs of other networks "
    "(docs/checkpoints.md)"
)


class Identified(NamedTuple):
    """The network of a checkpoint, and the role of each variable.

    network: "lstm", "multi_lstm" or "bi_lstm".
    names: {the tutorial's variable name: the name in the checkpoint}, for every variable.
    sizes: units, columns and classes, as the `build` functions take them.
    slots: {name in the checkpoint: (the tutorial's variable name, slot)}, optimizer slots.
    counters: {name in the checkpoint: "beta1_power", "beta2_power" or "global_step"}.
    """

    network: str
    names: dict
    sizes: dict
    slots: dict
    counters: dict


def identify(shapes: Mapping[str, tuple]) -> Identified:
    """Return what the checkpoint with variables {name: shape} holds, as Identified.

    Any outer scope is accepted, and the cells' variable names of every TensorFlow 1 version. Every
    variable must have a role: InputError names those without one, or says that it is another network.
    """
    slots, counters = tf1_names.slots(shapes), tf1_names.bookkeeping(shapes)
    own = {name: shape for name, shape in shapes.items() if name not in slots and name not in counters}
    network, cells = _network(_lstm_cells(own), own)
    in_cells = [cell[leaf] for cell in cells for leaf in ("kernel", "bias")]
    others = [name for name in tf1_names.in_order(own) if name not in in_cells]
    rows, gates = own[in_cells[0]]
    units = gates // 4
    fit_others = _fit_readout if network == "bi_lstm" else _fit_projections
    fitted, sizes = fit_others(own, others, units, rows - units)
    # WEIGHT_MAP has them in this order, too: first what is beside the cells, then the cells.
    names = dict(zip((pair.tf1 for pair in WEIGHT_MAP[network]), [*fitted, *in_cells]))
    name_of = {name: tutorial for tutorial, name in names.items()}
    slots = {slot: (name_of[owner], kind) for slot, (owner, kind) in slots.items()}
    return Identified(network, names, {"units": units, **sizes}, slots, counters)


def _lstm_cells(shapes):
    """List (scope, {"kernel": name, "bias": name, ...}) of the scopes that look like an LSTM's."""
    fitting = []
    for scope, group in tf1_names.cells(shapes).items():
        if {"kernel", "bias"} <= set(group):
            kernel, bias = shapes[group["kernel"]], shapes[group["bias"]]
            if len(kernel) == 2 and kernel[1:] == bias and bias[0] % 4 == 0 and kernel[0] > bias[0] // 4:
                fitting.append((scope, group))
    # A dense layer may happen to have such shapes, and a cell that its user named does not have its class in its scope.
    named = [(scope, group) for scope, group in fitting if "lstm_cell" in scope.rpartition("/")[2]]
    return named or fitting


def _network(cells, shapes):
    """Return the network's name and its cells' groups, the forward one first."""
    directions = [match and match[0] for match in (tf1_names.component(scope, "fw|bw") for scope, _ in cells)]
    in_stack = [tf1_names.component(scope, r"multi_rnn_cell|cell_\d+") is not None for scope, _ in cells]
    groups = [group for _, group in cells]
    if directions == [None]:
        return ("multi_lstm" if in_stack[0] else "lstm"), groups
    if set(directions) == {"fw", "bw"} and len(cells) == 2 and not any(in_stack):
        forward, backward = groups if directions[0] == "fw" else reversed(groups)
        if shapes[forward["kernel"]] == shapes[backward["kernel"]]:
            return "bi_lstm", [forward, backward]
    if not cells:
        raise InputError(f"none of its variables is the kernel of an LSTM: {_listed(shapes)}. {_CELLS}")
    raise InputError(
        f"its LSTM cells are {', '.join(scope for scope, _ in cells)}; expected one (lstm), one in a "
        "multi_rnn_cell that all layers share (multi_lstm), or one each in fw and bw, of one size (bi_lstm). " + _CELLS
    )


def _fit_projections(shapes, others, units, inputs):
    """Return the names of w_in, w_out, b_in, b_out, and the sizes that they tell."""
    _check_count(shapes, others, 2, "two matrices and two vectors, of the input's projection and the readout")
    matrices = [name for name in others if len(shapes[name]) == 2]
    vectors = [name for name in others if len(shapes[name]) == 1]
    for w, b in itertools.product(itertools.permutations(matrices), itertools.permutations(vectors)):
        (columns, projected), (read, classes) = shapes[w[0]], shapes[w[1]]
        if projected == read == inputs == units and shapes[b[0]] == (units,) and shapes[b[1]] == (classes,):
            return [*w, *b], {"columns": columns, "classes": classes}
    raise InputError(
        f"{_listed(shapes, others)} do not fit an LSTM of {inputs} inputs and {units} units; "
        f"expected a projection (columns, {units}), ({units},) and a readout "
        f"({units}, classes), (classes,)"
    )


def _fit_readout(shapes, others, units, inputs):
    """Return the names of w and b of the readout, and the sizes that they and the cells tell."""
    _check_count(shapes, others, 1, "a matrix and a vector, of the readout")
    w, b = sorted(others, key=lambda name: len(shapes[name]), reverse=True)
    if shapes[w][0] != 2 * units or shapes[b] != shapes[w][1:]:
        raise InputError(
            f"{_listed(shapes, others)} do not fit two LSTMs of {units} units; expected "
            f"({2 * units}, classes) and (classes,)"
        )
    return [w, b], {"columns": inputs, "classes": shapes[b][0]}


def _check_count(shapes, others, count, expected):
    ranks = sorted(len(shapes[name]) for name in others)
    if ranks != [1] * count + [2] * count:
        raise InputError(
            f"besides the LSTM it holds {_listed(shapes, others)}; expected {expected}, and nothing else. {_CELLS}"
        )


def _listed(shapes, names=None):
    names = tf1_names.in_order(shapes if names is None else names)
    listed = ", ".join(f"{name} {shapes[name]}" for name in names[:12])
    return (listed or "nothing") + (f" and {len(names) - 12} more" if len(names) > 12 else "")
