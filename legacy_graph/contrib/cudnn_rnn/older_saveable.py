"""The saveable of the older cuDNN models: checkpoints of TensorFlow 1.0 to 1.2.

For an LSTM of one direction, 1.2 wrote per layer a cell's kernel, its bias, and the two cuDNN biases that add up to
it. For all other models, and always before 1.2, cuDNN's matrices and biases were written, named after their tensors.
"""

import weakref

import tensorflow.compat.v1 as tf

from legacy_graph import internals

_Spec = internals.saver.BaseSaverBuilder.SaveSpec
_INNER = (0, 2, 1, 3)  # cuDNN's gates i, f, c, o in the cells' order i, c, f, o; its own inverse
_names: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # tensor -> what the op of TF 1 called it


def named(op_name, weights, biases):
    """Return the two lists; remember the names that their tensors had as outputs of one op."""
    for number, tensor in enumerate([*weights, *biases]):
        _names[tensor] = f"{op_name}:{number}"
    return weights, biases


class RNNParamsSaveable(internals.saver.BaseSaverBuilder.SaveableObject):
    """Saves a weight vector as cuDNN's matrices and biases, or as a cell's.

    Args:
      cudnn_rnn: the model. TF 1.0 and 1.1 had no such argument.
      params_to_canonical, canonical_to_params: the model's methods of these names.
      param_variables: list of one variable, the vector.
      base_variable_scope: prefix of the saved names.
      name: name of the saveable.
    """

    def __init__(self, *args, **kwargs):
        fields = ["params_to_canonical", "canonical_to_params", "param_variables", "name"]
        self._model = kwargs.pop("cudnn_rnn", None)
        if self._model is None and args and not callable(getattr(args[0], "__func__", None)):
            self._model, *args = args
        if self._model is not None:
            fields[3:3] = ["base_variable_scope"]
        given = {**dict(zip(fields, args)), **kwargs}
        unknown = set(given) - set(fields)
        if unknown or len(args) > len(fields):
            raise TypeError(f"RNNParamsSaveable takes {', '.join(fields)}; got {sorted(unknown) or len(args)}.")
        self._from_canonical, self._variables = given["canonical_to_params"], given["param_variables"]
        weights, biases = given["params_to_canonical"](self._variables[0])
        self._as_cells = self._model is not None and (self._model.rnn_mode, self._model.direction) == (
            "lstm",
            "unidirectional",
        )
        saved = (
            self._to_cells(weights, biases)
            if self._as_cells
            else [(_names.get(t, t.name), t) for t in weights + biases]
        )
        scope = given.get("base_variable_scope")
        specs = [_Spec(tensor, "", f"{scope}/{name}" if scope else name) for name, tensor in saved]
        super().__init__(None, specs, given.get("name", "params_canonical"))

    def restore(self, restored_tensors, restored_shapes):
        """Assign the vector that the restored tensors make."""
        if self._as_cells:
            weights, biases = self._from_cells(restored_tensors)
        else:
            half = len(restored_tensors) // 2
            weights, biases = restored_tensors[:half], restored_tensors[half:]
        vector = self._from_canonical(weights, biases)
        return tf.assign(self._variables[0], vector, validate_shape=False)

    def _to_cells(self, weights, biases):
        kernels, sums = [], []
        for layer in range(self._model.num_layers):
            place = f"multi_rnn_cell/cell_{layer}/cudnn_compatible_lstm_cell/"
            of_layer, of_biases = weights[8 * layer : 8 * layer + 8], biases[8 * layer : 8 * layer + 8]
            rows = [tf.concat([of_layer[gate], of_layer[gate + 4]], 1) for gate in _INNER]
            kernels.append((place + "kernel", tf.transpose(tf.concat(rows, 0))))
            beside_input, beside_state = (tf.concat([of_biases[gate + k] for gate in _INNER], 0) for k in (0, 4))
            sums += [
                (place + "bias", beside_input + beside_state),
                (place + "bias_cudnn_0", beside_input),
                (place + "bias_cudnn_1", beside_state),
            ]
        return kernels + sums

    def _from_cells(self, restored):
        layers = self._model.num_layers
        weights, biases = [], []
        for layer, kernel in enumerate(restored[:layers]):
            rows = tf.split(tf.transpose(kernel), 4, axis=0)
            inputs = self._model.num_units if layer else self._model.input_size
            weights += [rows[gate][:, :inputs] for gate in _INNER] + [rows[gate][:, inputs:] for gate in _INNER]
            _, beside_input, beside_state = restored[layers + 3 * layer : layers + 3 * layer + 3]
            for bias in (beside_input, beside_state):
                parts = tf.split(bias, 4)
                biases += [parts[gate] for gate in _INNER]
        return weights, biases
