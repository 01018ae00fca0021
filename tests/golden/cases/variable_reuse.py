"""What TF 1 says when section 3's cell meets a variable it may not make, or cannot find."""


def _build_twice(tf, reuse):
    images = tf.placeholder(tf.float32, [None, 28, 28])
    try:
        for _ in range(2):
            with tf.variable_scope("lstm", reuse=reuse):
                cell = tf.contrib.rnn.BasicLSTMCell(128)
                tf.nn.dynamic_rnn(cell, images, initial_state=cell.zero_state(128, tf.float32))
    except ValueError as error:
        return {"error": str(error).split(" Originally")[0]}
    return {"variables": [v.name for v in tf.global_variables()]}


def reuse_none(tf):
    return _build_twice(tf, None)


def reuse_true(tf):
    return _build_twice(tf, True)


def auto_reuse(tf):
    return _build_twice(tf, tf.AUTO_REUSE)
