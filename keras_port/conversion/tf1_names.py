"""How TensorFlow 1 named the variables of RNN cells and optimizers, from its first version to its last.

numpy and Keras are not needed: everything here is about names and shapes.
"""

import re

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


def modern(name):
    """Return what TensorFlow 1.2 and later would have called the variable of a cell.

    `RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix` and `rnn/.../basic_lstm_cell/weights`
    both end in `multi_rnn_cell/cell_0/basic_lstm_cell/kernel`.
    """
    for old, new in _OLD_LEAVES.items():
        if name == old or name.endswith("/" + old):
            name = name[: -len(old)] + new
    parts = [_OLD_COMPONENTS.get(part, re.sub(r"^Cell(\d+)$", r"cell_\1", part)) for part in name.split("/")]
    return "/".join(parts)


def in_order(names):
    """Sort names with their numbers taken as numbers, so that Variable_10 follows Variable_9."""
    return sorted(
        names, key=lambda name: [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
    )


def cells(names):
    """Group cells' variables: {modern scope: {"kernel": name, "bias": name, "gates/kernel": name, ...}}.

    A scope is here when it holds a `kernel`; what else a cell keeps, such as peepholes, is in
    its group, too.
    """
    found = {}
    for name in in_order(names):
        scope, _, leaf = modern(name).rpartition("/")
        part = re.search(r"(?:^|/)(gates|candidate/(?:input|hidden)_projection|candidate|projection)$", scope)
        if part:
            scope, leaf = scope[: part.start()], f"{part[1]}/{leaf}"
        found.setdefault(scope, {})[leaf] = name
    return {scope: group for scope, group in found.items() if any(leaf.endswith("kernel") for leaf in group)}


def component(scope, pattern):
    """Return the match of the first component of `scope` that `pattern` matches whole, or None."""
    matches = (re.fullmatch(pattern, part) for part in scope.split("/"))
    return next((match for match in matches if match), None)


def slots(shapes):
    """Find optimizer slots: {slot's name: (variable's name, what the slot is called)}.

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


def bookkeeping(shapes):
    """Find counters and the like: {name: "beta1_power", "beta2_power" or "global_step"}."""
    return {
        name: _BOOKKEEPING.search(name)[2]
        for name, shape in shapes.items()
        if shape == () and _BOOKKEEPING.search(name)
    }
