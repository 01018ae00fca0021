# Write summaries and a checkpoint; in a new graph, import_meta_graph and go on by names.
import glob
import os
import tempfile
import tensorflow as tf

tf.set_random_seed(12)
logdir = os.path.join(tempfile.mkdtemp(), "logs")
x = tf.placeholder(tf.float32, [None, 3, 2], name="x")
outputs, state = tf.nn.dynamic_rnn(tf.contrib.rnn.BasicRNNCell(4), x, dtype=tf.float32, scope="net")
h = tf.identity(state, name="h")
loss = tf.reduce_mean(tf.square(h), name="loss")
tf.summary.scalar("loss", loss)
tf.summary.histogram("h", h)
merged = tf.summary.merge_all()
tf.add_to_collection("results", loss)
saver = tf.train.Saver(max_to_keep=1)
data = [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]]
with tf.Session(config=tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)) as sess:
    sess.run(tf.global_variables_initializer())
    writer = tf.summary.FileWriter(logdir, sess.graph)
    summary, value = sess.run([merged, loss], {x: data})
    writer.add_summary(summary, 0)
    writer.close()
    print("%.6f" % value)
    path = saver.save(sess, os.path.join(logdir, "model.ckpt"), global_step=1)
events = glob.glob(os.path.join(logdir, "events*"))
print(len(events), sorted(value.tag for event in tf.train.summary_iterator(events[0]) for value in event.summary.value))

tf.reset_default_graph()
with tf.Session() as sess:
    saver = tf.train.import_meta_graph(path + ".meta")
    saver.restore(sess, tf.train.latest_checkpoint(logdir))
    graph = tf.get_default_graph()
    print("%.6f" % sess.run(graph.get_tensor_by_name("loss:0"), {"x:0": data}))
    print(tf.get_collection("results"), [v.name for v in tf.global_variables()])
reader = tf.train.NewCheckpointReader(path)
print(sorted(reader.get_variable_to_shape_map().items()))
print(tf.contrib.framework.list_variables(logdir) == sorted(reader.get_variable_to_shape_map().items()))
