"""Training by several processes at once, each with its part of every batch; TF_CONFIG says who they are.

The engine is TensorFlow's own, MultiWorkerMirroredStrategy: it connects the processes and sums gradients
over them. The model is not its: Keras 3 cannot train one under that strategy. Every worker holds the
whole model, starts from the same weights, and makes the same step from the same sum of gradients.
"""

import contextlib
import json
import re
import socket
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mnist_training.errors import InputError, RunError
from mnist_training.recipe import Recipe

_FORM = '{"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}'


class Cluster(NamedTuple):
    """The workers' addresses, HOST:PORT, and which of them this process is; the first one writes files and progress."""

    addresses: list[str]
    place: int

    @property
    def is_first(self) -> bool:
        """Whether this worker writes the files and measures."""
        return self.place == 0

    def check(self, recipe: Recipe) -> None:
        """Raise InputError where workers could not share the recipe's batches."""
        if recipe.seed is None:
            raise InputError(
                "TF_CONFIG: several workers need a seed, to start from the same weights and shuffle alike: give --seed"
            )
        if recipe.batch_size % len(self.addresses):
            raise InputError(
                f"--batch-size {recipe.batch_size}: cannot be divided into "
                f"{len(self.addresses)} equal parts, one per worker"
            )

    def part(self, batch: Any) -> Any:
        """Return this worker's part of a batch of examples."""
        size = batch.shape[0] // len(self.addresses)
        return batch[self.place * size : (self.place + 1) * size]


def cluster_of(environ: Mapping[str, str]) -> Cluster | None:
    """Return the Cluster in TF_CONFIG; None without it, or with a single worker. InputError where it is wrong."""
    text = environ.get("TF_CONFIG", "").strip()
    if not text:
        return None
    try:
        told = json.loads(text)
        cluster, task = told["cluster"], told["task"]
        addresses, kind, index = cluster.get("worker", []), task["type"], task["index"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"TF_CONFIG: expected {_FORM}; received {text[:200]!r}") from None
    others = sorted({*cluster, kind} - {"worker"})
    if others:
        raise InputError(f"TF_CONFIG: a task of type {others[0]!r}; expected workers only, as in {_FORM}")
    well_formed = isinstance(addresses, list) and all(_is_address(address) for address in addresses)
    if not well_formed or len(set(addresses)) < len(addresses):
        raise InputError(f"TF_CONFIG: worker: expected different addresses, HOST:PORT; received {addresses!r:.200}")
    if type(index) is not int or not 0 <= index < len(addresses):
        raise InputError(f"TF_CONFIG: index: expected 0 to {len(addresses) - 1}, of a worker; received {index!r:.50}")
    return Cluster(addresses, index) if len(addresses) > 1 else None


def _is_address(value):
    return isinstance(value, str) and re.fullmatch(r"[^\s:]+:\d{1,5}", value) is not None


class Workers:
    """The connection to the other workers. To be made before TensorFlow computes anything; waits for all of them.

    Raises InputError on another backend than TensorFlow.
    """

    def __init__(self, cluster: Cluster) -> None:
        import keras

        if keras.backend.backend() != "tensorflow":
            raise InputError(
                f"TF_CONFIG: several workers need KERAS_BACKEND=tensorflow; it is {keras.backend.backend()}"
            )
        import tensorflow as tf

        self.cluster, self._tf = cluster, tf
        try:
            self._strategy = tf.distribute.MultiWorkerMirroredStrategy()
        except (tf.errors.OpError, RuntimeError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise InputError(f"TF_CONFIG: cannot listen on {cluster.addresses[cluster.place]}: {reason}") from error

    def sum_over_workers(self, values: list) -> list:
        """Return each tensor's sum over the workers; to be called by all of them."""
        tf = self._tf

        def sums():
            placed = [tf.identity(value) for value in values]  # all_reduce expects tensors on this worker's device
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, placed)

        return self._strategy.run(sums)

    def step_of(self, model: Any) -> Callable:
        """Return a function of a whole batch, (images, labels), that takes a step and returns the loss before it."""
        tf, count = self._tf, len(self.cluster.addresses)

        @tf.function(autograph=False)
        def step(images, labels):
            variables = model.trainable_variables
            with tf.GradientTape() as tape:
                with _masks_of_whole_batches(model, self.cluster):
                    logits = model(images, training=True)
                loss = model.compute_loss(x=images, y=labels, y_pred=logits) / count
            gradients = tape.gradient(loss, [variable.value for variable in variables])
            *gradients, loss = self.sum_over_workers([*gradients, loss])
            model.optimizer.apply(gradients, variables)
            return loss

        def run(images, labels):
            with self._naming_lost_workers():
                return float(step(*(tf.constant(self.cluster.part(batch), tf.float32) for batch in (images, labels))))

        return run

    def check_alike(self, model: Any) -> None:
        """Raise RunError unless all workers hold the same weights."""
        tf = self._tf
        mean = [tf.reduce_mean(tf.abs(variable.value)) for variable in model.trainable_variables]
        with self._naming_lost_workers():
            of_all = tf.function(lambda: self.sum_over_workers(mean), autograph=False)()
        count = len(self.cluster.addresses)
        if any(abs(float(one) - float(all_) / count) > 1e-6 * float(one) for one, all_ in zip(mean, of_all)):
            raise RunError(
                "the workers' weights differ: give all of them the same arguments, and a --model-dir that all can read"
            )

    def wait(self) -> None:
        """Wait until all workers are here."""
        with self._naming_lost_workers():
            float(self._tf.function(lambda: self.sum_over_workers([self._tf.constant(1.0)])[0], autograph=False)())

    def _naming_lost_workers(self):
        return _NamingLostWorkers(self.cluster, self._tf.errors.OpError)


@contextlib.contextmanager
def _masks_of_whole_batches(model, cluster):
    """Context in which the model's Dropout layers draw a whole batch's masks and take this worker's part.

    All workers draw alike, so together they drop what one worker alone would have dropped.
    """
    import keras

    def call_of(layer):
        def call(inputs, training=False):
            if not training or not layer.rate:
                return inputs
            whole = keras.ops.ones((inputs.shape[0] * len(cluster.addresses), *inputs.shape[1:]), inputs.dtype)
            return inputs * cluster.part(keras.random.dropout(whole, layer.rate, seed=layer.seed_generator))

        return call

    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for layer in layers:
        layer.call = call_of(layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.call


class _NamingLostWorkers:
    """Context in which TensorFlow's error about a lost connection becomes a RunError that names the lost workers."""

    def __init__(self, cluster, errors):
        self._cluster, self._errors = cluster, errors

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if kind is None or not issubclass(kind, (self._errors, RuntimeError)) or issubclass(kind, RunError):
            return False
        lost = [
            f"worker {index} ({address})"
            for index, address in enumerate(self._cluster.addresses)
            if index != self._cluster.place and not _answers(address)
        ]
        if not lost:
            return False
        raise RunError(
            f"{', '.join(lost)} does not answer any more, so training stops; start all workers again to go on"
        ) from error


def _answers(address, seconds=3):
    host, port = address.rsplit(":", 1)
    try:
        with socket.create_connection((host, int(port)), timeout=seconds):
            return True
    except OSError:
        return False
