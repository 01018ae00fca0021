"""`tf.contrib.training`: HParams, and tf_slim's training and evaluation loops."""

from tf_slim.training.evaluation import (
    StopAfterNEvalsHook,
    SummaryAtEndHook,
    checkpoints_iterator,
    evaluate_once,
    evaluate_repeatedly,
    get_or_create_eval_step,
    wait_for_new_checkpoint,
)
from tf_slim.training.training import (
    add_gradients_summaries,
    clip_gradient_norms,
    clip_gradient_norms_fn,
    create_train_op,
    multiply_gradients,
    train,
)

from legacy_graph.contrib.bucket import bucket, bucket_by_sequence_length
from legacy_graph.contrib.hparams import HParams, parse_values
from legacy_graph.contrib.state_batches import batch_sequences_with_states
from legacy_graph.contrib.state_saver import NextQueuedSequenceBatch, SequenceQueueingStateSaver
from legacy_graph.contrib.tf_slim_patches import patch_tf_slim
from legacy_graph.namespace import refuse_unknown

patch_tf_slim()

__all__ = [
    "HParams",
    "NextQueuedSequenceBatch",
    "SequenceQueueingStateSaver",
    "StopAfterNEvalsHook",
    "SummaryAtEndHook",
    "add_gradients_summaries",
    "batch_sequences_with_states",
    "bucket",
    "bucket_by_sequence_length",
    "checkpoints_iterator",
    "clip_gradient_norms",
    "clip_gradient_norms_fn",
    "create_train_op",
    "evaluate_once",
    "evaluate_repeatedly",
    "get_or_create_eval_step",
    "multiply_gradients",
    "parse_values",
    "train",
    "wait_for_new_checkpoint",
]
_QUEUES = dict.fromkeys(
    """FeedingQueueRunner GreedyLoadBalancingStrategy RandomStrategy byte_size_load_fn rejection_sample
    resample_at_rate stratified_sample weighted_resample""".split(),
    "contrib's input queues are gone; tf.data has what they did (tf.data.experimental.rejection_resample)",
)
__getattr__ = refuse_unknown("tf.contrib.training", __all__, reasons=_QUEUES)
