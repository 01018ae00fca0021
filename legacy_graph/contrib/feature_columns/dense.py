"""Dense columns: real-valued, bucketized, one-hot and embedding columns."""

import collections
import math

import tensorflow.compat.v1 as tf

from legacy_graph import internals
from legacy_graph.contrib.feature_columns.base import (
    CategoricalColumn,
    DeepArguments,
    DenseColumn,
    LinearArguments,
    _FeatureColumn,
    embeddings_from_arguments,
    inner_flatten,
    reshape_real_valued,
)
from legacy_graph.contrib.feature_columns.sparse import _SparseColumn, _WeightedSparseColumn


class _RealValuedColumn(
    _FeatureColumn,
    DenseColumn,
    collections.namedtuple("_RealValuedColumn", ["column_name", "dimension", "default_value", "dtype", "normalizer"]),
):
    """See `real_valued_column`."""

    @property
    def name(self):
        """Name of the feature."""
        return self.column_name

    @property
    def config(self):
        """Parsing spec: {feature name: FixedLenFeature}."""
        default = None if self.default_value is None else list(self.default_value)
        return {self.column_name: tf.FixedLenFeature([self.dimension], self.dtype, default)}

    @property
    def key(self):
        """String that identifies the column; the normalizer is left out."""
        return self._key_without("normalizer")

    @property
    def normalizer_fn(self):
        """Function applied to the tensor, or None."""
        return self.normalizer

    def _transform_feature(self, inputs):
        tensor = inputs.get(self.name)
        return tf.cast(tensor if self.normalizer is None else self.normalizer(tensor), tf.float32)

    def _to_dense_tensor(self, input_tensor):
        return input_tensor

    def _to_dnn_input_layer(self, input_tensor, weight_collections=None, trainable=True, output_rank=2):
        return reshape_real_valued(input_tensor, output_rank, self.name)

    @property
    def _variable_shape(self):
        return tf.TensorShape([self.dimension])

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        return inputs.get(self)


def real_valued_column(column_name, dimension=1, default_value=None, dtype=tf.float32, normalizer=None):
    """Return a column of `dimension` numbers per example.

    `default_value`: a number or a list of `dimension` numbers, used where an example lacks the feature.
    `normalizer`: function applied to the tensor. Raises TypeError or ValueError for invalid arguments.
    """
    if not isinstance(dimension, int):
        raise TypeError(f"dimension must be an integer. dimension: {dimension}, column_name: {column_name}")
    if dimension < 1:
        raise ValueError(f"dimension must be greater than 0. dimension: {dimension}, column_name: {column_name}")
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, column_name: {column_name}")
    if default_value is not None:
        default_value = _defaults(default_value, dimension, dtype, column_name)
    return _RealValuedColumn(column_name, dimension, default_value, dtype, normalizer)


def _defaults(value, dimension, dtype, name):
    values = value if isinstance(value, list) else [value] * dimension
    if len(values) != dimension:
        raise ValueError(
            "The length of default_value must be equal to dimension. "
            f"default_value: {value}, dimension: {dimension}, column_name: {name}"
        )
    allowed = int if dtype.is_integer else (int, float)
    if not all(isinstance(one, allowed) for one in values):
        raise TypeError(
            f"default_value must be compatible with dtype. default_value: {value}, dtype: {dtype}, column_name: {name}"
        )
    return tuple(values) if dtype.is_integer else tuple(float(one) for one in values)


