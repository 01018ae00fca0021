"""What both wings need to train the tutorial's networks, without TensorFlow.

`recipe` holds the hyperparameters, `data` the digits they train on, `metrics` loss and accuracy,
`loop` the training loop, `saves`, `lock` and `stopping` what lets nothing of a run be lost,
`progress` what a training run shows and logs, `files` how results reach the disk, `errors` the
error of bad input, `lazy` names imported on demand; `cli/` is what the command lines share.
"""

import importlib

_HOMES = {  # imported at first use: a command's first import is of next to nothing, see `early`
    "InputError": "errors",
    "MODELS": "recipe",
    "Progress": "progress",
    "Recipe": "recipe",
    "TITLES": "recipe",
    "TUTORIAL": "recipe",
    "digits": "data",
    "keep_earlier": "files",
    "replacing": "files",
}
__all__ = list(_HOMES)


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(f"mnist_training.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'mnist_training' has no attribute {name!r}; it has {', '.join(__all__)}")
