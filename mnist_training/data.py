"""The digits a recipe is trained on."""

import numpy as np

import mnist_digits


def digits(recipe, data_dir=None):
    """Return the Datasets, one-hot, whose batches the recipe's seed shuffles as in TensorFlow 1.15.

    Raises mnist_digits.DataError for bad files, InputError where a batch does not fit.
    """
    mnist = mnist_digits.read_data_sets(data_dir, one_hot=True, generator=np.random.RandomState(recipe.seed))
    recipe.check_fits(mnist.train)
    return mnist
