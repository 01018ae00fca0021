# Estimator-less training with hooks: MonitoredTrainingSession, global step, coordinator and string queues.
import os
import tempfile
import tensorflow as tf

folder = tempfile.mkdtemp()
with open(os.path.join(folder, "data.csv"), "w") as f:
    f.write("1.0,2.0\n3.0,4.0\n")
filename_queue = tf.train.string_input_producer([f.name], shuffle=False)
_, line = tf.TextLineReader().read(filename_queue)
columns = tf.stack(tf.decode_csv(line, record_defaults=[[0.0], [0.0]]))
batch = tf.train.batch([columns], batch_size=2)
with tf.Session() as sess:
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    print(sess.run(batch))
    coord.request_stop()
    coord.join(threads)

with tf.Graph().as_default():
    global_step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.square(w - 3.0)
    train_op = tf.train.AdagradOptimizer(0.5).minimize(loss, global_step=global_step)
    hooks = [tf.train.StopAtStepHook(last_step=4), tf.train.NanTensorHook(loss)]
    with tf.train.MonitoredTrainingSession(checkpoint_dir=folder, hooks=hooks, save_checkpoint_secs=None,
                                           save_summaries_steps=None, log_step_count_steps=None) as sess:
        while not sess.should_stop():
            _, value, step = sess.run([train_op, loss, global_step])
            print(step, "%.4f" % value)
