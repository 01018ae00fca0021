"""tf.contrib.layers: each layer with distinct weights, its variables and its collections."""

from _layer_tools import collections, measure, start_values
from _tools import distinct, variables

_IMAGES = (2, 6, 6, 3)


def _layers(tf):
    return tf.contrib.layers


def _run(tf, values):
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return sess.run(values)


def fully_connected(tf):
    x = tf.constant(distinct((3, 4)))
    hidden = _layers(tf).fully_connected(x, 5)
    return measure(tf, _layers(tf).fully_connected(hidden, 2, activation_fn=None, scope="out"), [x])


def fully_connected_with_everything(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((2, 3, 4)))
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
        first = layers.fully_connected(
            x, 3, tf.nn.tanh, normalizer_fn=layers.layer_norm, weights_regularizer=layers.l2_regularizer(0.1),
            scope="one", variables_collections=["mine"], outputs_collections=["outputs"])
        second = layers.fully_connected(
            first, 3, None, biases_initializer=None, weights_regularizer=layers.l1_regularizer(0.2),
            scope="two")
        again = layers.fully_connected(second, 3, None, scope="two", biases_initializer=None)
        shut = layers.fully_connected(again, 2, layers.softmax, scope="shut", trainable=False,
                                      weights_initializer=tf.constant_initializer(0.3))
    values = measure(tf, shut, [x])
    values["mine"] = variables(tf.get_collection("mine"))
    values["outputs"] = [tensor.name for tensor in tf.get_collection("outputs")]
    return values


def names_of_unnamed_layers(tf):
    layers = _layers(tf)
    x = tf.placeholder(tf.float32, [None, 4])
    made = [layers.fully_connected(x, 3), layers.fully_connected(x, 3), layers.linear(x, 3),
            layers.relu(x, 3), layers.relu6(x, 3), layers.legacy_fully_connected(x, 3),
            layers.flatten(tf.reshape(x, [-1, 2, 2])), layers.unit_norm(x, 1),
            layers.one_hot_encoding(tf.constant([1, 2]), 3), layers.layer_norm(x)]
    with tf.variable_scope("scope"):
        made += [layers.fully_connected(x, 3), layers.conv2d(tf.reshape(x, [-1, 2, 2, 1]), 2, 2)]
    return dict(collections(tf), names=[tensor.name for tensor in made])


def linear_relu_relu6_elu(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((3, 4), scale=3.0))
    outputs = [layers.linear(x, 2), layers.relu(x, 2), layers.relu6(x, 2), layers.elu(x, 2),
               layers.legacy_fully_connected(x, 2, tf.sigmoid), layers.legacy_linear(x, 2),
               layers.legacy_relu(x, 2)]
    return measure(tf, tf.concat(outputs, 1), [x], 2.0)


def start_values_of_initializers(tf):
    layers = _layers(tf)
    makers = [layers.xavier_initializer(seed=1), layers.xavier_initializer(uniform=False, seed=2),
              layers.xavier_initializer_conv2d(seed=3), layers.variance_scaling_initializer(seed=4),
              layers.variance_scaling_initializer(1.0, "FAN_AVG", True, seed=5),
              layers.variance_scaling_initializer(2.0, "FAN_OUT", False, seed=6)]
    for number, maker in enumerate(makers):
        tf.get_variable("matrix_%d" % number, [4, 6], initializer=maker)
        tf.get_variable("kernel_%d" % number, [3, 2, 2, 4], initializer=maker)
    tf.get_variable("half", [3], tf.float64, layers.xavier_initializer(seed=7, dtype=tf.float64))
    return start_values(tf)


