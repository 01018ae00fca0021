"""The linear map of TF 1's cells: one kernel for all arguments, concatenated."""

import tensorflow.compat.v1 as tf


def _as_2d(args):
    """Return `args` as a list, and the sum of their last dimensions.

    Raises ValueError if there are none, or if one is not 2-D with a known last dimension.
    """
    if args is None or (tf.nest.is_nested(args) and not args):
        raise ValueError("`args` must be specified")
    args = list(args) if tf.nest.is_nested(args) else [args]
    shapes = [arg.shape for arg in args]
    for shape in shapes:
        if shape.ndims != 2:
            raise ValueError(f"linear is expecting 2D arguments: {shapes}")
        if shape.as_list()[1] is None:
            raise ValueError(f"linear expects shape[1] to be known for every argument, but saw {shapes}")
    return args, sum(shape.as_list()[1] for shape in shapes)


def _kernel(size, output_size, dtype, initializer):
    return tf.get_variable("kernel", [size, output_size], dtype=dtype, initializer=initializer)


def _bias(output_size, dtype, initializer):
    """Get the variable "bias", never partitioned; zeros by default."""
    with tf.variable_scope(tf.get_variable_scope()) as scope:
        scope.set_partitioner(None)
        if initializer is None:
            initializer = tf.constant_initializer(0.0, dtype=dtype)
        return tf.get_variable("bias", [output_size], dtype=dtype, initializer=initializer)


class _Linear:
    """Computes `concat(args) @ kernel + bias`. The variables are created once, in the current scope.

    Args:
      args: a 2-D tensor or a list of them; the kernel has as many rows as they have columns.
      output_size: number of columns of the kernel.
      build_bias: whether there is a bias.
      bias_initializer: initializer of the bias; zeros if None.
      kernel_initializer: initializer of the kernel; the scope's if None.

    Raises ValueError if an argument is missing, not 2-D, or of unknown width.
    """

    def __init__(self, args, output_size, build_bias, bias_initializer=None, kernel_initializer=None):
        self._is_sequence = tf.nest.is_nested(args)
        args, size = _as_2d(args)
        self._build_bias = build_bias
        with tf.variable_scope(tf.get_variable_scope()):
            self._weights = _kernel(size, output_size, args[0].dtype, kernel_initializer)
            if build_bias:
                self._biases = _bias(output_size, args[0].dtype, bias_initializer)

    def __call__(self, args):
        args = args if self._is_sequence else [args]
        joined = args[0] if len(args) == 1 else tf.concat(args, tf.constant(1))
        result = tf.matmul(joined, self._weights)
        return tf.nn.bias_add(result, self._biases) if self._build_bias else result


def _linear(args, output_size, bias, bias_initializer=None, kernel_initializer=None):
    """Return `concat(args) @ kernel (+ bias)` with variables of the current scope.

    Cells written before TF 1.5 call this function. Arguments and errors are those of `_Linear`.
    """
    args, size = _as_2d(args)
    dtype = args[0].dtype
    with tf.variable_scope(tf.get_variable_scope()):
        weights = _kernel(size, output_size, dtype, kernel_initializer)
        result = tf.matmul(args[0] if len(args) == 1 else tf.concat(args, 1), weights)
        if not bias:
            return result
        return tf.nn.bias_add(result, _bias(output_size, dtype, bias_initializer))
