"""How many ops TensorFlow 1.15 counts for control flow, tf.data, queues and Python functions."""

import numpy as np
from _op_seeds import op_seeds


def _x(tf, shape=(3, 4), dtype="float32"):
    return tf.placeholder(dtype, shape)


def branches_and_loops(tf):
    def cond(true, false):
        return lambda: tf.cond(tf.placeholder(tf.bool, []), true, false)

    def counted(body, *more, **arguments):
        def build():
            variables = [tf.constant(0)] + [make() for make in more]
            tf.while_loop(lambda i, *_: i < 5, body, variables, **arguments)

        return build

    def through_a_loop():
        x = _x(tf)
        w = tf.Variable(tf.zeros([4, 4]))
        _, y = tf.while_loop(lambda i, y: i < 5, lambda i, y: (i + 1, tf.tanh(tf.matmul(y, w))), [0, x])
        return tf.gradients(y, [x, w])

    def through_a_cond():
        x = _x(tf)
        return tf.gradients(tf.cond(tf.placeholder(tf.bool, []), lambda: x * 2, lambda: tf.square(x)), x)

    def in_a_tensor_array():
        array = tf.TensorArray(tf.float32, 5)
        _, array = tf.while_loop(
            lambda i, a: i < 5, lambda i, a: (i + 1, a.write(i, tf.cast(i, tf.float32))), [0, array]
        )
        return array.stack()

    x = lambda: _x(tf)
    return op_seeds(
        tf,
        {
            "cond": cond(lambda: tf.constant(1.0), lambda: tf.constant(2.0)),
            "cond of an outer tensor": lambda: (lambda x: cond(lambda: x + 1, lambda: x - 1)())(x()),
            "cond of random ops": cond(lambda: tf.random_normal([2]), lambda: tf.random_uniform([2])),
            "cond of dropout": lambda: (lambda x: cond(lambda: tf.nn.dropout(x, 0.5), lambda: x)())(x()),
            "cond of a comparison": lambda: (lambda x: tf.cond(x[0, 0] > 0, lambda: x, lambda: -x))(x()),
            "cond of a known": lambda: tf.cond(
                tf.constant(True), lambda: tf.constant(1.0), lambda: tf.constant(2.0)
            ),
            "cond of variables": cond(lambda: tf.Variable(1.0).read_value(), lambda: tf.constant(1.0)),
            "cond of two outputs": cond(
                lambda: (tf.constant(1), tf.constant(2)), lambda: (tf.constant(3), tf.constant(4))
            ),
            "cond in a cond": cond(lambda: cond(lambda: 1.0, lambda: 2.0)(), lambda: 3.0),
            "case": lambda: tf.case(
                [(tf.placeholder(tf.bool, []), lambda: tf.constant(1.0))], default=lambda: tf.constant(2.0)
            ),
            "case, exclusive": lambda: tf.case(
                [
                    (tf.placeholder(tf.bool, []), lambda: tf.constant(1.0)),
                    (tf.placeholder(tf.bool, []), lambda: tf.constant(3.0)),
                ],
                default=lambda: tf.constant(2.0),
                exclusive=True,
            ),
            "while_loop": counted(lambda i: [i + 1]),
            "while_loop of two": counted(lambda i, y: (i + 1, y * 2), x),
            "while_loop of an outer tensor": lambda: (lambda z: counted(lambda i, y: (i + 1, y + z), x)())(
                x()
            ),
            "while_loop of random ops": counted(lambda i, y: (i + 1, y + tf.random_normal([3, 4])), x),
            "while_loop of dropout": counted(lambda i, y: (i + 1, tf.nn.dropout(y, 0.5)), x),
            "while_loop of variables": lambda: (
                lambda w: counted(lambda i, y: (i + 1, tf.matmul(y, w)), x)()
            )(tf.Variable(tf.zeros([4, 4]))),
            "while_loop in a loop": counted(lambda i: [tf.while_loop(lambda j: j < 3, lambda j: j + 1, [i])]),
            "while_loop with a cond": counted(lambda i: [tf.cond(i > 2, lambda: i + 1, lambda: i + 2)]),
            "while_loop one at a time": counted(lambda i: [i + 1], parallel_iterations=1),
            "while_loop counting to a maximum": counted(lambda i: i + 1, maximum_iterations=3),
            "gradient through while_loop": through_a_loop,
            "gradient through cond": through_a_cond,
            "TensorArray": lambda: tf.TensorArray(tf.float32, 3).unstack(x()).stack(),
            "TensorArray in a loop": in_a_tensor_array,
            "TensorArray read and concat": lambda: tf.TensorArray(tf.float32, 3).unstack(x()).read(0),
            "map_fn": lambda: tf.map_fn(lambda row: row * 2, x()),
            "map_fn of a type": lambda: tf.map_fn(lambda row: tf.cast(row, tf.int32), x(), dtype=tf.int32),
            "map_fn of random ops": lambda: tf.map_fn(lambda row: row + tf.random_normal([4]), x()),
            "map_fn of unknown": lambda: tf.map_fn(lambda row: row * 2, _x(tf, (None, 4))),
            "scan": lambda: tf.scan(lambda total, row: total + row, x()),
            "scan of an initial value": lambda: tf.scan(
                lambda total, row: total + row, x(), initializer=tf.zeros([4])
            ),
            "foldl": lambda: tf.foldl(lambda total, row: total + row, x()),
            "foldr": lambda: tf.foldr(lambda total, row: total + row, x()),
            "gradient through map_fn": lambda: (lambda x: tf.gradients(tf.map_fn(tf.square, x), x))(x()),
            "gradient through scan": lambda: (lambda x: tf.gradients(tf.scan(lambda a, b: a * b, x), x))(x()),
            "custom_gradient": lambda: _cubed(tf)(x()),
        },
    )


