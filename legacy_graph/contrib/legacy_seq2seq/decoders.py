"""Decoders over lists of time steps; the package docstring describes their shared arguments."""

import contextlib

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.rnn.linear import _Linear

Linear = _Linear


def _extract_argmax_and_embed(embedding, output_projection=None, update_embedding=True):
    """Return a loop function that embeds the previous step's most likely symbol.

    Without `update_embedding`, no gradient flows to the embedding through the symbols that are fed back.
    """

    def loop_function(prev, _):
        if output_projection is not None:
            prev = tf.nn.xw_plus_b(prev, output_projection[0], output_projection[1])
        embedded = tf.nn.embedding_lookup(embedding, tf.argmax(prev, 1))
        return embedded if update_embedding else tf.stop_gradient(embedded)

    return loop_function


def _step_inputs(decoder_inputs, loop_function, outputs):
    """Yield `(step, input)`; `outputs` is the caller's list, which must contain the previous step's output.

    From the second step on the current scope's variables are reused.
    """
    for step, given in enumerate(decoder_inputs):
        if step > 0:
            if loop_function is not None:
                with tf.variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], step)
            tf.get_variable_scope().reuse_variables()
        yield step, given


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None, scope=None):
    """Run `cell` over `decoder_inputs`, (batch, size) each, from `initial_state`."""
    with tf.variable_scope(scope or "rnn_decoder"):
        state, outputs = initial_state, []
        for _, given in _step_inputs(decoder_inputs, loop_function, outputs):
            output, state = cell(given, state)
            outputs.append(output)
    return outputs, state


def check_projection(output_projection, num_symbols, dtype, weights=True):
    """Raise ValueError unless weights are (any, num_symbols) and biases (num_symbols,)."""
    if output_projection is None:
        return
    if weights:
        kernel = tf.convert_to_tensor(output_projection[0], dtype=dtype)
        kernel.get_shape().assert_is_compatible_with([None, num_symbols])
    biases = tf.convert_to_tensor(output_projection[1], dtype=dtype)
    biases.get_shape().assert_is_compatible_with([num_symbols])


def embedding_rnn_decoder(
    decoder_inputs,
    initial_state,
    cell,
    num_symbols,
    embedding_size,
    output_projection=None,
    feed_previous=False,
    update_embedding_for_previous=True,
    scope=None,
):
    """Run `rnn_decoder` over symbols, int32 (batch,) each, with the variable "embedding".

    With `update_embedding_for_previous=False`, no gradient flows to the embedding through the symbols
    that are fed back. Raises ValueError if `output_projection` has the wrong shapes.
    """
    with tf.variable_scope(scope or "embedding_rnn_decoder") as scope:
        check_projection(output_projection, num_symbols, scope.dtype)
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop_function = (
            _extract_argmax_and_embed(embedding, output_projection, update_embedding_for_previous)
            if feed_previous
            else None
        )
        # Looked up step by step, inside the decoder's loop, to create the ops in TF 1.15's order.
        embedded = (tf.nn.embedding_lookup(embedding, symbols) for symbols in decoder_inputs)
        return rnn_decoder(embedded, initial_state, cell, loop_function=loop_function)


