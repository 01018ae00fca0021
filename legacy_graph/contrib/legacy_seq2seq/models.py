"""Encoder-decoder models; the package docstring describes their shared arguments."""

import copy

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.legacy_seq2seq.decoders import (
    _extract_argmax_and_embed,
    check_projection,
    embedding_attention_decoder,
    embedding_rnn_decoder,
    rnn_decoder,
)
from legacy_graph.contrib.rnn.core_rnn_cell import EmbeddingWrapper, OutputProjectionWrapper
from legacy_graph.contrib.rnn.rnn_cell_impl import RNNCell


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype=tf.float32, scope=None):
    """An encoder, and a decoder that starts from its final state; each has its own weights."""
    with tf.variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = tf.nn.static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, loop_function=None, dtype=tf.float32, scope=None):
    """Like `basic_rnn_seq2seq`, but encoder and decoder share the cell's weights.

    Scope: "combined_tied_rnn_seq2seq/" and `scope`, by default "tied_rnn_seq2seq".
    """
    with tf.variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = tf.nn.static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        tf.get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def _decode_with_feed_previous(feed_previous, decode, state_like):
    """Return `decode(feed_previous)`; for a tensor, a `tf.cond` of both variants, with shared variables.

    `state_like()` returns a state with the structure of the result.
    """
    if isinstance(feed_previous, bool):
        return decode(feed_previous)

    def flat(fed):
        with tf.variable_scope(tf.get_variable_scope(), reuse=None if fed else True):
            outputs, state = decode(fed)
            return outputs + tf.nest.flatten(state)

    results = tf.cond(feed_previous, lambda: flat(True), lambda: flat(False))
    like = state_like()
    states = len(tf.nest.flatten(like))
    state = tf.nest.pack_sequence_as(like, results[-states:])
    return results[:-states], state


def _embedding_encoder(encoder_inputs, cell, num_symbols, embedding_size, dtype):
    cell = EmbeddingWrapper(cell, embedding_classes=num_symbols, embedding_size=embedding_size)
    return tf.nn.static_rnn(cell, encoder_inputs, dtype=dtype)


def embedding_rnn_seq2seq(
    encoder_inputs,
    decoder_inputs,
    cell,
    num_encoder_symbols,
    num_decoder_symbols,
    embedding_size,
    output_projection=None,
    feed_previous=False,
    dtype=None,
    scope=None,
):
    """An encoder and an `embedding_rnn_decoder`, each with its own embedding and weights.

    `feed_previous` may be a tensor; then no gradient flows to the embedding through symbols that are fed back.
    """
    with tf.variable_scope(scope or "embedding_rnn_seq2seq") as scope:
        if dtype is not None:
            scope.set_dtype(dtype)
        _, encoder_state = _embedding_encoder(
            encoder_inputs, copy.deepcopy(cell), num_encoder_symbols, embedding_size, scope.dtype
        )
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(fed):
            return embedding_rnn_decoder(
                decoder_inputs,
                encoder_state,
                cell,
                num_decoder_symbols,
                embedding_size,
                output_projection=output_projection,
                feed_previous=fed,
                update_embedding_for_previous=isinstance(feed_previous, bool),
            )

        return _decode_with_feed_previous(feed_previous, decode, lambda: encoder_state)


def embedding_tied_rnn_seq2seq(
    encoder_inputs,
    decoder_inputs,
    cell,
    num_symbols,
    embedding_size,
    num_decoder_symbols=None,
    output_projection=None,
    feed_previous=False,
    dtype=None,
    scope=None,
):
    """`tied_rnn_seq2seq` over symbols; encoder and decoder also share the embedding.

    The outputs cover the first `num_decoder_symbols` symbols, by default all. `feed_previous` may be a
    tensor; then no gradient flows to the embedding through symbols that are fed back. Raises ValueError
    if `output_projection` has the wrong shapes.
    """
    with tf.variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as scope:
        dtype = scope.dtype
        check_projection(output_projection, num_symbols, dtype)
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        embedded_encoder = [tf.nn.embedding_lookup(embedding, x) for x in encoder_inputs]
        embedded_decoder = [tf.nn.embedding_lookup(embedding, x) for x in decoder_inputs]
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_symbols if num_decoder_symbols is None else num_decoder_symbols)

        def decode(fed):
            loop_function = (
                _extract_argmax_and_embed(embedding, output_projection, isinstance(feed_previous, bool))
                if fed
                else None
            )
            return tied_rnn_seq2seq(embedded_encoder, embedded_decoder, cell, loop_function=loop_function, dtype=dtype)

        return _decode_with_feed_previous(
            feed_previous, decode, lambda: cell.zero_state(_batch_size(encoder_inputs), dtype)
        )


