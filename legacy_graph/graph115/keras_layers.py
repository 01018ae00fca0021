"""Layers of tf.keras and tf.layers, with the names and ops that TensorFlow 1.15 gave them."""

import contextlib

from legacy_graph import internals
from legacy_graph.graph115.replacement import replaces, replaces_gradient


@replaces(internals.keras_rnn.base_rnn.RNN, "build")
def build_rnn(today, layer, input_shape):
    """A cell's weights were named after the layer only: `lstm/kernel`."""
    with _named_after_the_layer([layer.cell]):
        return today(layer, input_shape)


@replaces(internals.keras_rnn.stacked_rnn_cells.StackedRNNCells, "build")
def build_stacked_cells(today, stack, input_shape):
    """The weights of stacked cells, too: `rnn/kernel`, `rnn/kernel_1`."""
    with _named_after_the_layer(stack.cells):
        return today(stack, input_shape)


@contextlib.contextmanager
def _named_after_the_layer(cells):
    """Make each cell use the current name scope instead of one of its own."""
    scope = internals.ops.get_default_graph().get_name_scope()
    layers = [cell for cell in cells if scope and isinstance(cell, internals.keras_v1.layers.Layer)]
    names = [cell._name for cell in layers]
    try:
        for cell in layers:
            cell._name = scope + "/"
        yield
    finally:
        for cell, name in zip(layers, names):
            cell._name = name


@replaces(internals.keras_dropout.Dropout, "call")
def dropout(today, layer, inputs, training=None):
    """A rate of 0 was not a special case: the graph had the conditional for training, too."""
    if not isinstance(layer.rate, (int, float)) or layer.rate != 0:
        return today(layer, inputs, training)
    if training is None:
        training = internals.keras_v1.backend.learning_phase()
    return internals.keras_control_flow.smart_cond(
        training, lambda: inputs, lambda: internals.array_ops.identity(inputs)
    )


@replaces_gradient("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3")
def fused_batch_norm_gradient(today, op, *grads):
    """In training, all five outputs of the gradient op were returned."""
    found = today(op, *grads)
    return found[0].op.outputs if op.get_attr("is_training") else found
