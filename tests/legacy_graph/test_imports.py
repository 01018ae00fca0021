"""`import tensorflow` inside tf1_imports(): whose code sees TensorFlow 1, and under which names."""

import builtins
import importlib
import pickle
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from legacy_graph import tf1
from legacy_graph.behavior import tf1_behavior
from legacy_graph.contrib import rnn
from legacy_graph.contrib.rnn import core_rnn_cell, rnn_cell_impl
from legacy_graph.namespace import input_data
from legacy_graph.runner import old_numpy, standalone_keras
from legacy_graph.runner.imports import TF2_PACKAGES, find_module, tf1_imports

FORMS = {  # statement: (name it binds, what that is)
    "import tensorflow as tf": ("tf", tf1),
    "import tensorflow": ("tensorflow", tf1),
    "import tensorflow.contrib.rnn": ("tensorflow", tf1),
    "import tensorflow.compat.v1 as tf": ("tf", tf1),
    "from tensorflow.compat import v1 as tf": ("tf", tf1),
    "import tensorflow.contrib.rnn as rnn": ("rnn", rnn),
    "from tensorflow.contrib import rnn": ("rnn", rnn),
    "from tensorflow.contrib.rnn import BasicLSTMCell": ("BasicLSTMCell", rnn.BasicLSTMCell),
    "from tensorflow.contrib.rnn.python.ops import core_rnn_cell": ("core_rnn_cell", core_rnn_cell),
    "import tensorflow.contrib.rnn.python.ops.core_rnn_cell as c": ("c", core_rnn_cell),
    "from tensorflow.contrib.rnn.python.ops.core_rnn_cell import _linear": ("_linear", core_rnn_cell._linear),
    "from tensorflow.contrib.rnn.python.ops import core_rnn_cell_impl as old": ("old", core_rnn_cell),
    "from tensorflow.contrib.rnn.python.ops.rnn_cell import NASCell": ("NASCell", rnn.NASCell),
    "from tensorflow.contrib import layers, seq2seq": ("layers", tf1.contrib.layers),
    "import tensorflow.contrib.slim as slim": ("slim", tf1.contrib.slim),
    "from tensorflow.contrib.layers.python.layers import initializers": ("initializers", tf1.contrib.layers),
    "from tensorflow.contrib.layers.python.layers.layers import conv2d": ("conv2d", tf1.contrib.layers.conv2d),
    "from tensorflow.contrib.framework.python.ops import arg_scope": ("arg_scope", tf1.contrib.framework.arg_scope),
    "from tensorflow.contrib.seq2seq.python.ops import helper": (
        "helper",
        find_module("tensorflow.contrib.seq2seq.helper"),
    ),
    "from tensorflow.contrib.learn.python.learn.datasets import mnist": ("mnist", tf1.contrib.learn.datasets.mnist),
    "from tensorflow.examples.tutorials.mnist import input_data": ("input_data", input_data),
    "import tensorflow.examples.tutorials.mnist.input_data as data": ("data", input_data),
    "import input_data": ("input_data", input_data),
    "from tensorflow.python.ops import rnn, rnn_cell": ("rnn_cell", rnn_cell_impl),
    "from tensorflow.python.ops import rnn_cell_impl": ("rnn_cell_impl", rnn_cell_impl),
    "import tensorflow.python.ops.rnn_cell_impl as impl": ("impl", rnn_cell_impl),
    "from tensorflow.python.ops.rnn import dynamic_rnn": ("dynamic_rnn", tf1.nn.dynamic_rnn),
    "from tensorflow.python.ops.nn import static_rnn": ("static_rnn", tf1.nn.static_rnn),
    "from tensorflow.python.framework.ops import Tensor": ("Tensor", tf.Tensor),
    "from tensorflow.python.ops.control_flow_ops import cond": ("cond", tf1.cond),
    "from tensorflow.python.layers.core import Dense": ("Dense", tf1.layers.Dense),
    "from tensorflow.python.util import nest": ("nest", tf1.contrib.framework.nest),
    "from tensorflow.python.estimator.run_config import RunConfig": ("RunConfig", tf1.estimator.RunConfig),
    "from tensorflow.python.estimator import estimator as e": ("e", tf1.estimator),
    "from tensorflow.python.ops import variable_scope as vs; variable = vs.variable": ("variable", tf1.Variable),
    "from tensorflow.contrib.tfprof import model_analyzer as m": ("m", tf1.contrib.tfprof.model_analyzer),
    "from tensorflow.contrib.compiler.jit import experimental_jit_scope as j": (
        "j",
        tf1.contrib.compiler.jit.experimental_jit_scope,
    ),
    "from tensorflow.python.platform import gfile": ("gfile", find_module("tensorflow.python.platform.gfile")),
    "from tensorflow.python.keras.layers import LSTM": ("LSTM", tf1.keras.layers.LSTM),
    "from tensorflow import layers": ("layers", tf1.layers),
    "from tensorflow import keras": ("keras", tf1.keras),
    "import tensorflow.keras as K": ("K", tf1.keras),
    "from tensorflow.keras.layers import LSTM": ("LSTM", tf1.keras.layers.LSTM),
    "import keras": ("keras", standalone_keras.keras),
    "from keras.layers.recurrent import LSTM": ("LSTM", tf1.keras.layers.LSTM),
    "from keras.utils import np_utils": ("np_utils", tf1.keras.utils),
    "from keras import backend as K": ("K", tf1.keras.backend),
    "import numpy as np": ("np", old_numpy),
    "import numpy.random": ("numpy", old_numpy),
    "from numpy.linalg import norm": ("norm", np.linalg.norm),
}


@pytest.fixture
def old_code():
    with tf1_imports():
        yield {"__name__": "old_code", "__file__": "old_code.py"}


