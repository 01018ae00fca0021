"""The last `tensorflow-estimator` release, 2.15, adapted to today's TensorFlow.

The package is pure Python, and today's TensorFlow breaks it in a few places only. Its modules are
loaded here with a custom `__import__`, which supplies

- `tensorflow`: today's, but with TF 1.15's `tf.compat.v1` (ours) and with tf_keras as `tf.keras`;
- `tensorflow.python.distribute.estimator_training`, which has been removed: distribution strategies on
  one machine work as before, those on a cluster are refused;
- `estimator_export`, a decorator that only registers API names and needs a constant that has been removed;
- an empty `__init__` for the package itself, whose own imports TPU modules that have been removed.

Other code in the process sees none of this, and each module is loaded on first access.
"""

import builtins
import importlib
import importlib.machinery
import sys
import types

import tensorflow as tf
import tf_keras

from legacy_graph.namespace import Lazy, Namespace

NAME = "tensorflow_estimator"
_INSIDE = NAME + ".python.estimator."
_EXPORT = _INSIDE + "estimator_export"


def load(path):
    """Return the module `tensorflow_estimator.python.estimator.PATH`, e.g. "canned.dnn".

    Raises ModuleNotFoundError if there is no such module, or the package is not installed.
    """
    full = _INSIDE + path
    if full not in sys.modules:
        sys.meta_path.insert(0, _Finder)
        try:
            importlib.import_module(full)
        finally:
            sys.meta_path.remove(_Finder)
    return sys.modules[full]


def _their_tensorflow():
    # Imported on first access, because tf1 imports this package.
    tf1 = Lazy(lambda: importlib.import_module("legacy_graph.tf1"))
    internal = dict.fromkeys(("tensorflow.__internal__", "tensorflow.compat.v2.__internal__"), tf.__internal__)
    return Namespace(
        "tensorflow",
        tf,
        {"tensorflow.compat.v1": tf1, "tensorflow.keras": tf_keras, "tensorflow.compat.v2.keras": tf_keras, **internal},
    )


class _Export:
    """Stub of the decorator `estimator_export(name)`: returns what it decorates."""

    def __init__(self, *names, **more_names):
        pass

    def __call__(self, decorated):
        return decorated

    def export_constant(self, module_name, name):
        """Do nothing."""


def _init_run_config(config, tf_config):
    """Prepare a RunConfig with a strategy of tf.distribute, for one machine.

    Raises ValueError if a strategy is given twice, NotImplementedError for a cluster.
    """
    experimental = config._experimental_distribute
    for what in ("train_distribute", "eval_distribute"):
        strategy = getattr(experimental, what, None)
        if strategy and getattr(config, f"_{what}"):
            raise ValueError(f"Either {what} or experimental_distribute.{what} can be set, not both.")
        if strategy:
            setattr(config, f"_{what}", strategy)
    cluster = tf_config.get("cluster", {})
    if config._train_distribute and (
        getattr(experimental, "remote_cluster", None) or cluster and "master" not in cluster
    ):
        _refuse_cluster()
    config._distribute_coordinator_mode = None
    config._init_distributed_setting_from_environment_var(tf_config)
    config._maybe_overwrite_session_config_for_distributed_training()


def _refuse_cluster(*args, **kwargs):
    raise NotImplementedError(
        "RunConfig(train_distribute=...) with a cluster in TF_CONFIG is not supplied by legacy_graph: TensorFlow no "
        "longer has the coordinator that ran such a strategy on several machines. Leave train_distribute out and "
        "train with parameter servers, or leave the cluster out and train on one machine."
    )


def _module(name, **contents):
    module = types.ModuleType(name)
    vars(module).update(contents)
    return module


# Results of `from MODULE import NAME` inside the package, keyed by module and name.
_STAND_INS = {
    ("tensorflow.python.distribute", "estimator_training"): _module(
        "estimator_training",
        init_run_config=_init_run_config,
        should_run_distribute_coordinator=lambda config: False,
        train_and_evaluate=_refuse_cluster,
        estimator_train=_refuse_cluster,
        estimator_evaluate=_refuse_cluster,
    ),
    (_EXPORT, "estimator_export"): _Export,
}


def _import(name, globals=None, locals=None, fromlist=(), level=0):
    """Stand in for `builtins.__import__` inside the package."""
    if name == "tensorflow" and not level:
        return _TENSORFLOW
    stand_ins = [_STAND_INS.get((name, item)) for item in fromlist or ()]
    if any(stand_ins):
        return _module(name, **dict(zip(fromlist, stand_ins)))
    return builtins.__import__(name, globals, locals, fromlist, level)


class _Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module):
        """Execute the module with our `__import__` in its builtins; do not execute the package's `__init__`."""
        if module.__name__ != NAME:
            module.__builtins__ = {**vars(builtins), "__import__": _import}
            super().exec_module(module)


class _Finder:
    """A meta path finder for the package's modules, installed only while one of them is loaded."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return the spec of a module of the package, None for other modules."""
        if name.partition(".")[0] != NAME:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


_TENSORFLOW = _their_tensorflow()
