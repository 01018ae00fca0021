"""An LSTM trained between graphs: one parameter server and two workers, whose gradients are averaged.

    python replicated.py --job_name ps|worker --task_index N --ps_hosts HOST:PORT --worker_hosts HOST:PORT,HOST:PORT
"""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn

flags = tf.app.flags
flags.DEFINE_string("job_name", "", "ps or worker")
flags.DEFINE_integer("task_index", 0, "")
flags.DEFINE_string("ps_hosts", "", "with commas between")
flags.DEFINE_string("worker_hosts", "", "with commas between")
flags.DEFINE_float("learning_rate", 0.5, "")
FLAGS = flags.FLAGS
STEPS, BATCH, ROWS, COLUMNS, UNITS, CLASSES = 30, 16, 6, 4, 8, 3


def network():
    x = tf.placeholder(tf.float32, [BATCH, ROWS, COLUMNS])
    y = tf.placeholder(tf.int64, [BATCH])
    outputs, _ = tf.nn.dynamic_rnn(rnn.BasicLSTMCell(UNITS), x, dtype=tf.float32)
    logits = tf.layers.dense(outputs[:, -1], CLASSES)
    return x, y, tf.losses.sparse_softmax_cross_entropy(y, logits)


def main(_):
    cluster = tf.train.ClusterSpec({"ps": FLAGS.ps_hosts.split(","), "worker": FLAGS.worker_hosts.split(",")})
    server = tf.train.Server(cluster, job_name=FLAGS.job_name, task_index=FLAGS.task_index)
    if FLAGS.job_name == "ps":
        server.join()
    chief = FLAGS.task_index == 0
    tf.set_random_seed(1)
    with tf.device(tf.train.replica_device_setter(
            worker_device="/job:worker/task:%d" % FLAGS.task_index, cluster=cluster)):
        x, y, loss = network()
        global_step = tf.train.get_or_create_global_step()
        optimizer = tf.train.SyncReplicasOptimizer(
            tf.train.GradientDescentOptimizer(FLAGS.learning_rate), replicas_to_aggregate=2, total_num_replicas=2)
        train_op = optimizer.minimize(loss, global_step=global_step)
    hooks = [optimizer.make_session_run_hook(chief, num_tokens=0), tf.train.StopAtStepHook(last_step=STEPS)]

    # A batch for both: whichever worker's gradients are taken, their mean is the same.
    random = np.random.RandomState(0)
    feed = {x: random.rand(BATCH, ROWS, COLUMNS), y: np.arange(BATCH) % CLASSES}
    with tf.train.MonitoredTrainingSession(
            master=server.target, is_chief=chief, hooks=hooks, log_step_count_steps=None,
            stop_grace_period_secs=5) as session:
        step = session.run(global_step)
        while not session.should_stop():
            value, _ = session.run([loss, train_op], feed)
            print("%d %.7f" % (step, value), flush=True)
            if not session.should_stop():
                step = session.run(global_step)


if __name__ == "__main__":
    tf.app.run()
