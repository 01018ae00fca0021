"""TensorFlow 1's variable names of RNN cells and optimizers, in all its versions.

Needs neither numpy nor Keras: this is about names and shapes only.
"""

import re
from collections.abc import Iterable, Mapping

_OLD_COMPONENTS = {  # before 1.0 scopes had the names of classes
    "BasicLSTMCell": "basic_lstm_cell",
    "LSTMCell": "lstm_cell",
    "GRUCell": "gru_cell",
    "BasicRNNCell": "basic_rnn_cell",
    "MultiRNNCell": "multi_rnn_cell",
    "Gates": "gates",
    "Candidate": "candidate",
    "FW": "fw",
    "BW": "bw",
}
_OLD_LEAVES = {  # before 1.0, and before 1.2
    "Linear/Matrix": "kernel",
    "Linear/Bias": "bias",
    "weights": "kernel",
    "biases": "bias",
}
ADAM_SLOTS = ("Adam", "Adam_1")  # the first and the second moment
_BOOKKEEPING = re.compile(r"(^|/)(beta1_power|beta2_power|global_step)(_\d+)?$")


def modern(name: str) -> str:
    """Return a cell variable's name in TensorFlow 1.2 and later.

    `RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix` and `rnn/.../basic_lstm_cell/weights`
    both end in `multi_rnn_cell/cell_0/basic_lstm_cell/kernel`.
    """
    for old, new in _OLD_LEAVES.items():
        if name == old or name.endswith("/" + old):
            name = name[: -len(old)] + new
    parts = [_OLD_COMPONENTS.get(part, re.sub(r"^Cell(\d+)$", r"cell_\1", part)) for part in name.split("/")]
    return "/".join(parts)


def in_order(names: Iterable[str]) -> list[str]:
    """Sort names by their numbers' values, so that Variable_10 follows Variable_9."""
    return sorted(
        names, key=lambda name: [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
    )


def cells(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Group cells' variables: {modern scope: {"kernel": name, "bias": name, "gates/kernel": name, ...}}.

    A scope with a `kernel` is a cell's; its other variables, such as peepholes, are in its group, too.
    """
    found: dict[str, dict[str, str]] = {}
    for name in in_order(names):
        scope, _, leaf = modern(name).rpartition("/")
        part = re.search(r"(?:^|/)(gates|candidate/(?:input|hidden)_projection|candidate|projection)$", scope)
        if part:
            scope, leaf = scope[: part.start()], f"{part[1]}/{leaf}"
        found.setdefault(scope, {})[leaf] = name
    return {scope: group for scope, group in found.items() if any(leaf.endswith("kernel") for leaf in group)}


def component(scope: str, pattern: str | re.Pattern) -> re.Match | None:
    """Return the full match of `pattern` with the first component of `scope` that has one, or None."""
    matches = (re.fullmatch(pattern, part) for part in scope.split("/"))
    return next((match for match in matches if match), None)


def slots(shapes: Mapping[str, tuple]) -> dict[str, tuple[str, str]]:
    """Find optimizer slots: {full name: (variable's name, slot's name)}.

    TensorFlow 1 calls a slot `[scope/]VARIABLE/SLOT`, with the variable's whole name in it.
    """
    found = {}
    for name, shape in shapes.items():
        owner_path, _, slot = name.rpartition("/")
        owners = [
            owner
            for owner in shapes
            if shapes[owner] == shape and shape != () and (owner_path == owner or owner_path.endswith("/" + owner))
        ]
        if owners:
            found[name] = (max(owners, key=len), slot)
    return {name: (owner, slot) for name, (owner, slot) in found.items() if owner not in found}


def bookkeeping(shapes: Mapping[str, tuple]) -> dict[str, str]:
    """Find counters and the like: {name: "beta1_power", "beta2_power" or "global_step"}."""
    found = {name: _BOOKKEEPING.search(name) for name, shape in shapes.items() if shape == ()}
    return {name: match[2] for name, match in found.items() if match}
