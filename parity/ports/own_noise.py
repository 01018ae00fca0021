"""How far the captured graph moves by itself when its weights move by one unit in the last place of float32.

Some numbers are nothing but rounding: the gradient of a bias before a batch normalization is zero, and what is
computed for it are the rounding errors of what should have cancelled. Some trainings magnify rounding within a few
steps. No tolerance that is fixed beforehand fits these, and a wider one would let mistakes pass elsewhere. So the
graph is asked: its weights are moved by one unit in their last place, up or down by chance, and what it then
computes is compared with what it computed. A port rounds in every op, so it may lie a few times as far away.
"""

import numpy as np

RUNS = 6
FACTOR = 8  # how much farther away a port may be than the farthest of the graph's own runs
LOST = 1e-2  # a loss that moves by more than this part of itself says nothing about a port any more


class OwnNoise:
    """The noise of a CapturedGraph, measured from its checkpoint; leaves the graph as it was.

    All methods return what is allowed: FACTOR times the largest that was seen.
    """

    def __init__(self, graph, seed=0):
        self._graph, self._random = graph, np.random.default_rng(seed)

    def logits(self):
        """{"logits[TENSOR], batch N": largest difference allowed}."""
        steps = range(len(self._graph.capture.feeds))

        def run():
            of_step = {f", batch {step}" if step else "": self._graph.logits(step) for step in steps}
            return {
                f"logits[{name}]{batch}": value for batch, found in of_step.items() for name, value in found.items()
            }

        return {name: float(np.max(noise, initial=0.0)) for name, noise in self._moves(run)[1].items()}

    def gradients(self):
        """{variable: largest difference allowed}."""
        noise = self._moves(lambda: self._graph.gradients(0))[1]
        return {name: float(np.max(value, initial=0.0)) for name, value in noise.items()}

    def undecided(self):
        """{variable: boolean array}, the weights whose gradient is no larger than its noise, and not zero for certain.

        An optimizer that divides by the gradient's size, as Adam, makes whole steps of such noise.
        """
        gradients, noise = self._moves(lambda: self._graph.gradients(0))
        return {name: (noise[name] > 0) & (np.abs(value) <= noise[name]) for name, value in gradients.items()}

    def losses(self):
        """The largest difference allowed at each step, an array; inf from where on the losses say nothing."""
        steps = range(len(self._graph.capture.feeds))
        losses, noise = self._moves(lambda: {"": np.array([self._graph.train_step(step) for step in steps])})
        lost = noise[""] > LOST * np.abs(losses[""])
        return np.where(np.logical_or.accumulate(lost), np.inf, noise[""])

    def _moves(self, run):
        """Return what `run` computes of the checkpoint, and what is allowed to differ: both {name: array}."""
        with self._graph.aside():
            plain = run()
            largest = {name: np.zeros(np.shape(value)) for name, value in plain.items()}
            for _ in range(RUNS):
                self._graph.restore()
                self._graph.set_weights({name: self._moved(w) for name, w in self._graph.weights().items()})
                for name, value in run().items():
                    moved = np.abs(np.asarray(value, "float64") - plain[name])
                    largest[name] = np.maximum(largest[name], moved)
        return plain, {name: FACTOR * value for name, value in largest.items()}

    def _moved(self, weight):
        if not np.issubdtype(weight.dtype, np.floating):
            return weight
        to = np.where(self._random.random(weight.shape) < 0.5, -np.inf, np.inf).astype(weight.dtype)
        return np.where(weight == 0, weight, np.nextafter(weight, to))
