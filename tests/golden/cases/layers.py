"""tf.layers: functions, classes, sharing, collections; each with distinct weights."""

from _layer_tools import collections, measure, start_values
from _tools import distinct, variables

SUBJECTS = {
    "dense": ["tf.layers.dense"],
    "dense_names_and_scopes": ["tf.layers.dense"],
    "dense_regularizer_and_constraint": ["tf.layers.dense"],
    "dense_class_is_shared_by_its_calls": ["tf.layers.Dense"],
    "dense_start_values": ["tf.layers.dense"],
    "conv1d": ["tf.layers.conv1d", "tf.layers.Conv1D"],
    "conv2d": ["tf.layers.conv2d", "tf.layers.Conv2D"],
    "conv2d_start_values": ["tf.layers.conv2d"],
    "conv3d": ["tf.layers.conv3d", "tf.layers.Conv3D"],
    "separable_conv1d": ["tf.layers.separable_conv1d", "tf.layers.SeparableConv1D"],
    "separable_conv2d": ["tf.layers.separable_conv2d", "tf.layers.SeparableConv2D"],
    "conv2d_transpose": ["tf.layers.conv2d_transpose", "tf.layers.Conv2DTranspose"],
    "conv3d_transpose": ["tf.layers.conv3d_transpose", "tf.layers.Conv3DTranspose"],
    "pooling": ["tf.layers.max_pooling1d", "tf.layers.max_pooling2d", "tf.layers.max_pooling3d",
                "tf.layers.average_pooling1d", "tf.layers.average_pooling2d",
                "tf.layers.average_pooling3d", "tf.layers.MaxPooling1D", "tf.layers.MaxPooling2D",
                "tf.layers.MaxPooling3D", "tf.layers.AveragePooling1D",
                "tf.layers.AveragePooling2D", "tf.layers.AveragePooling3D"],
    "batch_normalization": ["tf.layers.batch_normalization", "tf.layers.BatchNormalization"],
    "batch_normalization_of_images": ["tf.layers.batch_normalization"],
    "dropout": ["tf.layers.dropout", "tf.layers.Dropout"],
    "flatten": ["tf.layers.flatten", "tf.layers.Flatten"],
    "layer_of_ones_own": ["tf.layers.Layer", "tf.layers.InputSpec"],
}


def dense(tf):
    x = tf.constant(distinct((2, 3, 4)))
    hidden = tf.layers.dense(x, 5, activation=tf.nn.tanh)
    return measure(tf, tf.layers.dense(hidden, 2, use_bias=False, name="out"), [x])


def dense_names_and_scopes(tf):
    x = tf.placeholder(tf.float32, [None, 4])
    names = [tf.layers.dense(x, 3).name, tf.layers.dense(x, 3).name]
    with tf.variable_scope("scope", reuse=tf.AUTO_REUSE):
        names += [tf.layers.dense(x, 3, name="same").name, tf.layers.dense(x, 3, name="same").name]
        names += [tf.layers.dense(x, 3).name]
    with tf.variable_scope("scope", reuse=True):
        names += [tf.layers.dense(x, 3, name="same", reuse=True).name]
    with tf.name_scope("only_a_name"):
        names += [tf.layers.dense(x, 3).name]
    names += [tf.layers.dense(x, 3, name="frozen", trainable=False).name]
    return dict(collections(tf), names=names)


def dense_regularizer_and_constraint(tf):
    x = tf.constant(distinct((3, 4)))
    output = tf.layers.dense(
        x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1),
        bias_regularizer=tf.contrib.layers.l1_regularizer(0.2),
        activity_regularizer=lambda value: 0.5 * tf.reduce_sum(value ** 2),
        kernel_constraint=lambda kernel: tf.clip_by_value(kernel, -0.1, 0.1), name="d")
    return measure(tf, output, [x])


