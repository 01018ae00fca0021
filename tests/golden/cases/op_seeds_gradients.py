"""How many ops TensorFlow 1.15 counts for gradients."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def gradients_of_math(tf):
    def of(function, *shapes):
        def build():
            inputs = [_x(tf, shape) for shape in shapes or [(3, 4)]]
            tf.gradients(function(*inputs), inputs)

        return build

    def cases(names, *shapes):
        return {name: of(getattr(tf, name), *shapes) for name in names.split()}

    two = (3, 4), (3, 4)
    snippets = cases(
        "abs acos asin atan ceil cos cosh erf exp expm1 floor log log1p log_sigmoid negative reciprocal "
        "rsqrt sigmoid sign sin sinh sqrt square tan tanh transpose identity reduce_sum reduce_mean "
        "reduce_max reduce_min reduce_prod reduce_logsumexp trace lgamma digamma"
    )
    snippets.update(
        {
            name + " of two": build
            for name, build in cases(
                "add subtract multiply divide truediv pow "
                "maximum minimum squared_difference floordiv mod div",
                *two
            ).items()
        }
    )
    snippets.update(
        {
            name + " broadcast": build
            for name, build in cases(
                "add subtract multiply divide maximum squared_difference pow", (3, 4), (4,)
            ).items()
        }
    )
    snippets.update(
        {
            name + " of unknown batch": build
            for name, build in cases("add multiply divide subtract", (None, 4), (None, 4)).items()
        }
    )
    snippets.update(
        {
            name + " broadcast over unknown batch": build
            for name, build in cases("add multiply divide subtract", (None, 4), (4,)).items()
        }
    )
    snippets.update(
        {
            "several of one": lambda: (lambda x: tf.gradients([x * 2, x * 3], x))(_x(tf)),
            "of none": lambda: (lambda x: tf.gradients(_x(tf), x))(_x(tf)),
            "given grad_ys": lambda: (lambda x: tf.gradients(x * x, x, grad_ys=tf.ones([3, 4])))(_x(tf)),
            "with stop_gradients": lambda: (lambda x: tf.gradients(x * x, x, stop_gradients=[x]))(_x(tf)),
            "colocated": lambda: (lambda x: tf.gradients(x * x, x, colocate_gradients_with_ops=True))(_x(tf)),
            "gated": lambda: (lambda x: tf.gradients(x * x, x, gate_gradients=True))(_x(tf)),
            "second order": lambda: (lambda x: tf.gradients(tf.gradients(x**3, x), x))(_x(tf)),
            "hessians": lambda: (lambda x: tf.hessians(tf.reduce_sum(x**3), x))(_x(tf, (3,))),
            "x + 1": of(lambda x: x + 1),
            "x * 2": of(lambda x: x * 2),
            "x ** 2": of(lambda x: x**2),
            "x / 2": of(lambda x: x / 2),
            "1 / x": of(lambda x: 1 / x),
            "1 - x": of(lambda x: 1 - x),
            "-x": of(lambda x: -x),
            "x * x": of(lambda x: x * x),
            "x + x": of(lambda x: x + x),
            "x - x": of(lambda x: x - x),
            "x[0]": of(lambda x: x[0]),
            "x[:, -1]": of(lambda x: x[:, -1]),
            "x[:, 1:3]": of(lambda x: x[:, 1:3]),
            "x[:, tf.newaxis]": of(lambda x: x[:, tf.newaxis]),
            "x[:, -1] of unknown": of(lambda x: x[:, -1], (None, 5, 4)),
            "matmul": of(tf.matmul, (3, 4), (4, 5)),
            "matmul transposed": of(lambda a, b: tf.matmul(a, b, transpose_b=True), *two),
            "matmul transposed first": of(lambda a, b: tf.matmul(a, b, transpose_a=True), *two),
            "matmul in a batch": of(tf.matmul, (2, 3, 4), (2, 4, 5)),
            "matmul in a batch of unknown": of(tf.matmul, (None, 3, 4), (None, 4, 5)),
            "tensordot": of(lambda a, b: tf.tensordot(a, b, 1), (2, 3, 4), (4, 5)),
            "einsum": of(lambda a, b: tf.einsum("bij,jk->bik", a, b), (2, 3, 4), (4, 5)),
            "reshape": of(lambda x: tf.reshape(x, [-1, 2])),
            "reshape of unknown": of(lambda x: tf.reshape(x, [-1, 2]), (None, 4)),
            "transpose of axes": of(lambda x: tf.transpose(x, [1, 0, 2]), (2, 3, 4)),
            "expand_dims": of(lambda x: tf.expand_dims(x, 1)),
            "squeeze": of(tf.squeeze, (3, 1)),
            "concat": of(lambda a, b: tf.concat([a, b], 1), *two),
            "concat along 0": of(lambda a, b: tf.concat([a, b], 0), (None, 4), (None, 4)),
            "concat along -1": of(lambda a, b: tf.concat([a, b], -1), (2, 3, 4), (2, 3, 4)),
            "stack": of(lambda a, b: tf.stack([a, b]), *two),
            "unstack": of(tf.unstack),
            "unstack of some": of(lambda x: tf.unstack(x)[-1]),
            "split": of(lambda x: tf.split(x, 2, 1)),
            "split of some": of(lambda x: tf.split(x, 4, 1)[0]),
            "split into sizes": of(lambda x: tf.split(x, [1, 3], 1)),
            "tile": of(lambda x: tf.tile(x, [1, 2])),
            "pad": of(lambda x: tf.pad(x, [[0, 0], [1, 1]])),
            "slice": of(lambda x: tf.slice(x, [0, 1], [-1, 2])),
            "gather": of(lambda x: tf.gather(x, [0, 2])),
            "gather along 1": of(lambda x: tf.gather(x, [0, 2], axis=1)),
            "gather_nd": of(lambda x: tf.gather_nd(x, [[0, 1]])),
            "boolean_mask": of(lambda x: tf.boolean_mask(x, [True, False, True])),
            "reverse": of(lambda x: tf.reverse(x, [1])),
            "reverse_sequence": of(lambda x: tf.reverse_sequence(x, [1, 2, 3], seq_axis=1)),
            "cast": of(lambda x: tf.cast(x, tf.float64)),
            "cumsum": of(tf.cumsum),
            "clip_by_value": of(lambda x: tf.clip_by_value(x, -1.0, 1.0)),
            "clip_by_norm": of(lambda x: tf.clip_by_norm(x, 1.0)),
            "norm": of(tf.norm),
            "where": of(lambda a, b: tf.where(a > b, a, b), *two),
            "maximum of a number": of(lambda x: tf.maximum(x, 0.0)),
            "reduce_mean along 1": of(lambda x: tf.reduce_mean(x, 1)),
            "reduce_sum keeping dims": of(lambda x: tf.reduce_sum(x, 1, keepdims=True)),
            "reduce_sum of unknown": of(tf.reduce_sum, (None, 4)),
            "reduce_mean of unknown": of(tf.reduce_mean, (None, 4)),
            "reduce_mean along 1 of unknown": of(lambda x: tf.reduce_mean(x, 1), (None, 4)),
            "reduce_max along 1": of(lambda x: tf.reduce_max(x, 1)),
            "reduce_mean of a scalar": of(tf.reduce_mean, ()),
            "add_n": of(lambda a, b: tf.add_n([a, b]), *two),
            "top_k": of(lambda x: tf.nn.top_k(x, 2).values),
            "l2_normalize": of(lambda x: tf.nn.l2_normalize(x, 1)),
            "stop_gradient": of(tf.stop_gradient),
            "diag": of(tf.diag, (3,)),
            "matrix_diag": of(tf.matrix_diag),
            "matrix_inverse": of(tf.matrix_inverse, (3, 3)),
            "matrix_band_part": of(lambda x: tf.matrix_band_part(x, -1, 0)),
            "check_numerics": of(lambda x: tf.check_numerics(x, "message")),
            "Print": of(lambda x: tf.Print(x, [x])),
            "segment_sum": of(lambda x: tf.segment_sum(x, [0, 0, 1])),
            "dynamic_partition": of(lambda x: tf.dynamic_partition(x, [0, 1, 0], 2)),
            "scatter_nd": of(lambda x: tf.scatter_nd([[1], [2], [3]], x, [5, 4])),
            "under a name": of(lambda x: tf.gradients(x * x, x, name="slope")),
        }
    )
    return op_seeds(tf, snippets)


def gradients_of_networks(tf):
    def of(function, *shapes):
        def build():
            inputs = [_x(tf, shape) for shape in shapes or [(3, 4)]]
            tf.gradients(function(*inputs), inputs + tf.trainable_variables())

        return build

    def image(function):
        return of(function, (2, 8, 8, 3))

    def filters(*shape):
        return tf.Variable(tf.zeros(shape))

    snippets = {
        name: of(getattr(tf.nn, name))
        for name in (
            "relu relu6 elu selu crelu leaky_relu sigmoid "
            "tanh softplus softsign softmax log_softmax l2_loss swish"
        ).split()
    }
    snippets.update(
        {
            "softmax_cross_entropy_with_logits": of(
                lambda x: tf.nn.softmax_cross_entropy_with_logits(logits=x, labels=_x(tf, (None, 4))),
                (None, 4),
            ),
            "softmax_cross_entropy_with_logits_v2": of(
                lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(logits=x, labels=_x(tf, (None, 4))),
                (None, 4),
            ),
            "softmax_cross_entropy_with_logits_v2 to both": of(
                lambda x, y: tf.nn.softmax_cross_entropy_with_logits_v2(logits=x, labels=y), (3, 4), (3, 4)
            ),
            "sparse_softmax_cross_entropy_with_logits": of(
                lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(
                    logits=x, labels=_x(tf, (None,), "int32")
                ),
                (None, 4),
            ),
            "sigmoid_cross_entropy_with_logits": of(
                lambda x: tf.nn.sigmoid_cross_entropy_with_logits(logits=x, labels=_x(tf))
            ),
            "losses.mean_squared_error": of(lambda x: tf.losses.mean_squared_error(_x(tf), x)),
            "losses.softmax_cross_entropy": of(lambda x: tf.losses.softmax_cross_entropy(_x(tf), x)),
            "mean of squares": of(lambda x: tf.reduce_mean(tf.square(x - _x(tf)))),
            "cross entropy by hand": of(lambda x: -tf.reduce_sum(_x(tf) * tf.log(tf.nn.softmax(x)))),
            "bias_add": of(lambda x: tf.nn.bias_add(x, filters(4))),
            "xw_plus_b": of(lambda x: tf.nn.xw_plus_b(x, filters(4, 2), filters(2))),
            "matmul + b": of(lambda x: tf.matmul(x, filters(4, 2)) + filters(2), (None, 4)),
            "two layers": of(
                lambda x: tf.matmul(tf.nn.relu(tf.matmul(x, filters(4, 5)) + filters(5)), filters(5, 2))
            ),
            "embedding_lookup": of(lambda x: x + tf.nn.embedding_lookup(filters(10, 4), [1, 2, 3])),
            "embedding_lookup in time": of(
                lambda x: x + tf.nn.embedding_lookup(filters(10, 4), _x(tf, (3,), "int32"))
            ),
            "embedding_lookup of a resource": of(
                lambda x: x
                + tf.nn.embedding_lookup(tf.get_variable("v", [10, 4], use_resource=True), [1, 2, 3])
            ),
            "matmul of a resource": of(
                lambda x: tf.matmul(x, tf.get_variable("v", [4, 2], use_resource=True))
            ),
            "conv2d": image(lambda x: tf.nn.conv2d(x, filters(3, 3, 3, 4), [1, 1, 1, 1], "SAME")),
            "conv1d": of(lambda x: tf.nn.conv1d(x, filters(3, 3, 4), 1, "SAME"), (2, 8, 3)),
            "conv2d_transpose": image(
                lambda x: tf.nn.conv2d_transpose(x, filters(3, 3, 4, 3), [2, 16, 16, 4], [1, 2, 2, 1])
            ),
            "depthwise_conv2d": image(
                lambda x: tf.nn.depthwise_conv2d(x, filters(3, 3, 3, 2), [1, 1, 1, 1], "SAME")
            ),
            "atrous_conv2d": image(lambda x: tf.nn.atrous_conv2d(x, filters(3, 3, 3, 4), 2, "SAME")),
            "max_pool": image(lambda x: tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")),
            "avg_pool": image(lambda x: tf.nn.avg_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")),
            "lrn": image(tf.nn.lrn),
            "moments": of(lambda x: tf.nn.moments(x, [0])),
            "fused_batch_norm": image(lambda x: tf.nn.fused_batch_norm(x, tf.ones([3]), tf.zeros([3]))[0]),
            "layers.dense": of(lambda x: tf.layers.dense(x, 5, tf.nn.relu)),
            "layers.dense in time": of(lambda x: tf.layers.dense(x, 5), (2, 3, 4)),
            "layers.conv2d": image(lambda x: tf.layers.conv2d(x, 4, 3)),
            "layers.conv1d": of(lambda x: tf.layers.conv1d(x, 4, 3), (2, 8, 3)),
            "layers.flatten": image(tf.layers.flatten),
            "layers.max_pooling2d": image(lambda x: tf.layers.max_pooling2d(x, 2, 2)),
            "layers.batch_normalization": of(lambda x: tf.layers.batch_normalization(x, training=True)),
            "layers.batch_normalization by a flag": of(
                lambda x: tf.layers.batch_normalization(x, training=tf.placeholder(tf.bool, []))
            ),
            "layers.batch_normalization of an image": image(
                lambda x: tf.layers.batch_normalization(x, training=True)
            ),
            "layers.dropout": of(lambda x: tf.layers.dropout(x, training=True)),
            "nn.dropout": of(lambda x: tf.nn.dropout(x, 0.5)),
            "nn.dropout of a tensor": of(lambda x: tf.nn.dropout(x, tf.placeholder(tf.float32, []))),
            "image.resize_bilinear": image(lambda x: tf.image.resize_bilinear(x, [4, 4])),
            "ctc_loss": of(
                lambda x: tf.nn.ctc_loss(tf.SparseTensor([[0, 0]], [1], [1, 1]), x, [5]), (5, 1, 4)
            ),
        }
    )
    return op_seeds(tf, snippets)
