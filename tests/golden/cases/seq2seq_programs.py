"""Whole programs with contrib.seq2seq and legacy_seq2seq, in the idioms of their time.

Each is built with a graph seed, and its initial values are compared bit for bit: they tell that
every op before was made, and counted, as TensorFlow 1.15 did. Then a few steps of training from
known weights, and inference with the same variables.
"""

import numpy as np
from _tools import set_distinct_weights, variables


def _about(*names):
    return ["tf.contrib." + name for name in names]


SUBJECTS = {
    "translation_with_attention": _about(
        "seq2seq.LuongAttention", "seq2seq.AttentionWrapper", "seq2seq.AttentionWrapperState",
        "seq2seq.TrainingHelper", "seq2seq.GreedyEmbeddingHelper", "seq2seq.BasicDecoder",
        "seq2seq.BeamSearchDecoder", "seq2seq.tile_batch", "seq2seq.dynamic_decode",
        "seq2seq.sequence_loss"),
    "letters_with_sequence_loss": _about("seq2seq.sequence_loss"),
    "letters_with_legacy_decoder": _about(
        "legacy_seq2seq.rnn_decoder", "legacy_seq2seq.sequence_loss_by_example"),
}

PAD, GO, END = 0, 1, 2
SOURCE = np.array([[3, 4, 5, 6], [5, 3, 0, 0], [6, 6, 4, 0]])
SOURCE_LENGTHS = [4, 2, 3]
TARGET = np.array([[6, 5, 4, 3, 2], [3, 5, 2, 0, 0], [4, 6, 6, 2, 0]])
TARGET_LENGTHS = [5, 3, 4]
WORDS, UNITS, BEAM = 7, 6, 3


def _start(tf, sess):
    """Return the initial values of all weights, end to end; then set known weights."""
    sess.run(tf.global_variables_initializer())
    values = [value.ravel() for value in sess.run(tf.trainable_variables())]
    set_distinct_weights(tf, sess)
    return np.concatenate(values)


def _train(tf, sess, train_op, loss, steps=4, feed=None):
    return np.float32([sess.run([loss, train_op], feed)[0] for _ in range(steps)])


def translation_with_attention(tf):
    """One graph: training, greedy decoding and beam search share variables by AUTO_REUSE."""
    tf.set_random_seed(7)
    seq2seq = tf.contrib.seq2seq
    source, source_lengths = tf.placeholder(tf.int32, [None, None]), tf.placeholder(tf.int32, [None])
    target, target_lengths = tf.placeholder(tf.int32, [None, None]), tf.placeholder(tf.int32, [None])
    batch_size = tf.shape(source)[0]

    with tf.variable_scope("encoder"):
        embeddings = tf.Variable(tf.random_uniform([WORDS, 4], -1.0, 1.0))
        cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(UNITS) for _ in range(2)])
        encoder_outputs, encoder_state = tf.nn.dynamic_rnn(
            cell, tf.nn.embedding_lookup(embeddings, source), source_lengths, dtype=tf.float32)

    def decoder_cell(memory, lengths, state, rows):
        mechanism = seq2seq.LuongAttention(
            num_units=UNITS, memory=memory, memory_sequence_length=lengths, scale=True)
        cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(UNITS) for _ in range(2)])
        cell = seq2seq.AttentionWrapper(cell, mechanism, attention_layer_size=UNITS)
        return cell, cell.zero_state(rows, tf.float32).clone(cell_state=state)

    def decode(kind):
        projection = tf.layers.Dense(WORDS, use_bias=False, name="projection")
        start_tokens = tf.fill([batch_size], GO)
        with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
            tiled = kind == "beam"
            parts = (encoder_outputs, source_lengths, encoder_state)
            if tiled:
                parts = tuple(seq2seq.tile_batch(part, multiplier=BEAM) for part in parts)
            cell, state = decoder_cell(*(parts + (batch_size * BEAM if tiled else batch_size,)))
            if tiled:
                decoder = seq2seq.BeamSearchDecoder(
                    cell, embeddings, start_tokens, END, state, BEAM, output_layer=projection,
                    length_penalty_weight=0.6)
            else:
                if kind == "train":
                    shifted = tf.concat([tf.fill([batch_size, 1], GO), target[:, :-1]], 1)
                    helper = seq2seq.TrainingHelper(
                        tf.nn.embedding_lookup(embeddings, shifted), target_lengths)
                else:
                    helper = seq2seq.GreedyEmbeddingHelper(embeddings, start_tokens, END)
                decoder = seq2seq.BasicDecoder(cell, helper, state, output_layer=projection)
            outputs, _, lengths = seq2seq.dynamic_decode(
                decoder, impute_finished=not tiled,
                maximum_iterations=None if kind == "train" else 2 * tf.reduce_max(source_lengths))
        return outputs, lengths

    logits = decode("train")[0].rnn_output
    greedy, greedy_lengths = decode("greedy")
    beam, _ = decode("beam")
    mask = tf.sequence_mask(target_lengths, dtype=tf.float32)
    loss = seq2seq.sequence_loss(logits, target, mask)
    gradients, names = zip(*tf.train.AdamOptimizer(0.01).compute_gradients(loss))
    clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
    train_op = tf.train.AdamOptimizer(0.01).apply_gradients(zip(clipped, names))

    feed = {source: SOURCE, source_lengths: SOURCE_LENGTHS, target: TARGET,
            target_lengths: TARGET_LENGTHS}
    with tf.Session() as sess:
        initial = _start(tf, sess)
        first_logits, first_norm = sess.run([logits, norm], feed)
        losses = _train(tf, sess, train_op, loss, feed=feed)
        ids, lengths, beams, scores = sess.run(
            [greedy.sample_id, greedy_lengths, beam.predicted_ids,
             beam.beam_search_decoder_output.scores], feed)
    return {"bits/initial values": initial, "variables": variables(tf.global_variables()),
            "logits": first_logits, "norm": first_norm,
            "losses": losses, "greedy": ids, "lengths": lengths,
            "beams": beams, "scores": scores}