def dense_class_is_shared_by_its_calls(tf):
    layer = tf.layers.Dense(3, activation="sigmoid", name="shared")
    first, second = tf.constant(distinct((2, 4))), tf.constant(distinct((5, 4), seed=2))
    output = tf.concat([layer(first), layer.apply(second)], 0)
    values = measure(tf, output, [first, second])
    values.update({"weights": variables(layer.weights), "count": layer.count_params(),
                   "name": layer.name, "scope": layer.scope_name, "dtype": str(layer.dtype)})
    return values


def dense_start_values(tf):
    x = tf.constant(distinct((2, 4)))
    init = [tf.glorot_uniform_initializer(seed=3), tf.truncated_normal_initializer(stddev=0.1, seed=4),
            tf.orthogonal_initializer(seed=5), tf.variance_scaling_initializer(seed=6),
            tf.glorot_normal_initializer(seed=7), tf.random_normal_initializer(seed=8),
            tf.keras.initializers.he_normal(seed=9), tf.initializers.lecun_uniform(seed=10)]
    for one in init:
        x = tf.layers.dense(x, 4, kernel_initializer=one,
                            bias_initializer=tf.constant_initializer(0.1))
    return start_values(tf)


def conv1d(tf):
    x = tf.constant(distinct((2, 7, 3)))
    hidden = tf.layers.conv1d(x, 4, 3, strides=2, padding="same", activation=tf.nn.elu)
    return measure(tf, tf.layers.Conv1D(2, 2, dilation_rate=2)(hidden), [x])


def conv2d(tf):
    x = tf.constant(distinct((2, 7, 6, 3)))
    hidden = tf.layers.conv2d(x, 4, [3, 2], strides=(2, 1), padding="same", activation=tf.tanh)
    return measure(tf, tf.layers.Conv2D(2, 2, use_bias=False, name="second")(hidden), [x])


def conv2d_start_values(tf):
    x = tf.constant(distinct((1, 5, 5, 2)))
    tf.layers.conv2d(x, 3, 3, kernel_initializer=tf.glorot_uniform_initializer(seed=3))
    tf.layers.conv2d(x, 3, 3, kernel_initializer=tf.contrib.layers.xavier_initializer_conv2d(seed=4))
    return start_values(tf)


def conv3d(tf):
    x = tf.constant(distinct((1, 4, 5, 3, 2)))
    return measure(tf, tf.layers.Conv3D(2, 3, padding="same")(tf.layers.conv3d(x, 3, 2)), [x])


def separable_conv1d(tf):
    x = tf.constant(distinct((2, 6, 3)))
    hidden = tf.layers.separable_conv1d(x, 4, 3, depth_multiplier=2, padding="same")
    return measure(tf, tf.layers.SeparableConv1D(2, 2)(hidden), [x])


def separable_conv2d(tf):
    x = tf.constant(distinct((2, 5, 5, 3)))
    hidden = tf.layers.separable_conv2d(x, 4, 3, depth_multiplier=2, padding="same")
    return measure(tf, tf.layers.SeparableConv2D(2, 2, strides=2)(hidden), [x])


def conv2d_transpose(tf):
    x = tf.constant(distinct((2, 4, 3, 2)))
    hidden = tf.layers.conv2d_transpose(x, 3, 3, strides=2, padding="same")
    return measure(tf, tf.layers.Conv2DTranspose(2, 2)(hidden), [x])


def conv3d_transpose(tf):
    x = tf.constant(distinct((1, 2, 3, 2, 2)))
    hidden = tf.layers.conv3d_transpose(x, 2, 2, strides=2)
    return measure(tf, tf.layers.Conv3DTranspose(2, 2)(hidden), [x])


