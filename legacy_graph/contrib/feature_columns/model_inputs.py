"""Model inputs made from feature columns: DNN input layers, weighted sums, and example parsing."""

import functools

import tensorflow.compat.v1 as tf
from tf_slim.ops.variables import model_variable

from legacy_graph import internals
from legacy_graph.contrib.feature_columns.base import (
    _FeatureColumn,
    embeddings_from_arguments,
    inner_flatten,
    parts,
    restore,
)
from legacy_graph.contrib.feature_columns.dense import (
    _BucketizedColumn,
    _EmbeddingColumn,
    _OneHotColumn,
    _RealValuedColumn,
    real_valued_column,
)
from legacy_graph.contrib.feature_columns.sparse import _CrossedColumn, _WeightedSparseColumn

_IN_SEQUENCES = (_OneHotColumn, _EmbeddingColumn, _RealValuedColumn)
_NOT_IN_SEQUENCES = (_BucketizedColumn, _CrossedColumn)


def check_feature_columns(feature_columns):
    """Raise ValueError if the columns are a dict, or if two have the same key."""
    if isinstance(feature_columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    seen = set()
    for column in feature_columns:
        if column.key in seen:
            raise ValueError(
                f"Duplicate feature column key found for column: {column.name}. This usually means that the column is "
                "almost identical to another column, and one must be discarded."
            )
        seen.add(column.key)


def _ordered(feature_columns):
    check_feature_columns(feature_columns)
    return sorted(set(feature_columns), key=lambda column: column.key)


def _transformed(column, tensors):
    if column not in tensors:
        column.insert_transformed_feature(tensors)
    return tensors[column]


def _collections(weight_collections):
    return [*{*weight_collections, tf.GraphKeys.GLOBAL_VARIABLES}] if weight_collections else weight_collections


def _with_rank(tensor, name, output_rank):
    sparse = isinstance(tensor, tf.SparseTensor)
    rank = tensor.dense_shape.shape[0] if sparse else tensor.shape.ndims
    if rank is None:
        raise ValueError(f"Error while processing column {name}. Rank of input Tensor can not be None.")
    if output_rank > rank + 1:
        raise ValueError(
            f"Error while processing column {name}. Rank of input Tensor ({rank}) should be the same as output_rank "
            f"({output_rank}). For example, sequence data should typically be 3 dimensional (rank 3) while "
            "non-sequence data is typically 2 dimensional (rank 2)."
        )
    if output_rank < rank:
        return inner_flatten(tensor, output_rank)
    if output_rank == rank:
        return tensor
    if sparse:
        return tf.sparse_reshape(tensor, tf.concat([tensor.dense_shape, [1]], 0))
    return tf.expand_dims(tensor, -1)


def input_from_feature_columns(
    columns_to_tensors, feature_columns, weight_collections=None, trainable=True, scope=None, cols_to_outs=None
):
    """Return the input of a DNN, (batch, width): all columns concatenated in the order of their keys.

    `cols_to_outs`: dict to which each column's own output is added. Raises ValueError for columns unusable in a DNN.
    """
    return _input(
        columns_to_tensors,
        feature_columns,
        weight_collections,
        trainable,
        scope,
        2,
        "input_from_feature_columns",
        cols_to_outs,
    )


def sequence_input_from_feature_columns(
    columns_to_tensors, feature_columns, weight_collections=None, trainable=True, scope=None
):
    """Return the input of an RNN, (batch, steps, width): all columns concatenated in the order of their keys.

    Raises ValueError for columns that sequences cannot use.
    """
    for column in feature_columns:
        if not isinstance(column, _IN_SEQUENCES):
            raise ValueError(
                f"FeatureColumn type {type(column).__name__} is not currently supported for sequence data."
            )
        for inside in _with_source_columns(column):
            if isinstance(inside, _NOT_IN_SEQUENCES):
                raise ValueError(
                    f"Column {inside.name} is of type {type(inside).__name__}, which is not currently supported for "
                    "sequences."
                )
    name = "sequence_input_from_feature_columns"
    return _input(columns_to_tensors, feature_columns, weight_collections, trainable, scope, 3, name)


def _with_source_columns(column):
    """Yield the column and, recursively, the columns it is made from."""
    yield column
    for field in ("sparse_id_column", "source_column"):
        if hasattr(column, field):
            yield from _with_source_columns(getattr(column, field))
    for one in getattr(column, "columns", ()):
        yield from _with_source_columns(one)


def _input(tensors, columns, collections, trainable, scope, output_rank, name, outs=None):
    tensors = dict(tensors)
    columns = _ordered(columns)
    if outs is not None and not isinstance(outs, dict):
        raise ValueError("cols_to_outs must be a dict unless None")
    with tf.variable_scope(scope, default_name=name, values=tensors.values()):
        outputs, collections = [], _collections(collections)
        for column in columns:
            with tf.variable_scope(None, default_name=column.name, values=tensors.values()):
                transformed = _transformed(column, tensors)
                if output_rank == 3:
                    ranked = functools.partial(_with_rank, name=column.name, output_rank=output_rank)
                    transformed = internals.nest.map_structure(ranked, transformed)
                outputs.append(_layer(column, transformed, collections, trainable, output_rank))
                if outs is not None:
                    outs[column] = outputs[-1]
        return tf.concat(outputs, output_rank - 1)


def _layer(column, transformed, collections, trainable, output_rank):
    try:
        arguments = column._deep_embedding_lookup_arguments(transformed)
    except NotImplementedError as no_embedding:
        try:
            return column._to_dnn_input_layer(transformed, collections, trainable, output_rank=output_rank)
        except ValueError as error:
            raise ValueError(
                f"Error creating input layer for column: {column.name}.\n{error}, {no_embedding}"
            ) from None
    return embeddings_from_arguments(column, arguments, collections, trainable, output_rank)


def weighted_sum_from_feature_columns(
    columns_to_tensors, feature_columns, num_outputs, weight_collections=None, trainable=True, scope=None
):
    """Return a linear model's (outputs, {column: its variables}, bias). Weights and bias start at zero.

    The outputs are (batch, num_outputs).
    """
    tensors, columns = dict(columns_to_tensors), _ordered(feature_columns)
    with tf.variable_scope(scope, default_name="weighted_sum_from_feature_columns", values=tensors.values()):
        outputs, variables = [], {}
        for column in columns:
            try:
                variables[column], output = _weighted(column, tensors, num_outputs, trainable, weight_collections)
            except ValueError as error:
                raise ValueError(f"Error creating weighted sum for column: {column.name}.\n{error}") from None
            outputs.append(tf.reshape(output, shape=(-1, num_outputs)))
            restore(column, variables[column])
        total = tf.add_n(outputs)
        bias = _bias(num_outputs, trainable, weight_collections)
        return tf.nn.bias_add(total, bias), variables, bias


def _weighted(column, tensors, num_outputs, trainable, collections):
    transformed = _transformed(column, tensors)
    try:
        arguments = column._wide_embedding_lookup_arguments(transformed)
    except NotImplementedError:
        with tf.variable_scope(None, default_name=column.name, values=tensors.values()):
            tensor = _with_rank(column._to_dense_tensor(transformed), column.name, 2)
            weight = model_variable(
                "weight",
                shape=[tensor.shape[1], num_outputs],
                initializer=tf.zeros_initializer(),
                trainable=trainable,
                collections=collections,
            )
            return [weight], tf.matmul(tensor, weight, name="matmul")
    with tf.variable_scope(None, default_name=column.name, values=tensors.values()):
        return _embedding_sum(arguments, num_outputs, trainable, collections, column.name + "_weights")


def _embedding_sum(arguments, num_outputs, trainable, collections, name):
    from legacy_graph.contrib.layers import safe_embedding_lookup_sparse  # imports this package

    variables = parts(
        model_variable(
            "weights",
            shape=[arguments.vocab_size, num_outputs],
            dtype=tf.float32,
            initializer=arguments.initializer,
            trainable=trainable,
            collections=collections,
        )
    )
    return variables, safe_embedding_lookup_sparse(
        variables,
        arguments.input_tensor,
        sparse_weights=arguments.weight_tensor,
        combiner=arguments.combiner,
        name=name,
    )


def _bias(num_outputs, trainable, collections):
    return model_variable(
        "bias_weight",
        shape=[num_outputs],
        initializer=tf.zeros_initializer(),
        trainable=trainable,
        collections=_collections(collections),
    )


def joint_weighted_sum_from_feature_columns(
    columns_to_tensors, feature_columns, num_outputs, weight_collections=None, trainable=True, scope=None
):
    """Like `weighted_sum_from_feature_columns`, with one variable for all columns. Sparse columns only."""
    tensors, columns = dict(columns_to_tensors), _ordered(feature_columns)
    with tf.variable_scope(scope, default_name="joint_weighted_sum_from_feature_columns", values=tensors.values()):
        arguments = []
        for column in columns:
            try:
                arguments.append(column._wide_embedding_lookup_arguments(_transformed(column, tensors)))
            except NotImplementedError:
                raise NotImplementedError(
                    "Real-valued columns are not supported. Use weighted_sum_from_feature_columns instead, or "
                    "bucketize these columns."
                ) from None
        joined = _joined(arguments)
        with tf.variable_scope(None, default_name="linear_weights", values=tensors.values()):
            variables, output = _embedding_sum(joined, num_outputs, trainable, weight_collections, "_weights")
        bias = _bias(num_outputs, trainable, weight_collections)
        return tf.nn.bias_add(output, bias), variables, bias


def _joined(arguments):
    """Concatenate the ids of all columns, each offset by the sizes of the columns before it."""
    ids, size = [], 0
    for one in arguments:
        if one.weight_tensor is not None or one.combiner != "sum":
            raise AssertionError(
                "Weighted columns and combiners other than sum are not supported for joint sums. Please use "
                "weighted_sum_from_feature_columns instead."
            )
        tensor = one.input_tensor
        ids.append(tf.SparseTensor(tensor.indices, tensor.values + size, tensor.dense_shape))
        size += one.vocab_size
    return arguments[0]._replace(
        input_tensor=tf.sparse_concat(1, ids), vocab_size=size, initializer=tf.zeros_initializer()
    )


def transform_features(features, feature_columns):
    """Return {column: transformed tensor}."""
    tensors = dict(features)
    for column in _ordered(feature_columns):
        _transformed(column, tensors)
    return {column: tensors[column] for column in feature_columns}


def create_feature_spec_for_parsing(feature_columns):
    """Return the feature spec of these columns for `tf.parse_example`."""
    columns = feature_columns.values() if isinstance(feature_columns, dict) else feature_columns
    spec = {}
    for column in columns:
        if not isinstance(column, _FeatureColumn):
            raise TypeError(
                f"feature_columns should only contain instances of _FeatureColumn. Given column is {column}"
            )
        spec.update(column.config)
    return spec


def parse_feature_columns_from_examples(serialized, feature_columns, name=None, example_names=None):
    """Parse serialized tf.Example protos; return {feature name or column: tensor}."""
    columns = _ordered(feature_columns)
    tensors = tf.parse_example(
        serialized, create_feature_spec_for_parsing(feature_columns), name=name, example_names=example_names
    )
    for column in columns:
        _transformed(column, tensors)
    return tensors


def parse_feature_columns_from_sequence_examples(
    serialized, context_feature_columns, sequence_feature_columns, name=None, example_name=None
):
    """Parse one serialized tf.SequenceExample; return the dicts (context, sequences)."""
    context, sequence = list(context_feature_columns or []), list(sequence_feature_columns or [])
    check_feature_columns(context)
    check_feature_columns(sequence)
    spec = create_feature_spec_for_parsing(sequence)
    for key, one in spec.items():
        if not isinstance(one, tf.VarLenFeature):  # dense: with a default value, missing steps are allowed
            spec[key] = tf.FixedLenSequenceFeature(one.shape, one.dtype, allow_missing=one.default_value is not None)
    serialized = tf.reshape(serialized, [])
    return tf.parse_single_sequence_example(
        serialized, create_feature_spec_for_parsing(context), spec, example_name, name
    )


def make_place_holder_tensors_for_base_features(feature_columns):
    """Return {feature name: placeholder} for all features that the columns read."""
    placeholders = {}
    for name, one in create_feature_spec_for_parsing(feature_columns).items():
        if isinstance(one, tf.VarLenFeature):
            placeholders[name] = tf.sparse_placeholder(one.dtype, name=f"Placeholder_{name}")
        else:
            placeholders[name] = tf.placeholder(one.dtype, (None, one.shape[0]), f"Placeholder_{name}")
    return placeholders


def infer_real_valued_columns(features):
    """Return a list of real-valued columns, one per feature of a dict, or one named "" for a single tensor.

    Raises ValueError for sparse tensors and for dtypes that are not numbers.
    """
    if not isinstance(features, dict):
        return [_inferred("", features)]
    return [_inferred(name, tensor) for name, tensor in features.items()]


def _inferred(name, tensor):
    if isinstance(tensor, tf.SparseTensor) or not (tensor.dtype.is_integer or tensor.dtype.is_floating):
        raise ValueError(
            f"Only dense tensors of numbers are supported for auto detection. Please define corresponding "
            f"FeatureColumn for tensor {name} {tensor}."
        )
    size = 1
    for dimension in tensor.shape.as_list()[1:]:
        size *= dimension
    return real_valued_column(name, dimension=size, dtype=tensor.dtype)
