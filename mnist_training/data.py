"""The digits a recipe is trained on."""

import os
from typing import Any

import numpy as np

import mnist_digits
from mnist_training.recipe import Recipe

VALIDATION = 5000  # images, as in TensorFlow 1.15


def digits(recipe: Recipe, data_dir: str | os.PathLike | None = None) -> mnist_digits.Datasets:
    """Return the Datasets, one-hot, whose batches the recipe's seed shuffles as in TensorFlow 1.15.

    Raises mnist_digits.DataError for bad files, InputError where a batch is larger than the training
    set, or the network needs more memory than this machine has.
    """
    mnist = read(data_dir, generator=np.random.RandomState(recipe.seed))
    recipe.check_fits(mnist.train)
    return mnist


def read(data_dir: str | os.PathLike | None = None, generator: Any = np.random) -> mnist_digits.Datasets:
    """Return the Datasets of a folder, one-hot.

    Raises mnist_digits.DataError for bad files, or too few training or test digits.
    """
    found = mnist_digits.load(data_dir)
    for images, what, least in ((found.train_images, "train", VALIDATION + 1), (found.test_images, "t10k", 1)):
        if len(images) < least:
            kept = f": the first {VALIDATION} are kept for validation" if least > 1 else ""
            raise mnist_digits.DataError(
                f"{data_dir}: expected {least} or more images in {what}-images-idx3-ubyte{kept}; "
                f"received {len(images)}. Name a folder with more, or none for the bundled digits."
            )
    return mnist_digits.data_sets(found, one_hot=True, validation_size=VALIDATION, generator=generator)
