"""Names for inputs, layers and the module: those that the script used, where they are known."""

import re

from keras_port.translation.expressions.expression import walk
from keras_port.translation.graph import tensor_name
from keras_port.translation.writing.names import identifier

_GIVEN_BY_TENSORFLOW = re.compile(
    r"(placeholder|zeros|const|input|iterator_get_next|queue_dequeue|strided_slice|slice|gather)_?(_\d+)*"
)
_GENERIC = frozenset(
    (
        "rnn",
        "basic_lstm_cell",
        "lstm_cell",
        "gru_cell",
        "basic_rnn_cell",
        "multi_rnn_cell",
        "bidirectional_rnn",
        "train_op",
        "while",
        "kernel",
        "bias",
        "weights",
        "biases",
        "gates",
        "lstm_fused_cell",
        "model",
    )
)
_SNAKE_CASE = {
    "Conv2D": "conv",
    "Conv2DTranspose": "conv_transpose",
    "MaxPooling2D": "max_pooling",
    "AveragePooling2D": "average_pooling",
    "UpSampling2D": "up_sampling",
    "SimpleRNN": "simple_rnn",
    "BatchNormalization": "batch_normalization",
}
_NO_LAYERS_OF_THE_SCRIPT = ("Weight", "WithLoss")


def of_tensor(capture, tensor):
    """Return a name for a fed tensor, or None.

    It is the op's name where the script chose one, otherwise the name of the Python variable.
    """
    name = identifier(tensor_name(tensor)[0].rpartition("/")[2])
    if not _GIVEN_BY_TENSORFLOW.fullmatch(name):
        return name
    return identifier(capture.names[tensor]) if tensor in capture.names else None


def by_role(expression, outputs):
    """Return a name for an input that the script did not name, from how it is used."""
    if not any(part is expression for part in walk(*outputs)):
        return "labels"
    if any(part.op == "layer" and expression in part.args[1 : 1 + part.options["initial"]] for part in walk(*outputs)):
        return "initial_state"
    return "x"


def of_layer(layer, is_taken):
    """Return a name for a layer, from its scope; `is_taken(name)` tells whether the name is in use."""
    parts = specific_parts(layer.scope)
    kind = _SNAKE_CASE.get(layer.kind, layer.kind.lower())
    if not parts or layer.scope.count(", ") > 1:  # three variables and more: none of them names the whole
        return kind
    if parts[-1] in ("fw", "bw"):
        return f"{'forward' if parts[-1] == 'fw' else 'backward'}_{kind}"
    candidates = [identifier(parts[-1], kind), identifier("_".join(parts[-2:]), kind)]
    return next((name for name in candidates if not is_taken(name)), candidates[0])


def specific_parts(scope):
    """Return the parts of a scope that are specific, unlike those that TensorFlow gives by default.

    A scope may be a list of variables that have none in common, "W1, b1": their short names tell nothing.
    """
    untelling = r"[Vv]ariable(_\d+)?|\w\w?(_?\d+)?" if ", " in scope else r"[Vv]ariable(_\d+)?|w|b|W|B"
    return [
        part
        for part in scope.replace(", ", "/").split("/")
        if part.lower() not in _GENERIC and not re.fullmatch(untelling, part)
    ]


def title(script, roots):
    """Return the first line of the module's docstring: the script's name, and the model's layers in order."""
    kinds = {}
    for part in walk(*roots):
        if part.op in ("call", "layer") and part.options["layer"].weights:
            layer = part.options["layer"]
            kinds.setdefault("RNN" if layer.cell is not None else layer.kind, set()).add(id(layer))
    described = [_counted(kind, len(found)) for kind, found in kinds.items() if kind not in _NO_LAYERS_OF_THE_SCRIPT]
    listed = " and ".join(part for part in (", ".join(described[:-1]), *described[-1:]) if part)
    return f"Ported from {script}, a TensorFlow 1 program: {listed or 'no layer'}."


def _counted(kind, count):
    if count > 1:
        return f"{count} {kind} layers"
    return f"{'an' if kind[0] in 'AEIOU' or kind in ('LSTM', 'RNN') else 'a'} {kind} layer"