def _batch_size(inputs):
    """Return the batch size, which must be the same for all inputs: an int if it is known statically."""
    static = inputs[0].get_shape()[0]
    for other in inputs[1:]:
        static.merge_with(other.get_shape()[0])
    return tf.shape(inputs[0])[0] if static.value is None else static.value


def embedding_attention_seq2seq(
    encoder_inputs,
    decoder_inputs,
    cell,
    num_encoder_symbols,
    num_decoder_symbols,
    embedding_size,
    num_heads=1,
    output_projection=None,
    feed_previous=False,
    dtype=None,
    scope=None,
    initial_state_attention=False,
):
    """An encoder, and an `embedding_attention_decoder` that attends to the encoder's outputs.

    Without `output_projection`, the outputs and the decoder's linear maps are as wide as there are
    symbols. `feed_previous` may be a tensor; then no gradient flows to the embedding through symbols
    that are fed back.
    """
    with tf.variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as scope:
        encoder_outputs, encoder_state = _embedding_encoder(
            encoder_inputs, copy.deepcopy(cell), num_encoder_symbols, embedding_size, scope.dtype
        )
        attention_states = tf.concat([tf.reshape(output, [-1, 1, cell.output_size]) for output in encoder_outputs], 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decode(fed):
            return embedding_attention_decoder(
                decoder_inputs,
                encoder_state,
                attention_states,
                cell,
                num_decoder_symbols,
                embedding_size,
                num_heads=num_heads,
                output_size=output_size,
                output_projection=output_projection,
                feed_previous=fed,
                update_embedding_for_previous=isinstance(feed_previous, bool),
                initial_state_attention=initial_state_attention,
            )

        return _decode_with_feed_previous(feed_previous, decode, lambda: encoder_state)


def one2many_rnn_seq2seq(
    encoder_inputs,
    decoder_inputs_dict,
    enc_cell,
    dec_cells_dict,
    num_encoder_symbols,
    num_decoder_symbols_dict,
    embedding_size,
    feed_previous=False,
    dtype=None,
    scope=None,
):
    """One encoder and several named decoders: inputs, cells and numbers of symbols are dicts.

    (Luong et al., "Multi-task Sequence to Sequence Learning", 2015,
    https://arxiv.org/abs/1511.06114.) A decoder's scope is "one2many_decoder_" followed by its name.
    `feed_previous` may be a tensor.

    Returns:
      `(outputs, states)`: dicts, keyed by the decoders' names.

    Raises:
      TypeError: a cell is not an RNNCell. ValueError: cells and inputs have different names.
    """
    if not isinstance(enc_cell, RNNCell):
        raise TypeError(f"enc_cell must be an RNNCell, received: {type(enc_cell)}")
    if set(dec_cells_dict) != set(decoder_inputs_dict):
        raise ValueError(
            "dec_cells_dict and decoder_inputs_dict must have the same keys, received: "
            f"{sorted(map(str, dec_cells_dict))} and {sorted(map(str, decoder_inputs_dict))}"
        )
    for name, cell in dec_cells_dict.items():
        if not isinstance(cell, RNNCell):
            raise TypeError(f"dec_cells_dict[{name!r}] must be an RNNCell, received: {type(cell)}")

    outputs, states = {}, {}
    with tf.variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as scope:
        _, encoder_state = _embedding_encoder(
            encoder_inputs, enc_cell, num_encoder_symbols, embedding_size, scope.dtype
        )
        for name, decoder_inputs in decoder_inputs_dict.items():
            with tf.variable_scope(f"one2many_decoder_{name}"):
                symbols = num_decoder_symbols_dict[name]
                cell = OutputProjectionWrapper(dec_cells_dict[name], symbols)

                def decode(fed, decoder_inputs=decoder_inputs, cell=cell, symbols=symbols):
                    return embedding_rnn_decoder(
                        decoder_inputs, encoder_state, cell, symbols, embedding_size, feed_previous=fed
                    )

                outputs[name], states[name] = _decode_with_feed_previous(feed_previous, decode, lambda: encoder_state)
    return outputs, states
