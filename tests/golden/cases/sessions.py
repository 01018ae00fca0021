"""What surrounds a model in a script: summaries, sessions, queues, iterators, meta graphs."""

import glob
import os
import tempfile

import numpy as np
from _tools import distinct, variables

SUBJECTS = {
    "summaries": ["tf.summary.scalar", "tf.summary.histogram", "tf.summary.image", "tf.summary.text",
                  "tf.summary.merge", "tf.summary.merge_all", "tf.summary.FileWriter",
                  "tf.train.summary_iterator"],
    "supervisor": ["tf.train.Supervisor"],
    "monitored_session": ["tf.train.MonitoredTrainingSession", "tf.train.StopAtStepHook",
                          "tf.train.SessionRunHook", "tf.train.CheckpointSaverHook"],
    "queues": ["tf.train.Coordinator", "tf.train.start_queue_runners", "tf.train.input_producer",
               "tf.train.batch", "tf.train.slice_input_producer", "tf.FIFOQueue",
               "tf.train.range_input_producer"],
    "meta_graph": ["tf.train.import_meta_graph", "tf.train.export_meta_graph", "tf.train.Saver"],
    "saver": ["tf.train.Saver", "tf.train.latest_checkpoint", "tf.train.get_checkpoint_state"],
    "iterators": ["tf.data.Dataset", "tf.data.Iterator"],
    "records": ["tf.python_io.TFRecordWriter", "tf.python_io.tf_record_iterator", "tf.parse_single_example",
                "tf.train.Example", "tf.FixedLenFeature", "tf.VarLenFeature"],
    "learning_rates": ["tf.train.exponential_decay", "tf.train.polynomial_decay",
                       "tf.train.piecewise_constant", "tf.train.cosine_decay",
                       "tf.train.inverse_time_decay", "tf.train.natural_exp_decay"],
    "optimizers": ["tf.train.%sOptimizer" % name for name in (
        "GradientDescent", "Momentum", "Adagrad", "Adadelta", "RMSProp", "Adam", "Ftrl",
        "ProximalAdagrad", "ProximalGradientDescent")],
    "moving_average": ["tf.train.ExponentialMovingAverage"],
    "metrics_and_losses": ["tf.metrics.accuracy", "tf.metrics.mean", "tf.losses.softmax_cross_entropy",
                           "tf.losses.sparse_softmax_cross_entropy", "tf.losses.mean_squared_error",
                           "tf.losses.get_total_loss", "tf.losses.log_loss", "tf.losses.huber_loss"],
    "python_functions": ["tf.py_func", "tf.placeholder_with_default", "tf.Print", "tf.cond", "tf.while_loop",
                         "tf.map_fn", "tf.scan"],
    "old_names": ["tf.initialize_all_variables", "tf.all_variables", "tf.to_float", "tf.to_int32",
                  "tf.arg_max", "tf.log", "tf.div", "tf.floor_div",
                  "tf.reduce_join", "tf.sparse_tensor_to_dense", "tf.image.resize_images", "tf.random_crop",
                  "tf.verify_tensor_all_finite", "tf.nn.max_pool", "tf.nn.conv2d", "tf.multinomial",
                  "tf.count_nonzero"],
    "dropout_and_softmax": ["tf.nn.dropout", "tf.nn.softmax_cross_entropy_with_logits",
                            "tf.nn.softmax_cross_entropy_with_logits_v2", "tf.nn.sampled_softmax_loss",
                            "tf.nn.moments", "tf.nn.batch_normalization", "tf.nn.embedding_lookup",
                            "tf.nn.l2_normalize", "tf.nn.in_top_k", "tf.nn.top_k", "tf.nn.ctc_loss",
                            "tf.nn.ctc_greedy_decoder"],
}


