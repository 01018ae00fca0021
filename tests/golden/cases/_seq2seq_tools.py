"""What the seq2seq cases share: a small problem, and one way to write its answers down."""

from _tools import distinct, set_distinct_weights, structure, variables

BATCH, TIME, DEPTH, UNITS, SYMBOLS = 3, 4, 3, 5, 6
LENGTHS = [3, 4, 2]


def inputs(tf, name="inputs", time=TIME, depth=DEPTH, seed=11):
    """A placeholder with a default, (batch, time, depth): its static shape is known."""
    return tf.placeholder_with_default(
        distinct((BATCH, time, depth), seed=seed), (BATCH, time, depth), name=name)


def flatten(tf, name, value):
    """{dotted name: tensor} of nested tuples, namedtuples and TensorArrays."""
    if isinstance(value, tf.TensorArray):
        return {name: value.stack()}
    if isinstance(value, (tuple, list)):
        fields = getattr(value, "_fields", range(len(value)))
        parts = [flatten(tf, "%s.%s" % (name, field), part) for field, part in zip(fields, value)]
        return {key: tensor for part in parts for key, tensor in part.items()}
    return {name: value}


def run(tf, loss=None, wrt=(), scale=0.5, joined=False, **results):
    """Values, structures and variables, with distinct small weights.

    Every result may be nested. With a `loss`, also its gradient with respect to every tensor
    of `wrt` and every trainable variable, or None where there is none; `joined` puts them end to
    end into one array, which keeps the recording small.
    """
    values = {"variables": variables(tf.global_variables())}
    fetches = {}
    for name, value in sorted(results.items()):
        values["structure of " + name] = structure(value)
        fetches.update(flatten(tf, name, value))
    if loss is not None:
        fetches["loss"] = loss
        sources = list(wrt) + tf.trainable_variables()
        gradients = {}
        for source, gradient in zip(sources, tf.gradients(loss, sources)):
            key = "gradient of " + source.name
            if gradient is None:
                values[key] = None
            else:
                gradients[key] = tf.convert_to_tensor(gradient)
        if joined:
            gradients = {"all gradients": tf.concat(
                [tf.reshape(gradients[key], [-1]) for key in sorted(gradients)], 0)}
        fetches.update(gradients)
    with tf.Session() as sess:
        set_distinct_weights(tf, sess, scale)
        values.update(sess.run(fetches))
    return values


def error(build, *arguments, **keywords):
    """Name of the class of the exception that `build` raises."""
    try:
        build(*arguments, **keywords)
    except Exception as exception:  # which one is the answer
        return type(exception).__name__
    return "no error"
