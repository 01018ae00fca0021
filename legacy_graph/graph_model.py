"""A TF 1 graph in its session, as a model: weights in and out, logits, gradients, training steps."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow.compat.v1 as v1

from legacy_graph import internals
from legacy_graph.behavior import tf1_behavior
from legacy_graph.program import Program


class GraphModel:
    """A Program and the session that holds its variables.

    Args:
      session: a tf.compat.v1.Session on the program's graph.
      program: a legacy_graph.program.Program; for your own graph, make one from your placeholders
        x and y, logits, loss, train_op and accuracy.
      batch_size: the only batch size the graph accepts, if its `zero_state` fixed one; else None.
    """

    def __init__(self, session: v1.Session, program: Program, batch_size: int | None = None) -> None:
        self.session, self.program, self.batch_size = session, program, batch_size
        with session.graph.as_default():
            self.trainable_variables = v1.trainable_variables()
        self._gradients: dict | None = None

    def run(self, fetches: Any, images: Any, labels: Any = None) -> Any:
        """Run `fetches` on a batch: inputs and labels, in the structure of the program's x and y."""
        feed = dict(_fed("x", self.program.x, images))
        if labels is not None:
            feed.update(_fed("y", self.program.y, labels))
        return self.session.run(fetches, feed)

    def weights(self) -> dict[str, np.ndarray]:
        """Return {name: array} of the trainable variables, in order of creation; names without ':0'."""
        values = self.session.run(self.trainable_variables)
        return {variable.op.name: value for variable, value in zip(self.trainable_variables, values)}

    def set_weights(self, weights: Mapping[str, np.ndarray]) -> None:
        """Load {name: array} into the trainable variables; raises ValueError unless all are given."""
        names = [variable.op.name for variable in self.trainable_variables]
        if set(weights) != set(names):
            raise ValueError(f"weights of {sorted(weights)} do not fit a graph of {sorted(names)}")
        # Feeding the value that an initializer assigns adds no op to the graph.
        self.session.run(
            [variable.initializer for variable in self.trainable_variables],
            {variable.initializer.inputs[1]: weights[variable.op.name] for variable in self.trainable_variables},
        )

    def logits(self, images: Any) -> Any:
        """Return the logits, (n, ...), of any number of examples; a tuple or dict of them where the program has one."""
        if self.batch_size is None:
            return self.run(self.program.logits, images)
        images = np.asarray(images)  # a graph with a fixed batch size must have a single input here
        size = self.batch_size
        filling = np.zeros((-len(images) % size, *images.shape[1:]), images.dtype)
        padded = np.concatenate([images, filling])
        return np.concatenate(
            [self.run(self.program.logits, padded[start : start + size]) for start in range(0, len(padded), size)]
        )[: len(images)]

    def gradients(self, images: Any, labels: Any) -> dict[str, np.ndarray]:
        """Return {name: array}, the gradients of the batch's loss; variables without one are left out.

        An embedding's sparse gradient (IndexedSlices) is returned as a dense array.
        """
        if self._gradients is None:  # made after all of the program's ops, whose seeds must not change
            with tf1_behavior(self.session.graph):
                found = v1.gradients(self.program.loss, self.trainable_variables)
            self._gradients = {
                variable.op.name: gradient
                for variable, gradient in zip(self.trainable_variables, found)
                if gradient is not None
            }
        found = self.run(self._gradients, images, labels)
        return {name: summed_rows(gradient) for name, gradient in found.items()}

    def global_values(self) -> dict[str, np.ndarray]:
        """Return {name: array} of all global variables, including the optimizer's."""
        with self.session.graph.as_default():
            variables = v1.global_variables()
        return dict(zip([variable.op.name for variable in variables], self.session.run(variables)))

    def train_step(self, images: Any, labels: Any) -> float:
        """Take one optimizer step; returns the loss before it."""
        loss, _ = self.run([self.program.loss, self.program.train_op], images, labels)
        return float(loss)

    def accuracy(self, images: Any, labels: Any) -> float:
        """Return the accuracy on the batch, with dropout on as in the TF 1 program."""
        return float(self.run(self.program.accuracy, images, labels))


def summed_rows(gradient: Any) -> np.ndarray:
    """Return a gradient as a dense array, summing the rows of an IndexedSlicesValue."""
    if not isinstance(gradient, internals.indexed_slices.IndexedSlicesValue):
        return gradient
    summed = np.zeros(gradient.dense_shape, gradient.values.dtype)
    np.add.at(summed, gradient.indices, gradient.values)
    return summed


def _fed(what, placeholders, values):
    """Yield (placeholder, array) from two structures; raises ValueError where the structures differ."""
    if isinstance(placeholders, (tuple, list, dict)):
        keys, given = _keys(placeholders), _keys(values) if isinstance(values, (tuple, list, dict)) else None
        if keys != given:
            raise ValueError(
                f"the program's {what} has {len(placeholders)} placeholders, {keys}; a batch must have an array for "
                f"each, in a structure of the same kind, and has {given or type(values).__name__}"
            )
        for key in keys:
            yield from _fed(what, placeholders[key], values[key])
    elif placeholders is None:
        raise ValueError(f"the batch has values for {what}, and the program has no placeholder there")
    else:
        shape = placeholders.shape.as_list()[1:] if placeholders.shape.rank else []
        flat = shape and None not in shape and np.ndim(values) != len(shape) + 1  # a digit's 784 pixels, say
        yield placeholders, np.reshape(values, [-1, *shape]) if flat else values


def _keys(structure):
    return sorted(structure) if isinstance(structure, dict) else list(range(len(structure)))
