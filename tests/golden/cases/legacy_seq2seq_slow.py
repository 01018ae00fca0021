"""contrib.legacy_seq2seq's models whose `feed_previous` is a tensor: two unrolled decoders each."""

from legacy_seq2seq import (
    _TENSOR_CHOICES, _about, _attention_model, _each, _embedding_model, _one_to_many)

SUBJECTS = {
    "embedding_model_fed_by_a_tensor": _about("embedding_rnn_seq2seq"),
    "embedding_attention_model_fed_by_a_tensor": _about("embedding_attention_seq2seq"),
    "one_to_many_fed_by_a_tensor": _about("one2many_rnn_seq2seq"),
}


def embedding_model_fed_by_a_tensor(tf):
    return _each(tf, _embedding_model, _TENSOR_CHOICES)


def embedding_attention_model_fed_by_a_tensor(tf):
    return _each(tf, _attention_model, _TENSOR_CHOICES)


def one_to_many_fed_by_a_tensor(tf):
    return _each(tf, _one_to_many, _TENSOR_CHOICES)
