"""As `op_seeds_rnn.training`, for every cell and wrapper."""

from _op_seeds import op_seeds
from _op_seeds_rnn import cells, contrib_cells, dynamic_last, raw_rnn, rows, static_last, trained, x


def every_cell(tf):
    """Each cell in a loop and unrolled."""
    snippets = {
        kind + name: trained(tf, last(tf, make))
        for name, make in cells(tf).items()
        for kind, last in (("dynamic ", dynamic_last), ("static ", static_last))
    }
    snippets.update({name: trained(tf, dynamic_last(tf, make)) for name, make in contrib_cells(tf).items()})
    return op_seeds(tf, snippets)


def every_function(tf):
    """The functions that unroll a cell, and what is read out of them."""
    rnn, lstm = tf.contrib.rnn, cells(tf)["BasicLSTMCell"]
    snippets = {
        "sequence_length": trained(
            tf, lambda: dynamic_last(tf, lstm, sequence_length=x(tf, (3,), "int32"))()
        ),
        "all outputs": trained(tf, lambda: tf.nn.dynamic_rnn(lstm(), x(tf), dtype=tf.float32)[0]),
        "all outputs flattened": trained(
            tf, lambda: tf.reshape(tf.nn.dynamic_rnn(lstm(), x(tf), dtype=tf.float32)[0], [-1, 2])
        ),
        "final state": trained(tf, lambda: tf.nn.dynamic_rnn(lstm(), x(tf), dtype=tf.float32)[1].h),
        "bidirectional dynamic": trained(
            tf,
            lambda: tf.concat(tf.nn.bidirectional_dynamic_rnn(lstm(), lstm(), x(tf), dtype=tf.float32)[0], 2)[
                :, -1
            ],
        ),
        "bidirectional static": trained(
            tf, lambda: rnn.static_bidirectional_rnn(lstm(), lstm(), rows(tf), dtype=tf.float32)[0][-1]
        ),
        "swap_memory": trained(tf, dynamic_last(tf, lstm, swap_memory=True)),
        "embedded": trained(
            tf,
            lambda: tf.nn.dynamic_rnn(
                lstm(),
                tf.nn.embedding_lookup(tf.get_variable("e", [10, 4]), x(tf, (3, 5), "int32")),
                dtype=tf.float32,
            )[1].h,
        ),
        "descending": trained(tf, dynamic_last(tf, lstm), tf.train.GradientDescentOptimizer),
        "by RMSProp": trained(tf, dynamic_last(tf, lstm), tf.train.RMSPropOptimizer),
        "raw_rnn": trained(tf, lambda: raw_rnn(tf, lstm())[-1]),
    }
    return op_seeds(tf, snippets)
