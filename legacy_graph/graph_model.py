"""A TF 1 graph in its session, as a model: weights in and out, logits, gradients, training steps."""

import numpy as np
import tensorflow.compat.v1 as v1

from legacy_graph.behavior import tf1_behavior


class GraphModel:
    """What can be done with a Program whose variables live in a session.

    Args:
      session: a tf.compat.v1.Session on the program's graph.
      program: a legacy_graph.program.Program; for a graph of your own, make one from your
        placeholders x and y, your logits, your loss, your train_op and your accuracy.
      batch_size: the one batch size that the graph can be fed, if its `zero_state` fixed one.
    """

    def __init__(self, session, program, batch_size=None):
        self.session, self.program, self.batch_size = session, program, batch_size
        with session.graph.as_default():
            self.trainable_variables = v1.trainable_variables()
        self._gradients = None

    def run(self, fetches, images, labels=None):
        """Run `fetches` on a batch: images of any shape that x's takes, and one-hot labels."""
        shape = self.program.x.shape.as_list()[1:]
        feed = {self.program.x: np.reshape(images, [-1, *shape])}
        if labels is not None:
            feed[self.program.y] = labels
        return self.session.run(fetches, feed)

    def weights(self):
        """Return {name: array} of the trainable variables, in order of creation; names without ':0'."""
        values = self.session.run(self.trainable_variables)
        return {variable.op.name: value for variable, value in zip(self.trainable_variables, values)}

    def set_weights(self, weights):
        """Load {name: array} into the trainable variables; ValueError unless all are given."""
        names = [variable.op.name for variable in self.trainable_variables]
        if set(weights) != set(names):
            raise ValueError(f"weights of {sorted(weights)} do not fit a graph of {sorted(names)}")
        # The value that an initializer assigns can be fed: no op is added to the graph.
        self.session.run(
            [variable.initializer for variable in self.trainable_variables],
            {variable.initializer.inputs[1]: weights[variable.op.name] for variable in self.trainable_variables},
        )

    def logits(self, images):
        """Return the logits, (n, classes), of any number of images."""
        size = self.batch_size or len(images)
        filling = np.zeros((-len(images) % size, *images.shape[1:]), images.dtype)
        padded = np.concatenate([images, filling])
        return np.concatenate(
            [self.run(self.program.logits, padded[start : start + size]) for start in range(0, len(padded), size)]
        )[: len(images)]

    def gradients(self, images, labels):
        """Return {name: array}, the gradient of the batch's loss; a variable that has none is left out."""
        if self._gradients is None:  # these ops stand after all of the program's
            with tf1_behavior(self.session.graph):
                found = v1.gradients(self.program.loss, self.trainable_variables)
            self._gradients = {
                variable.op.name: gradient
                for variable, gradient in zip(self.trainable_variables, found)
                if gradient is not None
            }
        return self.run(self._gradients, images, labels)

    def train_step(self, images, labels):
        """Take one optimizer step; returns the loss before it."""
        loss, _ = self.run([self.program.loss, self.program.train_op], images, labels)
        return float(loss)

    def accuracy(self, images, labels):
        """Return the share of the batch that is classified right, dropout included as in TF 1."""
        return float(self.run(self.program.accuracy, images, labels))