def letters_with_sequence_loss(tf):
    """A stack over one-hot letters, fully connected outputs, the sequence loss with all weights 1."""
    tf.set_random_seed(7)
    text = np.array([[3, 4, 5, 6, 3, 4], [5, 6, 3, 4, 5, 6]])
    x, y = tf.placeholder(tf.int32, [None, 5]), tf.placeholder(tf.int32, [None, 5])
    cell = tf.contrib.rnn.MultiRNNCell(
        [tf.contrib.rnn.BasicLSTMCell(UNITS, state_is_tuple=True) for _ in range(2)])
    outputs, _ = tf.nn.dynamic_rnn(cell, tf.one_hot(x, WORDS), dtype=tf.float32)
    flat = tf.contrib.layers.fully_connected(
        tf.reshape(outputs, [-1, UNITS]), WORDS, activation_fn=None)
    outputs = tf.reshape(flat, [2, 5, WORDS])
    loss = tf.contrib.seq2seq.sequence_loss(logits=outputs, targets=y, weights=tf.ones([2, 5]))
    mean_loss = tf.reduce_mean(loss)
    train_op = tf.train.AdamOptimizer(learning_rate=0.1).minimize(mean_loss)
    with tf.Session() as sess:
        initial = _start(tf, sess)
        feed = {x: text[:, :-1], y: text[:, 1:]}
        losses = _train(tf, sess, train_op, mean_loss, feed=feed)
        return {"bits/initial values": initial, "losses": losses, "outputs": sess.run(outputs, feed),
                "variables": variables(tf.trainable_variables())}


def letters_with_legacy_decoder(tf):
    """A character model: inputs unstacked, a loop function for sampling, clipped gradients."""
    tf.set_random_seed(7)
    text = np.array([[3, 4, 5, 6, 3], [5, 6, 3, 4, 5]])
    x, y = tf.placeholder(tf.int32, [2, 4]), tf.placeholder(tf.int32, [2, 4])
    cell = tf.contrib.rnn.BasicLSTMCell(UNITS, state_is_tuple=True)
    initial_state = cell.zero_state(2, tf.float32)

    def model(infer):
        with tf.variable_scope("rnnlm", reuse=tf.AUTO_REUSE):
            softmax_w = tf.get_variable("softmax_w", [UNITS, WORDS])
            softmax_b = tf.get_variable("softmax_b", [WORDS])
            embedding = tf.get_variable("embedding", [WORDS, UNITS])
        inputs = tf.split(tf.nn.embedding_lookup(embedding, x), 4, 1)
        inputs = [tf.squeeze(step, [1]) for step in inputs]

        def loop(prev, _):
            prev = tf.matmul(prev, softmax_w) + softmax_b
            prev_symbol = tf.stop_gradient(tf.argmax(prev, 1))
            return tf.nn.embedding_lookup(embedding, prev_symbol)

        with tf.variable_scope("", reuse=True if infer else None):
            outputs, last_state = tf.contrib.legacy_seq2seq.rnn_decoder(
                inputs, initial_state, cell, loop_function=loop if infer else None, scope="rnnlm")
        output = tf.reshape(tf.concat(outputs, 1), [-1, UNITS])
        return tf.matmul(output, softmax_w) + softmax_b, last_state

    logits, last_state = model(infer=False)
    fed_back, _ = model(infer=True)
    loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
        [logits], [tf.reshape(y, [-1])], [tf.ones([2 * 4])])
    cost = tf.reduce_sum(loss) / 2 / 4
    weights = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(tf.gradients(cost, weights), 5.0)
    train_op = tf.train.GradientDescentOptimizer(0.5).apply_gradients(zip(gradients, weights))
    with tf.Session() as sess:
        initial = _start(tf, sess)
        feed = {x: text[:, :-1], y: text[:, 1:]}
        losses = _train(tf, sess, train_op, cost, feed=feed)
        probabilities, (c, h) = sess.run([tf.nn.softmax(fed_back), last_state], feed)
    return {"bits/initial values": initial, "losses": losses, "probabilities": probabilities, "c": c, "h": h,
            "variables": variables(tf.trainable_variables())}
