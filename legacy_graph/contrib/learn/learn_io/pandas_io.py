"""Frames of pandas as arrays, and as input functions. pandas is asked for only where a frame is given."""

import sys

from legacy_graph.estimators import tf_estimator


def _is_frame(data):
    pandas = sys.modules.get("pandas")  # no frame without it
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _refuse_other_types(frame, what, spelled):
    wrong = [spelled.format(name, frame[name].dtype.name) for name in frame if frame[name].dtype.kind not in "iufb"]
    if wrong:
        raise ValueError(f"Data types for extracting {what} must be int, float, or bool. Found: {', '.join(wrong)}")


def extract_pandas_data(data):
    """A frame as an array of doubles; anything else as it is. Raises ValueError for columns that are no numbers."""
    if not _is_frame(data):
        return data
    _refuse_other_types(data, "pandas data", "'{}' type='{}'")
    return data.values.astype("float")


def extract_pandas_matrix(data):
    """A frame as an array; anything else as it is."""
    return data.values if _is_frame(data) else data


def extract_pandas_labels(labels):
    """A frame of one column as an array; anything else as it is. Raises ValueError for other frames."""
    if not _is_frame(labels):
        return labels.values if hasattr(labels, "iloc") else labels
    if len(labels.columns) > 1:
        raise ValueError("Only one column for labels is allowed.")
    _refuse_other_types(labels, "labels", "'{}' type={}")
    return labels.values


def pandas_input_fn(
    x,
    y=None,
    batch_size=128,
    num_epochs=1,
    shuffle=True,
    queue_capacity=1000,
    num_threads=1,
    target_column="target",
):
    """`tf.estimator.inputs.pandas_input_fn`, which shuffles where nothing is said."""
    return tf_estimator.inputs.pandas_input_fn(
        x, y, batch_size, num_epochs, shuffle, queue_capacity, num_threads, target_column
    )


def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=True, queue_capacity=1000, num_threads=1):
    """`tf.estimator.inputs.numpy_input_fn`, which shuffles where nothing is said."""
    return tf_estimator.inputs.numpy_input_fn(x, y, batch_size, num_epochs, shuffle, queue_capacity, num_threads)