def summaries(tf):
    folder = tempfile.mkdtemp()
    value = tf.placeholder(tf.float32, [3])
    with tf.name_scope("stats"):
        tf.summary.scalar("mean", tf.reduce_mean(value))
        tf.summary.histogram("all", value)
    tf.summary.scalar("mean of value", tf.reduce_mean(value))
    tf.summary.image("picture", tf.zeros([1, 2, 2, 1]))
    tf.summary.text("words", tf.constant("hello"))
    merged = tf.summary.merge_all()
    with tf.Session() as sess:
        writer = tf.summary.FileWriter(folder, sess.graph)
        for step in range(2):
            writer.add_summary(sess.run(merged, {value: distinct((3,), seed=step)}), step)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="by hand", simple_value=0.5)]), 7)
        writer.close()
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "events*"))):
        for event in tf.train.summary_iterator(path):
            for item in event.summary.value:
                number = item.simple_value if item.HasField("simple_value") else item.histo.sum
                found.append("%d %s %s %.6f" % (event.step, item.tag, item.WhichOneof("value"), number))
    return {"found": found, "merged": merged.name,
            "collected": [op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)]}


def supervisor(tf):
    folder = tempfile.mkdtemp()
    weights = tf.get_variable("weights", initializer=distinct((2,)))
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(weights ** 2), step)
    values = {}
    for turn in ("first", "second"):
        manager = tf.train.Supervisor(logdir=folder, global_step=step, save_model_secs=0, summary_op=None)
        with manager.managed_session() as sess:
            values[turn + " starts at"] = sess.run(step)
            for _ in range(3):
                sess.run(train)
            manager.saver.save(sess, manager.save_path, global_step=step)
            values[turn], values[turn + " stop"] = sess.run(weights), manager.should_stop()
    values["files"] = sorted(name for name in os.listdir(folder) if "model" in name or name == "checkpoint")
    return values


def monitored_session(tf):
    folder, seen = tempfile.mkdtemp(), []

    class Watch(tf.train.SessionRunHook):
        def before_run(self, context):
            return tf.train.SessionRunArgs(loss)

        def after_run(self, context, values):
            seen.append(values.results)

    weights = tf.get_variable("weights", initializer=distinct((2,)))
    loss = tf.reduce_sum(weights ** 2)
    step = tf.train.get_or_create_global_step()
    train = tf.train.AdamOptimizer(0.1).minimize(loss, step)
    hooks = [tf.train.StopAtStepHook(last_step=4), Watch()]
    with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=hooks, save_summaries_steps=None,
                                           save_summaries_secs=None, log_step_count_steps=None) as sess:
        while not sess.should_stop():
            sess.run(train)
    return {"steps": len(seen), "last checkpoint": os.path.basename(tf.train.latest_checkpoint(folder)),
            "saved": tf.train.load_variable(folder, "weights"), "variables": variables(tf.global_variables())}


def queues(tf):
    x, y = tf.train.slice_input_producer([tf.constant(distinct((6, 2))), tf.range(6)], shuffle=False)
    batch = tf.train.batch([x, y], 4)
    number = tf.train.range_input_producer(3, shuffle=False).dequeue()
    queue = tf.FIFOQueue(5, tf.int32, shapes=[])
    filled = queue.enqueue_many([[1, 2, 3]])
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coordinator)
        batches = [sess.run(batch) for _ in range(3)]
        numbers = [sess.run(number) for _ in range(4)]
        sess.run(filled)
        sizes = [sess.run(queue.size()), sess.run(queue.dequeue()), sess.run(queue.size())]
        coordinator.request_stop()
        coordinator.join(threads)
    return {"rows": np.concatenate([rows for rows, _ in batches]), "threads": len(threads),
            "numbers": numbers, "order": np.concatenate([order for _, order in batches]), "sizes": sizes}


def meta_graph(tf):
    prefix = os.path.join(tempfile.mkdtemp(), "model")
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        output = tf.layers.dense(
            x, 3, name="layer", kernel_initializer=tf.constant_initializer(distinct((2, 3))))
        tf.identity(output, name="output")
        tf.add_to_collection("outputs", output)
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, prefix, global_step=5)
        exported = tf.train.export_meta_graph()
    saver = tf.train.import_meta_graph(prefix + "-5.meta")
    graph = tf.get_default_graph()
    with tf.Session() as sess:
        saver.restore(sess, prefix + "-5")
        feed = {graph.get_tensor_by_name("x:0"): distinct((4, 2), seed=4)}
        values = {"by name": sess.run("output:0", feed),
                  "collected": sess.run(tf.get_collection("outputs")[0], feed)}
    values["variables"] = variables(tf.global_variables())
    values["exported"] = sorted(exported.collection_def.keys())
    return values