@pytest.mark.parametrize("statement", FORMS)
def test_import_gives_tf1(statement, old_code):
    exec(statement, old_code)
    name, expected = FORMS[statement]
    assert old_code[name] is expected


def test_star_brings_the_names(old_code):
    exec("from tensorflow.contrib.rnn import *\nfrom tensorflow import *", old_code)
    assert old_code["BasicLSTMCell"] is rnn.BasicLSTMCell and old_code["placeholder"] is tf1.placeholder


@pytest.mark.parametrize("path", ["tensorflow", "tensorflow.contrib.rnn", "tensorflow.python.ops.rnn_cell_impl"])
def test_importlib_gives_tf1(path, old_code):
    exec(f"import importlib; module = importlib.import_module({path!r})", old_code)
    assert old_code["module"] is find_module(path)


UNKNOWN = {
    "from tensorflow.contrib.rnn import BasicLTSMCell": "Did you mean BasicLSTMCell",
    "from tensorflow import Sesion": "Did you mean Session",
    "import tensorflow.contrib.timeseries": "tf.contrib.timeseries is not supplied",
    "from tensorflow.contrib.timeseries.python.timeseries import model": "tf.contrib.timeseries is not supplied",
    "import tensorflow.nothing": "tf.nothing is not supplied",
    "from tensorflow.python.ops import nothing": "tensorflow.python.ops.nothing is not supplied",
    "import tensorflow.python.nothing": "tensorflow.python.nothing is not supplied",
    "from tensorflow.examples.tutorials.mnist import mnist": "It has input_data",
    "from tensorflow.models.rnn import rnn_cell": "in tensorflow.contrib.rnn",
    "from numpy import nothing": "nothing",
}


@pytest.mark.parametrize("statement", UNKNOWN)
def test_an_unknown_name_is_an_import_error_that_helps(statement, old_code):
    with pytest.raises(ImportError) as raised:
        exec(statement, old_code)
    assert UNKNOWN[statement] in str(raised.value)


def test_a_module_imported_meanwhile_is_tf1_and_computes(tmp_path, monkeypatch):
    (tmp_path / "their_model.py").write_text(
        "import tensorflow as tf\nfrom tensorflow.contrib.rnn import GRUCell\nimport numpy as np\n"
        "def build():\n    x = tf.placeholder(np.float, [None, 2, 3])\n"
        "    return x, tf.nn.dynamic_rnn(GRUCell(4), tf.to_float(x), dtype=tf.float32)[0]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with tf1_imports(), tf1_behavior():
        import their_model

        x, y = their_model.build()
        with tf1.Session() as session:
            session.run(tf1.global_variables_initializer())
            assert session.run(y, {x: np.ones([5, 2, 3])}).shape == (5, 2, 4)
    del sys.modules["their_model"]


@pytest.mark.parametrize("package", sorted(TF2_PACKAGES))
def test_todays_libraries_see_todays_tensorflow(package, old_code):
    library = {"__name__": f"{package}.module", "__file__": f"/site-packages/{package}/module.py"}
    exec("import tensorflow, keras as k, numpy", library)
    assert library["tensorflow"] is tf and library["k"] is keras and library["numpy"] is np


def test_installed_libraries_keep_todays_numpy_and_get_tf1(old_code):
    library = {"__name__": "tflearn", "__file__": "/lib/site-packages/tflearn/__init__.py"}
    exec("import tensorflow, numpy", library)
    assert library["tensorflow"] is tf1 and library["numpy"] is np


def test_own_names_packages_as_old_as_a_script():
    package = {"__name__": "package.train", "__file__": "/lib/site-packages/package/train.py"}
    with tf1_imports(own=("package",)):
        exec("import numpy", package)
    assert package["numpy"] is old_numpy


def test_a_module_of_the_users_may_be_named_like_a_package_of_ours(old_code):
    for name, file, expected in (
        ("parity", "/home/me/parity.py", tf1),
        ("parity", keras.__file__, tf1),
        ("legacy_graph.x", tf1.__file__, tf),
    ):
        module = {"__name__": name, "__file__": file}
        exec("import tensorflow", module)
        assert module["tensorflow"] is expected


def test_a_local_module_wins_over_input_data(tmp_path, monkeypatch, old_code):
    (tmp_path / "input_data.py").write_text("mine = True")
    monkeypatch.syspath_prepend(tmp_path)
    exec("import input_data", old_code)
    del sys.modules["input_data"]
    assert old_code["input_data"].mine


def test_everything_is_restored():
    before = set(sys.modules), builtins.__import__, importlib.import_module, list(sys.meta_path)
    with pytest.raises(KeyError), tf1_imports():
        import tensorflow.contrib.rnn
        import tensorflow.examples.tutorials.mnist.input_data  # noqa: F401

        assert tensorflow.contrib.rnn is rnn
        importlib.import_module("tensorflow.contrib.seq2seq")
        raise KeyError
    assert (set(sys.modules), builtins.__import__, importlib.import_module, list(sys.meta_path)) == before
    import tensorflow

    assert tensorflow is tf and not hasattr(tf, "contrib") and not hasattr(tf, "examples")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow.contrib.rnn")
    assert keras.ops.add(1, 2) == 3


def test_contexts_nest():
    with tf1_imports():
        with tf1_imports():
            import tensorflow.contrib.rnn as inner
        import tensorflow.contrib.rnn as outer
    assert inner is outer is rnn


def test_a_state_can_be_pickled_and_read_back(old_code):
    state = rnn.LSTMStateTuple(np.zeros(2), np.ones(2))
    c, h = pickle.loads(pickle.dumps(state))
    assert np.array_equal(c, state.c) and np.array_equal(h, state.h)