def _cubed(tf):
    @tf.custom_gradient
    def cubed(x):
        return x**3, lambda dy: 3 * dy * x**2

    return cubed


def datasets(tf):
    data = tf.data.Dataset
    arrays = np.zeros([6, 4], "float32"), np.zeros([6], "int32")

    def once(make):
        return lambda: make().make_one_shot_iterator().get_next()

    def initializable(make):
        def build():
            iterator = make().make_initializable_iterator()
            return iterator.get_next(), iterator.initializer

        return build

    def reinitializable():
        dataset = data.from_tensor_slices(arrays).batch(2)
        iterator = tf.data.Iterator.from_structure(dataset.output_types, dataset.output_shapes)
        return iterator.get_next(), iterator.make_initializer(dataset)

    slices = lambda: data.from_tensor_slices(arrays)
    return op_seeds(
        tf,
        {
            "from_tensor_slices": slices,
            "from_tensors": lambda: data.from_tensors(arrays),
            "range": lambda: data.range(5),
            "batch": lambda: slices().batch(2),
            "repeat": lambda: slices().repeat(),
            "repeat of 3": lambda: slices().repeat(3),
            "shuffle": lambda: slices().shuffle(6),
            "shuffle with a seed": lambda: slices().shuffle(6, seed=3),
            "shuffle, then batch": lambda: slices().shuffle(6).batch(2),
            "shuffle and repeat": lambda: slices().shuffle(6).repeat().batch(2),
            "shuffle twice": lambda: slices().shuffle(6).shuffle(6),
            "map": lambda: slices().map(lambda x, y: (x * 2, y)),
            "map of random ops": lambda: data.range(5).map(lambda _: tf.random_normal([2])),
            "map after other ops": lambda: [_x(tf), data.range(5).map(lambda _: tf.random_normal([2]))],
            "map of an outer tensor": lambda: (
                lambda x: data.range(5).map(lambda _: x + tf.random_uniform([2]))
            )(tf.constant(1.0)),
            "map of a random shuffle": lambda: slices().map(lambda x, y: (tf.random_shuffle(x), y)),
            "map of dropout": lambda: slices().map(lambda x, y: (tf.nn.dropout(x, 0.5), y)),
            "parallel map": lambda: slices().map(lambda x, y: (x, y), num_parallel_calls=2),
            "filter": lambda: data.range(5).filter(lambda n: n > 2),
            "zip": lambda: data.zip((slices(), slices())),
            "flat_map": lambda: slices().flat_map(lambda x, y: data.from_tensors(x)),
            "take": lambda: slices().take(2),
            "skip": lambda: slices().skip(2),
            "prefetch": lambda: slices().prefetch(1),
            "cache": lambda: slices().cache(),
            "padded_batch": lambda: slices().padded_batch(2, ([None], [])),
            "from_generator": lambda: data.from_generator(lambda: iter([1, 2]), tf.int32),
            "placeholders": lambda: data.from_tensor_slices((_x(tf), _x(tf, (3,)))),
            "one-shot iterator": once(slices),
            "one-shot iterator of a shuffle": once(lambda: slices().shuffle(6)),
            "one-shot iterator of random ops": once(
                lambda: data.range(5).map(lambda _: tf.random_normal([2]))
            ),
            "initializable iterator": initializable(slices),
            "initializable iterator of a shuffle": initializable(
                lambda: slices().shuffle(6).batch(2).repeat()
            ),
            "reinitializable iterator": reinitializable,
            "a model after an iterator": lambda: tf.layers.dense(
                once(lambda: slices().shuffle(6).batch(2).repeat())()[0], 5
            ),
            "TextLineDataset": lambda: tf.data.TextLineDataset("file.txt"),
            "TFRecordDataset": lambda: tf.data.TFRecordDataset("file"),
        },
    )


