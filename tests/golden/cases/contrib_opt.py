"""tf.contrib.opt: three steps of each optimizer, with a dense and a sparse gradient."""

import os
import tempfile

from _tools import distinct, variables

SUBJECTS = {
    "lazy_adam": ["LazyAdamOptimizer"], "nadam": ["NadamOptimizer"], "adam_w": ["AdamWOptimizer"],
    "momentum_w_on_some_variables": ["MomentumWOptimizer", "DecoupledWeightDecayExtension"],
    "ada_max": ["AdaMaxOptimizer"], "moving_average": ["MovingAverageOptimizer"],
    "extended_gradient_descent": ["extend_with_decoupled_weight_decay"],
}
SUBJECTS = {case: ["tf.contrib.opt." + name for name in names] for case, names in SUBJECTS.items()}


def _three_steps(tf, make, use_resource=False, **arguments):
    """Gradients are fed: the weight decay of TF 1.15 does not wait for a loss to be computed."""
    with tf.variable_scope("resource" if use_resource else "reference", use_resource=use_resource):
        table = tf.get_variable("table", initializer=distinct((5, 2)))
        weights = tf.get_variable("weights", initializer=distinct((2, 3), seed=1))
    rows, slices = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.float32, [None, 2])
    dense = tf.placeholder(tf.float32, [2, 3])
    if arguments.pop("only_weights", False):
        arguments["decay_var_list"] = [weights]
    train = make().apply_gradients(
        [(tf.IndexedSlices(slices, rows, [5, 2]), table), (dense, weights)], **arguments)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for seed, batch in enumerate(([0, 3], [3, 3, 1], [4])):
            sess.run(train, {rows: batch, slices: distinct((len(batch), 2), 2.0, seed),
                             dense: distinct((2, 3), 2.0, seed + 10)})
        values = {"variables": variables(tf.global_variables())}
        for variable in tf.global_variables():
            values[variable.name] = sess.run(variable)
    return values


def _both(tf, make, **minimize):
    values = {}
    for use_resource in (False, True):
        with tf.Graph().as_default():
            got = _three_steps(tf, make, use_resource, **minimize)
        values.update(("%s, resource %s" % (key, use_resource), value) for key, value in got.items())
    return values


def lazy_adam(tf):
    return _both(tf, lambda: tf.contrib.opt.LazyAdamOptimizer(0.1))


def nadam(tf):
    return _both(tf, lambda: tf.contrib.opt.NadamOptimizer(0.1))


def adam_w(tf):
    return _both(tf, lambda: tf.contrib.opt.AdamWOptimizer(0.01, 0.1))


def momentum_w_on_some_variables(tf):
    return _both(tf, lambda: tf.contrib.opt.MomentumWOptimizer(0.01, 0.1, 0.9), only_weights=True)


def extended_gradient_descent(tf):
    extended = tf.contrib.opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
    return _three_steps(tf, lambda: extended(weight_decay=0.02, learning_rate=0.1))


def ada_max(tf):
    return _both(tf, lambda: tf.contrib.opt.AdaMaxOptimizer(0.1))


def moving_average(tf):
    path, values = os.path.join(tempfile.mkdtemp(), "swapped"), {}
    weights = tf.get_variable("weights", initializer=distinct((2, 3)))
    other = tf.get_variable("other", initializer=1.0, trainable=False)
    optimizer = tf.contrib.opt.MovingAverageOptimizer(tf.train.MomentumOptimizer(0.1, 0.9), average_decay=0.5)
    try:
        optimizer.swapping_saver()
    except RuntimeError as error:
        values["too early"] = str(error)
    train = optimizer.minimize(tf.reduce_sum(tf.square(weights - 1.0)) * other)
    saver = optimizer.swapping_saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            sess.run(train)
        saver.save(sess, path)
        values.update((variable.name, sess.run(variable)) for variable in tf.global_variables())
    values.update(("saved " + name, tf.train.load_variable(path, name)) for name, _ in tf.train.list_variables(path))
    try:
        optimizer.swapping_saver([weights])
    except ValueError as error:
        values["without its average"] = str(error)
    return values