def regularizers(tf):
    layers = _layers(tf)
    weights = [tf.Variable(distinct((3, 2))), tf.Variable(distinct((4,), seed=2))]
    both = layers.l1_l2_regularizer(0.3, 0.1)
    tensors = [layers.l1_regularizer(0.5)(weights[0]), layers.l2_regularizer(0.5)(weights[0]),
               both(weights[0]), layers.sum_regularizer([layers.l1_regularizer(0.2), both])(weights[1]),
               layers.apply_regularization(both, weights)]
    refused = []
    for scale in (2, -1.0):
        try:
            layers.l2_regularizer(scale)
        except ValueError as error:
            refused.append(str(error))
    return {"values": _run(tf, tensors), "names": [tensor.name for tensor in tensors],
            "refused": refused, "of nothing": str(layers.l1_regularizer(0.0)(weights[0])),
            "collection": [t.name for t in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]}


def conv2d(tf):
    layers = _layers(tf)
    x = tf.constant(distinct(_IMAGES))
    hidden = layers.conv2d(x, 4, [3, 2], stride=2)
    hidden = layers.convolution2d(hidden, 3, 2, padding="VALID", activation_fn=None, scope="plain")
    return measure(tf, hidden, [x])


def conv2d_with_rate_and_batch_norm(tf):
    layers = _layers(tf)
    x = tf.constant(distinct(_IMAGES))
    hidden = layers.conv2d(x, 3, 3, rate=2, normalizer_fn=layers.batch_norm,
                           normalizer_params={"is_training": True, "scale": True})
    return measure(tf, hidden, [x])


def conv1d_conv3d(tf):
    layers = _layers(tf)
    line, box = tf.constant(distinct((2, 7, 3))), tf.constant(distinct((1, 4, 4, 3, 2)))
    outputs = [layers.conv1d(line, 4, 3), layers.conv3d(box, 3, 2, stride=2),
               layers.conv3d_transpose(box, 2, 2), layers.convolution(line, 2, 2, padding="VALID")]
    flat = tf.concat([tf.reshape(output, [-1]) for output in outputs], 0)
    return measure(tf, flat, [line, box])


def conv2d_transpose_in_plane_separable(tf):
    layers = _layers(tf)
    x = tf.constant(distinct(_IMAGES))
    outputs = [layers.conv2d_transpose(x, 2, 3, stride=2), layers.conv2d_in_plane(x, 2),
               layers.separable_conv2d(x, 4, 3, 2), layers.separable_conv2d(x, None, 3, 1)]
    flat = tf.concat([tf.reshape(output, [-1]) for output in outputs], 0)
    return measure(tf, flat, [x])


def pools(tf):
    layers = _layers(tf)
    x, box = tf.constant(distinct(_IMAGES)), tf.constant(distinct((1, 4, 5, 3, 2)))
    outputs = [layers.max_pool2d(x, 2), layers.max_pool2d(x, [3, 2], 1, "SAME"), layers.avg_pool2d(x, 2),
               layers.avg_pool3d(box, 2), layers.max_pool3d(box, 2, 1)]
    values = {"pool %d" % number: value for number, value in enumerate(_run(tf, outputs))}
    return dict(values, names=[output.name for output in outputs])


def batch_norm(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((6, 3), scale=2.0))
    training = tf.placeholder_with_default(True, [])
    output = layers.batch_norm(x, 0.9, center=True, scale=True, is_training=training,
                               activation_fn=tf.tanh)
    plain = layers.batch_norm(x, updates_collections=None, fused=False, decay=0.8, scope="plain")
    values = measure(tf, output + 2.0 * plain, [x])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run([output, plain, tf.get_collection(tf.GraphKeys.UPDATE_OPS)])
        for variable in tf.global_variables():
            values["after an update, " + variable.name] = sess.run(variable)
        values["at test time"] = sess.run(output, {training: False})
    return values


def batch_norm_of_images(tf):
    layers = _layers(tf)
    x = tf.constant(distinct(_IMAGES, scale=2.0))
    values = measure(tf, layers.batch_norm(x, fused=True, scale=True), [x])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        for variable in tf.global_variables():
            values["after an update, " + variable.name] = sess.run(variable)
    return values


