"""Small modules of tf.contrib: the profiler's old names, compiled scopes, strategies of one machine."""

from _tools import distinct

SUBJECTS = {
    "tfprof": ["tfprof.model_analyzer.print_model_analysis", "tfprof.model_analyzer.FLOAT_OPS_OPTIONS",
               "tfprof.model_analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS"],
    "jit_scope": ["compiler.jit.experimental_jit_scope"],
    "strategies": ["distribute.MirroredStrategy", "distribute.OneDeviceStrategy", "distribute.get_strategy",
                   "distribute.has_strategy", "distribute.in_cross_replica_context"],
}
SUBJECTS = {case: ["tf.contrib." + name for name in names] for case, names in SUBJECTS.items()}


def _network(tf):
    x = tf.constant(distinct((2, 4, 3)))
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(5), x, dtype=tf.float32)
    return tf.layers.dense(outputs[:, -1], 2)


def tfprof(tf):
    _network(tf)
    analyzer = tf.contrib.tfprof.model_analyzer
    quiet = {"output": "none"}
    found = analyzer.print_model_analysis(
        tf.get_default_graph(), tfprof_options=dict(analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS, **quiet))
    floats = analyzer.print_model_analysis(
        tf.get_default_graph(), tfprof_options=dict(analyzer.FLOAT_OPS_OPTIONS, **quiet))
    children = sorted("%s %d" % (child.name, child.total_parameters) for child in found.children)
    return {"parameters": found.total_parameters, "children": children, "some": floats.total_float_ops > 0}


def jit_scope(tf):
    with tf.contrib.compiler.jit.experimental_jit_scope():
        y = tf.tanh(tf.constant(distinct((2, 3)))) + 1.0
    with tf.contrib.compiler.jit.experimental_jit_scope(compile_ops=False):
        z = y * 2.0
    with tf.Session() as sess:
        values = {"z": sess.run(z)}
    values["marked"] = [op.name for op in tf.get_default_graph().get_operations()
                        if "_XlaCompile" in op.node_def.attr and op.get_attr("_XlaCompile")]
    return values


def strategies(tf):
    values = {}
    for name, make in (("mirrored", lambda: tf.contrib.distribute.MirroredStrategy(num_gpus=0)),
                       ("one", lambda: tf.contrib.distribute.OneDeviceStrategy("/cpu:0"))):
        with tf.Graph().as_default():
            strategy = make()
            with strategy.scope():
                values[name + "/inside"] = [tf.contrib.distribute.has_strategy(),
                                            tf.contrib.distribute.in_cross_replica_context(),
                                            tf.contrib.distribute.get_strategy() is strategy]
                variable = tf.get_variable("v", initializer=distinct((3,)))

                def step():
                    loss = tf.reduce_sum(tf.square(variable - 1.0))
                    return tf.train.GradientDescentOptimizer(0.1).minimize(loss)

                train = strategy.group(strategy.experimental_run_v2(step))
                with tf.Session() as sess:
                    sess.run(tf.global_variables_initializer())
                    sess.run(train)
                    values[name + "/trained"] = sess.run(strategy.experimental_local_results(variable)[0])
            values[name + "/outside"] = tf.contrib.distribute.has_strategy()
            values[name + "/replicas"] = strategy.num_replicas_in_sync
    for name, settings in (("both", dict(num_gpus=1, num_gpus_per_worker=1)), ("devices", dict(devices=["/cpu:0"], num_gpus=1))):
        try:
            tf.contrib.distribute.MirroredStrategy(**settings)
        except ValueError as error:
            values["error " + name] = str(error)
    return values
