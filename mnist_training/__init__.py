"""What both wings need to train the tutorial's networks, without TensorFlow.

`recipe` holds the hyperparameters, `data` the digits they train on, `metrics` loss and accuracy,
`loop` the training loop, `saves`, `lock` and `stopping` what lets nothing of a run be lost,
`progress` what a training run shows and logs, `files` how results reach the disk, `errors` the
error of bad input, `lazy` names imported on demand; `cli/` is what the command lines share.
"""

from mnist_training.data import digits
from mnist_training.errors import InputError
from mnist_training.files import keep_earlier, replacing
from mnist_training.progress import Progress
from mnist_training.recipe import MODELS, TITLES, TUTORIAL, Recipe

__all__ = ["InputError", "MODELS", "Progress", "Recipe", "TITLES", "TUTORIAL", "digits", "keep_earlier", "replacing"]
