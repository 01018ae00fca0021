"""`tf.contrib` for RNN scripts, with the behaviour and names of TensorFlow 1.15."""

import importlib

from legacy_graph.namespace import unknown_name

# Submodules are imported on first access: most scripts need one or two of them.
_MODULES = """
    crf cudnn_rnn distribute distributions estimator framework layers learn legacy_seq2seq opt predictor rnn
    seq2seq training""".split()
_ELSEWHERE = "compiler data losses lookup metrics nn signal slim summary tensorboard tfprof util".split()
__all__ = sorted([*_MODULES, *_ELSEWHERE, "keras"])
_REASONS = {
    **dict.fromkeys(
        [
            "boosted_trees",
            "factorization",
            "feature_column",
            "kernel_methods",
            "linear_optimizer",
            "tensor_forest",
            "timeseries",
        ],
        "it stands on estimators or ops of its own, which left TensorFlow with tf.contrib; tf.estimator is supplied",
    ),
    "eager": "what it tried out is today's TensorFlow itself, without graphs and sessions",
    "tpu": "it is for TPUs; tf.distribute has its successors",
}


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(f"{__name__}.moved_names"), name)
    if name == "keras":
        return importlib.import_module("legacy_graph.tf1").keras
    if name.startswith("__"):
        raise AttributeError(name)
    raise unknown_name("tf.contrib", name, __all__, _REASONS.get(name))
