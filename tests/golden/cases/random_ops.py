"""What single random ops, initializers and dropout masks draw: bit for bit, twice in a row."""

import numpy as np

_SHAPE = [3, 4]


def _drawn(tf, snippets, graph_seed=7):
    """Run each snippet twice in one session, in a graph of its own; {bits/name: both draws}."""
    found = {}
    for name, snippet in snippets.items():
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.set_random_seed(graph_seed)
            tensors = snippet()
            found["bits/" + name] = np.stack([sess.run(tensors), sess.run(tensors)])
    return found


def ops(tf):
    logits = [[0.1, 0.5, -0.2], [1.0, 0.0, 2.0]]
    return _drawn(
        tf,
        {
            "random_normal": lambda: tf.random_normal(_SHAPE, 1.0, 0.5),
            "random_normal of doubles": lambda: tf.random_normal(_SHAPE, dtype=tf.float64),
            "random_normal of halves": lambda: tf.random_normal(_SHAPE, dtype=tf.float16),
            "random_normal of an odd number": lambda: tf.random_normal([7]),
            "random_normal of many": lambda: tf.random_normal([1000])[-8:],
            "truncated_normal": lambda: tf.truncated_normal(_SHAPE, stddev=0.1),
            "truncated_normal of many": lambda: tf.truncated_normal([1000])[-8:],
            "random_uniform": lambda: tf.random_uniform(_SHAPE),
            "random_uniform of a range": lambda: tf.random_uniform(_SHAPE, -0.3, 0.7),
            "random_uniform of doubles": lambda: tf.random_uniform(_SHAPE, dtype=tf.float64),
            "random_uniform of integers": lambda: tf.random_uniform(_SHAPE, 0, 10, tf.int32),
            "random_uniform of long integers": lambda: tf.random_uniform(_SHAPE, -5, 2**40, tf.int64),
            "random_shuffle": lambda: tf.random_shuffle(tf.range(12)),
            "random_shuffle of rows": lambda: tf.random_shuffle(tf.reshape(tf.range(24), [6, 4])),
            "multinomial": lambda: tf.multinomial(logits, 6),
            "random.categorical": lambda: tf.random.categorical(logits, 6),
            "random_gamma": lambda: tf.random_gamma(_SHAPE, 2.5, 0.5),
            "random_gamma below 1": lambda: tf.random_gamma(_SHAPE, 0.5),
            "random_poisson": lambda: tf.random_poisson(3.0, _SHAPE),
            "random_poisson of large rates": lambda: tf.random_poisson([30.0, 0.2], _SHAPE),
            "random_crop": lambda: tf.random_crop(tf.reshape(tf.range(48), [6, 8]), [2, 3]),
            "random_flip_left_right": lambda: tf.image.random_flip_left_right(
                tf.reshape(tf.range(12.0), [2, 3, 2])
            ),
            "log_uniform_candidate_sampler": lambda: tf.nn.log_uniform_candidate_sampler(
                [[1], [2]], 1, 4, True, 50
            )[0],
            "uniform_candidate_sampler": lambda: tf.nn.uniform_candidate_sampler(
                [[1], [2]], 1, 4, True, 50
            )[0],
        },
    )


def op_seeds_of_ones_own(tf):
    """Seeds of the op alone, of both, and those at the edges of what a seed can be."""
    found = {}
    for graph_seed in (None, 0, 7, 2**31 - 1, 2**31):
        snippets = {
            "op seed %d, graph seed %s"
            % (seed, graph_seed): lambda seed=seed: tf.random_normal([4], seed=seed)
            for seed in (0, 1, 2**31 - 1, 2**31 + 3)
        }
        found.update(_drawn(tf, snippets, graph_seed))
    return found


