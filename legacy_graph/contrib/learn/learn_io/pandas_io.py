"""pandas DataFrames as arrays and input functions. pandas itself is not imported here."""

import sys

from legacy_graph.estimators import tf_estimator


def _is_frame(data):
    pandas = sys.modules.get("pandas")  # if pandas has not been imported, data is not a DataFrame
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _refuse_other_types(frame, what, spelled):
    wrong = [spelled.format(name, frame[name].dtype.name) for name in frame if frame[name].dtype.kind not in "iufb"]
    if wrong:
        raise ValueError(f"Data types for extracting {what} must be int, float, or bool. Found: {', '.join(wrong)}")


def extract_pandas_data(data):
    """Return a DataFrame as a float64 array; other data unchanged. Raises ValueError for non-numeric columns."""
    if not _is_frame(data):
        return data
    _refuse_other_types(data, "pandas data", "'{}' type='{}'")
    return data.values.astype("float")


def extract_pandas_matrix(data):
    """Return a DataFrame as an array; other data unchanged."""
    return data.values if _is_frame(data) else data


def extract_pandas_labels(labels):
    """Return a DataFrame of one column as an array; other data unchanged. Raises ValueError for other DataFrames."""
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
    """`tf.estimator.inputs.pandas_input_fn`, with shuffle=True by default."""
    return tf_estimator.inputs.pandas_input_fn(
        x, y, batch_size, num_epochs, shuffle, queue_capacity, num_threads, target_column
    )


def numpy_input_fn(x, y=None, batch_size=128, num_epochs=1, shuffle=True, queue_capacity=1000, num_threads=1):
    """`tf.estimator.inputs.numpy_input_fn`, with shuffle=True by default."""
    return tf_estimator.inputs.numpy_input_fn(x, y, batch_size, num_epochs, shuffle, queue_capacity, num_threads)
