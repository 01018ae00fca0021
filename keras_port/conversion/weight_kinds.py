"""The kinds of conversion between the variables of a TF 1 graph and the weights of a Keras model.

A row names the variables, the weights and the kind:

    {"variable": "rnn/basic_lstm_cell/kernel", "how": "lstm_kernel",
     "keras": ["lstm/lstm_cell/kernel", "lstm/lstm_cell/recurrent_kernel"]}

how                 variables                             weights                           also in the row
---                 ---------                             -------                           ---------------
copy                any                                   the same
lstm_kernel         [inputs; h], gates i, j, f, o         kernel, recurrent kernel, i, f, c, o
lstm_bias           gates i, j, f, o                      gates i, f, c, o
lstm_bias_folded    gates i, j, f, o                      the same, with the constant       forget_bias (1.0)
                                                          forget bias added
gru                 gates' kernel [inputs; h] (r, u)      kernel, recurrent kernel,
                    and bias, candidate's kernel          bias, each z, r, h, for
                    and bias                              reset_after=False
joined_kernel       [inputs; h]; or several, one a gate   kernel, recurrent kernel          state_first: whether
                                                                                            it is [h; inputs]
transpose           any                                   axes in another order             axes (reversed)
reshape             any                                   the same numbers                  shape: Keras's
                                                                                            tf1_shape: TF 1's
split               any                                   its parts                         axis, sizes
concat              several                               them, joined                      axis, sizes

"variable" and "keras" are a name or a list of names. Conversions only move numbers and add constants; so
gradients and optimizer slots are converted in the same way, without the constants. numpy only.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from keras_port.conversion.gates import ifco_to_ijfo, ijfo_to_ifco, join_kernels, split_kernel


class Kind(NamedTuple):
    """One kind of conversion: functions of (row, arrays) that return a list of arrays.

    forward: from the variables to the weights, without constants. backward: the inverse.
    constants: of the weights (or arrays of their shapes), the constants to add; None for no constants.
    """

    forward: object
    backward: object
    constants: object = None


def _lstm_kernel(row, arrays):
    (joined,) = arrays
    return split_kernel(ijfo_to_ifco(joined), joined.shape[-1] // 4)


def _forget_bias(row, arrays):
    (bias,) = arrays
    constant = np.zeros(bias.shape, bias.dtype)
    units = bias.shape[-1] // 4
    constant[..., units : 2 * units] = row.get("forget_bias", 1.0)  # i, f, c, o
    return [constant]


def _gru(row, arrays):
    gates, gates_bias, candidate, candidate_bias = arrays
    units = candidate.shape[-1]
    joined = np.concatenate([gates[:, units:], gates[:, :units], candidate], axis=1)
    bias = np.concatenate([gates_bias[units:], gates_bias[:units], candidate_bias])
    return [*split_kernel(joined, units), bias]


def _gru_back(row, arrays):
    kernel, recurrent_kernel, bias = arrays
    z, r, h = np.split(join_kernels(kernel, recurrent_kernel), 3, axis=1)
    z_bias, r_bias, h_bias = np.split(bias, 3)
    return [np.concatenate([r, z], axis=1), np.concatenate([r_bias, z_bias]), h, h_bias]


def _axes(row, array):
    return tuple(row.get("axes") or reversed(range(array.ndim)))


def _split(row, arrays):
    (whole,) = arrays
    return np.split(whole, np.cumsum(row["sizes"])[:-1], axis=row["axis"])


def _join(row, arrays):
    return [np.concatenate(arrays, axis=row["axis"])]


def _joined_kernel(row, arrays):
    joined, units = np.concatenate(arrays, axis=1), arrays[0].shape[-1]
    return split_kernel(np.roll(joined, -units, axis=0) if row.get("state_first") else joined, units)


def _joined_kernel_back(row, arrays):
    joined, units = join_kernels(*arrays), arrays[1].shape[0]
    joined = np.roll(joined, units, axis=0) if row.get("state_first") else joined
    return np.split(joined, joined.shape[1] // units, axis=1)


_LSTM_BIAS = Kind(lambda row, arrays: [ijfo_to_ifco(*arrays)], lambda row, arrays: [ifco_to_ijfo(*arrays)])

KINDS = {
    "copy": Kind(lambda row, arrays: arrays, lambda row, arrays: arrays),
    "lstm_kernel": Kind(_lstm_kernel, lambda row, arrays: [ifco_to_ijfo(join_kernels(*arrays))]),
    "lstm_bias": _LSTM_BIAS,
    "lstm_bias_folded": _LSTM_BIAS._replace(constants=_forget_bias),
    "gru": Kind(_gru, _gru_back),
    "joined_kernel": Kind(_joined_kernel, _joined_kernel_back),
    "transpose": Kind(
        lambda row, arrays: [np.transpose(arrays[0], _axes(row, arrays[0]))],
        lambda row, arrays: [np.transpose(arrays[0], np.argsort(_axes(row, arrays[0])))],
    ),
    "reshape": Kind(
        lambda row, arrays: [np.reshape(arrays[0], row["shape"])],
        lambda row, arrays: [np.reshape(arrays[0], row["tf1_shape"])],
    ),
    "split": Kind(_split, _join),
    "concat": Kind(_join, _split),
}


def from_tf1(rows: Iterable[dict], variables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Translate {TF 1 variable name: array} into {Keras weight path: array}, by a list of rows.

    Variables that no row names are ignored. Raises ValueError for a row that cannot be applied, naming it.
    """
    return _translated(rows, variables, "variable", "keras", _weights)