def layer_instance_group_norm(tf):
    layers = _layers(tf)
    x, flat = tf.constant(distinct((2, 4, 4, 4))), tf.constant(distinct((3, 5)))
    outputs = [layers.layer_norm(flat), layers.layer_norm(x, begin_norm_axis=-1, activation_fn=tf.tanh),
               layers.instance_norm(x), layers.group_norm(x, groups=2)]
    joined = tf.concat([tf.reshape(output, [-1]) for output in outputs], 0)
    return measure(tf, joined, [x, flat])


def dropout(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((4, 6)) + 1.0)
    outputs = {"kept 0.3": layers.dropout(x, 0.3, seed=3),
               "not training": layers.dropout(x, is_training=False),
               "noise shape": layers.dropout(x, noise_shape=[4, 1], seed=4)}
    values = _run(tf, outputs)
    values.update({"mask " + name: value != 0 for name, value in values.items()})
    return values


def flatten_and_one_hot(tf):
    layers = _layers(tf)
    fed = tf.placeholder(tf.float32, [None, 3, 2])
    flat = layers.flatten(fed, outputs_collections="flat")
    one_hot = layers.one_hot_encoding(tf.constant([2, 0, 1]), 4, on_value=0.9, off_value=0.1)
    with tf.Session() as sess:
        return {"flat": sess.run(flat, {fed: distinct((2, 3, 2))}), "one hot": sess.run(one_hot),
                "names": [flat.name, one_hot.name], "shapes": [str(flat.shape), str(one_hot.shape)],
                "collected": [tensor.name for tensor in tf.get_collection("flat")]}


def stack_and_repeat(tf):
    layers = _layers(tf)
    x, images = tf.constant(distinct((3, 4))), tf.constant(distinct((1, 4, 4, 2)))
    stacked = layers.stack(x, layers.fully_connected, [5, 4, 2], scope="fc")
    mixed = layers.stack(images, layers.conv2d, [(2, [1, 1]), (3, 2)], scope="conv")
    repeated = layers.repeat(images, 2, layers.conv2d, 2, 2)
    joined = tf.concat([tf.reshape(part, [-1]) for part in (stacked, mixed, repeated)], 0)
    return measure(tf, joined, [x, images])


def bias_add_unit_norm_maxout_scale_gradient(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((3, 4)))
    outputs = [layers.bias_add(x, tf.tanh, regularizer=layers.l2_regularizer(0.1)),
               layers.unit_norm(x, 1), layers.maxout(x, 2), layers.scale_gradient(x, 0.5),
               layers.softmax(x)]
    return measure(tf, tf.concat(outputs, 1), [x])


def embed_sequence(tf):
    layers = _layers(tf)
    ids = tf.constant([[0, 3, 1], [4, 4, 0]])
    first = layers.embed_sequence(ids, 5, 2)
    second = layers.embed_sequence(ids, 5, 3, unique=True, scope="mine",
                                   regularizer=layers.l2_regularizer(0.1))
    again = layers.embed_sequence(ids[:, :1], scope="mine", reuse=True)
    shut = layers.embed_sequence(ids, 5, 2, trainable=False, initializer=tf.ones_initializer())
    joined = tf.concat([tf.reshape(part, [-1]) for part in (first, second, again, shut)], 0)
    values = measure(tf, joined)
    values["shapes"] = [str(part.shape) for part in (first, second, again, shut)]
    try:
        layers.embed_sequence(ids)
    except ValueError as error:
        values["refused"] = str(error)
    return values


def embed_sequence_start_values(tf):
    _layers(tf).embed_sequence(tf.constant([[0]]), 7, 3, initializer=tf.random_uniform_initializer(
        -1.0, 1.0, seed=11))
    return start_values(tf)


