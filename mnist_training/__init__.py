"""Training the tutorial's networks: what legacy_graph and keras_port share. Needs no TensorFlow.

`recipe` holds the hyperparameters, `data` the training digits, `metrics` loss and accuracy,
`loop` the training loop; `saves`, `lock` and `stopping` make runs that can be interrupted and resumed;
`progress` shows and logs a run, `files` writes files atomically, `errors` has the exceptions for bad
input, `lazy` imports names on demand; `cli/` is what the command lines share.
"""

import importlib

_HOMES = {  # name: its module, imported at first use, so that a command starts at once; see `early`
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
