# Each cell of tf.contrib.rnn, two steps; fused ones over the whole sequence.
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

tf.set_random_seed(6)
data = np.random.RandomState(2).uniform(-1, 1, (4, 3, 5)).astype(np.float32)  # time, batch, inputs
x = tf.constant(data)
cells = {
    "basic_rnn": lambda: rnn.BasicRNNCell(5),
    "gru": lambda: rnn.GRUCell(5),
    "gru_block": lambda: rnn.GRUBlockCellV2(5),
    "basic_lstm": lambda: rnn.BasicLSTMCell(5),
    "lstm_peephole_projection": lambda: rnn.LSTMCell(5, use_peepholes=True, num_proj=5, cell_clip=3.0),
    "lstm_block": lambda: rnn.LSTMBlockCell(5),
    "layer_norm": lambda: rnn.LayerNormBasicLSTMCell(5),
    "ugrnn": lambda: rnn.UGRNNCell(5),
    "nas": lambda: rnn.NASCell(5),
    "ind_rnn": lambda: rnn.IndRNNCell(5),
    "indy_lstm": lambda: rnn.IndyLSTMCell(5),
    "residual": lambda: rnn.ResidualWrapper(rnn.GRUCell(5)),
    "highway": lambda: rnn.HighwayWrapper(rnn.GRUCell(5)),
    "attention": lambda: rnn.AttentionCellWrapper(rnn.BasicLSTMCell(5), 2, state_is_tuple=True),
    "projected": lambda: rnn.OutputProjectionWrapper(rnn.InputProjectionWrapper(rnn.GRUCell(6), 3), 5),
    "device": lambda: rnn.DeviceWrapper(rnn.BasicRNNCell(5), "/cpu:0"),
}
outputs = {}
for name in sorted(cells):
    with tf.variable_scope(name):
        outputs[name], _ = rnn.static_rnn(cells[name](), tf.unstack(x)[:2], dtype=tf.float32)
with tf.variable_scope("fused"):
    fused, _ = rnn.LSTMBlockFusedCell(5)(x, dtype=tf.float32)
    turned, _ = rnn.TimeReversedFusedRNN(rnn.FusedRNNCellAdaptor(rnn.BasicRNNCell(5)))(x, dtype=tf.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for name in sorted(cells):
        first, second = sess.run(outputs[name])
        print("%-25s %9.5f %9.5f" % (name, np.abs(first).sum(), np.abs(second).sum()))
    print("fused %.5f, reversed %.5f" % tuple(np.abs(v).sum() for v in sess.run([fused, turned])))
print("\n".join("%s %s" % (v.name, v.shape) for v in tf.trainable_variables()))
