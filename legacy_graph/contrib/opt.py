"""`tf.contrib.opt`: the Adam variants and decoupled weight decay that RNN scripts use.

Slot names and update rules are those of TF 1.15, for reference and resource variables alike.
"""

import tensorflow.compat.v1 as tf

from legacy_graph.contrib.opt_more import AdaMaxOptimizer, MovingAverageOptimizer
from legacy_graph.contrib.opt_scipy import ExternalOptimizerInterface, ScipyOptimizerInterface
from legacy_graph.contrib.opt_signs import AddSignOptimizer, PowerSignOptimizer
from legacy_graph.namespace import refuse_unknown


class _Adam(tf.train.AdamOptimizer):
    """AdamOptimizer with hyperparameters cast to a variable's dtype."""

    def _settings(self, var):
        dtype = var.dtype.base_dtype
        beta1_power, beta2_power = self._get_beta_accumulators()
        return [
            tf.cast(value, dtype)
            for value in (beta1_power, beta2_power, self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        ]

    def _moments(self, var):
        return self.get_slot(var, "m"), self.get_slot(var, "v")


class LazyAdamOptimizer(_Adam):
    """Adam that, given a sparse gradient, only updates the rows it contains, moments included.

    An embedding's gradient is sparse. Plain Adam updates every row at every step, because its
    moments decay slowly; this optimizer updates only the rows that were looked up.
    """

    def _apply_sparse(self, grad, var):
        return self._update_rows(var, grad.values, grad.indices)

    def _resource_apply_sparse(self, grad, var, indices):
        return self._update_rows(var, grad, indices)

    def _update_rows(self, var, grad, rows):
        beta1_power, beta2_power, rate, beta1, beta2, epsilon = self._settings(var)
        rate = rate * tf.sqrt(1 - beta2_power) / (1 - beta1_power)
        m, v = self._moments(var)
        new_m = beta1 * tf.gather(m, rows) + (1 - beta1) * grad
        new_v = beta2 * tf.gather(v, rows) + (1 - beta2) * tf.square(grad)
        moments = [
            tf.scatter_update(m, rows, new_m, self._use_locking),
            tf.scatter_update(v, rows, new_v, self._use_locking),
        ]
        with tf.control_dependencies(moments):
            step = rate * tf.gather(m, rows) / (tf.sqrt(tf.gather(v, rows)) + epsilon)
        return tf.group(tf.scatter_sub(var, rows, step, self._use_locking), *moments)


class NadamOptimizer(_Adam):
    """Adam with Nesterov momentum (Dozat, "Incorporating Nesterov Momentum into Adam", 2016)."""

    def _apply_dense(self, grad, var):
        m, v = self._moments(var)
        return tf.raw_ops.ApplyAdam(**self._kernel_arguments(grad, var), var=var._ref(), m=m._ref(), v=v._ref()).op

    def _resource_apply_dense(self, grad, var):
        m, v = self._moments(var)
        return tf.raw_ops.ResourceApplyAdam(**self._kernel_arguments(grad, var), var=var.handle, m=m.handle, v=v.handle)

    def _kernel_arguments(self, grad, var):
        names = ("beta1_power", "beta2_power", "lr", "beta1", "beta2", "epsilon")
        return dict(zip(names, self._settings(var)), grad=grad, use_locking=self._use_locking, use_nesterov=True)

    def _apply_sparse_shared(self, grad, var, indices, scatter_add):
        beta1_power, beta2_power, rate, beta1, beta2, epsilon = self._settings(var)
        rate = rate * tf.sqrt(1 - beta2_power) / (1 - beta1_power)
        m, v = self._moments(var)
        new_m, new_v = grad * (1 - beta1), grad * grad * (1 - beta2)
        with tf.control_dependencies([tf.assign(m, m * beta1, use_locking=self._use_locking)]):
            m = scatter_add(m, indices, new_m)
        with tf.control_dependencies([tf.assign(v, v * beta2, use_locking=self._use_locking)]):
            v = scatter_add(v, indices, new_v)
        ahead = new_m + beta1 * tf.gather(m, indices)
        step = -rate * ahead / (tf.sqrt(tf.gather(v, indices)) + epsilon)
        return tf.group(scatter_add(var, indices, step), m, v)


class DecoupledWeightDecayExtension:
    """Mixin for an optimizer class: each step first subtracts `weight_decay * variable`.

    Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019. The decay is not
    multiplied by the learning rate; with a sparse gradient only its rows decay. `apply_gradients`
    takes `decay_var_list`, by default all variables. `minimize` accepts it but ignores it, as in
    TF 1.15. There, the decay could run before the loss was computed, so that results were not
    reproducible; here it runs after the gradient.
    """

    def __init__(self, weight_decay, **kwargs):
        self._decay_var_list = None
        self._weight_decay = weight_decay
        super().__init__(**kwargs)

    def minimize(self, loss, *args, decay_var_list=None, **kwargs):
        """The optimizer's `minimize`; all variables decay."""
        return super().minimize(loss, *args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None, decay_var_list=None):
        """The optimizer's `apply_gradients`; the variables in `decay_var_list` decay."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else None
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _decay_first(self, grad, var, rows=None):
        """Return a context manager whose ops run after the decay of `var`, or of the given rows."""
        if self._decay_var_list is not None and var not in self._decay_var_list:
            return tf.control_dependencies([])
        rate = self._weight_decay() if callable(self._weight_decay) else self._weight_decay
        with tf.control_dependencies([grad]):
            if rows is None:
                decay = var.assign_sub(rate * var, self._use_locking)
            else:
                decay = tf.scatter_sub(var, rows, rate * tf.gather(var, rows), self._use_locking)
        return tf.control_dependencies([decay])

    def _apply_dense(self, grad, var):
        with self._decay_first(grad, var):
            return super()._apply_dense(grad, var)

    def _resource_apply_dense(self, grad, var):
        with self._decay_first(grad, var):
            return super()._resource_apply_dense(grad, var)

    def _apply_sparse(self, grad, var):
        with self._decay_first(grad.values, var, grad.indices):
            return super()._apply_sparse(grad, var)

    def _resource_apply_sparse(self, grad, var, indices):
        with self._decay_first(grad, var, indices):
            return super()._resource_apply_sparse(grad, var, indices)


def extend_with_decoupled_weight_decay(base_optimizer):
    """Return a subclass of `base_optimizer` whose first argument is the weight decay."""

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):
        """An optimizer with decoupled weight decay."""

        def __init__(self, weight_decay, *args, **kwargs):
            super().__init__(weight_decay, *args, **kwargs)

    return OptimizerWithDecoupledWeightDecay


class AdamWOptimizer(DecoupledWeightDecayExtension, tf.train.AdamOptimizer):
    """AdamOptimizer with decoupled weight decay."""

    def __init__(
        self, weight_decay, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name="AdamW"
    ):
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            use_locking=use_locking,
            name=name,
        )


class MomentumWOptimizer(DecoupledWeightDecayExtension, tf.train.MomentumOptimizer):
    """MomentumOptimizer with decoupled weight decay."""

    def __init__(self, weight_decay, learning_rate, momentum, use_locking=False, name="MomentumW", use_nesterov=False):
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            momentum=momentum,
            use_locking=use_locking,
            name=name,
            use_nesterov=use_nesterov,
        )


__all__ = [
    "AdaMaxOptimizer",
    "AdamWOptimizer",
    "AddSignOptimizer",
    "DecoupledWeightDecayExtension",
    "ExternalOptimizerInterface",
    "LazyAdamOptimizer",
    "MomentumWOptimizer",
    "MovingAverageOptimizer",
    "NadamOptimizer",
    "PowerSignOptimizer",
    "ScipyOptimizerInterface",
    "extend_with_decoupled_weight_decay",
]
__getattr__ = refuse_unknown("tf.contrib.opt", __all__)
