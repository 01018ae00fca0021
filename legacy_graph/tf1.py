"""The TensorFlow 1.15 namespace on today's TensorFlow: `from legacy_graph import tf1 as tf`.

A name is looked up first among those supplied here (which today's TensorFlow has dropped, refuses
with Keras 3, or has changed), then in `tf.compat.v1`. For an unknown name the error suggests
similar ones. Build and run graphs inside `legacy_graph.behavior.tf1_behavior()`.
"""

import functools
import importlib
import inspect
import sys

import tensorflow.compat.v1 as _v1

from legacy_graph import contrib, internals
from legacy_graph.namespace import Lazy, Namespace, lazy_module
from legacy_graph.namespace.flags import FLAGS

# The version of TF 1.15's last release: scripts check it to choose between old and new names, and
# 1.15's names are the ones that work here.
_VERSION = "1.15.5"


def _in_order_of_115(function, parameters):
    """Return a function with its positional parameters in 1.15's order."""
    names = parameters.split()
    signature = inspect.signature(function)
    ordered = [signature.parameters[name].replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]

    @functools.wraps(function)
    def call(*args, **kwargs):
        if len(args) > len(names):
            raise TypeError(
                f"{function.__name__} takes at most {len(names)} positional "
                f"arguments ({parameters}); received {len(args)}"
            )
        return function(**dict(zip(names, args)), **kwargs)

    call.__signature__ = signature.replace(parameters=ordered)
    return call


