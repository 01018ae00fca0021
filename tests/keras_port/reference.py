"""The three networks in numpy, plain enough to be checked by eye. No TensorFlow, no Keras."""

import numpy as np


def distinct(shape, scale=0.5, seed=0):
    """Evenly spaced values in [-scale, scale], shuffled: no two are equal, no gate saturates."""
    values = np.linspace(-scale, scale, int(np.prod(shape)), dtype="float32")
    return np.random.default_rng(seed).permutation(values).reshape(shape)


def set_distinct_weights(model):
    """Give every weight of `model` distinct values, each weight its own."""
    model.set_weights([distinct(weight.shape, seed=number) for number, weight in enumerate(model.weights)])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(rows, kernel, recurrent_kernel, bias, forget_bias=1.0):
    """Return h after each row: rows (batch, time, inputs), h (batch, time, units).

    Column blocks in Keras's order: input gate, forget gate, candidate, output gate.
    """
    units = recurrent_kernel.shape[0]
    blocks = [slice(n * units, (n + 1) * units) for n in range(4)]
    h = c = np.zeros((len(rows), units))
    hs = []
    for x in rows.transpose(1, 0, 2):
        i, f, j, o = [x @ kernel[:, b] + h @ recurrent_kernel[:, b] + bias[b] for b in blocks]
        c = sigmoid(f + forget_bias) * c + sigmoid(i) * np.tanh(j)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
    return np.stack(hs, axis=1)


def lstm_logits(images, w_in, b_in, kernel, recurrent_kernel, bias, w_out, b_out, forget_bias=1.0):
    """The tutorial's section 3."""
    h = lstm(images @ w_in + b_in, kernel, recurrent_kernel, bias, forget_bias)
    return h[:, -1] @ w_out + b_out


def multi_lstm_logits(images, w_in, b_in, kernel, recurrent_kernel, bias, w_out, b_out, read_layer=2):
    """The tutorial's section 4 with every input kept: all layers have the same weights."""
    h = images @ w_in + b_in
    for _ in range(read_layer):
        h = lstm(h, kernel, recurrent_kernel, bias)
    return h[:, -1] @ w_out + b_out


def bi_lstm_logits(
    images,
    fw_kernel,
    fw_recurrent_kernel,
    fw_bias,
    bw_kernel,
    bw_recurrent_kernel,
    bw_bias,
    w_out,
    b_out,
    backward_rows=1,
):
    """The tutorial's section 5: at the last row, the backward LSTM has read that row only."""
    forward = lstm(images, fw_kernel, fw_recurrent_kernel, fw_bias)[:, -1]
    upwards = images[:, ::-1][:, :backward_rows]
    backward = lstm(upwards, bw_kernel, bw_recurrent_kernel, bw_bias)[:, -1]
    return np.concatenate([forward, backward], axis=1) @ w_out + b_out
