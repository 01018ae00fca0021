"""One step and one backward pass of each cell, with distinct small weights."""

from _tools import distinct, set_distinct_weights, structure, variables


def _one_step(tf, make_cell, inputs=(3, 4)):
    cell = make_cell()
    x = tf.constant(distinct(inputs))
    state = cell.zero_state(inputs[0], tf.float32)
    output, new_state = cell(x, state)
    output, new_state = cell(output[:, :inputs[1]] if output.shape[1] >= inputs[1] else x, new_state)
    loss = tf.reduce_sum(tf.square(output))
    gradients = tf.gradients(loss, [x] + tf.trainable_variables())
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        output_value, gradient_values = sess.run([output, gradients])
    values = {"output": output_value, "state": structure(new_state),
              "variables": variables(tf.global_variables())}
    values.update(("gradient %d" % k, value) for k, value in enumerate(gradient_values))
    return values


def basic_lstm_cell(tf):
    return _one_step(tf, lambda: tf.contrib.rnn.BasicLSTMCell(5))