def saver(tf):
    folder = tempfile.mkdtemp()
    one = tf.get_variable("one", initializer=distinct((2,)))
    two = tf.get_variable("two", initializer=distinct((3,), seed=2))
    every, renamed = tf.train.Saver(max_to_keep=2), tf.train.Saver({"other": two})
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in (1, 2, 3):
            path = every.save(sess, os.path.join(folder, "model.ckpt"), global_step=step)
            sess.run(one.assign_add([1.0, 1.0]))
        renamed.save(sess, os.path.join(folder, "alone"), write_meta_graph=False, latest_filename="other")
        every.restore(sess, path)
        values = {"restored": sess.run(one)}
    state = tf.train.get_checkpoint_state(folder)
    values["latest"] = os.path.basename(tf.train.latest_checkpoint(folder))
    values["kept"] = [os.path.basename(path) for path in state.all_model_checkpoint_paths]
    values["files"] = sorted(os.listdir(folder))
    values["alone"] = [name for name, _ in tf.train.list_variables(os.path.join(folder, "alone"))]
    return values


def iterators(tf):
    numbers = tf.placeholder(tf.int64, [None])
    dataset = tf.data.Dataset.from_tensor_slices(numbers).map(lambda n: n * n).repeat(2).batch(3)
    shuffled = tf.data.Dataset.range(10).shuffle(10, seed=3).batch(10)
    start = dataset.make_initializable_iterator()
    shared = tf.data.Iterator.from_structure(dataset.output_types, dataset.output_shapes)
    handle = tf.placeholder(tf.string, [])
    fed = tf.data.Iterator.from_string_handle(handle, dataset.output_types, dataset.output_shapes)
    padded = tf.data.Dataset.range(1, 4).map(lambda n: tf.fill([n], n)).padded_batch(3, [None])
    once, order = padded.make_one_shot_iterator().get_next(), shuffled.make_one_shot_iterator().get_next()
    values = {"types": str(dataset.output_types), "shapes": str(dataset.output_shapes)}
    with tf.Session() as sess:
        sess.run(start.initializer, {numbers: [1, 2, 3, 4]})
        elements, found = start.get_next(), []
        for _ in range(5):
            try:
                found.append(str(sess.run(elements).tolist()))
            except tf.errors.OutOfRangeError:
                found.append("end")
        sess.run(shared.make_initializer(tf.data.Dataset.range(5).batch(2)))
        values["shared"] = str(sess.run(shared.get_next()).tolist())
        sess.run(start.initializer, {numbers: [7]})
        values["fed"] = str(sess.run(fed.get_next(), {handle: sess.run(start.string_handle())}).tolist())
        values.update(found=found, padded=sess.run(once), order=sess.run(order))
    return values


def records(tf):
    path = os.path.join(tempfile.mkdtemp(), "some.tfrecords")
    with tf.python_io.TFRecordWriter(path) as writer:
        for number in range(3):
            features = {"number": tf.train.Feature(int64_list=tf.train.Int64List(value=[number])),
                        "many": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5] * number))}
            writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    found = [tf.train.Example.FromString(record).features.feature["number"].int64_list.value[0]
             for record in tf.python_io.tf_record_iterator(path)]
    record = tf.placeholder(tf.string, [])
    parsed = tf.parse_single_example(record, {"number": tf.FixedLenFeature([], tf.int64),
                                              "many": tf.VarLenFeature(tf.float32)})
    with tf.Session() as sess:
        last = list(tf.python_io.tf_record_iterator(path))[-1]
        values = sess.run(parsed, {record: last})
    return {"found": found, "number": values["number"], "many": values["many"].values}


def learning_rates(tf):
    step = tf.placeholder(tf.int32, [])
    train = tf.train
    rates = {"exponential": train.exponential_decay(0.1, step, 10, 0.5),
             "stairs": train.exponential_decay(0.1, step, 10, 0.5, staircase=True),
             "polynomial": train.polynomial_decay(0.1, step, 20, 0.01, power=2.0),
             "piecewise": train.piecewise_constant(step, [5, 15], [0.1, 0.01, 0.001]),
             "cosine": train.cosine_decay(0.1, step, 20),
             "inverse": train.inverse_time_decay(0.1, step, 10, 0.5),
             "natural": train.natural_exp_decay(0.1, step, 10, 0.5)}
    with tf.Session() as sess:
        found = [sess.run(rates, {step: number}) for number in (0, 5, 13, 30)]
    return {name: np.array([one[name] for one in found]) for name in rates}


