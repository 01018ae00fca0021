"""Saveables of the cuDNN layers: checkpoints hold the kernels and biases of the equivalent cells, by their names."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.cudnn_rnn.params import Layout

_Spec = internals.saver.BaseSaverBuilder.SaveSpec


class _CudnnSaveable(internals.saver.BaseSaverBuilder.SaveableObject):
    """Saves a layer's weight vector in the form of the cells' weights.

    Args:
      opaque_params: the variable that holds the vector.
      num_layers, num_units, input_size, input_mode, direction: settings of the layer.
      scope: prefix of the cells' names, a string or a VariableScope.
      name: name of the saveable.
    """

    _mode: str

    def __init__(
        self,
        opaque_params,
        num_layers,
        num_units,
        input_size,
        input_mode="linear_input",
        direction="unidirectional",
        scope=None,
        name="cudnn_rnn_saveable",
    ):
        self._layout = Layout(self._mode, num_layers, num_units, input_size, direction == "bidirectional")
        self._variable = opaque_params
        prefix = getattr(scope, "name", scope)
        kernels, biases = self._layout.to_cells(opaque_params)
        names = [f"{prefix}/{name}" if prefix else name for part in self._layout.names() for name in part]
        specs = [_Spec(tensor, "", name) for tensor, name in zip(kernels + biases, names)]
        super().__init__(tf.identity(opaque_params), specs, name)

    def restore(self, restored_tensors, restored_shapes):
        """Assign the vector, after the Saver has restored the raw one, whose layout may be another device's."""
        half = len(restored_tensors) // 2
        vector = self._layout.from_cells(restored_tensors[:half], restored_tensors[half:])
        here = tf.get_default_graph().get_name_scope()
        assigned = [
            op
            for op in tf.get_default_graph().get_operations()
            if op.type in ("Assign", "AssignVariableOp")
            and op.inputs[0].op is self._variable.op
            and (op.name + "/").startswith(here)
            and "save" in op.name
        ]
        with tf.control_dependencies(assigned):
            return tf.assign(self._variable, vector, validate_shape=False)


class CudnnLSTMSaveable(_CudnnSaveable):
    """Saveable of a CudnnLSTM."""

    _mode = "lstm"


class CudnnGRUSaveable(_CudnnSaveable):
    """Saveable of a CudnnGRU."""

    _mode = "gru"


class CudnnRNNTanhSaveable(_CudnnSaveable):
    """Saveable of a CudnnRNNTanh."""

    _mode = "rnn_tanh"


class CudnnRNNReluSaveable(_CudnnSaveable):
    """Saveable of a CudnnRNNRelu."""

    _mode = "rnn_relu"