def bow_encoder_and_lookups(tf):
    layers = _layers(tf)
    ids = tf.constant([[1, 3, 0], [0, 0, 0], [2, 2, 4]])
    sparse = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, -1, 3], tf.int64), [3, 2])
    table = tf.get_variable("table", [5, 2])
    outputs = [layers.bow_encoder(ids, 5, 2), layers.bow_encoder(ids, 5, 2, sparse_lookup=False),
               layers.safe_embedding_lookup_sparse([table], sparse),
               layers.safe_embedding_lookup_sparse(table, sparse, combiner="sum", default_id=2),
               layers.embedding_lookup_unique(table, ids[:, 0])]
    return measure(tf, tf.concat(outputs, 0))


def images_and_sequences(tf):
    layers = _layers(tf)
    images = tf.constant(distinct((2, 3, 4, 2)))
    sequence = layers.images_to_sequence(images)
    back = layers.sequence_to_images(sequence, 3)
    points = layers.spatial_softmax(images)
    sparse = layers.dense_to_sparse(tf.constant([[1, 0, 2], [0, 3, 0]]))
    values = {"trainable": variables(tf.trainable_variables())}
    values.update(_run(tf, {"sequence": sequence, "back": back, "points": points,
                            "sparse": sparse.values, "where": sparse.indices}))
    return values


def gdn(tf):
    x = tf.constant(distinct((2, 3, 3, 2), scale=2.0))
    output = _layers(tf).gdn(x, name="gdn")
    loss = tf.reduce_sum(output * distinct((2, 3, 3, 2), seed=9))
    gradients = tf.gradients(loss, [x] + tf.trainable_variables())
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = {"gradient %d" % k: value for k, value in enumerate(sess.run(gradients))}
        return dict(values, output=sess.run(output), variables=variables(tf.global_variables()))


def rev_block(tf):
    layers = _layers(tf)
    x = [tf.constant(distinct((2, 3), seed=seed)) for seed in (1, 2)]

    def half(inputs):
        return layers.fully_connected(inputs, 3, tf.tanh)

    outputs = layers.rev_block(x[0], x[1], half, half, num_layers=2)
    return measure(tf, tf.concat(outputs, 1), x)


def recompute_grad(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((2, 3)))

    @layers.recompute_grad
    def half(inputs):
        return layers.fully_connected(inputs, 3, tf.tanh, scope="half")

    with tf.variable_scope("model", use_resource=True):
        output = half(x)
    return measure(tf, output, [x])


def arg_scope_sets_defaults(tf):
    layers = _layers(tf)
    scope = tf.contrib.framework.arg_scope
    x = tf.constant(distinct((2, 4, 4, 2)))
    with scope([layers.conv2d, layers.fully_connected], activation_fn=tf.tanh,
               weights_regularizer=layers.l2_regularizer(0.1)):
        with scope([layers.conv2d], padding="VALID", biases_initializer=None) as inner:
            hidden = layers.conv2d(x, 3, 2)
        hidden = layers.fully_connected(layers.flatten(hidden), 2)
    with scope(inner):
        second = layers.flatten(layers.conv2d(x, 2, 3))
    return measure(tf, tf.concat([hidden, second], 1), [x])


def _optimized(tf, steps=3, **arguments):
    weights = tf.get_variable("weights", initializer=distinct((3, 2)))
    loss = tf.reduce_sum(tf.square(tf.matmul(tf.constant(distinct((4, 3), seed=2)), weights) - 1.0))
    step = tf.train.get_or_create_global_step()
    train = _layers(tf).optimize_loss(loss, step, **arguments)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return {"losses": [sess.run(train) for _ in range(steps)], "weights": sess.run(weights),
                "step": sess.run(step), "variables": variables(tf.global_variables()),
                "summaries": [op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)]}


def optimize_loss_sgd(tf):
    return _optimized(tf, learning_rate=0.05, optimizer="SGD")


def optimize_loss_adam_clipped(tf):
    return _optimized(tf, learning_rate=0.1, optimizer="Adam", clip_gradients=0.5,
                      summaries=["loss", "learning_rate", "gradients", "gradient_norm"])


def optimize_loss_with_momentum_and_multiplier(tf):
    return _optimized(
        tf, learning_rate=0.05, optimizer=tf.train.MomentumOptimizer(0.05, 0.9),
        gradient_multipliers={"weights": 0.5}, name="training")


