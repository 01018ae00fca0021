"""How many ops TensorFlow 1.15 counts for random ops, variables and initializers."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def _image(tf):
    return tf.placeholder(tf.float32, [2, 8, 8, 3])


def random_ops(tf):
    return op_seeds(
        tf,
        {
            "random_normal": lambda: tf.random_normal([2, 3]),
            "random_normal of a spread": lambda: tf.random_normal([2, 3], 1.0, 0.1),
            "random_normal of a tensor's shape": lambda: tf.random_normal(tf.shape(_x(tf))),
            "random_normal of tensors": lambda: tf.random_normal([tf.shape(_x(tf))[0], 2]),
            "truncated_normal": lambda: tf.truncated_normal([2, 3], stddev=0.1),
            "random_uniform": lambda: tf.random_uniform([2, 3]),
            "random_uniform of 0 and 1": lambda: tf.random_uniform([2, 3], 0.0, 1.0),
            "random_uniform of a range": lambda: tf.random_uniform([2, 3], -1.0, 1.0),
            "random_uniform of one bound": lambda: tf.random_uniform([2, 3], -1),
            "random_uniform to a tensor": lambda: tf.random_uniform([2, 3], 0, tf.constant(2.0)),
            "random_uniform of a tensor's shape": lambda: tf.random_uniform(tf.shape(_x(tf))),
            "random_uniform of tensors": lambda: tf.random_uniform([tf.shape(_x(tf))[0], 2]),
            "random_uniform of integers": lambda: tf.random_uniform([2], 0, 5, dtype=tf.int32),
            "random_uniform of doubles": lambda: tf.random_uniform([2], dtype=tf.float64),
            "random_uniform of 64 bit integers": lambda: tf.random_uniform([2], maxval=5, dtype=tf.int64),
            "three of random_uniform": lambda: [tf.random_uniform([2]) for _ in range(3)],
            "random.uniform": lambda: tf.random.uniform([2]),
            "random.normal": lambda: tf.random.normal([2]),
            "random_shuffle": lambda: tf.random_shuffle(_x(tf)),
            "random.shuffle": lambda: tf.random.shuffle([1, 2, 3]),
            "multinomial": lambda: tf.multinomial(_x(tf), 2),
            "random.categorical": lambda: tf.random.categorical(_x(tf), 1),
            "random_gamma": lambda: tf.random_gamma([2], 1.0),
            "random_gamma of beta": lambda: tf.random_gamma([2], [1.0, 2.0], beta=2.0),
            "random_poisson": lambda: tf.random_poisson(3.0, [2]),
            "random_poisson of a list": lambda: tf.random_poisson([1.0, 2.0], [2]),
            "random_crop": lambda: tf.random_crop(_image(tf)[0], [4, 4, 3]),
            "log_uniform_candidate_sampler": lambda: tf.nn.log_uniform_candidate_sampler(
                tf.constant([[1], [2]], tf.int64), 1, 2, True, 10
            ),
            "uniform_candidate_sampler": lambda: tf.nn.uniform_candidate_sampler(
                tf.constant([[1], [2]], tf.int64), 1, 2, True, 10
            ),
            "a seed of its own": lambda: [tf.random_normal([2], seed=3), tf.random_uniform([2], seed=4)],
            "random_flip_left_right": lambda: tf.image.random_flip_left_right(_image(tf)[0]),
            "random_flip_up_down of a batch": lambda: tf.image.random_flip_up_down(_image(tf)),
            "random_brightness": lambda: tf.image.random_brightness(_image(tf), 0.1),
            "random_contrast": lambda: tf.image.random_contrast(_image(tf), 0.1, 0.5),
            "random_hue": lambda: tf.image.random_hue(_image(tf), 0.1),
            "random_saturation": lambda: tf.image.random_saturation(_image(tf), 0.1, 0.5),
            "distributions": lambda: tf.distributions.Normal(0.0, 1.0).sample([2]),
            "distributions.Uniform": lambda: tf.distributions.Uniform(0.0, 1.0).sample([2]),
            "distributions.Bernoulli": lambda: tf.distributions.Bernoulli(probs=0.5).sample(2),
            "distributions.Categorical": lambda: tf.distributions.Categorical(logits=[0.1, 0.2]).sample(2),
        },
    )


def variables(tf):
    def scoped(function, name="scope", **arguments):
        def build():
            with tf.variable_scope(name, **arguments):
                return function()

        return build

    def reused():
        with tf.variable_scope("scope", reuse=tf.AUTO_REUSE):
            return tf.get_variable("v", [3, 4]), tf.get_variable("v", [3, 4])

    return op_seeds(
        tf,
        {
            "Variable of a number": lambda: tf.Variable(1.0),
            "Variable of a name": lambda: tf.Variable(1.0, name="w", trainable=False),
            "Variable of an array": lambda: tf.Variable(np.zeros([3, 4], "float32")),
            "Variable of a constant": lambda: tf.Variable(tf.constant(0.1, shape=[4])),
            "Variable of zeros": lambda: tf.Variable(tf.zeros([3, 4])),
            "Variable of random_normal": lambda: tf.Variable(tf.random_normal([3, 4])),
            "Variable of truncated_normal": lambda: tf.Variable(tf.truncated_normal([3, 4], stddev=0.1)),
            "Variable of random_uniform": lambda: tf.Variable(tf.random_uniform([3, 4], -1.0, 1.0)),
            "Variable of a random_uniform of 0 and 1": lambda: tf.Variable(tf.random_uniform([3, 4])),
            "two Variables": lambda: [
                tf.Variable(tf.random_normal([3, 4])),
                tf.Variable(tf.random_normal([4])),
            ],
            "Variable of a function": lambda: tf.Variable(lambda: tf.random_normal([3, 4])),
            "Variable of text": lambda: tf.Variable("text"),
            "Variable of a type": lambda: tf.Variable(0, dtype=tf.int64),
            "Variable not to be checked": lambda: tf.Variable(_x(tf, None), validate_shape=False),
            "initialized_value": lambda: tf.Variable(
                tf.Variable(tf.random_normal([2])).initialized_value() * 2
            ),
            "Variable of another's initialized_value": lambda: tf.Variable(
                tf.Variable(1.0).initialized_value()
            ),
            "local_variable": lambda: tf.Variable(1.0, collections=[tf.GraphKeys.LOCAL_VARIABLES]),
            "resource Variable": lambda: tf.Variable(tf.random_normal([3, 4]), use_resource=True),
            "resource Variable of a number": lambda: tf.Variable(1.0, use_resource=True),
            "get_variable": lambda: tf.get_variable("v", [3, 4]),
            "get_variable of integers": lambda: tf.get_variable("v", [3], tf.int32),
            "get_variable of doubles": lambda: tf.get_variable("v", [3, 4], tf.float64),
            "get_variable of a tensor": lambda: tf.get_variable("v", initializer=tf.random_normal([3, 4])),
            "get_variable of an array": lambda: tf.get_variable("v", initializer=np.zeros([3, 4], "float32")),
            "get_variable of a number": lambda: tf.get_variable("v", initializer=0.5),
            "get_variable with a regularizer": lambda: tf.get_variable(
                "v", [3, 4], regularizer=lambda w: 0.1 * tf.nn.l2_loss(w)
            ),
            "get_variable as resource": lambda: tf.get_variable("v", [3, 4], use_resource=True),
            "get_variable constrained": lambda: tf.get_variable("v", [3, 4], constraint=tf.nn.relu),
            "get_variable in two scopes": lambda: [
                scoped(lambda: tf.get_variable("v", [3, 4]), name)() for name in "ab"
            ],
            "get_variable reused": reused,
            "get_variable in a scope of an initializer": scoped(
                lambda: tf.get_variable("v", [3, 4]), initializer=tf.random_normal_initializer()
            ),
            "get_variable partitioned": lambda: tf.get_variable(
                "v", [6, 4], partitioner=tf.fixed_size_partitioner(3)
            ),
            "get_variable in a partitioned scope": scoped(
                lambda: tf.get_variable("v", [6, 4]), partitioner=tf.fixed_size_partitioner(2)
            ),
            "get_variable partitioned by size": lambda: tf.get_variable(
                "v", [6, 4], partitioner=tf.variable_axis_size_partitioner(64)
            ),
            "a partitioned variable as a tensor": lambda: tf.convert_to_tensor(
                tf.get_variable("v", [6, 4], partitioner=tf.fixed_size_partitioner(3))
            ),
            "partitioned constants": lambda: tf.get_variable(
                "v", [6, 4], partitioner=tf.fixed_size_partitioner(3), initializer=tf.zeros_initializer()
            ),
            "get_local_variable": lambda: tf.get_local_variable("v", [3]),
            "assign": lambda: tf.assign(tf.Variable(1.0), 2.0),
            "assign_add": lambda: tf.assign_add(tf.Variable(1.0), 2.0),
            "assign_sub": lambda: tf.Variable(1.0).assign_sub(2.0),
            "variable.assign": lambda: tf.Variable(1.0).assign(2.0),
            "assign of a tensor": lambda: tf.assign(tf.Variable([1.0]), tf.constant([2.0])),
            "assign to a resource": lambda: tf.Variable(1.0, use_resource=True).assign(2.0),
            "assign_add to a resource": lambda: tf.assign_add(tf.Variable(1.0, use_resource=True), 2.0),
            "scatter_update": lambda: tf.scatter_update(tf.Variable([1.0, 2.0]), [0], [3.0]),
            "scatter_add": lambda: tf.scatter_add(tf.Variable([1.0, 2.0]), [0], [3.0]),
            "count_up_to": lambda: tf.count_up_to(tf.Variable(0), 5),
            "read_value": lambda: tf.Variable(1.0).read_value(),
            "value": lambda: tf.Variable(1.0).value(),
            "read_value of a resource": lambda: tf.Variable(1.0, use_resource=True).read_value(),
            "identity of a variable": lambda: tf.identity(tf.Variable(1.0)),
            "global_variables_initializer": lambda: [
                tf.Variable(1.0),
                tf.Variable(2.0),
                tf.global_variables_initializer(),
            ],
            "global_variables_initializer of none": lambda: tf.global_variables_initializer(),
            "initialize_all_variables": lambda: [tf.Variable(1.0), tf.initialize_all_variables()],
            "local_variables_initializer": lambda: tf.local_variables_initializer(),
            "variables_initializer": lambda: tf.variables_initializer([tf.Variable(1.0)]),
            "tables_initializer": lambda: tf.tables_initializer(),
            "report_uninitialized_variables": lambda: [tf.Variable(1.0), tf.report_uninitialized_variables()],
            "is_variable_initialized": lambda: tf.is_variable_initialized(tf.Variable(1.0)),
            "ExponentialMovingAverage": lambda: tf.train.ExponentialMovingAverage(0.9).apply(
                [tf.Variable(1.0)]
            ),
            "ExponentialMovingAverage of a step": lambda: tf.train.ExponentialMovingAverage(
                0.9, tf.train.get_or_create_global_step()
            ).apply([tf.Variable(1.0)]),
            "ExponentialMovingAverage of a tensor": lambda: tf.train.ExponentialMovingAverage(0.9).apply(
                [_x(tf)]
            ),
        },
    )


def initializers(tf):
    def of(initializer, shape=(3, 4), dtype="float32"):
        return lambda: tf.get_variable("v", shape, dtype, initializer=initializer)

    snippets = {
        "random_normal_initializer": of(tf.random_normal_initializer(0.0, 0.1)),
        "random_uniform_initializer": of(tf.random_uniform_initializer(-0.1, 0.1)),
        "random_uniform_initializer of 0 and 1": of(tf.random_uniform_initializer(0.0, 1.0)),
        "random_uniform_initializer by default": of(tf.random_uniform_initializer()),
        "random_uniform_initializer of minval": of(tf.random_uniform_initializer(-0.1)),
        "truncated_normal_initializer": of(tf.truncated_normal_initializer(stddev=0.1)),
        "uniform_unit_scaling_initializer": of(tf.uniform_unit_scaling_initializer()),
        "variance_scaling_initializer": of(tf.variance_scaling_initializer()),
        "variance_scaling_initializer, uniform": of(
            tf.variance_scaling_initializer(mode="fan_avg", distribution="uniform")
        ),
        "variance_scaling_initializer, untruncated": of(
            tf.variance_scaling_initializer(distribution="untruncated_normal")
        ),
        "glorot_uniform_initializer": of(tf.glorot_uniform_initializer()),
        "glorot_normal_initializer": of(tf.glorot_normal_initializer()),
        "orthogonal_initializer": of(tf.orthogonal_initializer()),
        "orthogonal_initializer of a tall shape": of(tf.orthogonal_initializer(1.5), (6, 2)),
        "identity_initializer": of(tf.initializers.identity(), (4, 4)),
        "constant_initializer": of(tf.constant_initializer(0.1)),
        "constant_initializer of a list": of(tf.constant_initializer([1.0, 2.0]), (2,)),
        "constant_initializer of an array": of(tf.constant_initializer(np.ones([3, 4]))),
        "zeros_initializer": of(tf.zeros_initializer()),
        "ones_initializer": of(tf.ones_initializer()),
        "zeros_initializer of integers": of(tf.zeros_initializer(), dtype="int32"),
        "zeros_initializer's class": of(tf.zeros_initializer),
        "large zeros_initializer": of(tf.zeros_initializer(), (100, 100)),
        "he_normal": of(tf.initializers.he_normal()),
        "he_uniform": of(tf.initializers.he_uniform()),
        "lecun_normal": of(tf.initializers.lecun_normal()),
        "lecun_uniform": of(tf.initializers.lecun_uniform()),
        "keras he_normal": of(tf.keras.initializers.he_normal()),
        "keras glorot_uniform": of(tf.keras.initializers.glorot_uniform()),
        "glorot_uniform_initializer of a vector": of(tf.glorot_uniform_initializer(), (4,)),
        "glorot_uniform_initializer of a filter": of(tf.glorot_uniform_initializer(), (3, 3, 2, 4)),
        "glorot_uniform_initializer called": lambda: tf.Variable(tf.glorot_uniform_initializer()([3, 4])),
        "random_normal_initializer called": lambda: tf.random_normal_initializer()([3, 4]),
        "uniform_unit_scaling_initializer called": lambda: tf.uniform_unit_scaling_initializer()([3, 4]),
        "a function": of(lambda shape, dtype, partition_info: tf.random_normal(shape, dtype=dtype)),
        "a seed of its own": of(tf.random_normal_initializer(seed=3)),
        "random_uniform_initializer of integers": of(
            tf.random_uniform_initializer(0, 5, dtype=tf.int32), (3,), "int32"
        ),
    }
    return op_seeds(tf, snippets)