def optimizers(tf):
    train = tf.train
    makers = {
        "descent": lambda: train.GradientDescentOptimizer(0.1),
        "momentum": lambda: train.MomentumOptimizer(0.1, 0.9),
        "nesterov": lambda: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
        "adagrad": lambda: train.AdagradOptimizer(0.1), "adadelta": lambda: train.AdadeltaOptimizer(0.1),
        "rmsprop": lambda: train.RMSPropOptimizer(0.1, momentum=0.5, centered=True),
        "adam": lambda: train.AdamOptimizer(0.1),
        "ftrl": lambda: train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
        "proximal adagrad": lambda: train.ProximalAdagradOptimizer(0.1, l2_regularization_strength=0.1),
        "proximal": lambda: train.ProximalGradientDescentOptimizer(0.1, l1_regularization_strength=0.1)}
    values = {}
    for name in sorted(makers):
        with tf.Graph().as_default(), tf.Session() as sess:
            table = tf.get_variable("table", initializer=distinct((4, 2)))
            weights = tf.get_variable("weights", initializer=distinct((2, 2), seed=1))
            rows = tf.placeholder(tf.int32, [None])
            loss = tf.reduce_sum(tf.square(tf.matmul(tf.nn.embedding_lookup(table, rows), weights) - 1.0))
            step = makers[name]().minimize(loss)
            sess.run(tf.global_variables_initializer())
            for batch in ([0, 1], [1, 1, 3]):
                sess.run(step, {rows: batch})
            values.update(("%s, %s" % (name, variable.name), sess.run(variable))
                          for variable in tf.global_variables())
            values[name + " variables"] = variables(tf.global_variables())
    return values


def moving_average(tf):
    weights = tf.get_variable("weights", initializer=distinct((2,)))
    average = tf.train.ExponentialMovingAverage(0.5, num_updates=tf.constant(3))
    follow = average.apply([weights])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(weights.assign_add([1.0, 1.0]))
        sess.run(follow)
        return {"average": sess.run(average.average(weights)), "variables": variables(tf.global_variables()),
                "restore": sorted(average.variables_to_restore())}


def metrics_and_losses(tf):
    logits, labels = tf.constant(distinct((3, 4))), tf.constant([1, 3, 0])
    accuracy, update = tf.metrics.accuracy(labels, tf.argmax(logits, 1))
    mean, update_mean = tf.metrics.mean(tf.constant([1.0, 4.0]))
    found = {"softmax": tf.losses.softmax_cross_entropy(tf.one_hot(labels, 4), logits, label_smoothing=0.1),
             "sparse": tf.losses.sparse_softmax_cross_entropy(labels, logits, weights=[1.0, 0.0, 2.0]),
             "squared": tf.losses.mean_squared_error(logits, logits + 0.5),
             "log": tf.losses.log_loss(tf.one_hot(labels, 4), tf.nn.softmax(logits)),
             "huber": tf.losses.huber_loss(logits, logits * 4.0, delta=0.5)}
    found["total"] = tf.losses.get_total_loss()
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run([update, update_mean])
        values = sess.run(dict(found, accuracy=accuracy, mean=mean))
    values["names"] = [found[name].name for name in sorted(found)]
    values["local"] = variables(tf.local_variables())
    return values


def python_functions(tf):
    x = tf.placeholder_with_default(distinct((3,)), [None])
    doubled = tf.py_func(lambda array: array * np.float32(2), [x], tf.float32)
    chosen = tf.cond(tf.reduce_sum(x) > 100.0, lambda: x, lambda: x - 1.0)
    count, total = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + tf.to_float(i)), [0, 0.0])
    mapped = tf.map_fn(lambda item: item * item, x)
    scanned = tf.scan(lambda carry, item: carry + item, x)
    shown = tf.Print(x, [x], "seen: ", first_n=0)
    with tf.Session() as sess:
        values = sess.run({"doubled": doubled, "chosen": chosen, "count": count, "total": total,
                           "mapped": mapped, "scanned": scanned, "shown": shown})
    gradient = tf.gradients(tf.reduce_sum(scanned) + total, [x])[0]
    with tf.Session() as sess:
        values["gradient"] = sess.run(gradient, {x: distinct((4,), seed=2)})
    return values