def attention_decoder(
    decoder_inputs,
    initial_state,
    attention_states,
    cell,
    output_size=None,
    num_heads=1,
    loop_function=None,
    dtype=None,
    scope=None,
    initial_state_attention=False,
):
    """Like `rnn_decoder`, with attention to `attention_states` (batch, length, size) at each step.

    (Vinyals et al., "Grammar as a Foreign Language", 2015, https://arxiv.org/abs/1412.7449,
    section 2.1; Bahdanau's attention.) In each step, where every W is a linear map of its own:

        cell_output, state = cell(W [input, attention], state)
        weights = softmax(v . tanh(W attention_states + W state))
        attention = sum over length of weights * attention_states
        output = W [cell_output, attention]

    Variables: "AttnW_0" and "AttnV_0" for each of `num_heads`, "kernel" and "bias" of the input,
    "Attention_0/...", "AttnOutputProjection/...".

    Args:
      output_size: size of the outputs; default `cell.output_size`.
      initial_state_attention: if True, the first step's attention is computed from the initial state;
        otherwise it is zeros.

    Raises:
      ValueError: no inputs, fewer than one head, or an unknown size of the states or inputs.
    """
    if not decoder_inputs:
        raise ValueError("an attention decoder needs at least one input, received none")
    if num_heads < 1:
        raise ValueError(f"an attention decoder needs at least one head, received {num_heads}")
    if attention_states.get_shape()[2].value is None:
        raise ValueError(
            f"the third dimension of attention_states must be known, received shape: {attention_states.get_shape()}"
        )
    if output_size is None:
        output_size = cell.output_size

    with tf.variable_scope(scope or "attention_decoder", dtype=dtype) as scope:
        dtype = scope.dtype
        batch_size = tf.shape(decoder_inputs[0])[0]
        attend = _attention_heads(attention_states, num_heads, dtype)
        state, outputs = initial_state, []
        size = attention_states.get_shape()[2].value
        zeros_shape = tf.stack([batch_size, size])
        attentions = [tf.zeros(zeros_shape, dtype=dtype) for _ in range(num_heads)]
        for attention in attentions:
            attention.set_shape([None, size])
        if initial_state_attention:
            attentions = attend(initial_state)

        for step, given in _step_inputs(decoder_inputs, loop_function, outputs):
            x = _join([given] + attentions, _known_input_size(given), dtype)
            cell_output, state = cell(x, state)
            again = step == 0 and initial_state_attention  # the heads' variables already exist
            with tf.variable_scope(tf.get_variable_scope(), reuse=True) if again else contextlib.nullcontext():
                attentions = attend(state)
            with tf.variable_scope("AttnOutputProjection"):
                outputs.append(_join([cell_output] + attentions, output_size, dtype))
    return outputs, state


def _join(parts, size, dtype):
    """Return a linear map of the concatenated `parts`, with variables of the current scope."""
    parts = [tf.cast(part, dtype) for part in parts]
    return Linear(parts, size, True)(parts)


def _known_input_size(given):
    size = given.get_shape().with_rank(2)[1].value
    if size is None:
        raise ValueError(f"the second dimension of a decoder input must be known: {given}")
    return size


def _attention_heads(states, num_heads, dtype):
    """Create the heads' variables; return a function query -> list of attention vectors, (batch, size)."""
    length, size = states.get_shape()[1].value, states.get_shape()[2].value
    if length is None:
        length = tf.shape(states)[1]
    hidden = tf.reshape(states, [-1, length, 1, size])
    features, vectors = [], []
    for head in range(num_heads):
        kernel = tf.get_variable(f"AttnW_{head}", [1, 1, size, size], dtype=dtype)
        features.append(tf.nn.conv2d(hidden, kernel, [1, 1, 1, 1], "SAME"))
        vectors.append(tf.get_variable(f"AttnV_{head}", [size], dtype=dtype))

    def attend(query):
        if tf.nest.is_nested(query):
            query = tf.concat(tf.nest.flatten(query), 1)
        reads = []
        for head in range(num_heads):
            with tf.variable_scope(f"Attention_{head}"):
                y = tf.reshape(Linear(query, size, True)(query), [-1, 1, 1, size])
                y = tf.cast(y, dtype)
                score = tf.reduce_sum(vectors[head] * tf.tanh(features[head] + y), [2, 3])
                weights = tf.nn.softmax(tf.cast(score, dtype=tf.float32))
                weights = tf.cast(weights, dtype)
                read = tf.reduce_sum(tf.reshape(weights, [-1, length, 1, 1]) * hidden, [1, 2])
                reads.append(tf.reshape(read, [-1, size]))
        return reads

    return attend


def embedding_attention_decoder(
    decoder_inputs,
    initial_state,
    attention_states,
    cell,
    num_symbols,
    embedding_size,
    num_heads=1,
    output_size=None,
    output_projection=None,
    feed_previous=False,
    update_embedding_for_previous=True,
    dtype=None,
    scope=None,
    initial_state_attention=False,
):
    """Run `attention_decoder` over symbols, int32 (batch,) each, with the variable "embedding".

    See `attention_decoder` and `embedding_rnn_decoder` for the arguments. Raises ValueError if the
    biases of `output_projection` have the wrong shape.
    """
    if output_size is None:
        output_size = cell.output_size
    check_projection(output_projection, num_symbols, dtype, weights=False)
    with tf.variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
        loop_function = (
            _extract_argmax_and_embed(embedding, output_projection, update_embedding_for_previous)
            if feed_previous
            else None
        )
        embedded = [tf.nn.embedding_lookup(embedding, symbols) for symbols in decoder_inputs]
        return attention_decoder(
            embedded,
            initial_state,
            attention_states,
            cell,
            output_size=output_size,
            num_heads=num_heads,
            loop_function=loop_function,
            initial_state_attention=initial_state_attention,
        )
