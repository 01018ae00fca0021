"""A whole program whose unrolled graph takes long to build: see seq2seq_programs."""

import numpy as np
from _tools import variables
from seq2seq_programs import GO, PAD, SOURCE, TARGET, UNITS, WORDS, _about, _start, _train

SUBJECTS = {
    "translation_in_buckets": _about(
        "legacy_seq2seq.embedding_attention_seq2seq", "legacy_seq2seq.model_with_buckets"),
}


def translation_in_buckets(tf):
    """The first translation tutorial: buckets, a sampled-softmax sized projection, feed_previous."""
    tf.set_random_seed(7)
    encoder = [tf.placeholder(tf.int32, [None]) for _ in range(3)]
    decoder = [tf.placeholder(tf.int32, [None]) for _ in range(4)]
    weights = [tf.placeholder(tf.float32, [None]) for _ in range(4)]
    targets, buckets = decoder[1:], [(2, 2), (3, 3)]
    w = tf.transpose(tf.get_variable("proj_w", [WORDS, UNITS]))
    b = tf.get_variable("proj_b", [WORDS])

    def model(do_decode):
        def seq2seq(encoder_inputs, decoder_inputs):
            # A new cell for each bucket: one that has been called cannot be copied.
            cell = tf.contrib.rnn.GRUCell(UNITS)
            return tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
                encoder_inputs, decoder_inputs, cell, num_encoder_symbols=WORDS,
                num_decoder_symbols=WORDS, embedding_size=UNITS, output_projection=(w, b),
                feed_previous=do_decode)

        def loss_function(labels, logits):
            logits = tf.matmul(logits, w) + b
            return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)

        return tf.contrib.legacy_seq2seq.model_with_buckets(
            encoder, decoder, targets, weights, buckets, seq2seq,
            softmax_loss_function=loss_function)

    feed_previous = tf.placeholder(tf.bool, [])
    outputs, losses = model(feed_previous)
    params = tf.trainable_variables()
    train_ops = [tf.train.GradientDescentOptimizer(0.3).apply_gradients(
        zip(tf.clip_by_global_norm(tf.gradients(loss, params), 5.0)[0], params)) for loss in losses]

    shifted = np.concatenate([np.full((3, 1), GO), TARGET], 1)
    feed = dict(zip(encoder, SOURCE[:, ::-1].T))
    feed.update(zip(decoder, shifted.T))
    feed.update(zip(weights, (shifted[:, 1:] != PAD).astype("float32").T))
    feed[weights[3]] = np.zeros(3, "float32")
    results = {"variables": variables(params)}
    with tf.Session() as sess:
        results["bits/initial values"] = _start(tf, sess)
        for bucket, (loss, train_op) in enumerate(zip(losses, train_ops)):
            feed[feed_previous] = False
            results["losses of bucket %d" % bucket] = _train(tf, sess, train_op, loss, 2, feed)
            feed[feed_previous] = True
            results["decoded in bucket %d" % bucket] = np.array(
                sess.run([tf.argmax(tf.matmul(output, w) + b, 1) for output in outputs[bucket]], feed))
    return results
