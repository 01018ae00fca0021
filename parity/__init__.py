"""Sets a TF 1 graph and a Keras model side by side, and says where they differ.

    import parity
    left = parity.GraphModel(session, parity.Program(x, y, logits, loss, train_op, accuracy))
    right = parity.KerasSide(model, to_tf1, from_tf1, shape=(28, 28))
    parity.check(left, right, batches)      # AssertionError with a report unless they are the same

docs/own_models.md tells more.
"""

import importlib

_HOMES = {  # imported at first use: the command checks what it was asked before TensorFlow loads
    "GraphModel": "legacy_graph.graph_model",
    "Program": "legacy_graph.program",
    "KerasSide": "parity.sides",
    "check": "parity.ladder",
    "climb": "parity.ladder",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'parity' has no attribute {name!r}; it has {', '.join(__all__)}")
