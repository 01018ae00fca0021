"""Measures the rounding noise of the captured graph: how its results change when its weights change by one ulp.

Some results consist of rounding errors only: the gradient of a bias before a batch normalization is zero, and what is
computed for it is what remains after cancellation. Some trainings amplify rounding within a few steps. No fixed
tolerance fits these, and a wider one would hide mistakes elsewhere. So the noise is measured: each float weight is
moved by one unit in the last place, up or down at random, and the results are compared with the original ones. A port
rounds differently in every op, so a few times the measured noise is allowed. A graph with a CTC loss is also compared
with itself with this loss in float64, see `parity.ports.double_ctc`.
"""

import numpy as np

RUNS = 6
FACTOR = 8  # allowed difference of a port, as a multiple of the largest one among the graph's own runs
MAX_RELATIVE_NOISE = 1e-2  # beyond this relative noise a loss tells nothing about a port


class OwnNoise:
    """The noise of a CapturedGraph, measured from its checkpoint; the graph is left unchanged.

    Each method yields the differences allowed: FACTOR times the largest one measured in one run, in two, and so on up
    to RUNS. They only become wider, so a caller may stop at the first that suffices.
    """

    def __init__(self, graph, seed=0):
        self._graph, self._random = graph, np.random.default_rng(seed)

    def logits(self, batches):
        """Yield {"logits[TENSOR], batch N": largest difference allowed}, of the first so many captured batches."""

        def run():
            of_step = {f", batch {step}" if step else "": self._graph.logits(step) for step in range(batches)}
            return {
                f"logits[{name}]{batch}": value for batch, found in of_step.items() for name, value in found.items()
            }

        for _, noise in self._perturbed_runs(run):
            yield _largest(noise)

    def gradients(self):
        """Yield {variable: largest difference allowed}."""
        for _, noise in self._perturbed_runs(lambda: self._graph.gradients(0)):
            yield _largest(noise)

    def undecided(self):
        """Yield {variable: boolean array}, true for weights whose gradient is within its noise and not exactly zero.

        An optimizer that divides by the gradient's magnitude, such as Adam, makes full steps from such noise.
        """
        for gradients, noise in self._perturbed_runs(lambda: self._graph.gradients(0)):
            yield {name: (noise[name] > 0) & (np.abs(value) <= noise[name]) for name, value in gradients.items()}

    def losses(self, steps):
        """Yield an array, the largest difference allowed at each of so many steps; inf once noise dominates."""
        for losses, noise in self._perturbed_runs(
            lambda: {"": np.array([self._graph.train_step(n) for n in range(steps)])}
        ):
            lost = noise[""] > MAX_RELATIVE_NOISE * np.abs(losses[""])
            yield np.where(np.logical_or.accumulate(lost), np.inf, noise[""])

    def _perturbed_runs(self, run):
        """Yield the results of `run` at the checkpoint, and the differences allowed, both {name: array}."""
        with self._graph.at_checkpoint():
            plain = run()
            largest = {name: np.zeros(np.shape(value)) for name, value in plain.items()}
            if self._graph.has_ctc:
                _widen(largest, plain, self._with_double_ctc(run))
            for _ in range(RUNS):
                self._graph.restore()
                self._graph.set_weights({name: self._perturbed(w) for name, w in self._graph.weights().items()})
                _widen(largest, plain, run())
                yield plain, {name: FACTOR * value for name, value in largest.items()}

    def _with_double_ctc(self, run):
        """Return the results of `run`, of the graph with its CTC loss in float64."""
        graph = self._graph
        with graph.with_double_ctc() as self._graph:
            try:
                return run()
            finally:
                self._graph = graph

    def _perturbed(self, weight):
        if not np.issubdtype(weight.dtype, np.floating):
            return weight
        to = np.where(self._random.random(weight.shape) < 0.5, -np.inf, np.inf).astype(weight.dtype)
        return np.where(weight == 0, weight, np.nextafter(weight, to))


def _widen(largest, plain, moved):
    """Widen the arrays in `largest` to the differences between two runs' results."""
    for name, value in moved.items():
        largest[name] = np.maximum(largest[name], np.abs(np.asarray(value, "float64") - plain[name]))


def _largest(noise):
    return {name: float(np.max(value, initial=0.0)) for name, value in noise.items()}
