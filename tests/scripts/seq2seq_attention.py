# Encoder and decoder: TrainingHelper and GreedyEmbeddingHelper, attention, BasicDecoder, dynamic_decode, beam search.
import numpy as np
import tensorflow as tf
from tensorflow.contrib import seq2seq
from tensorflow.python.layers import core as layers_core

tf.set_random_seed(8)
batch, vocab, embed, units, go, eos = 3, 9, 6, 8, 1, 2
source = np.random.RandomState(0).randint(3, vocab, (batch, 5))
target = source[:, ::-1]

encoder_in = tf.placeholder(tf.int32, [None, None])
lengths = tf.constant([5, 4, 5])
decoder_out = tf.placeholder(tf.int32, [None, None])
embeddings = tf.get_variable("embeddings", [vocab, embed], initializer=tf.random_uniform_initializer(-0.5, 0.5))

with tf.variable_scope("encoder"):
    memory, state = tf.nn.dynamic_rnn(tf.contrib.rnn.GRUCell(units), tf.nn.embedding_lookup(embeddings, encoder_in),
                                      sequence_length=lengths, dtype=tf.float32)
projection = layers_core.Dense(vocab, use_bias=False, name="projection")


def decode(helper, reuse):
    with tf.variable_scope("decoder", reuse=reuse):
        attention = seq2seq.LuongAttention(units, memory, memory_sequence_length=lengths)
        cell = seq2seq.AttentionWrapper(tf.contrib.rnn.GRUCell(units), attention, attention_layer_size=units)
        start = cell.zero_state(batch, tf.float32).clone(cell_state=state)
        decoder = seq2seq.BasicDecoder(cell, helper, start, output_layer=projection)
        return seq2seq.dynamic_decode(decoder, impute_finished=True, maximum_iterations=6)[0]


decoder_in = tf.concat([tf.fill([batch, 1], go), decoder_out[:, :-1]], 1)
training = decode(seq2seq.TrainingHelper(tf.nn.embedding_lookup(embeddings, decoder_in), [5] * batch), None)
greedy = decode(seq2seq.GreedyEmbeddingHelper(embeddings, tf.fill([batch], go), eos), True)
loss = seq2seq.sequence_loss(training.rnn_output, decoder_out, tf.sequence_mask([5] * batch, 5, dtype=tf.float32))
optimizer = tf.train.AdamOptimizer(0.05)
train_op = optimizer.apply_gradients([(tf.clip_by_value(g, -5., 5.), v) for g, v in optimizer.compute_gradients(loss)])

with tf.variable_scope("beam"):
    cell = tf.contrib.rnn.BasicRNNCell(units)
    start = seq2seq.tile_batch(state, multiplier=2)
    beam_decoder = seq2seq.BeamSearchDecoder(cell, embeddings, tf.fill([batch], go), eos, start, beam_width=2,
                                             output_layer=layers_core.Dense(vocab))
    beams, _, _ = seq2seq.dynamic_decode(beam_decoder, maximum_iterations=4)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    feed = {encoder_in: source, decoder_out: target}
    print(sess.run(beams.predicted_ids, feed)[0].T)
    for i in range(31):
        _, value = sess.run([train_op, loss], feed)
        if i % 10 == 0:
            print("step %d, loss %.3f" % (i, value))
    print(sess.run(greedy.sample_id, feed).shape)
