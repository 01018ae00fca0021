# while_loop, TensorArray, cond, scan, raw_rnn; gradients through them.
import tensorflow as tf

tf.set_random_seed(14)
i, total = tf.while_loop(lambda i, t: i < 5, lambda i, t: (i + 1, t + tf.square(t) * 0.1), (0, tf.constant(1.0)))
x = tf.Variable(2.0)
array = tf.TensorArray(tf.float32, size=3, clear_after_read=False)
_, array = tf.while_loop(lambda t, a: t < 3, lambda t, a: (t + 1, a.write(t, x * tf.to_float(t))), (0, array))
sums = tf.reduce_sum(array.stack())
branch = tf.cond(x > 1.0, lambda: x * 3.0, lambda: x)
scanned = tf.scan(lambda a, b: a * 0.5 + b, tf.constant([1.0, 2.0, 3.0]))
numbers = tf.map_fn(lambda v: v * v, tf.constant([1.0, 2.0]))

inputs = tf.reshape(tf.linspace(-1.0, 1.0, 12), [3, 2, 2])
inputs_ta = tf.TensorArray(tf.float32, 3).unstack(inputs)
cell = tf.contrib.rnn.LSTMCell(3)


def loop_fn(time, cell_output, cell_state, loop_state):
    if cell_output is None:
        next_cell_state = cell.zero_state(2, tf.float32)
    else:
        next_cell_state = cell_state
    finished = time >= tf.constant([3, 2])
    next_input = tf.cond(tf.reduce_all(finished), lambda: tf.zeros([2, 2]), lambda: inputs_ta.read(time))
    return finished, next_input, next_cell_state, cell_output, None


outputs_ta, final_state, _ = tf.nn.raw_rnn(cell, loop_fn)
outputs = outputs_ta.stack()
gradient = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables()[1:])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([i, total, sums, branch]), sess.run(tf.gradients(sums + branch, x)))
    print(sess.run(scanned), sess.run(numbers))
    print(sess.run(outputs))
    print([g.shape for g in sess.run(gradient)], "%.5f" % sess.run(gradient)[0].sum())
