"""The order of the LSTM's gates in TensorFlow 1 and in Keras, and the permutation between them.

TensorFlow 1 has one kernel of [inputs; h] rows, with column blocks i, j, f, o. Keras has a
kernel and a recurrent kernel, with column blocks i, f, c, o. j and c are the same candidate.
numpy only. All functions are linear, so that they apply to gradients and Adam's moments, too.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

TF1_GATES = ("i", "j", "f", "o")
KERAS_GATES = ("i", "f", "c", "o")


def permute(gates: npt.ArrayLike, order: Sequence[int]) -> np.ndarray:
    """Permute equal blocks of the last axis: the k-th of the result is block `order[k]`.

    Raises ValueError where the last axis does not have as many equal blocks.
    """
    blocks = np.split(np.asarray(gates), len(order), axis=-1)
    return np.concatenate([blocks[k] for k in order], axis=-1)


def ijfo_to_ifco(ijfo: npt.ArrayLike) -> np.ndarray:
    """Permute the four gate blocks of the last axis from TensorFlow 1's order to Keras's.

    This swaps two blocks, so the function is its own inverse: `ifco_to_ijfo` is another name for it.
    Raises ValueError where the last axis does not have four equal blocks.
    """
    return permute(ijfo, (0, 2, 1, 3))


ifco_to_ijfo = ijfo_to_ifco


def split_kernel(kernel: npt.ArrayLike, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a joined kernel (inputs + units, columns) for inputs and for h."""
    kernel = np.asarray(kernel)
    if kernel.ndim != 2 or kernel.shape[0] <= units:
        raise ValueError(f"kernel: expected (inputs + {units}, columns); received {kernel.shape}")
    return kernel[:-units], kernel[-units:]


def join_kernels(kernel: npt.ArrayLike, recurrent_kernel: npt.ArrayLike) -> np.ndarray:
    """Return the joined kernel (inputs + units, columns); the inverse of `split_kernel`."""
    return np.concatenate([kernel, recurrent_kernel], axis=0)
