"""As `op_seeds_gradients`, of shapes not known before running, and inside loops."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape):
    return tf.placeholder("float32", shape)


def gradients_of_unknown_shapes(tf):
    """The same, where only the rank is known; and inside a loop, where what is used is kept on stacks."""
    functions = _functions_of_one(tf)

    def plain(function, shape):
        def build():
            x = _x(tf, shape)
            tf.gradients(function(x), x)

        return build

    def in_a_loop(function, shape):
        def build():
            x = _x(tf, shape)
            _, y = tf.while_loop(
                lambda i, y: i < 3,
                lambda i, y: (i + 1, y + 0.1 * tf.reduce_mean(function(y))),
                [tf.constant(0), x],
            )
            tf.gradients(y, x)

        return build

    snippets = {}
    for name, function in functions.items():
        snippets[name + " of unknown batch"] = plain(function, (None, 4))
        snippets[name + " in a loop"] = in_a_loop(function, (3, 4))
        snippets[name + " of unknown batch in a loop"] = in_a_loop(function, (None, 4))
    return op_seeds(tf, snippets)


def _functions_of_one(tf):
    constant = np.linspace(0.1, 0.9, 4).astype("float32")
    functions = {
        name: getattr(tf, name)
        for name in (
            "abs exp log square sqrt tanh "
            "sigmoid negative transpose reduce_sum reduce_mean reduce_max reduce_prod "
            "reduce_logsumexp identity stop_gradient"
        ).split()
    }
    functions.update(
        {name: getattr(tf.nn, name) for name in "relu softmax log_softmax l2_loss softplus elu".split()}
    )
    functions.update(
        {
            "x + 1": lambda x: x + 1,
            "x - row": lambda x: x - constant,
            "x * row": lambda x: x * constant,
            "x / row": lambda x: x / constant,
            "1 / x": lambda x: 1 / x,
            "x ** 2": lambda x: x**2,
            "x / sum": lambda x: x / tf.reduce_sum(x, 1, keepdims=True),
            "x - mean": lambda x: x - tf.reduce_mean(x, 0),
            "sum along 1": lambda x: tf.reduce_sum(x, 1),
            "mean along -1": lambda x: tf.reduce_mean(x, -1),
            "max along 1": lambda x: tf.reduce_max(x, 1),
            "mean along 0, keeping": lambda x: tf.reduce_mean(x, 0, keepdims=True),
            "maximum": lambda x: tf.maximum(x, 0.5),
            "minimum of two": lambda x: tf.minimum(x, x * 2),
            "squared_difference": lambda x: tf.squared_difference(x, constant),
            "where": lambda x: tf.where(x > 0.5, x, -x),
            "clip": lambda x: tf.clip_by_value(x, 0.1, 0.9),
            "reshape": lambda x: tf.reshape(x, [-1, 2]),
            "reshape and back": lambda x: tf.reshape(tf.reshape(x, [-1]), [-1, 4]),
            "expand_dims": lambda x: tf.expand_dims(x, 1),
            "concat": lambda x: tf.concat([x, x * 2], 1),
            "concat along 0": lambda x: tf.concat([x, x], 0),
            "stack": lambda x: tf.stack([x, x], 1),
            "split": lambda x: tf.split(x, 2, 1)[0],
            "unstack": lambda x: tf.unstack(x, axis=1)[1],
            "slice": lambda x: x[:, 1:3],
            "last": lambda x: x[:, -1],
            "first row": lambda x: x[0],
            "slice of tensors": lambda x: x[: tf.shape(x)[0] - 1],
            "tf.slice": lambda x: tf.slice(x, [0, 1], [-1, 2]),
            "pad": lambda x: tf.pad(x, [[0, 0], [1, 1]]),
            "tile": lambda x: tf.tile(x, [2, 1]),
            "gather": lambda x: tf.gather(x, [0, 1]),
            "gather along 1": lambda x: tf.gather(x, [0, 1], axis=1),
            "gather_nd": lambda x: tf.gather_nd(x, [[0, 1]]),
            "boolean_mask": lambda x: tf.boolean_mask(x, x[:, 0] > 0.5),
            "reverse": lambda x: tf.reverse(x, [1]),
            "cumsum": lambda x: tf.cumsum(x, 1),
            "cast": lambda x: tf.cast(tf.cast(x, tf.float64), tf.float32),
            "matmul": lambda x: tf.matmul(x, np.eye(4, dtype="float32")),
            "matmul of itself": lambda x: tf.matmul(x, x, transpose_b=True),
            "tensordot": lambda x: tf.tensordot(x, np.eye(4, dtype="float32"), 1),
            "in batches": lambda x: tf.matmul(tf.expand_dims(x, 1), tf.expand_dims(x, 2)),
            "einsum": lambda x: tf.einsum("ij,kj->ik", x, x),
            "norm": lambda x: tf.norm(x, axis=1),
            "l2_normalize": lambda x: tf.nn.l2_normalize(x, 1),
            "moments": lambda x: tf.nn.moments(x, [1])[1],
            "bias_add": lambda x: tf.nn.bias_add(x, constant),
            "dropout": lambda x: tf.nn.dropout(x, 0.5),
            "dropout of a tensor": lambda x: tf.nn.dropout(x, tf.constant(0.5)),
            "top_k": lambda x: tf.nn.top_k(x, 2)[0],
            "cross entropy": lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(
                logits=x, labels=tf.stop_gradient(x)
            ),
            "sparse cross entropy": lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(
                logits=x, labels=tf.argmax(x, 1)
            ),
            "sigmoid cross entropy": lambda x: tf.nn.sigmoid_cross_entropy_with_logits(
                logits=x, labels=tf.sigmoid(x)
            ),
            "broadcast_to": lambda x: tf.broadcast_to(x[0], [3, 4]),
            "add_n": lambda x: tf.add_n([x, x, x]),
            "cond": lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: x),
            "random noise": lambda x: x + tf.random_normal(tf.shape(x)),
        }
    )
    return functions
