"""Loss and accuracy from logits, in numpy: one definition for every model."""

import numpy as np
import numpy.typing as npt


def loss_and_accuracy(logits: npt.ArrayLike, one_hot: np.ndarray) -> tuple[float, float]:
    """Return the mean softmax cross entropy and the accuracy; logits and labels are (n, classes)."""
    logits = np.asarray(logits, dtype="float64")
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    right = logits.argmax(axis=1) == np.argmax(one_hot, axis=1)
    return float(-(one_hot * log_probabilities).sum(axis=1).mean()), float(right.mean())
