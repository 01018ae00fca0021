# A TensorFlow 1 script to be ported: a character model whose state is carried from batch to batch; a rate fed by hand.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
batch, steps, characters = 4, 7, 10
x = tf.placeholder(tf.int32, [batch, steps])
y = tf.placeholder(tf.int32, [batch, steps])
rate = tf.placeholder(tf.float32, [])
cells = [tf.nn.rnn_cell.BasicLSTMCell(6, state_is_tuple=True) for _ in range(2)]
cell = tf.nn.rnn_cell.MultiRNNCell(
    [tf.nn.rnn_cell.DropoutWrapper(c, output_keep_prob=0.9) for c in cells], state_is_tuple=True
)
initial_state = cell.zero_state(batch, tf.float32)
outputs, final_state = tf.nn.dynamic_rnn(cell, tf.one_hot(x, characters), initial_state=initial_state)
with tf.variable_scope("softmax"):
    w = tf.Variable(tf.truncated_normal((6, characters), stddev=0.1))
    b = tf.Variable(tf.zeros(characters))
logits = tf.matmul(tf.reshape(outputs, [-1, 6]), w) + b
labels = tf.reshape(tf.one_hot(y, characters), logits.get_shape())
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels))
variables = tf.trainable_variables()
gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5)
train = tf.train.AdamOptimizer(rate).apply_gradients(zip(gradients, variables))
text = np.random.RandomState(0).randint(characters, size=(batch, 6 * steps + 1))
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    state = session.run(initial_state)
    for step in range(6):
        window = text[:, step * steps : (step + 1) * steps + 1]
        feed = {x: window[:, :-1], y: window[:, 1:], initial_state: state, rate: 0.01 / (1 + step)}
        value, state, _ = session.run([loss, final_state, train], feed)
        print(value)
