"""An optimizer wrapper that clips gradients."""

import tensorflow.compat.v1 as tf


class ClippingOptimizer(tf.train.Optimizer):
    """Clips each gradient to the norm `clip_norm`, then applies `optimizer`, which owns the slots."""

    def __init__(self, optimizer, clip_norm):
        super().__init__(False, "ClipByNorm" + optimizer.get_name())
        self._optimizer, self._clip_norm = optimizer, clip_norm

    def compute_gradients(self, *args, **kwargs):
        """Return the wrapped optimizer's gradients, not clipped."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Apply the gradients, clipping those that are not None."""
        clipped = [
            (grad if grad is None else tf.clip_by_norm(grad, self._clip_norm), variable)
            for grad, variable in grads_and_vars
        ]
        return self._optimizer.apply_gradients(clipped, global_step, name)

    def get_slot(self, *args, **kwargs):
        """Return a slot of the wrapped optimizer."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        """Return the names of the wrapped optimizer's slots."""
        return self._optimizer.get_slot_names(*args, **kwargs)

    def variables(self):
        """Return the variables of the wrapped optimizer."""
        return self._optimizer.variables()
