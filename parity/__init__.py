"""Compares a TF 1 graph with a Keras model, and shows where they differ.

    import parity
    left = parity.GraphModel(session, parity.Program(x, y, logits, loss, train_op, accuracy))
    right = parity.KerasSide(model, to_tf1, from_tf1, shape=(28, 28))
    parity.check(left, right, batches)      # AssertionError with a report unless they are the same

See docs/own_models.md.
"""

from typing import TYPE_CHECKING

from mnist_training import lazy

if TYPE_CHECKING:
    from legacy_graph.graph_model import GraphModel
    from legacy_graph.program import Program
    from parity.ladder import check, climb
    from parity.sides import KerasSide

__all__ = ["GraphModel", "KerasSide", "Program", "check", "climb"]
__getattr__, __dir__ = lazy.attributes(
    __name__,
    GraphModel="legacy_graph.graph_model:GraphModel",
    KerasSide="parity.sides:KerasSide",
    Program="legacy_graph.program:Program",
    check="parity.ladder:check",
    climb="parity.ladder:climb",
)
