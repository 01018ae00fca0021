# A TensorFlow 1 script to be ported: fed by tf.data; a regression by a GRU; Adagrad; a global step.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
random = np.random.RandomState(0)
xs, ys = random.randn(40, 6, 2).astype("float32"), random.randn(40, 1).astype("float32")
data = tf.data.Dataset.from_tensor_slices((xs, ys)).batch(8).repeat()
x, y = data.make_one_shot_iterator().get_next()
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(5), x, dtype=tf.float32)
prediction = tf.layers.dense(state, 1)
loss = tf.losses.mean_squared_error(y, prediction)
train = tf.train.AdagradOptimizer(0.1).minimize(loss, tf.train.get_or_create_global_step())
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(6):
        print(session.run([loss, train])[0])