class _BucketizedColumn(
    _FeatureColumn,
    CategoricalColumn,
    DenseColumn,
    collections.namedtuple("_BucketizedColumn", ["source_column", "boundaries"]),
):
    """See `bucketized_column`."""

    @property
    def name(self):
        """Name of the column: the feature's name and "_bucketized"."""
        return f"{self.source_column.name}_bucketized"

    @property
    def length(self):
        """Number of buckets."""
        return len(self.boundaries) + 1

    @property
    def config(self):
        """Parsing spec of the source column."""
        return self.source_column.config

    @property
    def _size(self):
        return self.length * self.source_column.dimension

    def _transform_feature(self, inputs):
        return internals.math_ops._bucketize(
            inputs.get(self.source_column), boundaries=list(self.boundaries), name="bucketize"
        )

    def _to_dnn_input_layer(self, input_tensor, weight_collections=None, trainable=True, output_rank=2):
        if output_rank != 2:
            raise ValueError("BucketizedColumn currently only supports output_rank=2")
        hot = tf.one_hot(tf.cast(input_tensor, tf.int64), self.length, 1.0, 0.0, name="one_hot")
        return tf.reshape(hot, [-1, self._size], name="reshape")

    def to_sparse_tensor(self, input_tensor):
        """Return bucket ids as a SparseTensor (batch, dimension); ids of different dimensions do not overlap."""
        dimension = self.source_column.dimension
        batch = tf.shape(input_tensor, name="shape")[0]
        if dimension > 1:
            rows = tf.tile(tf.expand_dims(tf.range(0, batch), 1, name="expand_dims"), [1, dimension], name="tile")
            rows = tf.reshape(rows, [-1], name="reshape")
            columns = tf.tile(tf.range(0, dimension), [batch], name="tile")
            buckets = tf.reshape(input_tensor, [-1], name="reshape") + self.length * columns
        else:
            rows = tf.range(0, batch)
            columns = tf.zeros([batch], dtype=tf.int32, name="zeros")
            buckets = tf.reshape(input_tensor, [-1], name="reshape")
        indices = tf.cast(tf.transpose(tf.stack((rows, columns))), tf.int64)
        return tf.SparseTensor(indices, buckets, tf.cast(tf.stack([batch, dimension]), tf.int64))

    def _wide_embedding_lookup_arguments(self, input_tensor):
        ids = self.to_sparse_tensor(input_tensor)
        return LinearArguments(ids, None, self._size, tf.zeros_initializer(), "sum")

    def id_tensor(self, input_tensor):
        """Return the bucket ids as a SparseTensor."""
        return self.to_sparse_tensor(input_tensor)

    def weight_tensor(self, input_tensor):
        """Return None: the ids have no weights."""
        return None

    @property
    def _num_buckets(self):
        return self._size

    @property
    def _variable_shape(self):
        return tf.TensorShape([self._size])

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        return self._to_dnn_input_layer(inputs.get(self))


def bucketized_column(source_column, boundaries):
    """Return a real-valued column split into buckets that start at each of the sorted `boundaries`.

    Raises TypeError for another kind of source column, ValueError for boundaries that are empty or not sorted.
    """
    if not isinstance(source_column, _RealValuedColumn):
        raise TypeError(f"source_column must be an instance of _RealValuedColumn. source_column: {source_column}")
    if not isinstance(boundaries, (list, tuple)) or not boundaries:
        raise ValueError(f"boundaries must be a non-empty list or tuple. boundaries: {boundaries}")
    if list(boundaries) != sorted(boundaries):
        raise ValueError(f"boundaries must be a sorted list. boundaries: {boundaries}")
    return _BucketizedColumn(source_column, tuple(dict.fromkeys(boundaries)))


class _OneHotColumn(_FeatureColumn, DenseColumn, collections.namedtuple("_OneHotColumn", ["sparse_id_column"])):
    """See `one_hot_column`."""

    @property
    def name(self):
        """Name of the column: the sparse column's name and "_one_hot"."""
        return f"{self.sparse_id_column.name}_one_hot"

    @property
    def length(self):
        """Length of the vectors: the number of ids."""
        return self.sparse_id_column.length

    @property
    def config(self):
        """Parsing spec of the sparse column."""
        return self.sparse_id_column.config

    def insert_transformed_feature(self, columns_to_tensors):
        """Add the transformed sparse column to the dict, under this column."""
        if self.sparse_id_column not in columns_to_tensors:
            self.sparse_id_column.insert_transformed_feature(columns_to_tensors)
        columns_to_tensors[self] = columns_to_tensors[self.sparse_id_column]

    def _to_dnn_input_layer(self, input_tensor, weight_collections=None, trainable=True, output_rank=2):
        ids = inner_flatten(self.sparse_id_column.id_tensor(input_tensor), output_rank)
        weights = self.sparse_id_column.weight_tensor(input_tensor)
        if weights is None:
            dense = tf.sparse_tensor_to_dense(ids, default_value=-1)
            return tf.reduce_sum(tf.one_hot(dense, self.length, on_value=1.0, off_value=0.0), axis=[output_rank - 1])
        merged = tf.sparse_merge(sp_ids=ids, sp_values=weights, vocab_size=self.length)
        merged = tf.sparse_slice(merged, tf.zeros_like(merged.dense_shape), merged.dense_shape)
        dense = tf.sparse_tensor_to_dense(merged)
        return tf.reshape(dense, tf.concat([tf.shape(dense)[:-1], [self.length]], axis=0))

    def _transform_feature(self, inputs):
        return self._to_dnn_input_layer(inputs.get(self.sparse_id_column))

    @property
    def _variable_shape(self):
        return tf.TensorShape([self.length])

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        return inputs.get(self)


def one_hot_column(sparse_id_column):
    """Return the one-hot (for several values, multi-hot) encoding of a sparse column."""
    return _OneHotColumn(sparse_id_column)


