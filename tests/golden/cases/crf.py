"""tf.contrib.crf: scores, likelihood and its gradients, decoding; rows of every length."""

import numpy as np
from _tools import distinct, set_distinct_weights, variables

_TAGS = np.array([[0, 2, 1, 3, 2], [1, 0, 0, 0, 0], [3, 3, 1, 0, 2], [2, 0, 1, 0, 0]], np.int32)
_LENGTHS = np.array([5, 1, 4, 0], np.int32)

SUBJECTS = {
    "likelihood": ["crf_log_likelihood", "crf_sequence_score", "crf_log_norm", "crf_unary_score",
                   "crf_binary_score", "CrfForwardRnnCell"],
    "likelihood_of_unknown_length": ["crf_log_likelihood", "crf_log_norm"],
    "single_steps": ["crf_log_likelihood", "crf_decode"],
    "several_tags": ["crf_multitag_sequence_score"],
    "decode": ["crf_decode", "viterbi_decode", "CrfDecodeForwardRnnCell", "CrfDecodeBackwardRnnCell"],
}
SUBJECTS = {case: ["tf.contrib.crf." + name for name in names] for case, names in SUBJECTS.items()}


def _likelihood(tf, scores, tags, lengths):
    crf = tf.contrib.crf
    with tf.variable_scope("tagger"):
        likelihood, transitions = crf.crf_log_likelihood(scores, tags, lengths)
    gradients = tf.gradients(tf.reduce_sum(likelihood), [scores, transitions])
    outputs = {"likelihood": likelihood, "of scores": gradients[0], "of transitions": gradients[1],
               "score": crf.crf_sequence_score(scores, tags, lengths, transitions),
               "norm": crf.crf_log_norm(scores, lengths, transitions),
               "unary": crf.crf_unary_score(tags, lengths, scores),
               "binary": crf.crf_binary_score(tags, lengths, transitions)}
    return outputs


def likelihood(tf):
    outputs = _likelihood(
        tf, tf.constant(distinct((4, 5, 4), 2.0)), tf.constant(_TAGS), tf.constant(_LENGTHS))
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        return dict(sess.run(outputs), variables=variables(tf.global_variables()))


def likelihood_of_unknown_length(tf):
    scores = tf.placeholder(tf.float32, [None, None, 4])
    tags, lengths = tf.placeholder(tf.int64, [None, None]), tf.placeholder(tf.int64, [None])
    outputs = _likelihood(tf, scores, tags, lengths)
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        return sess.run(outputs, {scores: distinct((4, 5, 4), 2.0), tags: _TAGS, lengths: _LENGTHS})


def single_steps(tf):
    scores = tf.constant(distinct((4, 1, 4), 2.0))
    lengths = tf.constant([1, 1, 0, 1])
    with tf.variable_scope("tagger"):
        likelihood, transitions = tf.contrib.crf.crf_log_likelihood(
            scores, tf.constant(_TAGS[:, :1]), lengths)
    outputs = [likelihood, tf.contrib.crf.crf_decode(scores, transitions, lengths)]
    with tf.Session() as sess:
        set_distinct_weights(tf, sess)
        likelihood, (tags, best) = sess.run(outputs)
    return {"likelihood": likelihood, "tags": tags, "best": best}


def several_tags(tf):
    allowed = distinct((4, 5, 4), seed=3) > -0.2
    transitions = tf.constant(distinct((4, 4), seed=5))
    outputs = {}
    for name, scores, bitmap in (("five", distinct((4, 5, 4), 2.0), allowed),
                                 ("one", distinct((4, 1, 4), 2.0), allowed[:, :1])):
        outputs[name] = tf.contrib.crf.crf_multitag_sequence_score(
            tf.constant(scores), tf.constant(bitmap), tf.constant([5, 1, 4, 2]), transitions)
    with tf.Session() as sess:
        return sess.run(outputs)


def decode(tf):
    scores, transitions = distinct((4, 5, 4), 2.0), distinct((4, 4), 1.0, seed=5)
    fed = tf.placeholder(tf.float32, [None, None, 4])
    lengths = tf.constant([5, 1, 4, 2])
    fixed = tf.contrib.crf.crf_decode(tf.constant(scores), tf.constant(transitions), lengths)
    free = tf.contrib.crf.crf_decode(fed, tf.constant(transitions), lengths)
    with tf.Session() as sess:
        (tags, best), (free_tags, free_best) = sess.run([fixed, free], {fed: scores})
    alone, alone_best = tf.contrib.crf.viterbi_decode(scores[2, :4], transitions)
    return {"tags": tags, "best": best, "free tags": free_tags, "free best": free_best,
            "alone": np.array(alone, np.int64), "alone best": np.float32(alone_best)}