def optimize_loss_with_decay_function(tf):
    return _optimized(
        tf, learning_rate=0.05, optimizer=lambda rate: tf.train.AdagradOptimizer(rate),
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 1, 0.5))


def summaries(tf):
    layers = _layers(tf)
    x = tf.constant(distinct((3, 4)))
    layers.fully_connected(x, 2, scope="fc", outputs_collections=tf.GraphKeys.ACTIVATIONS)
    layers.summarize_activations()
    layers.summarize_collection(tf.GraphKeys.TRAINABLE_VARIABLES)
    layers.summarize_tensors([tf.constant(1.0, name="scalar"), tf.constant([1.0], name="vector")])
    return {"summaries": [op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)]}


SUBJECTS = {
    "fully_connected": ["fully_connected"],
    "fully_connected_with_everything": ["fully_connected", "layer_norm", "softmax"],
    "names_of_unnamed_layers": ["fully_connected"],
    "linear_relu_relu6_elu": ["linear", "relu", "relu6", "elu", "legacy_fully_connected", "legacy_linear",
                              "legacy_relu"],
    "start_values_of_initializers": ["xavier_initializer", "xavier_initializer_conv2d",
                                     "variance_scaling_initializer"],
    "regularizers": ["l1_regularizer", "l2_regularizer", "l1_l2_regularizer", "sum_regularizer",
                     "apply_regularization"],
    "conv2d": ["conv2d", "convolution2d"],
    "conv2d_with_rate_and_batch_norm": ["conv2d", "batch_norm"],
    "conv1d_conv3d": ["conv1d", "conv3d", "conv3d_transpose", "convolution", "convolution1d",
                      "convolution3d", "convolution3d_transpose"],
    "conv2d_transpose_in_plane_separable": [
        "conv2d_transpose", "convolution2d_transpose", "conv2d_in_plane", "convolution2d_in_plane",
        "separable_conv2d", "separable_convolution2d"],
    "pools": ["max_pool2d", "avg_pool2d", "max_pool3d", "avg_pool3d"],
    "batch_norm": ["batch_norm"],
    "batch_norm_of_images": ["batch_norm"],
    "layer_instance_group_norm": ["layer_norm", "instance_norm", "group_norm"],
    "dropout": ["dropout"],
    "flatten_and_one_hot": ["flatten", "one_hot_encoding"],
    "stack_and_repeat": ["stack", "repeat"],
    "bias_add_unit_norm_maxout_scale_gradient": ["bias_add", "unit_norm", "maxout",
                                                 "scale_gradient", "softmax"],
    "embed_sequence": ["embed_sequence"],
    "embed_sequence_start_values": ["embed_sequence"],
    "bow_encoder_and_lookups": ["bow_encoder", "safe_embedding_lookup_sparse",
                                "embedding_lookup_unique"],
    "images_and_sequences": ["images_to_sequence", "sequence_to_images", "spatial_softmax",
                             "dense_to_sparse"],
    "gdn": ["gdn", "GDN"],
    "rev_block": ["rev_block", "RevBlock"],
    "recompute_grad": ["recompute_grad"],
    "arg_scope_sets_defaults": ["conv2d", "fully_connected"],
    "optimize_loss_sgd": ["optimize_loss", "OPTIMIZER_CLS_NAMES"],
    "optimize_loss_adam_clipped": ["optimize_loss", "OPTIMIZER_SUMMARIES"],
    "optimize_loss_with_momentum_and_multiplier": ["optimize_loss"],
    "optimize_loss_with_decay_function": ["optimize_loss"],
    "summaries": ["summaries", "summarize_activation", "summarize_activations",
                  "summarize_collection", "summarize_tensor", "summarize_tensors"],
}
SUBJECTS = {case: ["tf.contrib.layers." + name for name in names] for case, names in SUBJECTS.items()}
