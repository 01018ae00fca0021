"""What the cases of layers share: run one layer forward and backward, list what it made."""

from _tools import distinct, set_distinct_weights, variables


def measure(tf, output, inputs=(), scale=0.5):
    """Values, gradients, variables, losses and updates of the layer that made `output`.

    Every trainable variable gets distinct values first; the gradients are those of
    sum(output * distinct weights), so that a permuted output shows.
    """
    inputs = list(inputs)
    with tf.Session() as sess:
        set_distinct_weights(tf, sess, scale)
        shape = sess.run(tf.shape(output))
        loss = tf.reduce_sum(output * distinct(shape, seed=99))
        sources = inputs + tf.trainable_variables()
        gradients = tf.gradients(loss, sources)
        known = [(source, gradient) for source, gradient in zip(sources, gradients) if gradient is not None]
        fetches = [tf.convert_to_tensor(gradient) for _, gradient in known]
        values = {"output": sess.run(output), "output name": output.name,
                  "output shape": str(output.shape), **collections(tf)}
        for (source, _), value in zip(known, sess.run(fetches)):
            values["gradient of " + source.name] = value
        losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        values["losses"] = sess.run(losses)
    return values


def collections(tf):
    """What the layer left in the graph's collections: names, shapes and order."""
    names = lambda key: [item.name for item in tf.get_collection(key)]  # noqa: E731
    return {"variables": variables(tf.global_variables()),
            "trainable": variables(tf.trainable_variables()),
            "model variables": names(tf.GraphKeys.MODEL_VARIABLES),
            "regularization": names(tf.GraphKeys.REGULARIZATION_LOSSES),
            "updates": names(tf.GraphKeys.UPDATE_OPS)}


def start_values(tf):
    """The bits of every variable's initial value."""
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return {"bits/" + v.name: sess.run(v) for v in tf.global_variables()}
