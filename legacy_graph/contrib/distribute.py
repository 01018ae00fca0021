"""`tf.contrib.distribute`: single-machine strategies with TF 1.15's names and parameters."""

from typing import NamedTuple

import tensorflow.compat.v1 as tf

from legacy_graph.namespace import refuse_unknown

DistributionStrategy = tf.distribute.Strategy
CrossDeviceOps = tf.distribute.CrossDeviceOps
ReductionToOneDeviceCrossDeviceOps = tf.distribute.ReductionToOneDevice
ReplicaContext = tf.distribute.ReplicaContext
get_loss_reduction = tf.distribute.get_loss_reduction
get_replica_context = tf.distribute.get_replica_context
get_strategy = get_distribution_strategy = tf.distribute.get_strategy
has_strategy = has_distribution_strategy = tf.distribute.has_strategy
in_cross_replica_context = tf.distribute.in_cross_replica_context


class DistributeConfig(NamedTuple):
    """Strategies for `RunConfig(experimental_distribute=...)`; `remote_cluster` is for many machines, and refused."""

    train_distribute: tf.distribute.Strategy | None = None
    eval_distribute: tf.distribute.Strategy | None = None
    remote_cluster: object = None


class _RenamedMethods:
    """Adds methods that TensorFlow has renamed since 1.15."""

    def experimental_run_v2(self, fn, args=(), kwargs=None):
        """Call `fn` in each replica; today's `Strategy.run`."""
        return self.run(fn, args, kwargs)


class CoreMirroredStrategy(_RenamedMethods, tf.distribute.MirroredStrategy):
    """`tf.distribute.MirroredStrategy` of 1.15."""


class OneDeviceStrategy(_RenamedMethods, tf.distribute.OneDeviceStrategy):
    """Places variables and computation on one device."""


class MirroredStrategy(CoreMirroredStrategy):
    """Synchronous training with one replica of the variables on each device of this machine.

    Args:
      devices: device names; default all GPUs, or the CPU if there is none.
      num_gpus, num_gpus_per_worker: number of GPUs to use, instead of `devices`; 0 selects the CPU.
      cross_device_ops, cross_tower_ops: a CrossDeviceOps, how gradients are reduced.
      auto_shard_dataset: ignored, since there is one machine.

    Raises ValueError if both devices and a number, or both numbers, are given.
    """

    def __init__(
        self,
        devices=None,
        num_gpus=None,
        num_gpus_per_worker=None,
        cross_device_ops=None,
        auto_shard_dataset=False,
        cross_tower_ops=None,
    ):
        if num_gpus is not None and num_gpus_per_worker is not None:
            raise ValueError("You cannot specify both `num_gpus` and `num_gpus_per_worker`.")
        number = num_gpus_per_worker if num_gpus is None else num_gpus
        if number is not None and devices is not None:
            raise ValueError("Must only specify one of `devices` and `num_gpus_per_worker`.")
        if number is not None:
            devices = [f"/device:GPU:{i}" for i in range(number)] or ["/device:CPU:0"]
        super().__init__(devices, cross_device_ops or cross_tower_ops)


__all__ = [
    "CrossDeviceOps",
    "DistributeConfig",
    "DistributionStrategy",
    "MirroredStrategy",
    "OneDeviceStrategy",
    "ReductionToOneDeviceCrossDeviceOps",
    "ReplicaContext",
    "get_distribution_strategy",
    "get_loss_reduction",
    "get_replica_context",
    "get_strategy",
    "has_distribution_strategy",
    "has_strategy",
    "in_cross_replica_context",
]
_CLUSTER = "it is for many machines; tf.distribute has its successors"
__getattr__ = refuse_unknown(
    "tf.contrib.distribute",
    __all__,
    reasons=dict.fromkeys(["CollectiveAllReduceStrategy", "ParameterServerStrategy", "TPUStrategy"], _CLUSTER),
)
