"""Training the tutorial's networks: what legacy_graph and keras_port share. Needs no TensorFlow.

`recipe` holds the hyperparameters, `data` the training digits, `metrics` loss and accuracy,
`loop` the training loop; `saves`, `lock` and `stopping` make runs that can be interrupted and resumed;
`progress` shows and logs a run, `files` writes files atomically, `errors` has the exceptions for bad
input, `lazy` imports names on demand; `cli/` is what the command lines share.
"""

from typing import TYPE_CHECKING

from mnist_training import lazy

if TYPE_CHECKING:
    from mnist_training.data import digits
    from mnist_training.errors import InputError
    from mnist_training.files import keep_earlier, replacing
    from mnist_training.progress import Progress
    from mnist_training.recipe import MODELS, TITLES, TUTORIAL, Recipe

__all__ = [
    "InputError",
    "MODELS",
    "Progress",
    "Recipe",
    "TITLES",
    "TUTORIAL",
    "digits",
    "keep_earlier",
    "replacing",
]
__getattr__, __dir__ = lazy.attributes(  # imported at first use, so that a command starts at once; see `early`
    __name__,
    InputError="mnist_training.errors:InputError",
    MODELS="mnist_training.recipe:MODELS",
    Progress="mnist_training.progress:Progress",
    Recipe="mnist_training.recipe:Recipe",
    TITLES="mnist_training.recipe:TITLES",
    TUTORIAL="mnist_training.recipe:TUTORIAL",
    digits="mnist_training.data:digits",
    keep_earlier="mnist_training.files:keep_earlier",
    replacing="mnist_training.files:replacing",
)
