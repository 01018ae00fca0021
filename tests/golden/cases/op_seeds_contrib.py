"""How many ops TensorFlow 1.15 counts for tf.contrib: cells, layers, sequence to sequence."""

from _op_seeds import op_seeds
from _op_seeds_rnn import contrib_cells


def _x(tf, shape=(3, 5, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def _rows(tf, number=3):
    return [_x(tf, (3, 4)) for _ in range(number)]


def _image(tf):
    return tf.placeholder(tf.float32, [2, 8, 8, 3])


def cells(tf):
    def step(make):
        def build():
            cell = make()
            cell(_x(tf, (3, 4)), cell.zero_state(3, tf.float32))

        return build

    snippets = {name: step(make) for name, make in contrib_cells(tf).items()}
    rnn = tf.contrib.rnn
    snippets.update(
        {
            "EmbeddingWrapper": lambda: tf.nn.dynamic_rnn(
                rnn.EmbeddingWrapper(rnn.BasicLSTMCell(2), 10, 4),
                _x(tf, (3, 5, 1), "int32"),
                dtype=tf.float32,
            ),
            "PhasedLSTMCell": lambda: tf.nn.dynamic_rnn(
                rnn.PhasedLSTMCell(2), (_x(tf, (3, 5, 1)), _x(tf)), dtype=tf.float32
            ),
            "LSTMBlockFusedCell": lambda: rnn.LSTMBlockFusedCell(2)(_x(tf, (5, 3, 4)), dtype=tf.float32),
            "FusedRNNCellAdaptor": lambda: rnn.FusedRNNCellAdaptor(rnn.BasicLSTMCell(2))(
                _x(tf, (5, 3, 4)), dtype=tf.float32
            ),
            "FusedRNNCellAdaptor, dynamic": lambda: rnn.FusedRNNCellAdaptor(
                rnn.BasicLSTMCell(2), use_dynamic_rnn=True
            )(_x(tf, (5, 3, 4)), dtype=tf.float32),
            "TimeReversedFusedRNN": lambda: rnn.TimeReversedFusedRNN(
                rnn.FusedRNNCellAdaptor(rnn.BasicLSTMCell(2))
            )(_x(tf, (5, 3, 4)), dtype=tf.float32),
            "stack_bidirectional_dynamic_rnn": lambda: rnn.stack_bidirectional_dynamic_rnn(
                [rnn.BasicLSTMCell(2)] * 2, [rnn.BasicLSTMCell(2)] * 2, _x(tf), dtype=tf.float32
            ),
            "stack_bidirectional_rnn": lambda: rnn.stack_bidirectional_rnn(
                [rnn.BasicLSTMCell(2)] * 2, [rnn.BasicLSTMCell(2)] * 2, _rows(tf), dtype=tf.float32
            ),
            "transpose_batch_time": lambda: rnn.transpose_batch_time(_x(tf)),
            "best_effort_input_batch_size": lambda: rnn.best_effort_input_batch_size([_x(tf, (None, 3, 4))]),
        }
    )
    return op_seeds(tf, snippets)


def layers(tf):
    layers = tf.contrib.layers

    def x():
        return _x(tf, (3, 4))

    def variable(**arguments):
        return lambda: tf.get_variable("v", (3, 4), **arguments)

    def scoped(function, **arguments):
        def build():
            with tf.variable_scope("scope", **arguments):
                function()

        return build

    def optimized(**arguments):
        def build():
            loss = tf.reduce_mean(tf.square(tf.layers.dense(x(), 2)))
            layers.optimize_loss(loss, tf.train.get_or_create_global_step(), **arguments)

        return build

    return op_seeds(
        tf,
        {
            "xavier_initializer": variable(initializer=layers.xavier_initializer()),
            "xavier_initializer, normal": variable(initializer=layers.xavier_initializer(uniform=False)),
            "xavier_initializer_conv2d": lambda: tf.get_variable(
                "v", (3, 3, 2, 4), initializer=layers.xavier_initializer_conv2d()
            ),
            "variance_scaling_initializer": variable(initializer=layers.variance_scaling_initializer()),
            "variance_scaling_initializer, uniform": variable(
                initializer=layers.variance_scaling_initializer(factor=1.0, mode="FAN_AVG", uniform=True)
            ),
            "get_variable in a scope of a regularizer": scoped(
                variable(), regularizer=layers.l2_regularizer(0.1)
            ),
            "get_variable with a regularizer": variable(regularizer=layers.l1_regularizer(0.1)),
            "fully_connected": lambda: layers.fully_connected(x(), 5),
            "fully_connected, linear": lambda: layers.fully_connected(x(), 5, activation_fn=None),
            "fully_connected in a scope": lambda: layers.fully_connected(x(), 5, scope="fc"),
            "fully_connected with initializers": lambda: layers.fully_connected(
                x(),
                5,
                weights_initializer=tf.truncated_normal_initializer(stddev=0.1),
                biases_initializer=tf.zeros_initializer(),
            ),
            "fully_connected with a regularizer": lambda: layers.fully_connected(
                x(), 5, weights_regularizer=layers.l2_regularizer(0.1)
            ),
            "fully_connected in time": lambda: layers.fully_connected(_x(tf, (None, 5, 4)), 5),
            "fully_connected normalized": lambda: layers.fully_connected(
                x(), 5, normalizer_fn=layers.batch_norm
            ),
            "two of fully_connected": lambda: layers.fully_connected(layers.fully_connected(x(), 5), 2),
            "linear": lambda: layers.linear(x(), 5),
            "conv2d": lambda: layers.conv2d(_image(tf), 4, 3),
            "flatten": lambda: layers.flatten(_image(tf)),
            "flatten of unknown batch": lambda: layers.flatten(_x(tf, (None, 8, 8, 3))),
            "dropout": lambda: layers.dropout(x(), 0.5),
            "dropout at rest": lambda: layers.dropout(x(), 0.5, is_training=False),
            "dropout by a flag": lambda: layers.dropout(x(), 0.5, is_training=tf.placeholder(tf.bool, [])),
            "batch_norm": lambda: layers.batch_norm(x()),
            "batch_norm at rest": lambda: layers.batch_norm(x(), is_training=False),
            "batch_norm of an image": lambda: layers.batch_norm(_image(tf)),
            "layer_norm": lambda: layers.layer_norm(x()),
            "max_pool2d": lambda: layers.max_pool2d(_image(tf), 2),
            "l1_regularizer": lambda: layers.l1_regularizer(0.1)(tf.Variable([1.0])),
            "l2_regularizer": lambda: layers.l2_regularizer(0.1)(tf.Variable([1.0])),
            "apply_regularization": lambda: layers.apply_regularization(
                layers.l2_regularizer(0.1), [tf.Variable([1.0]), tf.Variable([2.0])]
            ),
            "one_hot_encoding": lambda: layers.one_hot_encoding(_x(tf, (3,), "int32"), 5),
            "embed_sequence": lambda: layers.embed_sequence(_x(tf, (3, 5), "int32"), 10, 4),
            "optimize_loss": optimized(learning_rate=0.01, optimizer="Adam"),
            "optimize_loss, clipped": optimized(learning_rate=0.01, optimizer="SGD", clip_gradients=1.0),
            "slim.fully_connected": lambda: tf.contrib.slim.fully_connected(x(), 5),
            "slim.conv2d": lambda: tf.contrib.slim.conv2d(_image(tf), 4, [3, 3]),
            "slim.dropout": lambda: tf.contrib.slim.dropout(x(), 0.5),
            "slim.batch_norm": lambda: tf.contrib.slim.batch_norm(x()),
            "framework.get_global_step": lambda: tf.contrib.framework.get_or_create_global_step(),
        },
    )


def sequence_to_sequence(tf):
    seq2seq, rnn = tf.contrib.seq2seq, tf.contrib.rnn

    def embedding():
        return tf.get_variable("embedding", [10, 4])

    def attention(kind, **arguments):
        mechanism = getattr(seq2seq, kind)(
            4, _x(tf), memory_sequence_length=_x(tf, (3,), "int32"), **arguments
        )
        return seq2seq.AttentionWrapper(rnn.BasicLSTMCell(4), mechanism, attention_layer_size=4)

    def decoded(make_helper, make_cell=lambda: rnn.BasicLSTMCell(4), trained=False, **arguments):
        def build():
            cell = make_cell()
            decoder = seq2seq.BasicDecoder(
                cell, make_helper(), cell.zero_state(3, tf.float32), tf.layers.Dense(10)
            )
            outputs, _, _ = seq2seq.dynamic_decode(decoder, **arguments)
            if trained:
                loss = seq2seq.sequence_loss(
                    outputs.rnn_output, _x(tf, (3, None), "int32"), _x(tf, (3, None))
                )
                tf.train.AdamOptimizer(0.001).minimize(loss)

        return build

    def training():
        return seq2seq.TrainingHelper(_x(tf), _x(tf, (3,), "int32"))

    def greedy():
        return seq2seq.GreedyEmbeddingHelper(embedding(), tf.fill([3], 1), 2)

    def beam():
        cell = rnn.BasicLSTMCell(4)
        decoder = seq2seq.BeamSearchDecoder(
            cell,
            embedding(),
            tf.fill([3], 1),
            2,
            seq2seq.tile_batch(cell.zero_state(3, tf.float32), 2),
            2,
            tf.layers.Dense(10),
        )
        seq2seq.dynamic_decode(decoder, maximum_iterations=5)

    def words(number=3):
        return [_x(tf, (3,), "int32") for _ in range(number)]

    legacy = tf.contrib.legacy_seq2seq
    return op_seeds(
        tf,
        {
            "sequence_loss": lambda: seq2seq.sequence_loss(_x(tf), _x(tf, (3, 5), "int32"), _x(tf, (3, 5))),
            "sequence_loss over time": lambda: seq2seq.sequence_loss(
                _x(tf), _x(tf, (3, 5), "int32"), tf.ones([3, 5]), average_across_batch=False
            ),
            "TrainingHelper": decoded(training),
            "TrainingHelper, trained": decoded(training, trained=True),
            "TrainingHelper, imputed": decoded(training, impute_finished=True),
            "GreedyEmbeddingHelper": decoded(greedy, maximum_iterations=5),
            "SampleEmbeddingHelper": decoded(
                lambda: seq2seq.SampleEmbeddingHelper(embedding(), tf.fill([3], 1), 2), maximum_iterations=5
            ),
            "ScheduledEmbeddingTrainingHelper": decoded(
                lambda: seq2seq.ScheduledEmbeddingTrainingHelper(
                    _x(tf), _x(tf, (3,), "int32"), embedding(), 0.5
                )
            ),
            "BahdanauAttention": decoded(training, lambda: attention("BahdanauAttention")),
            "BahdanauAttention, normalized": decoded(
                training, lambda: attention("BahdanauAttention", normalize=True)
            ),
            "BahdanauAttention, trained": decoded(
                training, lambda: attention("BahdanauAttention"), trained=True
            ),
            "LuongAttention": decoded(training, lambda: attention("LuongAttention")),
            "LuongAttention, scaled": decoded(training, lambda: attention("LuongAttention", scale=True)),
            "LuongAttention, trained": decoded(training, lambda: attention("LuongAttention"), trained=True),
            "BeamSearchDecoder": beam,
            "tile_batch": lambda: seq2seq.tile_batch(_x(tf), 2),
            "hardmax": lambda: seq2seq.hardmax(_x(tf, (3, 4))),
            "legacy sequence_loss_by_example": lambda: legacy.sequence_loss_by_example(
                [_x(tf, (3, 10))], [_x(tf, (3,), "int32")], [tf.ones([3])]
            ),
            "legacy sequence_loss": lambda: legacy.sequence_loss(
                [_x(tf, (3, 10))] * 2, [_x(tf, (3,), "int32")] * 2, [tf.ones([3])] * 2
            ),
            "legacy rnn_decoder": lambda: legacy.rnn_decoder(
                _rows(tf), rnn.BasicLSTMCell(4).zero_state(3, tf.float32), rnn.BasicLSTMCell(4)
            ),
            "legacy basic_rnn_seq2seq": lambda: legacy.basic_rnn_seq2seq(
                _rows(tf), _rows(tf), rnn.BasicLSTMCell(4)
            ),
            "legacy tied_rnn_seq2seq": lambda: legacy.tied_rnn_seq2seq(
                _rows(tf), _rows(tf), rnn.BasicLSTMCell(4)
            ),
            "legacy embedding_rnn_seq2seq": lambda: legacy.embedding_rnn_seq2seq(
                words(), words(), rnn.BasicLSTMCell(4), 10, 10, 4
            ),
            "legacy embedding_rnn_seq2seq, feeding back": lambda: legacy.embedding_rnn_seq2seq(
                words(), words(), rnn.BasicLSTMCell(4), 10, 10, 4, feed_previous=True
            ),
            "legacy embedding_attention_seq2seq": lambda: legacy.embedding_attention_seq2seq(
                words(), words(), rnn.BasicLSTMCell(4), 10, 10, 4
            ),
        },
    )