def initializers(tf):
    makers = {
        "random_normal": tf.random_normal_initializer(0.0, 0.1),
        "random_uniform": tf.random_uniform_initializer(-0.1, 0.1),
        "random_uniform by default": tf.random_uniform_initializer(),
        "truncated_normal": tf.truncated_normal_initializer(stddev=0.1),
        "uniform_unit_scaling": tf.uniform_unit_scaling_initializer(),
        "variance_scaling": tf.variance_scaling_initializer(),
        "variance_scaling, uniform": tf.variance_scaling_initializer(
            mode="fan_avg", distribution="uniform"
        ),
        "variance_scaling, untruncated": tf.variance_scaling_initializer(
            distribution="untruncated_normal"
        ),
        "glorot_uniform": tf.glorot_uniform_initializer(),
        "glorot_normal": tf.glorot_normal_initializer(),
        "he_normal": tf.initializers.he_normal(),
        "he_uniform": tf.initializers.he_uniform(),
        "lecun_normal": tf.initializers.lecun_normal(),
        "lecun_uniform": tf.initializers.lecun_uniform(),
        "orthogonal": tf.orthogonal_initializer(),
        "orthogonal, scaled": tf.orthogonal_initializer(1.5),
        "identity": tf.initializers.identity(),
        "constant": tf.constant_initializer(0.1),
        "zeros": tf.zeros_initializer(),
        "ones": tf.ones_initializer(),
        "keras he_normal": tf.keras.initializers.he_normal(),
        "keras glorot_uniform": tf.keras.initializers.glorot_uniform(),
        "keras orthogonal": tf.keras.initializers.Orthogonal(),
        "xavier": tf.contrib.layers.xavier_initializer(),
        "xavier, normal": tf.contrib.layers.xavier_initializer(uniform=False),
        "contrib variance_scaling": tf.contrib.layers.variance_scaling_initializer(),
        "default": None,
    }
    found = {}
    for name, maker in makers.items():
        for shape in ([4, 4], [6, 3], [3, 6]):
            with tf.Graph().as_default(), tf.Session() as sess:
                tf.set_random_seed(7)
                variable = tf.get_variable("v", shape, initializer=maker)
                sess.run(variable.initializer)
                # QR decomposes by another library's routines: rounding differs, the draw does not.
                bits = "" if "orthogonal" in name else "bits/"
                found["%s%s %s" % (bits, name, shape)] = sess.run(variable)
    return found


def dropout_masks(tf):
    def x():
        return tf.constant(np.linspace(0.5, 1.5, 12).astype("float32").reshape(_SHAPE))

    return _drawn(
        tf,
        {
            "keep_prob": lambda: tf.nn.dropout(x(), 0.5),
            "keep_prob of 0.8": lambda: tf.nn.dropout(x(), 0.8),
            "keep_prob of a tensor": lambda: tf.nn.dropout(x(), tf.constant(0.7)),
            "rate": lambda: tf.nn.dropout(x(), rate=0.3),
            "rate of a tensor": lambda: tf.nn.dropout(x(), rate=tf.constant(0.3)),
            "noise_shape": lambda: tf.nn.dropout(x(), 0.5, noise_shape=[3, 1]),
            "a seed of its own": lambda: tf.nn.dropout(x(), 0.5, seed=3),
            "layers.dropout": lambda: tf.layers.dropout(x(), 0.3, training=True),
            "contrib.layers.dropout": lambda: tf.contrib.layers.dropout(x(), 0.6),
            "in a cond": lambda: tf.cond(tf.constant(True), lambda: tf.nn.dropout(x(), 0.5), x),
            "in a loop": lambda: tf.while_loop(
                lambda i, y: i < 3,
                lambda i, y: (i + 1, tf.nn.dropout(y, 0.9)),
                [0, x()],
                parallel_iterations=1,
            )[1],
            "gradient": lambda: (lambda y: tf.gradients(tf.nn.dropout(y, 0.5), y)[0])(x()),
        },
    )


def shuffled_datasets(tf):
    """Not shuffled, then repeated at once: 1.15 had a kernel for the two together, which is gone."""

    def numbers():
        return tf.data.Dataset.range(20)

    found = {}
    for name, make in {
        "by the graph's seed": lambda: numbers().shuffle(8).batch(20),
        "by a seed of its own": lambda: numbers().shuffle(8, seed=3).batch(20),
        "repeated before": lambda: numbers().repeat(2).shuffle(8, seed=3).batch(40),
        "repeated after a batch": lambda: numbers().shuffle(8, seed=3).batch(20).repeat(2).batch(2),
        "the same each time": lambda: numbers()
        .shuffle(8, seed=3, reshuffle_each_iteration=False)
        .repeat(2)
        .batch(40),
    }.items():
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.set_random_seed(7)
            found[name] = sess.run(make().make_one_shot_iterator().get_next())
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(7)
        noise = tf.data.Dataset.range(4).map(lambda _: tf.random_uniform([2])).batch(4)
        found["bits/mapped"] = sess.run(noise.make_one_shot_iterator().get_next())
    return found