def old_names(tf):
    x = tf.constant(distinct((2, 3)) + 2.0)
    images = tf.constant(distinct((1, 4, 4, 1)))
    sparse = tf.SparseTensor([[0, 1], [1, 0]], [3, 4], [2, 2])
    found = {"float": tf.to_float(tf.constant([1, 2])), "int": tf.to_int32(x), "arg max": tf.arg_max(x, 1),
             "log": tf.log(x), "div": tf.div(tf.constant(7), 2),
             "floor div": tf.floor_div(tf.constant(-7), 2),
             "dense": tf.sparse_tensor_to_dense(sparse), "resized": tf.image.resize_images(images, [7, 3]),
             "nearest": tf.image.resize_images(images, [3, 3], tf.image.ResizeMethod.NEAREST_NEIGHBOR),
             "cropped": tf.random_crop(images, [1, 2, 2, 1], seed=3),
             "finite": tf.verify_tensor_all_finite(x, "x"),
             "pool": tf.nn.max_pool(images, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
             "conv": tf.nn.conv2d(images, tf.constant(distinct((2, 2, 1, 2))), [1, 1, 1, 1], "VALID"),
             "drawn": tf.multinomial(tf.log([[0.2, 0.5, 0.3]]), 8, seed=5),
             "count": tf.count_nonzero(x > 2.0),
             "mean": tf.reduce_mean(x, reduction_indices=[1], keep_dims=True),
             "squeezed": tf.squeeze(images, squeeze_dims=[0, 3]), "joined": tf.concat([x, x], axis=1),
             "mask": tf.sequence_mask([1, 3], 4), "softmax": tf.nn.softmax(x, dim=0),
             "expand": tf.expand_dims(x, dim=0), "where": tf.where(x > 2.0, x, -x)}
    tf.Variable(1.0)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        values = sess.run(found)
        values["text"] = sess.run(tf.reduce_join(["a", "b"], 0)).decode()
    values["variables"] = [variable.name for variable in tf.all_variables()]
    return values


def dropout_and_softmax(tf):
    x, labels = tf.constant(distinct((3, 4))), tf.one_hot([1, 3, 0], 4)
    free = tf.get_variable("free", initializer=distinct((3, 4), seed=7))
    old = tf.nn.softmax_cross_entropy_with_logits(labels=tf.nn.softmax(free), logits=x)
    new = tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax(free), logits=x)
    mean, variance = tf.nn.moments(x, [0])
    sampled = tf.nn.sampled_softmax_loss(
        tf.constant(distinct((9, 4))), tf.constant(distinct((9,), seed=3)),
        tf.constant([[1], [3], [0]], tf.int64), x, num_sampled=3, num_classes=9, seed=4,
        remove_accidental_hits=False)
    dense = tf.constant(distinct((5, 2, 4)))
    found = {"kept": tf.nn.dropout(x, 0.6, seed=3), "kept by name": tf.nn.dropout(x, keep_prob=0.6, seed=3),
             "dropped": tf.nn.dropout(x, rate=0.3, seed=4), "old": old, "new": new, "mean": mean,
             "variance": variance, "normal": tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3),
             "unit": tf.nn.l2_normalize(x, dim=1), "top": tf.nn.top_k(x, 2)[0],
             "in top": tf.nn.in_top_k(x, [1, 3, 0], 2), "gradient": tf.gradients(new, free)[0],
             "sampled": sampled,
             "ctc": tf.nn.ctc_loss(tf.SparseTensor([[0, 0], [1, 0]], [1, 2], [2, 1]), dense, [5, 4]),
             "decoded": tf.nn.ctc_greedy_decoder(dense, [5, 4])[0][0].values,
             "looked up": tf.nn.embedding_lookup([x, x + 1.0], [0, 1, 3])}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        values = sess.run(found)
    values["no gradient"] = str(tf.gradients(old, free))
    return values
