"""What the three models share: building from a recipe, the training loop, files, evaluation."""

import pathlib

import keras
import numpy as np

from keras_port import bi_lstm, lstm, multi_lstm
from keras_port.inputs import check_keras_file
from mnist_training import InputError, Progress, keep_earlier, replacing
from mnist_training.metrics import loss_and_accuracy

BUILDERS = {"lstm": lstm.build, "multi_lstm": multi_lstm.build, "bi_lstm": bi_lstm.build}
MODEL_FILE = "model.keras"
EVALUATION_BATCH = 1000


def build(recipe, **sizes):
    """Return the compiled model of a mnist_training.Recipe; `sizes` may change rows, columns and classes.

    With a seed in the recipe this seeds Python's, numpy's and the backend's global generators
    (keras.utils.set_random_seed), from which Keras draws weights and dropout masks.
    """
    if recipe.seed is not None:
        keras.utils.set_random_seed(recipe.seed)
    arguments = dict(units=recipe.units, learning_rate=recipe.learning_rate, **sizes)
    if recipe.model == "multi_lstm":
        arguments.update(layers=recipe.layers, keep_prob=recipe.keep_prob)
    return BUILDERS[recipe.model](**arguments)


def train(model, recipe, digits, model_dir=None, log=None):
    """Train `model` as the tutorial programs do; returns {step: loss}.

    Args:
      model: from `build(recipe)`.
      recipe: a mnist_training.Recipe.
      digits: the training DataSet; its `next_batch` says which digits come.
      model_dir: where model.keras goes, also when interrupted; None for nowhere.
      log: a file for one JSON object a step, or None.

    The loss is the one before the step. Accuracy is measured after it, on the batch just
    trained on and with dropout at work, because that is what the tutorial programs print.
    """
    try:
        with Progress(recipe, recipe.model, log) as progress:
            for step in recipe.step_numbers:
                images, labels = digits.next_batch(recipe.batch_size)
                images = images.reshape(-1, *model.input_shape[1:])
                model.reset_metrics()  # else Keras returns the mean loss of all steps so far
                loss = model.train_on_batch(images, labels, return_dict=True)["loss"]
                measured = recipe.measures_accuracy(step)
                progress.step(step, loss, batch_accuracy(model, images, labels) if measured else None)
    finally:
        if model_dir is not None:
            earlier = keep_earlier(model_dir, MODEL_FILE)
            if earlier:
                print(f"kept the earlier model in {earlier}")
            print(f"saved {save(model, pathlib.Path(model_dir) / MODEL_FILE)}")
    return progress.losses


def batch_accuracy(model, images, labels):
    """Return the share of a batch that `model` classifies right while dropout is at work."""
    logits = keras.ops.convert_to_numpy(model(images, training=True))
    return loss_and_accuracy(logits, labels)[1]


def evaluate(model, digits):
    """Return (loss, accuracy) of `model` on all of `digits`, without dropout."""
    images = digits.images.reshape(-1, *model.input_shape[1:])
    logits = model.predict(images, batch_size=EVALUATION_BATCH, verbose=0)
    return loss_and_accuracy(logits, digits.labels)


def predict(model, images):
    """Return the most likely digit of each image and its probability, two arrays of n."""
    logits = model.predict(np.asarray(images), batch_size=EVALUATION_BATCH, verbose=0)
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


def save(model, path):
    """Write `model` to `path`, whole or not at all; returns the path."""
    with replacing(path) as temporary:
        model.save(temporary)
    return path


def load(path):
    """Return the model in the .keras file `path`; InputError where it is none of the three."""
    check_keras_file(path)
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # Keras raises whatever the damaged part leads to
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise InputError(f"{path}: Keras cannot load it: {reason}") from error
    if model.name not in BUILDERS:
        raise InputError(
            f"{path}: holds a model named {model.name!r}; expected one of "
            f"{', '.join(BUILDERS)}, as `keras_port train` and `convert` write them"
        )
    return model
