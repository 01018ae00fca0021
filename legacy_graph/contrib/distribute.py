"""`tf.contrib.distribute`: the strategies of one machine, under the names and parameters they had here."""

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


class _Runs:
    """What 1.15's strategies had under another name."""

    def experimental_run_v2(self, fn, args=(), kwargs=None):
        """Call a function in each replica."""
        return self.run(fn, args, kwargs)


class CoreMirroredStrategy(_Runs, tf.distribute.MirroredStrategy):
    """`tf.distribute.MirroredStrategy` of 1.15."""


class OneDeviceStrategy(_Runs, tf.distribute.OneDeviceStrategy):
    """Variables and computation on one device."""


class MirroredStrategy(CoreMirroredStrategy):
    """One replica of the variables on each device of this machine, trained in step.

    Args:
      devices: the devices' names; all GPUs, or the CPU where there is none, unless something is said.
      num_gpus, num_gpus_per_worker: how many of the GPUs instead; 0 is the CPU.
      cross_device_ops, cross_tower_ops: how gradients are summed, a CrossDeviceOps.
      auto_shard_dataset: not looked at: there is one machine.

    Raises ValueError where both devices and a number are given.
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
    reasons=dict.fromkeys(
        ["CollectiveAllReduceStrategy", "ParameterServerStrategy", "TPUStrategy", "DistributeConfig"], _CLUSTER
    ),
)
