"""The forward pass of the cuDNN layers, built from ordinary ops."""

import tensorflow.compat.v1 as tf

from legacy_graph import internals


def run(layout, vector, inputs, states, lengths, dropout, training, seed, time_major=True):
    """Run all layers; return (outputs, list of final states); inputs and states are batch-major if not time_major."""
    arguments = lengths, dropout, training, seed
    if time_major:
        return _run(layout, vector, inputs, states, *arguments)
    inputs, *states = (tf.transpose(each, [1, 0, 2]) for each in (inputs, *states))
    outputs, finals = _run(layout, vector, inputs, states, *arguments)
    return tf.transpose(outputs, [1, 0, 2]), [tf.transpose(state, [1, 0, 2]) for state in finals]


def _run(layout, vector, inputs, states, lengths, dropout, training, seed):
    """Run all layers; return (outputs [time, batch, units * directions], list of final states).

    Args:
      layout: the weights' Layout.
      vector: the opaque weight vector.
      inputs: [time, batch, input_size].
      states: initial states, each [layers * directions, batch, units]: h and c for an LSTM, else h.
      lengths: [batch], the sequence lengths; None if all steps are used.
      dropout: dropout rate between layers, applied in training only.
      training: Python bool or bool scalar tensor.
      seed: seed of the dropout.
    """
    kernels, biases = layout.to_cells(vector)
    each, ways = len(kernels) // len(layout.parts), 1 + layout.both_ways
    finals = []
    for layer in range(layout.layers):
        if layer and dropout:
            inputs = _dropped(inputs, dropout, training, seed)
        outputs = []
        for way in range(ways):
            part = layer * ways + way
            here = slice(each * part, each * (part + 1))
            cell = _CELLS[layout.mode](kernels[here], biases[here])
            given = _reversed(inputs, lengths) if way else inputs
            output, final = _loop(cell, given, [state[part] for state in states], lengths)
            outputs.append(_reversed(output, lengths) if way else output)
            finals.append(final)
        inputs = tf.concat(outputs, -1) if layout.both_ways else outputs[0]
    return inputs, [tf.stack(state) for state in zip(*finals)]


def _dropped(inputs, dropout, training, seed):
    def drop():
        return tf.nn.dropout(inputs, keep_prob=1.0 - dropout, seed=seed)

    return internals.smart_cond.smart_cond(training, drop, lambda: tf.identity(inputs))


def _reversed(sequences, lengths):
    if lengths is None:
        return tf.reverse(sequences, [0])
    return tf.reverse_sequence(sequences, lengths, seq_axis=0, batch_axis=1)


def _loop(cell, inputs, states, lengths):
    """Run one layer in one direction; return (outputs [time, batch, units], final states)."""
    steps, units = tf.shape(inputs)[0], states[0].shape[-1]
    read = tf.TensorArray(inputs.dtype, steps, element_shape=inputs.shape[1:]).unstack(inputs)
    write = tf.TensorArray(inputs.dtype, steps, element_shape=tf.TensorShape([None, units]))

    def step(time, written, *before):
        after = cell(read.read(time), before)
        output = after[0]
        if lengths is not None:
            there = time < lengths
            output = tf.where(there, output, tf.zeros_like(output))
            after = [tf.where(there, new, old) for new, old in zip(after, before)]
        return (time + 1, written.write(time, output), *after)

    loose = [tf.placeholder_with_default(state, [None, units]) for state in states]
    _, written, *final = tf.while_loop(lambda time, *_: time < steps, step, (0, write, *loose))
    for state, start in zip(final, states):
        state.set_shape(start.shape)
    outputs = written.stack()
    outputs.set_shape([inputs.shape[0], inputs.shape[1], units])
    return outputs, final


def _lstm(kernels, biases):
    def cell(x, state):
        h, c = state
        gates = tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), kernels[0]), biases[0])
        i, j, f, o = tf.split(gates, 4, axis=1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(j)
        return [tf.sigmoid(o) * tf.tanh(c), c]

    return cell


def _gru(kernels, biases):
    def cell(x, state):
        (h,) = state
        gates = tf.sigmoid(tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), kernels[0]), biases[0]))
        r, u = tf.split(gates, 2, axis=1)
        of_state = tf.nn.bias_add(tf.matmul(h, kernels[2]), biases[2])
        candidate = tf.tanh(tf.nn.bias_add(tf.matmul(x, kernels[1]), biases[1]) + r * of_state)
        return [(1.0 - u) * candidate + u * h]

    return cell


def _plain(activation):
    def make(kernels, biases):
        return lambda x, state: [
            activation(tf.nn.bias_add(tf.matmul(tf.concat([x, state[0]], 1), kernels[0]), biases[0]))
        ]

    return make


_CELLS = {"lstm": _lstm, "gru": _gru, "rnn_tanh": _plain(tf.tanh), "rnn_relu": _plain(tf.nn.relu)}
