"""`tf.contrib.opt`: PowerSign and AddSign, which step further where gradient and momentum agree in sign.

Bello, Zoph, Vasudevan and Le, "Neural Optimizer Search with Reinforcement Learning", 2017.
"""

import math

import tensorflow.compat.v1 as tf


class _SignOptimizer(tf.train.Optimizer):
    """What both have in common: a moving average m of the gradients, and a factor of the agreement of signs."""

    _setting: str  # the name that the kernel gives to the setting of its own

    def __init__(self, learning_rate, setting, beta, sign_decay_fn, use_locking, name):
        super().__init__(use_locking, name)
        self._given = {"lr": learning_rate, "beta": beta, self._setting: setting}
        self._sign_decay_fn = sign_decay_fn
        self._sign_decay = None

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Update the variables; `global_step` is also given to `sign_decay_fn`."""
        if self._sign_decay_fn is not None:
            self._sign_decay = tf.convert_to_tensor(self._sign_decay_fn(global_step), name="sign_decay")
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list):
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)

    def _prepare(self):
        names = {"lr": "learning_rate"}
        self._tensors = {
            name: tf.convert_to_tensor(value, name=names.get(name, name)) for name, value in self._given.items()
        }
        if self._sign_decay_fn is None:
            self._sign_decay = tf.convert_to_tensor(1.0, name="sign_decay")
        self._tensors["sign_decay"] = self._sign_decay

    def _settings(self, var):
        return {name: tf.cast(value, var.dtype.base_dtype) for name, value in self._tensors.items()}

    def _apply_dense(self, grad, var):
        arguments = dict(self._settings(var), grad=grad, use_locking=self._use_locking)
        return type(self)._kernel(var=var._ref(), m=self.get_slot(var, "m")._ref(), **arguments).op

    def _resource_apply_dense(self, grad, var):
        arguments = dict(self._settings(var), grad=grad, use_locking=self._use_locking)
        return type(self)._resource_kernel(var=var.handle, m=self.get_slot(var, "m").handle, **arguments)

    def _apply_sparse(self, grad, var):
        of = self._settings(var)
        m = self.get_slot(var, "m")
        whole = tf.convert_to_tensor(grad)  # the average decays in every row
        new_m = tf.assign(m, m * of["beta"] + whole * (1 - of["beta"]), use_locking=self._use_locking)
        agreement = tf.gather(tf.sign(new_m), grad.indices) * tf.sign(grad.values)
        step = of["lr"] * self._factor(of, agreement) * grad.values
        return tf.group(tf.scatter_sub(var, grad.indices, step, use_locking=self._use_locking), new_m)


class PowerSignOptimizer(_SignOptimizer):
    """Steps of learning_rate * base ** (decay * sign(g) * sign(m)) * g.

    Args:
      learning_rate, base, beta: floats; `beta` is the decay of the average m.
      sign_decay_fn: function of the global step that gives the decay; 1 by default.

    A sparse gradient of a resource variable is refused, as in 1.15: NotImplementedError.
    """

    _setting, _kernel, _resource_kernel = "logbase", tf.raw_ops.ApplyPowerSign, tf.raw_ops.ResourceApplyPowerSign

    def __init__(
        self,
        learning_rate=0.1,
        base=math.e,
        beta=0.9,
        sign_decay_fn=None,
        use_locking=False,
        name="PowerSignOptimizer",
    ):
        super().__init__(learning_rate, math.log(base), beta, sign_decay_fn, use_locking, name)

    def _factor(self, of, agreement):
        return tf.pow(tf.cast(math.e, agreement.dtype), of["logbase"] * of["sign_decay"] * agreement)


class AddSignOptimizer(_SignOptimizer):
    """Steps of learning_rate * (alpha + decay * sign(g) * sign(m)) * g.

    Args and errors as those of PowerSignOptimizer, with `alpha` in place of `base`.
    """

    _setting, _kernel, _resource_kernel = "alpha", tf.raw_ops.ApplyAddSign, tf.raw_ops.ResourceApplyAddSign

    def __init__(
        self,
        learning_rate=0.1,
        alpha=1.0,
        beta=0.9,
        sign_decay_fn=None,
        use_locking=False,
        name="AddSignOptimizer",
    ):
        super().__init__(learning_rate, alpha, beta, sign_decay_fn, use_locking, name)

    def _factor(self, of, agreement):
        return of["alpha"] + of["sign_decay"] * agreement
