"""What the cases share. Python 3.7 must be able to run this: TensorFlow 1.15 does."""

import numpy as np


def distinct(shape, scale=0.5, seed=0):
    """Evenly spaced float32 values in [-scale, scale], shuffled: no two are equal."""
    values = np.linspace(-scale, scale, int(np.prod(shape))).astype("float32")
    return np.random.RandomState(seed).permutation(values).reshape(shape)


def set_distinct_weights(tf, sess, scale=0.5):
    """Initialise the graph, each trainable variable with its own distinct small values."""
    starts = {variable.initializer.inputs[1]: distinct(variable.shape.as_list(), scale, seed=number + 1)
              for number, variable in enumerate(tf.trainable_variables())}
    sess.run(tf.global_variables_initializer(), starts)


def variables(collection):
    """Name, shape and dtype of each variable, in order."""
    return ["%s %s %s" % (v.name, v.shape.as_list(), v.dtype.name) for v in collection]


def structure(value):
    """Spell nested tuples, namedtuples, lists and dicts of tensors: type names and shapes."""
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (k, structure(value[k])) for k in sorted(value))
    if isinstance(value, (tuple, list)):
        kind = type(value).__name__
        fields = getattr(value, "_fields", None)
        parts = [structure(part) for part in value]
        if fields:
            parts = ["%s=%s" % pair for pair in zip(fields, parts)]
        return "%s(%s)" % (kind, ", ".join(parts))
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return "%s%s" % (value.dtype.name, value.shape)
    if hasattr(value, "element_shape"):
        return "TensorArray(%s%s)" % (value.dtype.name, value.element_shape)
    return repr(value)
