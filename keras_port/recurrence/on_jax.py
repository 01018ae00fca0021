"""The loop over the time steps on JAX: lax.scan, one product a step, a gradient of its own, as on_tensorflow.py has."""

import jax
import jax.numpy as jnp


def is_faster(inputs, units, training):
    """Always: JAX compiles either loop."""
    return True


def recurrence(inputs, kernel, recurrent_kernel, bias, h, c, every_step):
    """See keras_port.recurrence."""
    batch, steps, _ = inputs.shape
    weights = jnp.concatenate([kernel, bias[None], recurrent_kernel])
    read = jnp.concatenate([jnp.swapaxes(inputs, 0, 1), jnp.ones((steps, batch, 1))], -1)
    hidden, c = _loop(read, weights, h, c)
    return jnp.swapaxes(hidden, 0, 1) if every_step else hidden[-1], hidden[-1], c


@jax.custom_vjp
def _loop(read, weights, h, c):
    """h of every step, (steps, batch, units), and the last c."""
    return _forwards(read, weights, h, c)[0]


def _forwards(read, weights, h, c):
    def step(states, x):
        h, c = states
        row = jnp.concatenate([x, h], -1)
        i, f, j, o = jnp.split(row @ weights, 4, -1)
        i, f, j, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(j), jax.nn.sigmoid(o)
        new_c = f * c + i * j
        t = jnp.tanh(new_c)
        new_h = o * t
        of_gates = j * i * (1 - i), c * f * (1 - f), i * (1 - j * j), new_h * (1 - o)
        return (new_h, new_c), (new_h, row, *of_gates, o * (1 - t * t), f)

    (_, last_c), (hidden, *kept) = jax.lax.scan(step, (h, c), read)
    return (hidden, last_c), (weights, *kept)


def _backwards(kept, arriving):
    weights, rows, *factors = kept
    d_hidden, d_c = arriving
    features = weights.shape[0] - d_c.shape[-1]
    of_inputs, of_h = weights[:features].T, weights[features:].T

    def step(arriving, at_step):
        d_h, d_c = arriving
        d_output, of_i, of_f, of_j, of_o, of_c, f = at_step
        d_h = d_h + d_output
        d_c = d_c + d_h * of_c
        d_gates = jnp.concatenate([d_c * of_i, d_c * of_f, d_c * of_j, d_h * of_o], -1)
        return (d_gates @ of_h, d_c * f), d_gates

    start = jnp.zeros_like(d_c), d_c
    (d_h, d_c), d_gates = jax.lax.scan(step, start, (d_hidden, *factors), reverse=True)
    d_weights = rows.reshape(-1, rows.shape[-1]).T @ d_gates.reshape(-1, d_gates.shape[-1])
    return d_gates @ of_inputs, d_weights, d_h, d_c


_loop.defvjp(_forwards, _backwards)
