"""What TF 1 behaviour leaves behind: nothing."""

import subprocess
import sys

FIRST_THING = """
from legacy_graph.behavior import tf1_behavior
with tf1_behavior():
    from legacy_graph import tf1 as tf
    with tf.Session() as session:
        assert session.run(tf.constant(1) + 1) == 2
import tensorflow, keras, numpy
assert tensorflow.executing_eagerly() and (tensorflow.constant(1) + 1).numpy() == 2
assert keras.ops.convert_to_numpy(keras.layers.Dense(1)(numpy.ones((1, 2)))).shape == (1, 1)
"""


def test_a_process_that_begins_with_tf1_is_eager_afterwards():
    result = subprocess.run([sys.executable, "-c", FIRST_THING], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
