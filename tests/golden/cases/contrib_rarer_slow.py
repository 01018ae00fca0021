"""Names of tf.contrib that fewer scripts use: optimizers by sign, scipy's, percentiles."""

import numpy as np

from _rnn_tools import error
from _tools import distinct, variables

SUBJECTS = {"power_sign": ["opt.PowerSignOptimizer"], "add_sign": ["opt.AddSignOptimizer"],
            "scipy_optimizer": ["opt.ScipyOptimizerInterface", "opt.ExternalOptimizerInterface"],
            "percentile": ["distributions.percentile"]}
SUBJECTS = {case: ["tf.contrib." + name for name in names] for case, names in SUBJECTS.items()}


def _steps(tf, make, use_resource):
    """Three steps with gradients that are fed: a dense one, and, for reference variables, a sparse one."""
    with tf.variable_scope("model", use_resource=use_resource):
        table = tf.get_variable("table", initializer=distinct((5, 2)))
        weights = tf.get_variable("weights", initializer=distinct((2, 3), seed=1))
    step = tf.train.get_or_create_global_step()
    rows, slices = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.float32, [None, 2])
    dense = tf.placeholder(tf.float32, [2, 3])
    pairs = [(dense, weights)] + ([] if use_resource else [(tf.IndexedSlices(slices, rows, [5, 2]), table)])
    train = make().apply_gradients(pairs, global_step=step)
    values = {"ops": len(tf.get_default_graph().get_operations())} if use_resource else {}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for seed, batch in enumerate(([0, 3], [3, 3, 1], [4])):
            sess.run(train, {rows: batch, slices: distinct((len(batch), 2), 2.0, seed),
                             dense: distinct((2, 3), 2.0, seed + 10) * (-1) ** seed})
        values["variables"] = variables(tf.global_variables())
        for variable in tf.global_variables():
            values[variable.name] = sess.run(variable)
    return values


def _optimizers(tf, makers):
    values = {}
    for kind, make in makers.items():
        for use_resource in (False, True):
            with tf.Graph().as_default():
                got = _steps(tf, make, use_resource)
            values.update(("%s, resource %s: %s" % (kind, use_resource, key), value) for key, value in got.items())
    return values


def _decay(tf):
    return lambda step: 1.0 - tf.cast(step, tf.float32) / 4.0


def power_sign(tf):
    make = tf.contrib.opt.PowerSignOptimizer
    return _optimizers(tf, {"plain": make, "set": lambda: make(0.2, 2.0, 0.5, _decay(tf), name="Signs")})


def add_sign(tf):
    make = tf.contrib.opt.AddSignOptimizer
    return _optimizers(tf, {"plain": make, "set": lambda: make(0.2, 2.0, 0.5, _decay(tf), name="Signs")})


def scipy_optimizer(tf):
    """Where it ends, to three digits: scipy itself has changed."""
    make = tf.contrib.opt.ScipyOptimizerInterface
    vector = tf.Variable([7.0, 7.0], name="vector")
    matrix = tf.Variable([[3.0], [-4.0]], name="matrix")
    target = tf.placeholder(tf.float32, [])
    loss = tf.reduce_sum(tf.square(vector - target)) + tf.reduce_sum(tf.square(matrix)) + tf.reduce_sum(vector) ** 2
    unused = tf.Variable(1.0, name="unused")
    found, seen = {}, []
    for kind, settings in {
            "free": {}, "some": {"var_list": [vector], "options": {"maxiter": 20}},
            "bounds": {"var_to_bounds": {vector: ([1, 2], np.inf), matrix: (-np.inf, -0.5)}},
            "constraints": {"equalities": [vector[1] - 1.0], "inequalities": [matrix[0, 0] - 2.0],
                            "method": "SLSQP"}}.items():
        optimizer = make(loss, **settings)
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            optimizer.minimize(sess, {target: 2.0}, [loss], loss_callback=seen.append)
            for variable in (vector, matrix, unused):
                found[kind + " " + variable.name] = np.round(sess.run(variable), 3) + np.float32(0)
    found["first loss"] = seen[0]
    found["errors"] = [error(make(loss, **{name: None}).minimize, tf.Session()) for name in ("bounds", "jac")]
    return found


def percentile(tf):
    call = tf.contrib.distributions.percentile
    x, unknown = tf.constant(distinct((3, 4, 5), seed=3)), tf.placeholder(tf.float32, [None, 4, None])
    results = {"%s %s" % (q, way): call(x, q, interpolation=way)
               for q in (0, 30.0, 50, 97.5, 100.0) for way in (None, "lower", "higher", "nearest")}
    for axis in (0, [1], [0, 2], [2, 0], -1, [-1, -3], [0, 1, 2]):
        for keep in (False, True):
            results["axis %s %s" % (axis, keep)] = call(x, 40.0, axis=axis, keep_dims=keep)
            results["unknown %s %s" % (axis, keep)] = call(unknown, 40.0, axis=axis, keep_dims=keep)
    results["all kept"] = call(x, 60.0, keep_dims=True, name="mine")
    results["checked"] = call(x, tf.constant(60.0), validate_args=True)
    results["integers"] = call([5, 1, 4, 2], 25)
    values = {"shapes": [str(tensor.shape) for _, tensor in sorted(results.items())]}
    with tf.Session() as sess:
        values.update(sess.run(results, {unknown: distinct((3, 4, 5), seed=4)}))
        q = tf.placeholder(tf.float32, [])
        values["101"] = [error(call, x, 101.0, validate_args=True),
                         error(sess.run, call(x, q, validate_args=True), {q: 101.0})]
    values["errors"] = [error(call, x, 5.0, interpolation="linear"), error(call, x, [5.0]), error(call, x, 5.0, axis=3),
                        error(call, x, 5.0, axis=-4), error(call, x, 5.0, axis=tf.placeholder(tf.int32)),
                        error(call, tf.placeholder(tf.float32), 5.0, axis=0), error(call, x, 5.0, axis=[[0]])]
    return values
