# A character model: argparse, embedding, sequence_loss_by_example, clipped gradients, save, restore, sample.
import argparse
import os
import tempfile
import time

import numpy as np
import tensorflow as tf
from tensorflow.contrib import legacy_seq2seq
from tensorflow.contrib import rnn
from six.moves import cPickle, xrange

TEXT = "hello gradient, hello world, "


class Model():
    def __init__(self, args, training=True):
        if not training:
            args.batch_size = 1
            args.seq_length = 1
        cell = rnn.MultiRNNCell([rnn.BasicLSTMCell(args.rnn_size) for _ in range(args.num_layers)])
        self.cell = cell
        self.input_data = tf.placeholder(tf.int32, [args.batch_size, args.seq_length])
        self.targets = tf.placeholder(tf.int32, [args.batch_size, args.seq_length])
        self.initial_state = cell.zero_state(args.batch_size, tf.float32)
        with tf.variable_scope('rnnlm'):
            softmax_w = tf.get_variable("softmax_w", [args.rnn_size, args.vocab_size])
            softmax_b = tf.get_variable("softmax_b", [args.vocab_size])
        embedding = tf.get_variable("embedding", [args.vocab_size, args.rnn_size])
        inputs = tf.split(tf.nn.embedding_lookup(embedding, self.input_data), args.seq_length, 1)
        inputs = [tf.squeeze(input_, [1]) for input_ in inputs]

        def loop(prev, _):
            prev = tf.matmul(prev, softmax_w) + softmax_b
            return tf.nn.embedding_lookup(embedding, tf.stop_gradient(tf.argmax(prev, 1)))

        outputs, last_state = legacy_seq2seq.rnn_decoder(
            inputs, self.initial_state, cell, loop_function=loop if not training else None, scope='rnnlm')
        output = tf.reshape(tf.concat(outputs, 1), [-1, args.rnn_size])
        self.logits = tf.matmul(output, softmax_w) + softmax_b
        self.probs = tf.nn.softmax(self.logits)
        loss = legacy_seq2seq.sequence_loss_by_example(
            [self.logits], [tf.reshape(self.targets, [-1])], [tf.ones([args.batch_size * args.seq_length])])
        self.cost = tf.reduce_sum(loss) / args.batch_size / args.seq_length
        self.final_state = last_state
        self.lr = tf.Variable(0.0, trainable=False)
        tvars = tf.trainable_variables()
        grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), args.grad_clip)
        self.train_op = tf.train.AdamOptimizer(self.lr).apply_gradients(zip(grads, tvars))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rnn_size', type=int, default=24)
    parser.add_argument('--num_layers', type=int, default=2)
    parser.add_argument('--batch_size', type=int, default=2)
    parser.add_argument('--seq_length', type=int, default=7)
    parser.add_argument('--grad_clip', type=float, default=5.)
    args = parser.parse_args()
    start = time.clock()
    chars = sorted(set(TEXT))
    vocab = dict(zip(chars, range(len(chars))))
    args.vocab_size = len(chars)
    ids = np.array(list(map(vocab.get, TEXT)))[:28].reshape(2, 14)
    save_dir = tempfile.mkdtemp()
    with open(os.path.join(save_dir, 'vocab.pkl'), 'wb') as f:
        cPickle.dump((chars, vocab), f)

    tf.set_random_seed(7)
    model = Model(args)
    with tf.Session() as sess:
        tf.global_variables_initializer().run()
        saver = tf.train.Saver(tf.global_variables())
        sess.run(tf.assign(model.lr, 0.02))
        for e in xrange(20):
            state = sess.run(model.initial_state)
            for b in range(2):
                x = ids[:, 7 * b:7 * b + 7]
                feed = {model.input_data: x, model.targets: np.roll(ids, -1)[:, 7 * b:7 * b + 7]}
                for i, (c, h) in enumerate(model.initial_state):
                    feed[c] = state[i].c
                    feed[h] = state[i].h
                train_loss, state, _ = sess.run([model.cost, model.final_state, model.train_op], feed)
            if e % 5 == 0:
                print("epoch {}, train_loss = {:.3f}".format(e, train_loss))
        saver.save(sess, os.path.join(save_dir, 'model.ckpt'), global_step=e)

    tf.reset_default_graph()
    model = Model(args, training=False)
    with tf.Session() as sess:
        tf.global_variables_initializer().run()
        saver = tf.train.Saver(tf.global_variables())
        ckpt = tf.train.get_checkpoint_state(save_dir)
        saver.restore(sess, ckpt.model_checkpoint_path)
        state = sess.run(model.cell.zero_state(1, tf.float32))
        char, text = 'h', 'h'
        for n in range(12):
            feed = {model.input_data: [[vocab[char]]], model.initial_state: state}
            [probs, state] = sess.run([model.probs, model.final_state], feed)
            char = chars[np.argmax(probs[0])]
            text += char
        print(repr(text), time.clock() - start >= 0)


if __name__ == '__main__':
    main()
