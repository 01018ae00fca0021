# A TensorFlow 1 script to be ported: python rnn.py CELL FORM trains a recurrent network of that cell, used in that way.
import sys

import numpy as np
import tensorflow as tf

rnn = tf.contrib.rnn
CELLS = {
    "basic_rnn": lambda n: rnn.BasicRNNCell(n),
    "relu_rnn": lambda n: rnn.BasicRNNCell(n, activation=tf.nn.relu),
    "basic_lstm": lambda n: rnn.BasicLSTMCell(n),
    "basic_lstm_0": lambda n: rnn.BasicLSTMCell(n, forget_bias=0.0),
    "lstm": lambda n: rnn.LSTMCell(n),
    "peepholes": lambda n: rnn.LSTMCell(n, use_peepholes=True),
    "projection": lambda n: rnn.LSTMCell(n, num_proj=3),
    "clipped": lambda n: rnn.LSTMCell(n, cell_clip=0.1),
    "gru": lambda n: rnn.GRUCell(n),
    "lstm_block": lambda n: rnn.LSTMBlockCell(n),
    "gru_block": lambda n: rnn.GRUBlockCellV2(n),
    "layer_norm": lambda n: rnn.LayerNormBasicLSTMCell(n),
    "ugrnn": lambda n: rnn.UGRNNCell(n),
    "intersection": lambda n: rnn.IntersectionRNNCell(n, num_in_proj=n),
    "nas": lambda n: rnn.NASCell(n),
    "coupled": lambda n: rnn.CoupledInputForgetGateLSTMCell(n),
    "sru": lambda n: rnn.SRUCell(n),
    "indrnn": lambda n: rnn.IndRNNCell(n),
    "indy_gru": lambda n: rnn.IndyGRUCell(n),
    "indy_lstm": lambda n: rnn.IndyLSTMCell(n),
    "glstm": lambda n: rnn.GLSTMCell(n, number_of_groups=2),
    "residual": lambda n: rnn.ResidualWrapper(rnn.GRUCell(4)),
    "highway": lambda n: rnn.HighwayWrapper(rnn.GRUCell(4)),
    "dropout": lambda n: rnn.DropoutWrapper(rnn.LSTMCell(n), 0.8, 0.7, 0.9),
    "variational": lambda n: rnn.DropoutWrapper(
        rnn.GRUCell(n), 0.8, 0.7, 0.9, variational_recurrent=True, input_size=4, dtype=tf.float32
    ),
    "attention": lambda n: rnn.AttentionCellWrapper(rnn.LSTMCell(n), 2),
    "embedding_wrapped": lambda n: rnn.InputProjectionWrapper(rnn.GRUCell(n), 5),
    "output_projected": lambda n: rnn.OutputProjectionWrapper(rnn.GRUCell(n), 3),
}


def build(kind, form, x, lengths):
    make = CELLS[kind]
    if form == "dynamic":
        outputs, _ = tf.nn.dynamic_rnn(make(6), x, dtype=tf.float32)
        return outputs[:, -1]
    if form == "all":
        outputs, _ = tf.nn.dynamic_rnn(make(6), x, dtype=tf.float32)
        return tf.reduce_mean(outputs, 1)
    if form == "masked":
        outputs, state = tf.nn.dynamic_rnn(make(6), x, lengths, dtype=tf.float32)
        return tf.concat([tf.reduce_sum(outputs, 1)] + tf.contrib.framework.nest.flatten(state), 1)
    if form == "time_major":
        outputs, _ = tf.nn.dynamic_rnn(make(6), tf.transpose(x, [1, 0, 2]), dtype=tf.float32, time_major=True)
        return outputs[-1]
    if form == "static":
        outputs, _ = rnn.static_rnn(make(6), tf.unstack(x, 5, 1), dtype=tf.float32)
        return outputs[-1]
    if form == "static_masked":
        outputs, state = rnn.static_rnn(make(6), tf.unstack(x, 5, 1), dtype=tf.float32, sequence_length=lengths)
        return tf.concat([outputs[-1]] + tf.contrib.framework.nest.flatten(state), 1)
    if form == "bidirectional":
        outputs, _ = tf.nn.bidirectional_dynamic_rnn(make(6), make(6), x, dtype=tf.float32)
        return tf.concat(outputs, 2)[:, -1]
    if form == "bidirectional_masked":
        outputs, _ = tf.nn.bidirectional_dynamic_rnn(make(6), make(6), x, lengths, dtype=tf.float32)
        return tf.reduce_sum(tf.concat(outputs, 2), 1)
    if form == "static_bidirectional":
        outputs, _, _ = rnn.static_bidirectional_rnn(make(6), make(6), tf.unstack(x, 5, 1), dtype=tf.float32)
        return outputs[-1]
    if form == "stacked":
        cell = rnn.MultiRNNCell([make(6), make(6)])
        outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
        return outputs[:, -1]
    if form == "static_stacked":
        cell = rnn.MultiRNNCell([make(6), make(6)])
        outputs, _ = rnn.static_rnn(cell, tf.unstack(x, 5, 1), dtype=tf.float32)
        return outputs[-1]
    if form == "initial":
        cell = make(6)
        state = tf.contrib.framework.nest.map_structure(
            lambda zeros: tf.layers.dense(x[:, 0], int(zeros.shape[-1])), cell.zero_state(tf.shape(x)[0], tf.float32)
        )
        outputs, _ = tf.nn.dynamic_rnn(cell, x, initial_state=state)
        return outputs[:, -1]
    raise ValueError(form)


tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 5, 4], name="x")
y = tf.placeholder(tf.int64, [None], name="y")
lengths = tf.placeholder(tf.int32, [None], name="lengths")
h = build(sys.argv[1], sys.argv[2], x, lengths)
logits = tf.layers.dense(h, 3, name="logits")
loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
train = tf.train.AdamOptimizer(0.01).minimize(loss)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        feed = {x: random.randn(8, 5, 4), y: random.randint(3, size=8), lengths: random.randint(1, 6, size=8)}
        print(session.run([loss, train], feed)[0])
