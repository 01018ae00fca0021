"""How many ops TensorFlow 1.15 counts for recurrent cells, wrappers and the functions that unroll them."""

from _op_seeds import op_seeds
from _op_seeds_rnn import cells, dynamic_last, raw_rnn, rows, static_last, trained, x


def one_step(tf):
    def step(make):
        def build():
            cell = make()
            cell(x(tf, (3, 4)), cell.zero_state(3, tf.float32))

        return build

    return op_seeds(tf, {name: step(make) for name, make in cells(tf).items()})


def zero_states(tf):
    def zero(make, batch):
        return lambda: make().zero_state(batch() if callable(batch) else batch, tf.float32)

    snippets = {}
    for name, make in cells(tf).items():
        snippets[name] = zero(make, 3)
        snippets[name + " of a tensor's batch"] = zero(make, lambda: tf.shape(x(tf))[0])
    return op_seeds(tf, snippets)


def dynamic(tf):
    def of(make, shape=(3, 5, 4), **arguments):
        return lambda: tf.nn.dynamic_rnn(make(), x(tf, shape), dtype=tf.float32, **arguments)

    lstm = cells(tf)["BasicLSTMCell"]
    snippets = {name: of(make) for name, make in cells(tf).items()}
    snippets.update(
        {
            "unknown batch": of(lstm, (None, 5, 4)),
            "unknown time": of(lstm, (3, None, 4)),
            "unknown batch and time": of(lstm, (None, None, 4)),
            "time major": of(lstm, time_major=True),
            "sequence_length": lambda: of(lstm, sequence_length=x(tf, (3,), "int32"))(),
            "sequence_length of numbers": of(lstm, sequence_length=[5, 4, 3]),
            "sequence_length of unknown batch": lambda: of(
                lstm, (None, None, 4), sequence_length=x(tf, (None,), "int32")
            )(),
            "sequence_length of 64 bits": lambda: of(lstm, sequence_length=x(tf, (3,), "int64"))(),
            "initial_state": lambda: (
                lambda cell: tf.nn.dynamic_rnn(cell, x(tf), initial_state=cell.zero_state(3, tf.float32))
            )(lstm()),
            "swap_memory": of(lstm, swap_memory=True),
            "parallel_iterations": of(lstm, parallel_iterations=1),
            "in a scope": of(lstm, scope="scope"),
            "twice": lambda: [of(lstm, scope=name)() for name in "ab"],
            "bidirectional": lambda: tf.nn.bidirectional_dynamic_rnn(lstm(), lstm(), x(tf), dtype=tf.float32),
            "bidirectional of unknown": lambda: tf.nn.bidirectional_dynamic_rnn(
                lstm(), lstm(), x(tf, (None, None, 4)), dtype=tf.float32
            ),
            "bidirectional with sequence_length": lambda: tf.nn.bidirectional_dynamic_rnn(
                lstm(), lstm(), x(tf), x(tf, (3,), "int32"), dtype=tf.float32
            ),
            "bidirectional, time major": lambda: tf.nn.bidirectional_dynamic_rnn(
                lstm(), lstm(), x(tf), dtype=tf.float32, time_major=True
            ),
            "raw_rnn": lambda: raw_rnn(tf, lstm()),
            "then its last output": lambda: of(lstm)()[0][:, -1, :],
            "then transposed and gathered": lambda: tf.gather(tf.transpose(of(lstm)()[0], [1, 0, 2]), 4),
        }
    )
    return op_seeds(tf, snippets)


def static(tf):
    rnn = tf.contrib.rnn

    def of(make, **arguments):
        return lambda: rnn.static_rnn(make(), rows(tf), dtype=tf.float32, **arguments)

    lstm = cells(tf)["BasicLSTMCell"]
    snippets = {name: of(make) for name, make in cells(tf).items()}
    snippets.update(
        {
            "unknown batch": lambda: rnn.static_rnn(lstm(), rows(tf, batch=None), dtype=tf.float32),
            "sequence_length": lambda: of(lstm, sequence_length=x(tf, (3,), "int32"))(),
            "initial_state": lambda: (
                lambda cell: rnn.static_rnn(cell, rows(tf), initial_state=cell.zero_state(3, tf.float32))
            )(lstm()),
            "unstacked": lambda: rnn.static_rnn(lstm(), tf.unstack(x(tf), 5, 1), dtype=tf.float32),
            "split": lambda: rnn.static_rnn(
                lstm(), tf.split(tf.reshape(x(tf), [-1, 4]), 5), dtype=tf.float32
            ),
            "tf.nn.static_rnn": lambda: tf.nn.static_rnn(lstm(), rows(tf), dtype=tf.float32),
            "bidirectional": lambda: rnn.static_bidirectional_rnn(lstm(), lstm(), rows(tf), dtype=tf.float32),
            "bidirectional of unknown batch": lambda: rnn.static_bidirectional_rnn(
                lstm(), lstm(), rows(tf, batch=None), dtype=tf.float32
            ),
            "bidirectional with sequence_length": lambda: rnn.static_bidirectional_rnn(
                lstm(), lstm(), rows(tf), dtype=tf.float32, sequence_length=x(tf, (3,), "int32")
            ),
        }
    )
    return op_seeds(tf, snippets)


def training(tf):
    """A loss, its gradients, an optimizer, and a random op built after them."""
    lstm = cells(tf)["BasicLSTMCell"]
    snippets = {
        kind + name: trained(tf, last(tf, cells(tf)[name]))
        for name in ("BasicLSTMCell", "GRUCell", "DropoutWrapper of output", "MultiRNNCell of shared dropout")
        for kind, last in (("dynamic ", dynamic_last), ("static ", static_last))
    }
    snippets.update(
        {
            "sequence_length": trained(
                tf, lambda: dynamic_last(tf, lstm, sequence_length=x(tf, (3,), "int32"))()
            ),
            "all outputs": trained(tf, lambda: tf.nn.dynamic_rnn(lstm(), x(tf), dtype=tf.float32)[0]),
            "descending": trained(tf, dynamic_last(tf, lstm), tf.train.GradientDescentOptimizer),
        }
    )
    return op_seeds(tf, snippets)
