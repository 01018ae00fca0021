"""TensorFlow 1 programs on today's TensorFlow: builds the graphs that TensorFlow 1.15 built.

    from legacy_graph import tf1 as tf, tf1_behavior
    with tf1_behavior():                # graph mode, and TensorFlow 1's other defaults
        cell = tf.contrib.rnn.BasicLSTMCell(128)

    from legacy_graph import tf1_imports
    with tf1_imports():                 # modules imported here get tf1 for `import tensorflow`
        import old_module

Importing the package alone does not import TensorFlow: the first use of one of these names does.
"""

from typing import TYPE_CHECKING

from mnist_training import lazy

if TYPE_CHECKING:
    from legacy_graph import tf1
    from legacy_graph.behavior import tf1_behavior
    from legacy_graph.runner.imports import tf1_imports

__all__ = ["tf1", "tf1_behavior", "tf1_imports"]
__getattr__, __dir__ = lazy.attributes(
    __name__,
    tf1="legacy_graph.tf1:",
    tf1_behavior="legacy_graph.behavior:tf1_behavior",
    tf1_imports="legacy_graph.runner.imports:tf1_imports",
)
