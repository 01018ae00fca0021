"""The loop over the time steps on TensorFlow: its gradient written by hand, compiled, a share of the batch a core.

With the gates' activations i, f, j, o of a step, c its cell state, c' the one before and t = tanh(c), a
step backwards is, for the gradients dh and dc that arrive from the step after,

    dc += dh o (1 - t^2)
    [di, df, dj, do] = [dc j i (1-i), dc c' f (1-f), dc i (1-j^2), dh t o (1-o)]      before the activations
    dh, dc = [di, df, dj, do] @ recurrent_kernel^T, dc f                              for the step before

What multiplies dc and dh is known going forward, while the gates are at hand. So the forward loop keeps
these factors and not the gates, and the loop backwards is one product a step and little else.

Forward a step is one product, too: of its row [x, 1, h] and the joined weights [kernel; bias;
recurrent_kernel]. The loop keeps the rows, and the gradient of the joined weights is one product of all
rows and all gates' gradients, bias included.

A product of (128, 128) and (128, 512) is too small for TensorFlow, which gives it one core. Examples of
a batch do not meet in the recurrence: each core takes its share of them through all steps, and the
loops of the shares run side by side.
"""

import os

import tensorflow as tf

SMALLEST_SHARE = 32  # examples; with fewer, what every step costs anyway outweighs the second core
SMALLEST_STEP = 4096  # numbers in h; below, compiling takes longer than it saves


def is_faster(inputs, units, training):
    """Whether to compile: to train, in a tf.function, for a shape that is known and large enough."""
    batch, steps = inputs.shape[:2]
    if not training or tf.executing_eagerly() or None in (batch, steps):
        return False
    return batch * units >= SMALLEST_STEP


def recurrence(inputs, kernel, recurrent_kernel, bias, h, c, every_step):
    """See keras_port.recurrence; shapes must be static."""
    features, units = kernel.shape[0], h.shape[-1]

    @tf.custom_gradient
    def run(inputs, kernel, recurrent_kernel, bias, h, c):
        sizes = _shares(inputs.shape[0])
        weights = tf.concat([kernel, bias[None], recurrent_kernel], 0)
        shares = zip(*(tf.split(value, sizes) for value in (inputs, h, c)))
        runs = [_forwards(*share, weights, every_step) for share in shares]
        outputs, last, last_c = (tf.concat(parts, 0) for parts in zip(*(run[:3] for run in runs)))

        def gradient(d_outputs, d_last, d_c):
            if not every_step:
                d_last = d_last + d_outputs
            arriving = zip(*(tf.split(value, sizes) for value in (d_outputs, d_last, d_c)))
            found = []
            for (_, _, _, rows, *factors), (to_outputs, to_last, to_c) in zip(runs, arriving):
                to_steps = (to_outputs,) if every_step else ()
                d_gates, d_first_c = _backwards(recurrent_kernel, *factors, to_last, to_c, *to_steps)
                d_first_h = tf.matmul(d_gates[0], recurrent_kernel, transpose_b=True)
                found.append((*_products(rows, kernel, d_gates), d_first_h, d_first_c))
            d_inputs, d_weights, d_h, d_c = zip(*found)
            d_kernel, d_bias, d_recurrent = tf.split(tf.add_n(d_weights), (features, 1, units))
            return tf.concat(d_inputs, 0), d_kernel, d_recurrent, d_bias[0], tf.concat(d_h, 0), tf.concat(d_c, 0)

        return (outputs, last, last_c), gradient

    return run(inputs, kernel, recurrent_kernel, bias, h, c)


@tf.function(jit_compile=True, autograph=False)
def _forwards(inputs, h, c, weights, every_step):
    """All steps of a share: outputs as asked for, the last h and c, all rows, and the factors of the steps back."""
    batch, steps, features = inputs.shape
    units = h.shape[-1]
    read = tf.concat([_swapped(inputs), tf.ones((steps, batch, 1))], -1)

    def step(time, h, c, *kept):
        row = tf.concat([read[time], h], -1)
        i, f, j, o = tf.split(tf.matmul(row, weights), 4, -1)
        i, f, j, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(j), tf.sigmoid(o)
        new_c = f * c + i * j
        t = tf.tanh(new_c)
        new_h = o * t
        of_gates = j * i * (1 - i), c * f * (1 - f), i * (1 - j * j), new_h * (1 - o)
        values = row, *of_gates, o * (1 - t * t), f
        return time + 1, new_h, new_c, *(array.write(time, value) for array, value in zip(kept, values))

    widths = features + 1 + units, *[units] * 6
    arrays = [tf.TensorArray(tf.float32, steps, element_shape=(batch, width)) for width in widths]
    _, h, c, *arrays = tf.while_loop(lambda time, *_: time < steps, step, (0, h, c, *arrays), maximum_iterations=steps)
    rows, *factors = (array.stack() for array in arrays)
    outputs = _swapped(tf.concat([rows[1:, :, features + 1 :], h[None]], 0)) if every_step else h
    return outputs, h, c, rows, *factors


@tf.function(jit_compile=True, autograph=False)
def _backwards(recurrent_kernel, of_i, of_f, of_j, of_o, of_c, f, d_h, d_c, *arriving):
    """The gradients of all steps' gates, before the activations, and of the first c."""
    steps, batch, units = f.shape
    transposed = tf.transpose(recurrent_kernel)

    def through_gates(time, d_h, d_c):
        for d_outputs in arriving:
            d_h = d_h + d_outputs[:, time]
        d_c = d_c + d_h * of_c[time]
        d_gates = [d_c * of_i[time], d_c * of_f[time], d_c * of_j[time], d_h * of_o[time]]
        return tf.concat(d_gates, -1), d_c * f[time]

    def step(time, d_h, d_c, kept):
        d_gates, d_c = through_gates(time, d_h, d_c)
        return time - 1, tf.matmul(d_gates, transposed), d_c, kept.write(time, d_gates)

    kept = tf.TensorArray(tf.float32, steps, element_shape=(batch, 4 * units))
    _, d_h, d_c, kept = tf.while_loop(
        lambda time, *_: time > 0, step, (steps - 1, d_h, d_c, kept), maximum_iterations=steps
    )
    d_gates, d_c = through_gates(0, d_h, d_c)  # the first h is known: what reads its gradient multiplies, if any does
    return kept.write(0, d_gates).stack(), d_c


def _products(rows, kernel, d_gates):
    """The gradients of the inputs and of the joined weights: each is one product for all steps."""
    steps, batch, gates = d_gates.shape
    of_rows = tf.reshape(d_gates, (steps * batch, gates))
    d_inputs = tf.reshape(tf.matmul(of_rows, kernel, transpose_b=True), (steps, batch, -1))
    return _swapped(d_inputs), tf.matmul(tf.reshape(rows, (steps * batch, -1)), of_rows, transpose_a=True)


def _swapped(value):
    return tf.transpose(value, (1, 0, 2))


def _shares(batch):
    """The sizes of the shares of a batch: one a core, none too small."""
    cores = 1 if tf.config.list_physical_devices("GPU") else _threads()
    count = max(1, min(cores, batch // SMALLEST_SHARE))
    return [batch // count + (share < batch % count) for share in range(count)]


def _threads():
    """How many threads TensorFlow gives to an op."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return tf.config.threading.get_intra_op_parallelism_threads() or allowed
