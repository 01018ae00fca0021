"""How many ops TensorFlow 1.15 counts for dropout, losses, tf.nn and tf.layers."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def _image(tf):
    return tf.placeholder(tf.float32, [2, 8, 8, 3])


def dropout(tf):
    def of(shape=(3, 4), **arguments):
        return lambda: tf.nn.dropout(_x(tf, shape), **arguments)

    return op_seeds(
        tf,
        {
            "keep_prob": of(keep_prob=0.5),
            "keep_prob by place": lambda: tf.nn.dropout(_x(tf), 0.5),
            "rate": of(rate=0.3),
            "keep_prob of 1": of(keep_prob=1.0),
            "rate of 0": of(rate=0.0),
            "keep_prob of a whole number": of(keep_prob=1),
            "keep_prob of a numpy number": of(keep_prob=np.float32(0.5)),
            "keep_prob of a tensor": lambda: tf.nn.dropout(_x(tf), tf.placeholder(tf.float32, [])),
            "keep_prob of a default": lambda: tf.nn.dropout(_x(tf), tf.placeholder_with_default(0.5, [])),
            "keep_prob of a constant": lambda: tf.nn.dropout(_x(tf), keep_prob=tf.constant(0.5)),
            "keep_prob of a constant 1": lambda: tf.nn.dropout(_x(tf), keep_prob=tf.constant(1.0)),
            "keep_prob of a variable": lambda: tf.nn.dropout(_x(tf), keep_prob=tf.Variable(0.5)),
            "rate of a tensor": lambda: tf.nn.dropout(_x(tf), rate=tf.placeholder(tf.float32, [])),
            "rate of a constant": lambda: tf.nn.dropout(_x(tf), rate=tf.constant(0.5)),
            "rate of a constant 0": lambda: tf.nn.dropout(_x(tf), rate=tf.constant(0.0)),
            "rate of a variable": lambda: tf.nn.dropout(_x(tf), rate=tf.Variable(0.5)),
            "noise_shape": of(keep_prob=0.5, noise_shape=[3, 1]),
            "noise_shape of None": of((3, 4), keep_prob=0.5, noise_shape=[None, 1]),
            "noise_shape of tensors": lambda: tf.nn.dropout(
                _x(tf), 0.5, noise_shape=[tf.shape(_x(tf))[0], 1]
            ),
            "noise_shape of a tensor": lambda: tf.nn.dropout(_x(tf), 0.5, noise_shape=tf.constant([3, 1])),
            "unknown batch": of((None, 4), keep_prob=0.5),
            "unknown shape": of(None, keep_prob=0.5),
            "a seed of its own": of(keep_prob=0.5, seed=3),
            "a name": of(keep_prob=0.5, name="drop"),
            "a variable": lambda: tf.nn.dropout(tf.Variable([1.0, 2.0]), 0.5),
            "a list": lambda: tf.nn.dropout([1.0, 2.0], 0.5),
            "doubles": lambda: tf.nn.dropout(_x(tf, dtype="float64"), 0.5),
            "two in a row": lambda: tf.nn.dropout(tf.nn.dropout(_x(tf), 0.5), 0.5),
            "then its gradient": lambda: (lambda x: tf.gradients(tf.nn.dropout(x, 0.5), x))(_x(tf)),
            "of a tensor, then its gradient": lambda: (
                lambda x: tf.gradients(tf.nn.dropout(x, tf.placeholder(tf.float32, [])), x)
            )(_x(tf)),
            "layers.dropout in training": lambda: tf.layers.dropout(_x(tf), 0.3, training=True),
            "layers.dropout not in training": lambda: tf.layers.dropout(_x(tf), 0.3),
            "layers.dropout by a tensor": lambda: tf.layers.dropout(
                _x(tf), 0.3, training=tf.placeholder(tf.bool, [])
            ),
            "layers.dropout by a default": lambda: tf.layers.dropout(
                _x(tf), 0.3, training=tf.placeholder_with_default(False, [])
            ),
            "layers.dropout by default": lambda: tf.layers.dropout(_x(tf), training=True),
            "layers.dropout with noise_shape": lambda: tf.layers.dropout(
                _x(tf, (None, 5, 4)), 0.3, noise_shape=[None, 1, 4], training=True
            ),
            "layers.dropout by a tensor of rate": lambda: tf.layers.dropout(
                _x(tf), tf.placeholder(tf.float32, []), training=True
            ),
        },
    )


def losses(tf):
    def logits():
        return _x(tf, (None, 4))

    def classes():
        return _x(tf, (None,), "int32")

    def nce(function):
        return lambda: function(
            weights=tf.Variable(tf.zeros([10, 4])),
            biases=tf.Variable(tf.zeros([10])),
            labels=_x(tf, (3, 1), "int64"),
            inputs=_x(tf),
            num_sampled=2,
            num_classes=10,
        )

    return op_seeds(
        tf,
        {
            "softmax_cross_entropy_with_logits": lambda: tf.nn.softmax_cross_entropy_with_logits(
                logits=logits(), labels=logits()
            ),
            "softmax_cross_entropy_with_logits of known": lambda: tf.nn.softmax_cross_entropy_with_logits(
                logits=_x(tf), labels=_x(tf)
            ),
            "softmax_cross_entropy_with_logits in time": lambda: tf.nn.softmax_cross_entropy_with_logits(
                logits=_x(tf, (2, None, 4)), labels=_x(tf, (2, None, 4))
            ),
            "softmax_cross_entropy_with_logits_v2": lambda: tf.nn.softmax_cross_entropy_with_logits_v2(
                logits=logits(), labels=logits()
            ),
            "softmax_v2, labels as doubles": lambda: tf.nn.softmax_cross_entropy_with_logits_v2(
                logits=logits(), labels=np.eye(4)
            ),
            "sparse softmax": lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(
                logits=logits(), labels=classes()
            ),
            "sparse softmax in time": lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(
                logits=_x(tf, (2, None, 4)), labels=_x(tf, (2, None), "int32")
            ),
            "sigmoid_cross_entropy_with_logits": lambda: tf.nn.sigmoid_cross_entropy_with_logits(
                logits=logits(), labels=logits()
            ),
            "weighted_cross_entropy_with_logits": lambda: tf.nn.weighted_cross_entropy_with_logits(
                _x(tf), _x(tf), 2.0
            ),
            "l2_loss": lambda: tf.nn.l2_loss(_x(tf)),
            "log_poisson_loss": lambda: tf.nn.log_poisson_loss(_x(tf), _x(tf)),
            "nce_loss": nce(tf.nn.nce_loss),
            "sampled_softmax_loss": nce(tf.nn.sampled_softmax_loss),
            "losses.mean_squared_error": lambda: tf.losses.mean_squared_error(_x(tf), _x(tf)),
            "losses.mean_squared_error of unknown": lambda: tf.losses.mean_squared_error(logits(), logits()),
            "losses.mean_squared_error weighted": lambda: tf.losses.mean_squared_error(
                _x(tf), _x(tf), weights=0.5
            ),
            "losses.softmax_cross_entropy": lambda: tf.losses.softmax_cross_entropy(_x(tf), _x(tf)),
            "losses.softmax_cross_entropy of unknown": lambda: tf.losses.softmax_cross_entropy(
                logits(), logits()
            ),
            "losses.softmax_cross_entropy smoothed": lambda: tf.losses.softmax_cross_entropy(
                _x(tf), _x(tf), label_smoothing=0.1
            ),
            "losses.sparse_softmax_cross_entropy": lambda: tf.losses.sparse_softmax_cross_entropy(
                _x(tf, (3,), "int32"), _x(tf)
            ),
            "losses.sigmoid_cross_entropy": lambda: tf.losses.sigmoid_cross_entropy(_x(tf), _x(tf)),
            "losses.absolute_difference": lambda: tf.losses.absolute_difference(_x(tf), _x(tf)),
            "losses.huber_loss": lambda: tf.losses.huber_loss(_x(tf), _x(tf)),
            "losses.hinge_loss": lambda: tf.losses.hinge_loss(_x(tf), _x(tf)),
            "losses.log_loss": lambda: tf.losses.log_loss(_x(tf), _x(tf)),
            "losses.cosine_distance": lambda: tf.losses.cosine_distance(_x(tf), _x(tf), axis=1),
            "losses.get_total_loss": lambda: [
                tf.losses.mean_squared_error(_x(tf), _x(tf)),
                tf.losses.get_total_loss(),
            ],
            "losses.get_regularization_loss": lambda: tf.losses.get_regularization_loss(),
            "ctc_loss": lambda: tf.nn.ctc_loss(
                tf.SparseTensor([[0, 0]], [1], [1, 1]), _x(tf, (5, 1, 4)), [5]
            ),
            "ctc_greedy_decoder": lambda: tf.nn.ctc_greedy_decoder(_x(tf, (5, 1, 4)), [5]),
            "ctc_beam_search_decoder": lambda: tf.nn.ctc_beam_search_decoder(_x(tf, (5, 1, 4)), [5]),
        },
    )


def neural(tf):
    snippets = {
        name: (lambda name=name: getattr(tf.nn, name)(_x(tf)))
        for name in (
            "relu relu6 elu selu crelu leaky_relu sigmoid tanh softplus softsign softmax log_softmax l2_loss "
            "zero_fraction swish"
        ).split()
    }
    snippets.update(
        {
            "softmax along 0": lambda: tf.nn.softmax(_x(tf, (2, 3, 4)), 0),
            "softmax of rank 3": lambda: tf.nn.softmax(_x(tf, (2, 3, 4))),
            "softmax of a vector": lambda: tf.nn.softmax(_x(tf, (4,))),
            "softmax of unknown": lambda: tf.nn.softmax(_x(tf, (None, 4))),
            "log_softmax along 0": lambda: tf.nn.log_softmax(_x(tf), axis=0),
            "tf.tanh": lambda: tf.tanh(_x(tf)),
            "tf.sigmoid": lambda: tf.sigmoid(_x(tf)),
            "bias_add": lambda: tf.nn.bias_add(_x(tf), tf.Variable(tf.zeros([4]))),
            "xw_plus_b": lambda: tf.nn.xw_plus_b(
                _x(tf), tf.Variable(tf.zeros([4, 2])), tf.Variable(tf.zeros([2]))
            ),
            "relu_layer": lambda: tf.nn.relu_layer(_x(tf), _x(tf, (4, 2)), _x(tf, (2,))),
            "embedding_lookup": lambda: tf.nn.embedding_lookup(
                tf.Variable(tf.zeros([10, 4])), _x(tf, (3,), "int32")
            ),
            "embedding_lookup of get_variable": lambda: tf.nn.embedding_lookup(
                tf.get_variable("v", [10, 4]), _x(tf, (3, 5), "int32")
            ),
            "embedding_lookup of a resource": lambda: tf.nn.embedding_lookup(
                tf.get_variable("v", [10, 4], use_resource=True), _x(tf, (3, 5), "int32")
            ),
            "embedding_lookup of parts": lambda: tf.nn.embedding_lookup(
                [tf.Variable(tf.zeros([10, 4])), tf.Variable(tf.zeros([10, 4]))], _x(tf, (3,), "int32")
            ),
            "embedding_lookup of a tensor": lambda: tf.nn.embedding_lookup(_x(tf), [0, 1]),
            "embedding_lookup with max_norm": lambda: tf.nn.embedding_lookup(
                tf.Variable(tf.zeros([10, 4])), [1, 2], max_norm=1.0
            ),
            "conv2d": lambda: tf.nn.conv2d(
                _image(tf), tf.Variable(tf.zeros([3, 3, 3, 4])), [1, 1, 1, 1], "SAME"
            ),
            "conv1d": lambda: tf.nn.conv1d(_x(tf, (2, 8, 3)), tf.zeros([3, 3, 4]), 1, "SAME"),
            "conv2d_transpose": lambda: tf.nn.conv2d_transpose(
                _image(tf), tf.zeros([3, 3, 4, 3]), [2, 16, 16, 4], [1, 2, 2, 1]
            ),
            "depthwise_conv2d": lambda: tf.nn.depthwise_conv2d(
                _image(tf), tf.zeros([3, 3, 3, 2]), [1, 1, 1, 1], "SAME"
            ),
            "separable_conv2d": lambda: tf.nn.separable_conv2d(
                _image(tf), tf.zeros([3, 3, 3, 2]), tf.zeros([1, 1, 6, 4]), [1, 1, 1, 1], "SAME"
            ),
            "atrous_conv2d": lambda: tf.nn.atrous_conv2d(_image(tf), tf.zeros([3, 3, 3, 4]), 2, "SAME"),
            "convolution": lambda: tf.nn.convolution(_image(tf), tf.zeros([3, 3, 3, 4]), "SAME"),
            "conv3d": lambda: tf.nn.conv3d(
                _x(tf, (1, 4, 4, 4, 1)), tf.zeros([2, 2, 2, 1, 3]), [1] * 5, "SAME"
            ),
            "max_pool": lambda: tf.nn.max_pool(_image(tf), [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
            "avg_pool": lambda: tf.nn.avg_pool(_image(tf), [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
            "pool": lambda: tf.nn.pool(_image(tf), [2, 2], "MAX", "SAME"),
            "lrn": lambda: tf.nn.lrn(_image(tf)),
            "moments": lambda: tf.nn.moments(_x(tf), [0]),
            "moments of an image": lambda: tf.nn.moments(_image(tf), [0, 1, 2]),
            "moments keeping dims": lambda: tf.nn.moments(_x(tf), [0], keep_dims=True),
            "weighted_moments": lambda: tf.nn.weighted_moments(_x(tf), [0], _x(tf)),
            "batch_normalization": lambda: tf.nn.batch_normalization(
                _x(tf), _x(tf, (4,)), _x(tf, (4,)), _x(tf, (4,)), _x(tf, (4,)), 1e-3
            ),
            "fused_batch_norm": lambda: tf.nn.fused_batch_norm(_image(tf), tf.ones([3]), tf.zeros([3])),
            "l2_normalize": lambda: tf.nn.l2_normalize(_x(tf), 1),
            "l2_normalize by dim": lambda: tf.nn.l2_normalize(_x(tf), dim=0),
            "normalize_moments": lambda: tf.nn.normalize_moments(
                _x(tf, ()), _x(tf, (4,)), _x(tf, (4,)), None
            ),
            "sufficient_statistics": lambda: tf.nn.sufficient_statistics(_x(tf), [0]),
            "fractional_max_pool": lambda: tf.nn.fractional_max_pool(_image(tf), [1.0, 1.4, 1.4, 1.0]),
            "image.resize_images": lambda: tf.image.resize_images(_image(tf), [4, 4]),
            "image.per_image_standardization": lambda: tf.image.per_image_standardization(_image(tf)[0]),
            "image.rgb_to_grayscale": lambda: tf.image.rgb_to_grayscale(_image(tf)),
            "image.flip_left_right": lambda: tf.image.flip_left_right(_image(tf)[0]),
            "image.convert_image_dtype": lambda: tf.image.convert_image_dtype(_image(tf), tf.uint8),
            "image.decode_png": lambda: tf.image.decode_png(_x(tf, (), "string")),
        }
    )
    return op_seeds(tf, snippets)


def layers(tf):
    def l2():
        return tf.keras.regularizers.l2(0.1)

    def reused():
        tf.layers.dense(_x(tf), 5, name="d")
        return tf.layers.dense(_x(tf), 5, name="d", reuse=True)

    flag = lambda: tf.placeholder(tf.bool, [])
    return op_seeds(
        tf,
        {
            "dense": lambda: tf.layers.dense(_x(tf), 5),
            "dense of unknown batch": lambda: tf.layers.dense(_x(tf, (None, 4)), 5),
            "dense with activation": lambda: tf.layers.dense(_x(tf), 5, tf.nn.relu),
            "dense without bias": lambda: tf.layers.dense(_x(tf), 5, use_bias=False),
            "dense in time": lambda: tf.layers.dense(_x(tf, (2, 3, 4)), 5),
            "dense in unknown time": lambda: tf.layers.dense(_x(tf, (None, None, 4)), 5),
            "dense of an unknown batch in time": lambda: tf.layers.dense(_x(tf, (None, 3, 4)), 5),
            "dense with an initializer": lambda: tf.layers.dense(
                _x(tf),
                5,
                kernel_initializer=tf.random_normal_initializer(),
                bias_initializer=tf.zeros_initializer(),
            ),
            "dense with a regularizer": lambda: tf.layers.dense(_x(tf), 5, kernel_regularizer=l2()),
            "dense with activity": lambda: tf.layers.dense(_x(tf), 5, activity_regularizer=l2()),
            "two of dense": lambda: tf.layers.dense(tf.layers.dense(_x(tf), 5), 2),
            "dense reused": reused,
            "Dense called twice": lambda: (lambda layer: [layer(_x(tf)), layer(_x(tf))])(tf.layers.Dense(5)),
            "dense of an integer's cast": lambda: tf.layers.dense(
                tf.cast(_x(tf, dtype="int32"), tf.float32), 5
            ),
            "conv2d": lambda: tf.layers.conv2d(_image(tf), 4, 3),
            "conv2d, same": lambda: tf.layers.conv2d(
                _image(tf), 4, [3, 3], padding="same", activation=tf.nn.relu
            ),
            "conv2d of unknown batch": lambda: tf.layers.conv2d(_x(tf, (None, 8, 8, 3)), 4, 3),
            "conv1d": lambda: tf.layers.conv1d(_x(tf, (2, 8, 3)), 4, 3),
            "conv1d causal by hand": lambda: tf.layers.conv1d(
                tf.pad(_x(tf, (2, 8, 3)), [[0, 0], [2, 0], [0, 0]]), 4, 3
            ),
            "conv2d channels first": lambda: tf.layers.conv2d(
                _x(tf, (2, 3, 8, 8)), 4, 3, data_format="channels_first"
            ),
            "conv3d": lambda: tf.layers.conv3d(_x(tf, (1, 4, 4, 4, 1)), 2, 2),
            "separable_conv2d": lambda: tf.layers.separable_conv2d(_image(tf), 4, 3),
            "max_pooling2d": lambda: tf.layers.max_pooling2d(_image(tf), 2, 2),
            "average_pooling2d": lambda: tf.layers.average_pooling2d(_image(tf), 2, 2),
            "max_pooling1d": lambda: tf.layers.max_pooling1d(_x(tf, (2, 8, 3)), 2, 2),
            "flatten": lambda: tf.layers.flatten(_image(tf)),
            "flatten of unknown batch": lambda: tf.layers.flatten(_x(tf, (None, 8, 8, 3))),
            "flatten of unknown shape": lambda: tf.layers.flatten(_x(tf, (None, None, 3))),
            "batch_normalization": lambda: tf.layers.batch_normalization(_x(tf)),
            "batch_normalization in training": lambda: tf.layers.batch_normalization(_x(tf), training=True),
            "batch_normalization by a flag": lambda: tf.layers.batch_normalization(_x(tf), training=flag()),
            "batch_normalization of an image": lambda: tf.layers.batch_normalization(_image(tf)),
            "batch_normalization of an image in training": lambda: tf.layers.batch_normalization(
                _image(tf), training=True
            ),
            "batch_normalization of an image by a flag": lambda: tf.layers.batch_normalization(
                _image(tf), training=flag()
            ),
            "batch_normalization renorm": lambda: tf.layers.batch_normalization(
                _x(tf), training=True, renorm=True
            ),
            "batch_normalization unscaled": lambda: tf.layers.batch_normalization(
                _x(tf), training=True, scale=False, center=False
            ),
            "keras Dense": lambda: tf.keras.layers.Dense(5)(_x(tf)),
            "keras Embedding": lambda: tf.keras.layers.Embedding(10, 4)(_x(tf, (3, 5))),
        },
    )
