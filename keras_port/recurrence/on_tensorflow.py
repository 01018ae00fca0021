"""The loop over the time steps on TensorFlow: its gradient written by hand, compiled, a share of the batch a core.

With the gates' activations i, f, j, o of a step, c its cell state, c' the one before and t = tanh(c), a
step backwards is, for the gradients dh and dc that arrive from the step after,

    dc += dh o (1 - t^2)
    [di, df, dj, do] = [dc j i (1-i), dc c' f (1-f), dc i (1-j^2), dh t o (1-o)]      before the activations
    dh, dc = [di, df, dj, do] @ recurrent_kernel^T, dc f                              for the step before

What multiplies dc and dh is known going forward, while the gates are at hand. So the forward loop keeps
these factors and not the gates, and the loop backwards is one product a step and little else.

A product of (128, 128) and (128, 512) is too small for TensorFlow, which gives it one core. Examples of
a batch do not meet in the recurrence: each core takes its share of them through all steps, and the
loops of the shares run side by side.
"""

import os

import tensorflow as tf

SMALLEST_SHARE = 32  # examples; with fewer, what every step costs anyway outweighs the second core
SMALLEST_STEP = 4096  # numbers in h; below, compiling takes longer than it saves


def worth_while(inputs, units, training):
    """Whether to compile: to train, in a tf.function, for a shape that is known and large enough."""
    batch, steps = inputs.shape[:2]
    if not training or tf.executing_eagerly() or None in (batch, steps):
        return False
    return batch * units >= SMALLEST_STEP


def recurrence(inputs, kernel, recurrent_kernel, bias, h, c, every_step):
    """See keras_port.recurrence; shapes must be static."""

    @tf.custom_gradient
    def run(inputs, kernel, recurrent_kernel, bias, h, c):
        sizes = _shares(inputs.shape[0])
        shares = list(zip(*(tf.split(value, sizes) for value in (inputs, h, c))))
        runs = [_forwards(x, kernel, recurrent_kernel, bias, h, c) for x, h, c in shares]
        hidden = [run[0] for run in runs]  # steps, share, units
        last = tf.concat([h[-1] for h in hidden], 0)
        outputs = tf.concat([_swapped(h) for h in hidden], 0) if every_step else last

        def gradient(d_outputs, d_last, d_c):
            if not every_step:
                d_last = d_last + d_outputs
            arriving = zip(*(tf.split(value, sizes) for value in (d_outputs, d_last, d_c)))
            found = []
            for (x, h, _), (hidden, _, *factors), (to_outputs, to_last, to_c) in zip(shares, runs, arriving):
                to_steps = (_swapped(to_outputs),) if every_step else ()
                d_gates, d_first_h, d_first_c = _backwards(recurrent_kernel, *factors, to_last, to_c, *to_steps)
                found.append((*_products(x, kernel, h, hidden, d_gates), d_first_h, d_first_c))
            d_inputs, d_kernel, d_recurrent, d_bias, d_h, d_c = zip(*found)
            return (
                tf.concat(d_inputs, 0),
                tf.add_n(d_kernel),
                tf.add_n(d_recurrent),
                tf.add_n(d_bias),
                tf.concat(d_h, 0),
                tf.concat(d_c, 0),
            )

        return (outputs, last, tf.concat([run[1] for run in runs], 0)), gradient

    return run(inputs, kernel, recurrent_kernel, bias, h, c)


@tf.function(jit_compile=True, autograph=False)
def _forwards(inputs, kernel, recurrent_kernel, bias, h, c):
    """All steps of a share: h of every step, the last c, and the factors of the steps backwards."""
    batch, steps, features = inputs.shape
    units = h.shape[-1]
    rows = tf.reshape(_swapped(inputs), (-1, features))
    of_inputs = tf.reshape(tf.matmul(rows, kernel) + bias, (steps, batch, 4 * units))

    def step(time, h, c, *kept):
        i, f, j, o = tf.split(of_inputs[time] + tf.matmul(h, recurrent_kernel), 4, -1)
        i, f, j, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(j), tf.sigmoid(o)
        new_c = f * c + i * j
        t = tf.tanh(new_c)
        new_h = o * t
        of_gates = tf.concat([j * i * (1 - i), c * f * (1 - f), i * (1 - j * j), new_h * (1 - o)], -1)
        values = new_h, of_gates, o * (1 - t * t), f
        return time + 1, new_h, new_c, *(array.write(time, value) for array, value in zip(kept, values))

    arrays = [tf.TensorArray(tf.float32, steps, element_shape=(batch, n * units)) for n in (1, 4, 1, 1)]
    _, _, c, *arrays = tf.while_loop(lambda time, *_: time < steps, step, (0, h, c, *arrays), maximum_iterations=steps)
    hidden, *factors = (array.stack() for array in arrays)
    return hidden, c, *factors


@tf.function(jit_compile=True, autograph=False)
def _backwards(recurrent_kernel, of_gates, of_c, f, d_h, d_c, *arriving):
    """The gradients of all steps' gates, before the activations, and of the first h and c."""
    steps, batch, gates = of_gates.shape
    transposed = tf.transpose(recurrent_kernel)

    def step(time, d_h, d_c, kept):
        for d_outputs in arriving:
            d_h = d_h + d_outputs[time]
        d_c = d_c + d_h * of_c[time]
        d_gates = of_gates[time] * tf.concat([d_c, d_c, d_c, d_h], -1)
        return time - 1, tf.matmul(d_gates, transposed), d_c * f[time], kept.write(time, d_gates)

    kept = tf.TensorArray(tf.float32, steps, element_shape=(batch, gates))
    _, d_h, d_c, kept = tf.while_loop(
        lambda time, *_: time >= 0, step, (steps - 1, d_h, d_c, kept), maximum_iterations=steps
    )
    return kept.stack(), d_h, d_c


def _products(inputs, kernel, h, hidden, d_gates):
    """The gradients of the inputs and of the weights: each is one product for all steps."""
    steps, batch, gates = d_gates.shape
    rows = tf.reshape(d_gates, (-1, gates))
    before = tf.reshape(tf.concat([h[None], hidden[:-1]], 0), (steps * batch, -1))
    read = tf.reshape(_swapped(inputs), (steps * batch, -1))
    d_inputs = tf.reshape(tf.matmul(rows, kernel, transpose_b=True), (steps, batch, -1))
    return (
        _swapped(d_inputs),
        tf.matmul(read, rows, transpose_a=True),
        tf.matmul(before, rows, transpose_a=True),
        tf.reduce_sum(rows, 0),
    )


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