def to_tf1(rows: Iterable[dict], weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Translate {Keras weight path: array} into {TF 1 variable name: array}; the inverse of `from_tf1`."""
    return _translated(rows, weights, "keras", "variable", _variables)


def gradients_to_tf1(rows: Iterable[dict], gradients: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Translate {Keras weight path: array} of gradients or optimizer slots, which get no constants."""
    return _translated(rows, gradients, "keras", "variable", lambda kind, row, arrays: kind.backward(row, arrays))


def gradients_from_tf1(rows: Iterable[dict], gradients: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The inverse of `gradients_to_tf1`."""
    return _translated(rows, gradients, "variable", "keras", lambda kind, row, arrays: kind.forward(row, arrays))


def names(row: dict, side: str) -> list[str]:
    """Return the names in a row as a list; `side` is "variable" or "keras"."""
    return [row[side]] if isinstance(row[side], str) else list(row[side])


def _weights(kind, row, arrays):
    moved = kind.forward(row, arrays)
    return moved if kind.constants is None else [a + b for a, b in zip(moved, kind.constants(row, moved))]


def _variables(kind, row, arrays):
    if kind.constants is not None:
        arrays = [a - b for a, b in zip(arrays, kind.constants(row, arrays))]
    return kind.backward(row, arrays)


def _translated(rows, arrays, given, wanted, translate):
    found = {}
    for row in rows:
        if row["how"] not in KINDS:
            raise ValueError(f"{_described(row)}: unknown kind; expected one of {', '.join(KINDS)}")
        missing = [name for name in names(row, given) if name not in arrays]
        if missing:
            raise ValueError(f"{_described(row)}: there is no {', '.join(missing)}")
        try:
            values = list(translate(KINDS[row["how"]], row, [np.asarray(arrays[name]) for name in names(row, given)]))
        except (ValueError, TypeError, IndexError, KeyError) as error:
            shapes = ", ".join(str(np.shape(arrays[name])) for name in names(row, given))
            raise ValueError(f"{_described(row)}: does not fit arrays of shapes {shapes} ({error})") from error
        targets = names(row, wanted)
        twice = [name for name in targets if name in found]
        if twice or len(values) != len(targets):
            raise ValueError(
                f"{_described(row)}: {twice[0]} is in another row, too"
                if twice
                else f"{_described(row)}: this kind gives {len(values)} arrays, the row names {len(targets)}"
            )
        found.update(zip(targets, values))
    return found


def _described(row):
    return f"{' + '.join(names(row, 'variable'))} -> {' + '.join(names(row, 'keras'))} ({row['how']})"
