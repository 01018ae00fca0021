"""tanh, sigmoid and exp, their gradients, and what is made of them: bit for bit."""

import numpy as np

# Near 0, where neurons work, where they saturate, and beyond; and what is no ordinary number. A
# multiple of 8 of them: TensorFlow 1.15 computed the rest of a division by 8 by another formula.
_X = np.concatenate([
    np.random.RandomState(1).randn(500) * scale for scale in (1e-6, 0.01, 1.0, 5.0, 20.0)
] + [[0.0, -0.0, 9.0, -9.0, 18.0, -18.0, 1e-40, 1e38, -1e38, np.inf, -np.inf, np.nan]]).astype("float32")


def _run(tf, make, x=_X, gradients=2):
    """What `make` gives for x, its gradient, and the gradient of that."""
    point = tf.placeholder(x.dtype, [None])
    wanted = [make(point)]
    for _ in range(gradients):
        wanted += tf.gradients(wanted[-1], point)
    with tf.Session() as sess:
        values = sess.run(wanted, {point: x})
    return dict(zip(("bits/value", "bits/gradient", "bits/second gradient"), values))


def tanh(tf):
    return _run(tf, tf.tanh)


def sigmoid(tf):
    return _run(tf, tf.sigmoid)


def exp(tf):
    """Of numbers that stay finite, and of some that are not numbers."""
    found = _run(tf, tf.exp, np.concatenate([_X[:2000], np.linspace(-87, 88, 4000, dtype="float32")]))
    odd = np.array([0.0, -0.0, 1e-40, np.nan, -np.inf, -1e38, -200.0, -104.0], "float32")
    found["bits/odd"] = _run(tf, tf.exp, odd, gradients=0)["bits/value"]
    point = tf.placeholder(tf.float32, [8])
    with tf.Session() as sess:
        found["too large"] = np.isposinf(sess.run(tf.exp(point), {point: np.full(8, 89.0)}))
    return found


def periods(tf):
    """A PhasedLSTMCell's first periods are exp of a random number; 1.15's only bit for bit with its exp."""
    cell = tf.contrib.rnn.PhasedLSTMCell(64, period_init_min=3.0, period_init_max=90.0)
    tf.set_random_seed(5)
    times, rows = tf.zeros([2, 3, 1]), tf.zeros([2, 3, 4])
    tf.nn.dynamic_rnn(cell, (times, rows), dtype=tf.float32)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return {"bits/" + v.op.name: sess.run(v) for v in tf.global_variables() if v.op.name.endswith("period")}


def names(tf):
    """All public names stand for the same kernels."""
    x = tf.constant(_X)
    with tf.Session() as sess:
        return {"bits/" + name: sess.run(function(x)) for name, function in (
            ("nn.tanh", tf.nn.tanh), ("nn.sigmoid", tf.nn.sigmoid), ("math.tanh", tf.math.tanh),
            ("math.sigmoid", tf.math.sigmoid), ("keras", tf.keras.activations.tanh),
            ("math.exp", lambda x: tf.math.exp(_X[:2000])),
            ("keras exp", lambda x: tf.keras.activations.exponential(tf.constant(_X[:2000]))),
            ("numpy", lambda x: tf.tanh(_X)), ("variable", _of_variable(tf, sess)))}


def _of_variable(tf, sess):
    variable = tf.Variable(_X)
    sess.run(variable.initializer)
    return lambda x: tf.sigmoid(variable)


def in_a_loop(tf):
    def make(x):
        return tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, tf.sigmoid(tf.tanh(y) * 3.0)), [0, x])[1]
    return _run(tf, make, _X[:2496], gradients=1)


def in_a_branch(tf):
    return _run(tf, lambda x: tf.cond(tf.reduce_sum(x) > 1e30, lambda: x, lambda: tf.tanh(x)), _X[:2496])


def doubles(tf):
    x = tf.constant(_X.astype(np.float64))
    with tf.Session() as sess:
        return {"tanh": sess.run(tf.tanh(x)), "sigmoid": sess.run(tf.sigmoid(x)), "exp": sess.run(tf.exp(x))}


def a_cell(tf):
    """The forward pass of an LSTM of 10 rows: matmuls, additions and these two."""
    random = np.random.RandomState(2)
    images = tf.constant(random.rand(16, 10, 8).astype("float32"))
    cell = tf.nn.rnn_cell.BasicLSTMCell(8)
    outputs, state = tf.nn.dynamic_rnn(cell, images, dtype=tf.float32)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for variable in tf.global_variables():
            variable.load(random.randn(*variable.shape.as_list()).astype("float32") * 0.3, sess)
        values = sess.run([outputs, state.c, state.h])
    return dict(zip(("bits/outputs", "bits/c", "bits/h"), values))
