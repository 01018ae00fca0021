"""`tf.contrib.opt.ScipyOptimizerInterface`: scipy.optimize.minimize drives a session. Needs scipy only when it runs."""

import numpy as np
import tensorflow.compat.v1 as tf


class ExternalOptimizerInterface:
    """Minimizes a loss with an optimizer that knows nothing of TensorFlow; children give `_minimize`.

    Args:
      loss: scalar tensor.
      var_list: variables to change; default the trainable ones.
      equalities, inequalities: lists of scalar tensors to be held at 0, or not below 0.
      var_to_bounds: dict of variable to (low, high), numbers or arrays broadcast to the variable's shape.
      optimizer_kwargs: settings of the optimizer.
    """

    def __init__(self, loss, var_list=None, equalities=None, inequalities=None, var_to_bounds=None, **optimizer_kwargs):
        self._loss, self._equalities, self._inequalities = loss, equalities or [], inequalities or []
        self._vars = tf.trainable_variables() if var_list is None else list(var_list)
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_bounds = None if var_to_bounds is None else self._pack_bounds(var_to_bounds)
        self._placeholders = [tf.placeholder(variable.dtype) for variable in self._vars]
        self._updates = [
            variable.assign(tf.reshape(value, _shape(variable)))
            for variable, value in zip(self._vars, self._placeholders)
        ]
        of_loss, *of_others = [self._gradients(tensor) for tensor in (loss, *self._equalities, *self._inequalities)]
        self._packed, self._loss_gradient = _pack(self._vars), _pack(of_loss)
        self._constraint_gradients = [_pack(gradients) for gradients in of_others]

    def _pack_bounds(self, var_to_bounds):
        low, high = [], []
        for variable in self._vars:
            given = var_to_bounds[variable] if variable in var_to_bounds else (-np.inf, np.inf)
            low.extend(np.broadcast_to(given[0], _shape(variable)).flat)
            high.extend(np.broadcast_to(given[1], _shape(variable)).flat)
        return list(zip(low, high))

    def _gradients(self, tensor):
        pairs = zip(self._vars, tf.gradients(tensor, self._vars))
        return [tf.zeros_like(variable) if gradient is None else gradient for variable, gradient in pairs]

    def minimize(
        self, session=None, feed_dict=None, fetches=None, step_callback=None, loss_callback=None, **run_kwargs
    ):
        """Minimize the loss, and leave the result in the variables.

        Args:
          session: default the default session.
          feed_dict: values for placeholders.
          fetches: list of tensors; `loss_callback` gets their values whenever the loss is computed.
          step_callback: called after each step with all variables as one vector.
          run_kwargs: settings of the last `session.run`.
        """
        session = session or tf.get_default_session()
        fetches, feed_dict = fetches or [], feed_dict or {}

        def function(tensors, callback=None):
            def evaluate(x):
                parts = dict(zip(self._vars, self._unpack(x)))
                values = session.run([*tensors, *fetches], feed_dict={**parts, **feed_dict})
                if callback is not None:
                    callback(*values[len(tensors) :])
                return values[: len(tensors)]

            return evaluate

        constraints = [
            (function([tensor]), function([gradient]))
            for tensor, gradient in zip([*self._equalities, *self._inequalities], self._constraint_gradients)
        ]
        equal, unequal = constraints[: len(self._equalities)], constraints[len(self._equalities) :]
        result = self._minimize(
            initial_val=session.run(self._packed),
            loss_grad_func=function([self._loss, self._loss_gradient], loss_callback),
            equality_funcs=[value for value, _ in equal],
            equality_grad_funcs=[gradient for _, gradient in equal],
            inequality_funcs=[value for value, _ in unequal],
            inequality_grad_funcs=[gradient for _, gradient in unequal],
            packed_bounds=self._packed_bounds,
            step_callback=step_callback or (lambda x: None),
            optimizer_kwargs=self.optimizer_kwargs,
        )
        session.run(self._updates, feed_dict=dict(zip(self._placeholders, self._unpack(result))), **run_kwargs)

    def _unpack(self, x):
        ends = np.cumsum([int(np.prod(_shape(variable))) for variable in self._vars])
        return [part.reshape(_shape(variable)) for variable, part in zip(self._vars, np.split(x, ends[:-1]))]

    def _minimize(
        self,
        initial_val,
        loss_grad_func,
        equality_funcs,
        equality_grad_funcs,
        inequality_funcs,
        inequality_grad_funcs,
        packed_bounds,
        step_callback,
        optimizer_kwargs,
    ):
        raise NotImplementedError(
            "To use ExternalOptimizerInterface, subclass from it and implement the _minimize() method."
        )


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Minimizes with scipy.optimize.minimize, by L-BFGS-B unless `method` says otherwise.

    `minimize` raises ImportError where scipy is not installed, and ValueError for settings that are not the caller's.
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(
        self,
        initial_val,
        loss_grad_func,
        equality_funcs,
        equality_grad_funcs,
        inequality_funcs,
        inequality_grad_funcs,
        packed_bounds,
        step_callback,
        optimizer_kwargs,
    ):
        def loss_and_gradient(x):
            loss, gradient = loss_grad_func(x)
            return loss, gradient.astype("float64")

        kinds = [("eq", equality_funcs, equality_grad_funcs), ("ineq", inequality_funcs, inequality_grad_funcs)]
        constraints = [
            {"type": kind, "fun": _in_doubles(value), "jac": _in_doubles(gradient)}
            for kind, values, gradients in kinds
            for value, gradient in zip(values, gradients)
        ]
        own = {"jac": True, "callback": step_callback, "constraints": constraints, "bounds": packed_bounds}
        for name in own:
            if name == "bounds" and name in optimizer_kwargs:
                raise ValueError("Bounds must be set using the var_to_bounds argument")
            if name in optimizer_kwargs:
                raise ValueError(f"Optimizer keyword arg '{name}' is set automatically and cannot be injected manually")
        result = _scipy_minimize()(
            loss_and_gradient,
            initial_val.astype("float64"),
            **{"method": self._DEFAULT_METHOD, **own, **optimizer_kwargs},
        )
        tf.logging.info(
            "Optimization terminated with:\n  Message: %s\n  Objective function value: %f", result.message, result.fun
        )
        return result["x"]


def _in_doubles(function):
    """Return the constraint's function with its one value in float64, which today's scipy insists on."""
    return lambda x: np.asarray(function(x)[0], np.float64)


def _scipy_minimize():
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise ImportError("ScipyOptimizerInterface needs scipy, which is not installed: pip install scipy") from error
    return minimize


def _pack(tensors):
    flat = [tf.reshape(tensor, [-1]) for tensor in tensors]
    return flat[0] if len(flat) == 1 else tf.concat(flat, 0)


def _shape(variable):
    return tuple(variable.shape.as_list())
