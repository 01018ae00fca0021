"""What a Saver writes for a cuDNN layer: the kernels and biases of the cells that equal it, by their names."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.cudnn_rnn.params import Layout

_Spec = internals.saver.BaseSaverBuilder.SaveSpec


class _CudnnSaveable(internals.saver.BaseSaverBuilder.SaveableObject):
    """The vector of a layer's weights as the cells' weights.

    Args:
      opaque_params: the variable.
      num_layers, num_units, input_size, input_mode, direction: the layer's.
      scope: in front of the cells' names, a name or a variable scope.
      name: of the saveable.
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
        """Assign the vector. What a Saver restores of it as it is comes first: its layout may be another machine's."""
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
    """For CudnnLSTM."""

    _mode = "lstm"


class CudnnGRUSaveable(_CudnnSaveable):
    """For CudnnGRU."""

    _mode = "gru"


class CudnnRNNTanhSaveable(_CudnnSaveable):
    """For CudnnRNNTanh."""

    _mode = "rnn_tanh"


class CudnnRNNReluSaveable(_CudnnSaveable):
    """For CudnnRNNRelu."""

    _mode = "rnn_relu"
