"""TensorFlow 1 behaviour inside a context, restored when it ends.

Importing this package changes no setting of the process. Inside `tf1_behavior()` TensorFlow 1.15's
defaults hold: graph mode, reference variables, v1 control flow, comparison of tensors by identity,
and shapes made of `Dimension`s. Keras 3 may run eagerly before and after it in the same process.
Several threads may be inside at a time: TensorFlow's settings belong to the process, and are restored
when the last thread leaves.

Two additions outlive the context once a part of `tf.contrib` was imported. Neither changes existing names:
tf_slim's modules get names that TensorFlow has moved (`contrib.tf_slim_patches`), and ops whose gradients
TensorFlow has dropped get them back (`contrib.rnn.gradients`, and two in `contrib.layers`).
"""

import contextlib
import logging
import warnings
from collections.abc import Iterator

import tensorflow as tf

from legacy_graph import internals
from legacy_graph.graph115 import op_seeds
from legacy_graph.shared import shared


class _Switch:
    """One global setting of TensorFlow: how to read it, and how to set it to v1 or v2."""

    def __init__(self, is_v2, use_v1, use_v2):
        self.is_v2, self.use_v1, self.use_v2 = is_v2, use_v1, use_v2

    def set(self, v2):
        (self.use_v2 if v2 else self.use_v1)()


_SWITCHES = (
    _Switch(internals.tf2.enabled, internals.tf2.disable, internals.tf2.enable),
    _Switch(
        tf.compat.v1.resource_variables_enabled,
        internals.resource_variables_toggle.disable_resource_variables,
        internals.resource_variables_toggle.enable_resource_variables,
    ),
    _Switch(
        tf.compat.v1.control_flow_v2_enabled,
        internals.control_flow_v2_toggles.disable_control_flow_v2,
        internals.control_flow_v2_toggles.enable_control_flow_v2,
    ),
    _Switch(
        lambda: internals.tensor.Tensor._USE_EQUALITY,
        internals.tensor.disable_tensor_equality,
        internals.tensor.enable_tensor_equality,
    ),
    _Switch(
        lambda: internals.tensor_shape.TensorShape(None)._v2_behavior,
        internals.tensor_shape.disable_v2_tensorshape,
        internals.tensor_shape.enable_v2_tensorshape,
    ),
    # The mode in which new threads start: a Supervisor's, and those of queues.
    _Switch(
        lambda: internals.context.default_execution_mode == internals.context.EAGER_MODE,
        lambda: setattr(internals.context, "default_execution_mode", internals.context.GRAPH_MODE),
        lambda: setattr(internals.context, "default_execution_mode", internals.context.EAGER_MODE),
    ),
)


@contextlib.contextmanager
def tf1_behavior(graph: tf.Graph | None = None, quiet: bool = True) -> Iterator[tf.Graph]:
    """Run the body as TensorFlow 1.15 would, in `graph` (a new tf.Graph when None).

    Yields the graph, which is the default graph inside. On leaving, also by an exception,
    every setting is restored. `quiet` suppresses TensorFlow's deprecation warnings.
    """
    with tf1_switches(quiet), (graph or tf.Graph()).as_default() as graph:
        yield graph


@contextlib.contextmanager
def tf1_switches(quiet: bool = True) -> Iterator[None]:
    """Like `tf1_behavior`, without a new graph.

    Eager execution is not changed: the body enters a graph, or has disabled it for the process
    (which only the script runner does).
    """
    # A thread takes its mode from the default when it first asks. That must happen before the switch, or a
    # process whose first TensorFlow code is in this context would stay in graph mode.
    internals.context.context().executing_eagerly()
    with _switched_to_v1(quiet), op_seeds.numbered_as_in_115():
        yield


@shared
def _switched_to_v1(quiet):
    """Switch TensorFlow's settings to v1; the last thread to leave restores those that the first one found."""
    before = [switch.is_v2() for switch in _SWITCHES]
    with _deprecation_messages_hidden() if quiet else contextlib.nullcontext(), _fast_layer_creation():
        try:
            for switch in _SWITCHES:
                switch.set(v2=False)
            yield
        finally:
            for switch, v2 in zip(_SWITCHES, before):
                switch.set(v2)


@contextlib.contextmanager
def _fast_layer_creation():
    """Set the bases of a tf_keras layer's class only where they change.

    tf_keras sets them whenever a layer or cell is made, nearly always to what they are. Each time Python then
    updates all subclasses of these classes, which takes some 9 ms.
    """
    module, today = internals.keras_versions, internals.keras_versions.swap_class
    module.swap_class = _swap_class
    try:
        yield
    finally:
        module.swap_class = today


def _swap_class(cls, v2_cls, v1_cls, use_v2):
    """Do what tf_keras's function of this name does: put the v1 or the v2 class among the bases of `cls`."""
    if cls is object:
        return cls
    if cls in (v2_cls, v1_cls):
        return v2_cls if use_v2 else v1_cls

    def needs_swap(base):
        if use_v2:
            return issubclass(base, v1_cls) and not issubclass(base, v2_cls)
        return issubclass(base, v2_cls)

    bases = tuple(_swap_class(base, v2_cls, v1_cls, use_v2) if needs_swap(base) else base for base in cls.__bases__)
    if bases != cls.__bases__:
        cls.__bases__ = bases
    return cls


@contextlib.contextmanager
def _deprecation_messages_hidden():
    logger = logging.getLogger("tensorflow")
    logger.addFilter(_is_not_deprecation)
    try:
        with warnings.catch_warnings(), internals.deprecation.silence():
            warnings.filterwarnings("ignore", r"`tf\.|`layer\.|`Model\.", UserWarning)
            yield
    finally:
        logger.removeFilter(_is_not_deprecation)


def _is_not_deprecation(record):
    """A log filter: False for Keras's deprecation messages."""
    return "deprecated" not in str(record.msg) or "tf_keras" not in record.pathname
