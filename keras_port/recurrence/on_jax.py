"""The loop over the time steps on JAX: lax.scan with a gradient of its own, as in on_tensorflow.py."""

import jax
import jax.numpy as jnp


def worth_while(inputs, units, training):
    """Always: JAX compiles either loop."""
    return True


def recurrence(inputs, kernel, recurrent_kernel, bias, h, c, every_step):
    """See keras_port.recurrence."""
    of_inputs = jnp.matmul(jnp.swapaxes(inputs, 0, 1), kernel) + bias  # steps, batch, 4 * units
    hidden, c = _loop(of_inputs, recurrent_kernel, h, c)
    return jnp.swapaxes(hidden, 0, 1) if every_step else hidden[-1], hidden[-1], c


@jax.custom_vjp
def _loop(of_inputs, recurrent_kernel, h, c):
    """h of every step, (steps, batch, units), and the last c."""
    return _forwards(of_inputs, recurrent_kernel, h, c)[0]


def _forwards(of_inputs, recurrent_kernel, h, c):
    def step(states, of_input):
        h, c = states
        i, f, j, o = jnp.split(of_input + h @ recurrent_kernel, 4, -1)
        i, f, j, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(j), jax.nn.sigmoid(o)
        new_c = f * c + i * j
        t = jnp.tanh(new_c)
        new_h = o * t
        of_gates = jnp.concatenate([j * i * (1 - i), c * f * (1 - f), i * (1 - j * j), new_h * (1 - o)], -1)
        return (new_h, new_c), (new_h, of_gates, o * (1 - t * t), f)

    (_, last_c), (hidden, *factors) = jax.lax.scan(step, (h, c), of_inputs)
    return (hidden, last_c), (recurrent_kernel, h, hidden, *factors)


def _backwards(kept, arriving):
    recurrent_kernel, h, hidden, *factors = kept
    d_hidden, d_c = arriving

    def step(arriving, at_step):
        d_h, d_c = arriving
        d_output, of_gates, of_c, f = at_step
        d_h = d_h + d_output
        d_c = d_c + d_h * of_c
        d_gates = of_gates * jnp.concatenate([d_c, d_c, d_c, d_h], -1)
        return (d_gates @ recurrent_kernel.T, d_c * f), d_gates

    start = jnp.zeros_like(h), d_c
    (d_h, d_c), d_gates = jax.lax.scan(step, start, (d_hidden, *factors), reverse=True)
    before = jnp.concatenate([h[None], hidden[:-1]])
    d_recurrent = before.reshape(-1, before.shape[-1]).T @ d_gates.reshape(-1, d_gates.shape[-1])
    return d_gates, d_recurrent, d_h, d_c


_loop.defvjp(_forwards, _backwards)
