"""`tf.contrib.opt`: AdaMax, and the optimizer that keeps moving averages of the weights."""

import tensorflow.compat.v1 as tf


class AdaMaxOptimizer(tf.train.AdamOptimizer):
    """Adam with the largest gradient, which decays, in place of the second moment (Kingma and Ba, 2015, section 7.1).

    With a sparse gradient only its rows are updated, moments included.

    Args: as those of AdamOptimizer; `epsilon` is added to the largest gradient.
    """

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name="AdaMax"):
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _create_slots(self, var_list):
        first = min(var_list, key=lambda variable: variable.name)
        self._create_non_slot_variable(initial_value=self._beta1, name="beta1_power", colocate_with=first)
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)
            self._zeros_slot(variable, "v", self._name)

    def _power(self):
        return self._get_non_slot_variable("beta1_power", graph=tf.get_default_graph())

    def _arguments(self, grad, var):
        names = ("beta1_power", "lr", "beta1", "beta2", "epsilon")
        values = (self._power(), self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        cast = {name: tf.cast(value, var.dtype.base_dtype) for name, value in zip(names, values)}
        return dict(cast, grad=grad, use_locking=self._use_locking)

    def _apply_dense(self, grad, var):
        m, v = (self.get_slot(var, name)._ref() for name in "mv")
        return tf.raw_ops.ApplyAdaMax(var=var._ref(), m=m, v=v, **self._arguments(grad, var)).op

    def _resource_apply_dense(self, grad, var):
        m, v = (self.get_slot(var, name).handle for name in "mv")
        return tf.raw_ops.ResourceApplyAdaMax(var=var.handle, m=m, v=v, **self._arguments(grad, var))

    def _apply_sparse(self, grad, var):
        return self._update_rows(var, grad.values, grad.indices)

    def _resource_apply_sparse(self, grad, var, indices):
        return self._update_rows(var, grad, indices)

    def _update_rows(self, var, grad, rows):
        of = self._arguments(grad, var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        new_m = tf.gather(m, rows) * of["beta1"] + grad * (1 - of["beta1"])
        new_v = tf.maximum(tf.gather(v, rows) * of["beta2"], tf.abs(grad))
        step = of["lr"] / (1 - of["beta1_power"]) * (new_m / (new_v + of["epsilon"]))
        with tf.control_dependencies([step]):  # all is read before anything is written
            updates = [
                tf.scatter_update(m, rows, new_m, self._use_locking),
                tf.scatter_update(v, rows, new_v, self._use_locking),
                tf.scatter_sub(var, rows, step, self._use_locking),
            ]
        return tf.group(*updates)

    def _finish(self, update_ops, name_scope):
        power = self._power()
        with tf.control_dependencies(update_ops), tf.colocate_with(power):
            update = power.assign(power * self._beta1_t, use_locking=self._use_locking)
        return tf.group(*update_ops, update, name=name_scope)


class MovingAverageOptimizer(tf.train.Optimizer):
    """Trains with another optimizer, and keeps moving averages of the weights.

    Args:
      opt: the optimizer.
      average_decay, num_updates: settings of the ExponentialMovingAverage.
      sequential_update: whether the averages wait for the update of the weights.
    """

    def __init__(self, opt, average_decay=0.9999, num_updates=None, sequential_update=True):
        self._optimizer = opt
        self._ema = tf.train.ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._partners = None
        self._sequential_update = sequential_update

    def compute_gradients(self, *args, **kwargs):
        """The optimizer's own."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Update the weights and their averages."""
        grads_and_vars = list(grads_and_vars)
        train = self._optimizer.apply_gradients(grads_and_vars, global_step=global_step, name=name)
        trained = [variable for gradient, variable in grads_and_vars if gradient is not None]
        with tf.control_dependencies([train] if self._sequential_update else []):
            average = self._ema.apply(trained)
        pairs = [(variable.op.name, self._ema.average(variable).op.name) for variable in trained]
        self._partners = {**dict(pairs), **{second: first for first, second in pairs}}
        return tf.group(train, average, name="train_with_avg")

    def swapping_saver(self, var_list=None, name="swapping_saver", **kwargs):
        """Return a Saver that writes the averages under the weights' names, and the weights under the averages'.

        Args:
          var_list: variables, or {name: variable}; all by default.
          name, kwargs: settings of the Saver.

        Raises RuntimeError before `minimize`, ValueError for a variable whose partner is not in `var_list`.
        """
        if self._partners is None:
            raise RuntimeError("Must call apply_gradients or minimize before creating the swapping_saver")
        variables = tf.global_variables() if var_list is None else var_list
        if not isinstance(variables, dict):
            variables = {variable.op.name: variable for variable in variables}
        saved = {}
        for key in variables:
            partner = self._partners.get(key, key)
            if partner not in variables:
                raise ValueError(
                    f"Variable to swap {partner} is not part of variables to save. This breaks MovingAverageOptimizer."
                )
            saved[key] = variables[partner]
        return tf.train.Saver(saved, name=name, **kwargs)
