"""Which of today's kernels differ from TensorFlow 1.15's in their last bits, and by how much.

    tf115/bin/python tests/golden/compare_kernels.py FILE.npz --write    # TensorFlow 1.15 writes what it computes
    python -m tests.golden.compare_kernels FILE.npz                      # today's does too; a line for each op

Inputs are random numbers of a fixed seed; one thread, no graph optimizer. Python 3.7 must be able to run this.
"""

import os
import sys

import numpy as np

MATMULS = ((32, 48, 64), (8, 24, 64), (20, 40, 128), (64, 100, 10), (128, 256, 512), (32, 16, 5))
OPTIMIZERS = (
    ("Adam", lambda tf: tf.train.AdamOptimizer(0.01)),
    ("RMSProp", lambda tf: tf.train.RMSPropOptimizer(0.01)),
    ("Adagrad", lambda tf: tf.train.AdagradOptimizer(0.1)),
    ("Momentum", lambda tf: tf.train.MomentumOptimizer(0.1, 0.9)),
    ("gradient descent", lambda tf: tf.train.GradientDescentOptimizer(0.1)),
)


def _ops(tf, draw, whole):
    """{what: tensor} of ops without variables."""
    x, positive = draw(64, 100), np.abs(draw(64, 100)) + np.float32(0.01)
    of_one = "exp erf softplus sin tanh sigmoid"
    found = {name: getattr(tf, name, None) or getattr(tf.nn, name) for name in of_one.split()}
    found = {name: function(tf.constant(x)) for name, function in found.items()}
    found.update((name, getattr(tf, name)(tf.constant(positive))) for name in ("log", "sqrt", "rsqrt"))
    logits = tf.constant(2 * x)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.constant(whole(100, 64)), logits=logits)
    found["softmax"], found["log_softmax"] = tf.nn.softmax(logits), tf.nn.log_softmax(logits)
    found["sparse softmax cross entropy"] = loss
    found["sparse softmax cross entropy, gradient"] = tf.gradients(loss, logits)[0]
    labels = tf.constant((x > 0).astype(np.float32))
    found["sigmoid cross entropy"] = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    found["reduce_sum of 6,400"] = tf.reduce_sum(tf.constant(x))
    found["reduce_sum of rows of 100"] = tf.reduce_sum(tf.constant(x), 1)
    found["reduce_sum of columns of 64"] = tf.reduce_sum(tf.constant(x), 0)
    found["reduce_mean of 64"] = tf.reduce_mean(tf.constant(x[:, 0]))
    found["add_n of 4"] = tf.add_n([tf.constant(draw(64, 100)) for _ in range(4)])
    found["moments, variance of 64"] = tf.nn.moments(tf.constant(x), [0])[1]
    found["l2_loss"] = tf.nn.l2_loss(tf.constant(x))
    found["global_norm"] = tf.global_norm([tf.constant(draw(40, 30)), tf.constant(draw(30))])
    bias = tf.constant(draw(100))
    biased = tf.nn.bias_add(tf.constant(x), bias)
    found["bias_add, gradient over 64 rows"] = tf.gradients(biased, bias, grad_ys=tf.constant(draw(64, 100)))[0]
    kernel = tf.constant(draw(3, 3, 3, 8))
    image = tf.nn.conv2d(tf.constant(draw(4, 12, 12, 3)), kernel, [1, 1, 1, 1], "SAME")
    found["conv2d 3x3"] = image
    found["conv2d 3x3, gradient of the kernel"] = tf.gradients(image, kernel, tf.constant(draw(4, 12, 12, 8)))[0]
    for m, k, n in MATMULS:
        a, b, name = draw(m, k), draw(k, n), "matmul %d x %d x %d" % (m, k, n)
        found[name] = tf.matmul(tf.constant(a), tf.constant(b))
        found[name + ", first turned"] = tf.matmul(tf.constant(a.T.copy()), tf.constant(b), transpose_a=True)
        found[name + ", second turned"] = tf.matmul(tf.constant(a), tf.constant(b.T.copy()), transpose_b=True)
    return found


def compute(tf):
    """Return {what: array}."""
    random = np.random.RandomState(0)

    def draw(*shape):
        return random.randn(*shape).astype(np.float32)

    def whole(below, *shape):
        return random.randint(0, below, shape)

    found, steps, variables = _ops(tf, draw, whole), {}, {}
    fed, gradients = tf.placeholder(tf.float32, [40, 30]), [draw(40, 30) for _ in range(3)]
    for name, make in OPTIMIZERS:
        variables[name] = tf.Variable(draw(40, 30))
        steps[name] = make(tf).apply_gradients([(fed, variables[name])])
    table = tf.Variable(draw(50, 16))
    rows = tf.nn.embedding_lookup(table, tf.constant(whole(50, 32, 10)))
    sparse = tf.gradients(rows, table, grad_ys=tf.constant(draw(32, 10, 16)))[0]
    add = tf.train.GradientDescentOptimizer(0.1).apply_gradients([(sparse, table)])
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.optimizer_options.opt_level = -1
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with tf.Session(config=config) as sess:
        sess.run(tf.global_variables_initializer())
        values = sess.run(found)
        sess.run(add)
        values["embedding_lookup, gradient added"] = sess.run(table)
        for name, step in steps.items():
            for gradient in gradients:
                sess.run(step, {fed: gradient})
            values[name + ", 3 steps"] = sess.run(variables[name])
    return values


def differences(before, now):
    """Yield (what, share of elements that differ, largest difference in units of the last place)."""
    for name in sorted(before):
        was, is_ = (np.ravel(values[name]).view(np.int32).astype(np.int64) for values in (before, now))
        yield name, float(np.mean(was != is_)), int(np.max(np.abs(was - is_)))


def main():
    """Write under TensorFlow 1.15, compare under today's."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    path = sys.argv[1]
    if "--write" in sys.argv:
        import tensorflow as tf

        np.savez(path, **compute(tf))
        return
    from legacy_graph import tf1
    from legacy_graph.behavior import tf1_behavior
    from legacy_graph.graph115.kernels import exact_kernels

    with tf1_behavior(), exact_kernels("always"):
        now = compute(tf1)
    for name, share, units in differences(np.load(path), now):
        print("%-45s %5.1f %% differ, by %d units at most" % (name, 100 * share, units))


if __name__ == "__main__":
    main()