def pooling(tf):
    layers = tf.layers
    flat, image = tf.constant(distinct((2, 7, 2))), tf.constant(distinct((2, 5, 6, 2)))
    box = tf.constant(distinct((1, 4, 5, 6, 2)))
    outputs = {
        "max 1d": layers.max_pooling1d(flat, 3, 2),
        "average 1d": layers.average_pooling1d(flat, 2, 2, "same"),
        "max 2d": layers.max_pooling2d(image, [2, 3], 2),
        "average 2d": layers.average_pooling2d(image, 3, 2, padding="same"),
        "max 3d": layers.max_pooling3d(box, 2, 2),
        "average 3d": layers.average_pooling3d(box, 2, 1),
        "MaxPooling1D": layers.MaxPooling1D(2, 1)(flat),
        "AveragePooling1D": layers.AveragePooling1D(2, 1)(flat),
        "MaxPooling2D": layers.MaxPooling2D(2, 1)(image),
        "AveragePooling2D": layers.AveragePooling2D(2, 1)(image),
        "MaxPooling3D": layers.MaxPooling3D(2, 3)(box),
        "AveragePooling3D": layers.AveragePooling3D(2, 3)(box),
    }
    names = sorted(outputs)
    with tf.Session() as sess:
        values = sess.run(outputs)
    return dict(values, names=[outputs[name].name for name in names])


def batch_normalization(tf):
    x = tf.constant(distinct((6, 3), scale=2.0))
    training = tf.placeholder_with_default(True, [])
    output = tf.layers.batch_normalization(x, momentum=0.9, training=training)
    second = tf.layers.BatchNormalization(scale=False, epsilon=0.1)(output, training=True)
    values = measure(tf, second, [x])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        for variable in tf.global_variables():
            values["after an update, " + variable.name] = sess.run(variable)
        values["at test time"] = sess.run(output, {training: False})
    return values


def batch_normalization_of_images(tf):
    x = tf.constant(distinct((2, 4, 4, 3), scale=2.0))
    output = tf.layers.batch_normalization(x, training=True, name="bn")
    still = tf.layers.batch_normalization(x, name="bn", reuse=True)
    values = measure(tf, output + still, [x])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        for variable in tf.global_variables():
            values["after an update, " + variable.name] = sess.run(variable)
    return values


def dropout(tf):
    x = tf.constant(distinct((4, 6)) + 1.0)
    training = tf.placeholder_with_default(True, [])
    outputs = {"always": tf.layers.dropout(x, 0.3, seed=3, training=True),
               "never": tf.layers.dropout(x, 0.3, seed=3),
               "fed": tf.layers.dropout(x, rate=0.6, seed=4, training=training),
               "noise shape": tf.layers.Dropout(0.5, noise_shape=[4, 1], seed=5)(x, training=True)}
    with tf.Session() as sess:
        values = sess.run(outputs)
        values["fed False"] = sess.run(outputs["fed"], {training: False})
    values.update({"mask " + name: value != 0 for name, value in values.items()})
    return values


def flatten(tf):
    fed = tf.placeholder(tf.float32, [None, 3, 2])
    known = tf.layers.flatten(tf.constant(distinct((2, 3, 4))))
    output, lazy = tf.layers.Flatten()(fed), tf.layers.flatten(tf.placeholder(tf.float32, [None, None, 2]))
    with tf.Session() as sess:
        return {"shapes": [str(known.shape), str(output.shape), str(lazy.shape)],
                "names": [known.name, output.name],
                "output": sess.run(output, {fed: distinct((5, 3, 2))}), "known": sess.run(known)}


def layer_of_ones_own(tf):
    class Scale(tf.layers.Layer):
        def build(self, input_shape):
            self.input_spec = tf.layers.InputSpec(ndim=2, axes={1: input_shape[1].value})
            self.scale = self.add_variable("scale", [input_shape[1].value], initializer=tf.ones_initializer())
            self.built = True

        def call(self, inputs):
            return inputs * self.scale

    x = tf.constant(distinct((2, 3)))
    layer = Scale()
    with tf.variable_scope("outer"):
        output = layer(layer(x)) + Scale(name="other")(x)
    values = measure(tf, output, [x])
    try:
        layer(tf.zeros([2, 4]))
    except ValueError as error:
        values["refused"] = type(error).__name__
    return values
