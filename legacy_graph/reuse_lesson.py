"""The variable-reuse lesson of section 3: `python -m legacy_graph.reuse_lesson`.

Cells create their variables with `get_variable`. The `reuse` argument of the enclosing variable scope
decides whether it creates a variable or returns the existing one. With the wrong value it raises one of
two ValueErrors; `reuse=tf.AUTO_REUSE` creates a variable the first time and returns it from then on.
"""

from legacy_graph import tf1 as tf
from legacy_graph.behavior import tf1_behavior


def build_twice(reuse, units=128, batch_size=128):
    """Build section 3's LSTM twice under `variable_scope("lstm", reuse=reuse)`, in a new graph.

    Returns the names of the graph's variables: two when the second LSTM shares the first one's.
    Raises TF 1's ValueErrors: with `reuse=None` for the second LSTM, whose variables already exist,
    with `reuse=True` for the first, whose variables do not exist yet.
    """
    with tf1_behavior():
        images = tf.placeholder(tf.float32, [None, 28, 28])
        for _ in range(2):
            with tf.variable_scope("lstm", reuse=reuse):
                cell = tf.contrib.rnn.BasicLSTMCell(units)
                tf.nn.dynamic_rnn(cell, images, initial_state=cell.zero_state(batch_size, tf.float32))
        return [variable.op.name for variable in tf.global_variables()]


def main() -> None:
    """Print the result of each value of `reuse`."""
    for name, reuse in (("None", None), ("True", True), ("tf.AUTO_REUSE", tf.AUTO_REUSE)):
        try:
            outcome = "variables: " + ", ".join(build_twice(reuse))
        except ValueError as error:
            outcome = "ValueError: " + str(error).splitlines()[0].split(" Originally")[0]
        print(f"the LSTM built twice under variable_scope('lstm', reuse={name})\n    {outcome}")


if __name__ == "__main__":
    main()
