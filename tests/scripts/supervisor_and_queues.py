# A language model's plumbing: input queue, Supervisor, learning rate by assignment, summaries.
import tempfile
import numpy as np
import tensorflow as tf


def producer(raw_data, batch_size, num_steps, name=None):
    with tf.name_scope(name, "Producer", [raw_data, batch_size, num_steps]):
        raw_data = tf.convert_to_tensor(raw_data, name="raw_data", dtype=tf.int32)
        data_len = tf.size(raw_data)
        batch_len = data_len // batch_size
        data = tf.reshape(raw_data[0: batch_size * batch_len], [batch_size, batch_len])
        epoch_size = (batch_len - 1) // num_steps
        with tf.control_dependencies([tf.assert_positive(epoch_size, message="epoch_size == 0")]):
            epoch_size = tf.identity(epoch_size, name="epoch_size")
        i = tf.train.range_input_producer(epoch_size, shuffle=False).dequeue()
        x = tf.strided_slice(data, [0, i * num_steps], [batch_size, (i + 1) * num_steps])
        x.set_shape([batch_size, num_steps])
        y = tf.strided_slice(data, [0, i * num_steps + 1], [batch_size, (i + 1) * num_steps + 1])
        y.set_shape([batch_size, num_steps])
        return x, y


with tf.Graph().as_default():
    tf.set_random_seed(11)
    initializer = tf.random_uniform_initializer(-0.1, 0.1)
    with tf.name_scope("Train"):
        x, y = producer(np.arange(62) % 8, 2, 5, name="TrainInput")
        with tf.variable_scope("Model", reuse=None, initializer=initializer):
            cell = tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(8, forget_bias=0.0) for _ in range(2)])
            embedding = tf.get_variable("embedding", [8, 8], dtype=tf.float32)
            inputs = tf.nn.embedding_lookup(embedding, x)
            outputs, state = [], cell.zero_state(2, tf.float32)
            with tf.variable_scope("RNN"):
                for time_step in range(5):
                    if time_step > 0:
                        tf.get_variable_scope().reuse_variables()
                    (cell_output, state) = cell(inputs[:, time_step, :], state)
                    outputs.append(cell_output)
            output = tf.reshape(tf.concat(outputs, 1), [-1, 8])
            logits = tf.nn.xw_plus_b(output, tf.get_variable("softmax_w", [8, 8]), tf.get_variable("softmax_b", [8]))
            loss = tf.contrib.seq2seq.sequence_loss(
                tf.reshape(logits, [2, 5, 8]), y, tf.ones([2, 5]), average_across_timesteps=False, average_across_batch=True)
            cost = tf.reduce_sum(loss)
            lr = tf.Variable(0.0, trainable=False)
            new_lr = tf.placeholder(tf.float32, shape=[], name="new_learning_rate")
            lr_update = tf.assign(lr, new_lr)
            grads, _ = tf.clip_by_global_norm(tf.gradients(cost, tf.trainable_variables()), 5)
            train_op = tf.train.GradientDescentOptimizer(lr).apply_gradients(
                zip(grads, tf.trainable_variables()), global_step=tf.train.get_or_create_global_step())
    tf.summary.scalar("Training Loss", cost)
    logdir = tempfile.mkdtemp()
    sv = tf.train.Supervisor(logdir=logdir, save_model_secs=0)
    with sv.managed_session() as session:
        session.run(lr_update, feed_dict={new_lr: 1.0})
        costs = 0.0
        for step in range(10):
            value, _ = session.run([cost, train_op])
            costs += value
            if step % 3 == 0:
                print("%d perplexity: %.3f" % (step, np.exp(costs / ((step + 1) * 5))))
        print("global step", session.run(sv.global_step))
        print(sv.saver.save(session, logdir + "/model", global_step=sv.global_step)[len(logdir):])
    print(tf.train.latest_checkpoint(logdir)[len(logdir):])
