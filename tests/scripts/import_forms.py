# Every way in which scripts got at the names.
import importlib
import tensorflow as tf
import tensorflow
from tensorflow import keras, layers
from tensorflow.contrib import layers as contrib_layers, seq2seq
from tensorflow.contrib import rnn
from tensorflow.contrib.rnn import BasicLSTMCell, LSTMStateTuple
import tensorflow.contrib.rnn as contrib_rnn
import tensorflow.contrib.slim as slim
import tensorflow.contrib.legacy_seq2seq as legacy_seq2seq
from tensorflow.contrib.framework import nest as contrib_nest
from tensorflow.contrib.learn.python.learn.datasets.mnist import read_data_sets
from tensorflow.contrib.rnn.python.ops import core_rnn_cell
from tensorflow.contrib.rnn.python.ops.core_rnn_cell import _linear
from tensorflow.contrib.layers.python.layers import initializers
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.keras.layers import LSTM, Dense
import tensorflow.keras.backend as K
from tensorflow.python.client import device_lib
from tensorflow.python.framework import ops, dtypes
from tensorflow.python.layers.core import Dense as CoreDense
from tensorflow.python.ops import array_ops, math_ops, rnn_cell_impl, variable_scope
from tensorflow.python.ops import rnn as python_rnn
from tensorflow.python.ops.rnn_cell_impl import RNNCell
from tensorflow.python.platform import gfile
from tensorflow.python.training import moving_averages
from tensorflow.python.util import nest

print(tensorflow is tf, tf.__version__.split(".")[:2], tf.VERSION == tf.__version__)
print(rnn is contrib_rnn, tf.contrib.rnn.BasicLSTMCell is BasicLSTMCell is tf.nn.rnn_cell.BasicLSTMCell)
print(rnn_cell_impl.BasicLSTMCell is BasicLSTMCell, issubclass(BasicLSTMCell, RNNCell))
print(core_rnn_cell._linear is _linear, callable(_linear), callable(initializers.xavier_initializer))
print(input_data.read_data_sets is read_data_sets)
print(contrib_layers.fully_connected.__name__, slim.fully_connected.__name__, layers.dense is tf.layers.dense)
print(issubclass(CoreDense, tf.layers.Layer), CoreDense is tf.layers.Dense, keras.layers.LSTM is LSTM)
print(seq2seq.sequence_loss.__name__, legacy_seq2seq.sequence_loss.__name__, K.floatx())
print(nest.flatten([1, (2, [3])]), nest.is_sequence([1]), contrib_nest.is_sequence(1))
print(importlib.import_module("tensorflow.contrib.rnn").LSTMStateTuple is LSTMStateTuple)
print(LSTMStateTuple(c=1, h=2), device_lib.list_local_devices()[0].device_type)
print(ops.Tensor is tf.Tensor, dtypes.float32 is tf.float32, gfile.Exists("no such file"))
with ops.name_scope("scope"), variable_scope.variable_scope("v"):
    print(math_ops.add(array_ops.ones([2]), 1.0).name, moving_averages.assign_moving_average is not None)
cell = BasicLSTMCell(2)
print(python_rnn.dynamic_rnn(cell, tf.zeros([1, 2, 3]), dtype=tf.float32)[0].name)
for statement in ("from tensorflow.contrib.rnn import NoSuchCell", "import tensorflow.contrib.nothing",
                  "from tensorflow.python.ops import no_such_ops", "import tensorflow.nothing"):
    try:
        exec(statement)
    except ImportError as error:
        print(type(error) in (ImportError, ModuleNotFoundError), statement)
