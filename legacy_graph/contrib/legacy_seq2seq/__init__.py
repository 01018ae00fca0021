"""`tf.contrib.legacy_seq2seq`: sequence-to-sequence models over lists of time steps.

Also replaces `contrib.legacy_seq2seq.python.ops.seq2seq` of TensorFlow 1.15 (before 1.0 it was
`tf.nn.seq2seq`). A sequence is a list of tensors, one per step, and the graph is unrolled. From the
parts to the whole:

- decoders: `rnn_decoder`, `attention_decoder`, and with an embedding of their inputs
  `embedding_rnn_decoder`, `embedding_attention_decoder`;
- models (encoder and decoder): `basic_rnn_seq2seq`, `tied_rnn_seq2seq`,
  `embedding_rnn_seq2seq`, `embedding_tied_rnn_seq2seq`, `embedding_attention_seq2seq`,
  `one2many_rnn_seq2seq`;
- losses: `sequence_loss_by_example`, `sequence_loss`; and `model_with_buckets`.

Arguments that many of these functions share:

  encoder_inputs, decoder_inputs: lists of tensors (batch, size), or int32 (batch,) if they are embedded.
  cell: an RNNCell. Its variables are created at its first call, in the scopes named below.
  num_symbols, num_encoder_symbols, num_decoder_symbols, embedding_size: shape of an embedding.
  output_projection: None, or a pair (weights (output_size, symbols), biases (symbols,)). If it is None, the
    models wrap the cell in an OutputProjectionWrapper, and outputs are logits. Otherwise outputs are the
    cell's, and the projection is only used to find the symbol that is fed back.
  feed_previous: if True, the input of each step is the embedding of the previous step's most likely symbol;
    of decoder_inputs only the first ("GO") is used. If False, decoder_inputs are used. Some functions also
    accept a bool scalar tensor; they build both variants, with shared variables.
  loop_function: None, or a function (previous output, step number) -> input, which replaces
    decoder_inputs[1:].
  dtype: dtype of states and variables; default the scope's.
  scope: variable scope; default the function's name.

All return `(outputs, state)`: a list as long as decoder_inputs, and the final state.
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

# `Linear` and `_extract_argmax_and_embed` are private in TF 1.15, but programs of that time import them.
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