class _EmbeddingColumn(
    _FeatureColumn,
    DenseColumn,
    collections.namedtuple(
        "_EmbeddingColumn",
        "sparse_id_column dimension combiner initializer ckpt_to_load_from tensor_name_in_ckpt shared_embedding_name "
        "shared_vocab_size max_norm trainable",
    ),
):
    """See `embedding_column`."""

    @property
    def name(self):
        """Name of the column: the sparse column's name and "_embedding"."""
        return f"{self.sparse_id_column.name}_{'' if self.shared_embedding_name is None else 'shared_'}embedding"

    @property
    def length(self):
        """Number of rows of the embedding variable."""
        return self.sparse_id_column.length if self.shared_vocab_size is None else self.shared_vocab_size

    @property
    def config(self):
        """Parsing spec of the sparse column."""
        return self.sparse_id_column.config

    @property
    def key(self):
        """String that identifies the column; the initializer is left out."""
        return self._key_without("initializer")

    def _transform_feature(self, inputs):
        return inputs.get(self.sparse_id_column)

    def _deep_embedding_lookup_arguments(self, input_tensor):
        return DeepArguments(
            input_tensor=self.sparse_id_column.id_tensor(input_tensor),
            weight_tensor=self.sparse_id_column.weight_tensor(input_tensor),
            vocab_size=self.length,
            initializer=self.initializer,
            combiner=self.combiner,
            dimension=self.dimension,
            shared_embedding_name=self.shared_embedding_name,
            hash_key=None,
            max_norm=self.max_norm,
            trainable=self.trainable,
        )

    def _wide_embedding_lookup_arguments(self, input_tensor):
        raise ValueError(f"Column {self} is not supported in linear models. Please use sparse_column.")

    def _checkpoint_path(self):
        return None if self.ckpt_to_load_from is None else (self.ckpt_to_load_from, self.tensor_name_in_ckpt)

    @property
    def _variable_shape(self):
        return tf.TensorShape([self.dimension])

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        arguments = self._deep_embedding_lookup_arguments(inputs.get(self))
        return embeddings_from_arguments(self, arguments, weight_collections, trainable)


def _embedding(
    column, dimension, combiner, initializer, path, name, shared=(None, None), max_norm=None, trainable=True
):
    if initializer is not None and not callable(initializer):
        raise ValueError(f"initializer must be callable if specified. Embedding of column_name: {column.name}")
    if (path is None) != (name is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")
    if initializer is None:
        initializer = tf.truncated_normal_initializer(mean=0.0, stddev=1 / math.sqrt(column.length))
    return _EmbeddingColumn(column, dimension, combiner, initializer, path, name, *shared, max_norm, trainable)


def embedding_column(
    sparse_id_column,
    dimension,
    combiner="mean",
    initializer=None,
    ckpt_to_load_from=None,
    tensor_name_in_ckpt=None,
    max_norm=None,
    trainable=True,
):
    """Return the embeddings of a sparse column; the default initializer is truncated normal, stddev 1 / sqrt(rows)."""
    return _embedding(
        sparse_id_column,
        dimension,
        combiner,
        initializer,
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        max_norm=max_norm,
        trainable=trainable,
    )


def shared_embedding_columns(
    sparse_id_columns,
    dimension,
    combiner="mean",
    shared_embedding_name=None,
    initializer=None,
    ckpt_to_load_from=None,
    tensor_name_in_ckpt=None,
    max_norm=None,
    trainable=True,
):
    """Return embedding columns that share one variable. Raises TypeError or ValueError if the columns do not match."""
    if isinstance(sparse_id_columns, str) or not isinstance(sparse_id_columns, collections.abc.Sequence):
        raise TypeError(
            "sparse_id_columns must be a non-string sequence (ex: list or tuple) instead of type "
            f"{type(sparse_id_columns)}."
        )
    if not sparse_id_columns:
        raise ValueError("The input sparse_id_columns should have at least one element.")
    for column in sparse_id_columns:
        if not isinstance(column, (_SparseColumn, _WeightedSparseColumn)):
            raise TypeError(
                f"Elements of sparse_id_columns must be _SparseColumn or _WeightedSparseColumn, but {column} is not."
            )
    first, *others = sparse_id_columns
    size = None
    if others:
        weighted = isinstance(first, _WeightedSparseColumn)
        if not all(first.is_compatible(one) if weighted else one.is_compatible(first) for one in others):
            raise ValueError("The input sparse id columns are not compatible.")
        shared_embedding_name = shared_embedding_name or _shared_name(sparse_id_columns)
        size = first.length
    made = [
        _embedding(
            column,
            dimension,
            combiner,
            initializer,
            ckpt_to_load_from,
            tensor_name_in_ckpt,
            (shared_embedding_name, size),
            max_norm,
            trainable,
        )
        for column in sparse_id_columns
    ]
    return tuple(made) if others else made


def _shared_name(columns):
    plain = sorted((one for one in columns if isinstance(one, _SparseColumn)), key=lambda one: one.column_name)
    ordered = plain + sorted((one for one in columns if one not in plain), key=lambda one: one.name)
    name = "_".join(column.name for column in ordered[:3])
    return name + (f"_plus_{len(ordered) - 3}_others" if len(ordered) > 3 else "") + "_shared_embedding"
