# A TensorFlow 1 script to be ported: sequence to sequence with attention, taught by the right words.
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
source = tf.placeholder(tf.int32, [None, None], name="source")
source_lengths = tf.placeholder(tf.int32, [None], name="source_lengths")
target = tf.placeholder(tf.int32, [None, None], name="target")
target_lengths = tf.placeholder(tf.int32, [None], name="target_lengths")
with tf.variable_scope("encoder"):
    table = tf.get_variable("table", [9, 4])
    memory, state = tf.nn.dynamic_rnn(
        tf.contrib.rnn.GRUCell(6), tf.nn.embedding_lookup(table, source), source_lengths, dtype=tf.float32
    )
with tf.variable_scope("decoder"):
    table = tf.get_variable("table", [9, 4])
    given = tf.nn.embedding_lookup(table, tf.concat([tf.fill([tf.shape(target)[0], 1], 1), target], 1))
    mechanism = tf.contrib.seq2seq.BahdanauAttention(5, memory, source_lengths)
    cell = tf.contrib.seq2seq.AttentionWrapper(tf.contrib.rnn.GRUCell(6), mechanism, attention_layer_size=6)
    start = cell.zero_state(tf.shape(target)[0], tf.float32).clone(cell_state=state)
    helper = tf.contrib.seq2seq.TrainingHelper(given, target_lengths)
    decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, start, tf.layers.Dense(9, use_bias=False))
    outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder)
logits = outputs.rnn_output
steps = tf.shape(logits)[1]
mask = tf.sequence_mask(target_lengths, steps, dtype=tf.float32)
loss = tf.contrib.seq2seq.sequence_loss(logits, target[:, :steps], mask)
train = tf.train.AdamOptimizer(0.01).minimize(loss)
random = np.random.RandomState(0)
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(6):  # sentences of another length in each step; each batch is as long as its longest
        read, said = 4 + step % 3, 3 + step % 2
        feed = {source: random.randint(9, size=(4, read)), target: random.randint(9, size=(4, said))}
        feed[source_lengths] = random.randint(1, read + 1, size=4)
        feed[target_lengths] = [said, *random.randint(1, said + 1, size=3)]
        print(session.run([loss, train], feed)[0])
