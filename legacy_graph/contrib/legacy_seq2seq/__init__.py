"""`tf.contrib.legacy_seq2seq`: sequence-to-sequence models over lists of time steps.

Stands for `contrib.legacy_seq2seq.python.ops.seq2seq` of TensorFlow 1.15, too (before 1.0 it was
`tf.nn.seq2seq`). A sequence is a list of tensors, one a step; the graph is unrolled. From the parts
to the whole:

- decoders: `rnn_decoder`, `attention_decoder`, and with an embedding before them
  `embedding_rnn_decoder`, `embedding_attention_decoder`;
- models, an encoder and a decoder: `basic_rnn_seq2seq`, `tied_rnn_seq2seq`,
  `embedding_rnn_seq2seq`, `embedding_tied_rnn_seq2seq`, `embedding_attention_seq2seq`,
  `one2many_rnn_seq2seq`;
- losses: `sequence_loss_by_example`, `sequence_loss`; and `model_with_buckets`.

Arguments that many of these share:

  encoder_inputs, decoder_inputs: lists of (batch, size), or, where there is an embedding, of int32
    (batch,).
  cell: an RNNCell. Its variables are made where it is first called, in the scopes named below.
  num_symbols, num_encoder_symbols, num_decoder_symbols, embedding_size: shape of an embedding.
  output_projection: None, or a pair (weights (output_size, symbols), biases (symbols,)). Without
    one the models add an OutputProjectionWrapper to the cell, and outputs are logits; with one,
    outputs are the cell's, and it is used only to find the symbol that is fed back.
  feed_previous: True feeds each step the embedding of the likeliest symbol of the step before, of
    decoder_inputs only the first ("GO") is used; False feeds decoder_inputs. Where noted it may be
    a bool scalar tensor; then both are built, on the same variables.
  loop_function: None, or (output, step number) -> the next step's input, in place of
    decoder_inputs[1:].
  dtype: of states and variables; default the scope's.
  scope: variable scope; default the function's name.

All return `(outputs, state)`: a list as long as decoder_inputs, and the last state.
"""

from legacy_graph.contrib.legacy_seq2seq.decoders import (
    Linear,
    _extract_argmax_and_embed,
    attention_decoder,
    embedding_attention_decoder,
    embedding_rnn_decoder,
    rnn_decoder,
)
from legacy_graph.contrib.legacy_seq2seq.losses import model_with_buckets, sequence_loss, sequence_loss_by_example
from legacy_graph.contrib.legacy_seq2seq.models import (
    basic_rnn_seq2seq,
    embedding_attention_seq2seq,
    embedding_rnn_seq2seq,
    embedding_tied_rnn_seq2seq,
    one2many_rnn_seq2seq,
    tied_rnn_seq2seq,
)
from legacy_graph.namespace import refuse_unknown

# `Linear` and `_extract_argmax_and_embed` were private; programs of the time took them all the same.
__all__ = [
    "attention_decoder",
    "basic_rnn_seq2seq",
    "embedding_attention_decoder",
    "embedding_attention_seq2seq",
    "embedding_rnn_decoder",
    "embedding_rnn_seq2seq",
    "embedding_tied_rnn_seq2seq",
    "model_with_buckets",
    "one2many_rnn_seq2seq",
    "rnn_decoder",
    "sequence_loss",
    "sequence_loss_by_example",
    "tied_rnn_seq2seq",
]
__getattr__ = refuse_unknown("tf.contrib.legacy_seq2seq", __all__)
