"""The map between the variables of the tutorial's TF 1 programs and the weights of our Keras models.

numpy only.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from keras_port.conversion.gates import ifco_to_ijfo, ijfo_to_ifco, join_kernels, split_kernel


class WeightPair(NamedTuple):
    """A TF 1 variable and the Keras weights that hold the same numbers: two for an LSTM's kernel."""

    tf1: str
    keras: tuple

    def to_tf1(self, *weights: np.ndarray) -> np.ndarray:
        """Return the TF 1 variable's value."""
        joined = join_kernels(*weights) if self.is_lstm_kernel else weights[0]
        return ifco_to_ijfo(joined) if self.has_gates else joined

    def from_tf1(self, value: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the Keras weights' values, as many as there are."""
        permuted = ijfo_to_ifco(value) if self.has_gates else value
        return split_kernel(permuted, value.shape[-1] // 4) if self.is_lstm_kernel else (permuted,)

    @property
    def is_lstm_kernel(self) -> bool:
        """Whether this is [input; h] in TF 1 and two kernels in Keras."""
        return len(self.keras) == 2

    @property
    def has_gates(self) -> bool:
        """Whether the last axis has four blocks, one for each gate."""
        return "_lstm_cell/" in self.keras[0]


def _lstm(scope, layer):
    cell = f"{layer}/basic_lstm_cell"
    return (
        WeightPair(f"{scope}/basic_lstm_cell/kernel", (f"{cell}/kernel", f"{cell}/recurrent_kernel")),
        WeightPair(f"{scope}/basic_lstm_cell/bias", (f"{cell}/bias",)),
    )


_PROJECTIONS = (  # tf.Variable without a name: numbered as they are made, the weights before the biases
    WeightPair("Variable", ("input_projection/kernel",)),
    WeightPair("Variable_1", ("readout/kernel",)),
    WeightPair("Variable_2", ("input_projection/bias",)),
    WeightPair("Variable_3", ("readout/bias",)),
)
# In the order in which the TF 1 programs create their trainable variables. The optimizer's scope,
# train_op, is around the cells because the programs build the network inside it.
WEIGHT_MAP = {
    "lstm": (*_PROJECTIONS, *_lstm("train_op/lstm/rnn", "lstm")),
    "multi_lstm": (*_PROJECTIONS, *_lstm("train_op/lstm/rnn/multi_rnn_cell/cell_0", "lstm")),
    "bi_lstm": (
        WeightPair("out/Variable", ("readout/kernel",)),
        WeightPair("out/biases", ("readout/bias",)),
        *_lstm("train_op/BiRNN/bidirectional_rnn/fw", "forward_lstm"),
        *_lstm("train_op/BiRNN/bidirectional_rnn/bw", "backward_lstm"),
    ),
}


def to_tf1(model_name: str, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Translate {Keras weight path: array} of one of the models into {TF 1 variable name: array}.

    For weights, gradients and Adam's moments alike. The order is that in which TF 1 creates its
    variables. Raises ValueError unless `weights` are exactly the model's.
    """
    _check_names(weights, {path for pair in WEIGHT_MAP[model_name] for path in pair.keras}, model_name)
    return {pair.tf1: pair.to_tf1(*(weights[path] for path in pair.keras)) for pair in WEIGHT_MAP[model_name]}


def from_tf1(model_name: str, variables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Translate {TF 1 variable name: array} into {Keras weight path: array}; the inverse of `to_tf1`."""
    _check_names(variables, {pair.tf1 for pair in WEIGHT_MAP[model_name]}, model_name)
    return {
        path: value
        for pair in WEIGHT_MAP[model_name]
        for path, value in zip(pair.keras, pair.from_tf1(variables[pair.tf1]))
    }


def _check_names(given, expected, model_name):
    wrong = [f"{name} is missing" for name in sorted(expected - set(given))]
    wrong += [f"{name} is unknown" for name in sorted(set(given) - expected)]
    if wrong:
        raise ValueError(f"these are not the weights of {model_name}: {'; '.join(wrong)}")