def queues_and_functions(tf):
    return op_seeds(
        tf,
        {
            "FIFOQueue": lambda: tf.FIFOQueue(10, [tf.float32]).enqueue(1.0),
            "FIFOQueue emptied": lambda: tf.FIFOQueue(10, [tf.float32], [[]]).dequeue_many(2),
            "RandomShuffleQueue": lambda: tf.RandomShuffleQueue(10, 2, [tf.float32], [[]]),
            "input_producer": lambda: tf.train.input_producer(_x(tf)),
            "string_input_producer": lambda: tf.train.string_input_producer(["a", "b"]),
            "range_input_producer": lambda: tf.train.range_input_producer(5, shuffle=False).dequeue(),
            "range_input_producer shuffled": lambda: tf.train.range_input_producer(5).dequeue(),
            "slice_input_producer": lambda: tf.train.slice_input_producer([_x(tf)]),
            "batch": lambda: tf.train.batch([_x(tf)], 2),
            "shuffle_batch": lambda: tf.train.shuffle_batch([_x(tf)], 2, 10, 5),
            "batch of threads": lambda: tf.train.batch([_x(tf)], 2, num_threads=2),
            "py_func": lambda: tf.py_func(lambda x: x, [_x(tf)], tf.float32),
            "numpy_function": lambda: tf.numpy_function(lambda x: x, [_x(tf)], tf.float32),
            "py_function": lambda: tf.py_function(lambda x: x, [_x(tf)], tf.float32),
            "TextLineReader": lambda: tf.TextLineReader().read(tf.train.string_input_producer(["a"])),
            "name_scope": lambda: _named(tf),
            "device": lambda: _on_a_device(tf),
            "lookup table": lambda: tf.contrib.lookup.index_table_from_tensor(["a"]).lookup(
                tf.constant(["a"])
            ),
        },
    )


def _named(tf):
    with tf.name_scope("scope"):
        return tf.random_normal([2]) + 1


def _on_a_device(tf):
    with tf.device("/cpu:0"):
        return tf.random_normal([2]) + 1
