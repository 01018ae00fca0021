"""How many ops TensorFlow 1.15 counts for optimizers and what stands round training."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def _image(tf):
    return tf.placeholder(tf.float32, [2, 8, 8, 3])


def _optimizers(tf):
    return {
        "GradientDescent": tf.train.GradientDescentOptimizer(0.1),
        "Adam": tf.train.AdamOptimizer(0.001),
        "Momentum": tf.train.MomentumOptimizer(0.1, 0.9),
        "Nesterov": tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
        "Adagrad": tf.train.AdagradOptimizer(0.1),
        "Adadelta": tf.train.AdadeltaOptimizer(),
        "RMSProp": tf.train.RMSPropOptimizer(0.01),
        "centered RMSProp": tf.train.RMSPropOptimizer(0.01, momentum=0.9, centered=True),
        "Ftrl": tf.train.FtrlOptimizer(0.1),
        "ProximalGradientDescent": tf.train.ProximalGradientDescentOptimizer(0.1),
        "ProximalAdagrad": tf.train.ProximalAdagradOptimizer(0.1),
        "AdagradDA": (
            tf.train.AdagradDAOptimizer(0.1, tf.train.get_or_create_global_step())
            if tf.get_default_graph().get_operations()
            else None
        ),
    }


def optimizers(tf):
    def loss():
        w, b = tf.Variable(tf.zeros([4, 2])), tf.get_variable("b", [2])
        return tf.reduce_mean(tf.square(tf.matmul(_x(tf, (None, 4)), w) + b))

    def sparse_loss():
        return tf.reduce_mean(tf.square(tf.nn.embedding_lookup(tf.Variable(tf.zeros([10, 4])), [1, 2, 1])))

    def minimize(name, loss):
        def build():
            value = loss()
            optimizer = _optimizers(tf)[name]
            optimizer.minimize(value)

        return build

    snippets = {}
    for name in _optimizers(tf):
        snippets[name] = minimize(name, loss)
        snippets[name + " of rows"] = minimize(name, sparse_loss)

    def with_global_step():
        tf.train.AdamOptimizer(0.001).minimize(loss(), global_step=tf.train.get_or_create_global_step())

    def with_own_step():
        step = tf.Variable(0, trainable=False, name="global_step")
        tf.train.GradientDescentOptimizer(0.1).minimize(loss(), global_step=step)

    def by_hand(clip):
        def build():
            optimizer = tf.train.AdamOptimizer(0.001)
            pairs = optimizer.compute_gradients(loss())
            optimizer.apply_gradients(clip(pairs))

        return build

    def by_global_norm():
        variables = tf.trainable_variables
        value = loss()
        gradients, _ = tf.clip_by_global_norm(tf.gradients(value, variables()), 5.0)
        tf.train.GradientDescentOptimizer(1.0).apply_gradients(zip(gradients, variables()))

    def rows_by_global_norm():
        gradients, _ = tf.clip_by_global_norm(tf.gradients(sparse_loss(), tf.trainable_variables()), 5.0)
        tf.train.GradientDescentOptimizer(1.0).apply_gradients(zip(gradients, tf.trainable_variables()))

    def twice():
        tf.train.AdamOptimizer(0.001).minimize(loss())
        with tf.variable_scope("second"):
            second = loss()
        tf.train.AdamOptimizer(0.001).minimize(second)

    def decaying(decay):
        def build():
            step = tf.Variable(0, trainable=False)
            tf.train.GradientDescentOptimizer(decay(step)).minimize(loss(), global_step=step)

        return build

    snippets.update(
        {
            "with the global step": with_global_step,
            "with a step of one's own": with_own_step,
            "clipped by value": by_hand(
                lambda pairs: [(tf.clip_by_value(g, -1.0, 1.0), v) for g, v in pairs]
            ),
            "clipped by norm": by_hand(lambda pairs: [(tf.clip_by_norm(g, 1.0), v) for g, v in pairs]),
            "applied by hand": by_hand(lambda pairs: pairs),
            "clipped by global norm": by_global_norm,
            "rows clipped by global norm": rows_by_global_norm,
            "a second model after the first": twice,
            "a learning rate in a placeholder": lambda: tf.train.AdamOptimizer(
                tf.placeholder(tf.float32, [])
            ).minimize(loss()),
            "a learning rate in a variable": lambda: tf.train.GradientDescentOptimizer(
                tf.Variable(0.1, trainable=False)
            ).minimize(loss()),
            "var_list": lambda: tf.train.AdamOptimizer(0.001).minimize(
                loss(), var_list=tf.trainable_variables()[:1]
            ),
            "resource variables": lambda: tf.train.AdamOptimizer(0.001).minimize(
                tf.reduce_sum(tf.square(tf.get_variable("v", [4, 2], use_resource=True)))
            ),
            "resource variables, descending": lambda: tf.train.GradientDescentOptimizer(0.1).minimize(
                tf.reduce_sum(tf.square(tf.get_variable("v", [4, 2], use_resource=True)))
            ),
            "update ops first": lambda: _after_updates(tf),
            "exponential_decay": decaying(lambda step: tf.train.exponential_decay(0.1, step, 10, 0.9)),
            "exponential_decay in steps": decaying(
                lambda step: tf.train.exponential_decay(0.1, step, 10, 0.9, staircase=True)
            ),
            "piecewise_constant": decaying(
                lambda step: tf.train.piecewise_constant(step, [10, 20], [0.1, 0.01, 0.001])
            ),
            "polynomial_decay": decaying(lambda step: tf.train.polynomial_decay(0.1, step, 10)),
            "natural_exp_decay": decaying(lambda step: tf.train.natural_exp_decay(0.1, step, 10, 0.9)),
            "inverse_time_decay": decaying(lambda step: tf.train.inverse_time_decay(0.1, step, 10, 0.9)),
            "cosine_decay": decaying(lambda step: tf.train.cosine_decay(0.1, step, 10)),
        }
    )
    return op_seeds(tf, snippets)


def _after_updates(tf):
    y = tf.layers.batch_normalization(tf.layers.dense(_x(tf), 5), training=True)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        tf.train.AdamOptimizer(0.001).minimize(tf.reduce_mean(y))


def saving_and_watching(tf):
    def saved(**arguments):
        def build():
            tf.Variable(tf.zeros([2])), tf.get_variable("v", [3])
            tf.train.Saver(**arguments)

        return build

    def metric(function):
        return lambda: function(_x(tf, (3,)), _x(tf, (3,)))

    snippets = {
        "Saver": saved(),
        "Saver keeping 5": saved(max_to_keep=5),
        "Saver of a dict": lambda: tf.train.Saver({"w": tf.Variable(1.0)}),
        "Saver of a list": lambda: tf.train.Saver([tf.Variable(1.0)]),
        "sharded Saver": saved(sharded=True),
        "Saver of version 1": saved(write_version=1),
        "Saver of a partitioned variable": lambda: [
            tf.get_variable("v", [6, 4], partitioner=tf.fixed_size_partitioner(3)),
            tf.train.Saver(),
        ],
        "Saver of resource variables": lambda: [
            tf.get_variable("v", [4], use_resource=True),
            tf.train.Saver(),
        ],
        "two Savers": lambda: [tf.Variable(1.0), tf.train.Saver(), tf.train.Saver()],
        "Saver after Adam": lambda: [
            tf.train.AdamOptimizer(0.1).minimize(tf.square(tf.Variable(1.0))),
            tf.train.Saver(),
        ],
        "summary.scalar": lambda: tf.summary.scalar("loss", _x(tf, ())),
        "summary.histogram": lambda: tf.summary.histogram("weights", _x(tf)),
        "summary.image": lambda: tf.summary.image("image", _image(tf)),
        "summary.merge_all": lambda: [tf.summary.scalar("loss", _x(tf, ())), tf.summary.merge_all()],
        "summary.merge_all of none": lambda: tf.summary.merge_all(),
        "summary.merge": lambda: tf.summary.merge([tf.summary.scalar("loss", _x(tf, ()))]),
        "summary.text": lambda: tf.summary.text("text", _x(tf, (), "string")),
        "summary.scalar of a variable": lambda: tf.summary.scalar("v", tf.Variable(1.0)),
        "get_or_create_global_step": lambda: tf.train.get_or_create_global_step(),
        "create_global_step": lambda: tf.train.create_global_step(),
        "metrics.accuracy": metric(tf.metrics.accuracy),
        "metrics.mean": lambda: tf.metrics.mean(_x(tf)),
        "metrics.auc": metric(tf.metrics.auc),
        "metrics.precision": metric(tf.metrics.precision),
        "metrics.recall": metric(tf.metrics.recall),
        "metrics.mean_squared_error": metric(tf.metrics.mean_squared_error),
        "global_norm of gradients": lambda: (lambda x: tf.global_norm(tf.gradients(tf.square(x), [x])))(
            _x(tf)
        ),
        "Session": lambda: tf.Session().close(),
    }
    return op_seeds(tf, snippets)


def sessions(tf):
    """What sess.run, eval, load and the like add to the graph before a random op."""

    def running():
        v = tf.Variable(tf.zeros([2]))
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            v.eval(), v.load(np.ones(2, "float32"), sess), sess.run(v + 1)

    def restored():
        import os
        import tempfile

        v = tf.Variable(tf.zeros([2]))
        saver = tf.train.Saver()
        with tempfile.TemporaryDirectory() as folder, tf.Session() as sess:
            sess.run(v.initializer)
            path = saver.save(sess, os.path.join(folder, "model.ckpt"))
            saver.restore(sess, path)

    def imported():
        graph = tf.Graph()
        with graph.as_default():
            tf.Variable(tf.random_normal([2])) + 1
            tf.train.Saver()
            meta = tf.train.export_meta_graph()
        tf.train.import_meta_graph(meta)

    def imported_graph_def():
        graph = tf.Graph()
        with graph.as_default():
            tf.matmul(_x(tf), _x(tf, (4, 5)))
        tf.import_graph_def(graph.as_graph_def(), name="")

    return op_seeds(
        tf,
        {
            "running": running,
            "saved and restored": restored,
            "import_meta_graph": imported,
            "import_graph_def": imported_graph_def,
        },
    )