def _named_only(function):
    """Refuse positional arguments, as 1.15 did: the oldest scripts pass logits before labels."""

    @functools.wraps(function)
    def call(_sentinel=None, *more, **arguments):
        if _sentinel is not None or more:
            raise ValueError(f"Only call `{function.__name__}` with named arguments (labels=..., logits=..., ...)")
        return function(**arguments)

    sentinel = inspect.Parameter("_sentinel", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
    call.__signature__ = inspect.Signature([sentinel, *inspect.signature(function).parameters.values()])
    return call


class _RandomUniformInitializer(_v1.random_uniform_initializer):
    """Today's default minval is a float, which integer dtypes refuse."""

    def __init__(self, minval=0, maxval=None, seed=None, dtype=_v1.float32):
        super().__init__(minval, maxval, seed, dtype)


def _estimators(name):
    return Lazy(lambda: getattr(importlib.import_module("legacy_graph.estimators"), name))


def _strategy(name):
    return Lazy(lambda: getattr(importlib.import_module("legacy_graph.contrib.distribute"), name))


def _keras_datasets():
    from legacy_graph.namespace import keras_datasets

    loaders = {"tf.keras.datasets.mnist.load_data": keras_datasets.mnist_load_data}
    for name in keras_datasets.FILES:
        module, function = name.split(".")
        load = getattr(getattr(internals.keras_v1.datasets, module), function)
        loaders["tf.keras.datasets." + name] = keras_datasets.offline(name, load)
    return Namespace("tf.keras.datasets", internals.keras_v1.datasets, loaders)


_MATMUL = _in_order_of_115(_v1.matmul, "a b transpose_a transpose_b adjoint_a adjoint_b a_is_sparse b_is_sparse name")
_TOP_K = _in_order_of_115(_v1.nn.top_k, "input k sorted name")
_SCATTER_ND = _in_order_of_115(_v1.scatter_nd, "indices updates shape name")
_SCATTER_ADD = _in_order_of_115(_v1.tensor_scatter_add, "tensor indices updates name")
_SCATTER_SUB = _in_order_of_115(_v1.tensor_scatter_sub, "tensor indices updates name")

_OURS = {
    "tf.__version__": _VERSION,
    "tf.VERSION": _VERSION,
    "tf.version.VERSION": _VERSION,
    "tf.contrib": contrib,
    "tf.compat.v1": Lazy(lambda: sys.modules[__name__]),
    "tf.distribute.MirroredStrategy": _strategy("CoreMirroredStrategy"),
    "tf.distribute.OneDeviceStrategy": _strategy("OneDeviceStrategy"),
    "tf.app.flags.FLAGS": FLAGS,
    "tf.estimator": _estimators("tf_estimator"),
    "tf.flags.FLAGS": FLAGS,
    "tf.keras": Namespace(
        "tf.keras",
        internals.keras_v1,
        {
            "tf.keras.__version__": "2.2.4-tf",
            "tf.keras.datasets": Lazy(_keras_datasets),
            "tf.keras.estimator.model_to_estimator": _estimators("model_to_estimator"),
        },
    ),
    "tf.layers": Namespace("tf.layers", internals.legacy_layers),
    "tf.nn.rnn_cell": lazy_module("legacy_graph.contrib.rnn.nn_rnn_cell"),
    "tf.python": lazy_module("tensorflow.python"),
    "tf.pywrap_tensorflow": Namespace(
        "tf.pywrap_tensorflow", ours={"tf.pywrap_tensorflow.NewCheckpointReader": _v1.train.NewCheckpointReader}
    ),
    "tf.matmul": _MATMUL,
    "tf.linalg.matmul": _MATMUL,
    "tf.nn.top_k": _TOP_K,
    "tf.math.top_k": _TOP_K,
    "tf.scatter_nd": _SCATTER_ND,
    "tf.manip.scatter_nd": _SCATTER_ND,
    "tf.image.adjust_jpeg_quality": _in_order_of_115(_v1.image.adjust_jpeg_quality, "image jpeg_quality name"),
    "tf.numpy_function": _in_order_of_115(_v1.numpy_function, "func inp Tout name"),
    "tf.tensor_scatter_add": _SCATTER_ADD,
    "tf.tensor_scatter_nd_add": _SCATTER_ADD,
    "tf.tensor_scatter_sub": _SCATTER_SUB,
    "tf.tensor_scatter_nd_sub": _SCATTER_SUB,
    "tf.nn.sigmoid_cross_entropy_with_logits": _named_only(_v1.nn.sigmoid_cross_entropy_with_logits),
    "tf.nn.softmax_cross_entropy_with_logits": _named_only(_v1.nn.softmax_cross_entropy_with_logits),
    "tf.nn.sparse_softmax_cross_entropy_with_logits": _named_only(_v1.nn.sparse_softmax_cross_entropy_with_logits),
    "tf.random_uniform_initializer": _RandomUniformInitializer,
    "tf.initializers.random_uniform": _RandomUniformInitializer,
}

_REFUSED = {
    "tf.keras.wrappers": "Keras no longer has its scikit-learn wrappers",
    "tf.lite.experimental.nn": "TensorFlow Lite's own LSTM cells are no longer part of TensorFlow",
}

# Names that TF 1.15 had already removed: their names in 1.15.
_RENAMED = {
    "tf.audio_summary": "tf.summary.audio",
    "tf.batch_matmul": "tf.matmul",
    "tf.complex_abs": "tf.abs",
    "tf.concat_v2": "tf.concat",
    "tf.histogram_summary": "tf.summary.histogram",
    "tf.image_summary": "tf.summary.image",
    "tf.inv": "tf.reciprocal",
    "tf.listdiff": "tf.setdiff1d",
    "tf.merge_all_summaries": "tf.summary.merge_all",
    "tf.merge_summary": "tf.summary.merge",
    "tf.mul": "tf.multiply",
    "tf.neg": "tf.negative",
    "tf.pack": "tf.stack",
    "tf.scalar_summary": "tf.summary.scalar",
    "tf.select": "tf.where",
    "tf.sub": "tf.subtract",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
    "tf.unpack": "tf.unstack",
    "tf.nn.rnn": "tf.nn.static_rnn",
    "tf.nn.seq2seq": "tf.contrib.legacy_seq2seq",
    "tf.nn.bidirectional_rnn": "tf.nn.static_bidirectional_rnn",
    "tf.nn.state_saving_rnn": "tf.nn.static_state_saving_rnn",
}

_root = Namespace("tf", _v1, _OURS, _REFUSED, _RENAMED)


def __getattr__(name):
    value = getattr(_root, name)
    globals()[name] = value
    return value


def __dir__():
    return dir(_root)
