"""`import keras` beside TensorFlow 1.15: Keras 2.3.1, the last that ran on it, whose layers tf.keras had too."""

from legacy_graph import tf1
from legacy_graph.namespace import Namespace

keras = Namespace("keras", tf1.keras, {"keras.__version__": "2.3.1"})
