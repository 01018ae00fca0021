"""Functions that keep today's ops, which are counted as TensorFlow 1.15's.

In these only the op count differs: the ops that differ have no gradients, and none is a random op.
"""

from legacy_graph import internals
from legacy_graph.graph115.counting import counted_as
from legacy_graph.graph115.replacement import replaces

_summaries = internals.summary_ops_v2._summary_state


def _is_number(value):
    return isinstance(value, (int, float))


MORE_IN_115 = (  # owner, function, how many more ops 1.15 made: a number, or a function of the arguments
    # One more op, a Minimum of the global step.
    (
        internals.learning_rate_schedule.PolynomialDecay,
        "__call__",
        lambda decay, step: 1 if _is_number(decay.decay_steps) and not decay.cycle else 0,
    ),
    # The counts were added to a matrix of zeros, not scattered; a size that is not given was cast once more.
    (
        internals.confusion_matrix,
        "confusion_matrix",
        lambda labels, predictions, num_classes=None, *_, **__: 2 if _is_number(num_classes) else 3,
    ),
    # A division was a multiplication by the reciprocal.
    (internals.nn_impl, "weighted_moments", 1),
    (internals.image_ops_impl, "per_image_standardization", 1),
    # Two more datasets, for optimization and autotuning.
    (internals.dataset_ops.DatasetV1, "_make_initializable_iterator", 3),
    # Such datasets once, before the elements are distributed to devices, not once for each device.
    (
        internals.multi_device_iterator_ops.MultiDeviceIterator,
        "__init__",
        lambda iterator, dataset, devices, *_, **__: 3 - 3 * len(devices),
    ),
    # No ops for paths in object stores.
    (internals.saver.BaseSaverBuilder, "_AddShardedSaveOpsForV2", -3),
    # A condition that is known to be False was joined with the other one by an op, too.
    (
        internals.summary_ops_v2,
        "_should_record_summaries_internal",
        lambda default_state: 2 if _summaries.writer is None or _summaries.is_recording is False else 0,
    ),
    # There was no beta; an accumulator's initial value was a constant.
    (internals.ftrl.FtrlOptimizer, "_prepare", -9),
    (internals.ftrl.FtrlOptimizer, "_create_slots", lambda optimizer, variables: -2 * len(variables)),
)


def _register(owner, name, more):
    @replaces(owner, name)
    def counted(today, *args, **kwargs):
        with counted_as(more=more(*args, **kwargs) if callable(more) else more):
            return today(*args, **kwargs)


for _row in MORE_IN_115:
    _register(*_row)
