"""Loss curves of a model that is not the tutorial's: embedding, two LSTMCells with lengths, a dense layer.

On one machine of two cores, TensorFlow 1.15 gave each of the two curves bit for bit the same, twice with one thread and
twice with two. For how long this graph stays near is in docs/op_seeds.md; the steps recorded are fewer than that.
"""

import numpy as np

STEPS, BATCH, WORDS, LENGTH, CLASSES = 60, 16, 50, 12, 5


def _curve(tf, optimizer, own_loss=False, steps=STEPS, threads=1):
    """The losses of a training from seed 11."""
    draw = np.random.RandomState(0)
    sentences, lengths = draw.randint(0, WORDS, (64, LENGTH)), draw.randint(1, LENGTH + 1, 64)
    labels = (sentences[:, 0] * 7 + lengths) % CLASSES
    tf.set_random_seed(11)
    x, n = tf.placeholder(tf.int32, [None, LENGTH]), tf.placeholder(tf.int32, [None])
    y = tf.placeholder(tf.int64, [None])
    vectors = tf.nn.embedding_lookup(tf.get_variable("emb", [WORDS, 16]), x)
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(24) for _ in range(2)])
    _, state = tf.nn.dynamic_rnn(cell, vectors, n, dtype=tf.float32)
    logits = tf.layers.dense(state[-1].h, CLASSES)
    if own_loss:  # the same in elementary ops: other roundings
        shifted = logits - tf.reduce_max(logits, 1, keepdims=True)
        total = tf.log(tf.add_n(tf.unstack(tf.exp(shifted), CLASSES, axis=1)))
        loss = tf.reduce_mean(total - tf.reduce_sum(shifted * tf.one_hot(y, CLASSES), 1))
    else:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
    train = optimizer.minimize(loss)
    config = tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
    losses = []
    with tf.Session(config=config) as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(steps):
            chosen = np.arange(step * BATCH, (step + 1) * BATCH) % 64
            feed = {x: sentences[chosen], n: lengths[chosen], y: labels[chosen]}
            losses.append(sess.run([loss, train], feed)[0])
    return np.float32(losses)


def adam(tf):
    losses = _curve(tf, tf.train.AdamOptimizer(0.01))
    return {"losses": losses, "bits/first": losses[:1]}


def gradient_descent(tf):
    losses = _curve(tf, tf.train.GradientDescentOptimizer(0.5))
    return {"losses": losses, "bits/first": losses[:1]}
