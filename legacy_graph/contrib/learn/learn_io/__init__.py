"""`tf.contrib.learn.io`: input functions and batches from arrays and pandas DataFrames."""

from legacy_graph.contrib.learn.learn_io.data_feeder import setup_predict_data_feeder, setup_train_data_feeder
from legacy_graph.contrib.learn.learn_io.pandas_io import (
    extract_pandas_data,
    extract_pandas_labels,
    extract_pandas_matrix,
    numpy_input_fn,
    pandas_input_fn,
)
from legacy_graph.namespace import refuse_unknown

__all__ = [
    "extract_pandas_data",
    "extract_pandas_labels",
    "extract_pandas_matrix",
    "numpy_input_fn",
    "pandas_input_fn",
    "setup_predict_data_feeder",
    "setup_train_data_feeder",
]
_READERS = """
    queue_parsed_features read_batch_examples read_batch_features read_batch_record_features read_keyed_batch_examples
    read_keyed_batch_examples_shared_queue read_keyed_batch_features read_keyed_batch_features_shared_queue""".split()
REASONS = {
    **dict.fromkeys(
        _READERS, "its queues of files are not supplied; tf.data.TFRecordDataset and tf.parse_example read the same"
    ),
    **dict.fromkeys(("extract_dask_data", "extract_dask_labels"), "dask's frames are not supplied"),
    "generator_input_fn": "it is not supplied; tf.data.Dataset.from_generator does the same in an input_fn",
}
__getattr__ = refuse_unknown(
    "tf.contrib.learn.io",
    __all__,
    reasons=REASONS,
    submodules={name: f"{__name__}.{name}" for name in ("data_feeder", "pandas_io")},
)
