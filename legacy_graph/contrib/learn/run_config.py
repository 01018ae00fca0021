"""`tf.contrib.learn.RunConfig`: the run settings, with contrib's order of arguments."""

import tensorflow.compat.v1 as tf

from legacy_graph.estimators import tf_estimator

_PUBLIC = (
    "tf_random_seed save_summary_steps save_checkpoints_steps save_checkpoints_secs session_config "
    "keep_checkpoint_max keep_checkpoint_every_n_hours log_step_count_steps"
).split()


class TaskType:
    """Job names of a cluster."""

    MASTER = "master"
    PS = "ps"
    WORKER = "worker"


class RunConfig(tf_estimator.RunConfig):
    """Run settings of estimators; a subclass of `tf.estimator.RunConfig`.

    Args:
      master, evaluation_master: must be empty; they are read from TF_CONFIG.
      num_cores, log_device_placement, gpu_memory_fraction: stored in `tf_config`, which TF 1.15's estimators ignored.
      The other arguments are those of `tf.estimator.RunConfig`. save_checkpoints_secs=0 stands for 600, or for None
      if save_checkpoints_steps is given.

    Raises ValueError if both seconds and steps are given, NotImplementedError for a master.
    """

    def __init__(
        self,
        master=None,
        num_cores=0,
        log_device_placement=False,
        gpu_memory_fraction=1,
        tf_random_seed=None,
        save_summary_steps=100,
        save_checkpoints_secs=0,
        save_checkpoints_steps=None,
        keep_checkpoint_max=5,
        keep_checkpoint_every_n_hours=10000,
        log_step_count_steps=100,
        protocol=None,
        evaluation_master="",
        model_dir=None,
        session_config=None,
        session_creation_timeout_secs=7200,
    ):
        if master or evaluation_master:
            raise NotImplementedError(
                "RunConfig(master=...) is not supplied by legacy_graph. Describe the cluster in the environment "
                "variable TF_CONFIG instead."
            )
        if save_checkpoints_secs == 0:
            save_checkpoints_secs = None if save_checkpoints_steps is not None else 600
        super().__init__(
            model_dir=model_dir,
            tf_random_seed=tf_random_seed,
            save_summary_steps=save_summary_steps,
            save_checkpoints_steps=save_checkpoints_steps,
            save_checkpoints_secs=save_checkpoints_secs,
            session_config=session_config,
            keep_checkpoint_max=keep_checkpoint_max,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            log_step_count_steps=log_step_count_steps,
            protocol=protocol,
            session_creation_timeout_secs=session_creation_timeout_secs,
        )
        self.tf_config = tf.ConfigProto(
            log_device_placement=log_device_placement,
            inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores,
            gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
        )

    def uid(self, whitelist=None):
        """Return a string that is equal for two configs that are interchangeable.

        `whitelist`: names of settings that may differ; default the eight public ones.
        """
        free = {f"_{name}" for name in (_PUBLIC if whitelist is None else whitelist)}
        kept = {key: value for key, value in vars(self).items() if key not in free and not key.startswith("__")}
        kept["_cluster_spec"] = sorted(self.cluster_spec.as_dict().items())
        return ", ".join(f"{key}={value!r}" for key, value in sorted(kept.items()))
