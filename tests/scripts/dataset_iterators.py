# tf.data as of 1.4 and later: one-shot, initializable and reinitializable iterators, padded batches.
import numpy as np
import tensorflow as tf

numbers = tf.data.Dataset.range(5).map(lambda i: i * i).batch(2)
one_shot = numbers.make_one_shot_iterator().get_next()
limit = tf.placeholder(tf.int64, [])
counting = tf.data.Dataset.range(limit).repeat(2).make_initializable_iterator()
next_number = counting.get_next()
sentences = tf.data.Dataset.from_generator(lambda: iter([[1], [2, 3], [4, 5, 6]]), tf.int32, tf.TensorShape([None]))
sentences = sentences.map(lambda s: (s, tf.size(s))).padded_batch(2, padded_shapes=([None], []))
batches = sentences.make_initializable_iterator()
words, lengths = batches.get_next()
switch = tf.data.Iterator.from_structure(tf.float32, [])
train = switch.make_initializer(tf.data.Dataset.from_tensor_slices(np.float32([0.5, 1.5])))
test = switch.make_initializer(tf.data.Dataset.from_tensors(np.float32(9.0)))
value = switch.get_next()
outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicRNNCell(2), tf.one_hot(words, 7), lengths, dtype=tf.float32)

print(numbers.output_types, numbers.output_shapes)
with tf.Session() as sess:
    for _ in range(3):
        print(sess.run(one_shot))
    try:
        sess.run(one_shot)
    except tf.errors.OutOfRangeError:
        print("End of dataset")
    sess.run(counting.initializer, feed_dict={limit: 2})
    print([sess.run(next_number) for _ in range(4)])
    sess.run([batches.initializer, tf.global_variables_initializer()])
    print(sess.run([words, lengths]))
    print(sess.run(outputs).shape)
    sess.run(train)
    print(sess.run(value), sess.run(value))
    sess.run(test)
    print(sess.run(value))
