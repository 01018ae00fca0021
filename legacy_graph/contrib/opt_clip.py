"""An optimizer that clips gradients before another applies them."""

import tensorflow.compat.v1 as tf


class ClippingOptimizer(tf.train.Optimizer):
    """Clips each gradient to the norm `clip_norm`, then applies it by `optimizer`; slots are the latter's."""

    def __init__(self, optimizer, clip_norm):
        super().__init__(False, "ClipByNorm" + optimizer.get_name())
        self._optimizer, self._clip_norm = optimizer, clip_norm

    def compute_gradients(self, *args, **kwargs):
        """As the optimizer within computes them."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Apply the gradients, clipped where there are any."""
        clipped = [
            (grad if grad is None else tf.clip_by_norm(grad, self._clip_norm), variable)
            for grad, variable in grads_and_vars
        ]
        return self._optimizer.apply_gradients(clipped, global_step, name)

    def get_slot(self, *args, **kwargs):
        """A slot of the optimizer within."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        """Names of the slots of the optimizer within."""
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self):
        """The variables of the optimizer within."""
        return self._optimizer.variables()
